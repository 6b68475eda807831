/* record.h - what <muster/value.h> and <muster/record.h> keep hidden, and what the
 * core does with records: the flat form, merging, comparing.
 *
 * Attributes lie in one array in order of their names' bytes, so that two records
 * are compared in one walk and a name is found by bisection. */
#ifndef MSTC_RECORD_H
#define MSTC_RECORD_H

#include <muster/arena.h>
#include <muster/error.h>
#include <muster/record.h>

#include "util/buffer.h"

#define MSTC_ID_MOST 1024u                   /* the limits of <muster/record.h>        */
#define MSTC_NAME_MOST 256u
#define MSTC_TEXT_MOST (1024u * 1024u)
#define MSTC_RECORD_MOST (8u * 1024u * 1024u)
#define MSTC_FIELDS_MOST 1000u               /* of a record, and members of an object  */
#define MSTC_LIST_MOST 200000u
#define MSTC_DEPTH_MOST 8u

struct mst_value {
        uint8_t type;                        /* enum mst_type                          */
        uint8_t room;                        /* log2 of what 'items' can take; 0: borrowed,
                                              * to be copied before something is added */
        uint8_t depth;                       /* objects around it                      */
        bool element;                        /* of a list, so no list itself           */
        uint32_t length;                     /* bytes, elements or members             */
        union {
                bool is;
                int64_t number;              /* int, date                              */
                double real;
                const char *text;            /* text, bytes, ref: NUL follows          */
                struct mst_value *items;
                struct mstc_field *members;
        } as;
};

struct mstc_field {
        const char *name;
        struct mst_value value;
};

struct mst_record {
        struct mst_arena *arena;             /* where everything of it lies            */
        enum mst_kind kind;
        const char *id;
        struct mstc_field *fields;
        uint32_t count, room;
        size_t size;                         /* bytes so far, for the limit            */
        const char *bad;                     /* why, or NULL                           */
        const char *latest;                  /* name put last, for the reason          */
};

/* Why these bytes cannot be an id or name of at most 'most' bytes ("is empty", "is
 * longer than ..."), as a sentence's end in 'why' (room 80); false when they can be. */
MST_API bool mstc_text_bad(const char *text, size_t length, size_t most, char why[80]);

/* An empty record in 'arena'; the id is copied.  NULL: out of memory.  An id that is
 * none makes a bad record whose id is "". */
MST_API struct mst_record *mstc_record_new(struct mst_arena *arena, enum mst_kind kind,
                                           const char *id, size_t length);

/* The same without an id: values only, as they are compared and written. */
MST_API struct mst_record *mstc_record_values(struct mst_arena *arena, enum mst_kind kind);

/* Puts a copy of 'value' (deep, into the record's arena) under 'name'.  mstc_record_share
 * borrows what the value points to, which must live as long as the record. */
MST_API bool mstc_record_set(struct mst_record *record, const char *name, const struct mst_value *value);
MST_API bool mstc_record_share(struct mst_record *record, const char *name, const struct mst_value *value);
MST_API void mstc_record_remove(struct mst_record *record, const char *name);
MST_API bool mstc_value_copy(struct mst_arena *arena, struct mst_value *into, const struct mst_value *from);

/* Where 'name' is among sorted fields, or belongs. */
MST_API size_t mstc_fields_find(const struct mstc_field *fields, size_t count, const char *name,
                                bool *there);

/* Values on the stack, borrowing their text. */
MST_API struct mst_value mstc_value_null(void);
MST_API struct mst_value mstc_value_bool(bool is);
MST_API struct mst_value mstc_value_int(int64_t number);
MST_API struct mst_value mstc_value_text(const char *text, size_t length);
MST_API struct mst_value mstc_value_date(int64_t date);

/* Null, "" or an empty list: nothing that a sink could hold. */
MST_API bool mstc_value_empty(const struct mst_value *value);

/* The flat form, version 1: bytes that do not depend on machine or build and are
 * the same for equal records (after mstc_record_tidy), so that they can be hashed.
 *   record  01 kind:u8 count:varint { field }      fields in order, nulls kept
 *   field   length:varint name NUL value
 *   value   type:u8, then  bool: u8 | int, date: zigzag varint | real: 8 bytes LE |
 *           text, bytes, ref: length:varint bytes NUL | list: count:varint {value} |
 *           object: count:varint {field}
 * The id is not part of it (id "": values only).  mstc_record_unflat() makes a record in 'arena' whose
 * texts point into 'bytes'; bytes that flat cannot have made are refused
 * (MST_EINTERNAL, "damaged record"), never followed. */
MST_API void mstc_record_flat(const struct mst_record *record, struct mstc_buffer *into);
MST_API int mstc_record_unflat(const void *bytes, size_t size, const char *id,
                               struct mst_arena *arena, struct mst_record **ret, struct mst_error *err);
MST_API void mstc_value_flat(const struct mst_value *value, struct mstc_buffer *into);
MST_API int mstc_value_unflat(const void *bytes, size_t size, struct mst_arena *arena,
                              struct mst_value *ret, struct mst_error *err);

/* 'base' with 'patch' laid over it: what is not put stays, null removes.  Shares the
 * values of both; the result lies in 'arena'.  'base' may be NULL. */
MST_API struct mst_record *mstc_record_merge(struct mst_arena *arena, const struct mst_record *base,
                                             const struct mst_record *patch);

/* Removes attributes that are null or an empty list (a whole record's way to say
 * "no value"), so that equal content gives equal bytes. */
MST_API void mstc_record_tidy(struct mst_record *record);

/* Calls 'each' for every attribute whose value differs, in order of names; either
 * side may be NULL.  Stops when it returns false. */
MST_API void mstc_record_compare(const struct mst_record *before, const struct mst_record *after,
                                 bool (*each)(void *self, const char *name,
                                              const struct mst_value *before,
                                              const struct mst_value *after), void *self);

/* "text", "date", ..., as admins read them. */
MST_API const char *mstc_type_name(enum mst_type type);

/* As JSON (bytes as base64, dates ISO), for people and for --json.  A record is the
 * object of its attributes; kind and id are the caller's to put around it. */
MST_API void mstc_value_json(const struct mst_value *value, struct mstc_buffer *into);
MST_API void mstc_record_json(const struct mst_record *record, struct mstc_buffer *into);
/* As one line for a table: lists joined with "; ", bytes as "<12 bytes>". */
MST_API void mstc_value_say(const struct mst_value *value, struct mstc_buffer *into);

#endif
