/* log.c - the run's log and its progress: lines gather in memory and go into the store with
 * the next transaction, so that a line costs no commit of its own.
 *
 * Whoever watches is told the first warnings of a kind, and in the end how many more there
 * were: what is wrong with a thousand people in the same way is said as soon as it is seen.
 * A kind is the line in the code that it comes from. */
#include "build.h"

#include "engine/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/date.h"

#define MOST_LINES 10000                     /* of one run in the store                */
#define TELL_EVERY_MS 100
#define TELL_ALIKE 20                        /* warnings of one kind                   */

/* True while there were few of its kind; more kinds than there is room for are all told. */
static bool
worth_telling(struct mstc_engine *engine, enum mst_level level, const char *format)
{
        size_t i = 0;

        if (engine->run == 0 || level != MST_LOG_WARNING)
                return true;
        while (i < MSTC_LOG_KINDS && engine->kinds[i].format != NULL && engine->kinds[i].format != format)
                i++;
        if (i == MSTC_LOG_KINDS)
                return true;
        engine->kinds[i].format = format;
        if (engine->kinds[i].count++ < TELL_ALIKE)
                return true;
        engine->untold++;
        return false;
}

void
mstc_log(struct mstc_engine *engine, enum mst_level level, const char *format, ...)
{
        struct mstc_pending_line *line;
        char text[1400];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        if (worth_telling(engine, level, format) && engine->watch.log != NULL)
                engine->watch.log(engine->watch.self, level, text);
        if (engine->run == 0 || level == MST_LOG_DEBUG || engine->log_line >= MOST_LINES)
                return;
        engine->log_line++;
        line = mst_arena_alloc(engine->log_arena, sizeof *line);
        if (line == NULL || (line->text = mst_arena_strdup(engine->log_arena, text)) == NULL)
                return;                      /* told already; only the copy is lost    */
        line->level = level;
        *engine->log_last = line;
        engine->log_last = &line->next;
}

void
mstc_parked(struct mstc_run *run, struct mstc_run_target *target, enum mstc_count count, enum mst_verb verb,
            const char *name, const char *why)
{
        target->counts[count]++;
        mstc_log(run->engine, MST_LOG_WARNING, "%s of %s in '%s' is parked: %s", mst_verb_name(verb), name,
                 target->setup->name, why);
}

int
mstc_log_save(struct mstc_engine *engine, struct mst_error *err)
{
        int64_t number = engine->log_line;

        for (struct mstc_pending_line *l = engine->log_first; l != NULL; l = l->next)
                number--;
        for (struct mstc_pending_line *l = engine->log_first; l != NULL; l = l->next)
                if (mstc_run_log(engine->store, engine->run, ++number, l->level, l->text, err) != MST_OK)
                        return err->code;
        engine->log_first = NULL;
        engine->log_last = &engine->log_first;
        mst_arena_reset(engine->log_arena);
        return MST_OK;
}

void
mstc_log_over(struct mstc_engine *engine)
{
        char text[160];

        if (engine->untold != 0 && engine->watch.log != NULL) {
                snprintf(text, sizeof text, "%llu more warnings like these: `muster log %lld` shows them",
                         (unsigned long long)engine->untold, (long long)engine->run);
                engine->watch.log(engine->watch.self, MST_LOG_WARNING, text);
        }
        memset(engine->kinds, 0, sizeof engine->kinds);
        engine->untold = 0;
        engine->run = 0;
        engine->log_line = 0;
}

void
mstc_progress(struct mstc_run *run, enum mstc_phase phase, uint64_t done, uint64_t total)
{
        int64_t now = mstc_clock_ticks_ms();
        bool fresh = phase != run->progress.phase;

        if (fresh)
                run->progress.started_ms = now;
        run->progress.phase = phase;
        run->progress.done = done;
        run->progress.total = total;
        if (run->engine->watch.progress == NULL || (!fresh && now - run->progress_told < TELL_EVERY_MS))
                return;
        run->progress_told = now;
        run->engine->watch.progress(run->engine->watch.self, run->sync->name, &run->progress);
}
