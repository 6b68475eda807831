/* counts.c - a run's counts in words and in the document, and what its outcome means. */
#include "build.h"

#include "cli/counts.h"

#include <string.h>

/* "groups-created" reads better as "groups created". */
static const char *
words(enum mstc_count count, char *into, size_t room)
{
        snprintf(into, room, "%s", mstc_count_names[count]);
        for (char *c = into; (c = strchr(c, '-')) != NULL; )
                *c = ' ';
        return into;
}

const char *
mstc_counts_say(struct mst_arena *arena, const uint64_t *counts, enum mstc_count first, enum mstc_count last)
{
        struct mstc_buffer say = { 0 };
        const char *text;
        char word[32];

        for (unsigned i = first; i <= (unsigned)last; i++)
                if (counts[i] > 0)
                        mstc_buffer_printf(&say, "%s%s %s", say.length > 0 ? ", " : "",
                                           mstc_thousands(arena, counts[i]),
                                           words((enum mstc_count)i, word, sizeof word));
        text = mst_arena_strdup(arena, mstc_buffer_cstr(&say));
        mstc_buffer_done(&say);
        return text != NULL ? text : "?";
}

void
mstc_counts_json(struct mstc_json *json, const char *key, const uint64_t *counts)
{
        mstc_json_object(json, key);
        for (size_t i = 0; i < MSTC_N_COUNTS; i++)
                mstc_json_number(json, mstc_count_names[i], (int64_t)counts[i]);
        mstc_json_end(json);
}

enum mstc_paint
mstc_outcome_paint(int outcome)
{
        switch (outcome) {
        case MSTC_END_DONE:
                return MSTC_GOOD;
        case MSTC_END_SOME_FAILED:
        case MSTC_END_HELD:
        case MSTC_END_STOPPED:
                return MSTC_CARE;
        case MSTC_END_CONFIG:
        case MSTC_END_FAILED:
                return MSTC_BAD;
        default:
                return MSTC_PLAIN;
        }
}

int
mstc_outcome_code(int outcome)
{
        return outcome >= MSTC_END_DONE && outcome <= MSTC_END_FAILED ? outcome : MSTC_END_FAILED;
}

int
mstc_graver(int one, int other)
{
        static const int weight[] = { 0, 1, 3, 2, 4 };

        return weight[one] >= weight[other] ? one : other;
}
