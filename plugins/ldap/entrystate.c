/* SPDX-License-Identifier: Apache-2.0
 *
 * entrystate.c - what the engine wants of an entry when it verifies: whether an account can be
 * used, and who is in a group.
 *
 * What cannot be seen for sure is left out: a number that is not shown, members that come in
 * ranges, names of another kind than those that members are added by, and a group that shows
 * no member at all, since a right to read may be missing.  The placeholder is no member. */
#include "entrystate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
is_text(const struct berval *value, const char *text)
{
        return text != NULL && value->bv_len == strlen(text) && strncasecmp(value->bv_val, text, value->bv_len) == 0;
}

static void
put_enabled(const struct ldp_entry *entry, const struct ldp_lock *lock, struct mst_arena *arena, struct mst_record *record)
{
        const struct ldp_field *field = ldp_entry_field(entry, lock->attribute);
        bool locked = false;

        if (lock->bit != 0) {
                const char *number = field != NULL && field->count == 1
                                   ? mst_arena_strndup(arena, field->values[0].bv_val, field->values[0].bv_len) : NULL;

                if (number == NULL)
                        return;
                locked = (strtoll(number, NULL, 10) & (long long)lock->bit) != 0;
        }
        for (size_t i = 0; lock->bit == 0 && field != NULL && i < field->count; i++)
                locked = locked || is_text(&field->values[i], lock->on);
        mst_record_bool(record, mst_record_put(record, MST_OBJECT_ENABLED), !locked);
}

static bool
is_placeholder(const struct ldp_sink *sink, const struct ldp_entry *entry, const struct berval *value)
{
        return is_text(value, sink->config->empty_member) || is_text(value, entry->dn)
            || (sink->needs_member && is_text(value, sink->config->access.bind_dn));
}

static void
put_members(const struct ldp_entry *entry, const struct ldp_sink *sink, struct mst_record *record)
{
        const struct ldp_field *field = ldp_entry_field(entry, sink->member);
        size_t length = strlen(sink->member);
        struct mst_value *members;

        for (size_t i = 0; i < entry->count; i++)
                if (entry->fields[i].name.bv_len > length && entry->fields[i].name.bv_val[length] == ';'
                    && strncasecmp(entry->fields[i].name.bv_val, sink->member, length) == 0)
                        return;
        if (field == NULL)
                return;
        members = mst_record_put(record, MST_OBJECT_MEMBERS);
        mst_record_list(record, members);
        for (size_t i = 0; i < field->count; i++)
                if (!is_placeholder(sink, entry, &field->values[i]))
                        mst_record_text(record, mst_record_append(record, members), field->values[i].bv_val,
                                        field->values[i].bv_len);
}

void
ldp_entry_state(const struct ldp_entry *entry, const struct ldp_sink *sink, const struct ldp_place *place,
                struct mst_arena *arena, struct mst_record *record)
{
        if (place->kind == MST_USER && sink->lock.attribute != NULL && mst_host_wants(sink->host, MST_OBJECT_ENABLED))
                put_enabled(entry, &sink->lock, arena, record);
        if (place->kind == MST_GROUP && sink->member != NULL && sink->refers == NULL
            && mst_host_wants(sink->host, MST_OBJECT_MEMBERS))
                put_members(entry, sink, record);
}

size_t
ldp_entry_state_wanted(const struct ldp_sink *sink, const struct ldp_place *place, char **into)
{
        size_t used = 0;

        if (place->kind == MST_USER && sink->lock.attribute != NULL && mst_host_wants(sink->host, MST_OBJECT_ENABLED))
                into[used++] = (char *)(uintptr_t)sink->lock.attribute;
        if (place->kind == MST_GROUP && sink->member != NULL && mst_host_wants(sink->host, MST_OBJECT_MEMBERS))
                into[used++] = sink->member;
        return used;
}
