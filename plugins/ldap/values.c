/* SPDX-License-Identifier: Apache-2.0
 *
 * values.c - values on their way to the server.
 *
 * Text and bytes are not copied: an op's values live until it is settled, which is
 * after the answer.  An empty text is no value in LDAP, so it is none here. */
#include "values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "schema.h"
#include "when.h"

static int
write_printed(struct mst_arena *arena, const char *text, struct berval *ret, struct mst_error *err)
{
        ret->bv_val = mst_arena_strdup(arena, text);
        if (ret->bv_val == NULL)
                return mst_fail_memory(err, "writing a value");
        ret->bv_len = strlen(text);
        return MST_OK;
}

int
ldp_value_write(struct mst_arena *arena, const struct mst_value *value, struct berval *ret, struct mst_error *err)
{
        char text[64];
        size_t length = 0;

        *ret = (struct berval){ 0 };
        switch (mst_value_type(value)) {
        case MST_NULL:
                return MST_OK;
        case MST_TEXT:
        case MST_BYTES:
        case MST_REF:
                ret->bv_val = (char *)mst_value_text(value, &length);
                ret->bv_len = length;
                return MST_OK;
        case MST_BOOL:
                return write_printed(arena, mst_value_bool(value) ? "TRUE" : "FALSE", ret, err);
        case MST_INT:
                snprintf(text, sizeof text, "%" PRId64, mst_value_int(value));
                return write_printed(arena, text, ret, err);
        case MST_REAL:
                snprintf(text, sizeof text, "%.17g", mst_value_real(value));
                return write_printed(arena, text, ret, err);
        case MST_DATE:
                ldp_when_write(mst_value_date(value), text);
                return write_printed(arena, text, ret, err);
        case MST_LIST:
        case MST_OBJECT:
                break;
        }
        return mst_fail(err, MST_EREFUSED, "an attribute cannot hold an object or a list of lists: map the "
                        "member that is wanted");
}

char *
ldp_value_key(struct mst_arena *arena, const struct berval *value, bool fold, size_t *length)
{
        char *key = mst_arena_alloc(arena, value->bv_len + 1);
        size_t used = 0;

        for (size_t i = 0; key != NULL && i < value->bv_len; i++) {
                char c = value->bv_val[i];

                if (c == ' ' && (used == 0 || key[used - 1] == ' '))
                        continue;
                key[used++] = (char)(fold && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
        while (used > 0 && key[used - 1] == ' ')
                used--;
        if (key != NULL)
                key[used] = '\0';
        *length = used;
        return key;
}

bool
ldp_value_same(const struct berval *a, const struct berval *b, bool exact)
{
        if (exact)
                return a->bv_len == b->bv_len && memcmp(a->bv_val, b->bv_val, a->bv_len) == 0;
        return a->bv_len == b->bv_len && strncasecmp(a->bv_val, b->bv_val, a->bv_len) == 0;
}

static bool
holds(const struct ldp_values *values, size_t count, const struct berval *value, bool exact)
{
        for (size_t i = 0; i < count; i++)
                if (ldp_value_same(values->list[i], value, exact))
                        return true;
        return false;
}

/* Twice the same is looked for among this many; beyond, the server tells. */
#define DEDUPE 512

int
ldp_values_write(struct mst_arena *arena, const struct ldp_schema *schema, const char *name,
                 const struct mst_value *value, struct ldp_values *ret, struct mst_error *err)
{
        const struct ldp_type *type = ldp_schema_type(schema, name, strlen(name));
        bool exact = type == NULL || type->rule != LDP_RULE_FOLD;
        size_t count = mst_value_count(value);
        struct berval *values = mst_arena_alloc(arena, count * sizeof *values);

        ret->count = 0;
        ret->list = mst_arena_alloc(arena, (count + 1) * sizeof *ret->list);
        if (values == NULL || ret->list == NULL)
                return mst_fail_memory(err, "writing values");
        for (size_t i = 0; i < count; i++) {
                if (ldp_value_write(arena, mst_value_at(value, i), &values[i], err) != MST_OK)
                        return mst_wrap(err, "attribute '%s'", name);
                if (values[i].bv_len > 0 &&
                    (count > DEDUPE || !holds(ret, ret->count, &values[i], exact)))
                        ret->list[ret->count++] = &values[i];
        }
        return MST_OK;
}

bool
ldp_values_text(struct mst_arena *arena, const char *text, struct ldp_values *ret)
{
        struct berval *value = mst_arena_alloc(arena, sizeof *value);

        ret->list = mst_arena_alloc(arena, 2 * sizeof *ret->list);
        if (value == NULL || ret->list == NULL)
                return false;
        value->bv_val = (char *)text;
        value->bv_len = strlen(text);
        ret->list[0] = value;
        ret->count = 1;
        return true;
}

bool
ldp_values_without(struct mst_arena *arena, const struct ldp_values *list, const struct ldp_values *other,
                   bool exact, struct ldp_values *ret)
{
        struct ldp_values left = { .list = mst_arena_alloc(arena, (list->count + 1) * sizeof *left.list) };

        if (left.list == NULL)
                return false;
        for (size_t i = 0; i < list->count; i++)
                if (!holds(other, other->count, list->list[i], exact))
                        left.list[left.count++] = list->list[i];
        *ret = left;
        return true;
}
