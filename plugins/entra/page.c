/* page.c - one page of Graph: a delta's or a list's.
 *
 * It is gone over once before anything of it is told: is it JSON to its end, which link does
 * it carry, where does each object lie, what is its id, is it a removal?  Only then do the
 * steps go over the objects, one by one. */
#include <stdio.h>
#include <string.h>

#include "read.h"

enum { BROKEN_TRIES = 3 };

static struct entra_item *
add_item(struct entra *entra, struct entra_found *page)
{
        if (page->count == page->room) {
                size_t room = page->room == 0 ? 256 : page->room * 2;
                struct entra_item *more = mst_arena_alloc(entra->scratch, room * sizeof *more);

                if (more == NULL)
                        return NULL;
                if (page->count > 0)
                        memcpy(more, page->items, page->count * sizeof *more);
                page->items = more;
                page->room = room;
        }
        return &page->items[page->count++];
}

/* What is taken from a page outlives the reply, for other calls may follow before it is told. */
static enum mst_json_taken
take_text(struct entra *entra, const char **ret, size_t *length)
{
        const char *text;
        enum mst_json_taken taken = mst_json_text(entra->json, entra->scratch, &text, length);

        if (taken != MST_JSON_OK)
                return taken;
        *ret = mst_arena_strndup(entra->scratch, text, *length);
        return *ret != NULL ? MST_JSON_OK : MST_JSON_MEMORY;
}

/* "@removed": {"reason": "changed"} can be brought back, "deleted" cannot.  A reason
 * that is not known is taken for the one that destroys less. */
static void
find_reason(struct entra *entra, struct entra_item *item)
{
        const char *name, *text;
        size_t length, reason;

        if (mst_json_peek(entra->json) == MST_JSON_NULL)
                return;
        item->gone = MST_GONE_SOFT;
        if (!mst_json_enter_object(entra->json)) {
                item->bad = "its @removed is no object";
                return;
        }
        while (mst_json_member(entra->json, &name, &length))
                if (length == 6 && memcmp(name, "reason", 6) == 0
                    && mst_json_text(entra->json, entra->scratch, &text, &reason) == MST_JSON_OK
                    && reason == 7 && memcmp(text, "deleted", 7) == 0)
                        item->gone = MST_GONE_HARD;
}

static bool
find_item(struct entra *entra, struct entra_found *page)
{
        struct entra_item *item = add_item(entra, page);
        enum mst_json_taken taken = MST_JSON_OK;
        const char *name;
        size_t length;

        if (item == NULL)
                return false;
        *item = (struct entra_item){ 0 };
        if (mst_json_peek(entra->json) != MST_JSON_OBJECT) {
                item->bad = "it is no object";
                return true;
        }
        item->offset = mst_json_offset(entra->json);
        mst_json_enter_object(entra->json);
        while (mst_json_member(entra->json, &name, &length)) {
                if (length == 2 && memcmp(name, "id", 2) == 0)
                        taken = take_text(entra, &item->id, &item->id_length);
                else if (length == 8 && memcmp(name, "@removed", 8) == 0)
                        find_reason(entra, item);
                else if (length == 11 && memcmp(name, "@odata.type", 11) == 0
                         && take_text(entra, &item->type, &item->type_length) != MST_JSON_OK)
                        item->type = NULL;
        }
        item->size = mst_json_offset(entra->json) - item->offset;
        if (taken != MST_JSON_OK)
                item->bad = taken == MST_JSON_TYPE ? "its id is no text" : mst_json_taken_say(taken);
        else if (item->id == NULL)
                item->bad = "it has no id";
        else if (item->id_length == 0 || item->id_length > 1024)
                item->bad = "its id is empty or too long";
        return true;
}

static int
find_items(struct entra *entra, struct entra_found *page, struct mst_error *err)
{
        if (!mst_json_enter_array(entra->json))
                return MST_OK;
        page->has_value = true;
        while (mst_json_element(entra->json))
                if (!find_item(entra, page))
                        return mst_fail_memory(err, "reading a page");
        return MST_OK;
}

static void
find_link(struct entra *entra, struct entra_found *page, const char **link, size_t *length)
{
        enum mst_json_taken taken;

        if (mst_json_peek(entra->json) == MST_JSON_NULL)
                return;
        taken = take_text(entra, link, length);
        if (taken != MST_JSON_OK)
                page->link_taken = taken;
}

static int
damaged(const struct entra_ask *ask, struct mst_error *err, const char *how)
{
        return mst_fail(err, MST_ENET, "a page of %s is damaged: %s", ask->things, how);
}

static int
judge(const struct entra_ask *ask, const struct entra_found *page, struct mst_error *err)
{
        if (!page->has_value)
                return mst_fail(err, MST_ENET, "a page of %s is damaged: it holds no list of %s", ask->things,
                                ask->things);
        if (page->link_taken != MST_JSON_OK)
                return mst_fail(err, MST_ENET, "a page of %s is damaged: its link %s", ask->things,
                                mst_json_taken_say(page->link_taken));
        if (!ask->list && (page->next != NULL) == (page->delta != NULL))
                return damaged(ask, err, page->next != NULL
                               ? "it holds both a link to the next page and one to the next round"
                               : "it holds neither a link to the next page nor one to the next round");
        return MST_OK;
}

static int
survey(struct entra *entra, const struct entra_ask *ask, struct entra_found *page, struct mst_error *err)
{
        size_t size, length;
        const char *body = mst_http_content(entra->reply, &size), *name;

        *page = (struct entra_found){ 0 };
        mst_json_start(entra->json, body, size);
        if (mst_json_enter_object(entra->json))
                while (mst_json_member(entra->json, &name, &length)) {
                        if (length == 5 && memcmp(name, "value", 5) == 0) {
                                if (find_items(entra, page, err) != MST_OK)
                                        return err->code;
                        } else if (length == 15 && memcmp(name, "@odata.nextLink", 15) == 0) {
                                find_link(entra, page, &page->next, &page->next_length);
                        } else if (length == 16 && memcmp(name, "@odata.deltaLink", 16) == 0) {
                                find_link(entra, page, &page->delta, &page->delta_length);
                        }
                }
        if (!mst_json_finish(entra->json)) {
                mst_json_fail(entra->json, err);
                return mst_wrap(err, "a page of %s is damaged", ask->things);
        }
        return judge(ask, page, err);
}

int
entra_page_get(struct entra *entra, const struct entra_ask *ask, struct entra_found *ret,
               struct mst_error *err)
{
        int64_t wait = entra->config->backoff > 0 ? entra->config->backoff : 1000;

        for (int i = 1;; i++) {
                int code = ask->advanced ? entra_graph_get_advanced(entra, ask->url, ask->length, err)
                        : entra_graph_get(entra, ask->url, ask->length, err);

                if (code != MST_OK)
                        return mst_wrap(err, "%s", ask->doing);
                if (mst_http_status(entra->reply) != 200)
                        return MST_END;
                code = survey(entra, ask, ret, err);
                if (code != MST_ENET)
                        return code;
                if (i == BROKEN_TRIES)
                        return mst_wrap(err, "%s (%d times)", ask->doing, i);
                mst_host_log(entra->host, MST_LOG_INFO, "%s; reading it again", err->text);
                if (!mst_host_sleep(entra->host, (uint32_t)wait))
                        return err->code;
                wait *= 2;
        }
}

int
entra_page_link(struct entra *entra, const struct entra_ask *ask, const struct entra_found *found,
                struct mst_error *err)
{
        const char *link = found->next != NULL ? found->next : found->delta;
        size_t length = found->next != NULL ? found->next_length : found->delta_length;

        if (link == NULL)
                return MST_OK;
        if (entra_link_check(entra, link, length, err) != MST_OK)
                return mst_wrap(err, "%s", ask->doing);
        if (found->next != NULL
            && ((length == ask->length && memcmp(link, ask->url, length) == 0)
                || entra_loop_seen(&entra->loop, link, length)))
                return mst_fail(err, MST_EINTERNAL, "%s: Graph's pages lead in a circle; the round was broken "
                                "off and nothing of what is known was changed", ask->doing);
        return MST_OK;
}

int
entra_page_each(struct entra *entra, struct entra_ask *ask, entra_tell_item *tell, void *self,
                struct mst_error *err)
{
        struct entra_loop outer = entra->loop;
        struct entra_found found;
        int code;

        entra_loop_reset(&entra->loop);
        ask->list = true;
        do {
                code = entra_page_get(entra, ask, &found, err);
                if (code == MST_OK)
                        code = entra_page_link(entra, ask, &found, err);
                for (size_t i = 0; code == MST_OK && i < found.count; i++)
                        if (found.items[i].bad == NULL)
                                code = tell(self, &found.items[i], err);
                        else
                                code = mst_fail(err, MST_ENET, "%s: object %zu of a page cannot be used: %s",
                                                ask->doing, i + 1, found.items[i].bad);
                if (code == MST_OK && found.next != NULL) {
                        ask->url = found.next;
                        ask->length = found.next_length;
                }
        } while (code == MST_OK && found.next != NULL);
        entra->loop = outer;
        return code;
}

bool
entra_item_is(const struct entra_item *item, const char *type)
{
        return item->type != NULL && item->type_length == strlen(type)
                && memcmp(item->type, type, item->type_length) == 0;
}

void
entra_page_bad(struct mst_page *page, const struct entra_item *item, const char *what, size_t at)
{
        mst_page_bad(page, "%s %zu of the page cannot be used: %s", what, at + 1, item->bad);
}

int
entra_page_refused(struct entra *entra, const struct entra_ask *ask, bool token, const char *needs,
                   struct mst_error *err)
{
        struct entra_problem problem;

        entra_problem_read(entra, entra->reply, &problem);
        if (!token || !entra_problem_expired(&problem))
                return entra_problem_fail(entra, &problem, ask->doing, needs, err);
        return mst_fail(err, MST_EEXPIRED, "%s: Microsoft Graph does not accept any more the place where the "
                        "last run ended (%s). What has changed since then cannot be told one by one, so "
                        "everybody has to be read again; nobody is removed by that alone. Muster starts "
                        "this new generation by itself, or, with on-expired=\"stop\", when you say `muster "
                        "reset SYNC`", ask->doing, entra_problem_say(entra, &problem));
}
