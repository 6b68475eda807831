/* SPDX-License-Identifier: Apache-2.0
 *
 * find.c - who and what is there, and the feed of ops. */
#include <string.h>

#include "kaizala.h"

enum { AT_ONCE = 16384, LIST_SERVES = 16 };

/* All there is of that kind. */
static int
fill(void *self, enum mst_kind kind, struct mst_shelf *shelf, struct mst_error *err)
{
        struct kzl *k = self;

        if (kind == MST_GROUP ? kzl_groups(k, err) != MST_OK : kzl_directory(k, err) != MST_OK)
                return err->code;
        if (kind == MST_USER)
                mst_roster_shelve(k->roster, shelf);
        for (size_t i = 0; kind == MST_GROUP && i < k->group_count; i++) {
                const struct kzl_group *g = &k->groups[i];
                struct mst_record *record = mst_shelf_put(shelf, g->id, g->name);
                const char *type = g->connect ? "ConnectGroup" : "Group";

                mst_record_text(record, mst_record_put(record, "name"), g->name, strlen(g->name));
                mst_record_text(record, mst_record_put(record, "groupType"), type, strlen(type));
        }
        return MST_OK;
}

/* A number is looked for however it is written. */
static const char *
means(void *self, const struct mst_query *query)
{
        struct kzl *k = self;
        struct mst_error ignored = { 0 };

        if (strcmp(mst_query_attribute(query), "PhoneNumber") != 0)
                return NULL;
        return kzl_phone(k, mst_query_value(query), k->number, &ignored) == MST_OK ? k->number : "";
}

int
kzl_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct kzl *k = self;
        const struct mst_shelf_ways ways = {
                .size = sizeof ways, .host = k->host, .self = k, .exact = true, .fill = fill, .means = means,
        };

        kzl_begin(k);
        return mst_shelf_find(&ways, search, err);
}

int
kzl_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct kzl *k = self;
        const struct mst_shelf_ways ways = { .size = sizeof ways, .host = k->host, .self = k, .exact = true, .fill = fill };

        (void)cursor;
        kzl_begin(k);
        return mst_shelf_list(&ways, kind, page, err);
}

/* ---- apply ---- */

/* Removing takes a call each, so it may take long: said before it begins. */
static void
tell_time(struct kzl *k, struct mst_op **ops, size_t count)
{
        int64_t calls = 0;

        for (size_t i = 0; i < count; i++) {
                calls += 2;
                for (size_t m = 0; mst_op_verb(ops[i]) != MST_DELETE && m < mst_op_member_count(ops[i]); m++)
                        calls += !mst_op_member_joins(ops[i], m);
        }
        mst_http_foretell(mst_rest_http(k->rest), calls, "changing the members of groups, a call for each who is removed,");
}

/* Groups one after the other: the limit is in calls a minute, and not in calls at once.  One
 * group's hundreds come one by one: the list of groups serves several. */
static int
batch(void *self, struct mst_op **people, size_t people_count, struct mst_op **groups, size_t group_count,
      struct mst_error *err)
{
        struct kzl *k = self;

        if (people_count > 0 || k->batches++ % LIST_SERVES == 0)
                kzl_begin(k);
        if (people_count > 0)
                kzl_people_apply(k, people, people_count, err);
        if (err->code == MST_OK)
                tell_time(k, groups, group_count);
        return mst_ops_one_by_one(k->host, groups, group_count, kzl_group_op, k, err);
}

int
kzl_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct kzl *k = self;

        k->batches = 0;
        return mst_feed_batches(feed, AT_ONCE, batch, k, err);
}
