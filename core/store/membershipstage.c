/* membershipstage.c - what was told of memberships in a round, when it is complete.
 *
 *   due       noted in the transaction that makes the round true: which groups were told whole
 *             (in a full round, all that the source has; one that is removed and was not
 *             spoken of keeps its members for the day it comes back)
 *   settle    some groups at a time, what is staged takes the place of what was there; the
 *             list of groups that remain is the durable position
 *
 * A member who is removed at the source but not for good is not told by it, and yet a member
 * again as soon as he is restored: he stays, unless it was said that he is none. */
#include "build.h"

#include "store/membership.h"

#include "store/links.h"
#include "store/sql.h"
#include "util/alloc.h"

#define N(x) ((int64_t)(x))
#define AT_ONCE 100000u                      /* memberships of one transaction; one group is never cut */

enum { NOT_DUE = 0, DUE = 1, DUE_JOINS = 2 };

int
mstc_membership_due(struct mstc_store *store, int64_t sync, bool full, bool leaves, struct mst_error *err)
{
        int64_t any = 0;

        if (full && mstc_sql_run(store, err, "INSERT OR IGNORE INTO mtold SELECT sync, number FROM entry WHERE sync=? AND "
                                 "kind=2 AND (gone IN (0,4) OR number IN (SELECT grp FROM mstage) OR number IN "
                                 "(SELECT grp FROM nstage))", "i", sync) != MST_OK)
                return err->code;
        if (mstc_sql_number(store, err, &any, 0, "SELECT 1 FROM mtold WHERE sync=? LIMIT 1", "i", sync) != MST_OK)
                return err->code;
        return any == 0 ? MST_OK
             : mstc_sql_run(store, err, "UPDATE sync SET members=? WHERE id=?", "ii", N(leaves ? DUE : DUE_JOINS), sync);
}

int
mstc_membership_is_due(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err)
{
        int64_t due;

        if (mstc_sql_number(store, err, &due, 0, "SELECT members FROM sync WHERE id=?", "i", sync) != MST_OK)
                return err->code;
        *ret = due != NOT_DUE;
        return MST_OK;
}

/* Removed, but not for good. */
static int
may_return(struct mstc_store *store, int64_t member, bool *ret, struct mst_error *err)
{
        int64_t gone;

        if (mstc_sql_number(store, err, &gone, 0, "SELECT gone FROM entry WHERE number=?", "i", member) != MST_OK)
                return err->code;
        *ret = gone == MST_GONE_SOFT || gone == MSTC_GONE_OUTSIDE;
        return MST_OK;
}

/* One of a group's two sets; 'told' becomes what is to stand there. */
static int
compare(struct mstc_store *store, int64_t group, enum mst_kind kind, bool leaves, struct mstc_set *is,
        struct mstc_set *told, const struct mstc_set *out, struct mstc_joinings *all, struct mst_error *err)
{
        for (uint32_t n = 0; mstc_set_next(is, &n); n++) {
                bool said = mstc_set_has(out, n), stays = !leaves && !said;

                if (mstc_set_has(told, n))
                        continue;
                if (!stays && !said && may_return(store, n, &stays, err) != MST_OK)
                        return err->code;
                if (!(stays ? mstc_set_add(told, n) : mstc_joinings_add(all, n, kind, group, false)))
                        return mst_fail_memory(err, "completing memberships");
        }
        for (uint32_t n = 0; mstc_set_next(told, &n); n++)
                if (!mstc_set_has(is, n) && !mstc_joinings_add(all, n, kind, group, true))
                        return mst_fail_memory(err, "completing memberships");
        return MST_OK;
}

/* Only what differs is written: a chunk that is the same is not touched. */
static int
put_in_place(struct mstc_store *store, enum mstc_set_table table, int64_t group, struct mstc_set *is,
             const struct mstc_set *told, struct mst_error *err)
{
        for (uint32_t n = 0; mstc_set_next(is, &n); n++)
                if (!mstc_set_has(told, n))
                        mstc_set_remove(is, n);
        for (uint32_t n = 0; mstc_set_next(told, &n); n++)
                if (!mstc_set_has(is, n) && !mstc_set_add(is, n))
                        return mst_fail_memory(err, "completing memberships");
        return mstc_set_save(store, table, group, is, err);
}

static int
settle_set(struct mstc_store *store, int64_t group, enum mst_kind kind, bool leaves, struct mstc_joinings *all,
           struct mst_error *err)
{
        enum mstc_set_table table = kind == MST_USER ? MSTC_MSET : MSTC_NSET;
        enum mstc_set_table staged = kind == MST_USER ? MSTC_MSTAGE : MSTC_NSTAGE;
        struct mstc_set *is = mstc_set_new(), *told = mstc_set_new(), *out = mstc_set_new();
        size_t before = all->count;
        int rc = is != NULL && told != NULL && out != NULL ? MST_OK : mst_fail_memory(err, "completing memberships");

        if (rc == MST_OK)
                rc = mstc_set_load(store, table, group, is, err);
        if (rc == MST_OK)
                rc = mstc_set_load(store, staged, group, told, err);
        if (rc == MST_OK)
                rc = mstc_set_load(store, staged, -group, out, err);
        if (rc == MST_OK)
                rc = compare(store, group, kind, leaves, is, told, out, all, err);
        if (rc == MST_OK && all->count != before)
                rc = put_in_place(store, table, group, is, told, err);
        if (rc == MST_OK)
                rc = mstc_set_forget(store, staged, group, err);
        if (rc == MST_OK)
                rc = mstc_set_forget(store, staged, -group, err);
        mstc_set_free(out);
        mstc_set_free(is);
        mstc_set_free(told);
        return rc;
}

int
mstc_membership_settle(struct mstc_store *store, struct mstc_fold *fold, bool *ret_more, struct mst_error *err)
{
        struct mstc_joinings all = { 0 };
        int64_t due = 0, group = 0;
        size_t groups = 0;
        int rc = mstc_sql_number(store, err, &due, 0, "SELECT members FROM sync WHERE id=?", "i", fold->sync);

        *ret_more = due != NOT_DUE;
        while (rc == MST_OK && *ret_more && all.count < AT_ONCE && groups++ < AT_ONCE) {
                rc = mstc_sql_number(store, err, &group, 0, "SELECT grp FROM mtold WHERE sync=? ORDER BY grp LIMIT 1", "i",
                                     fold->sync);
                if (rc == MST_OK && group == 0) {
                        *ret_more = false;
                        rc = mstc_sql_run(store, err, "UPDATE sync SET members=0 WHERE id=?", "i", fold->sync);
                        break;
                }
                if (rc == MST_OK)
                        rc = settle_set(store, group, MST_USER, due == DUE, &all, err);
                if (rc == MST_OK)
                        rc = settle_set(store, group, MST_GROUP, due == DUE, &all, err);
                if (rc == MST_OK)
                        rc = mstc_sql_run(store, err, "DELETE FROM mtold WHERE sync=? AND grp=?", "ii", fold->sync, group);
        }
        if (rc == MST_OK)
                rc = mstc_joinings_write(store, fold, &all, err);
        mstc_free(all.items);
        return rc;
}

int
mstc_membership_drop(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        static const char *const sql[] = {
                "DELETE FROM mstage WHERE abs(grp) IN (SELECT number FROM entry WHERE sync=?1 AND kind=2)",
                "DELETE FROM nstage WHERE abs(grp) IN (SELECT number FROM entry WHERE sync=?1 AND kind=2)",
                "DELETE FROM mtold WHERE sync=?1",
        };
        bool due = false;

        if (mstc_membership_is_due(store, sync, &due, err) != MST_OK)
                return err->code;
        for (size_t i = 0; !due && i < sizeof sql / sizeof sql[0]; i++)
                if (mstc_sql_run(store, err, sql[i], "i", sync) != MST_OK)
                        return err->code;
        return MST_OK;
}

int
mstc_membership_forget(struct mstc_store *store, struct mstc_fold *fold, int64_t group, struct mst_error *err)
{
        struct mstc_joinings all = { 0 };
        struct mstc_set *users = mstc_set_new(), *groups = mstc_set_new();
        int rc = users != NULL && groups != NULL
               ? mstc_set_load(store, MSTC_MSET, group, users, err) : mst_fail_memory(err, "forgetting members");

        if (rc == MST_OK)
                rc = mstc_set_load(store, MSTC_NSET, group, groups, err);
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(users, &n); n++)
                if (!mstc_joinings_add(&all, n, MST_USER, group, false))
                        rc = mst_fail_memory(err, "forgetting members");
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(groups, &n); n++)
                if (!mstc_joinings_add(&all, n, MST_GROUP, group, false))
                        rc = mst_fail_memory(err, "forgetting members");
        if (rc == MST_OK)
                rc = mstc_joinings_write(store, fold, &all, err);
        if (rc == MST_OK)
                rc = mstc_set_forget(store, MSTC_MSET, group, err);
        if (rc == MST_OK)
                rc = mstc_set_forget(store, MSTC_NSET, group, err);
        mstc_free(all.items);
        mstc_set_free(users);
        mstc_set_free(groups);
        return rc;
}
