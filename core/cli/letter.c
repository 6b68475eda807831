/* letter.c - what is told of a state: as JSON to a hook, as text in a mail.
 *
 * Texts come from servers: in a mail controls are made visible and lines kept short, and nothing
 * of them gets into a header but what stands between blank and tilde. */
#include "build.h"

#include "cli/letter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <muster/escape.h>

#define MOST_WORDS_TO_DO 3

const char *const mstc_alarm_names[MSTC_ALARMS] = { "failed", "held", "quarantined", "stale", "done" };

static void
host_name(char into[256])
{
        if (gethostname(into, 256) != 0 || into[0] == '\0')
                (void)snprintf(into, 256, "localhost");
        into[255] = '\0';
        for (char *c = into; *c != '\0'; c++)
                if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", *c) == NULL)
                        *c = '-';
}

static const char *
or_empty(const char *text)
{
        return text != NULL ? text : "";
}

const char *
mstc_tiding_say(struct mst_arena *arena, const struct mstc_tiding *t)
{
        static const char *const begun[MSTC_ALARMS] = { "sync %s failed", "hold %s waits for a decision",
                "sink %s is in quarantine", "%s is not up to date", "sync %s is done" };
        static const char *const over[MSTC_ALARMS] = { "sync %s works again", "hold %s is decided",
                "sink %s is out of quarantine", "%s is up to date again", "%s" };
        const char *form = (t->over ? over : begun)[t->alarm], *at = strstr(form, "%s");

        return or_empty(mst_arena_printf(arena, "%.*s%s%s", (int)(at - form), form, t->what, at + 2));
}

/* What to type next. */
static size_t
to_do(struct mst_arena *arena, const struct mstc_tiding *t, const char *into[MOST_WORDS_TO_DO])
{
        size_t count = 0;

        if (t->over || t->alarm == MSTC_ALARM_DONE)
                return 0;
        switch (t->alarm) {
        case MSTC_ALARM_FAILED:
                if (t->run != 0)
                        into[count++] = mst_arena_printf(arena, "muster log %lld", (long long)t->run);
                into[count++] = "muster check --online";
                break;
        case MSTC_ALARM_HELD:
                into[count++] = mst_arena_printf(arena, "muster holds %s", t->what);
                into[count++] = mst_arena_printf(arena, "muster approve %s", t->what);
                into[count++] = mst_arena_printf(arena, "muster reject %s", t->what);
                break;
        case MSTC_ALARM_QUARANTINED:
                into[count++] = "muster check --online";
                into[count++] = mst_arena_printf(arena, "muster retry --sink %s", t->what);
                break;
        default:
                into[count++] = "muster status";
                into[count++] = "muster history";
                break;
        }
        return count;
}

/* ---- JSON ------------------------------------------------------------------------------------- */

static void
text_member(struct mstc_buffer *into, const char *name, const char *value, size_t length)
{
        mstc_buffer_printf(into, ",\"%s\":", name);
        if (value == NULL) {
                mstc_buffer_text(into, "null");
                return;
        }
        mstc_buffer_char(into, '"');
        mstc_escape_json_into(into, value, length);
        mstc_buffer_char(into, '"');
}

static void
text(struct mstc_buffer *into, const char *name, const char *value)
{
        text_member(into, name, value, value != NULL ? strlen(value) : 0);
}

static void
moment(struct mstc_buffer *into, const char *name, int64_t ms)
{
        time_t seconds = (time_t)(ms / 1000);
        char stamp[32] = "";
        struct tm tm;

        if (ms != 0 && gmtime_r(&seconds, &tm) != NULL)
                strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm);
        text(into, name, stamp[0] != '\0' ? stamp : NULL);
}

void
mstc_tiding_json(struct mst_arena *arena, const struct mstc_tiding *t, const char *config_file, int64_t now,
                 struct mstc_buffer *into)
{
        const char *slash = t->alarm == MSTC_ALARM_STALE ? strchr(t->what, '/') : NULL, *todo[MOST_WORDS_TO_DO];
        bool of_sync = t->alarm == MSTC_ALARM_FAILED || t->alarm == MSTC_ALARM_STALE || t->alarm == MSTC_ALARM_DONE;
        size_t count = to_do(arena, t, todo);
        char host[256];

        host_name(host);
        mstc_buffer_printf(into, "{\"muster\":\"%s\"", PACKAGE_VERSION);
        text(into, "event", mstc_alarm_names[t->alarm]);
        text(into, "state", t->over ? "over" : "begun");
        moment(into, "at", now);
        moment(into, "since", t->since);
        text(into, "host", host);
        text(into, "config", config_file);
        text_member(into, "sync", of_sync ? t->what : NULL, slash != NULL ? (size_t)(slash - t->what) : strlen(t->what));
        text(into, "target", slash != NULL ? slash + 1 : NULL);
        text(into, "sink", t->alarm == MSTC_ALARM_QUARANTINED ? t->what : NULL);
        mstc_buffer_printf(into, ",\"run\":%s", t->run != 0 ? or_empty(mst_arena_printf(arena, "%lld", (long long)t->run))
                           : "null");
        mstc_buffer_printf(into, ",\"hold\":%lld", t->alarm == MSTC_ALARM_HELD ? strtoll(t->what, NULL, 10) : 0);
        text(into, "summary", mstc_tiding_say(arena, t));
        text(into, "text", t->text);
        mstc_buffer_text(into, ",\"do\":[");
        for (size_t i = 0; i < count; i++) {
                mstc_buffer_text(into, i > 0 ? ",\"" : "\"");
                mstc_escape_json_into(into, or_empty(todo[i]), strlen(or_empty(todo[i])));
                mstc_buffer_char(into, '"');
        }
        mstc_buffer_text(into, "]}\n");
}

/* ---- mail --------------------------------------------------------------------------------------- */

static void
header(struct mstc_buffer *into, const char *name, const char *value)
{
        size_t length = strlen(value);

        mstc_buffer_printf(into, "%s: ", name);
        for (size_t i = 0; i < length && i < 200; i++)
                mstc_buffer_char(into, value[i] >= ' ' && value[i] <= '~' ? value[i] : '?');
        mstc_buffer_char(into, '\n');
}

/* In lines of some 72 columns, each indented; one word that is too long is cut. */
static void
paragraph(struct mst_arena *arena, struct mstc_buffer *into, const char *text)
{
        const char *at = or_empty(mst_escape_terminal(arena, text, strlen(text)));
        size_t column = 0;

        while (*(at += strspn(at, " ")) != '\0') {
                size_t length = strcspn(at, " ");
                size_t shown = length > 500 ? 500 : length;

                while (shown < length && shown > 0 && ((unsigned char)at[shown] & 0xc0) == 0x80)
                        shown--;             /* not within a character                 */
                if (column > 0 && column + length > 72) {
                        mstc_buffer_char(into, '\n');
                        column = 0;
                }
                mstc_buffer_text(into, column == 0 ? "  " : " ");
                mstc_buffer_add(into, at, shown);
                column += length + 1;
                at += length;
        }
        if (column > 0)
                mstc_buffer_char(into, '\n');
}

void
mstc_tidings_mail(struct mst_arena *arena, const struct mstc_tiding *tidings, size_t count,
                  const struct mstc_config_mail *mail, const char *config_file, struct mstc_buffer *into)
{
        char host[256];
        const char *subject;

        host_name(host);
        subject = count == 1 ? mst_arena_printf(arena, "muster on %s: %s", host, mstc_tiding_say(arena, &tidings[0]))
                             : mst_arena_printf(arena, "muster on %s: %zu things to know", host, count);
        /* These two were taken apart and put together when the configuration was read. */
        mstc_buffer_printf(into, "From: %s\nTo: %s\n", mail->from, mail->to);
        header(into, "Subject", or_empty(subject));
        mstc_buffer_text(into, "Auto-Submitted: auto-generated\nPrecedence: bulk\nMIME-Version: 1.0\n"
                         "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
        for (size_t i = 0; i < count; i++) {
                const char *todo[MOST_WORDS_TO_DO], *said = mstc_tiding_say(arena, &tidings[i]);
                size_t steps = to_do(arena, &tidings[i], todo);

                mstc_buffer_printf(into, "* %s\n", or_empty(mst_escape_terminal(arena, said, strlen(said))));
                if (tidings[i].text != NULL && !tidings[i].over)
                        paragraph(arena, into, tidings[i].text);
                for (size_t k = 0; k < steps; k++)
                        mstc_buffer_printf(into, "%s      %s\n", k == 0 ? "\n  What to do:\n" : "",
                                           or_empty(mst_escape_terminal(arena, or_empty(todo[k]), strlen(or_empty(todo[k])))));
                mstc_buffer_char(into, '\n');
        }
        mstc_buffer_printf(into, "This is told once, and again when it is over.  Configuration: %s\n",
                           or_empty(mst_escape_terminal(arena, config_file, strlen(config_file))));
}
