/* control.c - the service's socket, and those who ask on it.
 *
 *   accept    who it is comes from the system (SO_PEERCRED, SO_PEERGROUPS), not from him
 *   hear      up to the end of the line, within ten seconds and 64 KiB
 *   wait      the service has the request; a heartbeat every ten seconds tells that it lives
 *   tell      the answer is written as fast as he reads, within thirty seconds without a byte
 *
 * Each asker is in one of these, and each has an end: whoever leaves while he waits is forgotten
 * when the service answers him. */
#include "build.h"

#include "cli/control.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <muster/json.h>

#include "util/alloc.h"
#include "util/buffer.h"
#include "util/date.h"

#define MOST_ASKERS 32
#define HEAR_MS 10000
#define TELL_MS 30000
#define MOST_NEWS (256 * 1024)               /* bytes that he has not read yet         */

enum stage { HEARS, WAITS, TELLS };

struct mstc_asker {
        struct mstc_control *control;
        struct mstc_asker *next;
        enum stage stage;
        int fd;                              /* -1: he has left                        */
        uid_t uid;
        bool trusted, dead;                  /* dead: freed at the end of the round    */
        int64_t until;                       /* monotonic ms: the end of this stage's patience, or the next heartbeat */
        struct mstc_buffer in, out;
        size_t sent;
};

struct mstc_control {
        char *path;
        gid_t group;
        int listener, epoll;
        bool full;                           /* nobody else is let in for now          */
        struct mstc_asker *askers;
        size_t count;
        ino_t inode;                         /* of our socket, which is the one to take away */
};

/* ---- the address -------------------------------------------------------------------------------- */

int
mstc_control_address(const char *path, struct sockaddr_un *ret, int *folder, struct mst_error *err)
{
        const char *slash = strrchr(path, '/');
        char name[PATH_MAX];
        int length;

        *folder = -1;
        *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
        if (slash == NULL || slash[1] == '\0' || strlen(path) >= sizeof name)
                return mst_fail(err, MST_ECONFIG, "the control socket '%.200s': give a whole path", path);
        if (strlen(path) < sizeof ret->sun_path) {
                memcpy(ret->sun_path, path, strlen(path) + 1);
                return MST_OK;
        }
        /* Too long for an address: by its folder, held open. */
        memcpy(name, path, (size_t)(slash - path));
        name[slash - path] = '\0';
        *folder = open(name[0] != '\0' ? name : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (*folder < 0)
                return mst_fail(err, errno == ENOENT ? MST_ENOTFOUND : MST_EPERM, "the folder of the control socket %s: %s",
                                path, strerror(errno));
        length = snprintf(name, sizeof name, "/proc/self/fd/%d/%s", *folder, slash + 1);
        if (length < (int)sizeof ret->sun_path) {
                memcpy(ret->sun_path, name, (size_t)length + 1);
                return MST_OK;
        }
        close(*folder);
        *folder = -1;
        return mst_fail(err, MST_ECONFIG, "the control socket %s: its name is too long", path);
}

/* ---- listening ---------------------------------------------------------------------------------- */

static int
watch(const struct mstc_control *control, int fd, uint32_t events, void *whom, int how)
{
        struct epoll_event event = { .events = events, .data.ptr = whom };

        return epoll_ctl(control->epoll, how, fd, &event);
}

/* A socket that was left behind is taken away; one that answers is somebody's. */
static int
clear_place(const char *path, const struct sockaddr_un *address, struct mst_error *err)
{
        struct stat st;
        int fd, rc;

        if (lstat(path, &st) != 0)
                return errno == ENOENT ? MST_OK
                     : mst_fail(err, MST_EPERM, "the control socket %s: %s", path, strerror(errno));
        if (!S_ISSOCK(st.st_mode))
                return mst_fail(err, MST_ECONFIG, "the control socket %s: something else is there; remove it, or name "
                                "another place in <control socket=...>", path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        rc = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)address, sizeof *address);
        if (rc != 0)
                rc = errno == ECONNREFUSED ? -2 : -1;
        if (fd >= 0)
                close(fd);
        if (rc != -2)
                return mst_fail(err, MST_EREFUSED, "the control socket %s: another process listens there; name another place in "
                                "<control socket=...>", path);
        return unlink(path) == 0 || errno == ENOENT ? MST_OK
             : mst_fail(err, MST_EPERM, "the control socket %s, which was left behind, cannot be removed: %s", path,
                        strerror(errno));
}

static int
find_group(const char *name, gid_t *ret, struct mst_error *err)
{
        const struct group *group;

        *ret = getegid();
        if (name == NULL)
                return MST_OK;
        group = getgrnam(name);
        if (group == NULL)
                return mst_fail(err, MST_ECONFIG, "<control group=\"%s\">: there is no such group", name);
        *ret = group->gr_gid;
        return MST_OK;
}

static int
listen_at(struct mstc_control *control, const char *group, struct mst_error *err)
{
        struct sockaddr_un address;
        struct stat st;
        int folder, rc = mstc_control_address(control->path, &address, &folder, err);

        if (rc == MST_OK)
                rc = find_group(group, &control->group, err);
        if (rc == MST_OK)
                rc = clear_place(control->path, &address, err);
        control->listener = rc == MST_OK ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
        control->epoll = rc == MST_OK ? epoll_create1(EPOLL_CLOEXEC) : -1;
        /* The umask lets nobody in before the mode and the group are right. */
        if (rc == MST_OK
            && (control->listener < 0 || control->epoll < 0
                || bind(control->listener, (const struct sockaddr *)&address, sizeof address) != 0
                || lstat(control->path, &st) != 0 || lchown(control->path, (uid_t)-1, control->group) != 0
                || chmod(control->path, 0660) != 0 || listen(control->listener, 16) != 0
                || watch(control, control->listener, EPOLLIN, NULL, EPOLL_CTL_ADD) != 0))
                rc = mst_fail(err, errno == EACCES || errno == EPERM || errno == EROFS ? MST_EPERM : MST_EINTERNAL,
                              "the control socket %s cannot be made: %s", control->path, strerror(errno));
        else if (rc == MST_OK)
                control->inode = st.st_ino;
        if (folder >= 0)
                close(folder);
        return rc;
}

int
mstc_control_new(const char *path, const char *group, struct mstc_control **ret, struct mst_error *err)
{
        struct mstc_control *control = mstc_alloc(sizeof *control);

        if (control == NULL)
                return mst_fail_memory(err, "making the control socket");
        control->listener = control->epoll = -1;
        control->path = mstc_strdup(path);
        if (control->path == NULL)
                mst_fail_memory(err, "making the control socket");
        else if (listen_at(control, group, err) == MST_OK) {
                *ret = control;
                return MST_OK;
        }
        mstc_control_free(control);
        return err->code;
}

/* ---- askers ------------------------------------------------------------------------------------- */

static void
leave(struct mstc_asker *asker)
{
        if (asker->fd >= 0)
                close(asker->fd);            /* which takes it out of the epoll, too */
        asker->fd = -1;
        mstc_buffer_done(&asker->in);
        mstc_buffer_done(&asker->out);
}

/* An event of this round may still name him: he is freed by sweep(). */
static void
drop(struct mstc_asker *asker)
{
        leave(asker);
        asker->dead = true;
}

static void
sweep(struct mstc_control *control)
{
        for (struct mstc_asker **at = &control->askers, *asker; (asker = *at) != NULL;) {
                if (!asker->dead) {
                        at = &asker->next;
                        continue;
                }
                *at = asker->next;
                control->count--;
                mstc_free(asker);
        }
        if (control->full && control->count < MOST_ASKERS)
                control->full = watch(control, control->listener, EPOLLIN, NULL, EPOLL_CTL_MOD) != 0;
}

/* Writes what he takes; true: all of it. */
static bool
push(struct mstc_asker *asker)
{
        while (asker->fd >= 0 && asker->sent < asker->out.length) {
                ssize_t sent = send(asker->fd, asker->out.bytes + asker->sent, asker->out.length - asker->sent,
                                    MSG_NOSIGNAL | MSG_DONTWAIT);

                if (sent > 0) {
                        asker->sent += (size_t)sent;
                        if (asker->stage == TELLS)
                                asker->until = mstc_clock_ticks_ms() + TELL_MS;
                } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
                        watch(asker->control, asker->fd, EPOLLOUT, asker, EPOLL_CTL_MOD);
                        return false;
                } else if (sent == 0 || errno != EINTR)
                        leave(asker);
        }
        if (asker->fd >= 0)
                watch(asker->control, asker->fd, 0, asker, EPOLL_CTL_MOD);
        mstc_buffer_clear(&asker->out);
        asker->sent = 0;
        return true;
}

static void
say(struct mstc_asker *asker, const char *line)
{
        if (asker->fd < 0)
                return;
        mstc_buffer_text(&asker->out, line);
        mstc_buffer_char(&asker->out, '\n');
        if (!mstc_buffer_ok(&asker->out))
                leave(asker);
}

void
mstc_asker_news(struct mstc_asker *asker, const char *line)
{
        asker->until = mstc_clock_ticks_ms() + MSTC_CONTROL_HEARTBEAT_MS;
        if (asker->out.length - asker->sent > MOST_NEWS)
                return;
        say(asker, line);
        push(asker);
}

void
mstc_asker_answer(struct mstc_asker *asker, const char *line)
{
        asker->stage = TELLS;
        asker->until = mstc_clock_ticks_ms() + TELL_MS;
        say(asker, line);
        if (push(asker) || asker->fd < 0)
                drop(asker);
}

void
mstc_asker_refuse(struct mstc_asker *asker, const struct mst_error *err)
{
        struct mst_json_out *out = mst_json_out_new();
        const char *line = NULL;

        if (out != NULL) {
                mst_json_out_object(out);
                mst_json_out_name(out, "error");
                mst_json_out_object(out);
                mst_json_out_name(out, "code");
                mst_json_out_int(out, err->code);
                mst_json_out_member(out, "text", err->text);
                mst_json_out_end(out);
                mst_json_out_end(out);
                line = mst_json_written(out, NULL);
        }
        mstc_asker_answer(asker, line != NULL ? line : "{\"error\":{\"code\":-9,\"text\":\"the service is out of memory\"}}");
        mst_json_out_free(out);
}

bool
mstc_asker_is_trusted(const struct mstc_asker *asker)
{
        return asker->trusted;
}

unsigned
mstc_asker_uid(const struct mstc_asker *asker)
{
        return (unsigned)asker->uid;
}

bool
mstc_asker_has_left(const struct mstc_asker *asker)
{
        return asker->fd < 0;
}

/* ---- who it is ---------------------------------------------------------------------------------- */

static bool
is_member(int fd, gid_t first, gid_t wanted)
{
#ifdef SO_PEERGROUPS
        gid_t groups[1024];
        socklen_t size = sizeof groups;

        if (first != wanted && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0)
                for (size_t i = 0; i < size / sizeof groups[0]; i++)
                        if (groups[i] == wanted)
                                return true;
#else
        (void)fd;
#endif
        return first == wanted;
}

/* What the system says of him counts; the mode of the socket is the first gate, this the second. */
static bool
may_ask(struct mstc_asker *asker)
{
        struct ucred who;
        socklen_t size = sizeof who;

        if (getsockopt(asker->fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 || size != sizeof who)
                return false;
        asker->uid = who.uid;
        asker->trusted = who.uid == 0 || who.uid == geteuid();
        return asker->trusted || is_member(asker->fd, who.gid, asker->control->group);
}

static void
let_in(struct mstc_control *control)
{
        static const struct mst_error stranger = { .code = MST_EPERM, .text = "this is for the service's user, root and "
                                                   "members of the socket's group" };

        while (control->count < MOST_ASKERS) {
                int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
                struct mstc_asker *asker;

                if (fd < 0)
                        return;
                asker = mstc_alloc(sizeof *asker);
                if (asker == NULL) {
                        close(fd);
                        return;
                }
                asker->control = control;
                asker->fd = fd;
                asker->until = mstc_clock_ticks_ms() + HEAR_MS;
                asker->next = control->askers;
                control->askers = asker;
                control->count++;
                if (watch(control, fd, EPOLLIN, asker, EPOLL_CTL_ADD) != 0)
                        drop(asker);
                else if (!may_ask(asker))
                        mstc_asker_refuse(asker, &stranger);
        }
        /* The others wait outside until somebody has left. */
        control->full = watch(control, control->listener, 0, NULL, EPOLL_CTL_MOD) == 0;
}

/* ---- serving ------------------------------------------------------------------------------------ */

struct serving {
        void (*ask)(void *self, struct mstc_asker *asker, const char *line, size_t length);
        void *self;
};

/* His request, when all of it is there. */
static void
hear(struct mstc_asker *asker, const struct serving *serving)
{
        struct mst_error err = { 0 };
        char bytes[4096], *end, *line;
        ssize_t got = recv(asker->fd, bytes, sizeof bytes, MSG_DONTWAIT);

        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
                return;
        if (got > 0)
                mstc_buffer_add(&asker->in, bytes, (size_t)got);
        end = asker->in.length > 0 ? memchr(asker->in.bytes, '\n', asker->in.length) : NULL;
        if (end == NULL && (got <= 0 || !mstc_buffer_ok(&asker->in))) {
                drop(asker);                 /* half a line: nobody is there to be answered */
                return;
        }
        if (asker->in.length > MSTC_CONTROL_LINE) {
                mst_fail(&err, MST_EREFUSED, "a request has no more than %d bytes", MSTC_CONTROL_LINE);
                mstc_asker_refuse(asker, &err);
        } else if (end != NULL) {
                size_t length = (size_t)(end - asker->in.bytes);

                line = mstc_buffer_take(&asker->in);
                if (line == NULL) {
                        drop(asker);
                        return;
                }
                line[length] = '\0';
                asker->stage = WAITS;
                asker->until = mstc_clock_ticks_ms() + MSTC_CONTROL_HEARTBEAT_MS;
                watch(asker->control, asker->fd, 0, asker, EPOLL_CTL_MOD);
                serving->ask(serving->self, asker, line, length);
                mstc_free(line);
        }
}

static void
move_on(struct mstc_asker *asker, uint32_t events, const struct serving *serving)
{
        if (asker->dead)
                return;
        if (asker->stage == HEARS)
                hear(asker, serving);
        else if ((events & (EPOLLHUP | EPOLLERR)) != 0 && asker->stage == WAITS)
                leave(asker);                /* the service learns it when it answers */
        else if ((push(asker) || (events & (EPOLLHUP | EPOLLERR)) != 0) && asker->stage == TELLS)
                drop(asker);
}

/* Who has tried our patience, and who is to hear that we live. */
static void
look_at_clock(struct mstc_control *control)
{
        int64_t now = mstc_clock_ticks_ms();

        for (struct mstc_asker *asker = control->askers, *next; asker != NULL; asker = next) {
                next = asker->next;
                if (asker->dead || now < asker->until)
                        continue;
                if (asker->stage == WAITS)
                        mstc_asker_news(asker, "{\"news\":{}}");
                else
                        drop(asker);
        }
}

void
mstc_control_serve(struct mstc_control *control, void (*ask)(void *self, struct mstc_asker *asker, const char *line,
                                                             size_t length), void *self)
{
        const struct serving serving = { .ask = ask, .self = self };
        struct epoll_event events[MOST_ASKERS + 1];
        int count;

        if (control == NULL)
                return;
        count = epoll_wait(control->epoll, events, sizeof events / sizeof events[0], 0);
        for (int i = 0; i < count; i++)
                if (events[i].data.ptr != NULL)
                        move_on(events[i].data.ptr, events[i].events, &serving);
                else
                        let_in(control);
        look_at_clock(control);
        sweep(control);
}

int
mstc_control_fd(const struct mstc_control *control)
{
        return control != NULL ? control->epoll : -1;
}

int
mstc_control_wait_ms(const struct mstc_control *control)
{
        int64_t now = mstc_clock_ticks_ms(), first = -1;

        for (const struct mstc_asker *asker = control != NULL ? control->askers : NULL; asker != NULL; asker = asker->next) {
                int64_t left = asker->until > now ? asker->until - now : 0;

                first = asker->dead ? 0 : first < 0 || left < first ? left : first;
        }
        return (int)first;
}

void
mstc_control_free(struct mstc_control *control)
{
        static const struct mst_error ended = { .code = MST_EREFUSED, .text = "the service ends; give the command again when it "
                                                "is there again" };
        struct stat st;

        if (control == NULL)
                return;
        for (struct mstc_asker *asker = control->askers, *next; asker != NULL; asker = next) {
                next = asker->next;
                if (asker->stage == WAITS && !asker->dead)
                        mstc_asker_refuse(asker, &ended);
                drop(asker);
        }
        sweep(control);
        if (control->inode != 0 && lstat(control->path, &st) == 0 && st.st_ino == control->inode)
                unlink(control->path);
        if (control->listener >= 0)
                close(control->listener);
        if (control->epoll >= 0)
                close(control->epoll);
        mstc_free(control->path);
        mstc_free(control);
}
