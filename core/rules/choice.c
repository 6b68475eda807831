/* choice.c - the constants of an -in, so that a value is looked up instead of compared with each.
 *
 * A value equals a constant in one of four ways (equal() in compare.c): as folded text, as a
 * number, as a date, or as a text that reads as a date where the constant is one.  Each constant
 * is entered under all that apply to it, in one table. */
#include "build.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "rules/eval.h"
#include "rules/fold.h"
#include "rules/indexing.h"

enum way { TEXT = 'e', NUMBER = 'n', DATE = 'd', TEXT_AS_DATE = 't' };

struct entry {
        const void *bytes;                   /* NULL: free                             */
        uint32_t length, hash;
        uint8_t way;
};

struct mstc_choice {
        struct entry *entries;               /* open addressing, a power of two        */
        size_t room, longest;                /* the latter of the texts                */
        bool dated;                          /* there are texts that are read as dates */
};

static uint32_t
hash_of(enum way way, const void *bytes, size_t length)
{
        return (uint32_t)XXH3_64bits_withSeed(bytes, length, (uint64_t)way);
}

/* Where it is, or the free place where it would go. */
static struct entry *
place_of(const struct mstc_choice *choice, enum way way, const void *bytes, size_t length)
{
        uint32_t hash = hash_of(way, bytes, length);
        size_t at = hash & (choice->room - 1);

        for (; choice->entries[at].bytes != NULL; at = (at + 1) & (choice->room - 1)) {
                const struct entry *entry = &choice->entries[at];

                if (entry->hash == hash && entry->way == (uint8_t)way && entry->length == length &&
                    memcmp(entry->bytes, bytes, length) == 0)
                        break;
        }
        return &choice->entries[at];
}

static void
enter(struct mstc_choice *choice, enum way way, const void *bytes, size_t length)
{
        *place_of(choice, way, bytes, length) = (struct entry){ bytes, (uint32_t)length, hash_of(way, bytes, length),
                                                                (uint8_t)way };
}

static bool
enter_constant(struct mstc_choice *choice, const struct mstc_constant *constant, bool dated, struct mst_arena *arena)
{
        unsigned char *number;

        if (constant->value.type == MST_DATE || (dated && constant->dated)) {
                choice->dated = true;
                enter(choice, TEXT_AS_DATE, &constant->date, sizeof constant->date);
        } else {
                enter(choice, TEXT, constant->folded, constant->folded_length);
                if (constant->folded_length > choice->longest)
                        choice->longest = constant->folded_length;
        }
        if (constant->dated)
                enter(choice, DATE, &constant->date, sizeof constant->date);
        if (!constant->numeric)
                return true;
        number = mst_arena_alloc(arena, 9);
        if (number == NULL)
                return false;
        mstc_key_number(&constant->number, number);
        enter(choice, NUMBER, number, 9);
        return true;
}

bool
mstc_choice_make(struct mstc_node *node, struct mst_arena *arena)
{
        struct mstc_choice *choice = mst_arena_alloc(arena, sizeof *choice);
        size_t room = 16;

        /* Each constant has three places at most; half of them are to stay free. */
        while (room < 6 * (size_t)node->count)
                room *= 2;
        if (choice == NULL)
                return false;
        *choice = (struct mstc_choice){ .entries = mst_arena_alloc(arena, room * sizeof *choice->entries), .room = room };
        if (choice->entries == NULL)
                return false;
        memset(choice->entries, 0, room * sizeof *choice->entries);
        for (uint32_t i = 1; i < node->count; i++)
                if (node->kids[i]->kind == MSTC_NODE_CONSTANT &&
                    !enter_constant(choice, node->kids[i]->constant, node->kids[0]->dated, arena))
                        return false;
        node->choice = choice;
        return true;
}

static bool
has(const struct mstc_choice *choice, enum way way, const void *bytes, size_t length)
{
        return place_of(choice, way, bytes, length)->bytes != NULL;
}

/* Folding makes a text a quarter as long at most, and three halves at most. */
static enum mstc_flow
has_text(struct mstc_run *run, const struct mstc_choice *choice, const struct mst_value *value, bool *ret)
{
        char room[3 * MSTC_FOLD_SHORT + 4];
        const char *folded = room;
        size_t length = value->length;
        int64_t date;

        *ret = choice->dated && mstc_value_instant(value, &date) && has(choice, TEXT_AS_DATE, &date, sizeof date);
        if (*ret || length > 4 * choice->longest)
                return MSTC_VALUE;
        if (length > MSTC_FOLD_SHORT)
                folded = mstc_run_folded(run, value->as.text, length, &length);
        else
                length = mstc_fold_into(value->as.text, length, room);
        if (folded == NULL)
                return MSTC_FAILED;
        *ret = has(choice, TEXT, folded, length);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_choice_has(struct mstc_run *run, const struct mstc_choice *choice, const struct mst_value *value, bool *ret)
{
        unsigned char number[9];

        *ret = false;
        switch (value->type) {
        case MST_TEXT:
        case MST_REF:
                return has_text(run, choice, value, ret);
        case MST_BOOL:
                *ret = has(choice, TEXT, value->as.is ? "true" : "false", value->as.is ? 4 : 5);
                return MSTC_VALUE;
        case MST_INT:
        case MST_REAL:
                mstc_key_number(value, number);
                *ret = has(choice, NUMBER, number, sizeof number);
                return MSTC_VALUE;
        case MST_DATE:
                *ret = has(choice, DATE, &value->as.number, sizeof value->as.number);
                return MSTC_VALUE;
        default:
                return MSTC_VALUE;           /* null, object, bytes                    */
        }
}
