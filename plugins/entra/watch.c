/* watch.c - has anything changed in the group that the source is restricted to, or in the groups
 * in it?
 *
 * A member who joins does not appear in users/delta, for nothing of his own has changed.  But
 * groups/delta can be asked about up to 50 groups by their ids, and then one call that answers
 * nothing says that nobody came or left.  The groups are the one of the restriction and all that
 * are in it, at any depth.  The link is begun before anything is listed, and the groups are
 * looked at once more after it was begun, so that no change falls between.  A group in it that was
 * deleted is watched on, for when it is restored its people are back and nothing else says so; the
 * ids of such groups are kept.  Where there are more than 50, or Graph does not want to, there is no
 * watch, and the members are listed each time. */
#include <string.h>

#include "read.h"

enum { GROUPS_MOST = 50, TURNS = 3 };

struct closure {
        struct entra *entra;
        struct entra_link ids[GROUPS_MOST];
        size_t count, live;                  /* those at the end are deleted           */
        bool too_many;                       /* or one whose id is none                */
        uint64_t sum;                        /* over the ids, in any order             */
};

static int
add_group(void *self, const struct entra_item *item, struct mst_error *err)
{
        struct closure *c = self;

        (void)err;
        if (item->id_length == c->ids[0].length && memcmp(item->id, c->ids[0].text, item->id_length) == 0)
                return MST_OK;               /* a circle */
        if (c->count == GROUPS_MOST || !entra_is_guid(item->id, item->id_length)) {
                c->too_many = true;
                return MST_OK;
        }
        c->ids[c->count++] = (struct entra_link){ item->id, item->id_length };
        c->sum += entra_hash(item->id, item->id_length);
        return MST_OK;
}

static int
list_groups(struct entra *entra, const char *group, struct closure *ret, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "reading the groups in a group", .things = "groups", .advanced = true };
        int code;

        *ret = (struct closure){ .entra = entra, .count = 1, .ids[0] = { group, strlen(group) } };
        ask.url = mst_arena_printf(entra->scratch, "%s/groups/%s/transitiveMembers/microsoft.graph.group?"
                                   "$count=true&$select=id&$top=999", entra->base, group);
        if (ask.url == NULL)
                return mst_fail_memory(err, ask.doing);
        ask.length = strlen(ask.url);
        code = entra_page_each(entra, &ask, add_group, ret, err);
        ret->live = ret->count;
        return code == MST_END ? entra_restrict_refused(entra, &ask, err) : code;
}

static void
add_deleted(struct closure *c, const struct entra_roll *inner)
{
        size_t at = 0, length;
        const char *id;

        while ((id = entra_roll_next(inner, &at, &length)) != NULL) {
                if (c->count == GROUPS_MOST || length != 36) {
                        c->too_many = true;
                        return;
                }
                c->ids[c->count++] = (struct entra_link){ id, length };
        }
}

static const char *
watch_url(struct entra *entra, const struct closure *c)
{
        const char *url = mst_arena_printf(entra->scratch, "%s/groups/delta?$select=members&$deltatoken=latest"
                                           "&$filter=", entra->base);

        for (size_t i = 0; i < c->count && url != NULL; i++)
                url = mst_arena_printf(entra->scratch, "%s%sid%%20eq%%20'%.*s'", url, i > 0 ? "%20or%20" : "",
                                       (int)c->ids[i].length, c->ids[i].text);
        return url;
}

/* Of a group that is deleted the id is kept, until it is back or gone for good. */
static int
note_deleted(struct entra *entra, struct entra_roll *inner, const struct entra_found *found,
             struct mst_error *err)
{
        for (size_t i = 0; i < found->count; i++) {
                const struct entra_item *item = &found->items[i];
                bool known;

                if (item->bad != NULL || !entra_is_guid(item->id, item->id_length))
                        continue;
                known = entra_roll_has(inner, item->id, item->id_length, NULL);
                if (known != (item->gone == MST_GONE_SOFT))
                        entra_kept_touch(entra, ENTRA_INNER);
                if (known && item->gone != MST_GONE_SOFT)
                        entra_roll_drop(inner, item->id, item->id_length);
                if (!known && item->gone == MST_GONE_SOFT && !entra_roll_put(inner, item->id, item->id_length, 0))
                        return mst_fail_memory(err, "watching a group");
        }
        return MST_OK;
}

/* Reads a delta to its end.  '*any': something was told. */
static int
read_delta(struct entra *entra, struct entra_ask *ask, struct entra_roll *inner, struct entra_link *next,
           bool *any, struct mst_error *err)
{
        struct entra_loop outer = entra->loop;
        struct entra_found found;
        int code;

        entra_loop_reset(&entra->loop);
        do {
                code = entra_page_get(entra, ask, &found, err);
                if (code == MST_OK)
                        code = entra_page_link(entra, ask, &found, err);
                if (code == MST_OK)
                        code = note_deleted(entra, inner, &found, err);
                if (code == MST_OK) {
                        *any = *any || found.count > 0;
                        ask->url = found.next;
                        ask->length = found.next_length;
                }
        } while (code == MST_OK && found.next != NULL);
        entra->loop = outer;
        if (code == MST_OK)
                *next = (struct entra_link){ found.delta, found.delta_length };
        return code;
}

/* The roll; one that is lost is begun anew. */
static int
open_inner(struct entra *entra, const struct entra_cursor *at, struct entra_roll **ret, struct mst_error *err)
{
        int code = entra_kept_open(entra, ENTRA_INNER, at->kept[ENTRA_INNER], ret, err);

        if (code == MST_ENOTFOUND) {
                *err = (struct mst_error){ 0 };
                code = entra_kept_open(entra, ENTRA_INNER, 0, ret, err);
        }
        return code;
}

/* 'MST_END': Graph does not watch. */
static int
start(struct entra *entra, const struct closure *groups, struct entra_roll *inner, struct entra_link *ret,
      bool *any, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "watching a group", .things = "groups", .url = watch_url(entra, groups) };
        struct entra_problem problem;
        int code;

        if (ask.url == NULL)
                return mst_fail_memory(err, ask.doing);
        ask.length = strlen(ask.url);
        code = read_delta(entra, &ask, inner, ret, any, err);
        if (code != MST_END)
                return code;
        entra_problem_read(entra, entra->reply, &problem);
        if (problem.status != 400 && problem.status != 410)
                return entra_problem_fail(entra, &problem, ask.doing, ENTRA_NEEDS_GROUPS, err);
        mst_host_log(entra->host, MST_LOG_INFO, "Graph does not watch the group (%s); its members are listed in each "
                     "run", entra_problem_say(entra, &problem));
        return MST_END;
}

int
entra_watch_start(struct entra *entra, struct entra_cursor *at, const char *group, struct mst_error *err)
{
        struct closure before, after;
        struct entra_roll *inner;
        int code;

        at->watch = (struct entra_link){ 0 };
        if (open_inner(entra, at, &inner, err) != MST_OK || list_groups(entra, group, &before, err) != MST_OK)
                return err->code;
        for (int i = 0; i < TURNS; i++) {
                bool any = false;

                add_deleted(&before, inner);
                if (before.too_many)
                        return MST_OK;
                code = start(entra, &before, inner, &at->watch, &any, err);
                if (code == MST_END)
                        return MST_OK;
                if (code != MST_OK || list_groups(entra, group, &after, err) != MST_OK)
                        return err->code;
                if (after.live == before.live && after.sum == before.sum && !any)
                        break;
                before = after;
                at->watch = (struct entra_link){ 0 };
        }
        return entra_kept_save(entra, ENTRA_INNER, &at->kept[ENTRA_INNER], err);
}

int
entra_watch_look(struct entra *entra, struct entra_cursor *at, bool *changed, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "watching a group", .things = "groups", .url = at->watch.text,
                                 .length = at->watch.length };
        struct entra_problem problem;
        struct entra_roll *inner;
        int code;

        *changed = ask.length == 0;
        if (*changed)
                return MST_OK;
        if (open_inner(entra, at, &inner, err) != MST_OK)
                return err->code;
        code = read_delta(entra, &ask, inner, &at->watch, changed, err);
        if (code == MST_OK)
                return entra_kept_save(entra, ENTRA_INNER, &at->kept[ENTRA_INNER], err);
        if (code != MST_END)
                return code;
        entra_problem_read(entra, entra->reply, &problem);
        if (!entra_problem_expired(&problem))
                return entra_problem_fail(entra, &problem, ask.doing, ENTRA_NEEDS_GROUPS, err);
        /* Who is a member now can be listed at any time: nothing is lost but the shortcut. */
        mst_host_log(entra->host, MST_LOG_INFO, "Graph has lost its place in watching the group (%s); its members "
                     "are listed", entra_problem_say(entra, &problem));
        *changed = true;
        return MST_OK;
}
