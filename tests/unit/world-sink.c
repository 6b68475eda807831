/* world-sink.c - the sinks of a small world: objects in memory, and a script for what goes
 * wrong. */
#include "world.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "store/sql.h"

struct world *world_now;

static const char *
value_of(const struct world_object *o, const char *name)
{
        for (size_t i = 0; i < o->pair_count; i++)
                if (strcasecmp(o->pairs[i].name, name) == 0)
                        return o->pairs[i].value;
        return NULL;
}

static void
set_pair(struct world_object *o, const char *name, const char *value)
{
        size_t i = 0;

        while (i < o->pair_count && strcasecmp(o->pairs[i].name, name) != 0)
                i++;
        if (value == NULL) {
                if (i < o->pair_count)
                        o->pairs[i] = o->pairs[--o->pair_count];
                return;
        }
        ck_assert_msg(i < 20, "too many values");
        o->pair_count += i == o->pair_count;
        (void)snprintf(o->pairs[i].name, sizeof o->pairs[i].name, "%s", name);
        (void)snprintf(o->pairs[i].value, sizeof o->pairs[i].value, "%s", value);
}

static struct world_object *
add_object(struct world_sink *sink, enum mst_kind kind)
{
        struct world_object *o;

        if (sink->count == sink->room) {
                sink->room = sink->room != 0 ? sink->room * 2 : 16;
                sink->objects = realloc(sink->objects, sink->room * sizeof *sink->objects);
        }
        o = &sink->objects[sink->count++];
        memset(o, 0, sizeof *o);
        o->kind = kind;
        o->enabled = true;
        o->number = ++sink->last;
        return o;
}

struct world_object *
world_object(struct world_sink *sink, enum mst_kind kind, const char *stamp, const char *pairs)
{
        struct world_object *o = add_object(sink, kind);
        char text[500], *rest = text, *pair;

        (void)snprintf(text, sizeof text, "%s", pairs);
        (void)snprintf(o->stamp, sizeof o->stamp, "%s", stamp);
        while ((pair = strsep(&rest, ";")) != NULL) {
                char *is = strchr(pair, '=');

                *is = '\0';
                set_pair(o, pair, is + 1);
        }
        return o;
}

static const char *
name_of(const struct world_object *o)
{
        const char *name = value_of(o, o->kind == MST_USER ? "uid" : "cn");

        return name != NULL ? name : "?";
}

static struct world_object *
numbered(struct world_sink *sink, const char *id)
{
        long number = id != NULL && id[0] == 'o' ? strtol(id + 1, NULL, 10) : 0;

        return number > 0 && (size_t)number <= sink->count && sink->objects[number - 1].number != 0
             ? &sink->objects[number - 1] : NULL;
}

static const char *
text_of(const struct mst_value *value, char into[600])
{
        size_t used = 0;

        into[0] = '\0';
        if (value == NULL || mst_value_type(value) == MST_NULL)
                return NULL;
        for (size_t i = 0; i < mst_value_count(value) && used < 600; i++) {
                const struct mst_value *v = mst_value_at(value, i);
                const char *text = mst_value_type(v) == MST_BOOL ? (mst_value_bool(v) ? "true" : "false")
                                 : mst_value_text(v, NULL);

                used += (size_t)snprintf(into + used, 600 - used, "%s%s", i > 0 ? "|" : "", text);
        }
        return into;
}

/* ---- ops --------------------------------------------------------------------------- */

static void
tell(const struct world_sink *sink, const struct mst_op *op)
{
        char text[600];

        world_note(world_now, "%s%s %s:", sink == &world_now->sinks[1] ? "two " : "", mst_verb_name(mst_op_verb(op)),
                   mst_op_id(op));
        for (size_t i = 0; i < mst_op_change_count(op); i++) {
                const char *value = text_of(mst_op_after(op, i), text);

                world_note(world_now, " %s=%s", mst_op_change_name(op, i), value != NULL ? value : "(none)");
        }
        if (mst_op_verb(op) == MST_CREATE && !mst_op_enabled(op))
                world_note(world_now, " (off)");
        for (size_t i = 0; i < mst_op_member_count(op); i++)
                world_note(world_now, " %c%s%s", mst_op_member_joins(op, i) ? '+' : '-',
                           mst_op_member_kind(op, i) == MST_GROUP ? "@" : "", mst_op_member_name(op, i));
        world_note(world_now, "\n");
}

static bool
is_taken(const struct world_sink *sink, const struct mst_op *op, const struct world_object *but)
{
        const struct mst_value *v = mst_op_change(op, mst_op_kind(op) == MST_USER ? "uid" : "cn");
        char text[600];
        const char *name = text_of(v, text);

        for (size_t i = 0; name != NULL && i < sink->count; i++)
                if (sink->objects[i].number != 0 && &sink->objects[i] != but && sink->objects[i].kind == mst_op_kind(op)
                    && strcasecmp(name_of(&sink->objects[i]), name) == 0)
                        return true;
        return false;
}

static bool
has_member(const struct world_object *o, long number, size_t *at)
{
        for (*at = 0; *at < o->member_count; ++*at)
                if (o->members[*at] == number)
                        return true;
        return false;
}

static void
change_members(struct world_sink *sink, struct mst_op *op, struct world_object *o)
{
        sink->largest = mst_op_member_count(op) > sink->largest ? mst_op_member_count(op) : sink->largest;
        for (size_t i = 0; i < mst_op_member_count(op); i++) {
                const char *name = mst_op_member_name(op, i);
                const struct world_object *m = numbered(sink, mst_op_member_object(op, i));
                bool joins = mst_op_member_joins(op, i), refused = strchr(name, '!') != NULL;
                size_t at;

                if (refused) {
                        mst_op_member_settle(op, i, MST_REFUSED, "not this one");
                } else if (m == NULL) {
                        mst_op_member_settle(op, i, joins ? MST_GONE : MST_ALREADY, "no such object");
                } else if (has_member(o, m->number, &at) == joins) {
                        mst_op_member_settle(op, i, MST_ALREADY, NULL);
                } else if (joins) {
                        o->members = realloc(o->members, (o->member_count + 1) * sizeof *o->members);
                        o->members[o->member_count++] = m->number;
                } else {
                        o->members[at] = o->members[--o->member_count];
                }
        }
}

static void
change_values(struct mst_op *op, struct world_object *o)
{
        char text[600], id[32];

        for (size_t i = 0; i < mst_op_change_count(op); i++)
                set_pair(o, mst_op_change_name(op, i), text_of(mst_op_after(op, i), text));
        (void)snprintf(id, sizeof id, "o%ld", o->number);
        mst_op_set_object(op, id, name_of(o), NULL);
}

static enum mst_outcome
carry_out(struct world_sink *sink, struct mst_op *op, struct mst_error *why)
{
        struct world_object *o = numbered(sink, mst_op_object(op));

        if (mst_op_verb(op) != MST_CREATE && o == NULL) {
                mst_fail(why, MST_ENOTFOUND, "no such object");
                return MST_GONE;
        }
        if (is_taken(sink, op, o)) {
                mst_fail(why, MST_EREFUSED, "the name is taken");
                return MST_DUPLICATE;
        }
        switch (mst_op_verb(op)) {
        case MST_CREATE:
                o = add_object(sink, mst_op_kind(op));
                (void)snprintf(o->stamp, sizeof o->stamp, "%s", mst_op_stamp(op));
                o->enabled = mst_op_enabled(op);
                break;
        case MST_ADOPT:
                (void)snprintf(o->stamp, sizeof o->stamp, "%s", mst_op_stamp(op));
                break;
        case MST_DISABLE:
        case MST_ENABLE:
                o->enabled = mst_op_verb(op) == MST_ENABLE;
                break;
        case MST_DELETE:
                o->number = 0;
                return MST_DONE;
        default:
                break;
        }
        change_values(op, o);
        change_members(sink, op, o);
        return MST_DONE;
}

static struct world_rule *
rule_for(struct world_sink *sink, const struct mst_op *op)
{
        for (size_t i = 0; i < sink->rule_count; i++) {
                struct world_rule *r = &sink->rules[i];

                if (r->verb == mst_op_verb(op) && r->times != 0
                    && (strcmp(r->id, "*") == 0 || strcmp(r->id, mst_op_id(op)) == 0)) {
                        r->times -= r->times > 0;
                        return r;
                }
        }
        return NULL;
}

static bool
names_member(const struct mst_op *op, const char *name)
{
        for (size_t i = 0; name != NULL && i < mst_op_member_count(op); i++)
                if (strcmp(mst_op_member_name(op, i), name) == 0)
                        return true;
        return false;
}

static void
settle(struct world_sink *sink, struct mst_op *op)
{
        const struct world_rule *rule = rule_for(sink, op);
        struct mst_error why = { 0 };
        enum mst_outcome outcome;

        tell(sink, op);
        sink->verbs[mst_op_verb(op)]++;
        if (mst_op_verb(op) == MST_CREATE && sink->comes_with != NULL && strcmp(sink->comes_with, mst_op_id(op)) == 0) {
                set_pair(add_object(sink, MST_GROUP), "cn", sink->comes_with);
                sink->comes_with = NULL;
        }
        if (mst_op_verb(op) == MST_MEMBERS && names_member(op, sink->refuses_with)) {
                mst_fail(&why, MST_EREFUSED, "somebody in there is not to my taste");
                mst_op_settle(op, MST_REFUSED, &why);
                return;
        }
        outcome = rule == NULL || rule->does ? carry_out(sink, op, &why) : rule->outcome;
        if (rule != NULL) {
                outcome = rule->outcome;
                mst_fail(&why, rule->code != 0 ? rule->code : MST_EREFUSED, "%s", rule->why);
        }
        mst_op_settle(op, outcome, why.code != 0 ? &why : NULL);
}

/* By a connection of its own: what it sees is what a power cut would leave. */
static void
look_in_store(struct world_sink *sink, const struct mst_op *op)
{
        const char *key = strrchr(mst_op_key(op), '-');
        sqlite3_stmt *stmt = NULL;
        sqlite3 *db = NULL;

        sink->looked++;
        if (sqlite3_open_v2(world_now->store_file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK
            || sqlite3_prepare_v2(db, "SELECT state FROM op WHERE number=?", -1, &stmt, NULL) != SQLITE_OK
            || sqlite3_bind_text(stmt, 1, key + 1, -1, SQLITE_STATIC) != SQLITE_OK
            || sqlite3_step(stmt) != SQLITE_ROW || sqlite3_column_int(stmt, 0) != MSTC_OP_SENT)
                sink->not_sent++;
        sqlite3_finalize(stmt);
        sqlite3_close(db);
}

static int
sink_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct world_sink *sink = self;
        struct mst_op *op;

        sink->applies++;
        if (sink->keeps && mst_host_keep(sink->host, "token", "t-1", 3, err) != MST_OK)
                return err->code;
        if (sink->apply_leaves)
                return MST_OK;
        while ((op = mst_feed_wait(feed)) != NULL) {
                if (sink->apply_fails != NULL && sink->apply_fails_after-- <= 0)
                        return mst_fail(err, MST_ENET, "%s", sink->apply_fails);
                if (sink->looks)
                        look_in_store(sink, op);
                settle(sink, op);
        }
        return MST_OK;
}

/* ---- looking ------------------------------------------------------------------------ */

static void
fill(const struct world_sink *sink, struct mst_record *record, const struct world_object *o)
{
        struct mst_value *members;
        char id[32];

        for (size_t i = 0; record != NULL && i < o->pair_count; i++)
                mst_record_text(record, mst_record_put(record, o->pairs[i].name), o->pairs[i].value,
                                strlen(o->pairs[i].value));
        if (o->kind == MST_USER && mst_host_wants(sink->host, MST_OBJECT_ENABLED))
                mst_record_bool(record, mst_record_put(record, MST_OBJECT_ENABLED), o->enabled);
        if (o->kind == MST_USER || !mst_host_wants(sink->host, MST_OBJECT_MEMBERS))
                return;
        members = mst_record_put(record, MST_OBJECT_MEMBERS);
        mst_record_list(record, members);
        for (size_t i = 0; i < o->member_count; i++) {
                (void)snprintf(id, sizeof id, "o%ld", o->members[i]);
                mst_record_text(record, mst_record_append(record, members), id, strlen(id));
        }
}

static bool
answers(const struct world_sink *sink, const struct world_object *o, const struct mst_query *query)
{
        const char *wanted, *has;
        char id[32];

        if (o->number == 0 || o->kind != mst_query_kind(query))
                return false;
        if (mst_query_stamp(query) != NULL)
                return (sink->can & MST_CAN_STAMP) != 0 && strcmp(o->stamp, mst_query_stamp(query)) == 0;
        (void)snprintf(id, sizeof id, "o%ld", o->number);
        if (mst_query_object(query) != NULL)
                return strcmp(id, mst_query_object(query)) == 0;
        wanted = mst_value_text(mst_query_value(query), NULL);
        has = value_of(o, mst_query_attribute(query));
        return has != NULL && strcasecmp(has, wanted) == 0;
}

static int
sink_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct world_sink *sink = self;

        sink->finds++;
        sink->queries += (unsigned)mst_search_count(search);
        if (sink->find_fails != NULL)
                return mst_fail(err, MST_ENET, "%s", sink->find_fails);
        if (sink->find_most != 0 && mst_search_count(search) > sink->find_most)
                return mst_fail(err, MST_EINTERNAL, "%zu queries at once", mst_search_count(search));
        for (size_t i = 0; i < mst_search_count(search); i++) {
                struct mst_query *query = mst_search_at(search, i);

                if (sink->find_open != 0 && i + 1 >= sink->find_open)
                        continue;
                for (size_t k = 0; k < sink->count; k++) {
                        const struct world_object *o = &sink->objects[k];
                        char id[32];

                        if (!answers(sink, o, query))
                                continue;
                        (void)snprintf(id, sizeof id, "o%ld", o->number);
                        fill(sink, mst_query_found(query, id, name_of(o), o->stamp[0] != '\0' ? o->stamp : NULL, NULL), o);
                }
                mst_query_done(query);
        }
        return MST_OK;
}

/* Half a list, then the rest; or, cut short, half of it and an error. */
static int
sink_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct world_sink *sink = self;
        size_t from = cursor != NULL ? sink->count / 2 : 0, to = cursor != NULL ? sink->count : sink->count / 2;

        sink->lists++;
        if (cursor != NULL && sink->list_fails != NULL)
                return mst_fail(err, MST_ENET, "%s", sink->list_fails);
        for (size_t i = from; i < to; i++) {
                const struct world_object *o = &sink->objects[i];
                char id[32];

                if (o->number == 0 || o->kind != kind)
                        continue;
                (void)snprintf(id, sizeof id, "o%ld", o->number);
                fill(sink, mst_page_object(page, kind, id, name_of(o), o->stamp[0] != '\0' ? o->stamp : NULL, NULL), o);
        }
        return cursor == NULL ? mst_page_more(page, "half", err) : mst_page_complete(page, NULL, err);
}

static int
sink_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct world_sink *sink = self;

        sink->probes++;
        if (sink->probe_fails != NULL)
                return mst_fail(err, MST_ENET, "%s", sink->probe_fails);
        mst_facts_identity(facts, sink->identity);
        mst_facts_can(facts, sink->can);
        if (sink->nameless)
                mst_facts_attribute(facts, "uid", MST_TEXT, MST_ATTR_REQUIRED, 64);
        mst_facts_limit(facts, MST_LIMIT_MEMBERS, sink->members_most);
        mst_facts_limit(facts, MST_LIMIT_FIND, sink->find_most);
        return MST_OK;
}

/* The file of the configuration says which of the sinks it is. */
static int
sink_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        const char *file = *(const char *const *)config;
        struct world_sink *sink = &world_now->sinks[file[strlen(file) - 1] == '2'];
        struct mst_arena *arena = mst_arena_new(0);
        size_t size;
        const void *kept;

        sink->host = host;
        *self = sink;
        if (arena != NULL && sink->keeps) {
                kept = mst_host_kept(host, "token", arena, &size);
                (void)snprintf(sink->kept, sizeof sink->kept, "%.*s", (int)size, kept != NULL ? (const char *)kept : "");
                if (mst_host_keep(host, "opened", "yes", 3, err) != MST_OK) {
                        mst_arena_free(arena);
                        return err->code;
                }
        }
        mst_arena_free(arena);
        return MST_OK;
}

static void
sink_close(void *self)
{
        struct world_sink *sink = self;
        struct mst_error err = { 0 };

        if (sink->keeps && mst_host_keep(sink->host, "closed", "yes", 3, &err) != MST_OK)
                sink->keeps = false;
}

const struct mst_sink_calls world_sink_calls = {
        .size = sizeof world_sink_calls, .config_size = sizeof(char *),
        .open = sink_open, .probe = sink_probe, .find = sink_find, .apply = sink_apply, .list = sink_list,
        .close = sink_close,
};

void
world_rule(struct world_sink *sink, enum mst_verb verb, const char *id, enum mst_outcome outcome, int times, bool does)
{
        struct world_rule *r = &sink->rules[sink->rule_count++];

        *r = (struct world_rule){ .verb = verb, .outcome = outcome, .times = times, .does = does, .why = "as the script says" };
        (void)snprintf(r->id, sizeof r->id, "%s", id);
}

void
world_no_rules(struct world_sink *sink)
{
        sink->rule_count = 0;
}
