/* text.c - a growing piece of text; the story is in text.h. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void *
must(void *memory)
{
        if (memory == NULL) {
                fputs("graph-emulator: out of memory\n", stderr);
                exit(1);
        }
        return memory;
}

void *
room(size_t size)
{
        return must(calloc(1, size > 0 ? size : 1));
}

void *
room_grow(void *old, size_t size)
{
        return must(realloc(old, size > 0 ? size : 1));
}

char *
room_copy(const char *text)
{
        return must(strdup(text));
}

void
text_grow(struct text *t, size_t more)
{
        size_t want = t->cap < 256 ? 256 : t->cap;

        while (want - t->len < more)
                want *= 2;
        t->at = room_grow(t->at, want);
        t->cap = want;
}

void
text_free(struct text *t)
{
        free(t->at);
        *t = (struct text){ 0 };
}

const char *
text_str(struct text *t)
{
        text_need(t, 1);
        t->at[t->len] = '\0';
        return t->at;
}

char *
text_take(struct text *t)
{
        char *all;

        text_str(t);
        all = t->at;
        *t = (struct text){ 0 };
        return all;
}

void
text_padded(struct text *t, uint64_t n, int width)
{
        char digits[24];
        size_t at = sizeof digits;

        do {
                digits[--at] = (char)('0' + n % 10);
                n /= 10;
                width--;
        } while (n > 0 || (width > 0 && at > 0));
        text_raw(t, digits + at, sizeof digits - at);
}

void
text_uint(struct text *t, uint64_t n)
{
        text_padded(t, n, 1);
}

void
text_int(struct text *t, int64_t n)
{
        if (n < 0)
                text_char(t, '-');
        text_uint(t, n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n);
}

void
text_fmt(struct text *t, const char *fmt, ...)
{
        va_list ap, again;
        int n;

        va_start(ap, fmt);
        va_copy(again, ap);
        n = vsnprintf(NULL, 0, fmt, ap);
        va_end(ap);
        if (n > 0) {
                text_need(t, (size_t)n + 1);
                vsnprintf(t->at + t->len, (size_t)n + 1, fmt, again);
                t->len += (size_t)n;
        }
        va_end(again);
}

void
text_escaped(struct text *t, const char *s, size_t n)
{
        text_need(t, 6 * n);
        for (size_t i = 0; i < n; i++) {
                unsigned char c = (unsigned char)s[i];

                if (c == '"' || c == '\\') {
                        t->at[t->len++] = '\\';
                        t->at[t->len++] = (char)c;
                } else if (c < 0x20) {
                        text_fmt(t, "\\u%04x", c);
                        text_need(t, 6 * (n - i));
                } else {
                        t->at[t->len++] = (char)c;
                }
        }
}

void
text_json(struct text *t, const char *s)
{
        text_char(t, '"');
        text_escaped(t, s, strlen(s));
        text_char(t, '"');
}

/* Days since 1970 to a civil date, after the era arithmetic that calendars
 * share: 400 years are 146,097 days and a year begins in March. */
void
text_date(struct text *t, int64_t days)
{
        int64_t z = days + 719468;
        int64_t era = (z >= 0 ? z : z - 146096) / 146097;
        int64_t doe = z - era * 146097;
        int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        int64_t mp = (5 * doy + 2) / 153;
        int64_t month = mp < 10 ? mp + 3 : mp - 9;

        text_padded(t, (uint64_t)(yoe + era * 400 + (month <= 2)), 4);
        text_char(t, '-');
        text_padded(t, (uint64_t)month, 2);
        text_char(t, '-');
        text_padded(t, (uint64_t)(doy - (153 * mp + 2) / 5 + 1), 2);
}

void
text_time(struct text *t, int64_t seconds)
{
        int64_t days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
        uint64_t rest = (uint64_t)(seconds - days * 86400);

        text_date(t, days);
        text_char(t, 'T');
        text_padded(t, rest / 3600, 2);
        text_char(t, ':');
        text_padded(t, rest / 60 % 60, 2);
        text_char(t, ':');
        text_padded(t, rest % 60, 2);
        text_char(t, 'Z');
}
