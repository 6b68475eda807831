/* membership.c - who is in which group of the source.
 *
 *   find      each id that a page tells becomes the number of its entry, made where nobody
 *             knows it yet; members are looked up in the order of their keys
 *   apply     group by group, in the order of telling, to its sets or to what is staged of them
 *   write     memberships that changed go into the members' own lists, member by member, and
 *             make dirty who joins or leaves, or whoever is in a group that does
 *
 * A group is dirty, too, when a member of it joins or leaves: where groups stand in groups,
 * the plan looks at each of them. */
#include "build.h"

#include "store/membership.h"

#include <stdlib.h>
#include <string.h>

#include "store/fold.h"
#include "store/links.h"
#include "store/sql.h"
#include "util/alloc.h"

#define N(x) ((int64_t)(x))

struct word {                                /* one line that was told                 */
        uint8_t key[16];                     /* of the member                          */
        int64_t group, member;
        uint32_t order;
        const struct mstc_told *told;
};

/* ---- finding ---------------------------------------------------------------------- */

static int
number_of(struct mstc_store *store, struct mstc_fold *fold, enum mst_kind kind, const char *id, const uint8_t key[16],
          int64_t *ret, struct mst_error *err)
{
        struct mstc_known known;

        if (mstc_fold_find(store, key, &known, err) != MST_OK)
                return err->code;
        *ret = known.number;
        return known.number != 0 ? MST_OK : mstc_fold_unknown(store, fold, kind, id, key, ret, err);
}

static int
find_groups(struct mstc_store *store, struct mstc_fold *fold, struct word *words, size_t count, struct mst_error *err)
{
        for (size_t i = 0; i < count; i++) {
                uint8_t key[16];

                if (i > 0 && words[i].told->group == words[i - 1].told->group) {
                        words[i].group = words[i - 1].group;
                        continue;
                }
                mstc_fold_key(store, fold->sync, MST_GROUP, words[i].told->group, key);
                if (number_of(store, fold, MST_GROUP, words[i].told->group, key, &words[i].group, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

static int
by_key(const void *a, const void *b)
{
        return memcmp(((const struct word *)a)->key, ((const struct word *)b)->key, 16);
}

static int
by_group(const void *a, const void *b)
{
        const struct word *x = a, *y = b;

        return x->group != y->group ? (x->group > y->group) - (x->group < y->group)
             : (x->order > y->order) - (x->order < y->order);
}

/* A line for a whole group names no member: its key is zero, and stays so. */
static int
find_members(struct mstc_store *store, struct mstc_fold *fold, struct word *words, size_t count, struct mst_error *err)
{
        for (size_t i = 0; i < count; i++)
                if (words[i].told->member != NULL)
                        mstc_fold_key(store, fold->sync, words[i].told->kind, words[i].told->member, words[i].key);
        qsort(words, count, sizeof *words, by_key);
        for (size_t i = 0; i < count; i++) {
                if (words[i].told->member == NULL)
                        continue;
                if (i > 0 && words[i - 1].member != 0 && memcmp(words[i].key, words[i - 1].key, 16) == 0)
                        words[i].member = words[i - 1].member;
                else if (number_of(store, fold, words[i].told->kind, words[i].told->member, words[i].key,
                                   &words[i].member, err) != MST_OK)
                        return err->code;
        }
        qsort(words, count, sizeof *words, by_group);
        return MST_OK;
}

/* ---- applying --------------------------------------------------------------------- */

struct pair {                                /* a group's sets, by kind of member       */
        struct mstc_set *in[2];
        struct mstc_set *out[2];             /* staged: who was told to be no member   */
};

static void
pair_free(struct pair *pair)
{
        for (int k = 0; k < 2; k++) {
                mstc_set_free(pair->in[k]);
                mstc_set_free(pair->out[k]);
        }
        *pair = (struct pair){ { NULL, NULL }, { NULL, NULL } };
}

static enum mstc_set_table
table_of(int k, bool staged)
{
        return k == 0 ? staged ? MSTC_MSTAGE : MSTC_MSET : staged ? MSTC_NSTAGE : MSTC_NSET;
}

static int
pair_load(struct mstc_store *store, int64_t group, bool staged, struct pair *pair, struct mst_error *err)
{
        for (int k = 0; k < 2; k++) {
                pair->in[k] = mstc_set_new();
                pair->out[k] = mstc_set_new();
                if (pair->in[k] == NULL || pair->out[k] == NULL)
                        return mst_fail_memory(err, "reading members");
                if (mstc_set_load(store, table_of(k, staged), group, pair->in[k], err) != MST_OK
                    || (staged && mstc_set_load(store, table_of(k, true), -group, pair->out[k], err) != MST_OK))
                        return err->code;
        }
        return MST_OK;
}

static int
pair_save(struct mstc_store *store, int64_t group, bool staged, struct pair *pair, struct mst_error *err)
{
        for (int k = 0; k < 2; k++)
                if (mstc_set_save(store, table_of(k, staged), group, pair->in[k], err) != MST_OK
                    || (staged && mstc_set_save(store, table_of(k, true), -group, pair->out[k], err) != MST_OK))
                        return err->code;
        return MST_OK;
}

/* What follows of this group is all of it: it is staged, and begins anew. */
static int
begin_whole(struct mstc_store *store, struct mstc_fold *fold, int64_t group, bool *staged, struct pair *pair,
            struct mst_error *err)
{
        if (!*staged && pair_save(store, group, false, pair, err) != MST_OK)
                return err->code;
        if (!fold->full
            && mstc_sql_run(store, err, "INSERT OR IGNORE INTO mtold VALUES(?,?)", "ii", fold->sync, group) != MST_OK)
                return err->code;
        if (!*staged) {
                pair_free(pair);
                *staged = true;
                if (pair_load(store, group, true, pair, err) != MST_OK)
                        return err->code;
        }
        for (int k = 0; k < 2; k++) {
                mstc_set_clear(pair->in[k]);
                mstc_set_clear(pair->out[k]);
        }
        return MST_OK;
}

static int
apply_word(const struct word *word, bool staged, struct pair *pair, struct mstc_joinings *all, struct mst_error *err)
{
        int k = word->told->kind == MST_GROUP;
        struct mstc_set *set = pair->in[k];
        bool joins = word->told->joins, is = mstc_set_has(set, (uint32_t)word->member);

        if (staged && joins)
                mstc_set_remove(pair->out[k], (uint32_t)word->member);
        else if (staged && !mstc_set_add(pair->out[k], (uint32_t)word->member))
                return mst_fail_memory(err, "reading members");
        if (is == joins || (word->told->kind == MST_GROUP && word->member == word->group))
                return MST_OK;               /* a group is never in itself             */
        if (!joins)
                mstc_set_remove(set, (uint32_t)word->member);
        else if (!mstc_set_add(set, (uint32_t)word->member))
                return mst_fail_memory(err, "reading members");
        if (!staged && !mstc_joinings_add(all, word->member, word->told->kind, word->group, joins))
                return mst_fail_memory(err, "reading members");
        return MST_OK;
}

/* The lines of one group, words[0] to words[count - 1]. */
static int
apply_group(struct mstc_store *store, struct mstc_fold *fold, const struct word *words, size_t count,
            struct mstc_joinings *all, struct mst_error *err)
{
        struct pair pair = { { NULL, NULL }, { NULL, NULL } };
        int64_t group = words[0].group, one = fold->full;
        bool staged;
        int rc = fold->full ? MST_OK : mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM mtold WHERE sync=? AND grp=?",
                                                       "ii", fold->sync, group);

        staged = one != 0;
        if (rc == MST_OK)
                rc = pair_load(store, group, staged, &pair, err);
        for (size_t i = 0; rc == MST_OK && i < count; i++)
                rc = words[i].told->member == NULL ? begin_whole(store, fold, group, &staged, &pair, err)
                                                   : apply_word(&words[i], staged, &pair, all, err);
        if (rc == MST_OK)
                rc = pair_save(store, group, staged, &pair, err);
        pair_free(&pair);
        return rc;
}

int
mstc_membership_fold(struct mstc_store *store, struct mstc_fold *fold, const struct mst_page *page,
                     struct mst_error *err)
{
        struct word *words = mstc_alloc((page->told_count + 1) * sizeof *words);
        struct mstc_joinings all = { 0 };
        size_t count = page->told_count, to;
        int rc = words != NULL ? MST_OK : mst_fail_memory(err, "reading members");

        for (size_t i = 0; rc == MST_OK && i < count; i++) {
                words[i].told = &page->told[i];
                words[i].order = (uint32_t)i;
        }
        if (rc == MST_OK)
                rc = find_groups(store, fold, words, count, err);
        if (rc == MST_OK)
                rc = find_members(store, fold, words, count, err);
        for (size_t from = 0; rc == MST_OK && from < count; from = to) {
                for (to = from + 1; to < count && words[to].group == words[from].group; )
                        to++;
                rc = apply_group(store, fold, words + from, to - from, &all, err);
        }
        if (rc == MST_OK)
                rc = mstc_joinings_write(store, fold, &all, err);
        mstc_free(all.items);
        mstc_free(words);
        return rc;
}

/* ---- the members' own lists --------------------------------------------------------- */

bool
mstc_joinings_add(struct mstc_joinings *all, int64_t member, enum mst_kind kind, int64_t group, bool joins)
{
        if (all->count == all->room) {
                size_t room = all->room != 0 ? all->room * 2 : 256;
                struct mstc_joining *items = mstc_realloc_array(all->items, room, sizeof *items);

                if (items == NULL)
                        return false;
                all->items = items;
                all->room = room;
        }
        all->items[all->count] = (struct mstc_joining){ member, group, (uint32_t)all->count, kind, joins };
        all->count++;
        return true;
}

int
mstc_membership_of(struct mstc_store *store, int64_t entry, struct mst_arena *arena, uint32_t **ret,
                   size_t *ret_count, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT grps FROM memof WHERE entry=?", err);
        const void *bytes;
        size_t size;
        int rc;

        *ret = NULL;
        *ret_count = 0;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", entry);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        bytes = mstc_sql_blob(stmt, 0, &size);
        *ret = mst_arena_memdup(arena, bytes, size);
        *ret_count = size / sizeof(uint32_t);
        sqlite3_reset(stmt);
        return *ret != NULL || size == 0 ? MST_OK : mst_fail_memory(err, "reading memberships");
}

/* Of whom nothing is known yet, there is nothing to plan. */
static int
dirty(struct mstc_store *store, struct mstc_fold *fold, int64_t number, struct mst_error *err)
{
        return fold->member_mask == 0 ? MST_OK : mstc_dirty_known(store, number, fold->member_mask, err);
}

static int
by_member(const void *a, const void *b)
{
        const struct mstc_joining *x = a, *y = b;

        if (x->member != y->member)
                return (x->member > y->member) - (x->member < y->member);
        if (x->group != y->group)
                return (x->group > y->group) - (x->group < y->group);
        return (x->order > y->order) - (x->order < y->order);
}

/* Old and changes are both in order of groups; of several changes the last counts. */
static size_t
merge(const uint32_t *old, size_t old_count, const struct mstc_joining *changes, size_t count, uint32_t *into)
{
        size_t n = 0, i = 0, k = 0;

        while (i < old_count || k < count) {
                if (k == count || (i < old_count && N(old[i]) < changes[k].group)) {
                        into[n++] = old[i++];
                        continue;
                }
                i += i < old_count && N(old[i]) == changes[k].group;
                while (k + 1 < count && changes[k + 1].group == changes[k].group)
                        k++;
                if (changes[k].joins)
                        into[n++] = (uint32_t)changes[k].group;
                k++;
        }
        return n;
}

static int
write_member(struct mstc_store *store, struct mstc_fold *fold, const struct mstc_joining *changes, size_t count,
             struct mst_error *err)
{
        int64_t member = changes[0].member;
        uint32_t *old, *now;
        size_t old_count, n;

        if (mstc_membership_of(store, member, fold->arena, &old, &old_count, err) != MST_OK)
                return err->code;
        now = mst_arena_alloc(fold->arena, (old_count + count + 1) * sizeof *now);
        if (now == NULL)
                return mst_fail_memory(err, "keeping memberships");
        n = merge(old, old_count, changes, count, now);
        if ((n != 0 ? mstc_sql_run(store, err, "INSERT OR REPLACE INTO memof VALUES(?,?)", "ib", member,
                                   (const void *)now, n * sizeof *now)
                    : mstc_sql_run(store, err, "DELETE FROM memof WHERE entry=?", "i", member)) != MST_OK)
                return err->code;
        mst_arena_reset(fold->arena);
        return changes[0].kind == MST_GROUP ? mstc_membership_dirty(store, fold, member, err)
             : dirty(store, fold, member, err);
}

int
mstc_joinings_write(struct mstc_store *store, struct mstc_fold *fold, struct mstc_joinings *all, struct mst_error *err)
{
        int64_t group = 0;
        size_t to;

        /* They come group by group: each is noted once. */
        for (size_t i = 0; i < all->count; i++) {
                if (all->items[i].group != group
                    && dirty(store, fold, all->items[i].group, err) != MST_OK)
                        return err->code;
                group = all->items[i].group;
        }
        if (all->count > 1)
                qsort(all->items, all->count, sizeof *all->items, by_member);
        for (size_t from = 0; from < all->count; from = to) {
                for (to = from + 1; to < all->count && all->items[to].member == all->items[from].member; )
                        to++;
                if (write_member(store, fold, all->items + from, to - from, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- above and below a group -------------------------------------------------------- */

int
mstc_membership_is_live(struct mstc_store *store, int64_t group, bool *ret, struct mst_error *err)
{
        int64_t gone;

        if (mstc_sql_number(store, err, &gone, 1, "SELECT gone FROM entry WHERE number=?", "i", group) != MST_OK)
                return err->code;
        *ret = gone == 0;
        return MST_OK;
}

/* Adds the groups that 'group' is in and that were not met yet. */
static int
climb(struct mstc_store *store, int64_t group, struct mst_arena *arena, struct mstc_set *met, struct mstc_set *open,
      struct mst_error *err)
{
        uint32_t *groups;
        size_t count;

        mst_arena_reset(arena);
        if (mstc_membership_of(store, group, arena, &groups, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++) {
                bool live = false;

                if (mstc_set_has(met, groups[i]))
                        continue;
                if (mstc_membership_is_live(store, groups[i], &live, err) != MST_OK)
                        return err->code;
                if (live && (!mstc_set_add(met, groups[i]) || !mstc_set_add(open, groups[i])))
                        return mst_fail_memory(err, "reading groups");
        }
        return MST_OK;
}

int
mstc_membership_above(struct mstc_store *store, int64_t group, struct mstc_set *into, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_set *open = mstc_set_new();
        bool live = false;
        int rc = arena != NULL && open != NULL ? mstc_membership_is_live(store, group, &live, err)
                                               : mst_fail_memory(err, "reading groups");

        if (rc == MST_OK && live && (!mstc_set_add(into, (uint32_t)group) || !mstc_set_add(open, (uint32_t)group)))
                rc = mst_fail_memory(err, "reading groups");
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(open, &n); n = 0) {
                mstc_set_remove(open, n);
                rc = climb(store, n, arena, into, open, err);
        }
        mstc_set_free(open);
        mst_arena_free(arena);
        return rc;
}

/* Adds the members of one group; a set that is loaded begins empty. */
static int
add_members(struct mstc_store *store, enum mstc_set_table table, int64_t group, struct mstc_set *into,
            struct mst_error *err)
{
        struct mstc_set *set = mstc_set_new();
        int rc = set != NULL ? mstc_set_load(store, table, group, set, err) : mst_fail_memory(err, "reading members");

        if (rc == MST_OK && !mstc_set_union(into, set))
                rc = mst_fail_memory(err, "reading members");
        mstc_set_free(set);
        return rc;
}

/* Those of 'inner' that were not met yet, are looked at next if the source has them. */
static int
open_more(struct mstc_store *store, const struct mstc_set *inner, struct mstc_set *met, struct mstc_set *open,
          struct mstc_set *groups, struct mst_error *err)
{
        for (uint32_t n = 0; mstc_set_next(inner, &n); n++) {
                bool live = false;

                if (mstc_set_has(met, n))
                        continue;
                if (mstc_membership_is_live(store, n, &live, err) != MST_OK)
                        return err->code;
                if (!mstc_set_add(met, n) || (live && (!mstc_set_add(open, n) || !mstc_set_add(groups, n))))
                        return mst_fail_memory(err, "reading members");
        }
        return MST_OK;
}

int
mstc_membership_below(struct mstc_store *store, int64_t group, struct mstc_set *users, struct mstc_set *groups,
                      struct mst_error *err)
{
        struct mstc_set *open = mstc_set_new(), *met = mstc_set_new(), *inner = mstc_set_new();
        uint32_t at = (uint32_t)group;
        int rc = open != NULL && met != NULL && inner != NULL && mstc_set_add(open, at) && mstc_set_add(met, at)
               ? MST_OK : mst_fail_memory(err, "reading members");

        for (at = 0; rc == MST_OK && mstc_set_next(open, &at); at = 0) {
                mstc_set_remove(open, at);
                mstc_set_clear(inner);
                rc = add_members(store, MSTC_MSET, at, users, err);
                if (rc == MST_OK)
                        rc = add_members(store, MSTC_NSET, at, inner, err);
                if (rc == MST_OK)
                        rc = open_more(store, inner, met, open, groups, err);
        }
        mstc_set_free(open);
        mstc_set_free(met);
        mstc_set_free(inner);
        return rc;
}

int
mstc_membership_dirty(struct mstc_store *store, struct mstc_fold *fold, int64_t group, struct mst_error *err)
{
        struct mstc_set *users = mstc_set_new(), *groups = mstc_set_new();
        int rc = users != NULL && groups != NULL ? mstc_membership_below(store, group, users, groups, err)
                                                 : mst_fail_memory(err, "reading members");

        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(users, &n); n++)
                rc = dirty(store, fold, n, err);
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(groups, &n); n++)
                rc = dirty(store, fold, n, err);
        mstc_set_free(users);
        mstc_set_free(groups);
        return rc;
}
