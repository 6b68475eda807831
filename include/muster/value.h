/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/value.h> - one typed value of an attribute.
 *
 * Values are read here; they are made through a record (<muster/record.h>) and
 * live as long as the arena or op that holds them.  Text is UTF-8 without NUL
 * bytes.  All functions take NULL and treat it as the null value; asked for the
 * wrong type they return the neutral answer (false, 0, "" with length 0).
 */
#ifndef MUSTER_VALUE_H
#define MUSTER_VALUE_H

#include <muster/arena.h>

MST_BEGIN

enum mst_type {
        MST_NULL = 0,
        MST_BOOL = 1,
        MST_INT = 2,             /* 64 bit, signed                                     */
        MST_REAL = 3,            /* IEEE double, never NaN or infinite                 */
        MST_TEXT = 4,
        MST_BYTES = 5,           /* binary, any bytes                                  */
        MST_DATE = 6,            /* an instant, see mst_value_date()                   */
        MST_REF = 7,             /* the source's id of another record, as text         */
        MST_LIST = 8,            /* ordered values, none of them a list                */
        MST_OBJECT = 9           /* named values                                       */
};

struct mst_value;

MST_API enum mst_type mst_value_type(const struct mst_value *value);
MST_API bool mst_value_bool(const struct mst_value *value);
MST_API int64_t mst_value_int(const struct mst_value *value);
MST_API double mst_value_real(const struct mst_value *value);

/* MST_TEXT, MST_BYTES, MST_REF: the bytes, followed by a NUL that '*length' (may be
 * NULL) does not count. */
MST_API const char *mst_value_text(const struct mst_value *value, size_t *length);

/* MST_DATE: 100 ns steps since 0001-01-01T00:00:00Z (years 1 to 9999). */
MST_API int64_t mst_value_date(const struct mst_value *value);

/* Elements of a list, members of an object; 0 for null, 1 for anything else.  The
 * element 0 of a single value is the value itself, so that one loop serves both. */
MST_API size_t mst_value_count(const struct mst_value *value);
MST_API const struct mst_value *mst_value_at(const struct mst_value *value, size_t index);

/* MST_OBJECT: the name of member 'index', or the member of that name (NULL: none). */
MST_API const char *mst_value_name_at(const struct mst_value *value, size_t index);
MST_API const struct mst_value *mst_value_member(const struct mst_value *value, const char *name);

/* The same without regard to case, for services that are not sure how they spell it. */
MST_API const struct mst_value *mst_value_find(const struct mst_value *object, const char *name);

/* What that member holds: its text ("" when it is none); a whole number, also one written as
 * text ('otherwise' when it is none); true, or the text "true" in any case. */
MST_API const char *mst_value_find_text(const struct mst_value *object, const char *name);
MST_API int64_t mst_value_find_int(const struct mst_value *object, const char *name, int64_t otherwise);
MST_API bool mst_value_find_bool(const struct mst_value *object, const char *name);

/* Is 'text' one of the words, which stand with a blank between?  Without regard to case. */
MST_API bool mst_text_among(const char *words, const char *text);

/* A single value (of a list: its first) as text in 'arena': true and false, digits, an instant as
 * 2026-03-01T08:00:00Z; "" for null, bytes and objects.  NULL: out of memory. */
MST_API const char *mst_value_print(struct mst_arena *arena, const struct mst_value *value);

/* Is there an element of 'list' that equals 'value'? */
MST_API bool mst_value_has(const struct mst_value *list, const struct mst_value *value);

/* Same type and same content; lists in the same order. */
MST_API bool mst_value_equal(const struct mst_value *a, const struct mst_value *b);

/* 100 ns steps since year 1 <-> Unix seconds and the rest in 100 ns steps. */
#define MST_DATE_UNIX_EPOCH INT64_C(621355968000000000)
#define MST_DATE_SECOND INT64_C(10000000)

MST_END_C
#endif
