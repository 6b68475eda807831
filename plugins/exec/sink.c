/* SPDX-License-Identifier: Apache-2.0
 *
 * sink.c - looking objects up, listing them, and ops.
 *
 * Ops go out as they come, as many at once as the program takes; it answers in any order, each
 * with its number.  An op without an answer when the program ends is unknown, never repeated
 * from here: the engine looks what became of it. */
#include <stdlib.h>
#include <string.h>

#include "exec.h"

#define LAST_MS 1500                         /* for answers, once the host says stop   */

/* ---- find and list ---- */

static void
ask(struct exe *x, const struct mst_query *query)
{
        struct mst_json_out *out = x->out;

        mst_json_out_object(out);
        mst_json_out_member(out, "kind", exe_kind_word(mst_query_kind(query)));
        if (mst_query_stamp(query) != NULL) {
                mst_json_out_member(out, "stamp", mst_query_stamp(query));
        } else if (mst_query_object(query) != NULL) {
                mst_json_out_member(out, "object", mst_query_object(query));
        } else {
                mst_json_out_member(out, "attribute", mst_query_attribute(query));
                mst_json_out_name(out, "value");
                mst_json_out_value(out, mst_query_value(query));
        }
        mst_json_out_end(out);
}

/* Who is disabled and who is in a group is wanted when the engine verifies. */
static void
fill(struct exe *x, struct mst_record *record, const struct mst_value *line)
{
        const struct mst_value *enabled = mst_value_find(line, "enabled"), *members = mst_value_find(line, "members");
        struct mst_value *list;

        exe_values(x, record, mst_value_find(line, "values"));
        if (mst_value_type(enabled) == MST_BOOL && mst_host_wants(x->host, MST_OBJECT_ENABLED))
                mst_record_bool(record, mst_record_put(record, MST_OBJECT_ENABLED), mst_value_bool(enabled));
        if (mst_value_type(members) != MST_LIST || !mst_host_wants(x->host, MST_OBJECT_MEMBERS))
                return;
        list = mst_record_put(record, MST_OBJECT_MEMBERS);
        mst_record_list(record, list);
        for (size_t i = 0; i < mst_value_count(members); i++) {
                size_t length;
                const char *member = mst_value_text(mst_value_at(members, i), &length);

                mst_record_text(record, mst_record_append(record, list), member, length);
        }
}

/* What was found is what was asked for, or the program is not to be trusted with a deletion. */
static bool
fits(const struct mst_query *query, const char *object, const char *stamp)
{
        if (mst_query_object(query) != NULL)
                return strcmp(mst_query_object(query), object) == 0;
        return mst_query_stamp(query) == NULL || (stamp != NULL && strcmp(mst_query_stamp(query), stamp) == 0);
}

static int
take_found(struct exe *x, struct mst_search *search, size_t first, size_t count, const struct mst_value *line, struct mst_error *err)
{
        int64_t number = mst_value_find_int(line, "query", -1);
        const char *object = exe_text(line, "object"), *stamp = exe_text(line, "stamp");
        struct mst_query *query;

        if (number < 0 || (uint64_t)number >= count)
                return exe_break(x, MST_EINTERNAL, err, "answered query %lld of %zu", (long long)number, count);
        query = mst_search_at(search, first + (size_t)number);
        if (mst_value_find_bool(line, "done")) {
                mst_query_done(query);
                return MST_OK;
        }
        if (object == NULL || mst_query_is_done(query))
                return exe_break(x, MST_EINTERNAL, err, "answered query %lld %s", (long long)number,
                                 object == NULL ? "with neither an object nor \"done\"" : "after it had said that it was done");
        if (!fits(query, object, stamp))
                return exe_break(x, MST_EINTERNAL, err, "was asked for %s '%s' and answered with object '%s'",
                                 mst_query_object(query) != NULL ? "object" : "stamp",
                                 mst_query_object(query) != NULL ? mst_query_object(query) : mst_query_stamp(query), object);
        fill(x, mst_query_found(query, object, mst_value_find_text(line, "name"), stamp, exe_text(line, "version")), line);
        return MST_OK;
}

int
exe_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct exe *x = self;
        const struct mst_value *line;
        size_t total = mst_search_count(search);

        if (exe_ready(x, err) != MST_OK)
                return err->code;
        for (size_t first = 0; first < total;) {
                size_t count = total - first < x->finds ? total - first : x->finds;
                int rc;

                exe_begin(x, "find");
                mst_json_out_name(x->out, "queries");
                mst_json_out_array(x->out);
                for (size_t i = 0; i < count; i++)
                        ask(x, mst_search_at(search, first + i));
                mst_json_out_end(x->out);
                mst_json_out_end(x->out);
                rc = exe_send(x, err);
                while (rc == MST_OK) {
                        rc = exe_answer(x, &line, err);
                        if (rc == MST_OK)
                                rc = take_found(x, search, first, count, line, err);
                }
                if (rc != MST_END)
                        return rc;
                first += count;
        }
        return MST_OK;
}

static int
take_object(struct exe *x, struct mst_page *page, const struct mst_value *line, struct mst_error *err)
{
        const char *object = exe_text(line, "object");
        enum mst_kind kind;

        if (object == NULL || !exe_word_kind(mst_value_find_text(line, "kind"), &kind))
                return exe_break(x, MST_EINTERNAL, err, "listed something without \"object\" or \"kind\"");
        fill(x, mst_page_object(page, kind, object, mst_value_find_text(line, "name"), exe_text(line, "stamp"),
                                exe_text(line, "version")), line);
        return MST_OK;
}

int
exe_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct exe *x = self;

        if (exe_ready(x, err) != MST_OK)
                return err->code;
        exe_begin(x, "list");
        mst_json_out_member(x->out, "kind", exe_kind_word(kind));
        exe_put(x, "cursor", cursor);
        mst_json_out_end(x->out);
        return exe_page(x, page, take_object, err);
}

/* ---- ops ---- */

struct flight {
        int64_t number;                      /* 0: free                                */
        struct mst_op *op;
};

struct flights {
        struct flight *all;
        size_t room, open;
};

static void
put_changes(struct exe *x, const struct mst_op *op)
{
        struct mst_json_out *out = x->out;

        mst_json_out_name(out, "set");
        mst_json_out_object(out);
        for (size_t i = 0; i < mst_op_change_count(op); i++) {
                mst_json_out_name(out, mst_op_change_name(op, i));
                mst_json_out_value(out, mst_op_after(op, i));
        }
        mst_json_out_end(out);
        mst_json_out_name(out, "was");
        mst_json_out_object(out);
        for (size_t i = 0; i < mst_op_change_count(op); i++)
                if (mst_op_before(op, i) != NULL) {
                        mst_json_out_name(out, mst_op_change_name(op, i));
                        mst_json_out_value(out, mst_op_before(op, i));
                }
        mst_json_out_end(out);
}

static void
put_members(struct exe *x, const struct mst_op *op)
{
        struct mst_json_out *out = x->out;

        mst_json_out_name(out, "members");
        mst_json_out_array(out);
        for (size_t i = 0; i < mst_op_member_count(op); i++) {
                mst_json_out_object(out);
                exe_put(x, "object", mst_op_member_object(op, i));
                exe_put(x, "name", mst_op_member_name(op, i));
                mst_json_out_member(out, "kind", exe_kind_word(mst_op_member_kind(op, i)));
                mst_json_out_name(out, "joins");
                mst_json_out_bool(out, mst_op_member_joins(op, i));
                mst_json_out_end(out);
        }
        mst_json_out_end(out);
}

static int
send_op(struct exe *x, struct flights *f, struct mst_op *op, struct mst_error *err)
{
        struct mst_json_out *out = x->out;
        size_t slot = 0;

        mst_json_out_reset(out);
        mst_json_out_object(out);
        mst_json_out_name(out, "op");
        mst_json_out_int(out, ++x->last_id);
        mst_json_out_member(out, "verb", mst_verb_name(mst_op_verb(op)));
        mst_json_out_member(out, "kind", exe_kind_word(mst_op_kind(op)));
        mst_json_out_member(out, "source-id", mst_op_id(op));
        exe_put(x, "object", mst_op_object(op));
        exe_put(x, "name", mst_op_name(op));
        exe_put(x, "version", mst_op_version(op));
        mst_json_out_member(out, "stamp", mst_op_stamp(op));
        mst_json_out_member(out, "key", mst_op_key(op));
        mst_json_out_name(out, "enabled");
        mst_json_out_bool(out, mst_op_enabled(op));
        mst_json_out_name(out, "again");
        mst_json_out_bool(out, mst_op_retried(op));
        put_changes(x, op);
        put_members(x, op);
        mst_json_out_end(out);
        if (exe_send(x, err) != MST_OK) {
                mst_op_settle(op, MST_UNSENT, NULL);
                return err->code;
        }
        mst_host_count(x->host, MST_COUNT_CALLS, 1);
        while (f->all[slot].number != 0)
                slot++;
        f->all[slot] = (struct flight){ x->last_id, op };
        f->open++;
        return MST_OK;
}

static int
take_members(struct exe *x, struct mst_op *op, const struct mst_value *all, struct mst_error *err)
{
        for (size_t i = 0; i < mst_value_count(all); i++) {
                const struct mst_value *one = mst_value_at(all, i);
                int64_t index = mst_value_find_int(one, "index", -1);
                enum mst_outcome outcome;

                if (index < 0 || (uint64_t)index >= mst_op_member_count(op)
                    || !exe_word_outcome(mst_value_find_text(one, "outcome"), &outcome))
                        return exe_break(x, MST_EINTERNAL, err, "settled a member without its \"index\", or without an outcome");
                mst_op_member_settle(op, (size_t)index, outcome, exe_clean(x, mst_value_find_text(one, "text")));
        }
        return MST_OK;
}

/* The class where the program names none. */
static enum mst_code
class_of(enum mst_outcome outcome)
{
        return outcome == MST_GONE ? MST_ENOTFOUND : outcome == MST_RETRY || outcome == MST_UNKNOWN ? MST_ENET : MST_EREFUSED;
}

static int
settle(struct exe *x, struct mst_op *op, const struct mst_value *line, struct mst_error *err)
{
        const char *object = exe_text(line, "object"), *text = exe_text(line, "text"), *error = exe_text(line, "error");
        struct mst_error why = { 0 };
        int64_t wait = mst_value_find_int(line, "retry-after", 0);
        enum mst_outcome outcome;

        if (!exe_word_outcome(mst_value_find_text(line, "outcome"), &outcome))
                return exe_break(x, MST_EINTERNAL, err, "answered an op with the outcome '%s', which is no word of the protocol",
                                 mst_value_find_text(line, "outcome"));
        if (take_members(x, op, mst_value_find(line, "members"), err) != MST_OK)
                return err->code;
        if (outcome > MST_ALREADY && outcome != MST_UNSENT) {
                mst_fail(&why, error != NULL ? exe_word_code(error) : class_of(outcome), "%s",
                         text != NULL ? exe_clean(x, text) : "the program gave no reason");
                why.retry_after_ms = wait > 0 ? (uint32_t)(wait < 86400 ? wait : 86400) * 1000 : 0;
        }
        if (object != NULL && (outcome == MST_DONE || outcome == MST_ALREADY))
                mst_op_set_object(op, object, mst_value_find_text(line, "name"), exe_text(line, "version"));
        mst_op_settle(op, outcome, why.code != MST_OK ? &why : NULL);
        return MST_OK;
}

static int
take_answer(struct exe *x, struct flights *f, const struct mst_value *line, struct mst_error *err)
{
        int64_t number = mst_value_find_int(line, "op", -1);

        for (size_t i = 0; i < f->room; i++)
                if (number > 0 && f->all[i].number == number) {
                        struct mst_op *op = f->all[i].op;

                        f->all[i].number = 0;
                        f->open--;
                        return settle(x, op, line, err);
                }
        return exe_break(x, MST_EINTERNAL, err, "answered op %lld, which was not asked, or twice", (long long)number);
}

static int
work(struct exe *x, struct mst_feed *feed, struct flights *f, struct mst_error *err)
{
        const struct mst_value *line;
        int64_t last = 0;
        struct mst_op *op;

        for (;;) {
                while (f->open < f->room && (op = mst_feed_next(feed)) != NULL)
                        if (send_op(x, f, op, err) != MST_OK)
                                return err->code;
                if (f->open == 0 && mst_feed_ended(feed))
                        return MST_OK;
                if (mst_host_stopping(x->host) && last == 0) {
                        last = mst_host_ticks_ms(x->host) + LAST_MS;
                        x->winding_up = true;
                }
                if (exe_line(x, f->open < f->room && !mst_feed_ended(feed) ? mst_feed_fd(feed) : -1,
                             last != 0 ? last : f->open != 0 ? exe_deadline(x) : 0, &line, err) != MST_OK)
                        return err->code;
                if (line != NULL && take_answer(x, f, line, err) != MST_OK)
                        return err->code;
        }
}

int
exe_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct exe *x = self;
        struct flights f = { NULL, 0, 0 };
        int rc;

        if (exe_ready(x, err) != MST_OK)
                return err->code;
        f.room = x->at_once;
        f.all = calloc(f.room, sizeof *f.all);
        if (f.all == NULL)
                return mst_fail_memory(err, "sending ops");
        x->winding_up = false;
        rc = work(x, feed, &f, err);
        if (rc != MST_OK)
                exe_child_end(x, 0);         /* what it still says belongs to nobody   */
        x->winding_up = false;
        free(f.all);
        return rc;
}
