/* caller.c - a command that talks to the service of its store. */
#include "build.h"

#include "cli/caller.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/control.h"
#include "util/alloc.h"
#include "util/date.h"

#define SILENCE_MS (60 * 1000)               /* then the service is not there any more */
#define MOST_ANSWER (16 * 1024 * 1024)

const char *
mstc_call_path(struct mst_arena *arena, const struct mstc_config *config)
{
        if (config->control.socket != NULL)
                return config->control.socket;
        /* The folder of the usual state is closed to all others, so it is not there. */
        if (strcmp(config->store_path, "/var/lib/muster/state.db") == 0)
                return "/run/muster/control";
        return mst_arena_printf(arena, "%s.control", config->store_path);
}

/* Whoever listens there has the rights of the service: he is its user, root, or whose folder it is. */
static bool
is_service(int fd, const char *path, struct mst_arena *arena)
{
        const char *slash = strrchr(path, '/');
        const char *folder = mst_arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
        struct ucred who;
        socklen_t size = sizeof who;
        struct stat st;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
                return false;
        return who.uid == 0 || who.uid == geteuid() || (folder != NULL && stat(folder, &st) == 0 && st.st_uid == who.uid);
}

/* MST_END: nobody is there. */
static int
reach(struct mstc_call *call, struct mst_error *err)
{
        struct sockaddr_un address;
        int folder, rc = mstc_control_address(call->path, &address, &folder, err);

        if (rc != MST_OK)
                return rc == MST_ENOTFOUND ? MST_END : rc;
        call->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        rc = call->fd < 0 ? -1 : connect(call->fd, (const struct sockaddr *)&address, sizeof address);
        if (folder >= 0)
                close(folder);
        if (rc == 0 && is_service(call->fd, call->path, call->cli->arena))
                return MST_OK;
        if (rc == 0)
                rc = mst_fail(err, MST_EPERM, "at the control socket %s listens another user's process", call->path);
        else if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR)
                rc = MST_END;
        else
                rc = mst_fail(err, MST_EPERM, "the service at %s cannot be asked: %s%s", call->path, strerror(errno),
                              errno == EACCES ? "; that is for its user, root and members of the socket's group" : "");
        if (call->fd >= 0)
                close(call->fd);
        call->fd = -1;
        return rc;
}

int
mstc_call_begin(struct mstc_call *call, struct mstc_cli *cli, struct mstc_workplace *place, const char *verb)
{
        int code = mstc_workplace_config(cli, place);

        call->fd = -1;
        return code == MSTC_END_DONE ? mstc_call_join(call, cli, place, verb) : code;
}

int
mstc_call_join(struct mstc_call *call, struct mstc_cli *cli, struct mstc_workplace *place, const char *verb)
{
        struct mst_error err = { 0 };
        int rc = MST_OK;

        call->cli = cli;
        call->place = place;
        call->fd = -1;
        call->path = mstc_call_path(cli->arena, place->config);
        call->out = mst_json_out_new();
        if (call->path == NULL || call->out == NULL)
                mst_fail_memory(&err, "asking the service");
        else
                rc = reach(call, &err);
        if (err.code != MST_OK || (rc != MST_OK && rc != MST_END))
                return mstc_cli_fail(cli, &err);
        mst_json_out_object(call->out);
        mstc_wire_number(call->out, "muster", MSTC_CONTROL_VERSION);
        mst_json_out_member(call->out, "verb", verb);
        mst_json_out_member(call->out, "who", place->who);
        return MSTC_END_DONE;
}

bool
mstc_call_is_served(const struct mstc_call *call)
{
        return call->fd >= 0;
}

static int
send_all(const struct mstc_call *call, const char *bytes, size_t size, struct mst_error *err)
{
        while (size > 0) {
                ssize_t sent = send(call->fd, bytes, size, MSG_NOSIGNAL);

                if (sent < 0 && errno == EINTR)
                        continue;
                if (sent < 0)
                        return mst_fail(err, MST_ENET, "the service at %s cannot be asked: %s", call->path, strerror(errno));
                bytes += sent;
                size -= (size_t)sent;
        }
        return MST_OK;
}

/* More of what it says; waits for it. */
static int
hear(struct mstc_call *call, struct mst_error *err)
{
        struct pollfd fds[] = { { .fd = call->fd, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
        const int silence = call->silence_ms > 0 ? call->silence_ms : SILENCE_MS;
        int64_t until = mstc_clock_ticks_ms() + silence;
        char bytes[16384];
        ssize_t got;

        if (call->place->stop != NULL)
                fds[1].fd = mstc_stop_fd(call->place->stop);
        for (;;) {
                int64_t left = until - mstc_clock_ticks_ms();

                if (call->place->stop != NULL && mstc_stop_is(call->place->stop))
                        return mst_fail(err, MST_EREFUSED, "the service was asked and goes on; muster status tells how far it is");
                if (left <= 0)
                        return mst_fail(err, MST_ENET, "the service at %s has said nothing for %d seconds; is it stopped? what it was "
                                        "asked may still be done", call->path, silence / 1000);
                if (poll(fds, 2, (int)left) > 0 && fds[0].revents != 0)
                        break;
        }
        got = recv(call->fd, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
                return MST_OK;
        if (got <= 0)
                return mst_fail(err, MST_ENET, "the service at %s has ended before it had answered; what it was asked is done, or "
                                "not at all: muster status tells", call->path);
        if (call->in.length + (size_t)got > MOST_ANSWER)
                return mst_fail(err, MST_ENET, "the service at %s answers more than %d bytes", call->path, MOST_ANSWER);
        mstc_buffer_add(&call->in, bytes, (size_t)got);
        return mstc_buffer_ok(&call->in) ? MST_OK : mst_fail_memory(err, "asking the service");
}

/* The service's error, with its class. */
static int
relay(const struct mst_value *error, struct mst_error *err)
{
        int64_t code = mst_value_find_int(error, "code", MST_EINTERNAL);

        if (code >= MST_OK || code < MST_EINTERNAL)
                code = MST_EINTERNAL;
        return mst_fail(err, (int)code, "%s", mst_value_find_text(error, "text"));
}

/* One line of the answer: MST_OK when it was the last. */
static int
take_line(struct mstc_call *call, const char *line, size_t length, struct mst_error *err)
{
        const struct mst_value *object = mstc_wire_read(line, length, call->cli->arena, err), *member;

        if (object == NULL)
                return err->code;
        if ((member = mst_value_member(object, "error")) != NULL)
                return relay(member, err);
        if ((call->answer = mst_value_member(object, "ok")) != NULL)
                return MST_OK;
        member = mst_value_member(object, "news");
        if (member != NULL && mst_value_count(member) > 0 && call->news != NULL)
                call->news(call->self, member);
        return call->enough ? MST_OK : MST_END;
}

int
mstc_call_try(struct mstc_call *call, struct mst_error *err)
{
        const char *line;
        size_t size = 0;
        int rc;

        mst_json_out_end(call->out);
        line = mst_json_written(call->out, &size);
        if (line == NULL || size + 1 > MSTC_CONTROL_LINE)
                return line == NULL ? mst_fail(err, MST_EREFUSED, "what the service is to be asked is no UTF-8, or memory is out")
                                    : mst_fail(err, MST_EREFUSED, "that is more than the service can be asked at once; ask for less");
        rc = send_all(call, line, size, err);
        if (rc == MST_OK)
                rc = send_all(call, "\n", 1, err);
        while (rc == MST_OK) {
                char *end = call->in.length > 0 ? memchr(call->in.bytes, '\n', call->in.length) : NULL;
                size_t length = end != NULL ? (size_t)(end - call->in.bytes) : 0;

                if (end == NULL) {
                        rc = hear(call, err);
                        continue;
                }
                rc = take_line(call, call->in.bytes, length, err);
                if (rc == MST_OK)
                        return MST_OK;
                if (rc == MST_END) {
                        memmove(call->in.bytes, end + 1, call->in.length - length - 1);
                        call->in.length -= length + 1;
                        rc = MST_OK;
                }
        }
        return rc;
}

int
mstc_call_ask(struct mstc_call *call)
{
        struct mst_error err = { 0 };

        return mstc_call_try(call, &err) == MST_OK ? MSTC_END_DONE : mstc_cli_fail(call->cli, &err);
}

void
mstc_call_end(struct mstc_call *call)
{
        if (call->out == NULL)
                return;
        mst_json_out_free(call->out);
        call->out = NULL;
        if (call->fd >= 0)
                close(call->fd);
        call->fd = -1;
        mstc_buffer_done(&call->in);
}
