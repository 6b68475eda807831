/* text.h - a growing piece of text, the buffer of every reply.
 *
 * The fast calls (text_lit, text_raw) copy without looking; the JSON ones
 * escape.  text_need() makes room once so that a person's thirty values do not
 * each ask for it.  Memory that cannot be had ends the emulator with a
 * sentence: it is a test tool, and a half reply would be mistaken for a fault
 * that somebody asked for. */
#ifndef REST_TEXT_H
#define REST_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
        char *at;
        size_t len;
        size_t cap;
};

/* Allocators that never return NULL; see above. */
void *room(size_t size);
void *room_grow(void *old, size_t size);
char *room_copy(const char *text);

void text_grow(struct text *t, size_t more);
void text_free(struct text *t);
/* The text ends in NUL (not counted); the caller owns what is returned. */
char *text_take(struct text *t);
const char *text_str(struct text *t);

static inline void
text_need(struct text *t, size_t more)
{
        if (t->cap - t->len < more)
                text_grow(t, more);
}

static inline void
text_raw(struct text *t, const void *from, size_t n)
{
        if (n == 0)
                return;                         /* 'from' may be NULL then */
        text_need(t, n);
        memcpy(t->at + t->len, from, n);
        t->len += n;
}

static inline void
text_char(struct text *t, char c)
{
        text_need(t, 1);
        t->at[t->len++] = c;
}

static inline void
text_put(struct text *t, const char *s)
{
        text_raw(t, s, strlen(s));
}

#define text_lit(t, literal) text_raw((t), "" literal, sizeof(literal) - 1)

void text_uint(struct text *t, uint64_t n);
/* At least 'width' digits, zeros in front. */
void text_padded(struct text *t, uint64_t n, int width);
void text_int(struct text *t, int64_t n);
void text_fmt(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Escaped, without and with the quotes around. */
void text_escaped(struct text *t, const char *s, size_t n);
void text_json(struct text *t, const char *s);
/* UTC, "2026-01-15T09:30:00Z". */
void text_time(struct text *t, int64_t seconds);
/* Only the date, for dates of hire. */
void text_date(struct text *t, int64_t days);
#endif
