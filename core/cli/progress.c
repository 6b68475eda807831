/* progress.c - what a run is doing, for somebody who watches. */
#include "build.h"

#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/table.h"
#include "util/alloc.h"
#include "util/date.h"

#define NOT_TOO_OFTEN_MS 100

struct mstc_shown {
        bool terminal;                       /* stderr is one that can be drawn over   */
        bool colour, verbose;
        bool drawn;                          /* a line stands there                    */
        int64_t last_ms;
        enum mstc_phase last_phase;
        struct mst_arena *scratch;
};

static const char *
phase_words(enum mstc_phase phase)
{
        static const char *const words[] = {
                [MSTC_PHASE_START] = "starting", [MSTC_PHASE_PULL] = "reading the source",
                [MSTC_PHASE_MATCH] = "looking into the sinks", [MSTC_PHASE_PLAN] = "planning",
                [MSTC_PHASE_JUDGE] = "judging the plan", [MSTC_PHASE_APPLY] = "writing",
                [MSTC_PHASE_CLOSE] = "closing",
        };

        return (size_t)phase < sizeof words / sizeof words[0] ? words[phase] : "working";
}

void
mstc_progress_say(const char *sync, const struct mstc_progress *progress, int64_t now_ms,
                  struct mstc_buffer *into)
{
        struct mst_arena *arena = mst_arena_new(512);
        int64_t spent = now_ms - progress->started_ms;
        uint64_t done = progress->done, total = progress->total;

        if (arena == NULL)
                return;
        mstc_buffer_printf(into, "%s: %s", mstc_fit(arena, sync, 20), phase_words(progress->phase));
        if (done > 0 || total > 0)
                mstc_buffer_printf(into, "  %s", mstc_thousands(arena, done));
        if (total > 0 && done <= total)
                mstc_buffer_printf(into, " of %s  %u %%", mstc_thousands(arena, total),
                                   (unsigned)((double)done * 100.0 / (double)total));
        if (done > 0 && spent >= 500) {
                double rate = (double)done * 1000.0 / (double)spent;

                if (rate >= 1.0)
                        mstc_buffer_printf(into, "  %s/s", mstc_thousands(arena, (uint64_t)rate));
                if (total > done && rate > 0.0) {
                        double left = (double)(total - done) / rate;
                        char say[32];

                        /* Whole seconds: a number that jumps in its tenths is unrest. */
                        mstc_duration_say(left < 1e9 ? (int64_t)(left + 1.0) * 1000 : 0, say, sizeof say);
                        mstc_buffer_printf(into, "  %s left", say);
                }
        }
        mst_arena_free(arena);
}

static unsigned
columns_of_terminal(void)
{
        struct winsize size;

        return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80;
}

struct mstc_shown *
mstc_shown_new(bool verbose)
{
        struct mstc_shown *shown = mstc_alloc(sizeof *shown);
        const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

        if (shown == NULL)
                return NULL;
        shown->scratch = mst_arena_new(0);
        if (shown->scratch == NULL) {
                mstc_free(shown);
                return NULL;
        }
        shown->verbose = verbose;
        shown->terminal = isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
        shown->colour = shown->terminal && (no == NULL || *no == '\0');
        return shown;
}

void
mstc_shown_clear(struct mstc_shown *shown)
{
        if (shown == NULL || !shown->drawn)
                return;
        fputs("\r\033[K", stderr);
        fflush(stderr);
        shown->drawn = false;
}

void
mstc_shown_free(struct mstc_shown *shown)
{
        if (shown == NULL)
                return;
        mstc_shown_clear(shown);
        mst_arena_free(shown->scratch);
        mstc_free(shown);
}

static void
on_progress(void *self, const char *sync, const struct mstc_progress *progress)
{
        struct mstc_shown *shown = self;
        struct mstc_buffer line = { 0 };
        int64_t now = mstc_clock_ticks_ms();

        if (!shown->terminal)
                return;
        if (now - shown->last_ms < NOT_TOO_OFTEN_MS && progress->phase == shown->last_phase)
                return;
        shown->last_ms = now;
        shown->last_phase = progress->phase;
        mstc_progress_say(sync, progress, now, &line);
        fprintf(stderr, "\r\033[K%s", mstc_fit(shown->scratch, mstc_buffer_cstr(&line),
                                               columns_of_terminal() - 1));
        fflush(stderr);
        shown->drawn = true;
        mstc_buffer_done(&line);
        mst_arena_reset(shown->scratch);
}

static void
on_log(void *self, const struct mstc_line *line)
{
        static const struct { const char *word; enum mstc_paint paint; } levels[] = {
                [MST_LOG_ERROR] = { "error: ", MSTC_BAD }, [MST_LOG_WARNING] = { "warning: ", MSTC_CARE },
                [MST_LOG_INFO] = { "", MSTC_PLAIN }, [MST_LOG_DEBUG] = { "", MSTC_FAINT },
        };
        struct mstc_shown *shown = self;
        enum mst_level level = line->level;

        if (level < MST_LOG_ERROR || level > MST_LOG_DEBUG
            || (level > MST_LOG_WARNING && !shown->verbose))
                return;
        mstc_shown_clear(shown);
        fprintf(stderr, "%s%s%s [" MSTC_CODE_FORMAT "]%s\n", mstc_paint_on(shown->colour, levels[level].paint),
                levels[level].word, mstc_fit(shown->scratch, line->text, 0), (int)line->event,
                mstc_paint_off(shown->colour, levels[level].paint));
        mst_arena_reset(shown->scratch);
}

struct mstc_watch
mstc_shown_watch(struct mstc_shown *shown)
{
        return (struct mstc_watch){ .self = shown, .progress = on_progress, .log = on_log };
}
