/* index.c - which of many rules does this record satisfy?
 *
 *   build   attributes of all rules get a number; the texts they compare with get keys;
 *           each rule becomes a program and is posted under the keys it needs
 *   match   the record's attributes are found in one walk; what their slots hold is
 *           looked up; the rules posted there are candidates, a bit each; their programs
 *           run in order of the ids, sharing the predicates already computed
 *
 * A predicate's answer is kept with the number of the record it was computed for, so
 * that nothing has to be wiped between records. */
#include "build.h"
#include "rules/index.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/fold.h"
#include "rules/indexing.h"
#include "util/alloc.h"
#include "util/map.h"

/* What a thread needs while it matches; grown to the index's size. */
struct mstc_scratch {
        const struct mst_value **values;     /* of the attributes                      */
        struct mst_value *rooms;             /* for objectId and id                    */
        uint32_t *held;                      /* of each slot: key + 1 of its one text, 0: a
                                              * text without key or null; MANY         */
        uint64_t *candidates;
        uint32_t *answers;                   /* of each predicate: 4 * round + answer  */
        size_t attributes, slots, rules, predicates;
        uint32_t round;
};
#define MANY UINT32_MAX
enum { ANSWER_NO = 1, ANSWER_YES = 2, ANSWER_BROKEN = 3 };

struct mstc_index *
mstc_index_new(void)
{
        struct mstc_index *index = mstc_alloc(sizeof *index);

        if (index == NULL)
                return NULL;
        index->arena = mst_arena_new(0);
        index->shared = mstc_map_new();
        if (index->arena != NULL && index->shared != NULL)
                return index;
        mstc_index_free(index);
        return NULL;
}

void
mstc_index_free(struct mstc_index *index)
{
        if (index == NULL)
                return;
        mst_arena_free(index->arena);
        mstc_map_free(index->shared);
        mstc_free(index->rules);
        mstc_free(index->attributes);
        mstc_free(index->slots);
        mstc_free(index->keys);
        mstc_free(index->cells);
        mstc_free(index->postings);
        mstc_free(index->always);
        mstc_free(index->code);
        mstc_free(index->predicates);
        mstc_free(index);
}

bool
mstc_index_add(struct mstc_index *index, const struct mstc_expr *rule, uint32_t id)
{
        if (index->count == index->room) {
                size_t room = index->room == 0 ? 64 : index->room * 2;
                struct mstc_indexed *new = mstc_realloc_array(index->rules, room, sizeof *new);

                if (new == NULL)
                        return false;
                index->rules = new;
                index->room = room;
        }
        index->rules[index->count++] = (struct mstc_indexed){ .expr = rule, .id = id };
        return true;
}

/* --- build --------------------------------------------------------------------------- */

static int
by_id(const void *a, const void *b)
{
        const struct mstc_indexed *x = a, *y = b;

        return x->id < y->id ? -1 : x->id > y->id;
}

static int
by_name(const void *a, const void *b)
{
        const struct mstc_attribute *x = a, *y = b;
        int order = strcmp(x->name, y->name);

        return order != 0 ? order : (int)x->exact - (int)y->exact;
}

static int
by_key(const void *a, const void *b)
{
        const struct mstc_posting *x = a, *y = b;

        if (x->key != y->key)
                return x->key < y->key ? -1 : 1;
        return x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* One number for each attribute that any rule reads, and each rule's map to them. */
static bool
number_attributes(struct mstc_index *index)
{
        size_t all = 0, n = 0;

        for (size_t i = 0; i < index->count; i++)
                all += index->rules[i].expr->attribute_count;
        index->attributes = mstc_alloc((all + 1) * sizeof *index->attributes);
        if (index->attributes == NULL)
                return false;
        for (size_t i = 0; i < index->count; i++) {
                const struct mstc_expr *expr = index->rules[i].expr;

                for (size_t k = 0; k < expr->attribute_count; k++)
                        index->attributes[n++] = (struct mstc_attribute){ expr->attributes[k], expr->exact[k] };
        }
        if (n > 0)
                qsort(index->attributes, n, sizeof *index->attributes, by_name);
        for (size_t i = 0; i < n; i++)
                if (i == 0 || by_name(&index->attributes[i], &index->attributes[index->attribute_count - 1]) != 0)
                        index->attributes[index->attribute_count++] = index->attributes[i];
        for (size_t i = 0; i < index->count; i++) {
                struct mstc_indexed *rule = &index->rules[i];

                rule->map = mst_arena_alloc(index->arena, rule->expr->attribute_count * sizeof *rule->map);
                if (rule->map == NULL)
                        return false;
                for (size_t k = 0; k < rule->expr->attribute_count; k++) {
                        struct mstc_attribute key = { rule->expr->attributes[k], rule->expr->exact[k] };
                        const struct mstc_attribute *at = bsearch(&key, index->attributes, index->attribute_count,
                                                                  sizeof key, by_name);

                        rule->map[k] = (uint32_t)(at - index->attributes);
                }
        }
        return true;
}

static void
sort_postings(struct mstc_index *index)
{
        size_t n = 0;

        if (index->posting_count > 0)
                qsort(index->postings, index->posting_count, sizeof *index->postings, by_key);
        for (size_t i = 0; i < index->posting_count; i++) {
                struct mstc_posting posting = index->postings[i];

                if (n > 0 && by_key(&posting, &index->postings[n - 1]) == 0)
                        continue;
                if (index->keys[posting.key].count++ == 0)
                        index->keys[posting.key].first = (uint32_t)n;
                index->postings[n++] = posting;
        }
        index->posting_count = n;
}

bool
mstc_index_build(struct mstc_index *index)
{
        if (index->built || index->count >= MSTC_NO)
                return false;
        index->built = true;
        if (index->count > 0)
                qsort(index->rules, index->count, sizeof *index->rules, by_id);
        index->always = mstc_alloc((index->count / 64 + 1) * sizeof *index->always);
        if (index->always == NULL || !number_attributes(index))
                return false;
        for (size_t i = 0; i < index->count; i++)
                if (!mstc_access_survey(index, &index->rules[i]))
                        return false;
        for (size_t i = 0; i < index->count; i++)
                if (!mstc_access_post(index, (uint32_t)i) || !mstc_program_make(index, &index->rules[i]))
                        return false;
        sort_postings(index);
        mstc_map_free(index->shared);
        index->shared = NULL;
        return true;
}

/* --- match --------------------------------------------------------------------------- */

void
mstc_matches_done(struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = matches->scratch;

        if (scratch != NULL) {
                mstc_free(scratch->values);
                mstc_free(scratch->rooms);
                mstc_free(scratch->held);
                mstc_free(scratch->candidates);
                mstc_free(scratch->answers);
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
            !widen(&scratch->answers, &scratch->predicates, index->predicate_count + 1, sizeof *scratch->answers))
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
        uint32_t slot;
        bool memory;
};

static uint32_t
bring(struct looking *l, enum mstc_key_kind kind, const void *bytes, size_t length)
{
        uint32_t number = mstc_key_find(l->index, l->slot, kind, bytes, length);
        const struct mstc_key *key;

        if (number == UINT32_MAX)
                return number;
        key = &l->index->keys[number];
        for (uint32_t i = 0; i < key->count; i++) {
                uint32_t rule = l->index->postings[key->first + i].rule;

                l->scratch->candidates[rule / 64] |= UINT64_C(1) << rule % 64;
        }
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
        l->scratch->held[l->slot] = value->type == MST_TEXT || value->type == MST_REF || value->type == MST_NULL ?
                                    held : MANY;
}

/* A predicate of this record, computed at most once. */
static uint32_t
answer(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t number)
{
        uint32_t *known = &scratch->answers[number];
        const struct mstc_predicate *predicate = &index->predicates[number];
        bool is = false;

        if (*known / 4 == scratch->round)
                return *known % 4;
        run->expr = predicate->expr;
        run->map = predicate->map;
        run->broken = false;
        if (mstc_run_test(run, predicate->node, &is) != MSTC_VALUE)
                is = false;
        if ((predicate->node->kind == MSTC_NODE_COMPARE || predicate->node->kind == MSTC_NODE_IN))
                is = is != predicate->node->negative;
        *known = scratch->round * 4 + (run->broken ? ANSWER_BROKEN : is ? ANSWER_YES : ANSWER_NO);
        return *known % 4;
}

static bool
satisfies(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t at)
{
        while (at < MSTC_NO) {
                const struct mstc_instruction *i = &index->code[at];
                uint32_t is;

                if (i->slot != MSTC_NO && scratch->held[i->slot] != MANY) {
                        at = scratch->held[i->slot] == i->key + 1 ? i->yes : i->no;
                        continue;
                }
                is = answer(index, scratch, run, i->predicate);
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
        for (looking.slot = 0; looking.slot < index->slot_count; looking.slot++)
                look_in_slot(&looking);
        if (!looking.memory)
                return false;
        for (size_t word = 0; word < index->count / 64 + 1; word++)
                for (uint64_t bits = scratch->candidates[word]; bits != 0; bits &= bits - 1) {
                        const struct mstc_indexed *rule = &index->rules[word * 64 + (size_t)__builtin_ctzll(bits)];

                        matches->candidates++;
                        if (satisfies(index, scratch, &run, rule->start) && !add_match(matches, rule->id))
                                return false;
                        if (run.memory)
                                return false;
                }
        return true;
}
