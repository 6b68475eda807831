/* SPDX-License-Identifier: Apache-2.0
 *
 * find.c - who and what is there, and the feed of ops. */
#include <stdlib.h>
#include <string.h>

#include "kaizala.h"

enum { AT_ONCE = 16384, LIST_SERVES = 16 };

/* All there is of that kind; NULL with an error. */
static struct mst_shelf *
shelf_of(struct kzl *k, enum mst_kind kind, struct mst_error *err)
{
        struct mst_shelf *shelf;

        if (kind == MST_GROUP ? kzl_groups(k, err) != MST_OK : kzl_directory(k, err) != MST_OK)
                return NULL;
        shelf = mst_shelf_new(k->host, kind, true);
        if (shelf == NULL)
                mst_fail_memory(err, "listing what is there");
        else if (kind == MST_USER)
                mst_roster_shelve(k->roster, shelf);
        for (size_t i = 0; kind == MST_GROUP && i < k->group_count; i++) {
                const struct kzl_group *g = &k->groups[i];
                struct mst_record *record = mst_shelf_put(shelf, g->id, g->name);
                const char *type = g->connect ? "ConnectGroup" : "Group";

                mst_record_text(record, mst_record_put(record, "name"), g->name, strlen(g->name));
                mst_record_text(record, mst_record_put(record, "groupType"), type, strlen(type));
        }
        return shelf;
}

int
kzl_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct kzl *k = self;
        struct mst_shelf *shelves[MST_GROUP + 1] = { NULL };
        struct mst_error ignored = { 0 };
        int code = MST_OK;

        kzl_begin(k);
        for (size_t i = 0; code == MST_OK && i < mst_search_count(search); i++) {
                struct mst_query *query = mst_search_at(search, i);
                struct mst_shelf **shelf = &shelves[mst_query_kind(query)];
                char phone[MST_PHONE_SIZE];
                const char *object = NULL;

                if (*shelf == NULL && (*shelf = shelf_of(k, mst_query_kind(query), err)) == NULL)
                        code = err->code;
                if (mst_query_attribute(query) != NULL && strcmp(mst_query_attribute(query), "PhoneNumber") == 0)
                        object = kzl_phone(k, mst_query_value(query), phone, &ignored) == MST_OK ? phone : "";
                mst_shelf_answer(*shelf, query, object);
        }
        mst_shelf_free(shelves[MST_USER]);
        mst_shelf_free(shelves[MST_GROUP]);
        return code;
}

int
kzl_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct kzl *k = self;
        struct mst_shelf *shelf;
        int code;

        (void)cursor;
        kzl_begin(k);
        shelf = shelf_of(k, kind, err);
        code = shelf != NULL ? mst_shelf_page(shelf, page, err) : err->code;
        mst_shelf_free(shelf);
        return code;
}

/* ---- apply ---- */

/* Removing takes a call each, so it may take long: said before it begins. */
static void
tell_time(struct kzl *k, struct mst_op **ops, size_t count)
{
        long long calls = 0, most = k->config->calls_per_minute;

        for (size_t i = 0; i < count; i++) {
                calls += 2;
                for (size_t m = 0; mst_op_verb(ops[i]) != MST_DELETE && m < mst_op_member_count(ops[i]); m++)
                        calls += !mst_op_member_joins(ops[i], m);
        }
        if (calls > most)
                mst_host_log(k->host, MST_LOG_INFO, "changing the members of groups takes some %lld calls, one for each member who is removed: "
                             "at %lld calls a minute at least %lld minutes", calls, most, calls / most);
}

/* Groups one after the other: the limit is in calls a minute, and not in calls at once. */
int
kzl_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct kzl *k = self;
        struct mst_op **ops = malloc(AT_ONCE * sizeof(struct mst_op *)), **groups = malloc(AT_ONCE * sizeof(struct mst_op *));
        size_t count = 0, people, rest, turn = 0;

        *err = (struct mst_error){ 0 };
        if (ops == NULL || groups == NULL)
                mst_fail_memory(err, "taking ops");
        while (err->code == MST_OK && (count = mst_feed_gather(feed, ops, AT_ONCE)) > 0) {
                people = rest = 0;
                for (size_t i = 0; i < count; i++)
                        if (mst_op_kind(ops[i]) == MST_GROUP)
                                groups[rest++] = ops[i];
                        else
                                ops[people++] = ops[i];
                /* One group's hundreds come one by one: the list of groups serves several. */
                if (people > 0 || turn++ % LIST_SERVES == 0)
                        kzl_begin(k);
                if (people > 0)
                        kzl_people_apply(k, ops, people, err);
                if (err->code == MST_OK)
                        tell_time(k, groups, rest);
                mst_ops_one_by_one(k->host, groups, rest, kzl_group_op, k, err);
        }
        free(ops);
        free(groups);
        return err->code;
}
