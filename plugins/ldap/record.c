/* SPDX-License-Identifier: Apache-2.0
 *
 * record.c - an entry as a record of the source, column by column.
 *
 * LDAP knows no order among the values of an attribute, so a list is sorted: the same values
 * are then the same list, whichever server told them. */
#include "record.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "resolver.h"
#include "schema.h"

static const struct ldp_field *
field_of(const struct ldp_source *source, const struct ldp_entry *entry, const char *attribute)
{
        const struct ldp_type *type = ldp_schema_type(source->dir.schema, attribute, strlen(attribute));
        const struct ldp_field *field = ldp_entry_find(entry, attribute, type);

        return field != NULL && field->count > 0 ? field : NULL;
}

/* The first of the column's attributes that has a value. */
static const struct ldp_field *
column_field(const struct ldp_source *source, const struct ldp_entry *entry, const struct ldp_column *column,
             const char **attribute)
{
        for (char **from = column->from; from != NULL && *from != NULL; from++) {
                const struct ldp_field *field = field_of(source, entry, *from);

                if (field != NULL) {
                        *attribute = *from;
                        return field;
                }
        }
        return NULL;
}

static bool
is_uid(const char *attribute)
{
        return strcasecmp(attribute, "memberUid") == 0;
}

/* ---- members: of the entry, and of the slices that came after it ---------------------------- */

struct members {
        struct ldp_source *source;
        const struct ldp_item *item;
        struct mst_page *page;           /* NULL: ask                                  */
};

static bool
each_value(struct members *m, const struct ldp_field *field, bool uid)
{
        for (size_t i = 0; i < field->count; i++) {
                const struct ldp_known *known;

                if (field->values[i].bv_len == 0 ||
                    memchr(field->values[i].bv_val, '\0', field->values[i].bv_len) != NULL)
                        continue;                /* no name of anybody; what is before a zero byte would be */
                if (m->page == NULL) {
                        if (!ldp_resolver_ask(m->source->resolver, &field->values[i], uid))
                                return false;
                        continue;
                }
                known = ldp_resolver_find(m->source->resolver, &field->values[i], uid);
                if (known == NULL)
                        mst_page_bad(m->page, "a member of '%.300s' was lost: out of memory", m->item->entry.dn);
                if (known != NULL && known->id == NULL && !uid && m->source->round != NULL &&
                    !ldp_absences_note(m->source, field->values[i].bv_val, field->values[i].bv_len, MST_GROUP, m->item->id))
                        mst_page_bad(m->page, "a member of '%.300s' was lost: out of memory", m->item->entry.dn);
                if (known == NULL || known->id == NULL || strcmp(known->id, m->item->id) == 0)
                        continue;                /* nobody, or the group itself, a placeholder */
                mst_page_member(m->page, m->item->id, strlen(m->item->id), known->kind, known->id,
                                strlen(known->id), true);
        }
        return true;
}

/* "member", or "member;range=1500-2999". */
static bool
is_members(const struct berval *name, const char *attribute)
{
        size_t length = strlen(attribute);

        return name->bv_len >= length && strncasecmp(name->bv_val, attribute, length) == 0 &&
               (name->bv_len == length ||
                (name->bv_len > length + 7 && strncasecmp(name->bv_val + length, ";range=", 7) == 0));
}

static bool
each_field(struct members *m, const struct ldp_entry *entry)
{
        for (char **attribute = m->source->config->member_attributes; *attribute != NULL; attribute++)
                for (size_t i = 0; i < entry->count; i++)
                        if (is_members(&entry->fields[i].name, *attribute) &&
                            !each_value(m, &entry->fields[i], is_uid(*attribute)))
                                return false;
        return true;
}

static bool
each_member(struct members *m)
{
        if (!each_field(m, &m->item->entry))
                return false;
        for (const struct ldp_range *range = m->item->ranges; range != NULL; range = range->next)
                if (!each_field(m, &range->entry))
                        return false;
        return true;
}

/* ---- asking ------------------------------------------------------------------------------------- */

bool
ldp_record_ask(struct ldp_source *source, const struct ldp_shelf *shelf, const struct ldp_item *item)
{
        struct members members = { .source = source, .item = item };

        for (size_t i = 0; shelf->columns.references && i < shelf->columns.count; i++) {
                const struct ldp_column *column = &shelf->columns.list[i];
                const char *attribute = NULL;
                const struct ldp_field *field = column_field(source, &item->entry, column, &attribute);

                if (field == NULL ||
                    ldp_column_type(column, attribute, source->config, source->dir.schema) != MST_REF)
                        continue;
                for (size_t k = 0; k < field->count; k++)
                        if (!ldp_resolver_ask(source->resolver, &field->values[k], false))
                                return false;
        }
        return shelf->kind != MST_GROUP || !source->members_wanted || each_member(&members);
}

/* ---- telling ------------------------------------------------------------------------------------ */

static bool
is_text(const struct berval *value, const char *text)
{
        return value->bv_len == strlen(text) && strncasecmp(value->bv_val, text, value->bv_len) == 0;
}

/* Whether the account is closed; false with '*told' false: nobody says. */
static bool
is_locked(const struct ldp_source *source, const struct ldp_entry *entry, const struct ldp_column *column, bool *told)
{
        const struct ldp_reading *config = source->config;
        const char *attribute = NULL;
        const struct ldp_field *field = column_field(source, entry, column, &attribute);
        char number[16];

        *told = field != NULL || config->disabled_attribute != NULL || source->family != LDP_FAMILY_AD;
        if (field == NULL)
                return false;
        if (config->disabled_attribute != NULL) {
                for (size_t i = 0; config->disabled_value != NULL && i < field->count; i++)
                        if (is_text(&field->values[i], config->disabled_value))
                                return true;
                return config->disabled_value == NULL;
        }
        if (strcasecmp(attribute, "nsAccountLock") == 0)
                return is_text(&field->values[0], "TRUE");
        if (strcasecmp(attribute, "pwdAccountLockedTime") == 0)
                return is_text(&field->values[0], "000001010000Z");
        if (field->values[0].bv_len >= sizeof number)
                return false;
        memcpy(number, field->values[0].bv_val, field->values[0].bv_len);
        number[field->values[0].bv_len] = '\0';
        return (strtol(number, NULL, 10) & 2) != 0;      /* ADS_UF_ACCOUNTDISABLE */
}

static void
put_lock(struct ldp_source *source, const struct ldp_entry *entry, const struct ldp_column *column,
         struct mst_record *record)
{
        bool told, locked = is_locked(source, entry, column, &told);

        if (told)
                mst_record_bool(record, mst_record_put(record, column->name), !locked);
}

static int
by_bytes(const void *a, const void *b)
{
        const struct berval *x = a, *y = b;
        int order = memcmp(x->bv_val, y->bv_val, x->bv_len < y->bv_len ? x->bv_len : y->bv_len);

        return order != 0 ? order : (x->bv_len > y->bv_len) - (x->bv_len < y->bv_len);
}

static int
by_text(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* DNs as the ids of whom they name; one that names nobody has no id and is left out. */
static void
put_references(struct ldp_source *source, const struct ldp_column *column, const struct ldp_field *field,
               struct mst_record *record)
{
        const char **ids = calloc(field->count, sizeof *ids);
        size_t count = 0;
        struct mst_value *value;

        if (ids == NULL) {
                mst_record_bad(record, "out of memory");
                return;
        }
        for (size_t i = 0; i < field->count; i++) {
                const struct ldp_known *known = ldp_resolver_find(source->resolver, &field->values[i], false);

                if (known == NULL)
                        mst_record_bad(record, "out of memory");
                else if (known->id != NULL)
                        ids[count++] = known->id;
                else if (source->round != NULL &&
                         !ldp_absences_note(source, field->values[i].bv_val, field->values[i].bv_len,
                                            mst_record_kind(record), mst_record_id(record)))
                        mst_record_bad(record, "out of memory");
        }
        qsort(ids, count, sizeof *ids, by_text);
        if (count > 0) {
                value = mst_record_put(record, column->name);
                if (count == 1 || column->one) {
                        mst_record_ref(record, value, ids[0], strlen(ids[0]));
                } else {
                        mst_record_list(record, value);
                        for (size_t i = 0; i < count; i++)
                                mst_record_ref(record, mst_record_append(record, value), ids[i], strlen(ids[i]));
                }
        }
        free(ids);
}

static void
put_values(const struct ldp_column *column, const struct ldp_field *field, enum mst_type type,
           struct mst_record *record)
{
        struct mst_value *value;
        struct berval *sorted;

        if (column->one || (field->count == 1 && !column->many)) {
                ldp_entry_value(record, mst_record_put(record, column->name), &field->values[0], type);
                return;
        }
        sorted = malloc(field->count * sizeof *sorted);
        if (sorted == NULL) {
                mst_record_bad(record, "out of memory");
                return;
        }
        memcpy(sorted, field->values, field->count * sizeof *sorted);
        qsort(sorted, field->count, sizeof *sorted, by_bytes);
        value = mst_record_put(record, column->name);
        mst_record_list(record, value);
        for (size_t i = 0; i < field->count; i++)
                ldp_entry_value(record, mst_record_append(record, value), &sorted[i], type);
        free(sorted);
}

static void
put_parent(const struct ldp_shelf *shelf, const struct ldp_entry *entry, const struct ldp_column *column,
           struct mst_record *record)
{
        struct mst_arena *arena = mst_arena_new(0);
        const char *parent = ldp_dn_parent(entry->dn);
        const char *normal = arena != NULL ? ldp_dn_normal(arena, parent) : NULL;
        const char *spelled = normal != NULL ? ldp_dn_spell(arena, parent, false) : NULL;
        size_t tail = strlen(shelf->base_normal);

        if (spelled == NULL)
                mst_record_bad(record, "out of memory");
        else if (ldp_dn_below(normal, shelf->base_normal) && strlen(spelled) > tail)
                mst_record_text(record, mst_record_put(record, column->name), spelled,
                                strlen(spelled) - tail - (tail > 0));
        mst_arena_free(arena);
}

static void
put_column(struct ldp_source *source, const struct ldp_shelf *shelf, const struct ldp_item *item,
           const struct ldp_column *column, struct mst_record *record)
{
        const char *attribute = NULL;
        const struct ldp_field *field;
        enum mst_type type;

        switch (column->how) {
        case LDP_FROM_ID:
                mst_record_text(record, mst_record_put(record, column->name), item->id, strlen(item->id));
                return;
        case LDP_FROM_DN:
                mst_record_text(record, mst_record_put(record, column->name), item->entry.dn, strlen(item->entry.dn));
                return;
        case LDP_FROM_PARENT:
                put_parent(shelf, &item->entry, column, record);
                return;
        case LDP_FROM_LOCK:
                put_lock(source, &item->entry, column, record);
                return;
        case LDP_FROM_ATTRIBUTES:
                break;
        }
        field = column_field(source, &item->entry, column, &attribute);
        if (field == NULL)
                return;
        type = ldp_column_type(column, attribute, source->config, source->dir.schema);
        if (type == MST_REF)
                put_references(source, column, field, record);
        else
                put_values(column, field, type, record);
}

void
ldp_record_tell(struct ldp_source *source, const struct ldp_shelf *shelf, const struct ldp_item *item,
                struct mst_page *page, bool changes)
{
        struct mst_record *record = mst_page_whole(page, shelf->kind, item->id, strlen(item->id));
        struct members members = { .source = source, .item = item, .page = page };

        for (size_t i = 0; i < shelf->columns.count; i++)
                put_column(source, shelf, item, &shelf->columns.list[i], record);
        if (shelf->kind != MST_GROUP || !source->members_wanted)
                return;
        if (changes)
                mst_page_members_all(page, item->id, strlen(item->id));
        (void)each_member(&members);
}
