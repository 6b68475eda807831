/* fetch.c - single users, several at once.
 *
 * 200 is a whole record; 404 with Request_ResourceNotFound is gone (whether for good
 * is not told here, so it counts as one that can come back); anything else leaves
 * the user unanswered, as he is. */
#include <string.h>

#include "entra.h"

struct fetch {
        struct entra *entra;
        const struct mst_ids *ids;
        struct mst_page *page;
        size_t at;
        const char *ask;                     /* "?$select=..."                         */
};

static int
fetch_next(void *self, struct mst_http_request *request, void **user, struct mst_error *err)
{
        struct fetch *fetch = self;
        struct entra *entra = fetch->entra;
        const char *id, *url;
        char *safe;

        while (fetch->at < mst_ids_count(fetch->ids)
               && mst_ids_kind_at(fetch->ids, fetch->at) != MST_USER)
                fetch->at++;
        if (fetch->at == mst_ids_count(fetch->ids))
                return MST_END;
        id = mst_ids_at(fetch->ids, fetch->at++);
        safe = mst_escape_url(entra->scratch, id, strlen(id));
        url = safe != NULL ? mst_arena_printf(entra->scratch, "%s/users/%s%s", entra->base, safe,
                                              fetch->ask) : NULL;
        if (url == NULL)
                return mst_fail_memory(err, "reading single users");
        entra_graph_start(entra, request, url, strlen(url));
        *user = (void *)(uintptr_t)id;
        return MST_OK;
}

/* The object must be the one asked for, or it is not told at all. */
static void
tell_user(struct fetch *fetch, const char *id, struct mst_http_reply *reply)
{
        struct entra *entra = fetch->entra;
        size_t size, length, got_length = 0;
        const char *body = mst_http_content(reply, &size), *name, *got = NULL;
        bool good;

        mst_json_start(entra->item, body, size);
        if (mst_json_enter_object(entra->item))
                while (mst_json_member(entra->item, &name, &length))
                        if (length == 2 && memcmp(name, "id", 2) == 0
                            && mst_json_text(entra->item, entra->scratch, &got, &got_length)
                            != MST_JSON_OK)
                                got = NULL;
        good = mst_json_finish(entra->item) && got != NULL && got_length == strlen(id)
                && memcmp(got, id, got_length) == 0;
        if (!good) {
                mst_host_log(entra->host, MST_LOG_WARNING, "reading user %.80s: the answer is damaged or is "
                             "about somebody else; nothing is concluded from it", id);
                return;
        }
        mst_json_start(entra->item, body, size);
        entra_person_fill(entra, entra->item, mst_page_whole(fetch->page, MST_USER, id, strlen(id)));
}

static int
fetch_done(void *self, void *user, struct mst_http_reply *reply, int code, const struct mst_error *why,
           struct mst_error *err)
{
        struct fetch *fetch = self;
        struct entra *entra = fetch->entra;
        struct entra_problem problem;
        const char *id = user;

        if (code == MST_ENET || code == MST_ETHROTTLED) {
                mst_host_log(entra->host, MST_LOG_WARNING, "user %.80s could not be read: %s", id, why->text);
                return MST_OK;
        }
        if (code != MST_OK) {
                *err = *why;
                return code;
        }
        if (mst_http_status(reply) == 200) {
                tell_user(fetch, id, reply);
                return MST_OK;
        }
        entra_problem_read(entra, reply, &problem);
        if (problem.status == 404 && entra_problem_has(&problem, "Request_ResourceNotFound")) {
                mst_page_gone(fetch->page, MST_USER, id, strlen(id), MST_GONE_SOFT);
                return MST_OK;
        }
        if (problem.status == 401 || problem.status == 403)
                return entra_problem_fail(entra, &problem, "reading single users", "User.Read.All", err);
        mst_host_log(entra->host, MST_LOG_WARNING, "user %.80s could not be read: %s", id,
                     entra_problem_say(entra, &problem));
        return MST_OK;
}

int
entra_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct entra *entra = self;
        struct fetch fetch = { .entra = entra, .ids = ids, .page = page };
        struct mst_http_many calls = { .size = sizeof calls, .next = fetch_next, .done = fetch_done,
                                       .self = &fetch };

        mst_arena_reset(entra->scratch);
        mst_http_renew(entra->http);
        if (entra_plan_make(entra, false, err) != MST_OK)
                return err->code;
        fetch.ask = mst_arena_printf(entra->scratch, "?$select=%s%s", entra->plan->select_single,
                                     entra->plan->manager ? "&$expand=manager" : "");
        if (fetch.ask == NULL)
                return mst_fail_memory(err, "reading single users");
        if (mst_http_many(entra->http, &calls, err) != MST_OK)
                return err->code;
        return mst_page_complete(page, NULL, err);
}
