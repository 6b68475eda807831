/* fuzz-json.c - any bytes for the JSON reader.
 *
 * Skipping and reading must agree on what is JSON; what is read must lie within the
 * bytes or the arena and be UTF-8; nothing may be touched behind the end.
 *
 * Built with clang -fsanitize=fuzzer it fuzzes; otherwise replay.c feeds it the files
 * of tests/fuzz/json, each as it is, cut off everywhere and with bytes changed. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include <muster/json.h>

#include "fuzz.h"
#include "util/utf8.h"

static size_t
walk(struct mst_json *json, struct mst_arena *arena, unsigned way)
{
        const char *text = NULL;
        size_t length = 0, sum = 0;
        int64_t number = 0;
        double real = 0;
        bool is = false;

        /* Now and then a value is asked for as something it is not, or left early. */
        switch (way % 11 == 7 ? MST_JSON_STRING : mst_json_peek(json)) {
        case MST_JSON_OBJECT:
                mst_json_enter_object(json);
                while (mst_json_member(json, &text, &length)) {
                        FUZZ_CHECK(memchr(text, '\1', length) == NULL || length > 0);
                        sum += walk(json, arena, way + (unsigned)length);
                }
                break;
        case MST_JSON_ARRAY:
                mst_json_enter_array(json);
                while (mst_json_element(json)) {
                        if (way % 5 == 3) {
                                mst_json_leave(json);
                                break;
                        }
                        sum += walk(json, arena, way + 1);
                }
                break;
        case MST_JSON_STRING:
                if (mst_json_text(json, arena, &text, &length) == MST_JSON_OK) {
                        FUZZ_CHECK(mstc_utf8_valid(text, length) == length);
                        FUZZ_CHECK(memchr(text, '\0', length) == NULL);
                        sum += length;
                }
                break;
        case MST_JSON_NUMBER:
                if (mst_json_number(json, &is, &number, &real) == MST_JSON_OK)
                        FUZZ_CHECK(is || !__builtin_isnan(real));
                break;
        case MST_JSON_BOOL: mst_json_bool(json, &is); break;
        case MST_JSON_NULL: mst_json_skip(json, &text, &length); break;
        case MST_JSON_BROKEN: break;
        }
        return sum + 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct mst_json *json = mst_json_new();
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_error err = { 0 };
        bool one, two;

        FUZZ_CHECK(json != NULL && arena != NULL);
        mst_json_start(json, bytes, size);
        one = mst_json_finish(json);
        FUZZ_CHECK(one != mst_json_is_broken(json));
        mst_json_start(json, bytes, size);
        walk(json, arena, (unsigned)size);
        two = mst_json_finish(json);
        FUZZ_CHECK(one == two);
        FUZZ_CHECK(mst_json_offset(json) <= size);
        mst_json_fail(json, &err);
        FUZZ_CHECK(err.text[0] != '\0');
        mst_arena_free(arena);
        mst_json_free(json);
        return 0;
}
