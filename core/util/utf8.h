/* utf8.h - is it UTF-8, and where do its characters lie?  (Folding and
 * normalization, which need tables, are in rules.) */
#ifndef MSTC_UTF8_H
#define MSTC_UTF8_H

#include <stdarg.h>

#include <muster/abi.h>

/* Bytes from the start that are well-formed (RFC 3629: no overlong forms, no
 * surrogates, nothing past U+10FFFF); 'length' when all of it is.  ASCII is passed
 * over eight bytes at a time. */
MST_API size_t mstc_utf8_valid(const char *text, size_t length);
/* The first code point and how many bytes it takes; 0 for broken bytes or none. */
MST_API size_t mstc_utf8_next(const char *text, size_t length, uint32_t *ret);
/* Code points in well-formed text. */
MST_API size_t mstc_utf8_count(const char *text, size_t length);
/* Bytes of the first 'count' code points. */
MST_API size_t mstc_utf8_span(const char *text, size_t length, size_t count);
/* Columns on a terminal: wide characters two, combining marks none. */
MST_API size_t mstc_utf8_columns(const char *text, size_t length);
/* As vsnprintf, but cut at a character's border, and bytes that are not UTF-8 become
 * '?'.  The arguments may point into 'into' when room is at most 1,024. */
MST_API void mstc_text_format(char *into, size_t room, const char *format, va_list args)
        MST_PRINTF(3, 0);
/* As strcmp without regard to ASCII case, whatever the locale. */
MST_API int mstc_text_casecmp(const char *a, const char *b);
/* Edit distance for "did you mean", ignoring ASCII case; > 'most' is cut off. */
MST_API size_t mstc_text_distance(const char *a, const char *b, size_t most);

#endif
