/* view_person.c - people and their links, for showing and for finding who is meant.
 *
 * Names, mails and UPNs are within the records, so a search walks the mirror in slices;
 * only a hit costs memory. */
#include "build.h"

#include "store/view_read.h"

#include <string.h>
#include <strings.h>

#include "rules/expr.h"

#define SLICE 5000                           /* entries looked at in one batch         */

#define PERSON_COLUMNS "e.number, s.name, e.id, e.gone, e.since, e.bad, r.flat, e.kind FROM entry e " \
                       "JOIN sync s ON s.id=e.sync LEFT JOIN record r ON r.number=e.number "

/* With everything in rows->arena. */
static void
read_person(struct mstc_rows *rows, struct mstc_view_person *person)
{
        *person = (struct mstc_view_person){
                .number = mstc_rows_number(rows, 0), .sync = mstc_rows_text(rows, 1),
                .id = mstc_rows_text(rows, 2), .gone = (int)mstc_rows_number(rows, 3),
                .since = mstc_rows_number(rows, 4), .bad = mstc_rows_text(rows, 5),
                .is_group = mstc_rows_number(rows, 7) == MST_GROUP,
        };
        if (rows->failed)
                return;
        person->record = mstc_rows_record(rows, 6, person->id, true);
        person->title = mstc_record_title(person->record);
        person->upn = mstc_record_upn(person->record);
        person->mail = mstc_record_mail(person->record);
        if (person->title == NULL)
                person->title = person->id;
}

static int
read_links(struct mstc_store *store, struct mstc_view_person *person, bool with_applied,
           struct mst_arena *arena, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT t.name, i.name, l.object, l.name, l.made, l.state, l.reason, l.since, "
                      "l.touched, EXISTS (SELECT 1 FROM declined d WHERE d.kind=1 AND d.entry=l.entry AND "
                      "d.sink=l.sink), a.flat FROM link l "
                      "LEFT JOIN applied a ON ?2<>0 AND a.link=l.id "
                      "LEFT JOIN target t ON t.id=l.target LEFT JOIN instance i ON i.id=l.sink "
                      "WHERE l.entry=?1 ORDER BY i.name", "ii", person->number, (int64_t)with_applied))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, person->link_count, &room,
                                            sizeof (struct mstc_view_link))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_view_link *)into)[person->link_count++] = (struct mstc_view_link){
                                .target = mstc_rows_text(&rows, 0), .sink = mstc_rows_text(&rows, 1),
                                .object = mstc_rows_text(&rows, 2), .name = mstc_rows_text(&rows, 3),
                                .made = (int)mstc_rows_number(&rows, 4), .state = (int)mstc_rows_number(&rows, 5),
                                .reason = (int)mstc_rows_number(&rows, 6), .since = mstc_rows_number(&rows, 7),
                                .touched = mstc_rows_number(&rows, 8), .declined = mstc_rows_number(&rows, 9) != 0,
                                .applied = mstc_rows_record(&rows, 10, person->id, false),
                        };
                }
        person->links = into;
        return mstc_rows_end(&rows, "reading links");
}

static int
read_one(struct mstc_store *store, int64_t number, bool with_applied, struct mst_arena *arena,
         struct mstc_view_person *ret, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_memberof memberof = { .arena = arena };
        bool found = false;

        if (MSTC_ROWS(&rows, "SELECT " PERSON_COLUMNS "WHERE e.number=?", "i", number) && mstc_rows_next(&rows)) {
                read_person(&rows, ret);
                found = true;
        }
        if (mstc_rows_end(&rows, "reading a record") != MST_OK)
                return err->code;
        if (found && with_applied && ret->record != NULL)
                mstc_memberof_put(store, &memberof, number, (struct mst_record *)(uintptr_t)ret->record, arena, err);
        mstc_memberof_done(&memberof);
        if (err->code != MST_OK)
                return err->code;
        return found ? read_links(store, ret, with_applied, arena, err) : MST_END;
}

int
mstc_view_person(struct mstc_store *store, int64_t number, struct mst_arena *arena,
                 struct mstc_view_person *ret, struct mst_error *err)
{
        return read_one(store, number, true, arena, ret, err);
}

/* ---- walking the mirror ------------------------------------------------------------ */

struct walk {
        struct mstc_store *store;
        struct mst_arena *scratch;           /* one entry                              */
        const char *pattern;                 /* folded                                 */
        bool whole;                          /* compare, do not search                 */
        struct mstc_view_filter filter;      /* but for its pattern                    */
        int64_t numbers[256];                /* hits                                   */
        size_t count, most;
};

static bool
same(const char *folded, const char *text, struct mst_arena *scratch)
{
        size_t length;
        const char *other = text != NULL ? mstc_fold(text, strlen(text), scratch, &length) : NULL;

        return other != NULL && strcmp(folded, other) == 0;
}

static bool
is_hit(const struct walk *walk, const struct mstc_view_person *person)
{
        const char *const texts[] = { person->id, person->title, person->upn, person->mail };

        if (walk->pattern == NULL)
                return true;
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
                if (walk->whole && i == 1)
                        continue;            /* a name is not an identity              */
                if (walk->whole ? same(walk->pattern, texts[i], walk->scratch)
                                : mstc_pattern_matches(walk->pattern, texts[i], walk->scratch))
                        return true;
        }
        return false;
}

static int
is_wanted(const struct walk *walk, const struct mstc_view_person *person, bool *is, struct mst_error *err)
{
        const struct mstc_view_filter *filter = &walk->filter;

        *is = is_hit(walk, person) && (filter->wants == NULL || person->record != NULL);
        if (!*is || filter->wants == NULL)
                return MST_OK;
        if (filter->memberof != NULL
            && mstc_memberof_put(walk->store, filter->memberof, person->number, (struct mst_record *)(uintptr_t)person->record,
                                 walk->scratch, err) != MST_OK)
                return err->code;
        *is = filter->wants(filter->self, person, walk->scratch);
        return MST_OK;
}

/* Looks at up to SLICE entries after '*after' and keeps the numbers of the hits. */
static int
walk_slice(struct walk *walk, int64_t *after, bool *more, struct mst_error *err)
{
        struct mstc_rows rows = { .store = walk->store, .arena = walk->scratch, .err = err };
        size_t looked = 0;

        *more = false;
        if (!MSTC_ROWS(&rows, "SELECT " PERSON_COLUMNS "WHERE e.number>? AND e.kind=1 AND e.gone<>4 AND e.born<=s.generation "
                       "AND (?2<>0 OR e.gone=0) AND (?4 IS NULL OR s.name=?4) ORDER BY e.number LIMIT ?3", "iiit", *after,
                       (int64_t)walk->filter.gone, (int64_t)SLICE, walk->filter.sync))
                return err->code;
        while (walk->count < walk->most && err->code == 0 && mstc_rows_next(&rows)) {
                struct mstc_view_person person;
                bool is;

                mst_arena_reset(walk->scratch);
                read_person(&rows, &person);
                *after = person.number;
                looked++;
                if (!rows.failed && err->code == 0 && is_wanted(walk, &person, &is, err) == MST_OK && is)
                        walk->numbers[walk->count++] = person.number;
        }
        *more = looked == SLICE || walk->count == walk->most;
        return mstc_rows_end(&rows, "looking through the people");
}

static int
gather(struct walk *walk, struct mst_arena *arena, struct mstc_view_person **ret, size_t *count,
       struct mst_error *err)
{
        struct mstc_view_person *into = mst_arena_alloc(arena, (walk->count + 1) * sizeof *into);

        *count = 0;
        if (into == NULL)
                return mst_fail_memory(err, "listing people");
        for (size_t i = 0; i < walk->count; i++) {
                int rc = read_one(walk->store, walk->numbers[i], false, arena, &into[*count], err);

                if (rc == MST_OK && walk->filter.memberof != NULL && into[*count].record != NULL)
                        rc = mstc_memberof_put(walk->store, walk->filter.memberof, walk->numbers[i],
                                               (struct mst_record *)(uintptr_t)into[*count].record, arena, err);
                if (rc < 0)
                        return rc;
                *count += rc == MST_OK;      /* he may have gone in between            */
        }
        *ret = into;
        return MST_OK;
}

/* In a scratch of its own, since the walk resets that for every entry. */
static int
fold_pattern(struct walk *walk, const char *text, struct mst_arena *arena, struct mst_error *err)
{
        size_t length;

        walk->scratch = mst_arena_new(0);
        walk->pattern = text != NULL ? mstc_fold(text, strlen(text), arena, &length) : NULL;
        if (walk->scratch == NULL || (text != NULL && walk->pattern == NULL))
                return mst_fail_memory(err, "looking through the people");
        return MST_OK;
}

int
mstc_view_filtered(struct mstc_store *store, const struct mstc_view_filter *filter, int64_t *after, size_t most,
                   struct mst_arena *arena, struct mstc_view_person **ret, size_t *count, bool *more,
                   struct mst_error *err)
{
        struct walk walk = { .store = store, .filter = *filter };
        size_t room = sizeof walk.numbers / sizeof walk.numbers[0];

        walk.most = most < room ? most : room;
        *count = 0;
        if (fold_pattern(&walk, filter->pattern, arena, err) == MST_OK
            && walk_slice(&walk, after, more, err) == MST_OK)
                gather(&walk, arena, ret, count, err);
        mst_arena_free(walk.scratch);
        return err->code;
}

int
mstc_view_people(struct mstc_store *store, const char *pattern, bool gone, int64_t *after, size_t most,
                 struct mst_arena *arena, struct mstc_view_person **ret, size_t *count, bool *more,
                 struct mst_error *err)
{
        const struct mstc_view_filter filter = { .pattern = pattern, .gone = gone };

        return mstc_view_filtered(store, &filter, after, most, arena, ret, count, more, err);
}

/* ---- who is meant? ------------------------------------------------------------------ */

static void
keep_number(struct walk *walk, int64_t number)
{
        for (size_t i = 0; i < walk->count; i++)
                if (walk->numbers[i] == number)
                        return;
        if (walk->count < walk->most)
                walk->numbers[walk->count++] = number;
}

/* SINK:OBJECT - only when there is a sink of that name. */
static int
by_object(struct walk *walk, const char *text, bool *ret_sink, struct mst_error *err)
{
        struct mstc_rows rows = { .store = walk->store, .arena = walk->scratch, .err = err };
        const char *colon = strchr(text, ':');
        int64_t sink = 0;
        char *name;

        *ret_sink = false;
        if (colon == NULL || (name = mst_arena_strndup(walk->scratch, text, (size_t)(colon - text))) == NULL)
                return MST_OK;
        if (mstc_sql_number(walk->store, err, &sink, 0, "SELECT id FROM instance WHERE role=2 AND name=?", "t",
                            name) != MST_OK || sink == 0)
                return err->code;
        *ret_sink = true;
        if (MSTC_ROWS(&rows, "SELECT entry, object, name FROM link WHERE sink=? AND state<>3", "i", sink))
                while (walk->count < walk->most && mstc_rows_next(&rows)) {
                        const char *object = mstc_sql_text(rows.stmt, 1), *called = mstc_sql_text(rows.stmt, 2);

                        if ((object != NULL && strcasecmp(object, colon + 1) == 0)
                            || (called != NULL && strcasecmp(called, colon + 1) == 0))
                                keep_number(walk, mstc_rows_number(&rows, 0));
                }
        return mstc_rows_end(&rows, "looking for an object");
}

static int
by_id(struct walk *walk, const char *text, struct mst_error *err)
{
        struct mstc_rows rows = { .store = walk->store, .arena = walk->scratch, .err = err };

        if (MSTC_ROWS(&rows, "SELECT e.number FROM entry e JOIN sync s ON s.id=e.sync WHERE e.id=? AND e.kind=1 AND e.gone<>4 "
                      "AND e.born<=s.generation", "t", text))
                while (walk->count < walk->most && mstc_rows_next(&rows))
                        keep_number(walk, mstc_rows_number(&rows, 0));
        return mstc_rows_end(&rows, "looking for an id");
}

int
mstc_view_meant(struct mstc_store *store, const char *text, size_t most, struct mst_arena *arena,
                struct mstc_view_person **ret, size_t *count, struct mst_error *err)
{
        struct walk walk = { .store = store, .whole = true, .filter = { .gone = true } };
        size_t room = sizeof walk.numbers / sizeof walk.numbers[0];
        int64_t after = 0;
        bool more, sink = false;

        walk.most = most < room ? most : room;
        if (fold_pattern(&walk, text, arena, err) != MST_OK || by_object(&walk, text, &sink, err) != MST_OK
            || (!sink && by_id(&walk, text, err) != MST_OK))
                goto out;
        /* An id says it all; else everybody has to be looked at. */
        for (more = !sink && walk.count == 0; more && walk.count < walk.most; )
                if (walk_slice(&walk, &after, &more, err) != MST_OK)
                        goto out;
        gather(&walk, arena, ret, count, err);
out:
        mst_arena_free(walk.scratch);
        return err->code;
}
