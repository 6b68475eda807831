/* view_group.c - groups and who is in them, for showing. */
#include "build.h"

#include "store/view_read.h"

#include <string.h>

#include "rules/expr.h"
#include "util/set.h"

static int
read_glinks(struct mstc_store *store, struct mstc_view_group *group, struct mst_arena *arena,
            struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0;
        void *into = NULL;

        /* Those without an object there, as something is in the way, come with the op's reason. */
        if (MSTC_ROWS(&rows, "SELECT g.id, t.name, i.name, g.object, g.name, g.state, g.count, "
                      "(SELECT count(*) FROM gbad b WHERE b.glink=g.id), g.reason, g.since, g.due, g.fate, g.waiting, "
                      "g.run, g.came, g.went, (SELECT d.text FROM op o JOIN opdata d ON d.number=o.number WHERE o.entry=?1 "
                      "AND o.kind=2 AND o.target=g.target AND o.open=1 AND o.state=4 LIMIT 1), t.bit FROM glink g "
                      "LEFT JOIN target t ON t.id=g.target LEFT JOIN instance i ON i.id=g.sink WHERE g.grp=?1 "
                      "UNION ALL SELECT 0, t.name, i.name, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, d.text, t.bit "
                      "FROM op o JOIN opdata d ON d.number=o.number JOIN target t ON t.id=o.target "
                      "LEFT JOIN instance i ON i.id=o.sink WHERE o.entry=?1 AND o.kind=2 AND o.open=1 AND o.state=4 "
                      "AND NOT EXISTS (SELECT 1 FROM glink g WHERE g.grp=?1 AND g.target=o.target) ORDER BY 18, 1", "i",
                      group->number))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, group->link_count, &room,
                                            sizeof (struct mstc_view_glink))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_view_glink *)into)[group->link_count++] = (struct mstc_view_glink){
                                .number = mstc_rows_number(&rows, 0), .target = mstc_rows_text(&rows, 1),
                                .sink = mstc_rows_text(&rows, 2), .object = mstc_rows_text(&rows, 3),
                                .name = mstc_rows_text(&rows, 4), .state = (int)mstc_rows_number(&rows, 5),
                                .present = mstc_rows_number(&rows, 6), .bad = mstc_rows_number(&rows, 7),
                                .reason = (int)mstc_rows_number(&rows, 8), .since = mstc_rows_number(&rows, 9),
                                .due = mstc_rows_number(&rows, 10), .fate = (int)mstc_rows_number(&rows, 11),
                                .waiting = mstc_rows_number(&rows, 12), .run = mstc_rows_number(&rows, 13),
                                .came = mstc_rows_number(&rows, 14), .went = mstc_rows_number(&rows, 15),
                                .parked = mstc_rows_text(&rows, 16),
                        };
                }
        group->links = into;
        return mstc_rows_end(&rows, "reading a group's links");
}

static bool
is_wanted(const char *folded, const struct mstc_view_group *group, struct mst_arena *scratch)
{
        return folded == NULL || mstc_pattern_matches(folded, group->name, scratch)
            || mstc_pattern_matches(folded, group->title, scratch);
}

int
mstc_view_groups(struct mstc_store *store, const char *pattern, int64_t *after, size_t most,
                 struct mst_arena *arena, struct mstc_view_group **ret, size_t *count, bool *more,
                 struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_group *into = mst_arena_alloc(arena, most * sizeof *into);
        size_t length, got = 0, looked = 0;
        const char *folded = pattern != NULL ? mstc_fold(pattern, strlen(pattern), arena, &length) : NULL;

        if (into == NULL || (pattern != NULL && folded == NULL))
                return mst_fail_memory(err, "listing groups");
        if (MSTC_ROWS(&rows, "SELECT g.id, s.name, g.name, g.title, g.family, g.count, g.gone, e.id, g.since, "
                      "(SELECT max(r.id) FROM run r WHERE r.sync=g.sync) FROM grp g "
                      "JOIN sync s ON s.id=g.sync LEFT JOIN entry e ON e.number=g.entry WHERE g.id>? ORDER BY g.id LIMIT ?", "ii", *after, (int64_t)most))
                for (; mstc_rows_next(&rows); looked++) {
                        into[got] = (struct mstc_view_group){
                                .number = mstc_rows_number(&rows, 0), .sync = mstc_rows_text(&rows, 1),
                                .name = mstc_rows_text(&rows, 2), .title = mstc_rows_text(&rows, 3),
                                .family = mstc_rows_text(&rows, 4), .members = mstc_rows_number(&rows, 5),
                                .gone = mstc_rows_number(&rows, 6) != 0, .source_id = mstc_rows_text(&rows, 7),
                                .since = mstc_rows_number(&rows, 8), .last_run = mstc_rows_number(&rows, 9),
                        };
                        *after = into[got].number;
                        got += !rows.failed && is_wanted(folded, &into[got], arena);
                }
        if (mstc_rows_end(&rows, "listing groups") != MST_OK)
                return err->code;
        for (size_t i = 0; i < got; i++)
                if (read_glinks(store, &into[i], arena, err) != MST_OK)
                        return err->code;
        *ret = into;
        *count = got;
        *more = looked == most;
        return MST_OK;
}

/* ---- members ------------------------------------------------------------------------ */

static int
load_set(struct mstc_rows *rows, struct mstc_set *into)
{
        while (mstc_rows_next(rows)) {
                size_t size;
                const void *bytes = mstc_sql_blob(rows->stmt, 1, &size);

                if (!mstc_set_chunk_unpack(into, (uint32_t)mstc_rows_number(rows, 0), bytes, size))
                        mst_fail(rows->err, MST_EINTERNAL, "store %s is damaged: the members of a group cannot be "
                                 "read; put back a copy", mstc_store_path(rows->store));
        }
        return mstc_rows_end(rows, "reading the members of a group");
}

#define MOST_LINKS 32u                       /* as many as a sync has targets          */

struct member_sets {
        struct mstc_set *wanted, *all, *present[MOST_LINKS];
        size_t count;
};

static void
sets_free(struct member_sets *sets)
{
        mstc_set_free(sets->wanted);
        mstc_set_free(sets->all);
        for (size_t i = 0; i < sets->count; i++)
                mstc_set_free(sets->present[i]);
}

static int
sets_load(struct mstc_store *store, const struct mstc_view_group *group, struct member_sets *sets,
          struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .err = err };

        sets->wanted = mstc_set_new();
        if (sets->wanted == NULL)
                return mst_fail_memory(err, "reading the members of a group");
        if (!MSTC_ROWS(&rows, "SELECT chunk, bits FROM gset WHERE grp=?", "i", group->number)
            || load_set(&rows, sets->wanted) != MST_OK)
                return err->code;
        sets->all = mstc_set_copy(sets->wanted);
        if (sets->all == NULL)
                return mst_fail_memory(err, "reading the members of a group");
        for (size_t i = 0; i < group->link_count && i < MOST_LINKS; i++) {
                struct mstc_set *set = mstc_set_new();

                if (set == NULL)
                        return mst_fail_memory(err, "reading the members of a group");
                sets->present[sets->count++] = set;
                if (!MSTC_ROWS(&rows, "SELECT chunk, bits FROM pset WHERE glink=?", "i", group->links[i].number)
                    || load_set(&rows, set) != MST_OK)
                        return err->code;
                if (!mstc_set_union(sets->all, set))
                        return mst_fail_memory(err, "reading the members of a group");
        }
        return MST_OK;
}

static int
read_member(struct mstc_store *store, const struct member_sets *sets, uint32_t number,
            struct mst_arena *arena, struct mstc_view_member *ret, struct mst_error *err)
{
        struct mstc_view_person person;
        int rc = mstc_view_person(store, number, arena, &person, err);

        *ret = (struct mstc_view_member){ .number = number, .title = "?", .wanted = mstc_set_has(sets->wanted, number) };
        for (size_t i = 0; i < sets->count; i++)
                if (mstc_set_has(sets->present[i], number))
                        ret->present |= UINT32_C(1) << i;
        if (rc == MST_OK) {
                ret->title = person.title;
                ret->upn = person.upn;
                ret->id = person.id;
                ret->is_group = person.is_group;
                ret->links = person.links;
                ret->link_count = person.link_count;
        }
        return rc < 0 ? rc : MST_OK;
}

int
mstc_view_members(struct mstc_store *store, const struct mstc_view_group *group, int64_t *after, size_t most,
                  struct mst_arena *arena, struct mstc_view_member **ret, size_t *count, bool *more,
                  struct mst_error *err)
{
        struct mstc_view_member *into = mst_arena_alloc(arena, most * sizeof *into);
        struct member_sets sets = { 0 };
        uint32_t at = (uint32_t)*after;

        *ret = into;
        *count = 0;
        *more = false;
        if (into == NULL)
                return mst_fail_memory(err, "listing members");
        if (sets_load(store, group, &sets, err) == MST_OK)
                /* '*after' is the first number to look at: entries begin at 1. */
                while (mstc_set_next(sets.all, &at)) {
                        if (*count == most) {
                                *more = true;
                                break;
                        }
                        if (read_member(store, &sets, at, arena, &into[*count], err) != MST_OK)
                                break;
                        ++*count;
                        *after = (int64_t)++at;
                }
        sets_free(&sets);
        return err->code;
}
