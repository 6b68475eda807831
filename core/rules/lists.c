/* lists.c - functions on values with several elements; a single value is a list of
 * one, null a list of none. */
#include "build.h"

#include <string.h>

#include "rules/function.h"

/* White space at both ends, ASCII and no-break. */
void
mstc_text_trim(const char **text, uint32_t *length)
{
        for (;;) {
                if (*length > 0 && strchr(" \t\r\n\v\f", **text) != NULL && **text != '\0') {
                        ++*text;
                        --*length;
                } else if (*length > 1 && memcmp(*text, "\u00a0", 2) == 0) {
                        *text += 2;
                        *length -= 2;
                } else {
                        break;
                }
        }
        for (;;) {
                const char *end = *text + *length;

                if (*length > 0 && strchr(" \t\r\n\v\f", end[-1]) != NULL && end[-1] != '\0')
                        --*length;
                else if (*length > 1 && memcmp(end - 2, "\u00a0", 2) == 0)
                        *length -= 2;
                else
                        break;
        }
}

enum mstc_flow
mstc_fn_count(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value list;
        enum mstc_flow flow = mstc_arg_value(call, 0, &list);

        if (flow == MSTC_VALUE)
                *ret = mstc_value_int(list.type == MST_LIST ? (int64_t)list.length : list.type != MST_NULL);
        return flow;
}

static enum mstc_flow
item(struct mstc_call *call, bool lenient, struct mst_value *ret)
{
        struct mst_value list;
        enum mstc_flow flow;
        int64_t index, count;

        if ((flow = mstc_arg_value(call, 0, &list)) != MSTC_VALUE ||
            (flow = mstc_arg_int(call, 1, &index)) != MSTC_VALUE)
                return flow;
        count = list.type == MST_LIST ? (int64_t)list.length : 1;
        *ret = mstc_value_null();
        if (count == 0)                      /* no element at all is no value          */
                return MSTC_VALUE;
        if (index < 1 || index > count)
                return lenient ? MSTC_VALUE :
                       mstc_call_fail(call, "there is no element %lld: the attribute has %lld, counted from 1",
                                      (long long)index, (long long)count);
        *ret = list.type == MST_LIST ? list.as.items[index - 1] : list;
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_item(struct mstc_call *call, struct mst_value *ret)
{
        return item(call, false, ret);
}

enum mstc_flow
mstc_fn_item_or_null(struct mstc_call *call, struct mst_value *ret)
{
        return item(call, true, ret);
}

/* One text more, with the separator when it is not the first.  Empty ones do not count. */
static enum mstc_flow
join_one(struct mstc_call *call, struct mstc_buffer *into, bool *any, const struct mst_value *separator,
         const struct mst_value *value)
{
        char room[MSTC_TEXT_ROOM];
        const char *text;
        size_t length;

        if (value->type == MST_NULL)
                return MSTC_VALUE;
        if (!mstc_value_text_form(value, room, &text, &length))
                return mstc_call_fail(call, "a structured value cannot be joined");
        if (length == 0)
                return MSTC_VALUE;
        if (*any)
                mstc_buffer_add(into, separator->as.text, separator->length);
        mstc_buffer_add(into, text, length);
        *any = true;
        return mstc_run_spend(call->run, MSTC_WORK_ELEMENT + (separator->length + length) * MSTC_WORK_BYTE);
}

enum mstc_flow
mstc_fn_join(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value separator, value;
        struct mstc_buffer text = { 0 };
        enum mstc_flow flow = mstc_arg_text(call, 0, &separator);
        bool any = false;

        for (uint32_t i = 1; flow == MSTC_VALUE && i < call->node->count; i++) {
                flow = mstc_arg_value(call, i, &value);
                if (flow == MSTC_VALUE && value.type != MST_LIST)
                        flow = join_one(call, &text, &any, &separator, &value);
                for (uint32_t k = 0; flow == MSTC_VALUE && value.type == MST_LIST && k < value.length; k++)
                        flow = join_one(call, &text, &any, &separator, &value.as.items[k]);
        }
        if (flow == MSTC_VALUE)
                flow = mstc_buffer_ok(&text) ? mstc_call_text(call, mstc_buffer_cstr(&text), text.length, ret) :
                       mstc_call_memory(call);
        mstc_buffer_done(&text);
        return flow;
}

enum mstc_flow
mstc_fn_split(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text, delimiter, *items;
        const char *at, *end, *hit;
        enum mstc_flow flow;
        uint32_t most = 1, n = 0;

        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, 1, &delimiter)) != MSTC_VALUE)
                return flow;
        if (delimiter.length == 0)
                return mstc_call_fail(call, "the delimiter is empty");
        at = text.as.text;
        end = at + text.length;
        for (const char *p = at; (p = memmem(p, (size_t)(end - p), delimiter.as.text, delimiter.length)) != NULL;
             p += delimiter.length)
                most++;
        flow = mstc_run_spend(call->run, most * sizeof *items);
        if (flow != MSTC_VALUE)
                return flow;
        items = mst_arena_alloc(call->run->eval->arena, most * sizeof *items);
        if (items == NULL)
                return mstc_call_memory(call);
        for (; at != NULL; at = hit == NULL ? NULL : hit + delimiter.length) {
                const char *part = at;
                uint32_t length;

                hit = memmem(at, (size_t)(end - at), delimiter.as.text, delimiter.length);
                length = (uint32_t)((hit == NULL ? end : hit) - at);
                mstc_text_trim(&part, &length);
                if (length > 0 && (flow = mstc_call_text(call, part, length, &items[n++])) != MSTC_VALUE)
                        return flow;
        }
        *ret = (struct mst_value){ .type = MST_LIST, .length = n, .as.items = items };
        return MSTC_VALUE;
}

/* A table of what was kept.  Whoever made texts whose hashes are alike does not get far. */
enum mstc_flow
mstc_fn_remove_duplicates(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value list, *items;
        enum mstc_flow flow = mstc_arg_value(call, 0, &list);
        size_t room = 16;
        uint32_t n = 0, *table;

        if (flow != MSTC_VALUE)
                return flow;
        if (list.type != MST_LIST) {
                *ret = list;
                return MSTC_VALUE;
        }
        flow = mstc_run_spend(call->run, mstc_value_weight(&list) + list.length * 2 * sizeof *items);
        if (flow != MSTC_VALUE)
                return flow;
        while (room < 2 * (size_t)list.length)
                room *= 2;
        items = mst_arena_alloc(call->run->eval->arena, list.length * sizeof *items);
        table = mst_arena_alloc(call->run->eval->arena, room * sizeof *table);
        if (items == NULL || table == NULL)
                return mstc_call_memory(call);
        for (uint32_t i = 0; i < list.length; i++) {
                const struct mst_value *one = &list.as.items[i];
                size_t at = mstc_value_hash(one) & (room - 1);

                while (flow == MSTC_VALUE && table[at] != 0 && !mst_value_equal(&items[table[at] - 1], one)) {
                        at = (at + 1) & (room - 1);
                        flow = mstc_run_spend(call->run, MSTC_WORK_ELEMENT);
                }
                if (flow != MSTC_VALUE)
                        return flow;
                if (table[at] != 0)
                        continue;
                items[n++] = *one;
                table[at] = n;
        }
        *ret = (struct mst_value){ .type = MST_LIST, .length = n, .as.items = items };
        return MSTC_VALUE;
}
