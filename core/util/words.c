/* words.c - words with blanks between them, or in them. */
#include "build.h"

#include "util/words.h"

#include <string.h>

/* The quotation mark that ends the word which begins behind one, or NULL. */
static const char *
closing(const char *text)
{
        const char *end = text;

        while ((end = strchr(end + 1, text[0])) != NULL)
                if (end[1] == ' ' || end[1] == '\0')
                        return end > text + 1 ? end : NULL;
        return NULL;
}

bool
mstc_words_next(const char **list, const char **word, size_t *length)
{
        const char *at = *list + strspn(*list, " "), *end = NULL;

        *list = at;
        if (*at == '\0')
                return false;
        if (*at == '\'' || *at == '"')
                end = closing(at);
        *word = end != NULL ? at + 1 : at;
        *length = end != NULL ? (size_t)(end - at) - 1 : strcspn(at, " ");
        *list = end != NULL ? end + 1 : at + *length;
        return true;
}
