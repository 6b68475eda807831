/* read.c - a round, from page to page.
 *
 *   full round       users (or, restricted, the people of the group), groups
 *   round of changes [people of the group,] users, groups, pictures
 *   without change tracking: the list of users, the list of groups; no cursor at the end
 *
 * Groups are read where rules or maps use them, pictures likewise.  A step tells one page and
 * moves the cursor on; what ends a page or a round is written here.  One refused link costs as
 * much as it must: a page in the middle of a round of changes begins its step once more, and a
 * deltaLink, of users or of groups, the whole round, for only a full round tells who has
 * vanished. */
#include <string.h>

#include "read.h"

void
entra_step_over(struct entra *entra, struct entra_cursor *at)
{
        enum entra_step was = at->step;
        bool groups = entra->plan->groups;

        at->link = (struct entra_link){ 0 };
        entra->again = 0;
        if (was == ENTRA_PEOPLE && at->mode == ENTRA_CHANGES) {
                at->step = ENTRA_USERS;
        } else if ((was == ENTRA_PEOPLE || was == ENTRA_USERS) && groups) {
                at->step = ENTRA_GROUPS;
        } else if (was == ENTRA_LIST && groups) {
                at->step = ENTRA_GROUP_LIST;
        } else if (at->mode == ENTRA_CHANGES && was != ENTRA_PHOTOS && entra_photos_due(entra, at)) {
                at->step = ENTRA_PHOTOS;
        } else {
                if (at->mode == ENTRA_FULL)
                        entra_photos_done(entra, at);
                at->mode = ENTRA_DELTA;
                at->step = was == ENTRA_LIST || was == ENTRA_GROUP_LIST ? ENTRA_LIST : ENTRA_USERS;
        }
}

bool
entra_begin_again(struct entra *entra, struct entra_cursor *at, const struct entra_link *start)
{
        struct entra_problem problem;

        entra_problem_read(entra, entra->reply, &problem);
        if (at->mode != ENTRA_CHANGES || at->link.length == 0 || (start != NULL && start->length == 0)
            || !entra_problem_expired(&problem) || entra->again++ > 0)
                return false;
        mst_host_log(entra->host, MST_LOG_INFO, "Graph has lost its place in this round of changes (%s); it is "
                     "read once more from its start", entra_problem_say(entra, &problem));
        at->link = (struct entra_link){ 0 };
        entra_loop_reset(&entra->loop);
        return true;
}

static int
take_step(struct entra *entra, struct entra_cursor *at, struct mst_page *page, struct mst_error *err)
{
        switch (at->step) {
        case ENTRA_USERS: return entra_step_users(entra, at, page, err);
        case ENTRA_GROUPS: return entra_step_groups(entra, at, page, err);
        case ENTRA_PHOTOS: return entra_step_photos(entra, at, page, err);
        case ENTRA_PEOPLE: return entra_step_people(entra, at, page, err);
        case ENTRA_LIST: return entra_step_list(entra, at, page, err);
        case ENTRA_GROUP_LIST: return entra_step_group_list(entra, at, page, err);
        }
        return mst_fail(err, MST_EINTERNAL, "there is no step '%c'", (char)at->step);
}

/* A round begins: what earlier ones kept and this one does not need is forgotten. */
static void
begin_round(struct entra *entra, struct entra_cursor *at)
{
        mst_http_renew(entra->http);
        entra_loop_reset(&entra->loop);
        entra_kept_close(entra);
        entra->again = 0;
        if (at->mode == ENTRA_DELTA) {
                for (int i = 0; i < ENTRA_ROLLS; i++)
                        entra_kept_forget(entra, (enum entra_which)i, at->kept[i]);
                at->mode = ENTRA_CHANGES;
        }
        at->step = entra_restricted(entra) ? ENTRA_PEOPLE : entra->untracked ? ENTRA_LIST : ENTRA_USERS;
}

/* Only who goes on from where the last page ended finds the memory as it was. */
static int
open_cursor(struct entra *entra, const char *cursor, struct entra_cursor *ret, struct mst_error *err)
{
        if (cursor == NULL) {
                *ret = (struct entra_cursor){ .mode = ENTRA_FULL };
                begin_round(entra, ret);
                return MST_OK;
        }
        if (entra_cursor_parse(entra, cursor, ret, err) != MST_OK)
                return err->code;
        if (ret->mode == ENTRA_DELTA) {
                begin_round(entra, ret);
                return MST_OK;
        }
        if (entra->given != entra_hash(cursor, strlen(cursor)))
                entra_kept_close(entra);
        return MST_OK;
}

static int
end_page(struct entra *entra, struct entra_cursor *at, struct mst_page *page, struct mst_error *err)
{
        bool complete = at->mode == ENTRA_DELTA;
        struct mst_error why = { 0 };
        const char *text;

        if (complete && at->step == ENTRA_LIST)
                return mst_page_complete(page, NULL, err);
        /* Hashes that cannot be kept only cost that pictures are told again. */
        if (complete && entra_kept_save(entra, ENTRA_PICTURES, &at->kept[ENTRA_PICTURES], &why) != MST_OK)
                mst_host_log(entra->host, MST_LOG_WARNING, "%s", why.text);
        text = entra_cursor_write(entra->scratch, at, err);
        if (text == NULL)
                return err->code;
        entra->given = entra_hash(text, strlen(text));
        return complete ? mst_page_complete(page, text, err) : mst_page_more(page, text, err);
}

int
entra_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct entra *entra = self;
        struct entra_cursor at;
        int code;

        mst_arena_reset(entra->scratch);
        if (entra_plan_make(entra, cursor == NULL, err) != MST_OK
            || open_cursor(entra, cursor, &at, err) != MST_OK)
                return err->code;
        code = take_step(entra, &at, page, err);
        if (code == MST_OK)
                code = end_page(entra, &at, page, err);
        /* A run ends here; whoever comes back to this page has patience again. */
        if (code != MST_OK) {
                mst_http_renew(entra->http);
                entra_loop_reset(&entra->loop);
                entra_kept_close(entra);
                entra->again = 0;
        }
        return code;
}
