/* SPDX-License-Identifier: Apache-2.0
 *
 * item.c - a line about a person or a group becomes an item of a page.
 *
 *   {"user":"7","whole":{"mail":"ada@x.org"}}        as it is
 *   {"user":"7","patch":{"mail":null}}               what has changed
 *   {"user":"7","gone":"soft"}                       or "hard"
 *   {"user":"7","outside":true}                      {"user":"7","present":true}
 *   {"group":"g","member":"7","joins":true}          "of":"group": the member is a group
 *   {"group":"g","members":"all"}                    what follows is its whole membership
 *   {"all":"user"}                                   this round names everybody of that kind
 *   {"bad":"row 17 has no id"}                       something that cannot be told
 *
 * A value is as JSON has it; where an attribute was described with a type, it must be that: dates
 * are ISO 8601 in a text, bytes base64. */
#include <stdio.h>
#include <string.h>

#include <muster/base64.h>

#include "exec.h"

static const struct exe_attribute *
described(const struct exe *x, enum mst_kind kind, const char *name)
{
        for (size_t i = 0; i < x->attribute_count; i++)
                if (x->attributes[i].kind == kind && strcmp(x->attributes[i].name, name) == 0)
                        return &x->attributes[i];
        return NULL;
}

/* The reader of JSON reads dates already. */
static bool
read_date(struct exe *x, const char *text, size_t length, int64_t *date)
{
        char room[48];
        int n = snprintf(room, sizeof room, "\"%.*s\"", (int)(length < 40 ? length : 40), text);

        if (length > 40 || strpbrk(text, "\"\\") != NULL)
                return false;
        mst_json_start(x->date, room, (size_t)n);
        return mst_json_date(x->date, date) == MST_JSON_OK && mst_json_finish(x->date);
}

/* False: it is not of that type. */
static bool
put_text(struct exe *x, struct mst_record *record, struct mst_value *to, enum mst_type type, const struct mst_value *value)
{
        size_t length, size;
        const char *text = mst_value_text(value, &length), *bytes;
        int64_t date;

        switch (type) {
        case MST_TEXT:
                mst_record_text(record, to, text, length);
                return true;
        case MST_REF:
                mst_record_ref(record, to, text, length);
                return true;
        case MST_DATE:
                if (!read_date(x, text, length, &date))
                        return false;
                mst_record_date(record, to, date);
                return true;
        case MST_BYTES:
                bytes = mst_base64_decode(x->line, text, length, &size);
                if (bytes != NULL)
                        mst_record_bytes(record, to, bytes, size);
                return bytes != NULL;
        default:
                return false;
        }
}

static bool
put_single(struct exe *x, struct mst_record *record, struct mst_value *to, const struct exe_attribute *a,
           const struct mst_value *value)
{
        enum mst_type is = mst_value_type(value), type = a != NULL ? a->type : is;

        if (is == MST_TEXT)
                return put_text(x, record, to, type, value);
        if (is == MST_BOOL && type == MST_BOOL)
                mst_record_bool(record, to, mst_value_bool(value));
        else if (is == MST_INT && type == MST_INT)
                mst_record_int(record, to, mst_value_int(value));
        else if ((is == MST_INT || is == MST_REAL) && type == MST_REAL)
                mst_record_real(record, to, is == MST_REAL ? mst_value_real(value) : (double)mst_value_int(value));
        else
                return false;
        return true;
}

static void
put_value(struct exe *x, struct mst_record *record, const char *name, const struct mst_value *value)
{
        const struct exe_attribute *a = described(x, mst_record_kind(record), name);
        struct mst_value *to = mst_record_put(record, name);
        bool fits = true;

        if (mst_value_type(value) == MST_NULL) {
                mst_record_null(record, to);
        } else if (mst_value_type(value) == MST_LIST) {
                mst_record_list(record, to);
                for (size_t i = 0; i < mst_value_count(value) && fits; i++)
                        fits = put_single(x, record, mst_record_append(record, to), a, mst_value_at(value, i));
        } else {
                fits = put_single(x, record, to, a, value);
        }
        if (!fits)
                mst_record_bad(record, "the value of '%s' is not of the type that the program has described, or an object", name);
}

void
exe_values(struct exe *x, struct mst_record *record, const struct mst_value *object)
{
        for (size_t i = 0; i < mst_value_count(object) && mst_value_type(object) == MST_OBJECT; i++) {
                const char *name = mst_value_name_at(object, i);

                put_value(x, record, name, mst_value_member(object, name));
        }
}

static int
take_member(struct exe *x, struct mst_page *page, const char *group, const struct mst_value *line, struct mst_error *err)
{
        const char *member = exe_text(line, "member"), *of = exe_text(line, "of");
        enum mst_kind kind = MST_USER;

        if (member == NULL || (of != NULL && !exe_word_kind(of, &kind)) || mst_value_type(mst_value_find(line, "joins")) != MST_BOOL)
                return exe_break(x, MST_EINTERNAL, err, "told a member of group '%s' without its id, or without \"joins\"", group);
        (void)mst_page_member(page, group, strlen(group), kind, member, strlen(member), mst_value_find_bool(line, "joins"));
        return MST_OK;
}

static int
take_object(struct exe *x, struct mst_page *page, enum mst_kind kind, const char *id, const struct mst_value *line,
            struct mst_error *err)
{
        const struct mst_value *whole = mst_value_find(line, "whole"), *patch = mst_value_find(line, "patch");
        const char *gone = exe_text(line, "gone");
        size_t length = strlen(id);

        if (mst_value_type(whole) == MST_OBJECT)
                exe_values(x, mst_page_whole(page, kind, id, length), whole);
        else if (mst_value_type(patch) == MST_OBJECT)
                exe_values(x, mst_page_patch(page, kind, id, length), patch);
        else if (gone != NULL && (strcmp(gone, "soft") == 0 || strcmp(gone, "hard") == 0))
                (void)mst_page_gone(page, kind, id, length, gone[0] == 's' ? MST_GONE_SOFT : MST_GONE_HARD);
        else if (mst_value_find_bool(line, "outside"))
                (void)mst_page_outside(page, kind, id, length);
        else if (mst_value_find_bool(line, "present"))
                (void)mst_page_present(page, kind, id, length);
        else
                return exe_break(x, MST_EINTERNAL, err, "told of %s '%s' nothing that the protocol knows (\"whole\", \"patch\", \"gone\" ...)",
                                 exe_kind_word(kind), id);
        return MST_OK;
}

int
exe_item(struct exe *x, struct mst_page *page, const struct mst_value *line, struct mst_error *err)
{
        const char *user = exe_text(line, "user"), *group = exe_text(line, "group");
        const char *all = exe_text(line, "all"), *bad = exe_text(line, "bad");
        enum mst_kind kind;

        if (user != NULL)
                return take_object(x, page, MST_USER, user, line, err);
        if (group != NULL && mst_value_find(line, "member") != NULL)
                return take_member(x, page, group, line, err);
        if (group != NULL && strcmp(mst_value_find_text(line, "members"), "all") == 0) {
                (void)mst_page_members_all(page, group, strlen(group));
                return MST_OK;
        }
        if (group != NULL)
                return take_object(x, page, MST_GROUP, group, line, err);
        if (all != NULL && exe_word_kind(all, &kind)) {
                (void)mst_page_all(page, kind);
                return MST_OK;
        }
        if (bad == NULL)
                return exe_break(x, MST_EINTERNAL, err, "wrote an item without \"user\", \"group\", \"all\" or \"bad\"");
        (void)mst_page_bad(page, "%s", exe_clean(x, bad));
        return MST_OK;
}
