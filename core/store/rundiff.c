/* rundiff.c - what one run did to the sinks that another did not.
 *
 *   gather   whose objects the second changed, and who joined and left which group, as sets: what
 *            the first did there, too, is taken out of them
 *   next     one after the other, with his ops of both runs held against each other */
#include "build.h"

#include "store/rundiff.h"

#include <string.h>

#include <muster/op.h>

#include "store/packset.h"
#include "store/view_read.h"
#include "util/alloc.h"
#include "util/set.h"

#define DONE "(o.state=16 OR (o.state=17 AND o.outcome=1))"

/* Who joined or left a group at a target. */
struct change {
        int64_t group, target;
        bool joined;
        const char *group_name, *target_name;
        struct mstc_set *who;
        struct change *next;
};

struct mstc_rundiff {
        struct mstc_store *store;
        struct mst_arena *arena;
        int64_t first, second;
        struct mstc_set *people, *groups;
        struct change *changes;
        bool at_groups;
        uint32_t at;
};

/* ---- gather ---- */

static int
gather_entries(struct mstc_rundiff *diff, int kind, struct mstc_set *into, struct mst_error *err)
{
        struct mstc_rows rows = { .store = diff->store, .err = err };

        if (MSTC_ROWS(&rows, "SELECT o.entry FROM op o INDEXED BY op_run WHERE o.run=? AND o.kind=? AND o.verb<>8 AND " DONE,
                      "ii", diff->second, (int64_t)kind))
                while (mstc_rows_next(&rows))
                        rows.failed |= !mstc_set_add(into, (uint32_t)mstc_rows_number(&rows, 0));
        return mstc_rows_end(&rows, "comparing two runs");
}

static struct change *
change_of(struct mstc_rundiff *diff, int64_t group, int64_t target, bool joined)
{
        struct change *change;

        for (change = diff->changes; change != NULL; change = change->next)
                if (change->group == group && change->target == target && change->joined == joined)
                        return change;
        change = mst_arena_alloc(diff->arena, sizeof *change);
        if (change == NULL)
                return NULL;
        *change = (struct change){ .group = group, .target = target, .joined = joined, .who = mstc_set_new(),
                                   .next = diff->changes };
        diff->changes = change;
        return change->who != NULL ? change : NULL;
}

static bool
take_set(struct mstc_rundiff *diff, struct mstc_rows *rows, int column, bool joined, bool second)
{
        struct change *change = change_of(diff, mstc_rows_number(rows, 0), mstc_rows_number(rows, 1), joined);
        struct mstc_set *set = second && change != NULL ? change->who : mstc_set_new();
        size_t size;
        const void *bytes = mstc_sql_blob(rows->stmt, column, &size);
        bool good = change != NULL && set != NULL && (bytes == NULL || mstc_unpack_set(bytes, size, set));

        if (good && second) {
                change->group_name = mstc_rows_text(rows, 2);
                change->target_name = mstc_rows_text(rows, 3);
        } else if (good)
                good = mstc_set_subtract(change->who, set);
        if (change == NULL || set != change->who)
                mstc_set_free(set);
        return good;
}

/* The second run's first, then the first's, which are taken out of them.  A create keeps its first
 * members where a change of members keeps those who leave. */
static int
gather_members(struct mstc_rundiff *diff, bool second, struct mst_error *err)
{
        struct mstc_rows rows = { .store = diff->store, .arena = diff->arena, .err = err };

        if (MSTC_ROWS(&rows, "SELECT o.entry, o.target, g.name, t.name, o.verb, d.before, d.after FROM op o INDEXED BY op_run "
                      "LEFT JOIN opdata d ON d.number=o.number LEFT JOIN grp g ON g.id=o.entry LEFT JOIN target t ON "
                      "t.id=o.target WHERE o.run=? AND o.kind=2 AND o.verb IN (1,8) AND " DONE " ORDER BY o.number", "i",
                      second ? diff->second : diff->first))
                while (!rows.failed && mstc_rows_next(&rows)) {
                        bool create = mstc_rows_number(&rows, 4) == MST_CREATE;

                        rows.failed |= !take_set(diff, &rows, create ? 5 : 6, true, second)
                                    || (!create && !take_set(diff, &rows, 5, false, second));
                }
        return mstc_rows_end(&rows, "comparing two runs");
}

int
mstc_rundiff_open(struct mstc_store *store, int64_t first, int64_t second, struct mstc_rundiff **ret, struct mst_error *err)
{
        struct mstc_rundiff *diff = mstc_alloc(sizeof *diff);

        *ret = NULL;
        if (diff == NULL)
                return mst_fail_memory(err, "comparing two runs");
        *diff = (struct mstc_rundiff){ .store = store, .arena = mst_arena_new(0), .first = first, .second = second,
                                       .people = mstc_set_new(), .groups = mstc_set_new() };
        if (diff->arena == NULL || diff->people == NULL || diff->groups == NULL)
                mst_fail_memory(err, "comparing two runs");
        else if (gather_entries(diff, MST_USER, diff->people, err) == MST_OK
                 && gather_entries(diff, MST_GROUP, diff->groups, err) == MST_OK && gather_members(diff, true, err) == MST_OK)
                gather_members(diff, false, err);
        for (struct change *change = diff->changes; change != NULL && err->code == 0; change = change->next)
                if (!mstc_set_union(diff->people, change->who))
                        mst_fail_memory(err, "comparing two runs");
        if (err->code == 0)
                *ret = diff;
        else
                mstc_rundiff_free(diff);
        return err->code;
}

void
mstc_rundiff_free(struct mstc_rundiff *diff)
{
        if (diff == NULL)
                return;
        for (struct change *change = diff->changes; change != NULL; change = change->next)
                mstc_set_free(change->who);
        mstc_set_free(diff->people);
        mstc_set_free(diff->groups);
        mst_arena_free(diff->arena);
        mstc_free(diff);
}

/* ---- one after the other ---- */

struct side { struct mstc_rundiff_op *ops; size_t count, room; };

static int
read_side(struct mstc_rundiff *diff, int64_t run, const struct mstc_rundiff_one *one, struct mst_arena *arena,
          struct side *side, const char **title, struct mst_error *err)
{
        struct mstc_rows rows = { .store = diff->store, .arena = arena, .err = err };
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT t.name, i.name, o.verb, d.before, d.after, d.name FROM op o LEFT JOIN opdata d ON "
                      "d.number=o.number LEFT JOIN target t ON t.id=o.target LEFT JOIN instance i ON i.id=o.sink WHERE "
                      "o.entry=? AND o.kind=? AND +o.run=? AND o.verb<>8 AND " DONE " ORDER BY o.number", "iii", one->number,
                      (int64_t)one->kind, run))
                while (!rows.failed && mstc_rows_next(&rows)) {
                        struct mstc_rundiff_op op = { .target = mstc_rows_text(&rows, 0), .sink = mstc_rows_text(&rows, 1),
                                                      .verb = (int)mstc_rows_number(&rows, 2) };

                        /* What a created group has before is its members. */
                        if (one->kind == MST_USER || op.verb != MST_CREATE)
                                op.before = mstc_rows_record(&rows, 3, "", false);
                        op.after = mstc_rows_record(&rows, 4, "", false);
                        *title = mstc_rows_text(&rows, 5);
                        if (!mstc_rows_grow(arena, &into, side->count, &side->room, sizeof op))
                                rows.failed = true;
                        else
                                ((struct mstc_rundiff_op *)into)[side->count++] = op;
                }
        side->ops = into;
        return mstc_rows_end(&rows, "comparing two runs");
}

/* The first run wrote that, too. */
static bool
is_known(const struct side *first, const struct mstc_rundiff_op *op, const char *name, const struct mst_value *value)
{
        for (size_t i = 0; i < first->count; i++) {
                const struct mst_value *other = first->ops[i].after != NULL ? mst_record_get(first->ops[i].after, name) : NULL;

                if (other != NULL && first->ops[i].sink != NULL && op->sink != NULL && strcmp(first->ops[i].sink, op->sink) == 0
                    && mst_value_equal(other, value))
                        return true;
        }
        return false;
}

static bool
has_verb(const struct side *first, const struct mstc_rundiff_op *op)
{
        for (size_t i = 0; i < first->count; i++)
                if (first->ops[i].verb == op->verb && first->ops[i].sink != NULL && op->sink != NULL
                    && strcmp(first->ops[i].sink, op->sink) == 0)
                        return true;
        return false;
}

/* Leaves of an op what the first run did not do; false: memory is out. */
static bool
narrow(const struct side *first, struct mstc_rundiff_op *op, struct mst_arena *arena, bool *is)
{
        struct mst_record *before = mstc_record_values(arena, MST_USER), *after = mstc_record_values(arena, MST_USER);
        bool good = before != NULL && after != NULL;

        for (size_t i = 0; good && op->after != NULL && i < mst_record_count(op->after); i++) {
                const char *name = mst_record_name_at(op->after, i);
                const struct mst_value *was = op->before != NULL ? mst_record_get(op->before, name) : NULL;

                if (is_known(first, op, name, mst_record_at(op->after, i)))
                        continue;
                good = mstc_record_share(after, name, mst_record_at(op->after, i))
                    && (was == NULL || mstc_record_share(before, name, was));
        }
        /* What was there and is not told anew was cleared, or went with the object. */
        for (size_t i = 0; good && op->before != NULL && i < mst_record_count(op->before); i++) {
                const char *name = mst_record_name_at(op->before, i);

                if (op->after == NULL || mst_record_get(op->after, name) == NULL)
                        good = mstc_record_share(before, name, mst_record_at(op->before, i));
        }
        if (!good)
                return false;
        *is = mst_record_count(after) > 0 || !has_verb(first, op);
        op->before = before;
        op->after = after;
        return true;
}

static int
read_ops(struct mstc_rundiff *diff, struct mst_arena *arena, struct mstc_rundiff_one *one, struct mst_error *err)
{
        struct side first = { 0 }, second = { 0 };
        const char *then = NULL;

        if (read_side(diff, diff->first, one, arena, &first, &then, err) != MST_OK
            || read_side(diff, diff->second, one, arena, &second, &then, err) != MST_OK)
                return err->code;
        one->ops = second.ops;
        for (size_t i = 0; i < second.count; i++) {
                bool is;

                if (!narrow(&first, &second.ops[i], arena, &is))
                        return mst_fail_memory(err, "comparing two runs");
                if (is)
                        one->ops[one->op_count++] = second.ops[i];
        }
        if (then != NULL && one->kind == MST_USER)
                one->title = then;
        return MST_OK;
}

static int
read_members(struct mstc_rundiff *diff, struct mst_arena *arena, struct mstc_rundiff_one *one, struct mst_error *err)
{
        size_t room = 0;
        void *into = NULL;

        for (const struct change *change = diff->changes; change != NULL; change = change->next) {
                if (change->group_name == NULL || !mstc_set_has(change->who, (uint32_t)one->number))
                        continue;
                if (!mstc_rows_grow(arena, &into, one->member_count, &room, sizeof (struct mstc_rundiff_member)))
                        return mst_fail_memory(err, "comparing two runs");
                ((struct mstc_rundiff_member *)into)[one->member_count++] = (struct mstc_rundiff_member){
                        .group = change->group_name, .target = change->target_name, .joined = change->joined };
        }
        one->members = into;
        return MST_OK;
}

static int
read_who(struct mstc_rundiff *diff, struct mst_arena *arena, struct mstc_rundiff_one *one, struct mst_error *err)
{
        struct mstc_rows rows = { .store = diff->store, .arena = arena, .err = err };
        struct mstc_view_person person;

        one->title = "?";
        if (one->kind == MST_USER) {
                int rc = mstc_view_person(diff->store, one->number, arena, &person, err);

                if (rc == MST_OK) {
                        one->id = person.id;
                        one->title = person.title;
                        one->sync = person.sync;
                }
                return rc < 0 ? rc : MST_OK;
        }
        if (MSTC_ROWS(&rows, "SELECT g.name, coalesce(g.title, g.name), s.name FROM grp g JOIN sync s ON s.id=g.sync WHERE g.id=?", "i", one->number)
            && mstc_rows_next(&rows)) {
                one->id = mstc_rows_text(&rows, 0);
                one->title = mstc_rows_text(&rows, 1);
                one->sync = mstc_rows_text(&rows, 2);
        }
        return mstc_rows_end(&rows, "comparing two runs");
}

int
mstc_rundiff_next(struct mstc_rundiff *diff, struct mst_arena *arena, struct mstc_rundiff_one *ret, struct mst_error *err)
{
        for (;;) {
                *ret = (struct mstc_rundiff_one){ .kind = diff->at_groups ? MST_GROUP : MST_USER };
                if (!mstc_set_next(diff->at_groups ? diff->groups : diff->people, &diff->at)) {
                        if (diff->at_groups)
                                return MST_END;
                        diff->at_groups = true;
                        diff->at = 0;
                        continue;
                }
                ret->number = diff->at++;
                if (read_who(diff, arena, ret, err) != MST_OK || read_ops(diff, arena, ret, err) != MST_OK
                    || (!diff->at_groups && read_members(diff, arena, ret, err) != MST_OK))
                        return err->code;
                if (ret->op_count + ret->member_count > 0)
                        return MST_OK;
        }
}
