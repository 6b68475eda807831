/* SPDX-License-Identifier: Apache-2.0
 *
 * talk.c - lines to the program and from it.
 *
 * One call at a time.  While a line is waited for, what is left to send is sent, and what the
 * program says on its stderr goes to the log: it can never stand still because of us.  Whatever
 * is not of the protocol ends the program; the next call starts it anew. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <muster/escape.h>

#include "exec.h"

enum { LOGGED = 200, READ = 65536 };

const char *
exe_clean(struct exe *x, const char *text)
{
        const char *secret = mst_secret_reveal(x->config->secret), *at;
        const char *clean = text;

        if (secret[0] == '\0')
                return text;
        while ((at = strstr(clean, secret)) != NULL) {
                clean = mst_arena_printf(x->line, "%.*s(secret)%s", (int)(at - clean), clean, at + strlen(secret));
                if (clean == NULL)
                        return "";
                if (strstr("(secret)", secret) != NULL)
                        break;
        }
        return clean;
}

int
exe_break(struct exe *x, enum mst_code code, struct mst_error *err, const char *format, ...)
{
        char text[800];
        va_list args;

        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        mst_fail(err, code, "'%s' %s", x->config->command, exe_clean(x, text));
        exe_child_end(x, 0);
        return err->code;
}

/* ---- sending ---- */

static bool
grow(char **bytes, size_t *room, size_t need)
{
        size_t more = *room == 0 ? READ : *room;
        char *moved;

        while (more < need)
                more *= 2;
        if (more == *room)
                return true;
        moved = realloc(*bytes, more);
        if (moved == NULL)
                return false;
        *bytes = moved;
        *room = more;
        return true;
}

int
exe_send(struct exe *x, struct mst_error *err)
{
        struct exe_child *c = &x->child;
        size_t size = 0;
        const char *line = mst_json_written(x->out, &size);

        if (line == NULL)
                return mst_fail_memory(err, "writing a line for the program");
        if (c->send_sent == c->send_length)
                c->send_sent = c->send_length = 0;
        if (!grow(&c->sending, &c->send_room, c->send_length + size + 1))
                return mst_fail_memory(err, "writing a line for the program");
        memcpy(c->sending + c->send_length, line, size);
        c->sending[c->send_length + size] = '\n';
        c->send_length += size + 1;
        return MST_OK;
}

void
exe_begin(struct exe *x, const char *call)
{
        x->child.told = 0;
        mst_host_count(x->host, MST_COUNT_CALLS, 1);
        mst_json_out_reset(x->out);
        mst_json_out_object(x->out);
        mst_json_out_name(x->out, "id");
        mst_json_out_int(x->out, ++x->last_id);
        mst_json_out_member(x->out, "call", call);
}

void
exe_put(struct exe *x, const char *name, const char *text)
{
        mst_json_out_name(x->out, name);
        if (text != NULL)
                mst_json_out_text(x->out, text, strlen(text));
        else
                mst_json_out_null(x->out);
}

/* ---- the log ---- */

static void
tell(struct exe *x, const char *text, size_t length)
{
        static const char *const heads[] = { "error: ", "warning: ", "info: ", "debug: " };
        struct exe_child *c = &x->child;
        enum mst_level level = MST_LOG_INFO;

        snprintf(c->words, sizeof c->words, "%.*s", (int)length, text);
        if (++c->told == LOGGED + 1)
                mst_host_log(x->host, MST_LOG_WARNING, "the program says more than %d lines: the others are left out", LOGGED);
        if (c->told > LOGGED)
                return;
        for (size_t i = 0; i < 4; i++)
                if (length >= strlen(heads[i]) && strncmp(text, heads[i], strlen(heads[i])) == 0) {
                        level = (enum mst_level)(MST_LOG_ERROR + i);
                        text += strlen(heads[i]);
                        length -= strlen(heads[i]);
                        break;
                }
        text = mst_arena_strndup(x->line, text, length);
        if (text != NULL)
                mst_host_log(x->host, level, "the program: %s", exe_clean(x, text));
}

static void
take_words(struct exe *x)
{
        struct exe_child *c = &x->child;
        char room[2048];
        ssize_t n;

        while ((n = read(c->err, room, sizeof room)) > 0)
                for (ssize_t i = 0; i < n; i++) {
                        if (room[i] != '\n' && c->partial_length < sizeof c->partial) {
                                c->partial[c->partial_length++] = room[i] != '\0' ? room[i] : ' ';
                                continue;
                        }
                        if (room[i] == '\n') {
                                if (c->partial_length != 0)
                                        tell(x, c->partial, c->partial_length);
                                c->partial_length = 0;
                        }
                }
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
                close(c->err);
                c->err = -1;
        }
}

/* ---- receiving ---- */

static void
send_more(struct exe_child *c)
{
        while (c->in >= 0 && c->send_sent < c->send_length) {
                ssize_t n = send(c->in, c->sending + c->send_sent, c->send_length - c->send_sent, MSG_NOSIGNAL);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return;              /* full, or gone: its stdout tells         */
                c->send_sent += (size_t)n;
        }
}

/* MST_END: it has closed its stdout. */
static int
take_more(struct exe_child *c, struct mst_error *err)
{
        ssize_t n;

        if (c->got_begin != 0) {
                memmove(c->got, c->got + c->got_begin, c->got_length - c->got_begin);
                c->got_length -= c->got_begin;
                c->got_begin = 0;
        }
        if (!grow(&c->got, &c->got_room, c->got_length + READ))
                return mst_fail_memory(err, "reading what the program says");
        do
                n = read(c->out, c->got + c->got_length, c->got_room - c->got_length);
        while (n < 0 && errno == EINTR);
        if (n == 0 || (n < 0 && errno != EAGAIN))
                return MST_END;
        c->got_length += n > 0 ? (size_t)n : 0;
        return MST_OK;
}

/* Waits for anything. */
static int
wait_for(struct exe *x, int other, int64_t deadline, bool *stop, bool *woken, struct mst_error *err)
{
        struct exe_child *c = &x->child;
        int64_t left = deadline == 0 ? 1000 : deadline - mst_host_ticks_ms(x->host);
        struct pollfd fds[5] = {
                { .fd = c->out, .events = POLLIN }, { .fd = c->err, .events = POLLIN },
                { .fd = c->send_sent < c->send_length ? c->in : -1, .events = POLLOUT },
                { .fd = x->winding_up ? -1 : mst_host_stop_fd(x->host), .events = POLLIN }, { .fd = other, .events = POLLIN },
        };
        int rc = MST_OK;

        if (deadline != 0 && left <= 0)
                return exe_break(x, MST_ENET, err, "has said nothing for %lld s: it was ended (timeout)",
                                 (long long)(x->config->timeout + 999) / 1000);
        if (poll(fds, 5, (int)(left < 1000 ? left : 1000)) < 0)
                return MST_OK;
        if (fds[1].revents != 0)
                take_words(x);
        if (fds[2].revents != 0)
                send_more(c);
        if (fds[0].revents != 0)
                rc = take_more(c, err);
        *stop = fds[3].revents != 0;
        *woken = fds[4].revents != 0;
        if (rc == MST_END) {
                char fate[400];

                if (c->err >= 0)
                        take_words(x);
                exe_child_fate(x, fate, sizeof fate);
                return mst_fail(err, MST_ENET, "'%s' %s", x->config->command, fate);
        }
        if (rc != MST_OK)
                exe_child_end(x, 0);
        return rc;
}

/* A line that is there already. */
static bool
cut_line(struct exe_child *c, const char **line, size_t *length)
{
        char *end = c->got_length > c->got_begin ? memchr(c->got + c->got_begin, '\n', c->got_length - c->got_begin) : NULL;

        if (end == NULL)
                return false;
        *line = c->got + c->got_begin;
        *length = (size_t)(end - *line);
        c->got_begin += *length + 1;
        return true;
}

static int
parse(struct exe *x, const char *text, size_t length, const struct mst_value **line, struct mst_error *err)
{
        struct mst_error why = { 0 };

        mst_arena_reset(x->line);
        mst_json_start(x->json, text, length);
        *line = mst_json_value(x->json, x->line);
        if (*line != NULL && mst_json_finish(x->json) && mst_value_type(*line) == MST_OBJECT)
                return MST_OK;
        if (*line != NULL && !mst_json_is_broken(x->json))
                mst_fail(&why, MST_EINTERNAL, "no object");
        else
                mst_json_fail(x->json, &why);
        text = mst_escape_terminal(x->line, text, length < 60 ? length : 60);
        return exe_break(x, MST_EINTERNAL, err, "wrote a line that is not of the protocol (%s): '%s'", why.text, text != NULL ? text : "");
}

int
exe_line(struct exe *x, int other, int64_t deadline, const struct mst_value **line, struct mst_error *err)
{
        struct exe_child *c = &x->child;
        const char *text;
        size_t length;
        bool stop = false, woken = false;

        *line = NULL;
        for (;;) {
                if (cut_line(c, &text, &length)) {
                        if (strspn(text, " \t\r") >= length)
                                continue;
                        return parse(x, text, length, line, err);
                }
                if (stop || woken)
                        return MST_OK;
                if (c->got_length - c->got_begin > EXE_LINE)
                        return exe_break(x, MST_EINTERNAL, err, "wrote a line of more than %d MiB", EXE_LINE >> 20);
                send_more(c);
                if (wait_for(x, other, deadline, &stop, &woken, err) != MST_OK)
                        return err->code;
        }
}

/* ---- calls ---- */

int64_t
exe_deadline(const struct exe *x)
{
        return mst_host_ticks_ms(x->host) + (x->greeted ? x->config->timeout : x->config->start_timeout);
}

static int
told_error(struct exe *x, const struct mst_value *line, struct mst_error *err)
{
        enum mst_code code = exe_word_code(mst_value_find_text(line, "error"));
        const char *text = exe_text(line, "text");
        int64_t wait = mst_value_find_int(line, "retry-after", 0);

        mst_fail(err, code, "%s", text != NULL ? exe_clean(x, text) : "the program gave no reason");
        err->retry_after_ms = wait > 0 ? (uint32_t)(wait < 86400 ? wait : 86400) * 1000 : 0;
        return code;
}

int
exe_answer(struct exe *x, const struct mst_value **line, struct mst_error *err)
{
        int64_t id;

        if (exe_line(x, -1, exe_deadline(x), line, err) != MST_OK)
                return err->code;
        if (*line == NULL) {
                mst_fail(err, MST_ENET, "stopped while '%s' was at work", x->config->command);
                exe_child_end(x, 0);
                return err->code;
        }
        id = mst_value_find_int(*line, "id", -1);
        if (id != x->last_id)
                return exe_break(x, MST_EINTERNAL, err, "answered call %lld while call %lld was asked", (long long)id,
                                 (long long)x->last_id);
        if (mst_value_find(*line, "error") != NULL)
                return told_error(x, *line, err);
        return mst_value_find(*line, "end") != NULL ? MST_END : MST_OK;
}

int
exe_ready(struct exe *x, struct mst_error *err)
{
        if (x->child.pid != 0 && x->greeted)
                return MST_OK;
        exe_child_end(x, 0);
        mst_arena_reset(x->kept);
        x->attributes = NULL;
        x->attribute_count = 0;
        if (exe_child_start(x, err) != MST_OK)
                return err->code;
        return exe_hello(x, err);
}
