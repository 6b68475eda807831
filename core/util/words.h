/* words.h - "finance 'dept-Human Resources' dept-S*": words with blanks between them, or in them. */
#ifndef MSTC_WORDS_H
#define MSTC_WORDS_H

#include <muster/abi.h>

/* Takes the next word off '*list'; false: there is none.  What stands between two ' or two " and
 * has a blank or the end behind it is one word, without them; any other quotation mark is a
 * letter.  'word' points into the list; no NUL follows. */
bool mstc_words_next(const char **list, const char **word, size_t *length);

#endif
