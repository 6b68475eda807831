/* SPDX-License-Identifier: Apache-2.0
 *
 * absent.c - a group may name a member who does not exist yet, a person a manager: the directory
 * does not mind, and says nothing of the group when the member comes.  So who names a DN of
 * which nothing is known is remembered, across rounds:
 *
 *   note    the DN and who names it, as it is met
 *   meet    in a later round of changes somebody of that DN is told
 *   next    then, at the end of the round, who named it is read again
 *
 * Remembered too much costs a reading, too little loses a member.  So a row goes only when the
 * engine has taken the round in which its DN was met, which is known by the cursor with which
 * the next one begins.  DNs are hashes: two with one hash cost a reading. */
#include "absent.h"

#include <stdlib.h>
#include <string.h>

#include "dn.h"
#include "source.h"

#define KEPT "absent"
#define MOST ((size_t)(16 * 1024 * 1024 - 64) / sizeof(struct ldp_absence))

void
ldp_absences_done(struct ldp_absences *absences)
{
        free(absences->rows);
        free(absences->due);
        *absences = (struct ldp_absences){ 0 };
}

static uint64_t
hash(const char *text)
{
        uint64_t sum = UINT64_C(14695981039346656037);

        for (; *text != '\0'; text++)
                sum = (sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
        return sum ^ sum >> 29;
}

static bool
hash_dn(const char *dn, size_t length, uint64_t *ret)
{
        struct mst_arena *arena = mst_arena_new(0);
        char *copy = arena != NULL ? mst_arena_strndup(arena, dn, length) : NULL;
        const char *normal = copy != NULL ? ldp_dn_normal(arena, copy) : NULL;

        if (normal != NULL)
                *ret = hash(normal);
        mst_arena_free(arena);
        return normal != NULL;
}

static int
by_dn(const void *a, const void *b)
{
        const struct ldp_absence *x = a, *y = b;
        int order = (x->dn > y->dn) - (x->dn < y->dn);

        if (order == 0)
                order = (int)x->kind - (int)y->kind;
        if (order == 0)
                order = strcmp(x->id, y->id);
        return order != 0 ? order : (int)x->met - (int)y->met;
}

static int
by_id(const void *a, const void *b)
{
        const struct ldp_absence *x = a, *y = b;
        int order = (int)x->kind - (int)y->kind;

        return order != 0 ? order : strcmp(x->id, y->id);
}

/* What was kept, less what the engine has taken. */
static int
unpack(struct ldp_absences *a, const char *bytes, size_t size, struct mst_error *err)
{
        uint64_t before;

        if (bytes == NULL || size <= sizeof before || (size - sizeof before) % sizeof *a->rows != 0)
                return MST_OK;
        memcpy(&before, bytes, sizeof before);
        a->rows = malloc(size - sizeof before);
        if (a->rows == NULL)
                return mst_fail_memory(err, "reading what was kept");
        memcpy(a->rows, bytes + sizeof before, size - sizeof before);
        a->count = a->room = (size - sizeof before) / sizeof *a->rows;
        for (size_t i = a->count; i-- > 0;) {
                a->rows[i].id[LDP_UUID_ROOM - 1] = '\0';
                if (a->rows[i].met && before != a->began) {
                        a->rows[i] = a->rows[--a->count];
                        a->touched = true;
                } else {
                        a->rows[i].met = 0;
                }
        }
        qsort(a->rows, a->count, sizeof *a->rows, by_dn);
        a->sorted = a->count;
        return MST_OK;
}

int
ldp_absences_begin(struct ldp_source *source, const char *cursor, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0);
        const char *bytes;
        size_t size = 0;
        int rc = MST_OK;

        ldp_absences_done(&source->absences);
        if (arena == NULL)
                return mst_fail_memory(err, "reading what was kept");
        source->absences.touched = cursor == NULL;
        if (cursor != NULL) {
                source->absences.began = hash(cursor);
                bytes = mst_host_kept(source->host, KEPT, arena, &size);
                rc = unpack(&source->absences, bytes, size, err);
        }
        mst_arena_free(arena);
        return rc;
}

bool
ldp_absences_note(struct ldp_source *source, const char *dn, size_t length, enum mst_kind kind, const char *id)
{
        struct ldp_absences *a = &source->absences;
        struct ldp_absence row;

        memset(&row, 0, sizeof row);             /* with what lies between, for it is kept */
        row.kind = (uint8_t)kind;
        if (a->count == MOST) {
                if (!a->full)
                        mst_host_log(source->host, MST_LOG_WARNING, "more than %zu members are named that do not exist: of "
                                     "the others it is not noticed when they come, until their groups change", MOST);
                a->full = true;
                return true;
        }
        if (a->count == a->room) {
                size_t room = a->room != 0 ? a->room * 2 : 64;
                struct ldp_absence *rows = realloc(a->rows, room * sizeof *rows);

                if (rows == NULL)
                        return false;
                a->rows = rows;
                a->room = room;
        }
        if (!hash_dn(dn, length, &row.dn))
                return false;
        memcpy(row.id, id, strnlen(id, LDP_UUID_ROOM - 1));
        a->rows[a->count++] = row;
        a->touched = true;
        return true;
}

bool
ldp_absences_meet(struct ldp_source *source, const char *dn)
{
        struct ldp_absences *a = &source->absences;
        size_t low = 0, high = a->sorted;
        uint64_t sought;

        if (a->sorted == 0)
                return true;
        if (!hash_dn(dn, strlen(dn), &sought))
                return false;
        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (a->rows[middle].dn < sought)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < a->sorted && a->rows[low].dn == sought; low++) {
                a->rows[low].met = 1;
                a->touched = true;
        }
        return true;
}

bool
ldp_absences_due(struct ldp_source *source)
{
        struct ldp_absences *a = &source->absences;

        a->due = malloc((a->sorted + 1) * sizeof *a->due);
        if (a->due == NULL)
                return false;
        a->due_count = 0;
        for (size_t i = 0; i < a->sorted; i++)
                if (a->rows[i].met)
                        a->due[a->due_count++] = a->rows[i];
        a->sorted = 0;                           /* from here on nobody is met any more */
        qsort(a->due, a->due_count, sizeof *a->due, by_id);
        return true;
}

bool
ldp_absences_take(struct ldp_source *source, size_t most, enum mst_kind *kind, const char **ids, size_t *count)
{
        struct ldp_absences *a = &source->absences;

        *count = 0;
        for (; a->due_at < a->due_count && *count < most; a->due_at++) {
                const struct ldp_absence *row = &a->due[a->due_at];

                if (*count > 0 && (enum mst_kind)row->kind != *kind)
                        break;
                *kind = (enum mst_kind)row->kind;
                if (*count == 0 || strcmp(ids[*count - 1], row->id) != 0)
                        ids[(*count)++] = row->id;
        }
        return *count > 0;
}

bool
ldp_absences_left(const struct ldp_source *source)
{
        return source->absences.due_at < source->absences.due_count;
}

int
ldp_absences_keep(struct ldp_source *source, struct mst_error *err)
{
        struct ldp_absences *a = &source->absences;
        size_t left = 0, size;
        char *bytes;
        int rc;

        if (!a->touched)
                return MST_OK;
        if (a->count > 0)
                qsort(a->rows, a->count, sizeof *a->rows, by_dn);
        for (size_t i = 0; i < a->count; i++)
                if (left == 0 || a->rows[left - 1].dn != a->rows[i].dn || a->rows[left - 1].kind != a->rows[i].kind ||
                    strcmp(a->rows[left - 1].id, a->rows[i].id) != 0)
                        a->rows[left++] = a->rows[i];
        a->count = left;
        size = left > 0 ? sizeof a->began + left * sizeof *a->rows : 0;
        bytes = malloc(size + 1);
        if (bytes == NULL)
                return mst_fail_memory(err, "keeping what is to be noticed");
        memcpy(bytes, &a->began, sizeof a->began < size ? sizeof a->began : size);
        if (left > 0)
                memcpy(bytes + sizeof a->began, a->rows, left * sizeof *a->rows);
        rc = mst_host_keep(source->host, KEPT, bytes, size, err);
        free(bytes);
        return rc;
}
