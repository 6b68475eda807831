/* text.c - functions that cut, measure and join text.  Positions and lengths count
 * code points (D36), from 1. */
#include "build.h"

#include <muster/escape.h>
#include <string.h>

#include "rules/fold.h"
#include "rules/function.h"
#include "util/utf8.h"

enum mstc_flow
mstc_fn_append(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value a, b;
        enum mstc_flow flow;
        char *text;

        if ((flow = mstc_arg_text(call, 0, &a)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, 1, &b)) != MSTC_VALUE)
                return flow;
        text = mstc_call_alloc(call, (size_t)a.length + b.length + 1);
        if (text == NULL)
                return mstc_call_memory(call);
        memcpy(text, a.as.text, a.length);
        memcpy(text + a.length, b.as.text, b.length);
        *ret = mstc_value_text(text, (size_t)a.length + b.length);
        return MSTC_VALUE;
}

/* Bytes of the first 'count' code points; all of them when there are fewer. */
static size_t
span(const struct mst_value *text, int64_t count)
{
        if (count >= (int64_t)text->length)
                return text->length;
        return mstc_utf8_span(text->as.text, text->length, (size_t)count);
}

enum mstc_flow
mstc_fn_left(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow;
        int64_t n;

        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_int(call, 1, &n)) != MSTC_VALUE)
                return flow;
        return mstc_call_text(call, text.as.text, n < 0 ? text.length : span(&text, n), ret);
}

enum mstc_flow
mstc_fn_right(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow;
        int64_t n, count;
        size_t skip;

        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_int(call, 1, &n)) != MSTC_VALUE)
                return flow;
        count = (int64_t)mstc_utf8_count(text.as.text, text.length);
        skip = n < 0 || n >= count ? 0 : span(&text, count - n);
        return mstc_call_text(call, text.as.text + skip, text.length - skip, ret);
}

enum mstc_flow
mstc_fn_mid(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow;
        int64_t start, n;
        size_t skip;

        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_int(call, 1, &start)) != MSTC_VALUE ||
            (flow = mstc_arg_int(call, 2, &n)) != MSTC_VALUE)
                return flow;
        if (start < 1 || n < 0)
                return mstc_call_text(call, text.as.text, text.length, ret);
        skip = span(&text, start - 1);
        text.as.text += skip;
        text.length -= (uint32_t)skip;
        return mstc_call_text(call, text.as.text, span(&text, n), ret);
}

enum mstc_flow
mstc_fn_len(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);

        if (flow == MSTC_VALUE)
                *ret = mstc_value_int((int64_t)mstc_utf8_count(text.as.text, text.length));
        return flow;
}

enum mstc_flow
mstc_fn_trim(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);

        if (flow != MSTC_VALUE)
                return flow;
        mstc_text_trim(&text.as.text, &text.length);
        return mstc_call_text(call, text.as.text, text.length, ret);
}

enum mstc_flow
mstc_fn_strip_spaces(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);
        uint32_t n = 0;
        char *into;

        if (flow != MSTC_VALUE)
                return flow;
        into = mstc_call_alloc(call, (size_t)text.length + 1);
        if (into == NULL)
                return mstc_call_memory(call);
        for (uint32_t i = 0; i < text.length; i++)
                if (text.as.text[i] != ' ')
                        into[n++] = text.as.text[i];
        *ret = mstc_value_text(into, n);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_dn(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);
        char *escaped;

        if (flow != MSTC_VALUE)
                return flow;
        escaped = mst_escape_dn(call->run->eval->arena, text.as.text, text.length);
        if (escaped == NULL)
                return mstc_call_memory(call);
        *ret = mstc_value_text(escaped, strlen(escaped));
        return MSTC_VALUE;
}

/* Folded for vbTextCompare: code points stay as many as they were. */
static bool
fold(struct mstc_call *call, struct mst_value *text)
{
        size_t length;
        char *folded = mstc_fold(text->as.text, text->length, call->run->eval->arena, &length);

        if (folded != NULL)
                *text = mstc_value_text(folded, length);
        return folded != NULL;
}

enum mstc_flow
mstc_fn_instr(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value in, text, find;
        int64_t start = 1, compare = 0;
        enum mstc_flow flow;
        const char *hit;
        size_t skip;

        if ((flow = mstc_arg_value(call, 0, &in)) != MSTC_VALUE)
                return flow;
        call->first = &in;
        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_value(call, 1, ret)) != MSTC_VALUE ||
            (mstc_arg_has(call, 2) && (flow = mstc_arg_int(call, 2, &start)) != MSTC_VALUE) ||
            (mstc_arg_has(call, 3) && (flow = mstc_arg_int(call, 3, &compare)) != MSTC_VALUE))
                return flow;
        if (start < 1 || compare < 0 || compare > 1)
                return mstc_call_fail(call, start < 1 ? "the start must be 1 or more" :
                                      "compare must be vbBinaryCompare or vbTextCompare");
        if (in.type == MST_NULL || ret->type == MST_NULL) {
                *ret = mstc_value_int(0);
                return MSTC_VALUE;
        }
        if ((flow = mstc_arg_text(call, 1, &find)) != MSTC_VALUE)
                return flow;
        if (compare == 1 && (!fold(call, &text) || !fold(call, &find)))
                return mstc_call_memory(call);
        skip = span(&text, start - 1);
        hit = start - 1 > (int64_t)mstc_utf8_count(text.as.text, text.length) ? NULL :
              find.length == 0 ? text.as.text + skip :
              memmem(text.as.text + skip, text.length - skip, find.as.text, find.length);
        *ret = mstc_value_int(hit == NULL ? 0 :
                              (int64_t)mstc_utf8_count(text.as.text, (size_t)(hit - text.as.text)) + 1);
        return MSTC_VALUE;
}

/* The code point at 'at' is one of the delimiters. */
static bool
delimits(const struct mst_value *delimiters, const char *at, size_t bytes)
{
        return bytes <= delimiters->length && memmem(delimiters->as.text, delimiters->length, at, bytes) != NULL;
}

enum mstc_flow
mstc_fn_word(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text, delimiters;
        enum mstc_flow flow;
        size_t i = 0, bytes;
        int64_t n;

        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_int(call, 1, &n)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, 2, &delimiters)) != MSTC_VALUE)
                return flow;
        while (n > 0 && i < text.length) {
                size_t from;

                for (; i < text.length; i += bytes) {
                        mstc_code_at(text.as.text + i, text.length - i, &bytes);
                        if (!delimits(&delimiters, text.as.text + i, bytes))
                                break;
                }
                for (from = i; i < text.length; i += bytes) {
                        mstc_code_at(text.as.text + i, text.length - i, &bytes);
                        if (delimits(&delimiters, text.as.text + i, bytes))
                                break;
                }
                if (i > from && --n == 0)
                        return mstc_call_text(call, text.as.text + from, i - from, ret);
        }
        return mstc_call_text(call, "", 0, ret);
}
