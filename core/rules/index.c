/* index.c - which of many rules does this record satisfy? */
#include "build.h"
#include "rules/index.h"

#include <stdlib.h>

#include "rules/node.h"
#include "util/alloc.h"

struct rule {
        const struct mstc_expr *expr;
        uint32_t id;
};

struct mstc_index {
        struct rule *rules;
        size_t count, room;
};

struct mstc_index *
mstc_index_new(void)
{
        return mstc_alloc(sizeof(struct mstc_index));
}

void
mstc_index_free(struct mstc_index *index)
{
        if (index == NULL)
                return;
        mstc_free(index->rules);
        mstc_free(index);
}

bool
mstc_index_add(struct mstc_index *index, const struct mstc_expr *rule, uint32_t id)
{
        if (index->count == index->room) {
                size_t room = index->room == 0 ? 64 : index->room * 2;
                struct rule *new = mstc_realloc_array(index->rules, room, sizeof *new);

                if (new == NULL)
                        return false;
                index->rules = new;
                index->room = room;
        }
        index->rules[index->count++] = (struct rule){ rule, id };
        return true;
}

static int
by_id(const void *a, const void *b)
{
        const struct rule *x = a, *y = b;

        return x->id < y->id ? -1 : x->id > y->id;
}

bool
mstc_index_build(struct mstc_index *index)
{
        if (index->count > 0)
                qsort(index->rules, index->count, sizeof *index->rules, by_id);
        return true;
}

bool
mstc_index_match(const struct mstc_index *index, const struct mst_record *record,
                 struct mstc_eval *eval, struct mstc_matches *matches)
{
        matches->count = 0;
        for (size_t i = 0; i < index->count; i++) {
                matches->candidates++;
                if (!mstc_expr_test(index->rules[i].expr, record, eval)) {
                        if (eval->why != NULL)
                                return false;
                        continue;
                }
                if (matches->count == matches->room) {
                        size_t room = matches->room == 0 ? 64 : matches->room * 2;
                        uint32_t *new = mstc_realloc_array(matches->ids, room, sizeof *new);

                        if (new == NULL)
                                return false;
                        matches->ids = new;
                        matches->room = room;
                }
                if (matches->count == 0 || matches->ids[matches->count - 1] != index->rules[i].id)
                        matches->ids[matches->count++] = index->rules[i].id;
        }
        return true;
}

void
mstc_matches_done(struct mstc_matches *matches)
{
        mstc_free(matches->ids);
        *matches = (struct mstc_matches){ 0 };
}
