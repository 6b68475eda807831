/* logline.c - see logline.h.
 *
 * The journal's own protocol: a datagram of fields, NAME=value and a line end; a value with line
 * ends in it goes as NAME, line end, its size as 64 bits little-endian, the bytes, line end.  Ours
 * have none: what is not to be shown was taken out before.  MESSAGE_ID is the same for an event for
 * ever, so that `journalctl MESSAGE_ID=...` and catalogs find it. */
#include "build.h"

#include "cli/logline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cli/moment.h"
#include "cli/table.h"
#include "util/buffer.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define MESSAGE_ID "6d75737465724d535400a0e1%08d"    /* 24 digits of ours, 8 of the event */
#define JOURNAL "/run/systemd/journal/socket"

static const char *const level_names[] = { "?", "error", "warning", "info", "debug" };

const char *
mstc_level_name(enum mst_level level)
{
        return level >= MST_LOG_ERROR && level <= MST_LOG_DEBUG ? level_names[level] : level_names[0];
}

/* ---- which lines ------------------------------------------------------------------------------ */

static bool
read_level(const char *text, size_t length, enum mst_level *ret)
{
        for (int i = MST_LOG_ERROR; i <= MST_LOG_DEBUG; i++)
                if (strlen(level_names[i]) == length && memcmp(level_names[i], text, length) == 0) {
                        *ret = (enum mst_level)i;
                        return true;
                }
        return false;
}

static int
read_rule(const char *text, size_t length, struct mstc_log_levels *levels, struct mst_error *err)
{
        const char *equals = memchr(text, '=', length);
        size_t name = equals != NULL ? (size_t)(equals - text) : 0, at = 0;
        const char *word = equals != NULL ? equals + 1 : text;
        enum mst_level level;

        if (!read_level(word, length - (size_t)(word - text), &level))
                return mst_fail(err, MST_ECONFIG, "'%.*s' is no level: error, warning, info or debug, or "
                                "COMPONENT=LEVEL (engine=debug,http=warning)", (int)(length < 80 ? length : 80), text);
        if (equals == NULL) {
                levels->all = level;
                return MST_OK;
        }
        if (name == 0 || name >= sizeof levels->rules[0].component)
                return mst_fail(err, MST_ECONFIG, "'%.*s' names no component", (int)(length < 80 ? length : 80), text);
        while (at < levels->count && (strlen(levels->rules[at].component) != name
                                      || memcmp(levels->rules[at].component, text, name) != 0))
                at++;
        if (at == MSTC_LOG_RULES)
                return mst_fail(err, MST_ECONFIG, "more than %d components have a level of their own", MSTC_LOG_RULES);
        memcpy(levels->rules[at].component, text, name);
        levels->rules[at].component[name] = '\0';
        levels->rules[at].level = level;
        levels->count += at == levels->count;
        return MST_OK;
}

void
mstc_log_levels_default(struct mstc_log_levels *levels, bool verbose)
{
        struct mst_error never = { 0 };

        (void)mstc_log_levels_read(verbose ? "debug" : "info,engine=warning,connector=warning,http=warning", levels, &never);
}

int
mstc_log_levels_read(const char *text, struct mstc_log_levels *levels, struct mst_error *err)
{
        if (text[strspn(text, " ,")] == '\0')
                return mst_fail(err, MST_ECONFIG, "a level is missing: error, warning, info or debug");
        for (const char *word = text; *(word += strspn(word, " ,")) != '\0'; word += strcspn(word, " ,"))
                if (memchr(word, '=', strcspn(word, " ,")) == NULL)
                        levels->count = 0;   /* for all means all                      */
        while (*(text += strspn(text, " ,")) != '\0') {
                size_t length = strcspn(text, " ,");

                if (read_rule(text, length, levels, err) != MST_OK)
                        return err->code;
                text += length;
        }
        return MST_OK;
}

/* The most particular rule counts: the instance's or component's name, then its family. */
bool
mstc_log_wants(const struct mstc_log_levels *levels, const struct mstc_line *line)
{
        bool of_connector = line->event >= MSTC_EVENT_CONNECTOR_ERROR && line->event <= MSTC_EVENT_CONNECTOR_DEBUG;
        bool own = of_connector || strcmp(line->component, "http") == 0 || strcmp(line->component, "service") == 0;
        const char *family = of_connector ? "connector" : own ? "" : "engine";
        enum mst_level level = levels->all;
        bool found = false;

        for (size_t i = 0; i < levels->count && !found; i++)
                if ((found = strcmp(levels->rules[i].component, line->component) == 0))
                        level = levels->rules[i].level;
        for (size_t i = 0; i < levels->count && !found; i++)
                if ((found = strcmp(levels->rules[i].component, family) == 0))
                        level = levels->rules[i].level;
        return line->level <= level;
}

int
mstc_log_form_read(const char *text, enum mstc_log_form *ret, struct mst_error *err)
{
        static const char *const names[] = { "auto", "text", "json", "journald" };

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
                if (strcmp(names[i], text) == 0) {
                        *ret = (enum mstc_log_form)i;
                        return MST_OK;
                }
        return mst_fail(err, MST_ECONFIG, "'%.80s' is no form of the log: auto, text, json or journald", text);
}

/* ---- the journal ------------------------------------------------------------------------------ */

/* $JOURNAL_STREAM is device:inode of what the journal reads: it is inherited, so it must be our stderr. */
static bool
journal_has_stderr(void)
{
        const char *stream = getenv("JOURNAL_STREAM");
        unsigned long long device, inode;
        struct stat is;
        char *end;

        if (stream == NULL || fstat(STDERR_FILENO, &is) != 0)
                return false;
        device = strtoull(stream, &end, 10);
        if (*end != ':')
                return false;
        inode = strtoull(end + 1, &end, 10);
        return *end == '\0' && device == (unsigned long long)is.st_dev && inode == (unsigned long long)is.st_ino;
}

static int
open_journal(void)
{
        const char *path = getenv("MUSTER_JOURNAL");
        struct sockaddr_un to = { .sun_family = AF_UNIX };
        int fd;

        path = path != NULL ? path : JOURNAL;
        if (strlen(path) >= sizeof to.sun_path)
                return -1;
        memcpy(to.sun_path, path, strlen(path) + 1);
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
                return fd;
        if (fd >= 0)
                close(fd);
        return -1;
}

void
mstc_logger_open(struct mstc_logger *logger)
{
        logger->journal = -1;
        if (logger->form == MSTC_LOG_JOURNALD || (logger->form == MSTC_LOG_AUTO && journal_has_stderr()))
                logger->journal = open_journal();
        if (logger->form == MSTC_LOG_AUTO)
                logger->form = logger->journal >= 0 ? MSTC_LOG_JOURNALD : MSTC_LOG_TEXT;
}

void
mstc_logger_close(struct mstc_logger *logger)
{
        if (logger->journal > STDERR_FILENO)
                close(logger->journal);
        logger->journal = -1;
}

/* ---- the forms ---------------------------------------------------------------------------------- */

static int
priority(enum mst_level level)
{
        return level == MST_LOG_ERROR ? 3 : level == MST_LOG_WARNING ? 4 : level == MST_LOG_INFO ? 6 : 7;
}

static void
say_text(const struct mstc_logger *logger, struct mst_arena *arena, const char *sync, const struct mstc_line *line,
         struct mstc_buffer *into)
{
        if (getenv("JOURNAL_STREAM") != NULL)
                mstc_buffer_printf(into, "<%d>", priority(line->level));
        else if (logger->dated)
                mstc_buffer_printf(into, "%s  ", mstc_moment_exact(arena, mstc_now_ms()));
        mstc_buffer_printf(into, "%s%s%s%s [" MSTC_CODE_FORMAT "]\n", sync != NULL ? mstc_fit(arena, sync, 0) : "",
                           sync != NULL ? ": " : "", line->level == MST_LOG_ERROR ? "error: "
                           : line->level == MST_LOG_WARNING ? "warning: " : "", mstc_fit(arena, line->text, 0), (int)line->event);
}

static void
say_field(struct mstc_buffer *into, const char *name, const char *text)
{
        mstc_buffer_printf(into, ",\"%s\":\"", name);
        mstc_escape_json_into(into, text, strlen(text));
        mstc_buffer_char(into, '"');
}

static void
say_json(const char *sync, const struct mstc_line *line, struct mstc_buffer *into)
{
        int64_t now = mstc_now_ms();
        time_t seconds = (time_t)(now / 1000);
        char at[32] = "";
        struct tm tm;

        if (gmtime_r(&seconds, &tm) != NULL)
                strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%S", &tm);
        mstc_buffer_printf(into, "{\"at\":\"%s.%03dZ\",\"level\":\"%s\",\"code\":\"" MSTC_CODE_FORMAT "\"", at,
                           (int)(now % 1000), mstc_level_name(line->level), (int)line->event);
        say_field(into, "component", line->component);
        if (sync != NULL)
                say_field(into, "sync", sync);
        if (line->run != 0)
                mstc_buffer_printf(into, ",\"run\":%lld", (long long)line->run);
        say_field(into, "text", line->text);
        mstc_buffer_text(into, "}\n");
}

static void
say_journal(struct mst_arena *arena, const char *sync, const struct mstc_line *line, struct mstc_buffer *into)
{
        const char *name = sync != NULL ? mstc_fit(arena, sync, 0) : "";

        mstc_buffer_printf(into, "MESSAGE=%s%s%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=muster\nMESSAGE_ID=" MESSAGE_ID "\n"
                           "MST_CODE=" MSTC_CODE_FORMAT "\nMST_COMPONENT=%s\n", name, sync != NULL ? ": " : "",
                           mstc_fit(arena, line->text, 0), priority(line->level), (int)line->event, (int)line->event,
                           mstc_fit(arena, line->component, 0));
        if (sync != NULL)
                mstc_buffer_printf(into, "MST_SYNC=%s\n", name);
        if (line->run != 0)
                mstc_buffer_printf(into, "MST_RUN=%lld\n", (long long)line->run);
}

/* ---- writing -------------------------------------------------------------------------------------- */

/* All of it to stderr, which may be a pipe, a file on a full disk, or nobody's any more. */
static bool
write_all(const char *bytes, size_t length)
{
        while (length > 0) {
                ssize_t done = write(STDERR_FILENO, bytes, length);

                if (done < 0 && errno == EINTR)
                        continue;
                if (done <= 0)
                        return false;
                bytes += done;
                length -= (size_t)done;
        }
        return true;
}

static bool
put(struct mstc_logger *logger, struct mst_arena *arena, const char *sync, const struct mstc_line *line)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };

        if (logger->form == MSTC_LOG_JOURNALD && logger->journal >= 0) {
                say_journal(arena, sync, line, &say);
                if (mstc_buffer_ok(&say) && send(logger->journal, say.bytes, say.length, MSG_NOSIGNAL) >= 0)
                        return true;
                mstc_buffer_clear(&say);     /* restarted, or behind: stderr has it    */
        }
        if (logger->form == MSTC_LOG_JSON)
                say_json(sync, line, &say);
        else
                say_text(logger, arena, sync, line, &say);
        return mstc_buffer_ok(&say) && write_all(say.bytes, say.length);
}

void
mstc_logger_put(struct mstc_logger *logger, const char *sync, const struct mstc_line *line)
{
        struct mst_arena *arena;
        char text[160];

        if (!mstc_log_wants(&logger->levels, line))
                return;
        arena = mst_arena_new(0);
        if (arena == NULL || !put(logger, arena, sync, line)) {
                logger->lost++;
                mst_arena_free(arena);
                return;
        }
        if (logger->lost != 0) {
                snprintf(text, sizeof text, "%llu lines of the log before this one could not be written and are lost; "
                         "`muster log` has those of runs", (unsigned long long)logger->lost);
                if (put(logger, arena, NULL, &(struct mstc_line){ .event = MSTC_EVENT_LOG_LOST, .level = MST_LOG_WARNING,
                                                                  .component = "service", .text = text }))
                        logger->lost = 0;
        }
        mst_arena_free(arena);
}
