/* convert.h - from a field of a row to a value of a record. */
#ifndef FIL_CONVERT_H
#define FIL_CONVERT_H

#include <muster/json.h>
#include <muster/record.h>

#include "reader.h"
#include "types.h"

struct fil_convert {
        struct mst_json *json;               /* for values of JSON Lines, and for dates */
        struct mst_arena *scratch;           /* the caller's to reset                  */
        const char *separator;               /* between the values of a CSV cell       */
};

/* Puts the 'count' fields (LDIF: as many as there are values) under 'name'.  What does not
 * fit its type makes the record bad, with the line. */
void fil_convert_put(const struct fil_convert *convert, struct mst_record *record, const char *name,
                     struct fil_type type, const struct fil_row *row, const struct fil_field *const *fields,
                     size_t count);

/* One text of that kind, for ids: false when the field is no text or number, or empty. */
bool fil_convert_id(const struct fil_convert *convert, const struct fil_field *field, const char **text,
                    size_t *length);

/* Calls 'each' for every value of a cell that holds several; false when it says so. */
bool fil_convert_split(const struct fil_convert *convert, const struct fil_field *field,
                       bool (*each)(void *self, const char *text, size_t length), void *self);

#endif
