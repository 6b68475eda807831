/* logic.c - functions that decide and convert. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "rules/function.h"

enum mstc_flow
mstc_fn_iif(struct mstc_call *call, struct mst_value *ret)
{
        bool is;
        enum mstc_flow flow = mstc_arg_bool(call, 0, &is);

        return flow != MSTC_VALUE ? flow : mstc_arg_value(call, is ? 1 : 2, ret);
}

void
mstc_check_switch(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings)
{
        (void)expr;
        if (node->count >= 4 && node->count % 2 != 0)
                mstc_found_error(findings, node->offset, node->length,
                                 "write Switch(source, default, key, value, ...); the default may be empty",
                                 "Switch: expected an even number of arguments, found %u", node->count);
}

enum mstc_flow
mstc_fn_switch(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value source, key;
        enum mstc_flow flow = mstc_arg_text(call, 0, &source);

        for (uint32_t i = 2; flow == MSTC_VALUE && i + 1 < call->node->count; i += 2) {
                flow = mstc_arg_text(call, i, &key);
                if (flow == MSTC_VALUE && key.length == source.length &&
                    memcmp(key.as.text, source.as.text, key.length) == 0)
                        return mstc_arg_value(call, i + 1, ret);
        }
        return flow != MSTC_VALUE ? flow : mstc_arg_value(call, 1, ret);
}

/* A list without elements is no value, as it is for -eq null. */
static bool
nothing(const struct mst_value *value)
{
        return value->type == MST_NULL || (value->type == MST_LIST && value->length == 0);
}

enum mstc_flow
mstc_fn_coalesce(struct mstc_call *call, struct mst_value *ret)
{
        enum mstc_flow flow = MSTC_VALUE;

        *ret = mstc_value_null();
        for (uint32_t i = 0; i < call->node->count && flow == MSTC_VALUE && nothing(ret); i++)
                flow = mstc_arg_value(call, i, ret);
        return flow;
}

enum mstc_flow
mstc_fn_is_null(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value value;
        enum mstc_flow flow = mstc_arg_value(call, 0, &value);

        if (flow == MSTC_VALUE)
                *ret = mstc_value_bool(nothing(&value));
        return flow;
}

/* Null, "" or an empty list. */
static bool
empty(const struct mst_value *value)
{
        return nothing(value) || ((value->type == MST_TEXT || value->type == MST_REF) && value->length == 0);
}

enum mstc_flow
mstc_fn_is_null_or_empty(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value value;
        enum mstc_flow flow = mstc_arg_value(call, 0, &value);

        if (flow == MSTC_VALUE)
                *ret = mstc_value_bool(empty(&value));
        return flow;
}

enum mstc_flow
mstc_fn_is_present(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value value;
        enum mstc_flow flow = mstc_arg_value(call, 0, &value);

        if (flow == MSTC_VALUE)
                *ret = mstc_value_bool(!empty(&value));
        return flow;
}

enum mstc_flow
mstc_fn_is_string(struct mstc_call *call, struct mst_value *ret)
{
        char room[MSTC_TEXT_ROOM];
        struct mst_value value;
        const char *text;
        size_t length;
        enum mstc_flow flow = mstc_arg_value(call, 0, &value);

        if (flow == MSTC_VALUE)
                *ret = mstc_value_bool(mstc_value_text_form(&value, room, &text, &length));
        return flow;
}

enum mstc_flow
mstc_fn_not(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value value;
        enum mstc_flow flow = mstc_arg_value(call, 0, &value);

        if (flow == MSTC_VALUE)
                *ret = mstc_value_bool(!((value.type == MST_BOOL && value.as.is) ||
                                         (value.type == MST_TEXT && strcasecmp(value.as.text, "true") == 0)));
        return flow;
}

enum mstc_flow
mstc_fn_cbool(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value value, number;
        enum mstc_flow flow = mstc_arg_value(call, 0, &value);
        bool is;

        if (flow != MSTC_VALUE)
                return flow;
        if (mstc_value_number(&value, &number)) {
                *ret = mstc_value_bool(number.type == MST_INT ? number.as.number != 0 :
                                       number.as.real < 0 || number.as.real > 0);
                return MSTC_VALUE;
        }
        call->first = &value;
        flow = mstc_arg_bool(call, 0, &is);
        *ret = mstc_value_bool(flow == MSTC_VALUE && is);
        return flow;
}

enum mstc_flow
mstc_fn_cstr(struct mstc_call *call, struct mst_value *ret)
{
        return mstc_arg_text(call, 0, ret);
}

enum mstc_flow
mstc_fn_bitand(struct mstc_call *call, struct mst_value *ret)
{
        int64_t a, b;
        enum mstc_flow flow;

        if ((flow = mstc_arg_int(call, 0, &a)) == MSTC_VALUE &&
            (flow = mstc_arg_int(call, 1, &b)) == MSTC_VALUE)
                *ret = mstc_value_int(a & b);
        return flow;
}

enum mstc_flow
mstc_fn_ignore_if_empty(struct mstc_call *call, struct mst_value *ret)
{
        enum mstc_flow flow = mstc_arg_value(call, 0, ret);

        return flow == MSTC_VALUE && empty(ret) ? MSTC_IGNORE_ATTRIBUTE : flow;
}

enum mstc_flow
mstc_fn_redact(struct mstc_call *call, struct mst_value *ret)
{
        return mstc_arg_value(call, 0, ret);
}

enum mstc_flow
mstc_fn_error(struct mstc_call *call, struct mst_value *ret)
{
        enum mstc_flow flow = mstc_arg_text(call, 0, ret);

        return flow != MSTC_VALUE ? flow : mstc_call_fail(call, "%.300s", ret->as.text);
}
