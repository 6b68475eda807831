/* SPDX-License-Identifier: Apache-2.0
 *
 * members.c - who is in a group.
 *
 * Adding is by phone number, a hundred a call; removing is by member id, one a call, and
 * the id is only in the list of members [D].  An answer says true only when every number
 * was added, so the list tells who was not.  Nobody is removed who is an admin.  Whoever
 * has a new number is in the group under it before the old one leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kaizala.h"

/* ---- the list ---- */

static int
by_phone(const void *a, const void *b)
{
        return strcmp(((const struct kzl_member *)a)->phone, ((const struct kzl_member *)b)->phone);
}

static void
read_member(void *self)
{
        struct kzl *k = self;
        const char *role = "";
        struct kzl_member m = { 0 };
        const struct mst_json_field fields[] = {
                { .name = "id", .text = &m.id }, { .name = "mobileNumber", .text = &m.phone }, { .name = "role", .text = &role },
                { .name = NULL }
        };

        if (!mst_json_fields(k->json, k->work, fields, sizeof *fields) || m.id == NULL || m.phone == NULL)
                return;
        m.admin = strcmp(role, "Admin") == 0;
        k->members = kzl_more(k, k->members, k->member_count, sizeof m);
        if (k->members != NULL)
                k->members[k->member_count++] = m;
}

int
kzl_members(struct kzl *k, const char *group, bool fresh, struct mst_error *err)
{
        bool found = false;
        const struct mst_json_field fields[] = {
                { .name = "members", .each = read_member, .self = k, .found = &found }, { .name = NULL }
        };

        if (!fresh && k->members_of != NULL && strcmp(k->members_of, group) == 0)
                return MST_OK;
        k->members_of = NULL;
        k->member_count = 0;
        k->members = NULL;
        if (kzl_call(k, "GET", err, "/v1/groups/%s/members", kzl_escaped(k, group)) != MST_OK)
                return err->code;
        if (!kzl_read(k, k->reply, fields) || !found)
                return mst_fail(err, MST_ENET, "the list of members is not what Kaizala answers");
        if (k->member_count > 0)
                qsort(k->members, k->member_count, sizeof *k->members, by_phone);
        k->members_of = mst_arena_strdup(k->work, group);
        return MST_OK;
}

struct kzl_member *
kzl_member_of(struct kzl *k, const char *phone)
{
        struct kzl_member key = { .phone = phone };

        return k->member_count == 0 ? NULL : bsearch(&key, k->members, k->member_count, sizeof key, by_phone);
}

/* Who is gone meanwhile is gone. */
int
kzl_remove(struct kzl *k, const char *group, const struct kzl_member *member, struct mst_error *err)
{
        int code = kzl_call(k, "DELETE", err, "/v1/groups/%s/members/%s", kzl_escaped(k, group), kzl_escaped(k, member->id));

        return code == MST_ENOTFOUND ? MST_OK : code;
}

/* ---- joining ---- */

const char **
kzl_people_of(struct kzl *k, const struct mst_op *op, bool joins, size_t *count)
{
        const char **phones = mst_arena_alloc(k->work, (mst_op_member_count(op) + 1) * sizeof *phones);

        *count = 0;
        for (size_t i = 0; phones != NULL && i < mst_op_member_count(op); i++)
                if (mst_op_member_kind(op, i) == MST_USER && mst_op_member_joins(op, i) == joins)
                        phones[(*count)++] = mst_op_member_object(op, i);
        return phones;
}

/* Those who join and are not in the list are refused; with 'op' NULL of an error, put off. */
static int
check_joined(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        int code = kzl_members(k, group, true, err);

        for (size_t i = 0; i < mst_op_member_count(op); i++) {
                if (mst_op_member_kind(op, i) != MST_USER || !mst_op_member_joins(op, i))
                        continue;
                if (code != MST_OK)
                        mst_op_member_settle(op, i, MST_RETRY, err->text);
                else if (kzl_member_of(k, mst_op_member_object(op, i)) == NULL)
                        mst_op_member_settle(op, i, MST_REFUSED, "Kaizala does not take the phone number into the group: correct it in "
                                             "Entra ID, or find out why in the portal");
        }
        return code;
}

static int
join(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        bool all = false;
        const struct mst_json_field fields[] = { { .name = "result", .flag = &all }, { .name = NULL } };
        size_t count;
        const char **phones = kzl_people_of(k, op, true, &count);

        if (phones == NULL)
                return mst_fail_memory(err, "adding members");
        if (count == 0)
                return MST_OK;
        kzl_body(k, "members", phones, count);
        if (kzl_call(k, "PUT", err, "/v1/groups/%s/members", kzl_escaped(k, group)) != MST_OK)
                return err->code;
        k->members_of = NULL;
        return kzl_read(k, k->reply, fields) && all ? MST_OK : check_joined(k, op, group, err);
}

/* ---- leaving ---- */

static int
leave(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        for (size_t i = 0; i < mst_op_member_count(op); i++) {
                struct kzl_member *m;

                if (mst_op_member_kind(op, i) != MST_USER || mst_op_member_joins(op, i))
                        continue;
                if (kzl_members(k, group, false, err) != MST_OK)
                        return err->code;
                m = kzl_member_of(k, mst_op_member_object(op, i));
                if (m == NULL)
                        mst_op_member_settle(op, i, MST_ALREADY, NULL);
                else if (m->admin)
                        mst_op_member_settle(op, i, MST_REFUSED, "an admin of the group, and admins are never removed: make him a member "
                                             "in the app or the portal");
                else if (kzl_remove(k, group, m, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- subscribers of a broadcast group ---- */

/* {"result":{"+...":{"isAdded":true}}}: each number by itself [D]. */
static void
settle_subscribers(struct kzl *k, struct mst_op *op, bool joins)
{
        size_t size, length;
        const char *body = mst_http_content(k->reply, &size), *name, *reason;

        mst_json_start(k->json, body, size);
        if (!mst_json_enter_object(k->json) || !mst_json_member(k->json, &name, &length) || !mst_json_enter_object(k->json))
                return;
        while (mst_json_member(k->json, &name, &length)) {
                const char *phone = mst_arena_strndup(k->work, name, length);
                bool good = false;
                const struct mst_json_field fields[] = {
                        { .name = joins ? "isAdded" : "isRemoved", .flag = &good }, { .name = "reason", .text = &reason }, { .name = NULL }
                };

                reason = "no reason is told";
                mst_json_fields(k->json, k->work, fields, sizeof *fields);
                for (size_t i = 0; !good && phone != NULL && i < mst_op_member_count(op); i++)
                        if (mst_op_member_joins(op, i) == joins && strcmp(mst_op_member_object(op, i), phone) == 0)
                                mst_op_member_settle(op, i, joins ? MST_REFUSED : MST_ALREADY, joins ? reason : NULL);
        }
}

/* 'op' NULL: nobody is told what became of them. */
static int
subscribe(struct kzl *k, struct mst_op *op, const char *group, const char *const *phones, size_t count, bool joins,
          struct mst_error *err)
{
        for (size_t from = 0; from < count; from += KZL_NUMBERS) {
                kzl_body(k, "subscribers", phones + from, count - from < KZL_NUMBERS ? count - from : KZL_NUMBERS);
                if (kzl_call(k, "PUT", err, "/v1/groups/%s/subscribers/%s", kzl_escaped(k, group), joins ? "add" : "remove") != MST_OK)
                        return err->code;
                if (op != NULL)
                        settle_subscribers(k, op, joins);
        }
        return MST_OK;
}

static int
subscribe_all(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        for (int joins = 1; joins >= 0; joins--) {
                size_t count;
                const char **phones = kzl_people_of(k, op, joins == 1, &count);

                if (phones == NULL)
                        return mst_fail_memory(err, "changing subscribers");
                if (subscribe(k, op, group, phones, count, joins == 1, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- admins ---- */

static int
set_role(struct kzl *k, const char *group, const char *phone, bool admin, struct mst_error *err)
{
        struct kzl_member *m;

        if (kzl_members(k, group, false, err) != MST_OK)
                return err->code;
        m = kzl_member_of(k, phone);
        if (m == NULL || m->admin == admin)
                return m != NULL || !admin ? MST_OK
                       : mst_fail(err, MST_EREFUSED, "%s is to be an admin of the group and is not in it", phone);
        mst_json_out_reset(k->out);
        mst_json_out_object(k->out);
        mst_json_out_name(k->out, "role");
        mst_json_out_text(k->out, admin ? "Admin" : "Member", admin ? 5 : 6);
        mst_json_out_end(k->out);
        if (kzl_call(k, "PUT", err, "/v1/groups/%s/members/%s", kzl_escaped(k, group), kzl_escaped(k, m->id)) != MST_OK)
                return err->code;
        m->admin = admin;
        return MST_OK;
}

/* Those named now are promoted; those named before and not now are members again. */
static int
set_admins(struct kzl *k, const struct mst_op *op, const char *group, struct mst_error *err)
{
        const struct mst_value *now = mst_op_change(op, "admins"), *before = NULL;
        char phone[MST_PHONE_SIZE];

        for (size_t i = 0; i < mst_op_change_count(op); i++)
                if (strcmp(mst_op_change_name(op, i), "admins") == 0)
                        before = mst_op_before(op, i);
        for (size_t i = 0; i < mst_value_count(now); i++)
                if (kzl_phone(k, mst_value_at(now, i), phone, err) != MST_OK || set_role(k, group, phone, true, err) != MST_OK)
                        return err->code;
        for (size_t i = 0; i < mst_value_count(before); i++) {
                bool stays = false;

                for (size_t n = 0; n < mst_value_count(now); n++)
                        stays = stays || mst_value_equal(mst_value_at(before, i), mst_value_at(now, n));
                if (!stays && (kzl_phone(k, mst_value_at(before, i), phone, err) != MST_OK
                               || set_role(k, group, phone, false, err) != MST_OK))
                        return err->code;
        }
        return MST_OK;
}

/* 'added': those who join are in the group already, as the call that made it said. */
enum mst_outcome
kzl_members_op(struct kzl *k, struct mst_op *op, const struct kzl_group *group, bool added, struct mst_error *why)
{
        bool subscribers = group->connect && k->config->broadcast == KZL_SUBSCRIBERS;
        int code = MST_OK;

        if (subscribers)
                code = subscribe_all(k, op, group->id, why);
        else if (!added)
                code = join(k, op, group->id, why);
        if (code == MST_OK && !subscribers)
                code = leave(k, op, group->id, why);
        if (code == MST_OK)
                code = kzl_nest(k, op, group->id, why);
        if (code == MST_OK && mst_op_change(op, "admins") != NULL)
                code = set_admins(k, op, group->id, why);
        if (code == MST_OK)
                return MST_DONE;
        if (code == MST_ENOTFOUND)
                return MST_GONE;
        return code == MST_ENET || code == MST_ETHROTTLED || code == MST_EAUTH ? MST_RETRY : MST_REFUSED;
}

/* ---- leaving everywhere ---- */

int
kzl_sweep(struct kzl *k, const char *const *phones, size_t count, struct mst_error *err)
{
        if (kzl_groups(k, err) != MST_OK)
                return err->code;
        if ((int64_t)k->group_count > k->config->calls_per_minute / 2)
                mst_host_log(k->host, MST_LOG_INFO, "%zu people leave every group: the members of %zu groups are listed for it, which takes "
                             "at least %zu minutes at %lld calls a minute", count, k->group_count,
                             k->group_count / (size_t)k->config->calls_per_minute + 1, (long long)k->config->calls_per_minute);
        for (size_t g = 0; g < k->group_count; g++) {
                const struct kzl_group *group = &k->groups[g];

                if (!group->ours)
                        continue;
                if (group->connect && subscribe(k, NULL, group->id, phones, count, false, err) != MST_OK)
                        return err->code;
                if (kzl_members(k, group->id, true, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        struct kzl_member *m = kzl_member_of(k, phones[i]);

                        if (m != NULL && m->admin)
                                mst_host_log(k->host, MST_LOG_WARNING, "%s leaves the Directory and stays in the group '%s', as its admin: make "
                                             "somebody else admin and take him out in the app", phones[i], group->name);
                        else if (m != NULL && kzl_remove(k, group->id, m, err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}
