/* buffer.h - bytes or text that grow.
 *
 * A buffer starts as { 0 }.  Appending never fails visibly: the first failure is
 * remembered, later calls do nothing, and mstc_buffer_ok() tells at the end.
 * 'bytes' is always followed by a NUL (and is NULL as long as nothing was added). */
#ifndef MSTC_BUFFER_H
#define MSTC_BUFFER_H

#include <stdarg.h>

#include <muster/abi.h>

struct mstc_buffer {
        char *bytes;
        size_t length, room;
        bool failed;
};

MST_API void mstc_buffer_add(struct mstc_buffer *buffer, const void *bytes, size_t size);
MST_API void mstc_buffer_text(struct mstc_buffer *buffer, const char *text);
MST_API void mstc_buffer_char(struct mstc_buffer *buffer, char c);
MST_API void mstc_buffer_printf(struct mstc_buffer *buffer, const char *format, ...) MST_PRINTF(2, 3);
/* Room for 'size' more bytes, which count as added: the caller fills all of them.  NULL when
 * memory is out (and remembered, as ever). */
MST_API char *mstc_buffer_reserve(struct mstc_buffer *buffer, size_t size);
/* LEB128: seven bits a byte, low first. */
MST_API void mstc_buffer_varint(struct mstc_buffer *buffer, uint64_t number);
/* As mst_escape_json(). */
MST_API void mstc_escape_json_into(struct mstc_buffer *buffer, const char *value, size_t length);
/* The value of a label, or a help text, of OpenMetrics, without the quotation marks. */
MST_API void mstc_escape_label_into(struct mstc_buffer *buffer, const char *value);
MST_API bool mstc_buffer_ok(const struct mstc_buffer *buffer);
MST_API const char *mstc_buffer_cstr(const struct mstc_buffer *buffer);   /* "" when empty */
MST_API void mstc_buffer_clear(struct mstc_buffer *buffer);               /* keeps the room */
MST_API void mstc_buffer_done(struct mstc_buffer *buffer);                /* frees; { 0 } again */
/* Hands the bytes to the caller (mstc_free) and starts anew; NULL when it failed. */
MST_API char *mstc_buffer_take(struct mstc_buffer *buffer);

#endif
