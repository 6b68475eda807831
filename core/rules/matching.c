/* matching.c - a record against the rule index.
 *
 * The record's attributes are found in one walk; a value that was met before is known with
 * all that follows from it (known.h), a new one is looked up; the rules posted there are
 * candidates, a bit each; their programs run in order of the ids, sharing the predicates
 * already computed.
 *
 * The answer of a predicate that reads several attributes is kept with the number of the
 * record it was computed for, so that nothing has to be wiped between records. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "rules/fold.h"
#include "rules/known.h"
#include "util/alloc.h"

/* What a thread needs while it matches; grown to the index's size. */
struct mstc_scratch {
        const struct mst_value **values;     /* of the attributes                      */
        struct mst_value *rooms;             /* for objectId and id                    */
        uint32_t *held;                      /* of each slot: key + 1 of its one text, 0: a
                                              * text without key or null; MANY         */
        uint64_t *candidates;
        uint32_t *list;                      /* the same, one after the other          */
        uint32_t *answers;                   /* of each predicate: 4 * round + answer  */
        struct mstc_known_table *tables;     /* of the attributes                      */
        uint64_t **said;                     /* what is known of their values at hand  */
        size_t attributes, slots, rules, listed, predicates, table_count;
        uint64_t serial;                     /* of the index that the tables belong to */
        uint32_t round;
};
#define MANY UINT32_MAX
enum { ANSWER_NO = 1, ANSWER_YES = 2, ANSWER_BROKEN = 3 };

static void
forget_known(struct mstc_scratch *scratch)
{
        for (size_t i = 0; i < scratch->table_count; i++)
                mstc_known_done(&scratch->tables[i]);
        mstc_free(scratch->tables);
        mstc_free(scratch->said);
        scratch->tables = NULL;
        scratch->said = NULL;
        scratch->table_count = 0;
}

void
mstc_matches_done(struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = matches->scratch;

        if (scratch != NULL) {
                mstc_free(scratch->values);
                mstc_free(scratch->rooms);
                mstc_free(scratch->held);
                mstc_free(scratch->candidates);
                mstc_free(scratch->list);
                mstc_free(scratch->answers);
                forget_known(scratch);
                mstc_free(scratch);
        }
        mstc_free(matches->ids);
        *matches = (struct mstc_matches){ 0 };
}

static bool
widen(void *at, size_t *have, size_t want, size_t size)
{
        void *old, *new;

        if (*have >= want)
                return true;
        new = mstc_alloc(want * size);
        if (new == NULL)
                return false;
        memcpy(&old, at, sizeof old);
        mstc_free(old);
        memcpy(at, &new, sizeof new);
        *have = want;
        return true;
}

/* What is known belongs to one index. */
static bool
bind(const struct mstc_index *index, struct mstc_scratch *scratch)
{
        if (scratch->serial == index->serial)
                return true;
        forget_known(scratch);
        scratch->serial = 0;
        scratch->tables = mstc_alloc((index->attribute_count + 1) * sizeof *scratch->tables);
        scratch->said = mstc_alloc((index->attribute_count + 1) * sizeof(uint64_t *));
        if (scratch->tables == NULL || scratch->said == NULL)
                return false;
        scratch->table_count = index->attribute_count;
        scratch->serial = index->serial;
        return true;
}

static struct mstc_scratch *
prepare(const struct mstc_index *index, struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = matches->scratch;
        size_t rooms, words = index->count / 64 + 1;

        if (scratch == NULL)
                matches->scratch = scratch = mstc_alloc(sizeof *scratch);
        if (scratch == NULL)
                return NULL;
        rooms = scratch->attributes;
        if (!widen(&scratch->rooms, &rooms, index->attribute_count + 1, sizeof *scratch->rooms) ||
            !widen(&scratch->values, &scratch->attributes, index->attribute_count + 1, sizeof *scratch->values) ||
            !widen(&scratch->held, &scratch->slots, index->slot_count + 1, sizeof *scratch->held) ||
            !widen(&scratch->candidates, &scratch->rules, words, sizeof *scratch->candidates) ||
            !widen(&scratch->list, &scratch->listed, words * 64, sizeof *scratch->list) ||
            !widen(&scratch->answers, &scratch->predicates, index->predicate_count + 1, sizeof *scratch->answers) ||
            !bind(index, scratch))
                return NULL;
        if (++scratch->round >= UINT32_MAX / 4) {
                memset(scratch->answers, 0, scratch->predicates * sizeof *scratch->answers);
                scratch->round = 1;
        }
        memcpy(scratch->candidates, index->always, words * sizeof *scratch->candidates);
        return scratch;
}

/* Both lists are in order of names: one walk finds what is spelled alike. */
static void
find_values(const struct mstc_index *index, const struct mst_record *record, struct mstc_scratch *scratch)
{
        uint32_t f = 0;

        for (size_t i = 0; i < index->attribute_count; i++) {
                const struct mstc_attribute *attribute = &index->attributes[i];
                int order = 1;

                while (f < record->count && (order = strcmp(record->fields[f].name, attribute->name)) < 0)
                        f++;
                scratch->values[i] = f < record->count && order == 0 ? &record->fields[f].value :
                        mstc_look_up(record, attribute->name, attribute->exact, &scratch->rooms[i]);
        }
}

struct looking {
        const struct mstc_index *index;
        struct mstc_scratch *scratch;
        struct mst_arena *arena;
        struct mstc_known_table *table;
        struct mstc_known *known;            /* what is found out goes here            */
        uint32_t slot;
        bool memory;
};

static uint32_t
bring(struct looking *l, enum mstc_key_kind kind, const void *bytes, size_t length)
{
        uint32_t number = mstc_key_find(l->index, l->slot, kind, bytes, length);
        const struct mstc_key *key = number == UINT32_MAX ? NULL : &l->index->keys[number];

        if (key != NULL && key->count > 0 && !mstc_known_span(l->table, l->known, key->first, key->count))
                l->memory = false;
        return number;
}

static void
bring_affixes(struct looking *l, const struct mstc_slot *slot, const char *folded, size_t length)
{
        for (uint64_t bits = slot->begins; bits != 0; bits &= bits - 1) {
                size_t n = (size_t)__builtin_ctzll(bits) + 1;

                if (n > length)
                        break;
                bring(l, MSTC_KEY_BEGIN, folded, n);
        }
        for (uint64_t bits = slot->ends; bits != 0; bits &= bits - 1) {
                size_t n = (size_t)__builtin_ctzll(bits) + 1;

                if (n > length)
                        break;
                bring(l, MSTC_KEY_END, folded + length - n, n);
        }
}

/* Returns the text's key + 1, or 0. */
static uint32_t
bring_text(struct looking *l, const struct mstc_slot *slot, const char *text, size_t length)
{
        char room[3 * 256 + 4], *folded = room;
        uint32_t key = UINT32_MAX;

        if ((slot->kinds & MSTC_SLOT_TEXT) == 0 && slot->begins == 0 && slot->ends == 0)
                return 0;
        if (length > 256) {
                folded = mstc_fold(text, length, l->arena, &length);
                if (folded == NULL) {
                        l->memory = false;
                        return 0;
                }
        } else {
                length = mstc_fold_into(text, length, folded);
        }
        if ((slot->kinds & MSTC_SLOT_TEXT) != 0 && length <= l->index->longest)
                key = bring(l, MSTC_KEY_TEXT, folded, length);
        if (slot->begins != 0 || slot->ends != 0)
                bring_affixes(l, slot, folded, length);
        return key + 1;
}

static uint32_t
bring_value(struct looking *l, const struct mstc_slot *slot, const struct mst_value *value)
{
        char room[MSTC_TEXT_ROOM];
        unsigned char number[9];
        const char *text;
        size_t length;

        switch (value->type) {
        case MST_TEXT:
        case MST_REF:
                return bring_text(l, slot, value->as.text, value->length);
        case MST_BOOL:
                if ((slot->kinds & MSTC_SLOT_TEXT) != 0)
                        bring(l, MSTC_KEY_TEXT, value->as.is ? "true" : "false", value->as.is ? 4 : 5);
                return 0;
        case MST_INT:
        case MST_REAL:
                if ((slot->kinds & MSTC_SLOT_NUMBER) != 0) {
                        mstc_key_number(value, number);
                        bring(l, MSTC_KEY_NUMBER, number, sizeof number);
                }
                if ((slot->begins != 0 || slot->ends != 0) && mstc_value_text_form(value, room, &text, &length))
                        bring_affixes(l, slot, text, length);
                return 0;
        case MST_DATE:
                if ((slot->kinds & MSTC_SLOT_DATE) != 0)
                        bring(l, MSTC_KEY_DATE, &value->as.number, sizeof value->as.number);
                return 0;
        default:
                return 0;
        }
}

/* The member of an object, or of an id the id itself (as eval.c reads it). */
static const struct mst_value *
member(const struct mstc_slot *slot, const struct mst_value *value)
{
        const struct mst_value *found = NULL;

        if (slot->either_id && (value->type == MST_TEXT || value->type == MST_REF))
                return value;
        for (int pass = 0; pass < 2 && found == NULL && value->type == MST_OBJECT; pass++)
                for (uint32_t i = 0; i < value->length && found == NULL; i++)
                        if ((pass == 0 ? strcmp : strcasecmp)(value->as.members[i].name, slot->member) == 0)
                                found = &value->as.members[i].value;
        for (uint32_t i = 0; slot->either_id && found == NULL && value->type == MST_OBJECT && i < value->length; i++)
                if (strcasecmp(value->as.members[i].name, "objectId") == 0 ||
                    strcasecmp(value->as.members[i].name, "id") == 0)
                        found = &value->as.members[i].value;
        return found;
}

static void
look_in_slot(struct looking *l)
{
        const struct mstc_slot *slot = &l->index->slots[l->slot];
        const struct mst_value *value = l->scratch->values[slot->attribute];
        bool many = value->type == MST_LIST, empty = value->type == MST_NULL || (many && value->length == 0);
        uint32_t held = 0;

        if ((slot->kinds & MSTC_SLOT_NULL) != 0 && empty)
                bring(l, MSTC_KEY_NULL, "", 0);
        if ((slot->kinds & MSTC_SLOT_PRESENT) != 0 && !empty)
                bring(l, MSTC_KEY_PRESENT, "", 0);
        for (uint32_t i = 0; i < (many ? value->length : 1); i++) {
                const struct mst_value *one = many ? &value->as.items[i] : value;

                if (slot->member != NULL)
                        one = member(slot, one);
                /* A member may hold several values itself. */
                for (uint32_t k = 0; one != NULL && k < (one->type == MST_LIST ? one->length : 1); k++)
                        held = bring_value(l, slot, one->type == MST_LIST ? &one->as.items[k] : one);
        }
        l->known->held[slot->local] = value->type == MST_TEXT || value->type == MST_REF || value->type == MST_NULL ?
                                      held : MANY;
}

/* Everything that follows from the attribute's value. */
static void
look_at(struct looking *l, size_t number)
{
        const struct mstc_attribute *attribute = &l->index->attributes[number];
        struct mstc_scratch *scratch = l->scratch;
        bool fresh;

        l->table = &scratch->tables[number];
        l->known = mstc_known_find(l->table, scratch->values[number], attribute->slot_count, attribute->predicates, &fresh);
        if (l->known == NULL) {
                l->memory = false;
                return;
        }
        scratch->said[number] = l->known->answers;
        for (uint32_t i = 0; i < attribute->slot_count; i++) {
                l->slot = attribute->slots[i];
                if (fresh)
                        look_in_slot(l);
                scratch->held[l->slot] = l->known->held[i];
        }
        for (uint32_t i = 0; i < l->known->span_count; i++) {
                const struct mstc_posting *posting = &l->index->postings[l->known->spans[i].first];

                for (uint32_t k = 0; k < l->known->spans[i].count; k++)
                        scratch->candidates[posting[k].rule / 64] |= UINT64_C(1) << posting[k].rule % 64;
        }
}

static uint32_t
compute(struct mstc_run *run, const struct mstc_predicate *predicate)
{
        bool is = false;

        run->expr = predicate->expr;
        run->map = predicate->map;
        run->broken = false;
        if (mstc_run_test(run, predicate->node, &is) != MSTC_VALUE)
                is = false;
        if (predicate->node->kind == MSTC_NODE_COMPARE || predicate->node->kind == MSTC_NODE_IN)
                is = is != predicate->node->negative;
        return run->broken ? ANSWER_BROKEN : is ? ANSWER_YES : ANSWER_NO;
}

/* The predicate of an instruction, computed at most once for a record; where it reads one
 * attribute only, at most once for each value.  What broke is not remembered: it has to be
 * told again. */
static uint32_t
answer(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t at)
{
        uint32_t number = index->tests[at], attribute = index->code[at].attribute, ret, shift;
        const struct mstc_predicate *predicate = &index->predicates[number];
        uint64_t *said;

        if (attribute == MSTC_NO_SLOT) {
                if (scratch->answers[number] / 4 != scratch->round)
                        scratch->answers[number] = scratch->round * 4 + compute(run, predicate);
                return scratch->answers[number] % 4;
        }
        said = &scratch->said[attribute][predicate->local / 32];
        shift = predicate->local % 32 * 2;
        ret = *said >> shift & 3;
        if (ret != 0)
                return ret;
        ret = compute(run, predicate);
        if (ret != ANSWER_BROKEN)
                *said |= (uint64_t)ret << shift;
        return ret;
}

static bool
satisfies(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t at)
{
        while (at < MSTC_NO) {
                const struct mstc_instruction *i = &index->code[at];
                uint32_t is = 0;

                if (i->slot != MSTC_NO_SLOT) {
                        if (scratch->held[i->slot] != MANY) {
                                at = scratch->held[i->slot] == i->what + 1 ? i->yes : i->no;
                                continue;
                        }
                } else if (i->attribute != MSTC_NO_SLOT) {
                        is = scratch->said[i->attribute][i->what / 32] >> i->what % 32 * 2 & 3;
                }
                if (is == 0)
                        is = answer(index, scratch, run, at);
                if (is == ANSWER_BROKEN)
                        return false;
                at = is == ANSWER_YES ? i->yes : i->no;
        }
        return at == MSTC_YES;
}

static bool
add_match(struct mstc_matches *matches, uint32_t id)
{
        if (matches->count > 0 && matches->ids[matches->count - 1] == id)
                return true;
        if (matches->count == matches->room) {
                size_t room = matches->room == 0 ? 64 : matches->room * 2;
                uint32_t *new = mstc_realloc_array(matches->ids, room, sizeof *new);

                if (new == NULL)
                        return false;
                matches->ids = new;
                matches->room = room;
        }
        matches->ids[matches->count++] = id;
        return true;
}

#define AHEAD 8u                             /* programs are asked for while others run */

/* In order of the ids. */
static bool
run_candidates(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run,
               struct mstc_matches *matches)
{
        uint32_t *list = scratch->list;
        size_t count = 0;

        for (size_t word = 0; word < index->count / 64 + 1; word++)
                for (uint64_t bits = scratch->candidates[word]; bits != 0; bits &= bits - 1)
                        list[count++] = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
        matches->candidates += count;
        for (size_t i = 0; i < count; i++) {
                if (i + AHEAD < count && index->starts[list[i + AHEAD]] < MSTC_NO)
                        __builtin_prefetch(&index->code[index->starts[list[i + AHEAD]]]);
                if (satisfies(index, scratch, run, index->starts[list[i]])
                    && !add_match(matches, index->rules[list[i]].id))
                        return false;
                if (run->memory)
                        return false;
        }
        return true;
}

bool
mstc_index_match(const struct mstc_index *index, const struct mst_record *record,
                 struct mstc_eval *eval, struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = prepare(index, matches);
        struct mstc_run run = { .record = record, .eval = eval, .rule = true };
        struct looking looking = { .index = index, .scratch = scratch, .arena = eval->arena, .memory = true };

        matches->count = 0;
        eval->why = NULL;
        if (scratch == NULL)
                return false;
        find_values(index, record, scratch);
        run.values = scratch->values;
        for (size_t i = 0; i < index->attribute_count && looking.memory; i++)
                look_at(&looking, i);
        if (!looking.memory)
                return false;
        return run_candidates(index, scratch, &run, matches);
}
