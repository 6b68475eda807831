/* merge.c - laying a patch over a record, and telling two records apart.
 *
 * Attributes lie in order of their names, so each is one walk over both. */
#include "build.h"

#include "record/record.h"

#include <string.h>

/* Which of the two comes first: < 0, 0 (both), > 0. */
static int
which(const struct mst_record *a, uint32_t i, const struct mst_record *b, uint32_t j)
{
        if (a == NULL || i == a->count)
                return 1;
        if (b == NULL || j == b->count)
                return -1;
        return strcmp(a->fields[i].name, b->fields[j].name);
}

struct mst_record *
mstc_record_merge(struct mst_arena *arena, const struct mst_record *base, const struct mst_record *patch)
{
        size_t most = (base != NULL ? base->count : 0) + (size_t)patch->count;
        struct mst_record *merged = mst_arena_alloc(arena, sizeof *merged);
        uint32_t i = 0, j = 0;

        if (merged == NULL)
                return NULL;
        *merged = (struct mst_record){ .arena = arena, .kind = patch->kind, .id = patch->id,
                                       .room = (uint32_t)most, .bad = patch->bad };
        merged->fields = mst_arena_alloc(arena, most * sizeof *merged->fields);
        if (merged->fields == NULL)
                return NULL;
        while ((base != NULL && i < base->count) || j < patch->count) {
                int order = which(base, i, patch, j);
                const struct mstc_field *from = order < 0 ? &base->fields[i] : &patch->fields[j];

                i += order <= 0;
                j += order >= 0;
                if (order >= 0 && from->value.type == MST_NULL)
                        continue;
                merged->fields[merged->count] = *from;
                merged->fields[merged->count++].value.room = 0;
        }
        merged->size = (base != NULL ? base->size : 0) + patch->size;
        if (merged->count > MSTC_FIELDS_MOST)
                mst_record_bad(merged, "the record has more than 1,000 attributes");
        if (merged->size > MSTC_RECORD_MOST)
                merged->size = MSTC_RECORD_MOST;
        return merged;
}

void
mstc_record_tidy(struct mst_record *record)
{
        uint32_t kept = 0;

        for (uint32_t i = 0; i < record->count; i++) {
                const struct mst_value *value = &record->fields[i].value;

                if (value->type == MST_NULL || (value->type == MST_LIST && value->length == 0))
                        continue;
                record->fields[kept++] = record->fields[i];
        }
        record->count = kept;
}

void
mstc_record_compare(const struct mst_record *before, const struct mst_record *after,
                    bool (*each)(void *self, const char *name, const struct mst_value *before,
                                 const struct mst_value *after), void *self)
{
        uint32_t i = 0, j = 0;

        while ((before != NULL && i < before->count) || (after != NULL && j < after->count)) {
                int order = which(before, i, after, j);
                const struct mstc_field *old = order <= 0 ? &before->fields[i++] : NULL;
                const struct mstc_field *new = order >= 0 ? &after->fields[j++] : NULL;
                const struct mst_value *was = old != NULL ? &old->value : NULL;
                const struct mst_value *is = new != NULL ? &new->value : NULL;

                if (!mst_value_equal(was, is) &&
                    !each(self, old != NULL ? old->name : new->name, was, is))
                        return;
        }
}
