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
worth_telling(struct mstc_engine *engine, enum mst_level level, const char *kind)
{
        size_t i = 0;

        if (engine->run == 0 || level != MST_LOG_WARNING)
                return true;
        while (i < MSTC_LOG_KINDS && engine->kinds[i].format != NULL && engine->kinds[i].format != kind)
                i++;
        if (i == MSTC_LOG_KINDS)
                return true;
        engine->kinds[i].format = kind;
        if (engine->kinds[i].count++ < TELL_ALIKE)
                return true;
        engine->untold++;
        return false;
}

/* Tells a line and leaves it for the store; 'kind' tells which lines are alike. */
static void
take(struct mstc_engine *engine, struct mstc_line line, const char *kind)
{
        struct mstc_pending_line *kept;

        line.run = engine->run;
        if (worth_telling(engine, line.level, kind) && engine->watch.log != NULL)
                engine->watch.log(engine->watch.self, &line);
        if (engine->run == 0 || line.level == MST_LOG_DEBUG || engine->log_line >= MOST_LINES)
                return;
        engine->log_line++;
        kept = mst_arena_alloc(engine->log_arena, sizeof *kept);
        if (kept == NULL)
                return;                      /* told already; only the copy is lost    */
        kept->line = line;
        kept->line.component = mst_arena_strdup(engine->log_arena, line.component);
        kept->line.text = mst_arena_strdup(engine->log_arena, line.text);
        if (kept->line.component == NULL || kept->line.text == NULL)
                return;
        *engine->log_last = kept;
        engine->log_last = &kept->next;
}

void
mstc_log(struct mstc_engine *engine, enum mstc_event event, const char *format, ...)
{
        const struct mstc_event_about *about = mstc_event_about(event);
        char text[1400];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        take(engine, (struct mstc_line){ .event = event, .level = about->level, .component = about->component, .text = text },
             format);
}

void
mstc_log_connector(struct mstc_engine *engine, const char *instance, enum mst_level level, const char *text)
{
        enum mstc_event event = mstc_event_of_connector(level, &text);
        const struct mstc_event_about *about = mstc_event_about(event);
        char say[1400];

        snprintf(say, sizeof say, "%s: %s", instance, text);
        take(engine, (struct mstc_line){ .event = event, .level = about->level, .text = say,
                                         .component = strcmp(about->component, "http") == 0 ? about->component : instance },
             "connector");
}

void
mstc_parked(struct mstc_run *run, struct mstc_run_target *target, enum mstc_count count, enum mst_verb verb,
            const char *name, const char *why)
{
        target->counts[count]++;
        mstc_log(run->engine, MSTC_EVENT_PARKED, "%s of %s in '%s' is parked: %s", mst_verb_name(verb), name,
                 target->setup->name, why);
}

int
mstc_log_save(struct mstc_engine *engine, struct mst_error *err)
{
        int64_t number = engine->log_line;

        for (struct mstc_pending_line *l = engine->log_first; l != NULL; l = l->next)
                number--;
        for (struct mstc_pending_line *l = engine->log_first; l != NULL; l = l->next)
                if (mstc_run_log(engine->store, engine->run, ++number, (int)l->line.event, l->line.level, l->line.text, err) != MST_OK)
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
                engine->watch.log(engine->watch.self, &(struct mstc_line){ .event = MSTC_EVENT_MORE_ALIKE, .text = text,
                                  .level = MST_LOG_WARNING, .component = "run", .run = engine->run });
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
