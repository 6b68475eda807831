/* jsonrecord.h - records as admins write them by hand: JSON.
 *
 * <test user='{"department":"Finance"}'>, muster eval --record FILE, and the people of
 * case files.  What JSON cannot say (an instant, a reference) is told by the schema. */
#ifndef MSTC_JSONRECORD_H
#define MSTC_JSONRECORD_H

#include <muster/error.h>

#include "rules/expr.h"

struct json_object;

/* Parses strictly; NULL with the place ("line 2, column 7") in the error. */
struct json_object *mstc_json_parse(const char *text, size_t length, struct mst_error *err);
/* The same with the place in '*line' and '*column' instead; 0 when it has none. */
struct json_object *mstc_json_parse_at(const char *text, size_t length, unsigned *line, unsigned *column,
                                       struct mst_error *err);
/* A whole file, of at most 64 MiB: its text; parsed as well. */
struct mstc_buffer;
int mstc_json_load(const char *path, struct mstc_buffer *text, struct mst_error *err);
struct json_object *mstc_json_read(const char *path, struct mst_error *err);

/* Fills 'value' of 'record'. */
void mstc_json_to_value(struct mst_record *record, struct mst_value *value, struct json_object *json,
                        enum mst_type type);
/* A user; member "id" is his id, else 'id' is.  'schema' may be NULL: text stays text.
 * NULL with the reason; the record lies in 'arena'. */
struct mst_record *mstc_json_to_record(struct json_object *json, const char *id, const struct mstc_schema *schema,
                                       struct mst_arena *arena, struct mst_error *err);

#endif
