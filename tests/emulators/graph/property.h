/* property.h - what a user has: every property of the sheet, how it is called
 * in JSON, what kind of value it is, and who writes it for a generated person.
 *
 * A property of a generated person is either written (a JSON value) or was
 * never set; the difference between never set and null is the delta query's. */
#ifndef GRAPH_PROPERTY_H
#define GRAPH_PROPERTY_H
#include "person.h"
#include "../rest/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
        KIND_STRING, KIND_BOOLEAN, KIND_DATE, KIND_INTEGER, KIND_OBJECT,
        KIND_LIST,              /* [] when there is nothing, never null */
        KIND_MANAGER,           /* the one navigation property that delta follows */
        KIND_ELSEWHERE          /* kept outside the directory: 501 on a collection */
};

struct property {
        const char *name;
        const char *key;                /* "name":  with quotes and colon */
        uint16_t key_len;
        uint8_t kind;
        bool standard;                  /* comes without $select */
        bool extension;                 /* a directory extension */
        /* Writes the JSON value; false, and nothing written: never set. */
        bool (*write)(struct text *t, const struct person *p);
};

enum { PROPERTIES_MAX = 128 };
extern const struct property properties[];
extern const unsigned property_count;

/* The ones that the emulator itself looks at. */
enum property_id {
        PROP_ID, PROP_UPN, PROP_DISPLAY_NAME, PROP_GIVEN_NAME, PROP_SURNAME, PROP_MAIL,
        PROP_JOB_TITLE, PROP_MOBILE, PROP_OFFICE, PROP_LANGUAGE, PROP_BUSINESS_PHONES,
        PROP_ENABLED, PROP_DEPARTMENT, PROP_CITY, PROP_MAIL_NICKNAME, PROP_USER_TYPE,
        PROP_DELETED_AT, PROP_CREATED_AT, PROP_MANAGER, PROP_NONE
};

/* The number of the property so called (case does not matter), or -1. */
int property_find(const char *name, size_t len);

/* A set of properties. */
struct props {
        uint64_t bits[PROPERTIES_MAX / 64];
};

static inline void
props_add(struct props *s, unsigned p)
{
        s->bits[p / 64] |= UINT64_C(1) << (p % 64);
}

static inline bool
props_has(const struct props *s, unsigned p)
{
        return (s->bits[p / 64] >> (p % 64) & 1) != 0;
}

static inline bool
props_meet(const struct props *a, const struct props *b)
{
        return ((a->bits[0] & b->bits[0]) | (a->bits[1] & b->bits[1])) != 0;
}

static inline void
props_join(struct props *a, const struct props *b)
{
        a->bits[0] |= b->bits[0];
        a->bits[1] |= b->bits[1];
}

/* Adds every extension of the same kind as 'p' when 'p' is an extension: the
 * service sends them together. */
void props_add_kin(struct props *s, unsigned p);

/* "given.family", with the number of namesakes. */
void person_alias(struct text *t, const struct person *p);
void person_upn(struct text *t, const struct person *p);
#endif
