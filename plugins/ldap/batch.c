/* SPDX-License-Identifier: Apache-2.0
 *
 * batch.c - the entries of one page on their way to the engine.
 *
 *   add    an entry stays in the message it came in; only its fields are found
 *   range  Active Directory gives the members of a large group in slices: the rest is
 *          fetched over the other connection
 *   ask    the DNs that stand for people and groups are gathered
 *   tell   they are known: records and memberships go to the page
 *
 * An entry without an id is told as such, and nothing is concluded from a full round with
 * one; when the first entry of all has none, we lack a right, and that is an error. */
#include "batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "record.h"
#include "resolver.h"
#include "result.h"
#include "slice.h"

#define VALUES_MOST 100000

static const struct ldp_place bare = { 0 };

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "reading the directory");
}

bool
ldp_batch_open(struct ldp_batch *batch, struct ldp_source *source, struct ldp_conn *conn)
{
        *batch = (struct ldp_batch){ .source = source, .conn = conn, .arena = mst_arena_new(65536) };
        return batch->arena != NULL;
}

void
ldp_batch_empty(struct ldp_batch *batch)
{
        for (size_t i = 0; i < batch->count; i++) {
                struct ldp_item *item = &batch->items[i];

                for (struct ldp_range *range = item->ranges; range != NULL; range = range->next) {
                        ldp_entry_done(&range->entry);
                        ldap_msgfree(range->message);
                }
                ldp_entry_done(&item->entry);
                ldap_msgfree(item->message);
        }
        batch->count = 0;
        batch->values = 0;
        if (batch->arena != NULL)
                mst_arena_reset(batch->arena);
}

void
ldp_batch_close(struct ldp_batch *batch)
{
        ldp_batch_empty(batch);
        free(batch->items);
        mst_arena_free(batch->arena);
        *batch = (struct ldp_batch){ 0 };
}

bool
ldp_source_id(const struct ldp_source *source, const struct ldp_entry *entry, char into[LDP_UUID_ROOM])
{
        const struct ldp_field *field = ldp_entry_field(entry, source->id_attribute);

        return field != NULL && field->count == 1 && ldp_uuid_read(source->form, &field->values[0], into);
}

static bool
grow(struct ldp_batch *batch)
{
        size_t room = batch->room != 0 ? batch->room * 2 : 128;
        struct ldp_item *items;

        if (batch->count < batch->room)
                return true;
        items = realloc(batch->items, room * sizeof *items);
        if (items == NULL)
                return false;
        batch->items = items;
        batch->room = room;
        return true;
}

/* An entry that cannot be told as anybody. */
static int
nameless(struct ldp_batch *batch, const struct ldp_entry *entry, struct mst_page *page, struct mst_error *err)
{
        const char *attribute = batch->source->id_attribute;
        const struct ldp_field *field = ldp_entry_field(entry, attribute);

        if (field == NULL && batch->count == 0 && batch->nameless == 0)
                return mst_fail(err, MST_EPERM, "'%.300s' has no %s that we may read: grant our login the right to "
                                "read it, also where it is an operational attribute, or set id-attribute", entry->dn,
                                attribute);
        batch->nameless++;
        return mst_page_bad(page, field == NULL ? "'%.300s' has no %s that we may read"
                                                : "'%.300s' has a %s that is no UUID: what can change or be given "
                                                  "to somebody else is no id", entry->dn, attribute);
}

int
ldp_batch_add(struct ldp_batch *batch, LDAPMessage *message, struct mst_page *page, struct ldp_item **ret,
              struct mst_error *err)
{
        struct ldp_item item = { .message = message };

        if (ret != NULL)
                *ret = NULL;
        if (!grow(batch)) {
                ldap_msgfree(message);
                return no_memory(err);
        }
        if (ldp_entry_read(batch->conn->ld, message, &batch->source->dir, &bare, batch->arena, &item.entry, err) != MST_OK) {
                ldap_msgfree(message);
                return err->code;
        }
        if (!ldp_source_id(batch->source, &item.entry, item.id)) {
                int rc = nameless(batch, &item.entry, page, err);

                ldp_entry_done(&item.entry);
                ldap_msgfree(message);
                return rc;
        }
        for (size_t i = 0; batch->shelf->kind == MST_GROUP && i < item.entry.count; i++)
                batch->values += item.entry.fields[i].count;
        batch->items[batch->count] = item;
        if (ret != NULL)
                *ret = &batch->items[batch->count];
        batch->count++;
        return MST_OK;
}

bool
ldp_batch_full(const struct ldp_batch *batch)
{
        return batch->count >= (size_t)batch->source->config->page_size || batch->values >= VALUES_MOST;
}

/* ---- members in slices --------------------------------------------------------------- */

/* Where the slice after that in the entry begins; 0: there is none.  When one was asked for and none
 * is there, or another, that is not the end. */
static uint64_t
next_slice(const struct ldp_entry *entry, const char *attribute, uint64_t from, bool *bad)
{
        bool found = false;
        uint64_t next = 0;

        for (size_t i = 0; i < entry->count; i++)
                switch (ldp_slice_read(&entry->fields[i].name, entry->fields[i].count, attribute, from, &next)) {
                case LDP_NO_SLICE: break;
                case LDP_SLICE: found = true; break;
                case LDP_SLICE_BAD: *bad = true; break;
                }
        *bad |= from != 0 && !found;
        return next;
}

static int
read_slice(struct ldp_batch *batch, struct ldp_item *item, const char *attribute, uint64_t from,
           struct ldp_range **ret, struct mst_error *err)
{
        struct ldp_source *source = batch->source;
        char *wanted[] = { mst_arena_printf(batch->arena, "%s;range=%" PRIu64 "-*", attribute, from), NULL };
        struct ldp_range *range = mst_arena_alloc(batch->arena, sizeof *range);
        struct ldp_result result = { 0 };
        LDAPMessage *message = NULL;
        int msgid = 0, type;

        *ret = NULL;
        if (wanted[0] == NULL || range == NULL)
                return no_memory(err);
        if (ldp_source_asker(source, err) != MST_OK ||
            ldp_conn_search(&source->asker, item->entry.dn, LDAP_SCOPE_BASE, "(objectClass=*)", wanted, NULL, &msgid,
                            err) != MST_OK)
                return err->code;
        do {
                if (ldp_conn_wait(&source->asker, msgid, &message, err) != MST_OK)
                        return err->code;
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY && *ret == NULL) {
                        range->message = message;
                        if (ldp_entry_read(source->asker.ld, message, &source->dir, &bare, batch->arena, &range->entry,
                                           err) != MST_OK) {
                                ldap_msgfree(message);
                                ldp_conn_close(&source->asker);
                                return err->code;
                        }
                        range->next = item->ranges;
                        item->ranges = *ret = range;
                        continue;
                }
                if (type == LDAP_RES_SEARCH_RESULT)
                        ldp_result_read(source->asker.ld, message, &result);
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        if (result.rc != LDAP_SUCCESS || *ret == NULL)
                return mst_fail(err, MST_ENET, "the members of '%.300s' could not be read to their end: %s",
                                item->entry.dn, result.rc != LDAP_SUCCESS ? result.text : "it is not there any more");
        return MST_OK;
}

static int
read_slices(struct ldp_batch *batch, struct ldp_item *item, struct mst_error *err)
{
        for (char **attribute = batch->source->config->member_attributes; *attribute != NULL; attribute++) {
                const struct ldp_entry *entry = &item->entry;
                uint64_t from = 0;
                bool bad = false;

                while ((from = next_slice(entry, *attribute, from, &bad)) != 0 && !bad) {
                        struct ldp_range *range;

                        if (read_slice(batch, item, *attribute, from, &range, err) != MST_OK)
                                return err->code;
                        entry = &range->entry;
                }
                if (bad)
                        return mst_fail(err, MST_ENET, "the members of '%.300s' could not be read to their end: the server "
                                        "gives another slice of them than the one asked for, or not all of it",
                                        item->entry.dn);
        }
        return MST_OK;
}

/* ---- telling --------------------------------------------------------------------------- */

static int
ask(struct ldp_batch *batch, struct mst_error *err)
{
        struct ldp_source *source = batch->source;

        for (size_t i = 0; i < batch->count; i++)
                if (!ldp_resolver_learn(source->resolver, batch->items[i].entry.dn, batch->items[i].id,
                                        batch->shelf->kind))
                        return no_memory(err);
        for (size_t i = 0; i < batch->count; i++) {
                struct ldp_item *item = &batch->items[i];

                if (batch->shelf->kind == MST_GROUP && source->members_wanted && read_slices(batch, item, err) != MST_OK)
                        return err->code;
                if (!ldp_record_ask(source, batch->shelf, item))
                        return no_memory(err);
        }
        return ldp_resolver_run(source->resolver, err);
}

int
ldp_batch_tell(struct ldp_batch *batch, struct mst_page *page, bool changes, struct mst_error *err)
{
        int rc = MST_OK;

        if (!ldp_resolver_trim(batch->source->resolver))
                rc = no_memory(err);
        if (rc == MST_OK)
                rc = ask(batch, err);
        for (size_t i = 0; rc == MST_OK && changes && batch->source->round != NULL && i < batch->count; i++)
                if (!ldp_absences_meet(batch->source, batch->items[i].entry.dn))
                        rc = no_memory(err);
        for (size_t i = 0; rc == MST_OK && i < batch->count; i++)
                ldp_record_tell(batch->source, batch->shelf, &batch->items[i], page, changes);
        ldp_batch_empty(batch);
        return rc;
}
