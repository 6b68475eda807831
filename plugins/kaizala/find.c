/* SPDX-License-Identifier: Apache-2.0
 *
 * find.c - who and what is there, and the feed of ops. */
#include <stdlib.h>
#include <string.h>

#include "kaizala.h"

enum { AT_ONCE = 16384, LIST_SERVES = 16 };

static void
put_text(struct mst_record *record, const char *name, const char *text)
{
        if (text[0] != '\0')
                mst_record_text(record, mst_record_put(record, name), text, strlen(text));
}

static void
put_row(const struct kzl *k, struct mst_record *record, const struct kzl_row *row)
{
        put_text(record, "PhoneNumber", row->phone);
        for (size_t c = 1; c < k->column_count; c++)
                put_text(record, k->columns[c], row->have[c]);
}

static void
put_group(struct mst_record *record, const struct kzl_group *g)
{
        put_text(record, "name", g->name);
        put_text(record, "groupType", g->connect ? "ConnectGroup" : "Group");
}

/* ---- find ---- */

static void
find_person(struct kzl *k, struct mst_query *query)
{
        const char *attribute = mst_query_attribute(query), *object = mst_query_object(query), *value;
        struct mst_error ignored = { 0 };
        char phone[MST_PHONE_SIZE];
        struct kzl_row *row;

        if (attribute != NULL && strcmp(attribute, "PhoneNumber") == 0)
                object = kzl_phone(k, mst_query_value(query), phone, &ignored) == MST_OK ? phone : "";
        if (object != NULL) {
                row = kzl_row(k, object, false);
                if (row != NULL && row->have != NULL)
                        put_row(k, mst_query_found(query, row->phone, row->phone, NULL, NULL), row);
        }
        value = object == NULL ? mst_value_text(mst_query_value(query), NULL) : "";
        for (size_t c = 1; object == NULL && attribute != NULL && c < k->column_count; c++)
                for (size_t b = 0; strcmp(k->columns[c], attribute) == 0 && b < KZL_BUCKETS; b++)
                        for (row = k->book[b]; row != NULL; row = row->next)
                                if (row->have != NULL && strcmp(row->have[c], value) == 0)
                                        put_row(k, mst_query_found(query, row->phone, row->phone, NULL, NULL), row);
        mst_query_done(query);
}

static void
find_group(struct kzl *k, struct mst_query *query)
{
        const char *object = mst_query_object(query), *attribute = mst_query_attribute(query);
        const char *name = attribute != NULL && strcmp(attribute, "name") == 0 ? mst_value_text(mst_query_value(query), NULL) : NULL;

        for (size_t i = 0; i < k->group_count; i++) {
                const struct kzl_group *g = &k->groups[i];

                if ((object != NULL && strcmp(g->id, object) == 0) || (name != NULL && strcmp(g->name, name) == 0))
                        put_group(mst_query_found(query, g->id, g->name, NULL, NULL), g);
        }
        mst_query_done(query);
}

int
kzl_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct kzl *k = self;

        kzl_begin(k);
        for (size_t i = 0; i < mst_search_count(search); i++) {
                struct mst_query *query = mst_search_at(search, i);
                bool group = mst_query_kind(query) == MST_GROUP;

                if (group ? kzl_groups(k, err) != MST_OK : kzl_book(k, err) != MST_OK)
                        return err->code;
                if (group)
                        find_group(k, query);
                else
                        find_person(k, query);
        }
        return MST_OK;
}

int
kzl_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct kzl *k = self;

        (void)cursor;
        kzl_begin(k);
        if (kind == MST_GROUP ? kzl_groups(k, err) != MST_OK : kzl_book(k, err) != MST_OK)
                return err->code;
        for (size_t i = 0; kind == MST_GROUP && i < k->group_count; i++)
                put_group(mst_page_object(page, MST_GROUP, k->groups[i].id, k->groups[i].name, NULL, NULL), &k->groups[i]);
        for (size_t b = 0; kind == MST_USER && b < KZL_BUCKETS; b++)
                for (const struct kzl_row *row = k->book[b]; row != NULL; row = row->next)
                        if (row->have != NULL)
                                put_row(k, mst_page_object(page, MST_USER, row->phone, row->phone, NULL, NULL), row);
        return mst_page_complete(page, NULL, err);
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

/* One after the other: the limit is in calls a minute, and not in calls at once. */
static void
apply_groups(struct kzl *k, struct mst_op **ops, size_t count, struct mst_error *err)
{
        if (err->code == MST_OK)
                tell_time(k, ops, count);
        for (size_t i = 0; i < count; i++) {
                struct mst_error why = { 0 };
                enum mst_outcome outcome;

                if (err->code != MST_OK || mst_host_stopping(k->host)) {
                        mst_op_settle(ops[i], MST_UNSENT, NULL);
                        continue;
                }
                mst_http_renew(k->http);
                outcome = kzl_group_op(k, ops[i], &why);
                /* Cut short by us: what was done of it, the next run finds done already. */
                if (outcome == MST_RETRY && mst_host_stopping(k->host)) {
                        mst_op_settle(ops[i], MST_UNSENT, NULL);
                        continue;
                }
                mst_op_settle(ops[i], outcome, outcome == MST_DONE || outcome == MST_ALREADY ? NULL : &why);
                /* What is wrong with the service or the token is wrong for every op. */
                if (why.code == MST_ENET || why.code == MST_ETHROTTLED || why.code == MST_EAUTH
                    || (why.code == MST_EPERM && outcome == MST_DONE))
                        *err = why;
        }
}

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
                apply_groups(k, groups, rest, err);
        }
        free(ops);
        free(groups);
        return err->code;
}
