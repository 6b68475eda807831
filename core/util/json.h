/* json.h - inside the JSON reader. */
#ifndef MSTC_JSON_H
#define MSTC_JSON_H

#include <locale.h>

#include <muster/json.h>

#include "util/buffer.h"

enum { MSTC_JSON_DEPTH = 64 };

/* What a string was seen to hold while its end was looked for. */
enum { MSTC_JSON_ESCAPES = 1, MSTC_JSON_HIGH = 2 };

struct mst_json {
        const char *start, *at, *end;
        const char *broken_at;
        const char *broken;                  /* what is wrong, or NULL                 */
        uint64_t objects;                    /* bit n: the container at depth n is one */
        unsigned depth;
        bool value;                          /* a value stands here, not taken yet     */
        bool first;                          /* nothing was told of the container yet  */
        struct mstc_buffer name;             /* a member's name that had escapes       */
        locale_t c;                          /* numbers have a point, whatever the locale */
};

/* False always, so that a caller can return it. */
bool mstc_json_break(struct mst_json *json, const char *at, const char *what);

/* Passes over the string whose opening quotation mark stands at 'at'. */
bool mstc_json_string(struct mst_json *json, const char **text, size_t *length, unsigned *seen);

/* Unescapes well-formed escapes into 'into', which has room for 'length' bytes. */
enum mst_json_taken mstc_json_unescape(const char *text, size_t length, char *into, size_t *ret);

/* Passes over a number; 'whole' tells that it has neither point nor exponent. */
bool mstc_json_number(struct mst_json *json, bool *whole);

#endif
