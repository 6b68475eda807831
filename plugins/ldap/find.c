/* SPDX-License-Identifier: Apache-2.0
 *
 * find.c - looking entries up, many in one search.
 *
 * Queries for the same attribute are put into one filter, (|(mail=a)(mail=b)...), and
 * several such searches are in flight.  An entry that comes back is matched to its
 * queries by comparing as the server does; so only attributes whose rule we can follow
 * exactly (letters without regard to case, for ASCII; bytes) are asked in chunks, the
 * others one by one, where whatever comes is the answer.  An entry in a chunk that fits
 * no query makes the chunk's queries be asked again one by one.
 *
 * A query is done only when a search that covered it ended well: cut short by a limit
 * it is halved and, alone and still cut short, left open; a continuation reference
 * leaves it open too, as a part of the tree lies elsewhere. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <muster/escape.h>

#include "entry.h"
#include "plugin.h"
#include "result.h"
#include "schema.h"
#include "sink.h"
#include "values.h"

#define CHUNK 64                 /* values in one filter */
#define CHUNK_BYTES 32768

struct ask {
        struct mst_query *query;
        const struct ldp_place *place;
        const char *attribute;
        struct berval value;
        char *key;
        size_t key_length;
        bool alone, done;
        const char **ids;                /* entries told so far, so that none is told twice */
        size_t id_count, id_room;
};

struct chunk {
        struct ask *from;
        size_t count;
};

struct flight {
        int msgid;                       /* 0: free */
        struct chunk chunk;
        struct ask **order;              /* by key */
        bool strange, elsewhere;
};

struct finder {
        struct ldp_sink *sink;
        struct mst_arena *arena;         /* as long as the find */
        struct mst_arena *scratch;       /* as long as a message */
        struct ask *asks;
        size_t ask_count;
        struct chunk *work;              /* a stack */
        size_t work_count, work_room;
        struct flight flights[32];
        size_t flying;
        char **wanted[2];
        bool told_elsewhere;
};

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "looking entries up");
}

static bool
is_ascii(const struct berval *value)
{
        for (size_t i = 0; i < value->bv_len; i++)
                if ((unsigned char)value->bv_val[i] >= 0x80)
                        return false;
        return true;
}

/* Ids compare in one way only, whatever the schema leaves out. */
static enum ldp_rule
rule_of(const struct ldp_sink *sink, const char *attribute, const struct ldp_type *type)
{
        if (attribute == sink->dir.id.attribute)
                return sink->dir.id.guid ? LDP_RULE_BYTES : LDP_RULE_FOLD;
        return type != NULL ? type->rule : LDP_RULE_OTHER;
}

/* How it may be asked: with others, or alone; and the key that entries are matched by. */
static int
settle_ask(struct finder *f, struct ask *ask, struct mst_error *err)
{
        const struct ldp_schema *schema = f->sink->dir.schema;
        const struct ldp_type *type = ldp_schema_type(schema, ask->attribute, strlen(ask->attribute));
        enum ldp_rule rule = rule_of(f->sink, ask->attribute, type);

        if (type == NULL && !ldp_schema_is_empty(schema))
                return mst_fail(err, MST_ECONFIG, "the directory's schema has no attribute '%s': a search for it "
                                "would find nobody: correct <match> or stamp-attribute", ask->attribute);
        ask->alone = rule == LDP_RULE_OTHER || (rule != LDP_RULE_BYTES && !is_ascii(&ask->value));
        if (rule == LDP_RULE_BYTES) {
                ask->key = ask->value.bv_val;
                ask->key_length = ask->value.bv_len;
        } else {
                ask->key = ldp_value_key(f->arena, &ask->value, rule == LDP_RULE_FOLD, &ask->key_length);
        }
        return ask->key != NULL ? MST_OK : no_memory(err);
}

/* False: cannot be asked here, and stays open. */
static bool
make_ask(struct finder *f, struct mst_query *query, struct ask *ask, struct mst_error *err)
{
        const char *text = NULL;

        *ask = (struct ask){ .query = query, .place = ldp_place_of(f->sink, mst_query_kind(query)) };
        if (ask->place->base == NULL || mst_query_is_done(query))
                return false;
        if ((text = mst_query_stamp(query)) != NULL) {
                ask->attribute = ask->place->stamp;
        } else if ((text = mst_query_object(query)) != NULL) {
                ask->attribute = f->sink->dir.id.attribute;
                return ldp_id_is(&f->sink->dir.id, text) && ldp_id_value(f->arena, &f->sink->dir.id, text, &ask->value);
        } else {
                ask->attribute = mst_query_attribute(query);
        }
        if (!ldp_is_attribute(ask->attribute))
                return false;
        if (text != NULL) {
                ask->value.bv_val = (char *)text;
                ask->value.bv_len = strlen(text);
        } else if (ldp_value_write(f->arena, mst_query_value(query), &ask->value, err) != MST_OK) {
                return false;
        }
        return ask->value.bv_len > 0;
}

static int
by_attribute(const void *a, const void *b)
{
        const struct ask *x = a, *y = b;
        int order;

        if (x->place != y->place)
                return x->place < y->place ? -1 : 1;
        order = strcasecmp(x->attribute, y->attribute);
        if (order != 0)
                return order;
        if (x->alone != y->alone)
                return x->alone ? 1 : -1;
        return x->query < y->query ? -1 : x->query > y->query;
}

static int
compare_keys(const char *a, size_t a_length, const char *b, size_t b_length)
{
        int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

        return order != 0 ? order : a_length < b_length ? -1 : a_length > b_length;
}

static int
by_key(const void *a, const void *b)
{
        const struct ask *x = *(struct ask *const *)a, *y = *(struct ask *const *)b;

        return compare_keys(x->key, x->key_length, y->key, y->key_length);
}

static int
push(struct finder *f, struct ask *from, size_t count, struct mst_error *err)
{
        if (f->work_count == f->work_room) {
                size_t room = f->work_room != 0 ? f->work_room * 2 : 64;
                struct chunk *work = mst_arena_alloc(f->arena, room * sizeof *work);

                if (work == NULL)
                        return no_memory(err);
                if (f->work_count > 0)
                        memcpy(work, f->work, f->work_count * sizeof *work);
                f->work = work;
                f->work_room = room;
        }
        f->work[f->work_count++] = (struct chunk){ .from = from, .count = count };
        return MST_OK;
}

/* Cuts what is not done into chunks. */
static int
cut(struct finder *f, struct mst_error *err)
{
        size_t at = 0;

        f->work_count = 0;
        while (at < f->ask_count) {
                struct ask *from = &f->asks[at];
                size_t count = 0, bytes = 0;

                while (at + count < f->ask_count && count < CHUNK && bytes < CHUNK_BYTES) {
                        const struct ask *next = &from[count];

                        if (count > 0 && (from->alone || next->alone || next->place != from->place ||
                                          strcasecmp(next->attribute, from->attribute) != 0))
                                break;
                        bytes += next->value.bv_len * 3 + strlen(next->attribute) + 3;
                        count++;
                }
                at += count;
                if (push(f, from, count, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

static const char *
make_filter(struct finder *f, const struct chunk *chunk)
{
        const struct ldp_place *place = chunk->from->place;
        const char *attribute = chunk->from->attribute;
        /* What has our stamp or is known by its id is meant, whatever its classes are now. */
        bool bare = attribute == f->sink->dir.id.attribute || attribute == place->stamp;
        const char *filter = bare ? "" : place->filter;
        size_t name = strlen(attribute), room = strlen(filter) + 16;
        char *text, *at;

        for (size_t i = 0; i < chunk->count; i++)
                room += name + chunk->from[i].value.bv_len * 3 + 3;
        text = at = mst_arena_alloc(f->scratch, room);
        if (text == NULL)
                return NULL;
        at = stpcpy(at, "(&");
        at = stpcpy(at, filter);
        if (chunk->count > 1)
                at = stpcpy(at, "(|");
        for (size_t i = 0; i < chunk->count; i++) {
                const struct berval *value = &chunk->from[i].value;
                const char *safe = mst_escape_filter(f->scratch, value->bv_val, value->bv_len);

                if (safe == NULL)
                        return NULL;
                *at++ = '(';
                at = stpcpy(at, attribute);
                *at++ = '=';
                at = stpcpy(at, safe);
                *at++ = ')';
        }
        if (chunk->count > 1)
                *at++ = ')';
        *at++ = ')';
        *at = '\0';
        return text;
}

static int
launch(struct finder *f, struct ldp_conn *conn, struct mst_error *err)
{
        struct chunk chunk = f->work[--f->work_count];
        struct flight *flight = f->flights;
        const char *filter;

        while (flight->msgid != 0)
                flight++;
        *flight = (struct flight){ .chunk = chunk };
        mst_arena_reset(f->scratch);
        filter = make_filter(f, &chunk);
        flight->order = mst_arena_alloc(f->arena, chunk.count * sizeof *flight->order);
        if (filter == NULL || flight->order == NULL)
                return no_memory(err);
        for (size_t i = 0; i < chunk.count; i++)
                flight->order[i] = &chunk.from[i];
        qsort(flight->order, chunk.count, sizeof *flight->order, by_key);
        if (ldp_conn_search(conn, chunk.from->place->base, LDAP_SCOPE_SUBTREE, filter,
                            f->wanted[chunk.from->place->kind == MST_GROUP], NULL, &flight->msgid, err) != MST_OK)
                return err->code;
        f->flying++;
        return MST_OK;
}

static int
tell(struct finder *f, struct ask *ask, const struct ldp_entry *entry, struct mst_error *err)
{
        for (size_t i = 0; i < ask->id_count; i++)
                if (strcmp(ask->ids[i], entry->id) == 0)
                        return MST_OK;
        if (ask->id_count == ask->id_room) {
                size_t room = ask->id_room != 0 ? ask->id_room * 2 : 2;
                const char **ids = mst_arena_alloc(f->arena, room * sizeof *ids);

                if (ids == NULL)
                        return no_memory(err);
                if (ask->id_count > 0)
                        memcpy(ids, ask->ids, ask->id_count * sizeof *ids);
                ask->ids = ids;
                ask->id_room = room;
        }
        ask->ids[ask->id_count] = mst_arena_strdup(f->arena, entry->id);
        if (ask->ids[ask->id_count++] == NULL)
                return no_memory(err);
        ldp_entry_fill(entry, f->sink, ask->place, f->scratch,
                       mst_query_found(ask->query, entry->id, entry->dn, entry->stamp, NULL));
        return MST_OK;
}

/* Tells the queries that one value of the entry answers; '*fits' when there are any. */
static int
match_value(struct finder *f, struct flight *flight, const struct ldp_entry *entry, const struct berval *value,
            bool *fits, struct mst_error *err)
{
        const struct ask *first = flight->order[0];
        const struct ldp_type *type = ldp_schema_type(f->sink->dir.schema, first->attribute, strlen(first->attribute));
        enum ldp_rule rule = rule_of(f->sink, first->attribute, type);
        size_t low = 0, high = flight->chunk.count, length = value->bv_len;
        const char *key = value->bv_val;

        if (rule != LDP_RULE_BYTES)
                key = ldp_value_key(f->scratch, value, rule == LDP_RULE_FOLD, &length);
        if (key == NULL)
                return no_memory(err);
        while (low < high) {
                size_t middle = (low + high) / 2;

                if (compare_keys(flight->order[middle]->key, flight->order[middle]->key_length, key, length) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < flight->chunk.count; low++) {
                struct ask *ask = flight->order[low];

                if (compare_keys(ask->key, ask->key_length, key, length) != 0)
                        break;
                *fits = true;
                if (tell(f, ask, entry, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

static int
take_entry(struct finder *f, struct flight *flight, const struct ldp_entry *entry, struct mst_error *err)
{
        const struct ask *first = flight->chunk.from;
        const struct ldp_type *type = ldp_schema_type(f->sink->dir.schema, first->attribute, strlen(first->attribute));
        const struct ldp_field *field = ldp_entry_field(entry, first->attribute);
        bool fits = false;

        if (entry->id == NULL)
                return mst_fail(err, MST_ECONFIG, "'%s' has no %s that we may read, which Muster needs to know "
                                "entries by", entry->dn, f->sink->dir.id.attribute);
        if (flight->chunk.count == 1)
                return tell(f, flight->chunk.from, entry, err);
        if (field == NULL && type != NULL)
                field = ldp_entry_field(entry, type->main);
        for (size_t i = 0; field != NULL && i < field->count; i++)
                if (match_value(f, flight, entry, &field->values[i], &fits, err) != MST_OK)
                        return err->code;
        if (!fits)
                flight->strange = true;
        return MST_OK;
}

/* The search has ended: what it proves, and what must be asked again. */
static int
take_end(struct finder *f, struct flight *flight, const struct ldp_result *result, struct mst_error *err)
{
        struct chunk chunk = flight->chunk;

        flight->msgid = 0;
        f->flying--;
        if (ldp_result_is_short(result->rc) && chunk.count > 1) {
                if (push(f, chunk.from, chunk.count / 2, err) != MST_OK)
                        return err->code;
                return push(f, chunk.from + chunk.count / 2, chunk.count - chunk.count / 2, err);
        }
        if (result->rc == LDAP_NO_SUCH_OBJECT)
                return mst_fail(err, MST_ECONFIG, "'%s' does not exist, or we may not see it: correct %s-base",
                                chunk.from->place->base, chunk.from->place->kind == MST_GROUP ? "group" : "user");
        if (ldp_result_is_fatal(result->rc) && result->rc != LDAP_REFERRAL)
                return ldp_result_fatal("the directory", result, err);
        if (result->rc == LDAP_INSUFFICIENT_ACCESS)
                return mst_fail(err, MST_EPERM, "we may not search below '%s': %s: grant the login the right to read and "
                                "search there", chunk.from->place->base, result->text);
        if (result->rc != LDAP_SUCCESS || flight->elsewhere) {
                mst_host_log(f->sink->host, MST_LOG_WARNING, "a search for %s%s cannot be answered: %s",
                             chunk.from->attribute, chunk.count > 1 ? " of several" : "",
                             flight->elsewhere ? "a part of the directory lies on another server" : result->text);
                return MST_OK;
        }
        if (flight->strange) {
                for (size_t i = 0; i < chunk.count; i++)
                        if (push(f, &chunk.from[i], 1, err) != MST_OK)
                                return err->code;
                return MST_OK;
        }
        for (size_t i = 0; i < chunk.count; i++) {
                chunk.from[i].done = true;
                mst_query_done(chunk.from[i].query);
        }
        return MST_OK;
}

static int
take(struct finder *f, struct ldp_conn *conn, LDAPMessage *message, struct mst_error *err)
{
        struct flight *flight = f->flights;
        struct ldp_result result;
        struct ldp_entry entry;
        int rc;

        while (flight < f->flights + 32 && flight->msgid != ldap_msgid(message))
                flight++;
        if (flight == f->flights + 32)
                return MST_OK;
        switch (ldap_msgtype(message)) {
        case LDAP_RES_SEARCH_ENTRY:
                mst_arena_reset(f->scratch);
                rc = ldp_entry_read(conn->ld, message, &f->sink->dir, flight->chunk.from->place, f->scratch, &entry, err);
                if (rc == MST_OK)
                        rc = take_entry(f, flight, &entry, err);
                ldp_entry_done(&entry);
                return rc;
        case LDAP_RES_SEARCH_REFERENCE:
                flight->elsewhere = true;
                return MST_OK;
        case LDAP_RES_SEARCH_RESULT:
                ldp_result_read(conn->ld, message, &result);
                return take_end(f, flight, &result, err);
        default:
                return MST_OK;
        }
}

static int
run(struct finder *f, struct mst_error *err)
{
        size_t window = (size_t)f->sink->config->window;
        struct ldp_conn *conn = NULL;
        LDAPMessage *message = NULL;
        int rc = MST_OK;

        if (ldp_sink_first(f->sink, &conn, err) != MST_OK || cut(f, err) != MST_OK)
                return err->code;
        while (rc == MST_OK && (f->work_count > 0 || f->flying > 0)) {
                while (rc == MST_OK && f->work_count > 0 && f->flying < window)
                        rc = launch(f, conn, err);
                if (rc == MST_OK)
                        rc = ldp_conn_wait(conn, LDAP_RES_ANY, &message, err);
                if (rc == MST_OK) {
                        rc = take(f, conn, message, err);
                        ldap_msgfree(message);
                }
        }
        if (rc != MST_OK)
                ldp_conn_close(conn);            /* answers may still be on their way */
        return rc;
}

/* Keeps those that are not done, for a second attempt. */
static void
keep_open(struct finder *f)
{
        size_t kept = 0;

        for (size_t i = 0; i < f->ask_count; i++)
                if (!f->asks[i].done)
                        f->asks[kept++] = f->asks[i];
        f->ask_count = kept;
        f->flying = 0;
        memset(f->flights, 0, sizeof f->flights);
}

static int
prepare(struct finder *f, struct mst_search *search, struct mst_error *err)
{
        size_t count = mst_search_count(search);

        f->asks = mst_arena_alloc(f->arena, count * sizeof *f->asks);
        if (f->asks == NULL)
                return no_memory(err);
        for (size_t i = 0; i < count; i++) {
                if (!make_ask(f, mst_search_at(search, i), &f->asks[f->ask_count], err))
                        continue;
                if (settle_ask(f, &f->asks[f->ask_count], err) != MST_OK)
                        return err->code;
                f->ask_count++;
        }
        if (f->ask_count > 1)
                qsort(f->asks, f->ask_count, sizeof *f->asks, by_attribute);
        f->wanted[0] = ldp_entry_wanted(f->sink, &f->sink->users, f->arena);
        f->wanted[1] = ldp_entry_wanted(f->sink, &f->sink->groups, f->arena);
        return f->wanted[0] != NULL && f->wanted[1] != NULL ? MST_OK : no_memory(err);
}

static int
find_all(struct finder *f, struct mst_search *search, struct mst_error *err)
{
        struct ldp_conn *conn;
        int rc;

        f->arena = mst_arena_new(65536);
        f->scratch = mst_arena_new(65536);
        if (f->arena == NULL || f->scratch == NULL)
                return no_memory(err);
        if (ldp_sink_schema(f->sink, &conn, err) != MST_OK || prepare(f, search, err) != MST_OK)
                return err->code;
        rc = run(f, err);
        if (rc == MST_ENET && !mst_host_stopping(f->sink->host)) {
                /* Reading may be repeated: a connection that was idle often ends just now. */
                mst_host_log(f->sink->host, MST_LOG_INFO, "%s: looking up again", err->text);
                keep_open(f);
                err->code = MST_OK;
                rc = run(f, err);
        }
        return rc;
}

int
ldp_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct finder f = { .sink = self };
        int rc = find_all(&f, search, err);

        mst_arena_free(f.arena);
        mst_arena_free(f.scratch);
        return rc;
}
