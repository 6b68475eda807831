/* fetch.c - single users and groups, many at once.
 *
 *   restricted      first, of which of the users is the group one of their groups?  Who is there
 *                   and is no member is outside
 *   users, groups   200 is a whole record, 404 with Request_ResourceNotFound is gone
 *   gone            for good, or among the deleted items, from where it can come back?
 *   members         of the groups that are there, their list
 *
 * A user of whom neither the users nor the deleted items know may also be one that is so new
 * that not every server has him: the list of users is asked for him as well before he counts as
 * gone for good.  What is no clear answer answers nothing: the record stays as it is. */
#include <string.h>

#include "read.h"

enum place { UNKNOWN, MEMBER, OUTSIDE, THERE, MISSING, DELETED, NOWHERE, LISTED };

struct one {
        enum mst_kind kind;
        const char *id, *safe;
        enum place membership, place;
        const char *more;                    /* of its groups, the next page           */
        struct entra_sitter sitter;
};

struct fetch {
        struct entra *entra;
        struct mst_page *page;
        struct one *all;
        size_t count, at;
        struct one **some;                   /* those of the batch                     */
        const char *group;                   /* restrict-to-group                      */
        const char *ask, *ask_group;         /* "?$select=..."                         */
        struct entra_cursor cursor;
};

/* --- is he a member? -------------------------------------------------------------------------- */

static const char *
groups_url(void *self, size_t index)
{
        struct fetch *f = self;

        return mst_arena_printf(f->entra->scratch, "/users/%s/transitiveMemberOf?$select=id&$top=999",
                                f->some[index]->safe);
}

/* The ids of a list of groups: 1 the group is among them, 0 it is not, -1 not all of them could
 * be read. */
static int
look_for_group(struct fetch *f, struct mst_json *json)
{
        const char *name, *text;
        size_t length, size;
        int found = 0;

        while (mst_json_element(json)) {
                enum mst_json_taken taken = MST_JSON_TYPE;

                if (mst_json_enter_object(json))
                        while (mst_json_member(json, &name, &length))
                                if (length == 2 && memcmp(name, "id", 2) == 0)
                                        taken = mst_json_text(json, f->entra->scratch, &text, &size);
                if (taken != MST_JSON_OK)
                        found = found == 1 ? 1 : -1;
                else if (size == strlen(f->group) && memcmp(text, f->group, size) == 0)
                        found = 1;
        }
        return found;
}

/* What a page of his groups says; only a whole list without the group says that he is outside.
 * 'more' gets the link to its next page. */
static void
judge_groups(struct fetch *f, struct one *one, const char *body, size_t size)
{
        struct mst_json *json = f->entra->item;
        const char *name, *text;
        size_t length, text_length;
        int found = -1;

        one->more = NULL;
        mst_json_start(json, body, size);
        if (!mst_json_enter_object(json))
                return;
        while (mst_json_member(json, &name, &length))
                if (length == 15 && memcmp(name, "@odata.nextLink", 15) == 0) {
                        if (mst_json_text(json, f->entra->scratch, &text, &text_length) == MST_JSON_OK)
                                one->more = mst_arena_strndup(f->entra->scratch, text, text_length);
                        if (one->more == NULL)
                                return;
                } else if (length == 5 && memcmp(name, "value", 5) == 0 && mst_json_enter_array(json)) {
                        found = look_for_group(f, json);
                }
        if (!mst_json_finish(json) || found < 0)
                one->more = NULL;
        else if (found == 1)
                one->membership = MEMBER;
        else if (one->more == NULL)
                one->membership = OUTSIDE;
}

static int
judge_member(void *self, size_t index, const struct entra_part *part, struct mst_error *err)
{
        struct fetch *f = self;
        struct one *one = f->some[index];
        struct entra_problem problem;

        if (part->status == 200) {
                judge_groups(f, one, part->body, part->size);
        } else if (part->status == 401 || part->status == 403) {
                entra_part_problem(f->entra, part, &problem);
                return entra_problem_fail(f->entra, &problem, "reading the groups of a user",
                                          ENTRA_NEEDS_USERS " and " ENTRA_NEEDS_GROUPS, err);
        }
        return MST_OK;
}

/* Who is in more groups than fit on a page. */
static int
look_further(struct fetch *f, struct one *one, struct mst_error *err)
{
        while (one->membership == UNKNOWN && one->more != NULL) {
                size_t size;
                const char *body;

                if (entra_link_check(f->entra, one->more, strlen(one->more), err) != MST_OK
                    || entra_graph_get(f->entra, one->more, strlen(one->more), err) != MST_OK)
                        return mst_wrap(err, "reading the groups of a user");
                if (mst_http_status(f->entra->reply) != 200)
                        return MST_OK;
                body = mst_http_content(f->entra->reply, &size);
                judge_groups(f, one, body, size);
        }
        return MST_OK;
}

/* Those of a place and kind, for a batch. */
static size_t
choose(struct fetch *f, enum mst_kind kind, enum place place)
{
        size_t count = 0;

        for (size_t i = 0; i < f->count; i++)
                if (f->all[i].kind == kind && f->all[i].place == place)
                        f->some[count++] = &f->all[i];
        return count;
}

static int
find_members(struct fetch *f, struct mst_error *err)
{
        struct entra_batch batch = { .url = groups_url, .tell = judge_member, .self = f,
                                     .doing = "reading the groups of a user" };

        if (!entra_restricted(f->entra))
                return MST_OK;
        if (entra_restrict_id(f->entra, &f->group, err) != MST_OK)
                return err->code;
        batch.count = choose(f, MST_USER, UNKNOWN);
        if (entra_batch_do(f->entra, &batch, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < f->count; i++)
                if (look_further(f, &f->all[i], err) != MST_OK)
                        return err->code;
        return MST_OK;
}

/* --- users and groups -------------------------------------------------------------------------- */

static int
fetch_next(void *self, struct mst_http_request *request, void **user, struct mst_error *err)
{
        struct fetch *f = self;
        struct one *one;
        const char *url;

        while (f->at < f->count && f->all[f->at].membership == OUTSIDE)
                f->at++;
        if (f->at == f->count)
                return MST_END;
        one = &f->all[f->at++];
        url = mst_arena_printf(f->entra->scratch, "%s/%s/%s%s", f->entra->base,
                               one->kind == MST_GROUP ? "groups" : "users", one->safe,
                               one->kind == MST_GROUP ? f->ask_group : f->ask);
        if (url == NULL)
                return mst_fail_memory(err, "reading single users");
        entra_graph_start(f->entra, request, url, strlen(url));
        *user = one;
        return MST_OK;
}

/* The object must be the one asked for, or it is not told at all. */
static void
tell_one(struct fetch *f, struct one *one, struct mst_http_reply *reply)
{
        struct entra *entra = f->entra;
        size_t size, length, got_length = 0;
        const char *body = mst_http_content(reply, &size), *name, *got = NULL;
        struct mst_record *record;
        bool good;

        mst_json_start(entra->item, body, size);
        if (mst_json_enter_object(entra->item))
                while (mst_json_member(entra->item, &name, &length))
                        if (length == 2 && memcmp(name, "id", 2) == 0
                            && mst_json_text(entra->item, entra->scratch, &got, &got_length)
                            != MST_JSON_OK)
                                got = NULL;
        good = mst_json_finish(entra->item) && got != NULL && got_length == strlen(one->id)
                && memcmp(got, one->id, got_length) == 0;
        if (!good) {
                mst_host_log(entra->host, MST_LOG_WARNING, "reading user %.80s: the answer is damaged or is "
                             "about somebody else; nothing is concluded from it", one->id);
                return;
        }
        if (one->kind == MST_USER && f->group != NULL && one->membership != MEMBER)
                return;
        one->place = THERE;
        record = mst_page_whole(f->page, one->kind, one->id, strlen(one->id));
        mst_json_start(entra->item, body, size);
        if (one->kind == MST_GROUP)
                entra_group_fill(entra, entra->item, record);
        else
                entra_person_fill(entra, entra->item, record);
        if (one->kind == MST_USER)
                one->sitter = (struct entra_sitter){ one->id, strlen(one->id), record, true };
}

static int
fetch_done(void *self, void *user, struct mst_http_reply *reply, int code, const struct mst_error *why,
           struct mst_error *err)
{
        struct fetch *f = self;
        struct entra *entra = f->entra;
        struct entra_problem problem;
        struct one *one = user;

        if (code == MST_ENET || code == MST_ETHROTTLED) {
                mst_host_log(entra->host, MST_LOG_WARNING, "user %.80s could not be read: %s", one->id, why->text);
                return MST_OK;
        }
        if (code != MST_OK) {
                *err = *why;
                return code;
        }
        entra_pace_note(entra, reply, 1);
        if (mst_http_status(reply) == 200) {
                tell_one(f, one, reply);
                return MST_OK;
        }
        entra_problem_read(entra, reply, &problem);
        if (problem.status == 404 && entra_problem_has(&problem, "Request_ResourceNotFound")) {
                one->place = MISSING;
                return MST_OK;
        }
        if (problem.status == 401 || problem.status == 403)
                return entra_problem_fail(entra, &problem, "reading single users",
                                          one->kind == MST_GROUP ? ENTRA_NEEDS_GROUPS : ENTRA_NEEDS_USERS, err);
        mst_host_log(entra->host, MST_LOG_WARNING, "user %.80s could not be read: %s", one->id,
                     entra_problem_say(entra, &problem));
        return MST_OK;
}

/* --- where are the missing? --------------------------------------------------------------------- */

static const char *
deleted_url(void *self, size_t index)
{
        struct fetch *f = self;

        return mst_arena_printf(f->entra->scratch, "/directory/deletedItems/%s?$select=id", f->some[index]->safe);
}

/* Without the right to look there he counts as one that can come back. */
static int
judge_deleted(void *self, size_t index, const struct entra_part *part, struct mst_error *err)
{
        struct fetch *f = self;
        struct entra_problem problem;

        (void)err;
        entra_part_problem(f->entra, part, &problem);
        f->some[index]->place = part->status == 404 && entra_problem_has(&problem, "Request_ResourceNotFound")
                ? NOWHERE : DELETED;
        return MST_OK;
}

static const char *
listed_url(void *self, size_t index)
{
        struct fetch *f = self;

        return mst_arena_printf(f->entra->scratch, "/users?$select=id&$filter=id%%20eq%%20'%s'", f->some[index]->safe);
}

/* Only an empty list says that he is nowhere. */
static int
judge_listed(void *self, size_t index, const struct entra_part *part, struct mst_error *err)
{
        struct fetch *f = self;
        struct mst_json *json = f->entra->item;
        const char *name;
        size_t length;
        bool empty = false;

        (void)err;
        mst_json_start(json, part->body, part->size);
        if (part->status == 200 && mst_json_enter_object(json))
                while (mst_json_member(json, &name, &length))
                        if (length == 5 && memcmp(name, "value", 5) == 0 && mst_json_enter_array(json)) {
                                empty = !mst_json_element(json);
                                if (!empty)
                                        mst_json_leave(json);
                        }
        if (!empty || !mst_json_finish(json))
                f->some[index]->place = LISTED;
        return MST_OK;
}

static int
find_missing(struct fetch *f, struct mst_error *err)
{
        struct entra_batch deleted = { .url = deleted_url, .tell = judge_deleted, .self = f,
                                       .doing = "looking at the deleted items" };
        struct entra_batch listed = { .url = listed_url, .tell = judge_listed, .self = f,
                                      .doing = "looking for users" };

        for (int kind = MST_USER; kind <= MST_GROUP; kind++) {
                deleted.count = choose(f, (enum mst_kind)kind, MISSING);
                if (entra_batch_do(f->entra, &deleted, err) != MST_OK)
                        return err->code;
        }
        listed.count = choose(f, MST_USER, NOWHERE);
        return entra_batch_do(f->entra, &listed, err);
}

static int
tell_rest(struct fetch *f, struct mst_error *err)
{
        for (size_t i = 0; i < f->count; i++) {
                struct one *one = &f->all[i];
                size_t length = strlen(one->id);

                if (one->membership == OUTSIDE)
                        mst_page_outside(f->page, one->kind, one->id, length);
                else if (one->place == DELETED)
                        mst_page_gone(f->page, one->kind, one->id, length, MST_GONE_SOFT);
                else if (one->place == NOWHERE)
                        mst_page_gone(f->page, one->kind, one->id, length, MST_GONE_HARD);
                else if (one->place == THERE && one->kind == MST_GROUP && f->entra->plan->members) {
                        mst_page_members_all(f->page, one->id, length);
                        if (entra_group_members(f->entra, f->page, one->id, length, err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}

/* --- together ----------------------------------------------------------------------------------- */

static int
take_pictures(struct fetch *f, struct mst_error *err)
{
        struct entra_sitter *sitters = mst_arena_alloc(f->entra->scratch, (f->count + 1) * sizeof *sitters);
        size_t count = 0;

        if (sitters == NULL)
                return mst_fail_memory(err, "reading pictures");
        for (size_t i = 0; i < f->count; i++)
                if (f->all[i].place == THERE && f->all[i].sitter.record != NULL)
                        sitters[count++] = f->all[i].sitter;
        return entra_photos_put(f->entra, &f->cursor, f->page, sitters, count, err);
}

static int
prepare(struct fetch *f, const struct mst_ids *ids, struct mst_error *err)
{
        struct entra *entra = f->entra;

        f->count = mst_ids_count(ids);
        f->all = mst_arena_alloc(entra->scratch, (f->count + 1) * sizeof *f->all);
        f->some = mst_arena_alloc(entra->scratch, (f->count + 1) * sizeof *f->some);
        f->ask = mst_arena_printf(entra->scratch, "?$select=%s%s", entra->plan->select_single,
                                  entra->plan->manager ? "&$expand=manager" : "");
        f->ask_group = mst_arena_printf(entra->scratch, "?$select=%s", entra->plan->select_group_single);
        if (f->all == NULL || f->some == NULL || f->ask == NULL || f->ask_group == NULL)
                return mst_fail_memory(err, "reading single users");
        for (size_t i = 0; i < f->count; i++) {
                struct one *one = &f->all[i];

                one->kind = mst_ids_kind_at(ids, i);
                one->id = mst_ids_at(ids, i);
                one->safe = mst_escape_url(entra->scratch, one->id, strlen(one->id));
                if (one->safe == NULL)
                        return mst_fail_memory(err, "reading single users");
        }
        return MST_OK;
}

int
entra_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct entra *entra = self;
        struct fetch f = { .entra = entra, .page = page };
        struct mst_http_many calls = { .size = sizeof calls, .next = fetch_next, .done = fetch_done,
                                       .self = &f };

        mst_arena_reset(entra->scratch);
        mst_http_renew(entra->http);
        entra_kept_close(entra);
        if (entra_plan_make(entra, false, err) != MST_OK || prepare(&f, ids, err) != MST_OK
            || find_members(&f, err) != MST_OK || mst_http_many(entra->http, &calls, err) != MST_OK
            || find_missing(&f, err) != MST_OK || take_pictures(&f, err) != MST_OK
            || tell_rest(&f, err) != MST_OK)
                return err->code;
        entra_kept_close(entra);
        return mst_page_complete(page, NULL, err);
}
