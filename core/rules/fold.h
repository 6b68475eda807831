/* fold.h - letters without regard to case, one code point at a time.
 *
 * Simple case folding (decision D14): one to one, no culture, accents significant.
 * ASCII, which nearly everything is, never meets a table.  Texts are well-formed
 * UTF-8; a broken byte is taken as a character of its own, so nothing runs astray. */
#ifndef MSTC_FOLD_H
#define MSTC_FOLD_H

#include <muster/arena.h>

/* The code point at 'text' (length > 0), and its bytes. */
int32_t mstc_code_at(const char *text, size_t length, size_t *bytes);
/* Appends; at most 4 bytes. */
size_t mstc_code_put(int32_t code, char *into);

int32_t mstc_code_fold(int32_t code);
int32_t mstc_code_lower(int32_t code);
int32_t mstc_code_upper(int32_t code);

/* 'text' against text that is folded already.  begins(): '*taken' bytes of text match
 * all of 'folded'. */
bool mstc_fold_equal(const char *text, size_t length, const char *folded, size_t folded_length);
bool mstc_fold_begins(const char *text, size_t length, const char *folded, size_t folded_length);
/* 'count': code points of 'folded'. */
bool mstc_fold_ends(const char *text, size_t length, const char *folded, size_t folded_length, size_t count);
/* The text is MSTC_FOLD_SHORT bytes at most; a longer one is folded once for all who search it
 * (mstc_run_folded). */
#define MSTC_FOLD_SHORT 256u
bool mstc_fold_contains(const char *text, size_t length, const char *folded, size_t folded_length);

/* Folds into 'into', which has room for 3 * length + 4 bytes; returns the bytes. */
size_t mstc_fold_into(const char *text, size_t length, char *into);

#endif
