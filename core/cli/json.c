/* json.c - the command's JSON, written as it comes.
 *
 * Nothing is kept but the depth, so a listing of a million people costs no memory,
 * and an error in the middle can still end the document in an orderly way. */
#include "build.h"

#include "cli/json.h"

#include <assert.h>
#include <string.h>

#include <muster/arena.h>
#include <muster/escape.h>

#include "record/record.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/date.h"

#define DEEPEST 16u

struct mstc_json {
        FILE *to;
        struct mst_arena *scratch;
        unsigned depth;
        char ends[DEEPEST];                  /* '}' or ']' of each level               */
        bool begun[DEEPEST];                 /* something stands there already         */
        bool failed;
};

struct mstc_json *
mstc_json_new(FILE *to)
{
        struct mstc_json *json = mstc_alloc(sizeof *json);

        if (json == NULL)
                return NULL;
        json->to = to;
        json->scratch = mst_arena_new(0);
        if (json->scratch == NULL) {
                mstc_free(json);
                return NULL;
        }
        json->ends[0] = '}';
        fputc('{', to);
        return json;
}

bool
mstc_json_close(struct mstc_json *json)
{
        bool good;

        mstc_json_end_all(json);
        fputs("}\n", json->to);
        good = !json->failed && fflush(json->to) == 0 && !ferror(json->to);
        mst_arena_free(json->scratch);
        mstc_free(json);
        return good;
}

static void
quoted(struct mstc_json *json, const char *text)
{
        const char *safe = mst_escape_json(json->scratch, text, strlen(text));

        json->failed |= safe == NULL;
        fprintf(json->to, "\"%s\"", safe != NULL ? safe : "");
        if (mst_arena_used(json->scratch) > 65536)
                mst_arena_reset(json->scratch);
}

/* The comma, the line and the key before a value. */
static void
lead_in(struct mstc_json *json, const char *key)
{
        if (json->begun[json->depth])
                fputc(',', json->to);
        json->begun[json->depth] = true;
        if (json->depth < 3) {               /* a row a line                           */
                fputc('\n', json->to);
                for (unsigned i = 0; i <= json->depth; i++)
                        fputc(' ', json->to);
        }
        assert((key != NULL) == (json->ends[json->depth] == '}'));
        if (key != NULL) {
                quoted(json, key);
                fputc(':', json->to);
        }
}

static void
go_down(struct mstc_json *json, const char *key, char begin, char end)
{
        lead_in(json, key);
        fputc(begin, json->to);
        json->depth++;
        assert(json->depth < DEEPEST);
        json->ends[json->depth] = end;
        json->begun[json->depth] = false;
}

void
mstc_json_object(struct mstc_json *json, const char *key)
{
        go_down(json, key, '{', '}');
}

void
mstc_json_array(struct mstc_json *json, const char *key)
{
        go_down(json, key, '[', ']');
}

void
mstc_json_end(struct mstc_json *json)
{
        assert(json->depth > 0);
        fputc(json->ends[json->depth--], json->to);
}

void
mstc_json_end_all(struct mstc_json *json)
{
        while (json->depth > 0)
                mstc_json_end(json);
}

void
mstc_json_text(struct mstc_json *json, const char *key, const char *text)
{
        lead_in(json, key);
        if (text == NULL)
                fputs("null", json->to);
        else
                quoted(json, text);
}

void
mstc_json_number(struct mstc_json *json, const char *key, int64_t number)
{
        lead_in(json, key);
        fprintf(json->to, "%lld", (long long)number);
}

void
mstc_json_bool(struct mstc_json *json, const char *key, bool is)
{
        lead_in(json, key);
        fputs(is ? "true" : "false", json->to);
}

void
mstc_json_null(struct mstc_json *json, const char *key)
{
        lead_in(json, key);
        fputs("null", json->to);
}

void
mstc_json_time(struct mstc_json *json, const char *key, int64_t ms)
{
        char iso[40];

        if (ms == 0) {
                mstc_json_null(json, key);
                return;
        }
        mstc_date_format_iso(ms * (MST_DATE_SECOND / 1000) + MST_DATE_UNIX_EPOCH, iso, sizeof iso);
        mstc_json_text(json, key, iso);
}

/* What the record's own writer makes is JSON already. */
static void
raw(struct mstc_json *json, const char *key, struct mstc_buffer *bytes)
{
        lead_in(json, key);
        json->failed |= !mstc_buffer_ok(bytes);
        fputs(mstc_buffer_ok(bytes) ? mstc_buffer_cstr(bytes) : "null", json->to);
        mstc_buffer_done(bytes);
}

void
mstc_json_raw(struct mstc_json *json, const char *key, struct mstc_buffer *bytes)
{
        raw(json, key, bytes);
}

void
mstc_json_value(struct mstc_json *json, const char *key, const struct mst_value *value)
{
        struct mstc_buffer bytes = { 0 };

        if (value == NULL) {
                mstc_json_null(json, key);
                return;
        }
        mstc_value_json(value, &bytes);
        raw(json, key, &bytes);
}

void
mstc_json_record(struct mstc_json *json, const char *key, const struct mst_record *record)
{
        struct mstc_buffer bytes = { 0 };

        if (record == NULL) {
                mstc_json_null(json, key);
                return;
        }
        mstc_record_json(record, &bytes);
        raw(json, key, &bytes);
}
