/* SPDX-License-Identifier: Apache-2.0
 *
 * entry.c - an entry as the server sent it.
 *
 * Names and values are read in place, in the message; only what is kept is copied,
 * by the record. */
#include "entry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "entrystate.h"
#include "schema.h"
#include "when.h"

#define PARENT "@parent"

void
ldp_entry_done(struct ldp_entry *entry)
{
        for (size_t i = 0; i < entry->count; i++)
                ber_memfree(entry->fields[i].values);
        entry->count = 0;
        if (entry->ber != NULL)
                ber_free(entry->ber, 0);
        entry->ber = NULL;
}

static bool
is_named(const struct berval *have, const char *name)
{
        size_t length = strlen(name);

        return have->bv_len == length && strncasecmp(have->bv_val, name, length) == 0;
}

const struct ldp_field *
ldp_entry_field(const struct ldp_entry *entry, const char *name)
{
        for (size_t i = 0; i < entry->count; i++)
                if (is_named(&entry->fields[i].name, name))
                        return &entry->fields[i];
        return NULL;
}

static const char *
first_text(const struct ldp_entry *entry, const char *name, struct mst_arena *arena, bool *failed)
{
        const struct ldp_field *field = name != NULL ? ldp_entry_field(entry, name) : NULL;
        const char *text;

        if (field == NULL || field->count == 0)
                return NULL;
        text = mst_arena_strndup(arena, field->values[0].bv_val, field->values[0].bv_len);
        *failed |= text == NULL;
        return text;
}

static bool
grow(struct ldp_entry *entry, size_t *room, struct mst_arena *arena)
{
        struct ldp_field *fields;

        if (entry->count < *room)
                return true;
        *room = *room != 0 ? *room * 2 : 32;
        fields = mst_arena_alloc(arena, *room * sizeof *fields);
        if (fields != NULL && entry->count > 0)
                memcpy(fields, entry->fields, entry->count * sizeof *fields);
        if (fields != NULL)
                entry->fields = fields;
        return fields != NULL;
}

int
ldp_entry_read(LDAP *ld, LDAPMessage *message, const struct ldp_dir *dir, const struct ldp_place *place,
               struct mst_arena *arena, struct ldp_entry *ret, struct mst_error *err)
{
        const struct ldp_field *id;
        struct ldp_entry entry = { 0 };
        struct ldp_field field = { 0 };
        struct berval dn = { 0 };
        size_t room = 0;
        bool failed = false;
        int rc;

        *ret = entry;
        if (ldap_get_dn_ber(ld, message, &entry.ber, &dn) != LDAP_SUCCESS)
                return mst_fail(err, MST_ENET, "the server sent an entry that cannot be read");
        while ((rc = ldap_get_attribute_ber(ld, message, entry.ber, &field.name, &field.values)) == LDAP_SUCCESS &&
               field.name.bv_val != NULL) {
                field.count = 0;
                while (field.values != NULL && field.values[field.count].bv_val != NULL)
                        field.count++;
                if (!grow(&entry, &room, arena)) {
                        ber_memfree(field.values);
                        failed = true;
                        break;
                }
                entry.fields[entry.count++] = field;
        }
        entry.dn = mst_arena_strndup(arena, dn.bv_val != NULL ? dn.bv_val : "", dn.bv_len);
        id = ldp_entry_field(&entry, dir->id.attribute);
        if (id != NULL && id->count > 0)
                entry.id = ldp_id_text(arena, &dir->id, &id->values[0]);
        entry.stamp = first_text(&entry, place->stamp, arena, &failed);
        if (failed || entry.dn == NULL || rc != LDAP_SUCCESS) {
                ldp_entry_done(&entry);
                if (failed || entry.dn == NULL)
                        return mst_fail_memory(err, "reading an entry");
                return mst_fail(err, MST_ENET, "the server sent an entry that cannot be read");
        }
        *ret = entry;
        return MST_OK;
}

void
ldp_entry_value(struct mst_record *record, struct mst_value *into, const struct berval *value, enum mst_type type)
{
        char number[24], *end;
        int64_t date;

        if (type == MST_BYTES) {
                mst_record_bytes(record, into, value->bv_val, value->bv_len);
                return;
        }
        if (type == MST_BOOL && (is_named(value, "TRUE") || is_named(value, "FALSE"))) {
                mst_record_bool(record, into, is_named(value, "TRUE"));
                return;
        }
        if (type == MST_INT && value->bv_len > 0 && value->bv_len < sizeof number) {
                memcpy(number, value->bv_val, value->bv_len);
                number[value->bv_len] = '\0';
                errno = 0;
                long long parsed = strtoll(number, &end, 10);
                if (*end == '\0' && errno == 0) {
                        mst_record_int(record, into, parsed);
                        return;
                }
        }
        if (type == MST_DATE && ldp_when_parse(value->bv_val, value->bv_len, &date)) {
                mst_record_date(record, into, date);
                return;
        }
        if (type == MST_REF)
                mst_record_ref(record, into, value->bv_val, value->bv_len);
        else
                mst_record_text(record, into, value->bv_val, value->bv_len);
}

static void
put_field(struct mst_record *record, const char *name, const struct ldp_field *field, const struct ldp_type *type)
{
        struct mst_value *value = mst_record_put(record, name);
        enum mst_type as = type != NULL ? type->type : MST_TEXT;

        if (field->count == 1) {
                /* also where there could be many: maps mostly give one */
                ldp_entry_value(record, value, &field->values[0], as);
                return;
        }
        mst_record_list(record, value);
        for (size_t i = 0; i < field->count; i++)
                ldp_entry_value(record, mst_record_append(record, value), &field->values[i], as);
}

/* The RDNs between the entry and the base, which is what the map of that name gives. */
static void
put_parent(struct mst_record *record, const struct ldp_entry *entry, const struct ldp_place *place,
           struct mst_arena *arena)
{
        const char *parent = ldp_dn_parent(entry->dn);
        const char *normal = ldp_dn_normal(arena, parent);
        char *between;

        if (normal == NULL || !ldp_dn_below(normal, place->base_normal))
                return;
        between = ldp_dn_spell(arena, parent, false);
        if (between == NULL)
                return;
        size_t length = strlen(between), tail = strlen(place->base_normal);
        if (length > tail && tail > 0)
                mst_record_text(record, mst_record_put(record, PARENT), between, length - tail - 1);
        else if (tail == 0)
                mst_record_text(record, mst_record_put(record, PARENT), between, length);
}

const struct ldp_field *
ldp_entry_find(const struct ldp_entry *entry, const char *name, const struct ldp_type *type)
{
        const struct ldp_field *field = ldp_entry_field(entry, name);

        if (field == NULL && type != NULL)
                field = ldp_entry_field(entry, type->main);
        if (field == NULL) {                     /* "userCertificate;binary" for "userCertificate" */
                size_t length = strlen(name);

                for (size_t i = 0; i < entry->count; i++) {
                        const struct berval *have = &entry->fields[i].name;

                        if (have->bv_len == length + 7 && strncasecmp(have->bv_val, name, length) == 0 &&
                            strncasecmp(have->bv_val + length, ";binary", 7) == 0)
                                return &entry->fields[i];
                }
        }
        return field;
}

void
ldp_entry_fill(const struct ldp_entry *entry, struct ldp_sink *sink, const struct ldp_place *place,
               struct mst_arena *arena, struct mst_record *record)
{
        size_t count = mst_host_want_count(sink->host);

        for (size_t i = 0; i < count; i++) {
                const char *name = mst_host_want(sink->host, i);
                const struct ldp_type *type = ldp_schema_type(sink->dir.schema, name, strlen(name));
                const struct ldp_field *field;

                if (strcmp(name, PARENT) == 0) {
                        put_parent(record, entry, place, arena);
                        continue;
                }
                field = ldp_entry_find(entry, name, type);
                if (field != NULL && field->count > 0)
                        put_field(record, name, field, type);
        }
        ldp_entry_state(entry, sink, place, arena, record);
}

char **
ldp_entry_wanted(struct ldp_sink *sink, const struct ldp_place *place, struct mst_arena *arena)
{
        size_t count = mst_host_want_count(sink->host), used = 0;
        char **wanted = mst_arena_alloc(arena, (count + 4) * sizeof *wanted);

        if (wanted == NULL)
                return NULL;
        wanted[used++] = (char *)sink->dir.id.attribute;
        if (place->stamp != NULL)
                wanted[used++] = (char *)place->stamp;
        for (size_t i = 0; i < count; i++) {
                const char *name = mst_host_want(sink->host, i);

                if (ldp_is_attribute(name))
                        wanted[used++] = (char *)name;
        }
        ldp_entry_state_wanted(sink, place, wanted + used);
        return wanted;
}
