/* looking.c - the values of a record, and what the rule index has to do with them.
 *
 * The record's attributes are found in one walk; a value that was met before is known with
 * all that follows from it (known.h), a new one is looked up: the keys that it brings. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "rules/fold.h"
#include "rules/matching.h"
#include "util/alloc.h"

static void
forget_known(struct mstc_scratch *scratch)
{
        for (size_t i = 0; i < scratch->table_count; i++)
                mstc_known_done(&scratch->tables[i]);
        mstc_free(scratch->tables);
        mstc_free(scratch->known);
        scratch->tables = NULL;
        scratch->known = NULL;
        scratch->table_count = 0;
}

void
mstc_matches_done(struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = matches->scratch;

        if (scratch != NULL) {
                mstc_free(scratch->values);
                mstc_free(scratch->rooms);
                mstc_free(scratch->odd);
                mstc_free(scratch->holds);
                mstc_block_free(scratch->block);
                mstc_free(scratch->found);
                mstc_free(scratch->asked);
                mstc_free(scratch->seen);
                mstc_free(scratch->moments);
                mstc_free(scratch->answers);
                forget_known(scratch);
                mstc_free(scratch);
        }
        mstc_free(matches->ids);
        *matches = (struct mstc_matches){ 0 };
}

/* What is known belongs to one index. */
bool
mstc_scratch_bind(const struct mstc_index *index, struct mstc_scratch *scratch)
{
        if (scratch->serial == index->serial)
                return true;
        forget_known(scratch);
        if (!mstc_widen(&scratch->seen, &scratch->key_room, index->key_count, sizeof *scratch->seen) ||
            !mstc_widen(&scratch->moments, &scratch->moment_room, index->moments + 1, sizeof *scratch->moments))
                return false;
        memset(scratch->moments, 0, scratch->moment_room * sizeof *scratch->moments);
        scratch->serial = 0;
        scratch->tables = mstc_alloc((index->attribute_count + 1) * sizeof *scratch->tables);
        scratch->known = mstc_alloc((index->attribute_count + 1) * sizeof(struct mstc_known *));
        if (scratch->tables == NULL || scratch->known == NULL)
                return false;
        scratch->table_count = index->attribute_count;
        scratch->serial = index->serial;
        return true;
}

/* Most names differ in their first letter. */
static int
order_of(const char *a, const char *b)
{
        return *a != *b ? (unsigned char)*a - (unsigned char)*b : strcmp(a, b);
}

#define PASSED_MOST 8u

/* Fields that no attribute is spelled like. */
struct passed { uint32_t count, fields[PASSED_MOST]; };

static const struct mst_value null_value = { .type = MST_NULL };

/* What stands for an attribute that no field is spelled like: a field that differs only in case
 * is among those passed, unless there is an attribute for that, too. */
static const struct mst_value *
other_value(const struct mstc_index *index, const struct mstc_attribute *attribute, const struct mst_record *record,
            const struct passed *passed, struct mst_value *room)
{
        if (attribute->is_id || (!attribute->exact && (index->alike || passed->count > PASSED_MOST)))
                return mstc_look_up(record, attribute->name, attribute->exact, room);
        for (uint32_t i = 0; !attribute->exact && i < passed->count; i++) {
                const struct mstc_field *field = &record->fields[passed->fields[i]];

                if (((field->name[0] ^ attribute->name[0]) & 0x5F) == 0 && strcasecmp(field->name, attribute->name) == 0)
                        return &field->value;
        }
        return &null_value;
}

static inline void
pass(struct passed *passed, uint32_t field)
{
        if (passed->count < PASSED_MOST)
                passed->fields[passed->count] = field;
        passed->count++;
}

/* Where the walk found nothing. */
static void
fill_gaps(const struct mstc_index *index, const struct mst_record *record, const struct passed *passed,
          const struct mst_value **values, size_t stride, struct mst_value *rooms)
{
        for (size_t i = 0; i < index->attribute_count; i++)
                if (values[i * stride] == &null_value)
                        values[i * stride] = other_value(index, &index->attributes[i], record, passed, &rooms[i * stride]);
}

/* Both lists are in order of names: one walk finds what is spelled alike. */
void
mstc_find_values(const struct mstc_index *index, const struct mst_record *record,
                 const struct mst_value **values, size_t stride, struct mst_value *rooms)
{
        const struct mstc_field *field = record->fields, *end = field + record->count;
        const char *const *name = index->names;
        struct passed passed = { .count = 0 };
        const struct mst_value **value = values;
        bool gaps = false;

        for (; *name != NULL; name++, value += stride) {
                int order = 1;

                while (field < end && (order = order_of(field->name, *name)) < 0)
                        pass(&passed, (uint32_t)(field++ - record->fields));
                *value = &null_value;
                if (field < end && order == 0) {
                        *value = &field->value;
                        /* The next may be the same name again: exact, and not. */
                        field += !index->alike;
                } else {
                        gaps = true;
                }
        }
        for (; gaps && field < end; field++)
                pass(&passed, (uint32_t)(field - record->fields));
        if (gaps)
                fill_gaps(index, record, &passed, values, stride, rooms);
}

/* The attribute that is spelled like that, which is 'next' as a rule; or MSTC_NO. */
static uint32_t
spelled(const struct mstc_index *index, const char *name, uint32_t next)
{
        size_t low = 0, high = index->attribute_count;

        if (next < high && strcmp(index->names[next], name) == 0)
                return next;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = order_of(name, index->names[middle]);

                if (order == 0)
                        return (uint32_t)middle;
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return MSTC_NO;
}

/* Whether an attribute differs from the name in case only. */
static bool
spelled_nearly(const struct mstc_index *index, const char *name)
{
        size_t low = 0, high = index->attribute_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = strcasecmp(name, index->letters[middle]);

                if (order == 0)
                        return true;
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return false;
}

/* The names of the fields are looked up once and known again by where they lie.  Texts are asked
 * for on the way: they are all needed next. */
static void
find_shared(const struct mstc_index *index, const struct mst_record *record, const struct mst_value **values,
            size_t stride, struct mst_value *rooms, struct mstc_shared_names *shared)
{
        const struct mstc_field *field = record->fields, *end = field + record->count;
        struct passed passed = { .count = 0 };
        uint32_t next = 0;

        for (; field < end; field++) {
                uint64_t mark = (uint64_t)(uintptr_t)field->name * UINT64_C(0x9E3779B97F4A7C15);
                struct mstc_shared_name *cell = &shared->cells[mark >> 56];

                if (cell->name != field->name) {
                        uint32_t attribute = spelled(index, field->name, next);

                        *cell = (struct mstc_shared_name){ field->name, attribute,
                                                           attribute == MSTC_NO && spelled_nearly(index, field->name) };
                }
                if (cell->attribute == MSTC_NO) {
                        if (cell->nearly)
                                pass(&passed, (uint32_t)(field - record->fields));
                        continue;
                }
                __builtin_prefetch(field->value.as.text);
                values[cell->attribute * stride] = &field->value;
                next = cell->attribute + 1;
        }
        if (passed.count > 0 || index->any_id)
                fill_gaps(index, record, &passed, values, stride, rooms);
}

void
mstc_find_all(const struct mstc_index *index, const struct mst_record *const *records, size_t count,
              const struct mst_value **values, size_t stride, struct mst_value *rooms, struct mstc_shared_names *shared)
{
        for (size_t i = 0; i < index->attribute_count && !index->alike; i++)
                for (size_t r = 0; r < count; r++)
                        values[i * stride + r] = &null_value;
        for (size_t r = 0; r < count; r++) {
                if (index->alike) {
                        mstc_find_values(index, records[r], values + r, stride, rooms + r);
                        continue;
                }
                if (r + 8 < count)
                        __builtin_prefetch(records[r + 8]);
                if (r + 3 < count)
                        __builtin_prefetch(records[r + 3]->fields);
                find_shared(index, records[r], values + r, stride, rooms + r, shared);
        }
}

/* A heavy value can have parts begin everywhere, or thousands of members to be searched by each
 * slot.  Then it is taken to bring all keys: nobody but the rules themselves tells. */
#define TRIED_MOST 4000000u                   /* comparisons, for one value             */

static bool
tried_enough(const struct mstc_looking *l)
{
        return l->tried > TRIED_MOST && l->known->heavy;
}

/* With the lists that it is in; each once. */
static void
bring_key(struct mstc_looking *l, uint32_t number)
{
        const struct mstc_key *key = &l->index->keys[number];

        if (l->scratch->seen[number] == l->scratch->look)
                return;
        l->scratch->seen[number] = l->scratch->look;
        if (!mstc_known_bring(l->table, l->known, (struct mstc_brought){ number, key->absent, key->first, key->count }))
                l->memory = false;
        for (uint32_t i = 0; i < key->implied_count; i++)
                bring_key(l, l->index->implied[key->first_implied + i].clause);
}

static void
bring(struct mstc_looking *l, enum mstc_key_kind kind, const void *bytes, size_t length)
{
        uint32_t number = mstc_key_find(l->index, l->slot, kind, bytes, length);

        if (number != UINT32_MAX)
                bring_key(l, number);
}

/* A beginning or an end of a text. */
static inline void
bring_affix(struct mstc_looking *l, const struct mstc_slot *slot, enum mstc_key_kind kind, const char *bytes, size_t length)
{
        uint32_t edge = mstc_edge_of(bytes, length);

        if ((slot->edges[edge / 64] >> edge % 64 & 1) != 0)
                bring(l, kind, bytes, length);
}

static void
bring_affixes(struct mstc_looking *l, const struct mstc_slot *slot, const char *folded, size_t length)
{
        for (uint64_t bits = slot->begins; bits != 0; bits &= bits - 1) {
                size_t n = (size_t)__builtin_ctzll(bits) + 1;

                if (n > length)
                        break;
                bring_affix(l, slot, MSTC_KEY_BEGIN, folded, n);
        }
        for (uint64_t bits = slot->ends; bits != 0; bits &= bits - 1) {
                size_t n = (size_t)__builtin_ctzll(bits) + 1;

                if (n > length)
                        break;
                bring_affix(l, slot, MSTC_KEY_END, folded + length - n, n);
        }
}

static void
bring_parts(struct mstc_looking *l, const struct mstc_parts *parts, const char *folded, size_t length)
{
        const struct mstc_key *keys = l->index->keys;

        for (size_t i = 0; i + 1 < length; i++) {
                uint32_t start = mstc_start_of(folded + i);

                if (!parts->any[start])
                        continue;
                l->tried += parts->first[start + 1] - parts->first[start];
                if (tried_enough(l))
                        return;
                for (uint32_t k = parts->first[start]; k < parts->first[start + 1]; k++) {
                        const struct mstc_key *key = &keys[parts->keys[k]];

                        if (key->length <= length - i && memcmp(key->bytes, folded + i, key->length) == 0)
                                bring_key(l, parts->keys[k]);
                }
        }
        for (uint32_t k = parts->first[MSTC_STARTS]; k < parts->first[MSTC_STARTS + 1]; k++)
                if (memchr(folded, keys[parts->keys[k]].bytes[0], length) != NULL)
                        bring_key(l, parts->keys[k]);
}

/* What the text has keys of besides itself. */
static void
bring_pieces(struct mstc_looking *l, const struct mstc_slot *slot, const char *folded, size_t length)
{
        if (slot->begins != 0 || slot->ends != 0)
                bring_affixes(l, slot, folded, length);
        if (slot->by_start != NULL)
                bring_parts(l, slot->by_start, folded, length);
}

static bool
has_pieces(const struct mstc_slot *slot)
{
        return slot->begins != 0 || slot->ends != 0 || slot->by_start != NULL;
}

static void
bring_text(struct mstc_looking *l, const struct mstc_slot *slot, const char *text, size_t length)
{
        char room[3 * 256 + 4], *folded = room;

        if ((slot->kinds & MSTC_SLOT_TEXT) == 0 && !has_pieces(slot))
                return;
        if (length > 256) {
                folded = mstc_fold(text, length, l->arena, &length);
                if (folded == NULL) {
                        l->memory = false;
                        return;
                }
        } else {
                length = mstc_fold_into(text, length, folded);
        }
        if ((slot->kinds & MSTC_SLOT_TEXT) != 0 && length <= l->index->longest)
                bring(l, MSTC_KEY_TEXT, folded, length);
        bring_pieces(l, slot, folded, length);
}

static void
bring_value(struct mstc_looking *l, const struct mstc_slot *slot, const struct mst_value *value)
{
        char room[MSTC_TEXT_ROOM], folded[3 * MSTC_TEXT_ROOM + 4];
        unsigned char number[9];
        const char *text;
        size_t length;

        switch (value->type) {
        case MST_TEXT:
        case MST_REF:
                bring_text(l, slot, value->as.text, value->length);
                break;
        case MST_BOOL:
                if ((slot->kinds & MSTC_SLOT_TEXT) != 0)
                        bring(l, MSTC_KEY_TEXT, value->as.is ? "true" : "false", value->as.is ? 4 : 5);
                break;
        case MST_INT:
        case MST_REAL:
                if ((slot->kinds & MSTC_SLOT_NUMBER) != 0) {
                        mstc_key_number(value, number);
                        bring(l, MSTC_KEY_NUMBER, number, sizeof number);
                }
                if (has_pieces(slot) && mstc_value_text_form(value, room, &text, &length))
                        bring_pieces(l, slot, folded, mstc_fold_into(text, length, folded));
                break;
        case MST_DATE:
                if ((slot->kinds & MSTC_SLOT_DATE) != 0)
                        bring(l, MSTC_KEY_DATE, &value->as.number, sizeof value->as.number);
                break;
        default:
                break;
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
look_in_slot(struct mstc_looking *l, const struct mst_value *value)
{
        const struct mstc_slot *slot = &l->index->slots[l->slot];
        bool many = value->type == MST_LIST, empty = value->type == MST_NULL || (many && value->length == 0);
        bool odd = false;

        if ((slot->kinds & MSTC_SLOT_NULL) != 0 && empty)
                bring_key(l, slot->null_key);
        if ((slot->kinds & MSTC_SLOT_PRESENT) != 0 && !empty)
                bring_key(l, slot->present_key);
        for (uint32_t i = 0; i < (many ? value->length : 1) && !tried_enough(l); i++) {
                const struct mst_value *one = many ? &value->as.items[i] : value;

                l->tried += one->type == MST_OBJECT ? 2 * (uint64_t)one->length : 1;
                odd |= one->type != MST_TEXT && one->type != MST_REF && one->type != MST_NULL && one->type != MST_BOOL;
                if (slot->member != NULL)
                        one = member(slot, one);
                /* A member may hold several values itself. */
                for (uint32_t k = 0; one != NULL && k < (one->type == MST_LIST ? one->length : 1); k++)
                        bring_value(l, slot, one->type == MST_LIST ? &one->as.items[k] : one);
        }
        l->known->odd |= odd && slot->decides;
}

static void
bring_all(struct mstc_looking *l, const struct mstc_attribute *attribute)
{
        for (uint32_t i = 0; i < l->index->key_count; i++) {
                uint32_t slot = l->index->keys[i].slot;

                if (i != MSTC_ALWAYS && &l->index->attributes[l->index->slots[slot].attribute] == attribute)
                        bring_key(l, i);
        }
}

/* What the slots of the attribute have to do with the value that l->known is of. */
static bool
look_in_slots(struct mstc_looking *l, const struct mstc_attribute *attribute, const struct mst_value *value)
{
        l->memory = true;
        l->known->odd = false;
        l->known->heavy = mstc_value_weight(value) > MSTC_WORK_HEAVY;
        l->tried = 0;
        if (++l->scratch->look == 0) {
                memset(l->scratch->seen, 0, l->scratch->key_room * sizeof *l->scratch->seen);
                l->scratch->look = 1;
        }
        for (uint32_t i = 0; i < attribute->slot_count; i++) {
                l->slot = attribute->slots[i];
                look_in_slot(l, value);
        }
        if (tried_enough(l))
                bring_all(l, attribute);
        return l->memory;
}

/* A list of texts brings what each of them would bring alone. */
static bool
join(struct mstc_looking *l, const struct mstc_attribute *attribute, const struct mst_value *list,
     struct mstc_known *joined)
{
        bool fresh;

        for (uint32_t i = 0; i < list->length; i++) {
                l->known = mstc_known_find(l->table, &list->as.items[i], &fresh);
                if (l->known == NULL || (fresh && !look_in_slots(l, attribute, &list->as.items[i])))
                        return false;
                for (uint32_t k = 0; k < l->known->brought_count; k++)
                        if (!mstc_known_bring(l->table, joined, l->known->brought[k]))
                                return false;
        }
        joined->odd = joined->heavy = false; /* of a few short texts                   */
        l->known = joined;
        return true;
}

bool
mstc_look(struct mstc_looking *l, size_t number, const struct mst_value *value)
{
        const struct mstc_attribute *attribute = &l->index->attributes[number];
        static const struct mst_value something = { .type = MST_BOOL };
        struct mstc_known *joined;
        bool fresh;

        if (attribute->presence && value->type != MST_NULL && (value->type != MST_LIST || value->length > 0))
                value = &something;
        l->table = &l->scratch->tables[number];
        if (value->type == MST_LIST && (joined = mstc_known_join(l->table, value)) != NULL)
                return join(l, attribute, value, joined);
        l->known = mstc_known_find(l->table, value, &fresh);
        return l->known != NULL && (!fresh || look_in_slots(l, attribute, value));
}
