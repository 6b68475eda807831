/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/record.h> - one user or one group, normalized: a kind, an id and
 * named, typed values.
 *
 * A connector gets an empty record from a page (<muster/page.h>) or an answer
 * (<muster/search.h>) and fills it:
 *
 *      rec = mst_page_whole(page, MST_USER, id, strlen(id));
 *      mst_record_text(rec, mst_record_put(rec, "mail"), mail, strlen(mail));
 *      list = mst_record_put(rec, "otherMails");
 *      mst_record_list(rec, list);
 *      for (...)
 *              mst_record_text(rec, mst_record_append(rec, list), s, n);
 *
 * Nothing needs to be checked in between: a call that fails (no memory, text
 * that is not UTF-8, a value or a record past its limit) marks the record as
 * bad with the reason, later calls do nothing, and all calls take a NULL record
 * or value.  The engine puts a bad record aside with that reason and goes on
 * with the rest of the page; it never deletes anything because of it.
 *
 * Everything that is passed in is copied.  A value that mst_record_put(),
 * mst_record_append() or mst_record_member() returned is valid until the next call
 * of the same function on the same record, list or object: finish one attribute
 * before you put the next.  One thread at a time.
 *
 * Limits: id and ref 1 to 1,024 bytes; names 1 to 256 bytes; one text 1 MiB; a
 * record 8 MiB, 1,000 attributes; a list 200,000 elements; objects 8 deep, with
 * 1,000 members each.
 */
#ifndef MUSTER_RECORD_H
#define MUSTER_RECORD_H

#include <muster/value.h>

MST_BEGIN

enum mst_kind {
        MST_USER = 1,
        MST_GROUP = 2
};

struct mst_record;

MST_API enum mst_kind mst_record_kind(const struct mst_record *record);
MST_API const char *mst_record_id(const struct mst_record *record);

/* Attributes in order of their names' bytes. */
MST_API size_t mst_record_count(const struct mst_record *record);
MST_API const char *mst_record_name_at(const struct mst_record *record, size_t index);
MST_API const struct mst_value *mst_record_at(const struct mst_record *record, size_t index);

/* The value of that name, exactly as written; NULL when the record has none.  A
 * value of type MST_NULL is there and says "cleared". */
MST_API const struct mst_value *mst_record_get(const struct mst_record *record, const char *name);

/* The value of attribute 'name', new and null; an earlier one of that name is
 * replaced. */
MST_API struct mst_value *mst_record_put(struct mst_record *record, const char *name);

/* Give 'value' a type and a content. */
MST_API void mst_record_null(struct mst_record *record, struct mst_value *value);
MST_API void mst_record_bool(struct mst_record *record, struct mst_value *value, bool is);
MST_API void mst_record_int(struct mst_record *record, struct mst_value *value, int64_t number);
MST_API void mst_record_real(struct mst_record *record, struct mst_value *value, double number);
MST_API void mst_record_text(struct mst_record *record, struct mst_value *value,
                             const char *text, size_t length);
MST_API void mst_record_bytes(struct mst_record *record, struct mst_value *value,
                              const void *bytes, size_t size);
MST_API void mst_record_date(struct mst_record *record, struct mst_value *value, int64_t date);
MST_API void mst_record_ref(struct mst_record *record, struct mst_value *value,
                            const char *id, size_t length);

/* Puts a copy of a single value, or a list of such, that lives elsewhere: in an answer in JSON. */
MST_API void mst_record_copy(struct mst_record *record, const char *name, const struct mst_value *value);

/* Make 'value' an empty list or object, and add to it. */
MST_API void mst_record_list(struct mst_record *record, struct mst_value *value);
MST_API struct mst_value *mst_record_append(struct mst_record *record, struct mst_value *list);
MST_API void mst_record_object(struct mst_record *record, struct mst_value *value);
MST_API struct mst_value *mst_record_member(struct mst_record *record, struct mst_value *object,
                                            const char *name);

/* Marks the record as bad for a reason only the connector knows ("department is
 * a number where the service promises text").  The first reason stays. */
MST_API void mst_record_bad(struct mst_record *record, const char *format, ...) MST_PRINTF(2, 3);

/* The reason, or NULL for a good record. */
MST_API const char *mst_record_why_bad(const struct mst_record *record);

MST_END_C
#endif
