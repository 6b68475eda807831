/* delta.c - read: one page of /users/delta.
 *
 * A page is gone over twice.  The first time finds out whether it is JSON to its
 * end, which link it carries and where each object lies, with its id and whether
 * it is a removal; nothing is told to the engine until all of that is good.  The
 * second time fills the records.
 *
 * In a full round a record is whole: what is absent has no value.  In a round that
 * began with a deltaLink it is a patch: absent is unchanged, null is cleared.  The
 * mode travels in the cursor, so that a round that is resumed by another process
 * keeps it. */
#include <stdio.h>
#include <string.h>

#include "entra.h"

enum { BROKEN_TRIES = 3 };

struct item {
        size_t offset, size;
        const char *id;
        size_t id_length;
        enum mst_gone gone;                  /* 0: a record                            */
        const char *bad;                     /* why it cannot be told, or NULL         */
};

struct page {
        struct item *items;
        size_t count, room;
        bool has_value;
        const char *next, *delta;
        size_t next_length, delta_length;
        enum mst_json_taken link_taken;      /* of the one that was no good            */
};

static struct item *
add_item(struct entra *entra, struct page *page)
{
        if (page->count == page->room) {
                size_t room = page->room == 0 ? 256 : page->room * 2;
                struct item *more = mst_arena_alloc(entra->scratch, room * sizeof *more);

                if (more == NULL)
                        return NULL;
                if (page->count > 0)
                        memcpy(more, page->items, page->count * sizeof *more);
                page->items = more;
                page->room = room;
        }
        return &page->items[page->count++];
}

/* "@removed": {"reason": "changed"} can be brought back, "deleted" cannot.  A reason
 * that is not known is taken for the one that destroys less. */
static void
find_reason(struct entra *entra, struct item *item)
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
find_item(struct entra *entra, struct page *page)
{
        struct item *item = add_item(entra, page);
        enum mst_json_taken taken = MST_JSON_OK;
        const char *name;
        size_t length;

        if (item == NULL)
                return false;
        *item = (struct item){ 0 };
        if (mst_json_peek(entra->json) != MST_JSON_OBJECT) {
                item->bad = "it is no object";
                return true;
        }
        item->offset = mst_json_offset(entra->json);
        mst_json_enter_object(entra->json);
        while (mst_json_member(entra->json, &name, &length)) {
                if (length == 2 && memcmp(name, "id", 2) == 0)
                        taken = mst_json_text(entra->json, entra->scratch, &item->id, &item->id_length);
                else if (length == 8 && memcmp(name, "@removed", 8) == 0)
                        find_reason(entra, item);
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
find_items(struct entra *entra, struct page *page, struct mst_error *err)
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
find_link(struct entra *entra, struct page *page, const char **link, size_t *length)
{
        enum mst_json_taken taken;

        if (mst_json_peek(entra->json) == MST_JSON_NULL)
                return;
        taken = mst_json_text(entra->json, entra->scratch, link, length);
        if (taken != MST_JSON_OK)
                page->link_taken = taken;
}

/* The first time over the page. */
static int
survey(struct entra *entra, struct page *page, struct mst_error *err)
{
        size_t size, length;
        const char *body = mst_http_content(entra->reply, &size), *name;

        *page = (struct page){ 0 };
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
                return mst_wrap(err, "a page of users is damaged");
        }
        if (!page->has_value)
                return mst_fail(err, MST_ENET, "a page of users is damaged: it holds no list of users");
        if (page->link_taken != MST_JSON_OK)
                return mst_fail(err, MST_ENET, "a page of users is damaged: its link %s",
                                mst_json_taken_say(page->link_taken));
        if ((page->next != NULL) == (page->delta != NULL))
                return mst_fail(err, MST_ENET, "a page of users is damaged: it holds %s a link to the next "
                                "page and one to the next round", page->next != NULL ? "both" : "neither");
        return MST_OK;
}

/* The second time: tells the engine. */
static void
tell(struct entra *entra, const struct page *found, bool whole, struct mst_page *page)
{
        const char *body = mst_http_content(entra->reply, NULL);

        for (size_t i = 0; i < found->count; i++) {
                const struct item *item = &found->items[i];
                struct mst_record *record;

                if (item->bad != NULL) {
                        mst_page_bad(page, "user %zu of the page cannot be used: %s", i + 1, item->bad);
                        continue;
                }
                if (item->gone != 0) {
                        mst_page_gone(page, MST_USER, item->id, item->id_length, item->gone);
                        continue;
                }
                record = whole ? mst_page_whole(page, MST_USER, item->id, item->id_length)
                        : mst_page_patch(page, MST_USER, item->id, item->id_length);
                mst_json_start(entra->item, body + item->offset, item->size);
                entra_person_fill(entra, entra->item, record);
        }
}

/* GETs 'url' and surveys it, again when the page is damaged.  MST_END: Graph answered
 * with something else than a page, which is in the reply. */
static int
get_page(struct entra *entra, const char *url, size_t length, struct page *found,
         struct mst_error *err)
{
        int64_t wait = entra->config->backoff > 0 ? entra->config->backoff : 1000;

        for (int i = 1;; i++) {
                int code = entra_graph_get(entra, url, length, err);

                if (code != MST_OK)
                        return mst_wrap(err, "reading users");
                if (mst_http_status(entra->reply) != 200)
                        return MST_END;
                code = survey(entra, found, err);
                if (code != MST_ENET)
                        return code;
                if (i == BROKEN_TRIES)
                        return mst_wrap(err, "reading users (%d times)", i);
                mst_host_log(entra->host, MST_LOG_INFO, "%s; reading it again", err->text);
                if (!mst_host_sleep(entra->host, (uint32_t)wait))
                        return err->code;
                wait *= 2;
        }
}

static int
end_page(struct entra *entra, const struct entra_cursor *from, const struct page *found,
         struct mst_page *page, struct mst_error *err)
{
        struct entra_cursor to = { .mode = ENTRA_DELTA, .link = found->delta,
                                   .length = found->delta_length };
        const char *text;

        if (found->next != NULL) {
                to = *from;
                to.link = found->next;
                to.length = found->next_length;
                if (from->mode == ENTRA_DELTA) {
                        to.mode = ENTRA_CHANGES;
                        to.start = from->link;
                        to.start_length = from->length;
                }
        }
        text = entra_cursor_write(entra->scratch, &to, err);
        if (text == NULL)
                return err->code;
        return found->next != NULL ? mst_page_more(page, text, err) : mst_page_complete(page, text, err);
}

static int
accept_page(struct entra *entra, const struct entra_cursor *from, const struct page *found,
            struct mst_page *page, struct mst_error *err)
{
        const char *link = found->next != NULL ? found->next : found->delta;
        size_t length = found->next != NULL ? found->next_length : found->delta_length;

        if (entra_link_check(entra, link, length, err) != MST_OK)
                return mst_wrap(err, "reading users");
        if (found->next != NULL
            && ((length == from->length && memcmp(link, from->link, length) == 0)
                || entra_loop_seen(&entra->loop, link, length)))
                return mst_fail(err, MST_EINTERNAL, "reading users: Graph's pages lead in a circle; the "
                                "round was broken off and nothing of what is known was changed");
        tell(entra, found, from->mode == ENTRA_FULL, page);
        return end_page(entra, from, found, page, err);
}

static int
expired(struct entra *entra, const struct entra_problem *problem, struct mst_error *err)
{
        return mst_fail(err, MST_EEXPIRED, "Microsoft Graph does not accept any more the place where the "
                        "last run ended (%s). What has changed since then cannot be told one by one, so "
                        "everybody has to be read again; nobody is removed by that alone. Muster starts "
                        "this new generation by itself, or, with on-expired=\"stop\", when you say `muster "
                        "reset SYNC`", entra_problem_say(entra, problem));
}

static const char *
first_url(struct entra *entra, struct entra_cursor *ret, struct mst_error *err)
{
        const char *url = mst_arena_printf(entra->scratch, "%s/users/delta?$select=%s", entra->base,
                                           entra->plan->select);

        if (url == NULL) {
                mst_fail_memory(err, "reading users");
                return NULL;
        }
        *ret = (struct entra_cursor){ .mode = ENTRA_FULL, .link = url, .length = strlen(url),
                                      .start = "" };
        return url;
}

/* The page in the middle of a round of changes is lost: the round begins once more. */
static bool
begin_again(struct entra *entra, struct entra_cursor *from)
{
        if (from->mode != ENTRA_CHANGES || from->start_length == 0)
                return false;
        mst_host_log(entra->host, MST_LOG_INFO, "Graph has lost its place in this round of changes; the "
                     "round is read once more from its start");
        *from = (struct entra_cursor){ .mode = ENTRA_DELTA, .link = from->start,
                                       .length = from->start_length, .start = "" };
        entra_loop_reset(&entra->loop);
        return true;
}

static int
read_page(struct entra *entra, struct entra_cursor *from, bool first, struct mst_page *page,
          struct mst_error *err)
{
        struct entra_problem problem;
        struct page found;
        int code;

        for (;;) {
                code = get_page(entra, from->link, from->length, &found, err);
                if (code == MST_OK)
                        return accept_page(entra, from, &found, page, err);
                if (code != MST_END)
                        return code;
                entra_problem_read(entra, entra->reply, &problem);
                if (first || !entra_problem_expired(&problem))
                        return entra_problem_fail(entra, &problem, "reading users", "User.Read.All", err);
                if (!begin_again(entra, from))
                        return expired(entra, &problem, err);
        }
}

int
entra_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct entra *entra = self;
        struct entra_cursor from;
        int code;

        mst_arena_reset(entra->scratch);
        if (entra_plan_make(entra, cursor == NULL, err) != MST_OK)
                return err->code;
        if (cursor == NULL ? first_url(entra, &from, err) == NULL
            : entra_cursor_parse(entra, cursor, &from, err) != MST_OK)
                return err->code;
        if (cursor == NULL || from.mode == ENTRA_DELTA) {
                mst_http_renew(entra->http);
                entra_loop_reset(&entra->loop);
        }
        code = read_page(entra, &from, cursor == NULL, page, err);
        /* A run ends here; whoever comes back to this page has patience again. */
        if (code != MST_OK) {
                mst_http_renew(entra->http);
                entra_loop_reset(&entra->loop);
        }
        return code;
}
