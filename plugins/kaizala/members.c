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

int
kzl_members(struct kzl *k, const char *group, bool fresh, struct mst_error *err)
{
        const struct mst_value *answer, **all = NULL;
        size_t count;

        if (!fresh && k->members_of != NULL && strcmp(k->members_of, group) == 0)
                return MST_OK;
        k->members_of = NULL;
        k->member_count = 0;
        if (mst_rest_get(k->rest, &answer, err, "/v1/groups/%s/members", mst_rest_escape(k->rest, group)) != MST_OK)
                return err->code;
        if (mst_value_type(mst_value_find(answer, "members")) != MST_LIST)
                return mst_fail(err, MST_ENET, "the list of members is not what Kaizala answers");
        count = mst_rest_objects(k->rest, answer, &all, 0);
        k->members = count != SIZE_MAX ? mst_arena_alloc(mst_rest_arena(k->rest), count * sizeof *k->members) : NULL;
        if (k->members == NULL)
                return mst_fail_memory(err, "listing members");
        for (size_t i = 0; i < count; i++)
                k->members[k->member_count++] = (struct kzl_member){
                        .id = mst_value_find_text(all[i], "id"), .phone = mst_value_find_text(all[i], "mobileNumber"),
                        .admin = strcmp(mst_value_find_text(all[i], "role"), "Admin") == 0,
                };
        qsort(k->members, k->member_count, sizeof *k->members, by_phone);
        k->members_of = mst_arena_strdup(mst_rest_arena(k->rest), group);
        return MST_OK;
}

static struct kzl_member *
member_of(struct kzl *k, const char *phone)
{
        struct kzl_member key = { .phone = phone };

        return bsearch(&key, k->members, k->member_count, sizeof key, by_phone);
}

/* Who is gone meanwhile is gone. */
int
kzl_remove(struct kzl *k, const char *group, const struct kzl_member *member, struct mst_error *err)
{
        int code = mst_rest_call(k->rest, NULL, err, "DELETE", "/v1/groups/%s/members/%s", mst_rest_escape(k->rest, group),
                                 mst_rest_escape(k->rest, member->id));

        return code == MST_ENOTFOUND ? MST_OK : code;
}

/* ---- joining ---- */

const char **
kzl_people_of(struct kzl *k, const struct mst_op *op, bool joins, size_t *count)
{
        const char **phones = mst_arena_alloc(mst_rest_arena(k->rest), (mst_op_member_count(op) + 1) * sizeof *phones);

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
                else if (member_of(k, mst_op_member_object(op, i)) == NULL)
                        mst_op_member_settle(op, i, MST_REFUSED, "Kaizala does not take the phone number into the group: correct it in "
                                             "Entra ID, or find out why in the portal");
        }
        return code;
}

static int
put_numbers(struct kzl *k, const char *group, const char *what, const char *how, const char *const *phones, size_t count,
            const struct mst_value **answer, struct mst_error *err)
{
        struct mst_json_out *out = mst_rest_body(k->rest);

        mst_json_out_object(out);
        mst_json_out_texts(out, what, phones, count);
        mst_json_out_end(out);
        return mst_rest_call(k->rest, answer, err, "PUT", "/v1/groups/%s/%s%s", mst_rest_escape(k->rest, group), what, how);
}

static int
join(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        const struct mst_value *answer;
        size_t count;
        const char **phones = kzl_people_of(k, op, true, &count);

        if (phones == NULL)
                return mst_fail_memory(err, "adding members");
        if (count == 0)
                return MST_OK;
        if (put_numbers(k, group, "members", "", phones, count, &answer, err) != MST_OK)
                return err->code;
        k->members_of = NULL;
        return mst_value_find_bool(answer, "result") ? MST_OK : check_joined(k, op, group, err);
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
                m = member_of(k, mst_op_member_object(op, i));
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
settle_subscribers(struct mst_op *op, bool joins, const struct mst_value *answer)
{
        const struct mst_value *result = mst_value_find(answer, "result");

        for (size_t i = 0; i < mst_op_member_count(op); i++) {
                const struct mst_value *one = mst_value_member(result, mst_op_member_object(op, i));
                const char *reason = mst_value_find_text(one, "reason");

                if (one != NULL && mst_op_member_joins(op, i) == joins && !mst_value_find_bool(one, joins ? "isAdded" : "isRemoved"))
                        mst_op_member_settle(op, i, joins ? MST_REFUSED : MST_ALREADY,
                                             !joins ? NULL : reason[0] != '\0' ? reason : "no reason is told");
        }
}

/* 'op' NULL: nobody is told what became of them. */
static int
subscribe(struct kzl *k, struct mst_op *op, const char *group, const char *const *phones, size_t count, bool joins,
          struct mst_error *err)
{
        for (size_t from = 0; from < count; from += KZL_NUMBERS) {
                const struct mst_value *answer;
                size_t chunk = count - from < KZL_NUMBERS ? count - from : KZL_NUMBERS;

                if (put_numbers(k, group, "subscribers", joins ? "/add" : "/remove", phones + from, chunk, &answer, err) != MST_OK)
                        return err->code;
                if (op != NULL)
                        settle_subscribers(op, joins, answer);
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
        struct mst_json_out *out;
        struct kzl_member *m;

        if (kzl_members(k, group, false, err) != MST_OK)
                return err->code;
        m = member_of(k, phone);
        if (m == NULL || m->admin == admin)
                return m != NULL || !admin ? MST_OK
                       : mst_fail(err, MST_EREFUSED, "%s is to be an admin of the group and is not in it", phone);
        out = mst_rest_body(k->rest);
        mst_json_out_object(out);
        mst_json_out_member(out, "role", admin ? "Admin" : "Member");
        mst_json_out_end(out);
        if (mst_rest_call(k->rest, NULL, err, "PUT", "/v1/groups/%s/members/%s", mst_rest_escape(k->rest, group),
                          mst_rest_escape(k->rest, m->id)) != MST_OK)
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
        return mst_rest_outcome(k->rest, code, false);
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
                        struct kzl_member *m = member_of(k, phones[i]);

                        if (m != NULL && m->admin)
                                mst_host_log(k->host, MST_LOG_WARNING, "%s leaves the Directory and stays in the group '%s', as its admin: make "
                                             "somebody else admin and take him out in the app", phones[i], group->name);
                        else if (m != NULL && kzl_remove(k, group->id, m, err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}
