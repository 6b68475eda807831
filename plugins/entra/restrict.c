/* restrict.c - restrict-to-group: only the people of one group, direct members and those of
 * groups in it, are read.
 *
 *   full round     the place of users/delta first ("from now on"), then the watch, then the list of
 *                  members, who are told whole; so whatever changes meanwhile comes with the next round
 *   later rounds   the watch tells whether anybody may have come or left.  If so, the ids are
 *                  listed and compared with the roll: who came is read and told whole, who left
 *                  is told as outside, once a look at him shows that he was not deleted.  Then
 *                  come the changes, only of who is in the roll (users.c).
 *
 * Who is deleted is in no list, and is a member again when he is restored, of which the watch knows
 * nothing.  Members who are deleted later stay in the roll; of those who are deleted when a full
 * round begins the ids are kept as away, and when one of them comes back the next round compares.
 *
 * The roll is kept before a cursor names it.  Many who came at once are told in several pages,
 * each of which lists anew.  The list of a full round has no lasting place: another process
 * begins it again. */
#include <string.h>

#include "read.h"

enum { AT_ONCE = 1000, CHUNK = 100, RESTARTS = 2 };

bool
entra_restricted(const struct entra *entra)
{
        return entra->config->restrict_to_group != NULL && entra->config->restrict_to_group[0] != '\0';
}

/* --- the group's id --------------------------------------------------------------------------- */

bool
entra_is_guid(const char *id, size_t length)
{
        return length == 36 && strspn(id, "0123456789abcdef-") >= 36;
}

static bool
is_guid(const char *text)
{
        return strlen(text) == 36 && strspn(text, "0123456789abcdefABCDEF-") == 36;
}

struct named {
        struct entra *entra;
        const char *first;
        size_t count;
};

static int
add_named(void *self, const struct entra_item *item, struct mst_error *err)
{
        struct named *n = self;

        (void)err;
        if (n->count++ == 0)
                n->first = mst_arena_strndup(n->entra->scratch, item->id, item->id_length);
        return MST_OK;
}

/* 'O''Neill', escaped for its place. */
static const char *
quoted(struct entra *entra, const char *name)
{
        size_t length = strlen(name), n = 0;
        char *twice = mst_arena_alloc(entra->scratch, 2 * length + 1);

        if (twice == NULL)
                return NULL;
        for (size_t i = 0; i < length; i++) {
                if (name[i] == '\'')
                        twice[n++] = '\'';
                twice[n++] = name[i];
        }
        return mst_escape_url(entra->scratch, twice, n);
}

static int
find_by_name(struct entra *entra, struct mst_error *err)
{
        const char *name = entra->config->restrict_to_group, *safe = quoted(entra, name);
        struct entra_ask ask = { .doing = "looking for the group of restrict-to-group", .things = "groups" };
        struct named named = { .entra = entra };
        int code;

        if (safe != NULL)
                ask.url = mst_arena_printf(entra->scratch, "%s/groups?$select=id&$filter=displayName%%20eq%%20'%s'",
                                           entra->base, safe);
        if (ask.url == NULL)
                return mst_fail_memory(err, ask.doing);
        ask.length = strlen(ask.url);
        code = entra_page_each(entra, &ask, add_named, &named, err);
        if (code == MST_END)
                return entra_page_refused(entra, &ask, false, ENTRA_NEEDS_GROUPS, err);
        if (code != MST_OK)
                return code;
        if (named.count == 0)
                return mst_fail(err, MST_ECONFIG, "restrict-to-group: the tenant has no group that is called "
                                "'%.200s'; name it by its object id", name);
        if (named.count > 1)
                return mst_fail(err, MST_ECONFIG, "restrict-to-group: the tenant has %zu groups that are called "
                                "'%.200s'; name the right one by its object id", named.count, name);
        if (named.first != NULL && !entra_is_guid(named.first, strlen(named.first)))
                return mst_fail(err, MST_EINTERNAL, "restrict-to-group: Graph gives the group '%.200s' an id that is no "
                                "GUID", name);
        entra->group_id = named.first != NULL ? mst_arena_strdup(entra->arena, named.first) : NULL;
        return entra->group_id != NULL ? MST_OK : mst_fail_memory(err, ask.doing);
}

int
entra_restrict_id(struct entra *entra, const char **ret, struct mst_error *err)
{
        const char *name = entra->config->restrict_to_group;

        if (entra->group_id == NULL && is_guid(name)) {
                entra->group_id = mst_arena_strdup(entra->arena, name);
                for (char *c = entra->group_id; c != NULL && *c != '\0'; c++)
                        if (*c >= 'A' && *c <= 'F')
                                *c = (char)(*c + 32);
                if (entra->group_id == NULL)
                        return mst_fail_memory(err, "naming a group");
        } else if (entra->group_id == NULL && find_by_name(entra, err) != MST_OK) {
                return err->code;
        }
        *ret = entra->group_id;
        return MST_OK;
}

/* --- listing ---------------------------------------------------------------------------------- */

static const char *
list_url(struct entra *entra, const char *group, const char *select)
{
        return mst_arena_printf(entra->scratch, "%s/groups/%s/transitiveMembers/microsoft.graph.user?$count=true"
                                "&$select=%s&$top=%d", entra->base, group, select,
                                entra->plan->photo != NULL || entra->plan->manager ? 200 : 999);
}

int
entra_restrict_refused(struct entra *entra, const struct entra_ask *ask, struct mst_error *err)
{
        struct entra_problem problem;

        entra_problem_read(entra, entra->reply, &problem);
        if (problem.status == 404)
                return mst_fail(err, MST_ECONFIG, "restrict-to-group: the group '%.200s' is not there any more "
                                "(%s); nobody is read and nobody is removed until it is back or another one is "
                                "named", entra->config->restrict_to_group, entra_problem_say(entra, &problem));
        return entra_problem_fail(entra, &problem, ask->doing, ENTRA_NEEDS_GROUPS " and " ENTRA_NEEDS_USERS, err);
}

static int
add_member(void *self, const struct entra_item *item, struct mst_error *err)
{
        struct entra_roll *roll = self;

        return entra_roll_put(roll, item->id, item->id_length, 0) ? MST_OK
                : mst_fail_memory(err, "reading the members of a group");
}

/* Everybody's id, into 'roll'. */
static int
list_ids(struct entra *entra, const char *group, struct entra_roll *roll, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "reading the members of a group", .things = "members", .advanced = true };
        int code;

        ask.url = mst_arena_printf(entra->scratch, "%s/groups/%s/transitiveMembers/microsoft.graph.user?$count=true"
                                   "&$select=id&$top=999", entra->base, group);
        if (ask.url == NULL)
                return mst_fail_memory(err, ask.doing);
        ask.length = strlen(ask.url);
        code = entra_page_each(entra, &ask, add_member, roll, err);
        return code == MST_END ? entra_restrict_refused(entra, &ask, err) : code;
}

/* --- a full round ----------------------------------------------------------------------------- */

/* The deltaLink of users from now on; none on a tenant without change tracking. */
static int
users_from_now(struct entra *entra, struct entra_link *ret, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "reading users", .things = "users" };
        struct entra_found found;
        int code;

        ask.url = mst_arena_printf(entra->scratch, "%s/users/delta?$select=%s&$deltatoken=latest", entra->base,
                                   entra->plan->select);
        if (ask.url == NULL)
                return mst_fail_memory(err, ask.doing);
        ask.length = strlen(ask.url);
        do {
                code = entra_page_get(entra, &ask, &found, err);
                if (code == MST_END && entra_no_tracking(entra))
                        return MST_OK;
                if (code == MST_END)
                        return entra_page_refused(entra, &ask, false, ENTRA_NEEDS_USERS, err);
                if (code != MST_OK || entra_page_link(entra, &ask, &found, err) != MST_OK)
                        return err->code;
                ask.url = found.next;
                ask.length = found.next_length;
        } while (found.next != NULL);
        *ret = (struct entra_link){ found.delta, found.delta_length };
        return MST_OK;
}

struct joiners {
        struct entra *entra;
        struct entra_roll *roll;
        const struct entra_link *ids;        /* of the chunk                           */
        size_t told, failed;
};

static int
told_joiner(void *self, size_t index, int status, struct mst_error *err)
{
        struct joiners *j = self;

        if (status != 200) {
                j->failed++;
                return MST_OK;
        }
        if (!entra_roll_put(j->roll, j->ids[index].text, j->ids[index].length, 0))
                return mst_fail_memory(err, "reading who has joined a group");
        entra_kept_touch(j->entra, ENTRA_MEMBERS);
        j->told++;
        return MST_OK;
}

/* The list cannot expand managers: with them, each is read for himself.  Who cannot be read
 * yet is no member yet: the next round compares. */
static int
tell_listed(struct entra *entra, struct entra_cursor *at, const struct entra_found *found, struct mst_page *page,
            struct mst_error *err)
{
        const char *body = mst_http_content(entra->reply, NULL);
        struct entra_sitter *sitters = mst_arena_alloc(entra->scratch, (found->count + 1) * sizeof *sitters);
        struct entra_link *ids = mst_arena_alloc(entra->scratch, (found->count + 1) * sizeof *ids);
        struct joiners j = { .entra = entra, .roll = entra->kept[ENTRA_MEMBERS].roll, .ids = ids };
        size_t count = 0;

        if (sitters == NULL || ids == NULL)
                return mst_fail_memory(err, "reading the members of a group");
        for (size_t i = 0; i < found->count; i++) {
                const struct entra_item *item = &found->items[i];

                if (item->bad != NULL) {
                        entra_page_bad(page, item, "user", i);
                        continue;
                }
                ids[count] = (struct entra_link){ item->id, item->id_length };
                sitters[count++] = (struct entra_sitter){ item->id, item->id_length, NULL, true };
                if (entra->plan->manager)
                        continue;
                if (!entra_roll_put(j.roll, item->id, item->id_length, 0))
                        return mst_fail_memory(err, "reading the members of a group");
                sitters[count - 1].record = mst_page_whole(page, MST_USER, item->id, item->id_length);
                mst_json_start(entra->item, body + item->offset, item->size);
                entra_person_fill(entra, entra->item, sitters[count - 1].record);
        }
        if (entra->plan->manager) {
                if (entra_users_whole(entra, at, page, ids, count, told_joiner, &j, err) != MST_OK)
                        return err->code;
                entra->later = entra->later || j.failed > 0;
                return MST_OK;
        }
        return entra_photos_put(entra, at, page, sitters, count, err);
}

struct deleted {
        struct entra *entra;
        struct entra_roll *away;
};

static int
add_deleted(void *self, const struct entra_item *item, struct mst_error *err)
{
        struct deleted *d = self;

        if (!entra_roll_put(d->away, item->id, item->id_length, 0))
                return mst_fail_memory(err, "reading deleted users");
        entra_kept_touch(d->entra, ENTRA_AWAY);
        return MST_OK;
}

/* The ids of all deleted users.  Without the right to them, who is restored is only noticed
 * when the members are compared for another reason. */
static int
list_deleted(struct entra *entra, struct entra_cursor *at, struct mst_error *err)
{
        struct entra_ask ask = { .doing = "reading deleted users", .things = "users" };
        struct deleted d = { .entra = entra };
        struct entra_problem problem;
        int code;

        ask.url = mst_arena_printf(entra->scratch, "%s/directory/deletedItems/microsoft.graph.user?$select=id&$top=999",
                                   entra->base);
        if (ask.url == NULL)
                return mst_fail_memory(err, ask.doing);
        ask.length = strlen(ask.url);
        if (entra_kept_open(entra, ENTRA_AWAY, at->kept[ENTRA_AWAY], &d.away, err) != MST_OK)
                return err->code;
        code = entra_page_each(entra, &ask, add_deleted, &d, err);
        if (code == MST_END) {
                entra_problem_read(entra, entra->reply, &problem);
                mst_host_log(entra->host, MST_LOG_WARNING, "who of the group is deleted and may be restored cannot be "
                             "read: %s", entra_problem_say(entra, &problem));
                code = MST_OK;
        }
        return code == MST_OK ? entra_kept_save(entra, ENTRA_AWAY, &at->kept[ENTRA_AWAY], err) : code;
}

static int
begin_list(struct entra *entra, struct entra_cursor *at, const char *group, struct mst_error *err)
{
        struct entra_roll *roll;

        if (at->users.length == 0 && !entra->untracked && users_from_now(entra, &at->users, err) != MST_OK)
                return err->code;
        if (at->users.length > 0
            && (list_deleted(entra, at, err) != MST_OK || entra_watch_start(entra, at, group, err) != MST_OK))
                return err->code;
        roll = entra_roll_new();
        if (roll == NULL)
                return mst_fail_memory(err, "reading the members of a group");
        entra_kept_replace(entra, ENTRA_MEMBERS, roll);
        entra_loop_reset(&entra->loop);
        entra->later = false;
        entra->listing = true;
        return MST_OK;
}

/* The pages of a list lose their place now and then. */
static bool
list_again(struct entra *entra, struct entra_cursor *at)
{
        struct entra_problem problem;

        entra_problem_read(entra, entra->reply, &problem);
        if (at->link.length == 0 || !entra_problem_expired(&problem) || entra->again++ >= RESTARTS)
                return false;
        mst_host_log(entra->host, MST_LOG_INFO, "Graph has lost its place in the list of members (%s); it is read "
                     "once more from its start", entra_problem_say(entra, &problem));
        entra->listing = false;
        return true;
}

static int
full_page(struct entra *entra, struct entra_cursor *at, const char *group, struct mst_page *page,
          struct mst_error *err)
{
        struct entra_ask ask = { .doing = "reading the members of a group", .things = "members", .list = true,
                                 .advanced = true };
        struct entra_found found;
        int code;

        if (!entra->listing) {
                at->link = (struct entra_link){ 0 };
                if (begin_list(entra, at, group, err) != MST_OK)
                        return err->code;
        }
        ask.url = at->link.length > 0 ? at->link.text
                : list_url(entra, group, entra->plan->manager ? "id" : entra->plan->select_single);
        if (ask.url == NULL)
                return mst_fail_memory(err, ask.doing);
        ask.length = at->link.length > 0 ? at->link.length : strlen(ask.url);
        code = entra_page_get(entra, &ask, &found, err);
        if (code == MST_END && list_again(entra, at))
                return full_page(entra, at, group, page, err);
        if (code == MST_END)
                return entra_restrict_refused(entra, &ask, err);
        if (code != MST_OK || entra_page_link(entra, &ask, &found, err) != MST_OK
            || tell_listed(entra, at, &found, page, err) != MST_OK)
                return err->code;
        if (found.next != NULL) {
                at->link = (struct entra_link){ found.next, found.next_length };
                return MST_OK;
        }
        entra->listing = false;
        if (entra->later)
                at->watch = (struct entra_link){ 0 };
        if (entra_kept_save(entra, ENTRA_MEMBERS, &at->kept[ENTRA_MEMBERS], err) != MST_OK)
                return mst_wrap(err, "restrict-to-group");
        if (at->users.length == 0)
                at->step = ENTRA_LIST;               /* nothing is tracked: no cursor follows */
        entra_step_over(entra, at);
        return MST_OK;
}

/* --- later rounds ------------------------------------------------------------------------------ */

struct leavers {
        struct entra *entra;
        struct entra_roll *roll;
        struct mst_page *page;
        const struct entra_link *ids;
        struct entra_link *gone;             /* 404: deleted, or not to be seen        */
        size_t gone_count;
};

static const char *
leaver_url(void *self, size_t index)
{
        struct leavers *l = self;
        char *safe = mst_escape_url(l->entra->scratch, l->ids[index].text, l->ids[index].length);

        return safe != NULL ? mst_arena_printf(l->entra->scratch, "/users/%s?$select=id", safe) : NULL;
}

static int
judge_leaver(void *self, size_t index, const struct entra_part *part, struct mst_error *err)
{
        struct leavers *l = self;
        const struct entra_link *id = &l->ids[index];

        (void)err;
        if (part->status == 200) {
                mst_page_outside(l->page, MST_USER, id->text, id->length);
                entra_roll_drop(l->roll, id->text, id->length);
                entra_kept_touch(l->entra, ENTRA_MEMBERS);
        } else if (part->status == 404) {
                l->gone[l->gone_count++] = *id;
        }
        return MST_OK;
}

static const char *
deleted_url(void *self, size_t index)
{
        struct leavers *l = self;
        char *safe = mst_escape_url(l->entra->scratch, l->gone[index].text, l->gone[index].length);

        return safe != NULL ? mst_arena_printf(l->entra->scratch, "/directory/deletedItems/%s?$select=id", safe)
                : NULL;
}

/* Whom deletedItems does not know either leaves the roll; users/delta tells of him. */
static int
judge_deleted(void *self, size_t index, const struct entra_part *part, struct mst_error *err)
{
        struct leavers *l = self;

        (void)err;
        if (part->status == 404) {
                mst_page_gone(l->page, MST_USER, l->gone[index].text, l->gone[index].length, MST_GONE_HARD);
                entra_roll_drop(l->roll, l->gone[index].text, l->gone[index].length);
                entra_kept_touch(l->entra, ENTRA_MEMBERS);
        }
        return MST_OK;
}

/* Who is in 'of' and not in 'than', as an array. */
static struct entra_link *
more(struct entra *entra, const struct entra_roll *of, const struct entra_roll *than, size_t *count)
{
        struct entra_link *list = NULL;
        const char *id;
        size_t at = 0, length, room = 0;

        *count = 0;
        while ((id = entra_roll_next(of, &at, &length)) != NULL) {
                if (entra_roll_has(than, id, length, NULL))
                        continue;
                if (*count == room) {
                        struct entra_link *larger;

                        room = room == 0 ? 64 : room * 2;
                        larger = mst_arena_alloc(entra->scratch, room * sizeof *larger);
                        if (larger == NULL)
                                return NULL;
                        if (*count > 0)
                                memcpy(larger, list, *count * sizeof *larger);
                        list = larger;
                }
                list[(*count)++] = (struct entra_link){ id, length };
        }
        return list != NULL ? list : mst_arena_alloc(entra->scratch, sizeof *list);
}

static int
tell_leavers(struct entra *entra, struct entra_roll *roll, const struct entra_roll *now, struct mst_page *page,
             struct mst_error *err)
{
        struct leavers l = { .entra = entra, .roll = roll, .page = page };
        struct entra_batch batch = { .url = leaver_url, .tell = judge_leaver, .self = &l,
                                     .doing = "looking who has left a group" };

        l.ids = more(entra, roll, now, &batch.count);
        l.gone = l.ids != NULL ? mst_arena_alloc(entra->scratch, (batch.count + 1) * sizeof *l.gone) : NULL;
        if (l.gone == NULL)
                return mst_fail_memory(err, batch.doing);
        if (entra_batch_do(entra, &batch, err) != MST_OK)
                return err->code;
        batch.count = l.gone_count;
        batch.url = deleted_url;
        batch.tell = judge_deleted;
        return entra_batch_do(entra, &batch, err);
}

/* '*left': there are more than a page should hold; '*later': some cannot be read yet. */
static int
tell_joiners(struct entra *entra, struct entra_cursor *at, struct entra_roll *roll, const struct entra_roll *now,
             struct mst_page *page, bool *left, bool *later, struct mst_error *err)
{
        struct joiners j = { .entra = entra, .roll = roll };
        size_t count, done = 0;
        const struct entra_link *all = more(entra, now, roll, &count);

        if (all == NULL)
                return mst_fail_memory(err, "reading who has joined a group");
        while (done < count && j.told < AT_ONCE) {
                size_t some = count - done < CHUNK ? count - done : CHUNK;

                j.ids = all + done;
                if (entra_users_whole(entra, at, page, j.ids, some, told_joiner, &j, err) != MST_OK)
                        return err->code;
                done += some;
        }
        *left = done < count;
        *later = j.failed > 0;
        return MST_OK;
}

static int
compare(struct entra *entra, struct entra_cursor *at, const char *group, struct mst_page *page, bool *left,
        struct mst_error *err)
{
        struct entra_roll *roll, *now = entra_roll_new();
        bool later = false;
        int code = now != NULL ? entra_kept_open(entra, ENTRA_MEMBERS, at->kept[ENTRA_MEMBERS], &roll, err)
                : mst_fail_memory(err, "reading the members of a group");

        if (code == MST_ENOTFOUND)
                code = mst_fail(err, MST_EEXPIRED, "it is not known any more who was a member of the group that "
                                "restrict-to-group names; everybody has to be read again");
        if (code == MST_OK)
                code = entra_watch_start(entra, at, group, err);
        if (code == MST_OK)
                code = list_ids(entra, group, now, err);
        if (code == MST_OK)
                code = tell_leavers(entra, roll, now, page, err);
        if (code == MST_OK)
                code = tell_joiners(entra, at, roll, now, page, left, &later, err);
        if (code == MST_OK)
                code = entra_kept_save(entra, ENTRA_MEMBERS, &at->kept[ENTRA_MEMBERS], err);
        entra_roll_free(now);
        /* The next look compares again. */
        if (*left || later)
                at->watch = (struct entra_link){ 0 };
        return code;
}

int
entra_step_people(struct entra *entra, struct entra_cursor *at, struct mst_page *page, struct mst_error *err)
{
        const char *group = at->group.length > 0
                ? mst_arena_strndup(entra->scratch, at->group.text, at->group.length) : NULL;
        bool changed = false, left = false;

        if (group == NULL && entra_restrict_id(entra, &group, err) != MST_OK)
                return err->code;
        at->group = (struct entra_link){ group, strlen(group) };
        if (at->mode == ENTRA_FULL)
                return full_page(entra, at, group, page, err);
        if (entra_watch_look(entra, at, &changed, err) != MST_OK
            || (changed && compare(entra, at, group, page, &left, err) != MST_OK))
                return err->code;
        if (!left)
                entra_step_over(entra, at);
        return MST_OK;
}
