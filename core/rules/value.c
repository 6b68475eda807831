/* value.c - values as text, as numbers and as instants, wherever the language lets
 * one stand for the other (sections 2 and 6.1). */
#include "build.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/fold.h"
#include "rules/lex.h"
#include "rules/eval.h"
#include "util/date.h"
#include "util/utf8.h"

/* The shortest form that reads back as the same double. */
static void
real_text(double real, char room[MSTC_TEXT_ROOM])
{
        for (int digits = 15; digits <= 17; digits++) {
                snprintf(room, MSTC_TEXT_ROOM, "%.*g", digits, real);
                if (strtod(room, NULL) == real)
                        return;
        }
}

/* M/d/yyyy h:mm:ss tt, no leading zeros except in minutes and seconds. */
static void
date_text(int64_t date, char room[MSTC_TEXT_ROOM])
{
        struct mstc_civil at;

        mstc_date_split(date, &at);
        snprintf(room, MSTC_TEXT_ROOM, "%d/%d/%04d %d:%02d:%02d %s", at.month, at.day, at.year,
                 (at.hour + 11) % 12 + 1, at.minute, at.second, at.hour < 12 ? "AM" : "PM");
}

bool
mstc_value_text_form(const struct mst_value *value, char room[MSTC_TEXT_ROOM],
                     const char **ret, size_t *length)
{
        switch (value->type) {
        case MST_TEXT:
        case MST_REF:
                *ret = value->as.text;
                *length = value->length;
                return true;
        case MST_BOOL:
                *ret = value->as.is ? "True" : "False";
                *length = value->as.is ? 4 : 5;
                return true;
        case MST_INT:
                snprintf(room, MSTC_TEXT_ROOM, "%" PRId64, value->as.number);
                break;
        case MST_REAL:
                real_text(value->as.real, room);
                break;
        case MST_DATE:
                date_text(value->as.number, room);
                break;
        default:
                return false;
        }
        *ret = room;
        *length = strlen(room);
        return true;
}

const char *
mstc_value_render(const struct mst_value *value, struct mst_arena *arena, size_t *length)
{
        char room[MSTC_TEXT_ROOM];
        const char *text = "";
        size_t n = 0;

        if (value != NULL)
                mstc_value_text_form(value, room, &text, &n);
        if (length != NULL)
                *length = n;
        return text == room ? mst_arena_strndup(arena, text, n) : text;
}

bool
mstc_value_number(const struct mst_value *value, struct mst_value *ret)
{
        if (value->type == MST_INT || value->type == MST_REAL) {
                *ret = *value;
                return true;
        }
        return (value->type == MST_TEXT || value->type == MST_REF) &&
               mstc_number_parse(value->as.text, value->length, ret);
}

bool
mstc_value_instant(const struct mst_value *value, int64_t *ret)
{
        if (value->type == MST_DATE) {
                *ret = value->as.number;
                return true;
        }
        return (value->type == MST_TEXT || value->type == MST_REF) &&
               mstc_date_parse_iso(value->as.text, value->length, ret);
}

/* An int against a double, without losing the int's low bits. */
static int
mixed_order(int64_t number, double real)
{
        int64_t whole;

        if (real >= 9223372036854775808.0)
                return -1;
        if (real < -9223372036854775808.0)
                return 1;
        whole = (int64_t)real;
        if (number != whole)
                return number < whole ? -1 : 1;
        return real > (double)whole ? -1 : real < (double)whole ? 1 : 0;
}

int
mstc_number_order(const struct mst_value *a, const struct mst_value *b)
{
        if (a->type == MST_INT && b->type == MST_INT)
                return a->as.number < b->as.number ? -1 : a->as.number > b->as.number;
        if (a->type == MST_INT)
                return mixed_order(a->as.number, b->as.real);
        if (b->type == MST_INT)
                return -mixed_order(b->as.number, a->as.real);
        return a->as.real < b->as.real ? -1 : a->as.real > b->as.real;
}

bool
mstc_constant_complete(struct mstc_constant *constant, struct mst_arena *arena)
{
        char room[MSTC_TEXT_ROOM];
        const char *text = "";
        size_t n = 0;

        constant->numeric = mstc_value_number(&constant->value, &constant->number);
        constant->dated = mstc_value_instant(&constant->value, &constant->date);
        mstc_value_text_form(&constant->value, room, &text, &n);
        constant->text = mst_arena_strndup(arena, text, n);
        constant->text_length = n;
        constant->folded = mstc_fold(text, n, arena, &constant->folded_length);
        constant->folded_count = mstc_utf8_count(text, n);
        return constant->text != NULL && constant->folded != NULL;
}

bool
mstc_date_shift(int64_t date, int64_t months, int64_t ticks, int64_t *ret)
{
        static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        struct mstc_civil at;
        int64_t month;
        int last;

        mstc_date_split(date, &at);
        if (months > 120000 || months < -120000)
                return false;
        month = (int64_t)at.year * 12 + at.month - 1 + months;
        if (month < 12 || month >= 120000)
                return false;
        at.year = (int)(month / 12);
        at.month = (int)(month % 12) + 1;
        last = days[at.month - 1] + (at.month == 2 && at.year % 4 == 0 &&
                                     (at.year % 100 != 0 || at.year % 400 == 0));
        if (at.day > last)
                at.day = last;
        if (!mstc_date_join(&at, &date) || __builtin_add_overflow(date, ticks, ret))
                return false;
        return *ret >= 0 && *ret <= INT64_C(3155378975999999999);
}

size_t
mstc_value_hash(const struct mst_value *value)
{
        size_t hash = value->type * (size_t)0x9E3779B97F4A7C15u;

        if (value->type == MST_TEXT || value->type == MST_REF || value->type == MST_BYTES)
                for (uint32_t i = 0; i < value->length; i++)
                        hash = (hash ^ (unsigned char)value->as.text[i]) * (size_t)0x100000001B3u;
        else if (value->type == MST_INT || value->type == MST_DATE)
                hash ^= (size_t)value->as.number * (size_t)0xFF51AFD7ED558CCDu;
        return hash ^ hash >> 29;
}

uint64_t
mstc_value_weight(const struct mst_value *value)
{
        uint64_t weight = 2 * MSTC_WORK_ELEMENT;

        if ((value->type == MST_TEXT || value->type == MST_REF) && value->length > MSTC_WORK_SHORT)
                return weight + (uint64_t)value->length * MSTC_WORK_BYTE;
        for (uint32_t i = 0; value->type == MST_LIST && i < value->length; i++)
                weight += mstc_value_weight(&value->as.items[i]);
        for (uint32_t i = 0; value->type == MST_OBJECT && i < value->length; i++)
                weight += mstc_value_weight(&value->as.members[i].value);
        return weight;
}

size_t
mstc_value_elements(const struct mst_value *value)
{
        return value->type == MST_LIST ? value->length : value->type != MST_NULL;
}

const struct mst_value *
mstc_value_element(const struct mst_value *value, size_t index)
{
        return value->type == MST_LIST ? &value->as.items[index] : value;
}
