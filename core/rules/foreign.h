/* foreign.h - what operators and functions of other languages are called here. */
#ifndef MSTC_FOREIGN_H
#define MSTC_FOREIGN_H

#include <stddef.h>

/* What to write in place of it, or NULL: an operator word without its hyphen, a function,
 * and signs at 'text', which may end anywhere and of which '*length' bytes are meant. */
const char *mstc_foreign_word(const char *word);
const char *mstc_foreign_function(const char *name);
const char *mstc_foreign_sign(const char *text, size_t left, size_t *length);

#endif
