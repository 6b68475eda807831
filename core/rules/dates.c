/* dates.c - functions on instants.  All instants are UTC; calendar arithmetic clamps to
 * the end of the month (D45). */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include "rules/dateform.h"
#include "rules/function.h"
#include "util/date.h"

#define DAY (INT64_C(86400) * MST_DATE_SECOND)
/* 1601-01-01, where FILETIME begins, and the first instant after year 9999. */
#define FILETIME_EPOCH INT64_C(504911232000000000)
#define DATE_END INT64_C(3155378976000000000)

/* The intervals of DateAdd and DateDiff, spelled exactly so. */
static const struct interval {
        const char *name;
        int64_t months, ticks;
} intervals[] = {
        { "yyyy", 12, 0 }, { "m", 1, 0 }, { "d", 0, DAY }, { "ww", 0, 7 * DAY },
        { "h", 0, 3600 * MST_DATE_SECOND }, { "n", 0, 60 * MST_DATE_SECOND }, { "s", 0, MST_DATE_SECOND },
};

static const struct interval *
interval_of(const char *name)
{
        for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
                if (strcmp(intervals[i].name, name) == 0)
                        return &intervals[i];
        return NULL;
}

void
mstc_check_interval(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings)
{
        const struct mst_value *name = mstc_arg_constant(node, 0);

        (void)expr;
        if (name != NULL && name->type == MST_TEXT && interval_of(name->as.text) == NULL)
                mstc_found_error(findings, node->kids[0]->offset, node->kids[0]->length,
                                 "m is month and n is minute",
                                 "%s: expected an interval, \"yyyy\", \"m\", \"d\", \"ww\", \"h\", \"n\" or \"s\", "
                                 "found '%s'", node->function->name, name->as.text);
}

enum mstc_flow
mstc_arg_date(struct mstc_call *call, uint32_t index, int64_t *ret, bool *null)
{
        struct mst_value value;
        enum mstc_flow flow = mstc_arg_value(call, index, &value);

        *null = false;
        if (flow != MSTC_VALUE)
                return flow;
        if (value.type == MST_DATE) {
                *ret = value.as.number;
                return MSTC_VALUE;
        }
        *null = value.type == MST_NULL || (value.type == MST_TEXT && value.length == 0);
        if (*null)
                return MSTC_VALUE;
        if (value.type != MST_TEXT || !mstc_date_read(value.as.text, value.length, ret))
                return mstc_call_fail(call, "argument %u is not a date such as 2026-03-01T12:00:00Z", index + 1);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_now(struct mstc_call *call, struct mst_value *ret)
{
        *ret = mstc_value_date(call->run->eval->now);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_cdate(struct mstc_call *call, struct mst_value *ret)
{
        int64_t date = 0;
        bool null;
        enum mstc_flow flow = mstc_arg_date(call, 0, &date, &null);

        if (flow == MSTC_VALUE)
                *ret = null ? mstc_value_null() : mstc_value_date(date);
        return flow;
}

static enum mstc_flow
arg_interval(struct mstc_call *call, const struct interval **ret)
{
        struct mst_value name;
        enum mstc_flow flow = mstc_arg_text(call, 0, &name);

        if (flow != MSTC_VALUE)
                return flow;
        *ret = interval_of(name.as.text);
        return *ret != NULL ? MSTC_VALUE :
               mstc_call_fail(call, "'%.20s' is no interval: use yyyy, m, d, ww, h, n or s", name.as.text);
}

enum mstc_flow
mstc_fn_date_add(struct mstc_call *call, struct mst_value *ret)
{
        const struct interval *interval;
        int64_t n, date = 0, months, ticks;
        enum mstc_flow flow;
        bool null;

        if ((flow = arg_interval(call, &interval)) != MSTC_VALUE ||
            (flow = mstc_arg_date(call, 2, &date, &null)) != MSTC_VALUE)
                return flow;
        *ret = mstc_value_null();
        if (null)
                return MSTC_VALUE;
        flow = mstc_arg_int(call, 1, &n);
        if (flow != MSTC_VALUE)
                return flow;
        if (__builtin_mul_overflow(n, interval->months, &months) ||
            __builtin_mul_overflow(n, interval->ticks, &ticks) ||
            !mstc_date_shift(date, months, ticks, &date))
                return mstc_call_fail(call, "the date leaves the years 1 to 9999");
        *ret = mstc_value_date(date);
        return MSTC_VALUE;
}

static int64_t
month_number(int64_t date)
{
        struct mstc_civil at;

        mstc_date_split(date, &at);
        return (int64_t)at.year * 12 + at.month;
}

/* The day number of the Sunday on or before; day 0, 0001-01-01, was a Monday. */
static int64_t
sunday(int64_t date)
{
        int64_t day = date / DAY;

        return day - (day + 1) % 7;
}

enum mstc_flow
mstc_fn_date_diff(struct mstc_call *call, struct mst_value *ret)
{
        const struct interval *interval;
        int64_t a = 0, b = 0, diff;
        enum mstc_flow flow;
        bool null_a, null_b;

        if ((flow = arg_interval(call, &interval)) != MSTC_VALUE ||
            (flow = mstc_arg_date(call, 1, &a, &null_a)) != MSTC_VALUE ||
            (flow = mstc_arg_date(call, 2, &b, &null_b)) != MSTC_VALUE)
                return flow;
        if (null_a || null_b) {
                *ret = mstc_value_null();
                return MSTC_VALUE;
        }
        if (interval->months == 12)
                diff = (month_number(b) - 1) / 12 - (month_number(a) - 1) / 12;
        else if (interval->months == 1)
                diff = month_number(b) - month_number(a);
        else if (interval->ticks == 7 * DAY)
                diff = (sunday(b) - sunday(a)) / 7;
        else
                diff = (b - a) / interval->ticks;
        *ret = mstc_value_int(diff);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_date_from_num(struct mstc_call *call, struct mst_value *ret)
{
        int64_t n;
        enum mstc_flow flow = mstc_arg_int(call, 0, &n);

        if (flow != MSTC_VALUE)
                return flow;
        if (n < 0 || n >= DATE_END - FILETIME_EPOCH)
                return mstc_call_fail(call, "%lld is not between the years 1601 and 9999", (long long)n);
        *ret = mstc_value_date(FILETIME_EPOCH + n);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_num_from_date(struct mstc_call *call, struct mst_value *ret)
{
        int64_t date = 0;
        bool null;
        enum mstc_flow flow = mstc_arg_date(call, 0, &date, &null);

        if (flow != MSTC_VALUE)
                return flow;
        *ret = mstc_value_null();
        if (null)
                return MSTC_VALUE;
        if (date < FILETIME_EPOCH)
                return mstc_call_fail(call, "a date before 1601 has no such number");
        *ret = mstc_value_int(date - FILETIME_EPOCH);
        return MSTC_VALUE;
}

/* Styles and formats where they are constants; the last two arguments are formats. */
void
mstc_check_format(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings)
{
        (void)expr;
        for (uint32_t i = 1; i < node->count; i++) {
                const struct mst_value *text = mstc_arg_constant(node, i);
                bool style = node->count == 4 && i == 1;
                const char *why = NULL;
                struct mstc_date_style how;

                if (text == NULL || text->type != MST_TEXT)
                        continue;
                if (style ? !mstc_date_styles(text->as.text, &how, &why) :
                    !mstc_date_form_check(text->as.text, text->length, &why))
                        mstc_found_error(findings, node->kids[i]->offset, node->kids[i]->length, NULL,
                                         "FormatDateTime: %s: found '%s'", why, text->as.text);
        }
}

enum mstc_flow
mstc_fn_format_date(struct mstc_call *call, struct mst_value *ret)
{
        uint32_t first = call->node->count == 4 ? 2 : 1;
        struct mstc_date_style how = { .leading = true, .trailing = true };
        struct mst_value source, styles, in, out;
        char into[256];
        const char *why = NULL;
        int64_t date = 0;
        enum mstc_flow flow;

        if ((flow = mstc_arg_value(call, 0, &source)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, first, &in)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, first + 1, &out)) != MSTC_VALUE)
                return flow;
        *ret = mstc_value_null();
        if (source.type == MST_NULL || (source.type == MST_TEXT && source.length == 0))
                return MSTC_VALUE;
        if (first == 2 && mstc_arg_has(call, 1)) {
                if ((flow = mstc_arg_text(call, 1, &styles)) != MSTC_VALUE)
                        return flow;
                if (!mstc_date_styles(styles.as.text, &how, &why))
                        return mstc_call_fail(call, "%s", why);
        }
        if (source.type == MST_DATE) {
                date = source.as.number;
        } else {
                if ((flow = mstc_arg_text(call, 0, &source)) != MSTC_VALUE)
                        return flow;
                if (!mstc_date_form_read(source.as.text, source.length, in.as.text, in.length, &how, &date, &why))
                        return mstc_call_fail(call, "'%.60s' does not fit '%.60s': %s", source.as.text, in.as.text, why);
        }
        if (!mstc_date_form_print(date, out.as.text, out.length, into, sizeof into, &why))
                return mstc_call_fail(call, "format '%.60s': %s", out.as.text, why);
        return mstc_call_text(call, into, strlen(into), ret);
}
