/* json.h - the command's JSON, written as it comes.
 *
 * One document: an object that the writer opens and mstc_json_close() ends, whatever
 * is still open inside it.  Keys are NULL within arrays.  Failures of the stream are
 * seen by whoever closes it; memory that is out shows in mstc_json_close(). */
#ifndef MSTC_CLI_JSON_H
#define MSTC_CLI_JSON_H

#include <stdio.h>

#include <muster/record.h>

#include "util/buffer.h"

struct mstc_json;

struct mstc_json *mstc_json_new(FILE *to);
/* Ends what is open, a newline, and frees; false when it could not all be written. */
bool mstc_json_close(struct mstc_json *json);

void mstc_json_object(struct mstc_json *json, const char *key);
void mstc_json_array(struct mstc_json *json, const char *key);
void mstc_json_end(struct mstc_json *json);              /* of the innermost           */
void mstc_json_end_all(struct mstc_json *json);          /* back to the document       */

void mstc_json_text(struct mstc_json *json, const char *key, const char *text);  /* NULL: null */
void mstc_json_number(struct mstc_json *json, const char *key, int64_t number);
void mstc_json_bool(struct mstc_json *json, const char *key, bool is);
void mstc_json_null(struct mstc_json *json, const char *key);
/* Unix milliseconds as ISO 8601 in UTC; 0: null. */
void mstc_json_time(struct mstc_json *json, const char *key, int64_t ms);
/* What is JSON already; empties the buffer. */
void mstc_json_raw(struct mstc_json *json, const char *key, struct mstc_buffer *bytes);
void mstc_json_value(struct mstc_json *json, const char *key, const struct mst_value *value);
void mstc_json_record(struct mstc_json *json, const char *key, const struct mst_record *record);

#endif
