/* slices.c - an attribute's values in slices.
 *
 *   asked without a range     up to 'most' values come as they are; of more, the attribute comes
 *                             without values, and "member;range=0-1499" with the first ones
 *   "member;range=1500-*"     that slice, named "member;range=1500-2999", or "...-*" when it is
 *                             the last; where nobody is any more, an error
 *
 * The server behind is asked for all values each time, and gives them in the same order. */
#include "slices.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ber.h"

static bool
is_text(struct piece p, const char *text, size_t length)
{
        return p.length >= length && strncasecmp((const char *)p.at, text, length) == 0;
}

/* Digits from 'at' on; moves it behind them. */
static bool
number(struct piece p, size_t *at, size_t *ret)
{
        size_t begin = *at;

        for (*ret = 0; *at < p.length && isdigit(p.at[*at]) && *at - begin < 9; ++*at)
                *ret = *ret * 10 + (size_t)(p.at[*at] - '0');
        return *at > begin;
}

/* "member;range=0-*" */
static bool
range_read(const struct slices *s, struct piece p, struct slice *ret)
{
        size_t length = strlen(s->attribute), at = length + strlen(";range=");

        if (!is_text(p, s->attribute, length) || p.length <= at ||
            strncasecmp((const char *)p.at + length, ";range=", strlen(";range=")) != 0 ||
            !number(p, &at, &ret->from) || at >= p.length || p.at[at++] != '-')
                return false;
        ret->to = SIZE_MAX;
        ret->asked = (at + 1 == p.length && p.at[at] == '*') || (number(p, &at, &ret->to) && at == p.length);
        return ret->asked;
}

/* Whole elements are put on as they came. */
static void
element_again(struct buffer *to, const struct element *e)
{
        element_put(to, e->tag, e->value.at, e->value.length);
}

bool
slices_request(const struct slices *s, const struct message *m, struct buffer *to, struct slice *ret)
{
        struct buffer body = { 0 }, list = { 0 };
        struct piece rest = m->body, names;
        struct element part;
        bool any = false;

        *ret = (struct slice){ .to = SIZE_MAX };
        if (s->most == 0 || !message_ranged(m))
                return false;
        for (int i = 0; i < 7 && element_next(&rest, &part); i++)
                element_again(&body, &part);
        names = element_next(&rest, &part) ? part.value : (struct piece){ 0 };
        while (element_next(&names, &part)) {
                if (range_read(s, part.value, ret))
                        element_put(&list, UNIVERSAL_OCTETS, s->attribute, strlen(s->attribute));
                else
                        element_again(&list, &part);
                any |= ret->asked;
        }
        if (any) {
                element_put(&body, UNIVERSAL_SEQUENCE, list.bytes, list.length);
                message_put(to, m->id, m->tag, &body, m->controls);
        }
        buffer_drop(&list);
        buffer_drop(&body);
        return any;
}

/* ---- answers -------------------------------------------------------------------- */

static void
attribute_put(struct buffer *to, const char *name, const struct buffer *values)
{
        struct buffer body = { 0 };

        element_put(&body, UNIVERSAL_OCTETS, name, strlen(name));
        element_put(&body, UNIVERSAL_SET, values->bytes, values->length);
        element_put(to, UNIVERSAL_SEQUENCE, body.bytes, body.length);
        buffer_drop(&body);
}

static size_t
count_of(struct piece values)
{
        struct element value;
        size_t count = 0;

        while (element_next(&values, &value))
                count++;
        return count;
}

/* The values that are wanted of 'count'. */
static void
slice_put(const struct slices *s, const struct slice *slice, struct piece values, size_t count,
          const struct fault *fault, struct buffer *to)
{
        const size_t wrong = (size_t)fault->number, from = slice->from + (fault->action == ASTRAY ? wrong : 0);
        size_t end = count - slice->from > s->most ? slice->from + s->most : count, given;
        struct buffer kept = { 0 }, none = { 0 };
        struct element value;
        char name[128];

        if (slice->to < end)
                end = slice->to + 1;
        if (end == count)
                snprintf(name, sizeof name, "%s;range=%zu-*", s->attribute, from);
        else
                snprintf(name, sizeof name, "%s;range=%zu-%zu", s->attribute, from, end - 1);
        given = fault->action != SHORT ? end : end - slice->from > wrong ? end - wrong : slice->from;
        for (size_t i = 0; i < given && element_next(&values, &value); i++)
                if (i >= slice->from)
                        element_again(&kept, &value);
        if (!slice->asked)
                attribute_put(to, s->attribute, &none);
        if (given > slice->from)
                attribute_put(to, name, &kept);
        buffer_drop(&kept);
}

void
slices_entry(const struct slices *s, struct slice *slice, const struct message *m, const struct fault *fault,
             struct buffer *to)
{
        struct buffer body = { 0 }, list = { 0 };
        struct piece rest = m->body, all, parts, values;
        struct element part, name;

        if (element_next(&rest, &part))
                element_again(&body, &part);            /* the entry's name */
        all = element_next(&rest, &part) ? part.value : (struct piece){ 0 };
        while (element_next(&all, &part)) {
                parts = part.value;
                if (!element_next(&parts, &name) || name.value.length != strlen(s->attribute) ||
                    !is_text(name.value, s->attribute, name.value.length)) {
                        element_again(&list, &part);
                        continue;
                }
                values = element_next(&parts, &name) ? name.value : (struct piece){ 0 };
                slice->beyond |= slice->from != 0 && slice->from >= count_of(values);
                if (!slice->asked && count_of(values) <= s->most)
                        element_again(&list, &part);
                else if (!slice->beyond)
                        slice_put(s, slice, values, count_of(values), fault, &list);
        }
        element_put(&body, UNIVERSAL_SEQUENCE, list.bytes, list.length);
        if (!slice->beyond)
                message_put(to, m->id, m->tag, &body, m->controls);
        buffer_drop(&list);
        buffer_drop(&body);
}
