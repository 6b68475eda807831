/* strangers.c - whom <include> and <exclude> name, and nobody in the mirror is called so.
 *
 *   name    each user of an exception, folded, once
 *   meet    everybody in the mirror is looked up among them, by id, UPN and mail
 *   guess   for who was not met, everybody is looked at again: whose name is nearest?
 *
 * Such a name is a slip of the pen, or somebody who is not there yet or no more; the rule does no
 * harm, but it does nothing either, and nobody would know. */
#include "build.h"

#include "engine/strangers.h"

#include <string.h>

#include "engine/run.h"
#include "record/record.h"
#include "rules/expr.h"
#include "store/view.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/map.h"
#include "util/utf8.h"

#define BATCH 1000u
#define GUESSED_MOST 50u                     /* for so many a near name is looked for  */
#define TOLD_MOST 5u                         /* in one line of the log                 */

struct name {
        const char *text;
        bool met;
        const char *near; size_t distance;   /* so far; 'distance' is what is too far  */
};

struct looking {
        struct mstc_store *store;
        const struct mstc_config_sync *sync;
        struct mst_arena *arena;
        struct mstc_map *names;              /* folded -> struct name                  */
        struct name *guess[GUESSED_MOST]; size_t guess_count;
        uint64_t people;
        bool failed;
};

static void map_drop(struct mstc_map **map) { mstc_map_free(*map); }
static void arena_drop(struct mst_arena **arena) { mst_arena_free(*arena); }

static struct name *
name_of(struct looking *l, const char *text, struct mst_arena *scratch)
{
        size_t length;
        const char *folded = mstc_fold(text, strlen(text), scratch, &length);

        l->failed |= folded == NULL;
        return folded != NULL ? mstc_map_get(l->names, folded) : NULL;
}

static void
add_name(struct looking *l, const char *text)
{
        size_t length;
        const char *folded = mstc_fold(text, strlen(text), l->arena, &length);
        struct name *name;

        if (folded != NULL && mstc_map_get(l->names, folded) != NULL)
                return;
        name = mst_arena_alloc(l->arena, sizeof *name);
        if (folded == NULL || name == NULL) {
                l->failed = true;
                return;
        }
        *name = (struct name){ .text = text, .distance = strlen(text) / 3 < 1 ? 2 : strlen(text) / 3 > 3 ? 4 : strlen(text) / 3 + 1 };
        l->failed |= !mstc_map_put(l->names, folded, name);
}

static void
meet(struct looking *l, const char *text, struct mst_arena *scratch)
{
        struct name *name = text != NULL ? name_of(l, text, scratch) : NULL;

        if (name != NULL)
                name->met = true;
}

static void
guess(struct looking *l, const char *text, struct mst_arena *scratch)
{
        (void)scratch;
        for (size_t i = 0; text != NULL && i < l->guess_count; i++) {
                struct name *name = l->guess[i];
                size_t distance = mstc_text_distance(name->text, text, name->distance - 1);

                if (distance >= name->distance)
                        continue;
                name->near = mst_arena_strdup(l->arena, text);
                name->distance = distance;
                l->failed |= name->near == NULL;
        }
}

static const char *
text_of(const struct mst_record *record, const char *attribute)
{
        const struct mst_value *value = mst_record_get(record, attribute);

        return value != NULL && mst_value_type(value) == MST_TEXT ? mst_value_text(value, NULL) : NULL;
}

static int
look_at_all(struct looking *l, void (*each)(struct looking *, const char *, struct mst_arena *), struct mst_error *err)
{
        MSTC_CLEANUP(arena_drop) struct mst_arena *scratch = mst_arena_new(0);
        struct mstc_view_record *people;
        int64_t after = 0;
        bool more = true;
        size_t count;

        if (scratch == NULL)
                return mst_fail_memory(err, "looking for people");
        l->people = 0;
        while (more && !l->failed) {
                mst_arena_reset(scratch);
                if (mstc_view_records(l->store, l->sync->name, NULL, &after, BATCH, scratch, &people, &count, &more, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        each(l, people[i].id, scratch);
                        each(l, text_of(people[i].record, "userPrincipalName"), scratch);
                        each(l, text_of(people[i].record, "mail"), scratch);
                }
                l->people += count;
        }
        return l->failed ? mst_fail_memory(err, "looking for people") : MST_OK;
}

static bool
is_asked(const struct mstc_config_group *group, const char *name)
{
        return name == NULL || (group->name != NULL && strcmp(group->name, name) == 0);
}

/* Who was not met, as rows in the order of the configuration. */
static void
gather(struct looking *l, const char *group, struct mstc_stranger *into, size_t *count)
{
        *count = 0;
        for (size_t i = 0; i < l->sync->group_count; i++)
                for (size_t k = 0; is_asked(&l->sync->groups[i], group) && k < l->sync->groups[i].exception_count; k++) {
                        const struct mstc_config_exception *exception = &l->sync->groups[i].exceptions[k];
                        const struct name *name = exception->user != NULL ? name_of(l, exception->user, l->arena) : NULL;

                        if (name != NULL && !name->met)
                                into[(*count)++] = (struct mstc_stranger){ &l->sync->groups[i], exception, name->near };
                }
}

int
mstc_strangers(struct mstc_store *store, const struct mstc_config_sync *sync, const char *group,
               struct mst_arena *arena, struct mstc_stranger **ret, size_t *count, struct mst_error *err)
{
        MSTC_CLEANUP(map_drop) struct mstc_map *names = mstc_map_new();
        struct looking l = { .store = store, .sync = sync, .arena = arena, .names = names, .failed = names == NULL };
        size_t room = 0, at = 0;
        const char *folded;
        void *name;

        *count = 0;
        *ret = NULL;
        for (size_t i = 0; i < sync->group_count && !l.failed; i++)
                for (size_t k = 0; is_asked(&sync->groups[i], group) && k < sync->groups[i].exception_count; k++, room++)
                        if (sync->groups[i].exceptions[k].user != NULL)
                                add_name(&l, sync->groups[i].exceptions[k].user);
        if (room == 0 && !l.failed)
                return MST_OK;
        *ret = mst_arena_alloc(arena, (room + 1) * sizeof **ret);
        if (*ret == NULL || l.failed)
                return mst_fail_memory(err, "looking for people");
        if (look_at_all(&l, meet, err) != MST_OK || l.people == 0)
                return err->code;
        while (l.guess_count < GUESSED_MOST && mstc_map_each(names, &at, &folded, &name))
                if (!((struct name *)name)->met)
                        l.guess[l.guess_count++] = name;
        if (l.guess_count > 0 && look_at_all(&l, guess, err) != MST_OK)
                return err->code;
        gather(&l, group, *ret, count);
        return l.failed ? mst_fail_memory(err, "looking for people") : MST_OK;
}

int
mstc_strangers_report(struct mstc_store *store, const struct mstc_config_sync *sync, struct mstc_report *report,
                      struct mst_error *err)
{
        MSTC_CLEANUP(arena_drop) struct mst_arena *arena = mst_arena_new(0);
        struct mstc_stranger *rows;
        size_t count = 0;

        if (arena == NULL)
                return mst_fail_memory(err, "looking for people");
        if (mstc_strangers(store, sync, NULL, arena, &rows, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++)
                mstc_report_warning(report, rows[i].exception->place,
                                    rows[i].near != NULL ? mst_arena_printf(arena, "did you mean %s?", rows[i].near)
                                                         : "write the UPN, mail or id of somebody, or take it out",
                                    "nobody in the mirror is '%s'", rows[i].exception->user);
        return MST_OK;
}

int
mstc_strangers_warn(struct mstc_run *run, struct mst_error *err)
{
        MSTC_CLEANUP(arena_drop) struct mst_arena *arena = mst_arena_new(0);
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct mstc_stranger *rows;
        size_t count = 0;

        if (arena == NULL)
                return mst_fail_memory(err, "looking for people");
        if (mstc_strangers(run->store, run->sync->config, NULL, arena, &rows, &count, err) != MST_OK || count == 0)
                return err->code;
        for (size_t i = 0; i < count && i < TOLD_MOST; i++)
                mstc_buffer_printf(&text, "%s'%s' (group '%s', line %u%s%s%s)", i > 0 ? ", " : "", rows[i].exception->user,
                                   rows[i].group->name, rows[i].exception->place.line,
                                   rows[i].near != NULL ? "; did you mean '" : "", rows[i].near != NULL ? rows[i].near : "",
                                   rows[i].near != NULL ? "'?" : "");
        if (count > TOLD_MOST)
                mstc_buffer_printf(&text, " and %zu more", count - TOLD_MOST);
        mstc_log(run->engine, MSTC_EVENT_STRANGERS, "the source has nobody whom <include> or <exclude> calls %s",
                 mstc_buffer_cstr(&text));
        return MST_OK;
}
