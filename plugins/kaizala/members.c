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
        const struct mst_value **all;
        size_t count;

        if (!fresh && k->members_of != NULL && strcmp(k->members_of, group) == 0)
                return MST_OK;
        k->members_of = NULL;
        k->member_count = 0;
        if (mst_rest_whole(k->rest, "members", &all, &count, err, "/v1/groups/%s/members", mst_rest_escape(k->rest, group)) != MST_OK)
                return err->code;
        k->members = mst_arena_alloc(mst_rest_arena(k->rest), count * sizeof *k->members);
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

/* Those who join and are not in the list are refused; where it cannot be read, put off. */
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
        mst_rest_body_texts(k->rest, what, phones, count);
        return mst_rest_call(k->rest, answer, err, "PUT", "/v1/groups/%s/%s%s", mst_rest_escape(k->rest, group), what, how);
}

/* Those of the op who join, or leave, in one call: it has a hundred members at most.  MST_END: nobody. */
static int
put_people(struct kzl *k, const struct mst_op *op, const char *group, const char *what, const char *how, bool joins,
           const struct mst_value **answer, struct mst_error *err)
{
        size_t count;
        const char **phones = mst_op_members(op, MST_USER, joins, mst_rest_arena(k->rest), &count);

        if (phones == NULL)
                return mst_fail_memory(err, "changing members");
        return count == 0 ? MST_END : put_numbers(k, group, what, how, phones, count, answer, err);
}

static int
join(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        const struct mst_value *answer;
        int code = put_people(k, op, group, "members", "", true, &answer, err);

        if (code != MST_OK)
                return code == MST_END ? MST_OK : code;
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

static int
subscribe(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err)
{
        for (int joins = 1; joins >= 0; joins--) {
                const struct mst_value *answer;
                int code = put_people(k, op, group, "subscribers", joins ? "/add" : "/remove", joins == 1, &answer, err);

                if (code == MST_OK)
                        settle_subscribers(op, joins == 1, answer);
                else if (code != MST_END)
                        return code;
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
        m = member_of(k, phone);
        if (m == NULL || m->admin == admin)
                return m != NULL || !admin ? MST_OK
                       : mst_fail(err, MST_EREFUSED, "%s is to be an admin of the group and is not in it", phone);
        mst_rest_body_text(k->rest, "role", admin ? "Admin" : "Member");
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
        const struct mst_value *now = mst_op_change(op, "admins"), *before = mst_op_was(op, "admins");
        char phone[MST_PHONE_SIZE];

        for (size_t i = 0; i < mst_value_count(now); i++)
                if (kzl_phone(k, mst_value_at(now, i), phone, err) != MST_OK || set_role(k, group, phone, true, err) != MST_OK)
                        return err->code;
        for (size_t i = 0; i < mst_value_count(before); i++)
                if (!mst_value_has(now, mst_value_at(before, i))
                    && (kzl_phone(k, mst_value_at(before, i), phone, err) != MST_OK || set_role(k, group, phone, false, err) != MST_OK))
                        return err->code;
        return MST_OK;
}

/* 'added': those who join are in the group already, as the call that made it said. */
enum mst_outcome
kzl_members_op(struct kzl *k, struct mst_op *op, const struct kzl_group *group, bool added, struct mst_error *why)
{
        bool subscribers = group->connect && k->config->broadcast == KZL_SUBSCRIBERS;
        int code = MST_OK;

        if (subscribers)
                code = subscribe(k, op, group->id, why);
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

static int
sweep_group(struct kzl *k, const struct kzl_group *group, const char *const *phones, size_t count, struct mst_error *err)
{
        for (size_t from = 0; group->connect && from < count; from += KZL_NUMBERS)
                if (put_numbers(k, group->id, "subscribers", "/remove", phones + from,
                                count - from < KZL_NUMBERS ? count - from : KZL_NUMBERS, NULL, err) != MST_OK)
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
        return MST_OK;
}

int
kzl_sweep(struct kzl *k, struct mst_op *const *ops, size_t count, struct mst_error *err)
{
        const char **phones = mst_arena_alloc(mst_rest_arena(k->rest), count * sizeof *phones);
        size_t n = 0;

        if (phones == NULL)
                return mst_fail_memory(err, "changing the Directory");
        for (size_t i = 0; i < count; i++)
                if (mst_op_verb(ops[i]) == MST_DELETE)
                        phones[n++] = mst_op_object(ops[i]);
        if (n > 0 && kzl_groups(k, err) != MST_OK)
                return err->code;
        if (n > 0)
                mst_http_foretell(mst_rest_http(k->rest), (int64_t)k->group_count, "listing the members of every group that people leave");
        for (size_t g = 0; n > 0 && g < k->group_count; g++)
                if (k->groups[g].ours && sweep_group(k, &k->groups[g], phones, n, err) != MST_OK)
                        return err->code;
        return MST_OK;
}
