/* SPDX-License-Identifier: Apache-2.0
 *
 * groups.c - groups: flat, below others, and broadcast.
 *
 * Names are not unique in the service, so a group is known by its id, and none is made
 * while another one of its name can be seen: after a lost answer the one of that name is
 * ours.  No call renames or deletes a group; the first is refused with what to do, the
 * second empties it, takes it from its parents and leaves the rest to the admin. */
#include <stdio.h>
#include <string.h>

#include "kaizala.h"

/* ---- reading ---- */

int
kzl_groups(struct kzl *k, struct mst_error *err)
{
        const struct mst_value **all;
        size_t count;

        if (k->groups != NULL)
                return MST_OK;
        k->group_count = 0;
        if (mst_rest_whole(k->rest, "groups", &all, &count, err,
                           "/v1/groups?fetchAllGroups=true&showDetail=true&showDetails=true") != MST_OK)
                return err->code;
        k->groups = mst_arena_alloc(mst_rest_arena(k->rest), count * sizeof *k->groups);
        if (k->groups == NULL)
                return mst_fail_memory(err, "listing groups");
        for (size_t i = 0; i < count; i++)
                k->groups[k->group_count++] = (struct kzl_group){
                        .id = mst_value_find_text(all[i], "groupId"), .name = mst_value_find_text(all[i], "groupName"),
                        .connect = strcmp(mst_value_find_text(all[i], "groupType"), "ConnectGroup") == 0,
                        .below = mst_value_find_bool(all[i], "hasParentGroups"),
                        .ours = mst_value_find(all[i], "isMappedToTenant") == NULL || mst_value_find_bool(all[i], "isMappedToTenant"),
                };
        return MST_OK;
}

static struct kzl_group *
group_of(struct kzl *k, const char *id)
{
        for (size_t i = 0; i < k->group_count; i++)
                if (strcmp(k->groups[i].id, id) == 0)
                        return &k->groups[i];
        return NULL;
}

/* How many groups have that name; one of them in '*ret'. */
static size_t
named(struct kzl *k, const char *name, struct kzl_group **ret)
{
        size_t n = 0;

        for (size_t i = 0; i < k->group_count; i++)
                if (strcmp(k->groups[i].name, name) == 0) {
                        *ret = &k->groups[i];
                        n++;
                }
        return n;
}

/* ---- creating ---- */

/* It is not the group of the op that was not found. */
static enum mst_outcome
trouble(const struct kzl *k, int code)
{
        return code == MST_ENOTFOUND ? MST_REFUSED : mst_rest_outcome(k->rest, code, false);
}

/* Both spellings where the sources differ: name and groupName. */
static void
write_create(struct kzl *k, const struct mst_op *op, bool connect, bool with_members)
{
        const char *name = mst_op_text(op, "name"), *welcome = mst_op_text(op, "welcomeMessage");
        struct mst_json_out *out = mst_rest_body(k->rest);
        size_t count = 0;
        const char **phones = with_members ? mst_op_members(op, MST_USER, true, mst_rest_arena(k->rest), &count) : NULL;

        mst_json_out_object(out);
        mst_json_out_member(out, "name", name);
        mst_json_out_member(out, "groupName", name);
        mst_json_out_member(out, "welcomeMessage", welcome[0] != '\0' ? welcome : "Welcome");
        mst_json_out_member(out, "groupType", connect ? "ConnectGroup" : "Group");
        mst_json_out_texts(out, "members", phones, phones != NULL ? count : 0);
        mst_json_out_end(out);
}

/* With a group token the call makes a sub-group [D: FAQ 4], which is seen once. */
static int
check_reach(struct kzl *k, const char *id, const char *name, struct mst_error *err)
{
        struct kzl_group *g;

        if (k->reach_known)
                return MST_OK;
        k->groups = NULL;
        if (kzl_groups(k, err) != MST_OK)
                return err->code;
        k->reach_known = true;
        g = group_of(k, id);
        if (g == NULL || !g->below)
                return MST_OK;
        return mst_fail(err, MST_EPERM, "the group '%s' was made below another one: the refresh token is a group token; put the user "
                        "token of an organisation admin into refresh-token, and delete that group in the app", name);
}

/* The group that 'parent' names, by id or name; NULL with an error. */
static struct kzl_group *
parent_of(struct kzl *k, const char *parent, struct mst_error *why)
{
        struct kzl_group *g = group_of(k, parent);

        if (g == NULL && named(k, parent, &g) != 1) {
                mst_fail(why, MST_EREFUSED, "there is not exactly one group called '%.100s', which is to be its parent; map parent to "
                         "its id", parent);
                return NULL;
        }
        return g;
}

/* The group is made whatever becomes of them: who could not join is tried again, or told. */
static void
first_members(struct kzl *k, struct mst_op *op, const struct kzl_group *made, bool added, struct mst_error *why)
{
        enum mst_outcome outcome = kzl_members_op(k, op, made, added, why);

        if (outcome != MST_DONE)
                mst_op_members_settle(op, outcome == MST_RETRY ? MST_RETRY : MST_REFUSED, why->text);
        if (outcome != MST_DONE)
                mst_host_log(k->host, MST_LOG_WARNING, "the group '%s' was made, and not all of what belongs to it: %s", made->name,
                             why->text);
        *why = (struct mst_error){ 0 };
}

/* None is made while another one of that name can be seen. */
static bool
is_taken(struct kzl *k, struct mst_op *op, const char *name, struct mst_error *why)
{
        struct kzl_group *same = NULL;

        if (named(k, name, &same) == 0)
                return false;
        mst_op_set_object(op, same->id, same->name, NULL);
        mst_fail(why, MST_EREFUSED, "there is a group called '%.100s' already (%s), and it is not ours: give one of the two another "
                 "name", name, same->id);
        return true;
}

/* The call that makes it; what it answers, or an outcome of its own. */
static enum mst_outcome
make(struct kzl *k, struct mst_op *op, const struct kzl_group *above, struct kzl_group *made, bool *all, struct mst_error *why)
{
        const struct mst_value *answer;
        bool members = !made->connect || k->config->broadcast == KZL_MEMBERS;
        int code;

        write_create(k, op, made->connect, members);
        code = mst_rest_call(k->rest, &answer, why, "POST", above != NULL ? "/v1/groups/%s/subGroups" : "/v1/groups",
                             above != NULL ? mst_rest_escape(k->rest, above->id) : "");
        made->id = mst_value_find_text(answer, "groupId");
        *all = members && mst_value_find_bool(answer, "membersAdded");
        if (code == MST_OK && made->id[0] == '\0') {
                mst_fail(why, MST_ENET, "the answer to a new group has no groupId");
                return MST_UNKNOWN;
        }
        return mst_rest_outcome(k->rest, code, true);
}

static enum mst_outcome
create(struct kzl *k, struct mst_op *op, struct mst_error *why)
{
        const char *parent = mst_op_text(op, "parent");
        struct kzl_group made = { .name = mst_op_text(op, "name"), .ours = true }, *above = NULL;
        enum mst_outcome outcome;
        bool all;

        made.connect = strcmp(mst_op_text(op, "groupType"), "ConnectGroup") == 0;
        if (is_taken(k, op, made.name, why))
                return MST_DUPLICATE;
        if (parent[0] != '\0' && (above = parent_of(k, parent, why)) == NULL)
                return MST_REFUSED;
        outcome = make(k, op, above, &made, &all, why);
        if (outcome != MST_DONE)
                return outcome;
        mst_op_set_object(op, made.id, made.name, NULL);
        if (above == NULL && check_reach(k, made.id, made.name, why) != MST_OK && why->code == MST_EPERM) {
                mst_op_members_settle(op, MST_RETRY, why->text);
                return MST_DONE;             /* what is wrong ends the call */
        }
        *why = (struct mst_error){ 0 };
        k->groups = NULL;
        first_members(k, op, &made, all, why);
        return MST_DONE;
}

/* ---- changing ---- */

static int
attach(struct kzl *k, const char *parent, const char *child, struct mst_error *err)
{
        mst_rest_body_texts(k->rest, "subGroups", &child, 1);
        return mst_rest_call(k->rest, NULL, err, "PUT", "/v1/groups/%s/subGroups", mst_rest_escape(k->rest, parent));
}

static int
detach(struct kzl *k, const char *parent, const char *child, struct mst_error *err)
{
        return mst_rest_call(k->rest, NULL, err, "DELETE", "/v1/groups/%s/subGroups/%s", mst_rest_escape(k->rest, parent),
                             mst_rest_escape(k->rest, child));
}

int
kzl_nest(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        for (size_t i = 0; i < mst_op_member_count(op); i++) {
                const char *child = mst_op_member_object(op, i);
                bool joins = mst_op_member_joins(op, i);
                int code;

                if (mst_op_member_kind(op, i) != MST_GROUP)
                        continue;
                code = joins ? attach(k, group, child, err) : detach(k, group, child, err);
                if (code == MST_ENOTFOUND || code == MST_EREFUSED)
                        mst_op_member_settle(op, i, joins ? MST_REFUSED : MST_ALREADY, err->text);
                else if (code != MST_OK)
                        return code;
        }
        return MST_OK;
}

/* It leaves the parent of before and comes below the one of now. */
static int
move(struct kzl *k, const struct mst_op *op, const struct kzl_group *g, struct mst_error *why)
{
        const char *now = mst_op_text(op, "parent"), *before = mst_value_text(mst_value_at(mst_op_was(op, "parent"), 0), NULL);
        struct kzl_group *old = NULL, *new = now[0] != '\0' ? parent_of(k, now, why) : NULL;
        struct mst_error ignored = { 0 };

        if (now[0] != '\0' && new == NULL)
                return why->code;
        if (new != NULL && attach(k, new->id, g->id, why) != MST_OK)
                return why->code;
        if (before[0] != '\0')
                old = parent_of(k, before, &ignored);
        if (old != NULL && old != new && detach(k, old->id, g->id, why) != MST_OK && why->code != MST_ENOTFOUND)
                return why->code;
        return MST_OK;
}

static enum mst_outcome
update(struct kzl *k, struct mst_op *op, const struct kzl_group *g, struct mst_error *why)
{
        const char *name = mst_op_text(op, "name");

        if (mst_op_change(op, "name") != NULL && strcmp(g->name, name) != 0) {
                mst_fail(why, MST_EREFUSED, "no call of Kaizala renames a group: call '%.100s' '%.100s' in the app, or take the old name "
                         "back", g->name, name);
                return MST_REFUSED;
        }
        mst_op_set_object(op, g->id, g->name, NULL);             /* somebody may have renamed it */
        if (mst_op_change(op, "parent") != NULL && move(k, op, g, why) != MST_OK)
                return trouble(k, why->code);
        return kzl_members_op(k, op, g, false, why);
}

/* Everybody but its admins leaves, and it leaves its parents; the rest is for a person to do. */
static enum mst_outcome
retire(struct kzl *k, const struct kzl_group *g, struct mst_error *why)
{
        if (kzl_members(k, g->id, true, why) != MST_OK)
                return mst_rest_outcome(k->rest, why->code, false);
        for (size_t i = 0; i < k->member_count; i++)
                if (!k->members[i].admin && kzl_remove(k, g->id, &k->members[i], why) != MST_OK)
                        return mst_rest_outcome(k->rest, why->code, false);
        for (size_t i = 0; g->below && i < k->group_count; i++)
                if (detach(k, k->groups[i].id, g->id, why) != MST_OK && why->code != MST_ENOTFOUND)
                        return mst_rest_outcome(k->rest, why->code, false);
        mst_host_log(k->host, MST_LOG_WARNING, "no call of Kaizala deletes a group: '%s' (%s) has no members but its admins any more; "
                     "delete it in the app or the portal", g->name, g->id);
        *why = (struct mst_error){ 0 };
        return MST_DONE;
}

enum mst_outcome
kzl_group_op(void *self, struct mst_op *op, struct mst_error *why)
{
        struct kzl *k = self;
        struct kzl_group *g;

        mst_http_renew(mst_rest_http(k->rest));
        if (kzl_groups(k, why) != MST_OK)
                return trouble(k, why->code);
        if (mst_op_verb(op) == MST_CREATE)
                return create(k, op, why);
        g = group_of(k, mst_op_object(op));
        if (g == NULL) {
                mst_fail(why, MST_ENOTFOUND, "there is no group %s any more", mst_op_object(op));
                return MST_GONE;
        }
        switch (mst_op_verb(op)) {
        case MST_DELETE:
                return retire(k, g, why);
        case MST_MEMBERS:
                return kzl_members_op(k, op, g, false, why);
        default:
                return update(k, op, g, why);
        }
}
