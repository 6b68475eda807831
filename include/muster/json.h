/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/json.h> - reading JSON from memory without building a tree, and writing
 * request bodies.
 *
 * A reader stands in front of a value.  The caller looks what it is, and takes,
 * enters or skips it; nothing is copied and nothing allocated but strings that
 * hold escapes, which are unescaped into an arena of the caller:
 *
 *      mst_json_start(json, bytes, size);
 *      if (mst_json_enter_object(json))
 *              while (mst_json_member(json, &name, &length))
 *                      if (length == 5 && memcmp(name, "value", 5) == 0)
 *                              read_people(json);
 *      if (!mst_json_finish(json))
 *              return mst_json_fail(json, err);
 *
 * A member or element that was not taken is skipped by the next call, and so is
 * the rest of a container that is left early with mst_json_leave().  Absent and
 * null differ: an absent member is never told, a null one is told as MST_JSON_NULL.
 *
 * Two kinds of trouble are kept apart.  A document that is not JSON (RFC 8259:
 * unclosed, a stray comma, a control character in a string, deeper than 64)
 * breaks the reader: all calls return false from then on, and mst_json_fail()
 * says what is wrong and at which byte.  A value that is JSON but cannot be used
 * (another type, invalid UTF-8, \u0000, half a surrogate pair, a number out of
 * range) is the trouble of that value only: the call that takes it passes over it
 * and says why, and the reader goes on.
 *
 * The document is borrowed until the next mst_json_start().  A byte order mark in
 * front is passed over.  Of members with the same name all are told.  A reader may
 * be used by one thread at a time.
 */
#ifndef MUSTER_JSON_H
#define MUSTER_JSON_H

#include <muster/arena.h>
#include <muster/error.h>
#include <muster/value.h>

MST_BEGIN

struct mst_json;

enum mst_json_kind {
        MST_JSON_BROKEN = 0,     /* not JSON, or no value stands here                  */
        MST_JSON_NULL = 1,
        MST_JSON_BOOL = 2,
        MST_JSON_NUMBER = 3,
        MST_JSON_STRING = 4,
        MST_JSON_ARRAY = 5,
        MST_JSON_OBJECT = 6
};

/* What became of a value that was taken. */
enum mst_json_taken {
        MST_JSON_OK = 0,
        MST_JSON_STOP = 1,       /* the document is broken, see mst_json_fail()        */
        MST_JSON_TYPE = 2,       /* another type than asked for                        */
        MST_JSON_UTF8 = 3,       /* bytes that are not UTF-8                           */
        MST_JSON_NUL = 4,        /* \u0000                                             */
        MST_JSON_SURROGATE = 5,  /* half a pair, such as \ud83d alone                  */
        MST_JSON_RANGE = 6,      /* number or date that does not fit                   */
        MST_JSON_MEMORY = 7      /* no memory to unescape it                           */
};

/* A few words for a sentence ("is not UTF-8"), never NULL. */
MST_API const char *mst_json_taken_say(enum mst_json_taken taken);
/* The kind as a word with its article ("a number", "null"). */
MST_API const char *mst_json_kind_say(enum mst_json_kind kind);

/* NULL: out of memory.  Free takes NULL. */
MST_API struct mst_json *mst_json_new(void);
MST_API void mst_json_free(struct mst_json *json);

/* Begins with another document. */
MST_API void mst_json_start(struct mst_json *json, const void *bytes, size_t size);

/* What the value is that stands here.  Looks at its first byte only. */
MST_API enum mst_json_kind mst_json_peek(struct mst_json *json);

/* Enter a container; false, with the value untouched, when it is something else. */
MST_API bool mst_json_enter_object(struct mst_json *json);
MST_API bool mst_json_enter_array(struct mst_json *json);

/* Moves to the next member of the object, or element of the array, that was
 * entered last.  False at its end, which leaves the container, and when broken.
 * The name is unescaped and valid until the next call of mst_json_member(); one that
 * cannot be unescaped is told as it is written. */
MST_API bool mst_json_member(struct mst_json *json, const char **name, size_t *length);
MST_API bool mst_json_element(struct mst_json *json);

/* Skips the rest of the container that was entered last. */
MST_API void mst_json_leave(struct mst_json *json);

/* Skips the value that stands here, and tells where it lay ('bytes' and 'size' may
 * be NULL), for instance to hash it or to read it later with another reader. */
MST_API bool mst_json_skip(struct mst_json *json, const char **bytes, size_t *size);

/* Takes the value that stands here.  Whatever is returned, the value is passed
 * over.  A string points into the document, or into 'arena' when it held escapes;
 * no NUL follows it.  'arena' NULL: a string with escapes is MST_JSON_MEMORY. */
MST_API enum mst_json_taken mst_json_text(struct mst_json *json, struct mst_arena *arena,
                                          const char **text, size_t *length);
MST_API enum mst_json_taken mst_json_bool(struct mst_json *json, bool *is);

/* A whole number of 64 bits; 1.0 and 1e3 are of the wrong type. */
MST_API enum mst_json_taken mst_json_int(struct mst_json *json, int64_t *number);
MST_API enum mst_json_taken mst_json_real(struct mst_json *json, double *number);

/* A number as it is: '*whole' tells whether '*number' or '*real' was set.  What is whole
 * and too large for 64 bits becomes a real. */
MST_API enum mst_json_taken mst_json_number(struct mst_json *json, bool *whole, int64_t *number,
                                            double *real);

/* A string that is an ISO 8601 date or instant, as an MST_DATE.  A string that is no
 * date is MST_JSON_RANGE. */
MST_API enum mst_json_taken mst_json_date(struct mst_json *json, int64_t *date);

/* What to do with one member of an object; the table ends with a NULL name.  Each row has one
 * of the pointers. */
struct mst_json_field {
        const char *name;
        const char **text;       /* a string, NUL-terminated in the arena; else untouched */
        bool *flag;              /* true, or "true" in any case                        */
        int64_t *number;         /* a whole number; else untouched                     */
        void (*each)(void *self);        /* called in front of each element of an array, */
        void *self;                      /* which it takes or leaves                   */
        bool *found;             /* set when the member is there (and is an array), may be NULL */
};

/* Takes the object that stands here by that table; members that are not in it are skipped.
 * 'row' is sizeof *fields in the caller's build.  False when it is no object, which is
 * skipped, or when the document has turned out to be broken. */
MST_API bool mst_json_fields(struct mst_json *json, struct mst_arena *arena,
                             const struct mst_json_field *fields, size_t row);

/* Takes whatever stands here, with all that is in it, as a value (<muster/value.h>) that lives in
 * 'arena': an object is MST_OBJECT, an array MST_LIST (of anything, lists too), a whole number
 * MST_INT.  For answers of services, which are small; a member is then found with
 * mst_value_find().  What is JSON and cannot be used (no UTF-8, say) is null; of members of one
 * name the last counts.  NULL: the document is broken (mst_json_fail()), or memory is out. */
MST_API const struct mst_value *mst_json_value(struct mst_json *json, struct mst_arena *arena);

/* Where the reader stands, in bytes from the start of the document. */
MST_API size_t mst_json_offset(const struct mst_json *json);

/* True when the document was read to its end and was JSON: only white space is
 * left.  Skips what was not read yet. */
MST_API bool mst_json_finish(struct mst_json *json);

/* True once the document has turned out to be broken. */
MST_API bool mst_json_is_broken(const struct mst_json *json);

/* Sets the sentence "not JSON at byte 17: ..." with class MST_ENET (the other side
 * broke off or sent something else) and returns the class. */
MST_API int mst_json_fail(const struct mst_json *json, struct mst_error *err);

/* Writing: calls in the order of the document.  Nothing needs to be checked before
 * mst_json_written(), which returns NULL when memory was out, a text was not UTF-8,
 * or the calls do not make a document.  Commas and escapes are the writer's. */
struct mst_json_out;

MST_API struct mst_json_out *mst_json_out_new(void);
MST_API void mst_json_out_free(struct mst_json_out *out);
MST_API void mst_json_out_reset(struct mst_json_out *out);

MST_API void mst_json_out_object(struct mst_json_out *out);
MST_API void mst_json_out_array(struct mst_json_out *out);
MST_API void mst_json_out_end(struct mst_json_out *out);        /* of either */
MST_API void mst_json_out_name(struct mst_json_out *out, const char *name);
MST_API void mst_json_out_null(struct mst_json_out *out);
MST_API void mst_json_out_bool(struct mst_json_out *out, bool is);
MST_API void mst_json_out_int(struct mst_json_out *out, int64_t number);
MST_API void mst_json_out_text(struct mst_json_out *out, const char *text, size_t length);

/* A member at once: its name, and a text that ends with NUL; a list of such texts. */
MST_API void mst_json_out_member(struct mst_json_out *out, const char *name, const char *text);
MST_API void mst_json_out_texts(struct mst_json_out *out, const char *name, const char *const *texts,
                                size_t count);

/* A value of a record: dates as ISO 8601, bytes as base64, references as text. */
MST_API void mst_json_out_value(struct mst_json_out *out, const struct mst_value *value);

/* The document, followed by a NUL that 'size' (may be NULL) does not count; valid
 * until the next call on 'out'. */
MST_API const char *mst_json_written(struct mst_json_out *out, size_t *size);

MST_END_C
#endif
