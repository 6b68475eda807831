/* watch.c - has anything changed in the group that the source is restricted to, or in the groups
 * in it?
 *
 * A member who joins does not appear in users/delta, for nothing of his own has changed.  But
 * groups/delta can be asked about up to 50 groups by their ids, and then one call that answers
 * nothing says that nobody came or left.  The groups are the one of the restriction and all that
 * are in it, at any depth.  The link is begun before anything is listed, and the groups are
 * looked at once more after it was begun, so that no change falls between.  Where there are more
 * than 50, or Graph does not want to, there is no watch, and the members are listed each time. */
#include <string.h>

#include "read.h"

enum { GROUPS_MOST = 50, TURNS = 3 };

struct closure {
        struct entra *entra;
        struct entra_link ids[GROUPS_MOST];
        size_t count;
        bool too_many;
        uint64_t sum;                        /* over the ids, in any order             */
};

static int
add_group(void *self, const struct entra_item *item, struct mst_error *err)
{
        struct closure *c = self;

        (void)err;
        if (c->count == GROUPS_MOST) {
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
        return code == MST_END ? entra_page_refused(entra, &ask, false, ENTRA_NEEDS_GROUPS, err) : code;
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

/* Reads a delta to its end.  '*any': something was told. */
static int
read_delta(struct entra *entra, struct entra_ask *ask, struct entra_link *next, bool *any,
           struct mst_error *err)
{
        struct entra_loop outer = entra->loop;
        struct entra_found found;
        int code;

        entra_loop_reset(&entra->loop);
        do {
                code = entra_page_get(entra, ask, &found, err);
                if (code == MST_OK)
                        code = entra_page_link(entra, ask, &found, err);
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

int
entra_watch_start(struct entra *entra, const char *group, struct entra_link *ret, struct mst_error *err)
{
        struct closure before, after;
        struct entra_problem problem;

        *ret = (struct entra_link){ 0 };
        if (list_groups(entra, group, &before, err) != MST_OK)
                return err->code;
        for (int i = 0; i < TURNS && !before.too_many; i++) {
                struct entra_ask ask = { .doing = "watching a group", .things = "groups",
                                         .url = watch_url(entra, &before) };
                bool any = false;
                int code;

                if (ask.url == NULL)
                        return mst_fail_memory(err, "watching a group");
                ask.length = strlen(ask.url);
                code = read_delta(entra, &ask, ret, &any, err);
                if (code == MST_END) {
                        entra_problem_read(entra, entra->reply, &problem);
                        if (problem.status != 400)
                                return entra_problem_fail(entra, &problem, ask.doing, ENTRA_NEEDS_GROUPS, err);
                        mst_host_log(entra->host, MST_LOG_INFO, "Graph does not watch the group (%s); its members "
                                     "are listed in each run", entra_problem_say(entra, &problem));
                        return MST_OK;
                }
                if (code != MST_OK || list_groups(entra, group, &after, err) != MST_OK)
                        return err->code;
                if (after.count == before.count && after.sum == before.sum && !any)
                        return MST_OK;
                before = after;
                *ret = (struct entra_link){ 0 };
        }
        return MST_OK;
}

int
entra_watch_look(struct entra *entra, struct entra_link *link, bool *changed, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "watching a group", .things = "groups", .url = link->text,
                                 .length = link->length };
        struct entra_problem problem;
        int code;

        *changed = link->length == 0;
        if (*changed)
                return MST_OK;
        code = read_delta(entra, &ask, link, changed, err);
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
