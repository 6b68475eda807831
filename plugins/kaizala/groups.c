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

static void
read_group(void *self)
{
        struct kzl *k = self;
        const char *type = "";
        struct kzl_group g = { .ours = true };
        const struct mst_json_field fields[] = {
                { .name = "groupId", .text = &g.id }, { .name = "groupName", .text = &g.name }, { .name = "groupType", .text = &type },
                { .name = "hasParentGroups", .flag = &g.below }, { .name = "isMappedToTenant", .flag = &g.ours }, { .name = NULL }
        };

        if (!mst_json_fields(k->json, k->work, fields, sizeof *fields) || g.id == NULL || g.name == NULL)
                return;
        g.connect = strcmp(type, "ConnectGroup") == 0;
        k->groups = kzl_more(k, k->groups, k->group_count, sizeof g);
        if (k->groups != NULL)
                k->groups[k->group_count++] = g;
}

int
kzl_groups(struct kzl *k, struct mst_error *err)
{
        static struct kzl_group none;
        bool found = false;
        const struct mst_json_field fields[] = {
                { .name = "groups", .each = read_group, .self = k, .found = &found }, { .name = NULL }
        };

        if (k->groups != NULL)
                return MST_OK;
        k->group_count = 0;
        if (kzl_call(k, "GET", err, "/v1/groups?fetchAllGroups=true&showDetail=true&showDetails=true") != MST_OK)
                return err->code;
        if (!kzl_read(k, k->reply, fields) || !found) {
                k->groups = NULL;
                return mst_fail(err, MST_ENET, "the list of groups is not what Kaizala answers");
        }
        if (k->group_count == 0)
                k->groups = &none;
        return k->groups != NULL ? MST_OK : mst_fail_memory(err, "listing groups");
}

struct kzl_group *
kzl_group_of(struct kzl *k, const char *id)
{
        for (size_t i = 0; i < k->group_count; i++)
                if (strcmp(k->groups[i].id, id) == 0)
                        return &k->groups[i];
        return NULL;
}

const char *
kzl_escaped(struct kzl *k, const char *id)
{
        const char *text = mst_escape_url(k->work, id, strlen(id));

        return text != NULL ? text : "-";
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

static const char *
wanted(const struct mst_op *op, const char *name, const char *def)
{
        const struct mst_value *v = mst_value_at(mst_op_wanted(op, name), 0);

        return v != NULL && mst_value_type(v) == MST_TEXT ? mst_value_text(v, NULL) : def;
}

static enum mst_outcome
outcome_of(const struct kzl *k, int code, bool creates)
{
        if (creates && k->sent)
                return MST_UNKNOWN;
        return code == MST_ENET || code == MST_ETHROTTLED || code == MST_EAUTH ? MST_RETRY : MST_REFUSED;
}

static void
name_value(struct kzl *k, const char *name, const char *value)
{
        mst_json_out_name(k->out, name);
        mst_json_out_text(k->out, value, strlen(value));
}

/* Both spellings where the sources differ: name and groupName. */
static void
write_create(struct kzl *k, const struct mst_op *op, const char *name, bool connect, bool with_members)
{
        size_t count = 0;
        const char **phones = with_members ? kzl_people_of(k, op, true, &count) : NULL;

        mst_json_out_reset(k->out);
        mst_json_out_object(k->out);
        name_value(k, "name", name);
        name_value(k, "groupName", name);
        name_value(k, "welcomeMessage", wanted(op, "welcomeMessage", "Welcome"));
        name_value(k, "groupType", connect ? "ConnectGroup" : "Group");
        mst_json_out_name(k->out, "members");
        mst_json_out_array(k->out);
        for (size_t i = 0; i < count; i++)
                mst_json_out_text(k->out, phones[i], strlen(phones[i]));
        mst_json_out_end(k->out);
        mst_json_out_end(k->out);
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
        g = kzl_group_of(k, id);
        if (g == NULL || !g->below)
                return MST_OK;
        return mst_fail(err, MST_EPERM, "the group '%s' was made below another one: the refresh token is a group token; put the user "
                        "token of an organisation admin into refresh-token, and delete that group in the app", name);
}

/* The group that 'parent' names, by id or name; NULL with an error. */
static struct kzl_group *
parent_of(struct kzl *k, const char *parent, struct mst_error *why)
{
        struct kzl_group *g = kzl_group_of(k, parent);

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

        for (size_t i = 0; outcome != MST_DONE && i < mst_op_member_count(op); i++)
                mst_op_member_settle(op, i, outcome == MST_RETRY ? MST_RETRY : MST_REFUSED, why->text);
        if (outcome != MST_DONE)
                mst_host_log(k->host, MST_LOG_WARNING, "the group '%s' was made, and not all of what belongs to it: %s", made->name,
                             why->text);
        *why = (struct mst_error){ 0 };
}

static enum mst_outcome
create(struct kzl *k, struct mst_op *op, struct mst_error *why)
{
        const char *name = wanted(op, "name", ""), *parent = wanted(op, "parent", ""), *id = NULL;
        bool connect = strcmp(wanted(op, "groupType", "Group"), "ConnectGroup") == 0, all = false, members;
        const struct mst_json_field fields[] = {
                { .name = "groupId", .text = &id }, { .name = "membersAdded", .flag = &all }, { .name = NULL }
        };
        struct kzl_group *above = NULL, *same = NULL;
        struct kzl_group made = { .name = name, .connect = connect, .ours = true };

        if (named(k, name, &same) > 0) {
                mst_op_set_object(op, same->id, same->name, NULL);
                mst_fail(why, MST_EREFUSED, "there is a group called '%.100s' already (%s), and it is not ours: give one of the two another "
                         "name", name, same->id);
                return MST_DUPLICATE;
        }
        if (parent[0] != '\0' && (above = parent_of(k, parent, why)) == NULL)
                return MST_REFUSED;
        members = !connect || k->config->broadcast == KZL_MEMBERS;
        write_create(k, op, name, connect, members);
        if (above != NULL ? kzl_call(k, "POST", why, "/v1/groups/%s/subGroups", kzl_escaped(k, above->id)) != MST_OK
            : kzl_call(k, "POST", why, "/v1/groups") != MST_OK)
                return outcome_of(k, why->code, true);
        if (!kzl_read(k, k->reply, fields) || id == NULL || id[0] == '\0') {
                mst_fail(why, MST_ENET, "the answer to a new group has no groupId");
                return MST_UNKNOWN;
        }
        made.id = id;
        mst_op_set_object(op, id, name, NULL);
        if (above == NULL && check_reach(k, id, name, why) != MST_OK && why->code == MST_EPERM) {
                for (size_t i = 0; i < mst_op_member_count(op); i++)
                        mst_op_member_settle(op, i, MST_RETRY, why->text);
                return MST_DONE;             /* what is wrong ends the call */
        }
        *why = (struct mst_error){ 0 };
        k->groups = NULL;
        first_members(k, op, &made, members && all, why);
        return MST_DONE;
}

/* ---- changing ---- */

static int
attach(struct kzl *k, const char *parent, const char *child, struct mst_error *err)
{
        kzl_body(k, "subGroups", &child, 1);
        return kzl_call(k, "PUT", err, "/v1/groups/%s/subGroups", kzl_escaped(k, parent));
}

static int
detach(struct kzl *k, const char *parent, const char *child, struct mst_error *err)
{
        return kzl_call(k, "DELETE", err, "/v1/groups/%s/subGroups/%s", kzl_escaped(k, parent), kzl_escaped(k, child));
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
        const struct mst_value *before = NULL;
        const char *now = wanted(op, "parent", "");
        struct kzl_group *old = NULL, *new = now[0] != '\0' ? parent_of(k, now, why) : NULL;
        struct mst_error ignored = { 0 };

        if (now[0] != '\0' && new == NULL)
                return why->code;
        for (size_t i = 0; i < mst_op_change_count(op); i++)
                if (strcmp(mst_op_change_name(op, i), "parent") == 0)
                        before = mst_value_at(mst_op_before(op, i), 0);
        if (new != NULL && attach(k, new->id, g->id, why) != MST_OK)
                return why->code;
        if (before != NULL && mst_value_type(before) == MST_TEXT)
                old = parent_of(k, mst_value_text(before, NULL), &ignored);
        if (old != NULL && old != new && detach(k, old->id, g->id, why) != MST_OK && why->code != MST_ENOTFOUND)
                return why->code;
        return MST_OK;
}

static enum mst_outcome
update(struct kzl *k, struct mst_op *op, const struct kzl_group *g, struct mst_error *why)
{
        const struct mst_value *name = mst_op_change(op, "name");

        if (name != NULL) {
                mst_fail(why, MST_EREFUSED, "no call of Kaizala renames a group: call '%.100s' '%.100s' in the app, or take the old name "
                         "back", g->name, mst_value_text(mst_value_at(name, 0), NULL));
                if (strcmp(g->name, mst_value_text(mst_value_at(name, 0), NULL)) != 0)
                        return MST_REFUSED;
                mst_op_set_object(op, g->id, g->name, NULL);     /* somebody has done it */
        }
        if (mst_op_change(op, "parent") != NULL && move(k, op, g, why) != MST_OK)
                return outcome_of(k, why->code, false);
        return kzl_members_op(k, op, g, false, why);
}

/* Everybody but its admins leaves, and it leaves its parents; the rest is for a person to do. */
static enum mst_outcome
retire(struct kzl *k, const struct kzl_group *g, struct mst_error *why)
{
        if (kzl_members(k, g->id, true, why) != MST_OK)
                return why->code == MST_ENOTFOUND ? MST_GONE : outcome_of(k, why->code, false);
        for (size_t i = 0; i < k->member_count; i++)
                if (!k->members[i].admin && kzl_remove(k, g->id, &k->members[i], why) != MST_OK)
                        return outcome_of(k, why->code, false);
        for (size_t i = 0; g->below && i < k->group_count; i++)
                if (detach(k, k->groups[i].id, g->id, why) != MST_OK && why->code != MST_ENOTFOUND)
                        return outcome_of(k, why->code, false);
        mst_host_log(k->host, MST_LOG_WARNING, "no call of Kaizala deletes a group: '%s' (%s) has no members but its admins any more; "
                     "delete it in the app or the portal", g->name, g->id);
        *why = (struct mst_error){ 0 };
        return MST_DONE;
}

enum mst_outcome
kzl_group_op(struct kzl *k, struct mst_op *op, struct mst_error *why)
{
        struct kzl_group *g;

        if (kzl_groups(k, why) != MST_OK)
                return outcome_of(k, why->code, false);
        if (mst_op_verb(op) == MST_CREATE)
                return create(k, op, why);
        g = kzl_group_of(k, mst_op_object(op));
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
