/* names.h - given and family names by language, each with the plain form that
 * addresses are made from, and the places such people work in.
 *
 * Within a language every plain form differs from the others, and no pair of a
 * given and a family name occurs in two languages: names_check() says so, and
 * unique addresses depend on it. */
#ifndef GRAPH_NAMES_H
#define GRAPH_NAMES_H
#include <stdbool.h>
#include <stdint.h>

struct name {
        const char *text;       /* as the person writes it, UTF-8, needs no JSON escape */
        const char *plain;      /* a-z, hyphens */
};

struct tongue {
        const char *code;               /* preferredLanguage */
        const struct name *given;
        const struct name *family;
        uint32_t givens, families;
        uint32_t share;                 /* of 64 people */
        bool family_first;              /* and without a space between them */
        uint8_t places[4];              /* where they mostly work: see places.h */
};

enum { TONGUES = 13, TONGUE_SHARES = 64 };
extern const struct tongue tongues[TONGUES];

/* NULL, or a sentence about the first clash. */
const char *names_check(void);
#endif
