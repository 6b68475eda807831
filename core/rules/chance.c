/* chance.c - functions whose value differs each time: they draw on eval->random, or
 * ask eval->taken what the target has already. */
#include "build.h"

#include <string.h>

#include "rules/function.h"

static enum mstc_flow
draw(struct mstc_call *call, void *bytes, size_t size)
{
        struct mstc_eval *eval = call->run->eval;

        if (eval->random == NULL || eval->random(eval->self, bytes, size) != 0)
                return mstc_call_fail(call, "no random numbers can be had");
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_guid(struct mstc_call *call, struct mst_value *ret)
{
        static const char hex[] = "0123456789abcdef";
        unsigned char bytes[16];
        char text[36];
        size_t n = 0;
        enum mstc_flow flow = draw(call, bytes, sizeof bytes);

        if (flow != MSTC_VALUE)
                return flow;
        bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
        for (size_t i = 0; i < 16; i++) {
                if (i == 4 || i == 6 || i == 8 || i == 10)
                        text[n++] = '-';
                text[n++] = hex[bytes[i] >> 4];
                text[n++] = hex[bytes[i] & 15];
        }
        return mstc_call_text(call, text, n, ret);
}

/* A number below 'below' (at most 256), each equally likely: what lies past the last
 * whole multiple is drawn again. */
static enum mstc_flow
dice(struct mstc_call *call, unsigned below, unsigned *ret)
{
        unsigned char byte;
        enum mstc_flow flow;

        do {
                flow = draw(call, &byte, 1);
                if (flow != MSTC_VALUE)
                        return flow;
        } while (byte >= 256 - 256 % below);
        *ret = byte % below;
        return MSTC_VALUE;
}

/* One class of characters without those to be avoided. */
struct class {
        const char *all;
        int64_t least;
        char use[40];
        unsigned count;
};

static void
fill_class(struct class *class, const char *avoid)
{
        for (const char *c = class->all; *c != '\0'; c++)
                if (strchr(avoid, *c) == NULL)
                        class->use[class->count++] = *c;
}

static enum mstc_flow
random_text(struct mstc_call *call, struct class classes[4], size_t length, char *into)
{
        char fill[160];
        unsigned room = 0, at;
        enum mstc_flow flow = MSTC_VALUE;
        size_t n = 0;

        for (int k = 0; k < 4; k++) {
                if (classes[k].least > 0 && classes[k].count == 0)
                        return mstc_call_fail(call, "every character of a required kind is to be avoided");
                /* Digits and lower-case letters fill up, others only where asked for. */
                if (k == 0 || k == 3 || classes[k].least > 0) {
                        memcpy(fill + room, classes[k].use, classes[k].count);
                        room += classes[k].count;
                }
                for (int64_t i = 0; i < classes[k].least && flow == MSTC_VALUE; i++) {
                        flow = dice(call, classes[k].count, &at);
                        if (flow == MSTC_VALUE)
                                into[n++] = classes[k].use[at];
                }
        }
        if (n < length && room == 0)
                return mstc_call_fail(call, "every character is to be avoided");
        while (n < length && flow == MSTC_VALUE) {
                flow = dice(call, room, &at);
                if (flow == MSTC_VALUE)
                        into[n++] = fill[at];
        }
        /* Shuffled, so that no place is known to hold a digit. */
        for (size_t i = length; i > 1 && flow == MSTC_VALUE; i--) {
                char c = into[i - 1];

                flow = dice(call, (unsigned)i, &at);
                if (flow == MSTC_VALUE) {
                        into[i - 1] = into[at];
                        into[at] = c;
                }
        }
        return flow;
}

enum mstc_flow
mstc_fn_random_string(struct mstc_call *call, struct mst_value *ret)
{
        struct class classes[4] = {
                { .all = "0123456789" },
                { .all = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/" },
                { .all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
                { .all = "abcdefghijklmnopqrstuvwxyz" },
        };
        struct mst_value avoid;
        int64_t length, sum = 0;
        enum mstc_flow flow = mstc_arg_int(call, 0, &length);
        char into[256];

        for (uint32_t i = 0; i < 4 && flow == MSTC_VALUE; i++) {
                flow = mstc_arg_int(call, i + 1, &classes[i].least);
                if (flow == MSTC_VALUE && (classes[i].least < 0 || classes[i].least > 256))
                        return mstc_call_fail(call, "argument %u must be 0 to 256", i + 2);
                sum += classes[i].least;
        }
        if (flow != MSTC_VALUE || (flow = mstc_arg_text(call, 5, &avoid)) != MSTC_VALUE)
                return flow;
        if (length < 1 || length > 256)
                return mstc_call_fail(call, "the length must be 1 to 256");
        if (length < sum)
                return mstc_call_fail(call, "the length %lld is less than the least numbers together, %lld",
                                      (long long)length, (long long)sum);
        for (int k = 0; k < 4; k++)
                fill_class(&classes[k], avoid.as.text);
        flow = random_text(call, classes, (size_t)length, into);
        return flow == MSTC_VALUE ? mstc_call_text(call, into, (size_t)length, ret) : flow;
}

enum mstc_flow
mstc_fn_select_unique(struct mstc_call *call, struct mst_value *ret)
{
        struct mstc_eval *eval = call->run->eval;

        for (uint32_t i = 0; i < call->node->count; i++) {
                enum mstc_flow flow = mstc_arg_text(call, i, ret);

                if (flow != MSTC_VALUE)
                        return flow;
                if (ret->length > 0 &&
                    (eval->taken == NULL || !eval->taken(eval->self, ret->as.text, ret->length)))
                        return MSTC_VALUE;
        }
        return mstc_call_fail(call, "every candidate is empty or taken in the target");
}
