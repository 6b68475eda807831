/* groups.c - the step that reads groups/delta, and who is in them.
 *
 * A group comes several times in a round, with a slice of its members each time; slices are
 * told as they come.  Members are users and groups; devices, contacts and service principals
 * are passed over.  That somebody is deleted is no leaving: Graph does not say so here, and
 * the engine keeps his memberships.
 *
 * A group that was deleted and is restored comes back like a new one, perhaps without its
 * members.  So the ids of those that went are kept, and when one of them comes back its members are
 * read from its list. */
#include <string.h>

#include "read.h"

enum { AWAY_MOST = 100000 };

struct group {
        struct entra *entra;
        struct mst_page *page;
        const char *id;
        size_t length;
};

/* The type decides.  Who joins without one cannot be told; who leaves is told as both. */
static void
tell_member(struct group *g, struct mst_json *json)
{
        const char *name, *id = NULL, *type = NULL;
        size_t length, id_length = 0, type_length = 0;
        bool removed = false, user, group;

        while (mst_json_member(json, &name, &length))
                if (length == 2 && memcmp(name, "id", 2) == 0) {
                        if (mst_json_text(json, g->entra->scratch, &id, &id_length) != MST_JSON_OK)
                                id = NULL;
                } else if (length == 11 && memcmp(name, "@odata.type", 11) == 0) {
                        if (mst_json_text(json, g->entra->scratch, &type, &type_length) != MST_JSON_OK)
                                type = NULL;
                } else if (length == 8 && memcmp(name, "@removed", 8) == 0) {
                        removed = mst_json_peek(json) != MST_JSON_NULL;
                }
        user = type != NULL && type_length == 21 && memcmp(type, "#microsoft.graph.user", 21) == 0;
        group = type != NULL && type_length == 22 && memcmp(type, "#microsoft.graph.group", 22) == 0;
        if (id == NULL || id_length == 0 || id_length > 1024 || (type == NULL && !removed)) {
                mst_page_bad(g->page, "a member of group %.*s cannot be used: it has no %s", (int)g->length, g->id,
                             type == NULL && id != NULL ? "type" : "id");
                return;
        }
        if (user || (type == NULL && removed))
                mst_page_member(g->page, g->id, g->length, MST_USER, id, id_length, !removed);
        if (group || (type == NULL && removed))
                mst_page_member(g->page, g->id, g->length, MST_GROUP, id, id_length, !removed);
}

static void
tell_slice(struct group *g, struct mst_json *json)
{
        const char *name;
        size_t length;

        if (!mst_json_enter_object(json))
                return;
        while (mst_json_member(json, &name, &length)) {
                if (length != 13 || memcmp(name, "members@delta", 13) != 0
                    || mst_json_peek(json) == MST_JSON_NULL)
                        continue;
                if (!mst_json_enter_array(json)) {
                        mst_page_bad(g->page, "the members of group %.*s are no list", (int)g->length, g->id);
                        continue;
                }
                while (mst_json_element(json))
                        if (mst_json_enter_object(json))
                                tell_member(g, json);
                        else
                                mst_page_bad(g->page, "a member of group %.*s is no object", (int)g->length, g->id);
        }
}

/* --- from the list ---------------------------------------------------------------------------- */

static int
tell_listed(void *self, const struct entra_item *item, struct mst_error *err)
{
        struct group *g = self;

        (void)err;
        if (entra_item_is(item, "#microsoft.graph.user"))
                mst_page_member(g->page, g->id, g->length, MST_USER, item->id, item->id_length, true);
        else if (entra_item_is(item, "#microsoft.graph.group"))
                mst_page_member(g->page, g->id, g->length, MST_GROUP, item->id, item->id_length, true);
        else if (item->type == NULL)
                mst_page_bad(g->page, "a member of group %.*s cannot be used: it has no type", (int)g->length, g->id);
        return MST_OK;
}

int
entra_group_members(struct entra *entra, struct mst_page *page, const char *id, size_t length,
                    struct mst_error *err)
{
        struct group g = { .entra = entra, .page = page, .id = id, .length = length };
        struct entra_ask ask = { .doing = "reading the members of a group", .things = "members" };
        char *safe = mst_escape_url(entra->scratch, id, length);
        int code;

        if (safe != NULL)
                ask.url = mst_arena_printf(entra->scratch, "%s/groups/%s/members?$select=id&$top=999", entra->base,
                                           safe);
        if (ask.url == NULL)
                return mst_fail_memory(err, "reading the members of a group");
        ask.length = strlen(ask.url);
        code = entra_page_each(entra, &ask, tell_listed, &g, err);
        return code == MST_END ? entra_page_refused(entra, &ask, false, ENTRA_NEEDS_GROUPS, err) : code;
}

/* --- groups/delta ----------------------------------------------------------------------------- */

/* Remembers who went; true for one that is back. */
static bool
away(struct entra *entra, struct entra_roll *roll, const struct entra_item *item)
{
        bool known = entra_roll_has(roll, item->id, item->id_length, NULL);

        if (item->gone == MST_GONE_SOFT && !known && entra_roll_count(roll) < AWAY_MOST) {
                /* Without memory he is forgotten, and then the engine's own memory has to do. */
                if (entra_roll_put(roll, item->id, item->id_length, 0))
                        entra_kept_touch(entra, ENTRA_AWAY);
        } else if (item->gone != MST_GONE_SOFT && known) {
                entra_roll_drop(roll, item->id, item->id_length);
                entra_kept_touch(entra, ENTRA_AWAY);
                return item->gone == 0;
        }
        return false;
}

static void
tell_group(struct entra *entra, const struct entra_item *item, const char *body, bool whole, bool back,
           struct mst_page *page)
{
        struct group g = { .entra = entra, .page = page, .id = item->id, .length = item->id_length };
        struct mst_record *record = whole ? mst_page_whole(page, MST_GROUP, item->id, item->id_length)
                : mst_page_patch(page, MST_GROUP, item->id, item->id_length);

        mst_json_start(entra->item, body + item->offset, item->size);
        entra_group_fill(entra, entra->item, record);
        if (!entra->plan->members || back)
                return;
        mst_json_start(entra->item, body + item->offset, item->size);
        tell_slice(&g, entra->item);
}

static int
tell(struct entra *entra, struct entra_cursor *at, const struct entra_found *found, struct mst_page *page,
     struct mst_error *err)
{
        const char *body = mst_http_content(entra->reply, NULL);
        struct entra_link *back = mst_arena_alloc(entra->scratch, (found->count + 1) * sizeof *back);
        struct entra_roll *roll;
        size_t count = 0;
        int code = entra_kept_open(entra, ENTRA_AWAY, at->kept[ENTRA_AWAY], &roll, err);

        if (code == MST_ENOTFOUND) {
                *err = (struct mst_error){ 0 };
                code = entra_kept_open(entra, ENTRA_AWAY, 0, &roll, err);
        }
        if (code != MST_OK || back == NULL)
                return code != MST_OK ? code : mst_fail_memory(err, "reading groups");
        for (size_t i = 0; i < found->count; i++) {
                const struct entra_item *item = &found->items[i];
                bool returns;

                if (item->bad != NULL) {
                        entra_page_bad(page, item, "group", i);
                        continue;
                }
                returns = away(entra, roll, item) && entra->plan->members;
                if (item->gone != 0)
                        mst_page_gone(page, MST_GROUP, item->id, item->id_length, item->gone);
                else
                        tell_group(entra, item, body, at->mode == ENTRA_FULL, returns, page);
                if (returns)
                        back[count++] = (struct entra_link){ item->id, item->id_length };
        }
        /* The reply is used up; other calls may follow. */
        for (size_t i = 0; i < count; i++) {
                mst_page_members_all(page, back[i].text, back[i].length);
                if (entra_group_members(entra, page, back[i].text, back[i].length, err) != MST_OK)
                        return err->code;
        }
        return entra_kept_save(entra, ENTRA_AWAY, &at->kept[ENTRA_AWAY], err);
}

int
entra_step_groups(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                  struct mst_error *err)
{
        bool begins = at->link.length == 0, first = begins && at->mode == ENTRA_FULL;
        struct entra_ask ask = { .doing = "reading groups", .things = "groups" };
        struct entra_found found;
        int code;

        ask.url = begins ? at->groups.text : at->link.text;
        ask.length = begins ? at->groups.length : at->link.length;
        if (first) {
                ask.url = mst_arena_printf(entra->scratch, "%s/groups/delta?$select=%s", entra->base,
                                           entra->plan->select_group);
                if (ask.url == NULL)
                        return mst_fail_memory(err, "reading groups");
                ask.length = strlen(ask.url);
        } else if (ask.length == 0) {
                return mst_fail(err, MST_EEXPIRED, "groups are wanted and were not read so far; everybody has to "
                                "be read again");
        }
        code = entra_page_get(entra, &ask, &found, err);
        if (code == MST_END && entra_begin_again(entra, at, &at->groups))
                return entra_step_groups(entra, at, page, err);
        if (code == MST_END)
                return entra_page_refused(entra, &ask, !first, ENTRA_NEEDS_GROUPS, err);
        if (code != MST_OK || entra_page_link(entra, &ask, &found, err) != MST_OK
            || tell(entra, at, &found, page, err) != MST_OK)
                return err->code;
        if (found.next != NULL) {
                at->link = (struct entra_link){ found.next, found.next_length };
                return MST_OK;
        }
        at->groups = (struct entra_link){ found.delta, found.delta_length };
        entra_step_over(entra, at);
        return MST_OK;
}
