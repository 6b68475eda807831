/* SPDX-License-Identifier: Apache-2.0
 *
 * row.c - a row of the file becomes a record of the source.
 *
 *   torn          nobody can say whose it was: a complaint
 *   no id         likewise
 *   id twice      the first counts; the second is a complaint that names both lines
 *   bad           the id is known: a record that is put aside
 *   good          the attributes that are wanted, under the names by which they are wanted
 *
 * Members are told apart from their group's record. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ids.h"
#include "source.h"

#define VALUES_MOST 200001u                  /* one more than a record takes           */

/* The fields of that name: one, or for LDIF as many as there are values. */
static size_t
fields_named(struct fil_source *source, const struct fil_row *row, const char *name,
             const struct fil_field *const **ret)
{
        const struct fil_field **fields = NULL;
        size_t count = 0, room = 0;

        for (size_t i = 0; i < row->count && count < VALUES_MOST; i++) {
                if (!fil_name_equal(row->fields[i].name, name))
                        continue;
                if (count == room) {
                        const struct fil_field **wider;

                        room = room > 0 ? room * 2 : 1;
                        wider = mst_arena_alloc(source->scratch, room * sizeof(const struct fil_field *));
                        if (wider == NULL)
                                return 0;
                        if (count > 0)
                                memcpy((void *)wider, (const void *)fields, count * sizeof *wider);
                        fields = wider;
                }
                fields[count++] = &row->fields[i];
        }
        *ret = fields;
        return count;
}

const char *
fil_row_id(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row, size_t *length)
{
        const struct fil_field *const *fields;
        const char *text;

        if (row->torn || fields_named(source, row, feed->id, &fields) != 1
            || !fil_convert_id(&feed->convert, fields[0], &text, length))
                return NULL;
        return text;
}

static void
put(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row, struct mst_record *record,
    const char *column, const char *as)
{
        const struct fil_field *const *fields;
        size_t count = fields_named(source, row, column, &fields);

        if (count > 0)
                fil_convert_put(&feed->convert, record, as, fil_types_find(&source->types, column), row, fields, count);
        else if (fil_name_equal(column, "id"))
                mst_record_text(record, mst_record_put(record, as), mst_record_id(record), strlen(mst_record_id(record)));
}

/* Without a list of what is wanted, everything is. */
static void
put_all(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row, struct mst_record *record)
{
        for (size_t i = 0; i < row->count; i++) {
                const char *name = row->fields[i].name;

                if (mst_record_get(record, name) == NULL
                    && (feed->members == NULL || !fil_name_equal(name, feed->members))
                    && (feed->member_groups == NULL || !fil_name_equal(name, feed->member_groups)))
                        put(source, feed, row, record, name, name);
        }
}

static void
put_wanted(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row,
           struct mst_record *record)
{
        static const char group[] = "group.";
        size_t count = mst_host_want_count(source->host);

        if (count == 0)
                put_all(source, feed, row, record);
        for (size_t i = 0; i < count; i++) {
                const char *name = mst_host_want(source->host, i);
                bool of_group = strncmp(name, group, strlen(group)) == 0;

                if (of_group != (feed->kind == MST_GROUP))
                        continue;
                name += of_group ? strlen(group) : 0;
                if (!of_group || strcmp(name, "members") != 0)
                        put(source, feed, row, record, name, name);
        }
}

/* ---- members ---- */

struct membership {
        struct mst_page *page;
        const char *group;
        size_t group_length;
        enum mst_kind kind;
};

static bool
tell_member(void *self, const char *text, size_t length)
{
        const struct membership *m = self;

        (void)mst_page_member(m->page, m->group, m->group_length, m->kind, text, length, true);
        return true;
}

static bool
tell_json(const struct fil_feed *feed, const struct fil_field *field, struct membership *m)
{
        struct mst_json *json = feed->convert.json;
        const char *text;
        size_t length;

        mst_json_start(json, field->text, field->length);
        if (mst_json_peek(json) == MST_JSON_NULL)
                return true;
        if (!mst_json_enter_array(json))
                return false;
        while (mst_json_element(json)) {
                if (mst_json_text(json, feed->convert.scratch, &text, &length) != MST_JSON_OK)
                        return false;
                tell_member(m, text, length);
        }
        return true;
}

static void
tell_members(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row, const char *column,
             struct membership *m)
{
        const struct fil_field *const *fields;
        size_t count = column != NULL ? fields_named(source, row, column, &fields) : 0;

        for (size_t i = 0; i < count; i++) {
                bool told = fields[i]->form == FIL_JSON ? tell_json(feed, fields[i], m)
                          : fields[i]->form == FIL_BYTES
                          ? tell_member(m, fields[i]->text, fields[i]->length)
                          : fil_convert_split(&feed->convert, fields[i], tell_member, m);

                if (!told)
                        (void)mst_page_bad(m->page, "'%s', line %" PRIu64 ": '%s' is not a list of ids",
                                           feed->layout.path, row->line, column);
        }
}

/* ---- the row ---- */

static int
complain(const struct fil_feed *feed, struct mst_page *page, const char *text)
{
        return mst_page_bad(page, "'%s', %s", feed->layout.path, text);
}

static int
tell(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row, const char *id,
     size_t length, struct mst_page *page)
{
        struct mst_record *record = mst_page_whole(page, feed->kind, id, length);
        struct membership m = { page, id, length, MST_USER };

        if (row->bad != NULL)
                mst_record_bad(record, "%s", row->bad);
        else
                put_wanted(source, feed, row, record);
        if (feed->kind != MST_GROUP || row->bad != NULL)
                return MST_OK;
        (void)mst_page_members_all(page, id, length);
        tell_members(source, feed, row, feed->members, &m);
        m.kind = MST_GROUP;
        tell_members(source, feed, row, feed->member_groups, &m);
        return MST_OK;
}

int
fil_row_tell(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row, struct fil_ids *ids,
             struct mst_page *page, struct mst_error *err)
{
        char text[200];
        size_t length = 0;
        const char *id;
        uint64_t line;

        mst_arena_reset(source->scratch);
        if (row->torn)
                return complain(feed, page, row->bad) == MST_OK ? MST_OK : mst_fail_memory(err, "reading a file");
        id = fil_row_id(source, feed, row, &length);
        if (id == NULL) {
                snprintf(text, sizeof text, "line %" PRIu64 ": the row has no %s", row->line, feed->id);
                (void)complain(feed, page, text);
                return MST_OK;
        }
        line = ids != NULL ? fil_ids_note(ids, id, length, row->line) : 0;
        if (line == UINT64_MAX)
                return mst_fail_memory(err, "noting ids");
        if (line == 0)
                return tell(source, feed, row, id, length, page);
        snprintf(text, sizeof text, "line %" PRIu64 ": %s '%.*s' is in line %" PRIu64 " already", row->line, feed->id,
                 (int)(length > 60 ? 60 : length), id, line);
        (void)complain(feed, page, text);
        return MST_OK;
}
