/* listing.c - the steps for a tenant without change tracking (Azure AD B2C, external tenants):
 * lists instead of deltas.
 *
 * Such a round is always a full one, and ends without a cursor.  Users come with their
 * managers; groups come a page at a time, each with the list of its members. */
#include <string.h>

#include "read.h"

static int
get(struct entra *entra, struct entra_cursor *at, struct entra_ask *ask, struct entra_found *found,
    const char *needs, struct mst_error *err)
{
        int code;

        if (at->link.length > 0) {
                ask->url = at->link.text;
                ask->length = at->link.length;
        } else if (ask->url == NULL) {
                return mst_fail_memory(err, ask->doing);
        } else {
                ask->length = strlen(ask->url);
        }
        code = entra_page_get(entra, ask, found, err);
        if (code == MST_END)
                return entra_page_refused(entra, ask, at->link.length > 0, needs, err);
        return code == MST_OK ? entra_page_link(entra, ask, found, err) : code;
}

static void
move_on(struct entra *entra, struct entra_cursor *at, const struct entra_found *found)
{
        if (found->next != NULL)
                at->link = (struct entra_link){ found->next, found->next_length };
        else
                entra_step_over(entra, at);
}

int
entra_step_list(struct entra *entra, struct entra_cursor *at, struct mst_page *page, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "listing users", .things = "users", .list = true };
        struct entra_found found;
        struct entra_sitter *sitters;
        const char *body;
        size_t count = 0;

        ask.url = mst_arena_printf(entra->scratch, "%s/users?$select=%s&$top=999%s", entra->base,
                                   entra->plan->select_single, entra->plan->manager ? "&$expand=manager" : "");
        if (get(entra, at, &ask, &found, ENTRA_NEEDS_USERS, err) != MST_OK)
                return err->code;
        sitters = mst_arena_alloc(entra->scratch, (found.count + 1) * sizeof *sitters);
        if (sitters == NULL)
                return mst_fail_memory(err, ask.doing);
        body = mst_http_content(entra->reply, NULL);
        for (size_t i = 0; i < found.count; i++) {
                const struct entra_item *item = &found.items[i];
                struct mst_record *record;

                if (item->bad != NULL) {
                        entra_page_bad(page, item, "user", i);
                        continue;
                }
                record = mst_page_whole(page, MST_USER, item->id, item->id_length);
                mst_json_start(entra->item, body + item->offset, item->size);
                entra_person_fill(entra, entra->item, record);
                sitters[count++] = (struct entra_sitter){ item->id, item->id_length, record, true };
        }
        if (entra_photos_put(entra, at, page, sitters, count, err) != MST_OK)
                return err->code;
        move_on(entra, at, &found);
        return MST_OK;
}

int
entra_step_group_list(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                      struct mst_error *err)
{
        struct entra_ask ask = { .doing = "listing groups", .things = "groups", .list = true };
        struct entra_found found;
        const char *body;

        ask.url = mst_arena_printf(entra->scratch, "%s/groups?$select=%s&$top=100", entra->base,
                                   entra->plan->select_group_single);
        if (get(entra, at, &ask, &found, ENTRA_NEEDS_GROUPS, err) != MST_OK)
                return err->code;
        body = mst_http_content(entra->reply, NULL);
        for (size_t i = 0; i < found.count; i++) {
                const struct entra_item *item = &found.items[i];

                if (item->bad != NULL) {
                        entra_page_bad(page, item, "group", i);
                        continue;
                }
                mst_json_start(entra->item, body + item->offset, item->size);
                entra_group_fill(entra, entra->item, mst_page_whole(page, MST_GROUP, item->id, item->id_length));
        }
        /* The reply is used up. */
        for (size_t i = 0; i < found.count && entra->plan->members; i++)
                if (found.items[i].bad == NULL
                    && entra_group_members(entra, page, found.items[i].id, found.items[i].id_length, err) != MST_OK)
                        return err->code;
        move_on(entra, at, &found);
        return MST_OK;
}
