/* users.c - the step that reads users/delta, and single people as a whole.
 *
 * In a full round a record is whole: what is absent has no value.  In a round that began
 * with a deltaLink it is a patch: absent is unchanged, null is cleared.  The mode travels in
 * the cursor, so that a round that is resumed by another process keeps it.
 *
 * Where the source is restricted to a group, only its members are told; who is deleted stays
 * in the roll of members, for he is one again when he is restored. */
#include <string.h>

#include "read.h"

static const char *
first_url(struct entra *entra)
{
        return mst_arena_printf(entra->scratch, "%s/users/delta?$select=%s", entra->base,
                                entra->plan->select);
}

/* Those who were deleted when the roll of members was made: see restrict.c. */
static int
open_away(struct entra *entra, const struct entra_cursor *at, struct entra_roll **ret, struct mst_error *err)
{
        int code = entra_kept_open(entra, ENTRA_AWAY, at->kept[ENTRA_AWAY], ret, err);

        if (code == MST_ENOTFOUND) {
                *err = (struct mst_error){ 0 };
                code = entra_kept_open(entra, ENTRA_AWAY, 0, ret, err);
        }
        return code;
}

/* One of them is restored: the next round compares the members. */
static int
look_again(struct entra *entra, struct entra_cursor *at, struct mst_error *err)
{
        at->watch = (struct entra_link){ 0 };
        entra_kept_touch(entra, ENTRA_AWAY);
        return entra_kept_save(entra, ENTRA_AWAY, &at->kept[ENTRA_AWAY], err);
}

/* Tells what the page holds and asks for the pictures of those it tells. */
static int
tell(struct entra *entra, struct entra_cursor *at, const struct entra_found *found,
     const struct entra_roll *only, struct mst_page *page, struct mst_error *err)
{
        const char *body = mst_http_content(entra->reply, NULL);
        struct entra_sitter *sitters = mst_arena_alloc(entra->scratch, (found->count + 1) * sizeof *sitters);
        bool whole = at->mode == ENTRA_FULL, back = false;
        struct entra_roll *away = NULL;
        size_t count = 0;

        if (sitters == NULL)
                return mst_fail_memory(err, "reading users");
        if (only != NULL && open_away(entra, at, &away, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < found->count; i++) {
                const struct entra_item *item = &found->items[i];
                struct mst_record *record;

                if (item->bad != NULL) {
                        entra_page_bad(page, item, "user", i);
                        continue;
                }
                if (only != NULL && !entra_roll_has(only, item->id, item->id_length, NULL)) {
                        back = back || (item->gone == 0 && entra_roll_drop(away, item->id, item->id_length));
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
                sitters[count++] = (struct entra_sitter){ item->id, item->id_length, record, whole };
        }
        if (back && look_again(entra, at, err) != MST_OK)
                return err->code;
        return entra_photos_put(entra, at, page, sitters, count, err);
}

/* The roll of members, where there is one. */
static int
open_members(struct entra *entra, const struct entra_cursor *at, struct entra_roll **ret,
             struct mst_error *err)
{
        *ret = NULL;
        if (!entra_restricted(entra))
                return MST_OK;
        if (entra_kept_open(entra, ENTRA_MEMBERS, at->kept[ENTRA_MEMBERS], ret, err) == MST_ENOTFOUND) {
                char why[200];

                memcpy(why, err->text, sizeof why - 1);
                why[sizeof why - 1] = '\0';
                return mst_fail(err, MST_EEXPIRED, "reading users: it is not known any more who was a member of "
                                "the group that restrict-to-group names (%s); everybody has to be read again",
                                why);
        }
        return *ret != NULL ? MST_OK : err->code;
}

/* On a tenant without change tracking the very first request says so. */
bool
entra_no_tracking(struct entra *entra)
{
        struct entra_problem problem;

        entra_problem_read(entra, entra->reply, &problem);
        if (problem.status != 400 || !entra_problem_has(&problem, "Request_UnsupportedQuery"))
                return false;
        mst_host_log(entra->host, MST_LOG_WARNING, "this tenant has no change tracking (%s); everybody is listed "
                     "in each run", entra_problem_say(entra, &problem));
        entra->untracked = true;
        return true;
}

int
entra_step_users(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                 struct mst_error *err)
{
        bool begins = at->link.length == 0, first = begins && at->mode == ENTRA_FULL;
        const char *url = first ? first_url(entra) : begins ? at->users.text : at->link.text;
        struct entra_ask ask = { .url = url, .doing = "reading users", .things = "users" };
        struct entra_roll *only;
        struct entra_found found;
        int code;

        if (url == NULL)
                return mst_fail_memory(err, "reading users");
        ask.length = first ? strlen(url) : begins ? at->users.length : at->link.length;
        if (open_members(entra, at, &only, err) != MST_OK)
                return err->code;
        code = entra_page_get(entra, &ask, &found, err);
        if (code == MST_END && entra_begin_again(entra, at, &at->users))
                return entra_step_users(entra, at, page, err);
        if (code == MST_END && first && entra_no_tracking(entra)) {
                at->step = ENTRA_LIST;
                return entra_step_list(entra, at, page, err);
        }
        if (code == MST_END)
                return entra_page_refused(entra, &ask, !first, ENTRA_NEEDS_USERS, err);
        if (code != MST_OK || entra_page_link(entra, &ask, &found, err) != MST_OK
            || tell(entra, at, &found, only, page, err) != MST_OK)
                return err->code;
        if (found.next != NULL) {
                at->link = (struct entra_link){ found.next, found.next_length };
                return MST_OK;
        }
        at->users = (struct entra_link){ found.delta, found.delta_length };
        entra_step_over(entra, at);
        return MST_OK;
}

/* --- single people, as a whole --------------------------------------------------------------- */

struct wholes {
        struct entra *entra;
        struct mst_page *page;
        const struct entra_link *ids;
        struct entra_sitter *sitters;
        size_t sitting;
        entra_told *told;
        void *self;
};

static const char *
whole_url(void *self, size_t index)
{
        struct wholes *w = self;
        struct entra *entra = w->entra;
        char *safe = mst_escape_url(entra->scratch, w->ids[index].text, w->ids[index].length);

        if (safe == NULL)
                return NULL;
        return mst_arena_printf(entra->scratch, "/users/%s?$select=%s%s", safe, entra->plan->select_single,
                                entra->plan->manager ? "&$expand=manager" : "");
}

static bool
is_about(struct entra *entra, const struct entra_part *part, const struct entra_link *id)
{
        const char *name, *got = NULL;
        size_t length, got_length = 0;

        mst_json_start(entra->item, part->body, part->size);
        if (mst_json_enter_object(entra->item))
                while (mst_json_member(entra->item, &name, &length))
                        if (length == 2 && memcmp(name, "id", 2) == 0
                            && mst_json_text(entra->item, entra->scratch, &got, &got_length) != MST_JSON_OK)
                                got = NULL;
        return mst_json_finish(entra->item) && got != NULL && got_length == id->length
                && memcmp(got, id->text, got_length) == 0;
}

static int
tell_whole(void *self, size_t index, const struct entra_part *part, struct mst_error *err)
{
        struct wholes *w = self;
        struct entra *entra = w->entra;
        const struct entra_link *id = &w->ids[index];
        struct entra_problem problem;
        int status = part->status;

        if (status == 200 && is_about(entra, part, id)) {
                struct mst_record *record = mst_page_whole(w->page, MST_USER, id->text, id->length);

                mst_json_start(entra->item, part->body, part->size);
                entra_person_fill(entra, entra->item, record);
                w->sitters[w->sitting++] = (struct entra_sitter){ id->text, id->length, record, true };
        } else if (status == 200) {
                status = 0;                          /* about somebody else: no answer */
        } else if (status == 401 || status == 403) {
                entra_part_problem(entra, part, &problem);
                return entra_problem_fail(entra, &problem, "reading single users", ENTRA_NEEDS_USERS, err);
        }
        return w->told(w->self, index, status, err);
}

int
entra_users_whole(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                  const struct entra_link *ids, size_t count, entra_told *told, void *self,
                  struct mst_error *err)
{
        struct wholes w = { .entra = entra, .page = page, .ids = ids, .told = told, .self = self };
        struct entra_batch batch = { .count = count, .url = whole_url, .tell = tell_whole, .self = &w,
                                     .doing = "reading single users" };

        w.sitters = mst_arena_alloc(entra->scratch, (count + 1) * sizeof *w.sitters);
        if (w.sitters == NULL)
                return mst_fail_memory(err, "reading single users");
        if (entra_batch_do(entra, &batch, err) != MST_OK)
                return err->code;
        return entra_photos_put(entra, at, page, w.sitters, w.sitting, err);
}
