/* index.c - which of many rules does this record satisfy?
 *
 *   build   attributes of all rules get a number; the texts they compare with get keys;
 *           each rule becomes a program, and clauses that are posted under the keys they need
 *
 * What happens then is in matching.c and block.c. */
#include "build.h"
#include "rules/index.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/indexing.h"
#include "util/alloc.h"
#include "util/map.h"

struct mstc_index *
mstc_index_new(void)
{
        static atomic_uint_least64_t serials;
        struct mstc_index *index = mstc_alloc(sizeof *index);

        if (index == NULL)
                return NULL;
        index->serial = atomic_fetch_add(&serials, 1) + 1;
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
        mstc_free(index->implied);
        mstc_free(index->clauses);
        mstc_free(index->accesses);
        mstc_free(index->literals);
        mstc_free(index->code);
        mstc_free(index->tests);
        mstc_free(index->predicates);
        mstc_free(index->decisive);
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
by_letters(const void *a, const void *b)
{
        return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
note_names(struct mstc_index *index)
{
        size_t count = index->attribute_count;
        const char **names = index->letters = mst_arena_alloc(index->arena, (count + 1) * sizeof *names);

        index->names = mst_arena_alloc(index->arena, (count + 1) * sizeof *names);
        if (names == NULL || index->names == NULL)
                return false;
        for (size_t i = 0; i < count; i++)
                index->names[i] = names[i] = index->attributes[i].name;
        index->names[count] = NULL;
        if (count > 0)
                qsort(names, count, sizeof *names, by_letters);
        for (size_t i = 1; i < count; i++)
                index->alike |= by_letters(&names[i - 1], &names[i]) == 0;
        return true;
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
        if (!note_names(index))
                return false;
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

/* Each attribute's own slots. */
static bool
number_slots(struct mstc_index *index)
{
        for (size_t i = 0; i < index->slot_count; i++)
                index->slots[i].local = index->attributes[index->slots[i].attribute].slot_count++;
        for (size_t i = 0; i < index->attribute_count; i++) {
                struct mstc_attribute *attribute = &index->attributes[i];

                attribute->slots = mst_arena_alloc(index->arena, (attribute->slot_count + 1) * sizeof *attribute->slots);
                if (attribute->slots == NULL)
                        return false;
                attribute->presence = attribute->predicates == 0;
                attribute->whole = MSTC_NO;
                attribute->is_id = strcasecmp(attribute->name, "objectId") == 0 || strcasecmp(attribute->name, "id") == 0;
                index->any_id |= attribute->is_id;
        }
        for (size_t i = 0; i < index->slot_count; i++) {
                const struct mstc_slot *slot = &index->slots[i];
                struct mstc_attribute *attribute = &index->attributes[slot->attribute];

                attribute->slots[slot->local] = (uint32_t)i;
                if (slot->member == NULL)
                        attribute->whole = (uint32_t)i;
                attribute->presence &= slot->begins == 0 && slot->ends == 0 && slot->parts == 0 &&
                                       (slot->kinds & ~(MSTC_SLOT_NULL | MSTC_SLOT_PRESENT)) == 0;
        }
        return true;
}

/* The one attribute that a condition reads; MSTC_NO: several, or time. */
static uint32_t
reads_only(const struct mstc_node *node, const uint32_t *map, uint32_t so_far)
{
        if (node->kind == MSTC_NODE_NOW || node->kind == MSTC_NODE_CALL)
                return MSTC_NO;
        if (node->kind == MSTC_NODE_ATTRIBUTE) {
                uint32_t attribute = map[node->attribute];

                return so_far == MSTC_YES || so_far == attribute ? attribute : MSTC_NO;
        }
        for (uint32_t i = 0; i < node->count && so_far != MSTC_NO; i++)
                so_far = reads_only(node->kids[i], map, so_far);
        return so_far;
}

static void
number_predicates(struct mstc_index *index)
{
        for (size_t i = 0; i < index->predicate_count; i++) {
                struct mstc_predicate *predicate = &index->predicates[i];
                uint32_t attribute = reads_only(predicate->node, predicate->map, MSTC_YES);

                predicate->attribute = attribute == MSTC_YES ? MSTC_NO : attribute;
                if (predicate->attribute != MSTC_NO)
                        predicate->local = index->attributes[attribute].predicates++;
        }
        for (size_t i = 0; i < index->code_count; i++) {
                const struct mstc_predicate *predicate = &index->predicates[index->tests[i]];
                bool small = predicate->attribute < MSTC_NO_SLOT;

                index->code[i].attribute = small ? (uint16_t)predicate->attribute : MSTC_NO_SLOT;
                if (index->code[i].slot == MSTC_NO_SLOT)
                        index->code[i].what = small ? predicate->local : 0;
        }
}

bool
mstc_index_build(struct mstc_index *index)
{
        if (index->built || index->count >= MSTC_MORE)
                return false;
        index->built = true;
        if (index->count > 0)
                qsort(index->rules, index->count, sizeof *index->rules, by_id);
        index->ids = mst_arena_alloc(index->arena, (index->count + 1) * sizeof *index->ids);
        if (index->ids == NULL || mstc_key_add(index, MSTC_NO, MSTC_KEY_ALWAYS, "", 0) != MSTC_ALWAYS ||
            !number_attributes(index))
                return false;
        for (size_t i = 0; i < index->count; i++)
                index->ids[i] = index->rules[i].id;
        for (size_t i = 0; i < index->count; i++)
                if (!mstc_access_survey(index, &index->rules[i]))
                        return false;
        for (size_t i = 0; i < index->count; i++)
                if (!mstc_program_make(index, &index->rules[i]) || !mstc_clauses_make(index, (uint32_t)i))
                        return false;
        mstc_map_free(index->shared);
        index->shared = NULL;
        number_predicates(index);
        return number_slots(index) && mstc_keys_settle(index) && mstc_clauses_post(index);
}
