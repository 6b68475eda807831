/* summary.c - what became of a run, in a table and in the document. */
#include "build.h"

#include "cli/summary.h"

#include <string.h>

#include "cli/counts.h"
#include "cli/moment.h"
#include "cli/table.h"

static const struct mstc_column columns[] = {
        { "TARGET", MSTC_FLEXIBLE, 10 }, { "CREATED", MSTC_RIGHT, 0 }, { "UPDATED", MSTC_RIGHT, 0 },
        { "DELETED", MSTC_RIGHT, 0 }, { "DISABLED", MSTC_RIGHT, 0 }, { "DUPLICATE", MSTC_RIGHT, 0 },
        { "SKIPPED", MSTC_RIGHT, 0 }, { "FAILED", MSTC_RIGHT, 0 },
};
#define COLUMNS (sizeof columns / sizeof columns[0])

/* Which count stands in which column; MSTC_N_COUNTS: none. */
static const enum mstc_count users[] = {
        MSTC_N_CREATED, MSTC_N_UPDATED, MSTC_N_DELETED, MSTC_N_DISABLED, MSTC_N_DUPLICATE, MSTC_N_SKIPPED,
        MSTC_N_FAILED,
};
static const enum mstc_count groups[] = {
        MSTC_N_GROUPS_CREATED, MSTC_N_GROUPS_UPDATED, MSTC_N_GROUPS_DELETED, MSTC_N_COUNTS, MSTC_N_COUNTS,
        MSTC_N_COUNTS, MSTC_N_COUNTS,
};
static const enum mstc_count members[] = {
        MSTC_N_MEMBERS_ADDED, MSTC_N_COUNTS, MSTC_N_MEMBERS_REMOVED, MSTC_N_COUNTS, MSTC_N_COUNTS,
        MSTC_N_COUNTS, MSTC_N_MEMBERS_FAILED,
};
/* What the table has no column for. */
static const enum mstc_count others[] = {
        MSTC_N_RENAMED, MSTC_N_ENABLED, MSTC_N_ADOPTED, MSTC_N_LINKED, MSTC_N_HELD, MSTC_N_PARKED, MSTC_N_RETRY,
};

static void
add_row(struct mstc_table *table, const char *name, const uint64_t *counts, const enum mstc_count *which,
        bool always)
{
        bool any = always;

        for (size_t i = 0; i + 1 < COLUMNS; i++)
                any |= which[i] != MSTC_N_COUNTS && counts[which[i]] > 0;
        if (!any)
                return;
        mstc_table_cell(table, name);
        for (size_t i = 0; i + 1 < COLUMNS; i++) {
                uint64_t count = which[i] != MSTC_N_COUNTS ? counts[which[i]] : 0;

                if (which[i] == MSTC_N_FAILED && count > 0)
                        mstc_table_paint(table, MSTC_BAD, table != NULL ? mstc_thousands(mstc_table_arena(table), count) : NULL);
                else if (which[i] == MSTC_N_COUNTS)
                        mstc_table_paint(table, MSTC_FAINT, NULL);
                else
                        mstc_table_count(table, count);
        }
}

static void
tell_others(struct mstc_cli *cli, const struct mstc_target_summary *target)
{
        const char *gap = "";

        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
                if (target->counts[others[i]] == 0)
                        continue;
                if (*gap == '\0')
                        printf("%s: ", mstc_fit(cli->arena, target->name, 0));
                printf("%s%s", gap, mstc_counts_say(cli->arena, target->counts, others[i], others[i]));
                gap = ", ";
        }
        if (*gap != '\0')
                putchar('\n');
        if (target->reason != NULL)
                printf("%s%s is put aside: %s%s\n", mstc_paint_on(cli->colour, MSTC_BAD),
                       mstc_fit(cli->arena, target->name, 0), mstc_fit(cli->arena, target->reason, 0),
                       mstc_paint_off(cli->colour, MSTC_BAD));
}

/* What "updated+renamed" comes to. */
static uint64_t
sum_of(const uint64_t *counts, const char *names, size_t length)
{
        uint64_t sum = 0;

        for (size_t at = 0; at < length; at += strcspn(names + at, "+ ") + 1)
                for (size_t i = 0; i < MSTC_N_COUNTS; i++)
                        if (strcspn(names + at, "+ ") == strlen(mstc_count_names[i])
                            && strncmp(names + at, mstc_count_names[i], strlen(mstc_count_names[i])) == 0)
                                sum += counts[i];
        return sum;
}

/* The next of the service's own words for counts ("modified=updated+renamed") and what it comes
 * to; NULL: there is none. */
static const char *
next_word(struct mstc_cli *cli, const struct mstc_target_summary *target, const char **at, uint64_t *sum)
{
        const char *from = *at + strspn(*at, " ");
        size_t all = strcspn(from, " "), word = strcspn(from, "= ");

        *at = from + all;
        if (word == all)                             /* the end, or a word without counts */
                return all > 0 ? next_word(cli, target, at, sum) : NULL;
        *sum = sum_of(target->counts, from + word + 1, all - word - 1);
        return mst_arena_strndup(cli->arena, from, word);
}

/* Those that are not zero. */
static void
tell_words(struct mstc_cli *cli, const struct mstc_target_summary *target)
{
        const char *at = target->words != NULL ? target->words : "", *word;
        bool any = false;
        uint64_t sum;

        while ((word = next_word(cli, target, &at, &sum)) != NULL) {
                if (sum == 0)
                        continue;
                printf("%s%s%s %s", any ? "" : mstc_fit(cli->arena, target->name, 0), any ? ", " : ": ",
                       mstc_thousands(cli->arena, sum), word);
                any = true;
        }
        if (any)
                putchar('\n');
}

/* Where to look next. */
static void
tell_ways_on(const struct mstc_summary *summary)
{
        const uint64_t *n = summary->counts;

        if (n[MSTC_N_HELD] > 0 || summary->outcome == MSTC_END_HELD)
                puts("muster holds shows what the guards keep back, and how to let it through.");
        if (n[MSTC_N_DUPLICATE] > 0)
                puts("muster duplicates shows whose object is there already.");
        if (summary->run > 0 && (n[MSTC_N_FAILED] > 0 || n[MSTC_N_PARKED] > 0 || n[MSTC_N_RETRY] > 0
                                 || n[MSTC_N_BAD] > 0 || n[MSTC_N_MEMBERS_FAILED] > 0
                                 || (summary->outcome != MSTC_END_DONE && summary->outcome != MSTC_END_HELD
                                         && summary->outcome != MSTC_END_STOPPED)))
                printf("muster log %lld tells why.\n", (long long)summary->run);
}

void
mstc_summary_tell(struct mstc_cli *cli, const char *sync, const struct mstc_summary *summary, bool again)
{
        struct mstc_table *table = mstc_table_new(cli->arena, columns, COLUMNS);
        enum mstc_paint paint = mstc_outcome_paint((int)summary->outcome);
        const char *read = mstc_counts_say(cli->arena, summary->counts, MSTC_N_READ, MSTC_N_BAD);
        struct mstc_buffer out = { 0 };

        printf("%s%s: %s%s%s in %s", again ? "\n" : "", mstc_fit(cli->arena, sync, 0),
               mstc_paint_on(cli->colour, paint), mstc_run_outcome_name((int)summary->outcome),
               mstc_paint_off(cli->colour, paint), mstc_lasting(cli->arena, summary->ms));
        if (summary->run > 0)
                printf(" (run %lld, %s)", (long long)summary->run, mstc_run_mode_name((int)summary->mode));
        /* That it was stopped is the outcome already; what follows is said once, at the end. */
        if (summary->text[0] != '\0' && summary->outcome != MSTC_END_STOPPED)
                printf(": %s", mstc_fit(cli->arena, summary->text, 0));
        printf("\n%s\n\n", *read != '\0' ? read : "nothing new was read");
        for (size_t i = 0; i < summary->target_count; i++) {
                add_row(table, summary->targets[i].name, summary->targets[i].counts, users, true);
                add_row(table, "  groups", summary->targets[i].counts, groups, false);
                add_row(table, "  members", summary->targets[i].counts, members, false);
        }
        if (mstc_table_rows(table) > 0 && mstc_table_render(table, cli->width, cli->colour, &out))
                fputs(mstc_buffer_cstr(&out), stdout);
        mstc_buffer_done(&out);
        for (size_t i = 0; i < summary->target_count; i++) {
                tell_others(cli, &summary->targets[i]);
                tell_words(cli, &summary->targets[i]);
        }
        tell_ways_on(summary);
}

/* All of them; null where the service has no words of its own. */
static void
words_json(struct mstc_cli *cli, struct mstc_json *json, const struct mstc_target_summary *target)
{
        const char *at = target->words, *word;
        uint64_t sum;

        if (at == NULL) {
                mstc_json_null(json, "words");
                return;
        }
        mstc_json_object(json, "words");
        while ((word = next_word(cli, target, &at, &sum)) != NULL)
                mstc_json_number(json, word, (int64_t)sum);
        mstc_json_end(json);
}

void
mstc_summary_json(struct mstc_cli *cli, struct mstc_json *json, const char *sync, const struct mstc_summary *summary)
{
        mstc_json_object(json, NULL);
        mstc_json_text(json, "sync", sync);
        mstc_json_number(json, "run", summary->run);
        mstc_json_text(json, "mode", mstc_run_mode_name((int)summary->mode));
        mstc_json_text(json, "outcome", mstc_run_outcome_name((int)summary->outcome));
        mstc_json_text(json, "text", summary->text[0] != '\0' ? summary->text : NULL);
        mstc_json_number(json, "ms", summary->ms);
        mstc_json_number(json, "planned", (int64_t)summary->planned);
        mstc_counts_json(json, "counts", summary->counts);
        mstc_json_array(json, "targets");
        for (size_t i = 0; i < summary->target_count; i++) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "name", summary->targets[i].name);
                mstc_json_text(json, "aside", summary->targets[i].reason);
                mstc_counts_json(json, "counts", summary->targets[i].counts);
                words_json(cli, json, &summary->targets[i]);
                mstc_json_end(json);
        }
        mstc_json_end(json);
        mstc_json_end(json);
}
