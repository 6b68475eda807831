/* progress.c - what a run is doing, for somebody who watches.
 *
 *   say      the words for a state of things
 *   draw     up to where the last lines began, all below is wiped, and the new ones: in one write
 *
 * The width is asked for at each drawing, so a terminal that changes its size needs no signal.  One
 * that has become narrower has broken the lines that stand there; as many rows are wiped. */
#include "build.h"

#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/table.h"
#include "util/alloc.h"
#include "util/date.h"
#include "util/utf8.h"

#define NOT_TOO_OFTEN_MS 100
#define MOST_LINES 9u                        /* of a screen that shows other things, too */

struct mstc_shown {
        bool terminal;                       /* stderr is one that can be drawn over   */
        bool colour, verbose;
        unsigned drawn[MOST_LINES]; size_t drawn_count;  /* the lines that stand there, in columns */
        int64_t last_ms;
        struct mstc_progress late;           /* came too early after another, and is shown a little later */
        struct mstc_progress_part late_parts[MOST_LINES];
        char late_sync[80];                  /* "": there is none                      */
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

/* What is counted. */
static const char *
unit_of(enum mstc_phase phase)
{
        switch (phase) {
        case MSTC_PHASE_PULL: return " records";
        case MSTC_PHASE_MATCH: return " objects";
        case MSTC_PHASE_PLAN: return " people";
        case MSTC_PHASE_APPLY: return " ops";
        default: return "";
        }
}

static void
say_pace(uint64_t done, uint64_t total, int64_t spent, struct mst_arena *arena, struct mstc_buffer *into)
{
        double rate = spent > 0 ? (double)done * 1000.0 / (double)spent : 0.0;

        /* No rate from the first moments: it would be a guess. */
        if (done == 0 || spent < 500)
                return;
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

static unsigned
percent(uint64_t done, uint64_t total)
{
        return (unsigned)((double)done * 100.0 / (double)total);
}

void
mstc_progress_say(const char *sync, const struct mstc_progress *progress, int64_t now_ms,
                  struct mstc_buffer *into)
{
        struct mst_arena *arena = mst_arena_new(512);
        uint64_t done = progress->done, total = progress->total;

        if (arena == NULL)
                return;
        mstc_buffer_printf(into, "%s: %s", mstc_fit(arena, sync, 20), phase_words(progress->phase));
        if (done > 0 || total > 0)
                mstc_buffer_printf(into, "  %s", mstc_thousands(arena, done));
        if (total > 0 && done <= total)
                mstc_buffer_printf(into, " of %s%s  %u %%", mstc_thousands(arena, total), unit_of(progress->phase),
                                   percent(done, total));
        else if (done > 0)
                mstc_buffer_text(into, unit_of(progress->phase));
        say_pace(done, done <= total ? total : 0, now_ms - progress->started_ms, arena, into);
        mst_arena_free(arena);
}

/* "  corporate     250 of 1,000   25 %  250/s  4 s left", names and numbers below each other. */
static void
say_part(const struct mstc_progress *progress, const struct mstc_progress_part *part, int64_t now_ms, unsigned name_width,
         int number_width, struct mst_arena *arena, struct mstc_buffer *into)
{
        const char *name = mstc_fit(arena, part->sink != NULL ? part->sink : "?", 20);
        uint64_t total = part->done > part->total ? part->done : part->total;

        mstc_buffer_printf(into, "  %s%*s  %*s of %*s", name, (int)(name_width - mstc_utf8_columns(name, strlen(name))), "",
                           number_width, mstc_thousands(arena, part->done), number_width, mstc_thousands(arena, total));
        if (part->over && part->done >= part->total) {
                mstc_buffer_text(into, "  done");
                return;
        }
        mstc_buffer_printf(into, "  %3u %%", total > 0 ? percent(part->done, total) : 0u);
        say_pace(part->done, total, now_ms - progress->started_ms, arena, into);
}

static void
take_line(struct mst_arena *arena, unsigned width, struct mstc_buffer *line, struct mstc_buffer *into)
{
        mstc_buffer_printf(into, "%s\n", mstc_fit_end(arena, mstc_buffer_cstr(line), width));
        mstc_buffer_done(line);
        *line = (struct mstc_buffer){ 0 };
}

void
mstc_progress_lines(const char *sync, const struct mstc_progress *progress, int64_t now_ms, unsigned width,
                    struct mstc_buffer *into)
{
        struct mst_arena *arena = mst_arena_new(512);
        struct mstc_buffer line = { 0 };
        unsigned name_width = 0;
        int number_width = 1;
        size_t count = progress->part_count < MOST_LINES ? progress->part_count : MOST_LINES - 1;

        if (arena == NULL)
                return;
        mstc_progress_say(sync, progress, now_ms, &line);
        take_line(arena, width, &line, into);
        for (size_t i = 0; i < count; i++) {
                const char *name = mstc_fit(arena, progress->parts[i].sink != NULL ? progress->parts[i].sink : "?", 20);
                int digits = (int)strlen(mstc_thousands(arena, progress->parts[i].total));

                name_width = mstc_utf8_columns(name, strlen(name)) > name_width ? (unsigned)mstc_utf8_columns(name, strlen(name))
                           : name_width;
                number_width = digits > number_width ? digits : number_width;
        }
        for (size_t i = 0; count > 1 && i < count; i++) {
                say_part(progress, &progress->parts[i], now_ms, name_width, number_width, arena, &line);
                take_line(arena, width, &line, into);
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

/* The sequence that takes away what stands there.  The cursor is in the last of its lines. */
static void
wipe(struct mstc_shown *shown, unsigned width, struct mstc_buffer *into)
{
        unsigned rows = 0;

        for (size_t i = 0; i < shown->drawn_count; i++)
                rows += shown->drawn[i] > width ? (shown->drawn[i] + width - 1) / width : 1;
        if (rows > 1)
                mstc_buffer_printf(into, "\r\033[%uA\033[J", rows - 1);
        else if (rows == 1)
                mstc_buffer_text(into, "\r\033[J");
        shown->drawn_count = 0;
}

void
mstc_shown_clear(struct mstc_shown *shown)
{
        struct mstc_buffer out = { 0 };

        if (shown == NULL || shown->drawn_count == 0)
                return;
        wipe(shown, columns_of_terminal(), &out);
        fputs(mstc_buffer_cstr(&out), stderr);
        fflush(stderr);
        mstc_buffer_done(&out);
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

/* All but the last line end; the lines are remembered by their width. */
static void
draw(struct mstc_shown *shown, const char *lines, struct mstc_buffer *into)
{
        while (*lines != '\0' && shown->drawn_count < MOST_LINES) {
                size_t length = strcspn(lines, "\n");

                mstc_buffer_printf(into, "%s%.*s", shown->drawn_count > 0 ? "\r\n" : "", (int)length, lines);
                shown->drawn[shown->drawn_count++] = (unsigned)mstc_utf8_columns(lines, length);
                lines += length + (lines[length] == '\n');
        }
}

static void
show(struct mstc_shown *shown, const char *sync, const struct mstc_progress *progress, int64_t now)
{
        struct mstc_buffer lines = { 0 }, out = { 0 };
        unsigned width = columns_of_terminal();

        shown->last_ms = now;
        mstc_progress_lines(sync, progress, now, width - 1, &lines);
        wipe(shown, width, &out);
        draw(shown, mstc_buffer_cstr(&lines), &out);
        fputs(mstc_buffer_cstr(&out), stderr);
        fflush(stderr);
        mstc_buffer_done(&lines);
        mstc_buffer_done(&out);
        shown->late_sync[0] = '\0';          /* not before: 'sync' may be just that    */
}

static void
on_progress(void *self, const char *sync, const struct mstc_progress *progress)
{
        struct mstc_shown *shown = self;
        int64_t now = mstc_clock_ticks_ms();

        if (!shown->terminal)
                return;
        if (now - shown->last_ms >= NOT_TOO_OFTEN_MS) {
                show(shown, sync, progress, now);
                return;
        }
        snprintf(shown->late_sync, sizeof shown->late_sync, "%s", sync);
        shown->late = *progress;
        if (shown->late.part_count > MOST_LINES)
                shown->late.part_count = MOST_LINES;
        for (size_t i = 0; i < shown->late.part_count; i++)
                shown->late_parts[i] = progress->parts[i];
        shown->late.parts = shown->late_parts;
}

static void
on_alive(void *self)
{
        struct mstc_shown *shown = self;
        int64_t now = mstc_clock_ticks_ms();

        if (shown->late_sync[0] != '\0' && now - shown->last_ms >= NOT_TOO_OFTEN_MS)
                show(shown, shown->late_sync, &shown->late, now);
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
        return (struct mstc_watch){ .self = shown, .progress = on_progress, .log = on_log, .alive = on_alive };
}
