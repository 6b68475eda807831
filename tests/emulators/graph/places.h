/* places.h - where people work, at what, and under which licences. */
#ifndef GRAPH_PLACES_H
#define GRAPH_PLACES_H
#include <stdint.h>

struct place {
        const char *city, *state, *country, *code;      /* state may be NULL */
        const char *postal;             /* '#' becomes a digit */
        const char *street;             /* a number is put in front or behind */
        const char *mobile, *desk;      /* numbers reserved for fiction; '#' a digit */
};

struct trade {                          /* a department and who works there */
        const char *name;
        const char *parts[4];           /* its subdivisions in a large organisation */
        const char *titles[4];
        const char *cost;               /* start of the cost centre's number */
};

enum { PLACES = 25, TRADES = 12, PLANS = 4, SKUS = 3, PARTNERS = 6 };
extern const struct place places[PLACES];
extern const struct trade trades[TRADES];

struct plan {
        const char *service, *id;
};
extern const struct plan plans[PLANS];
extern const char *const skus[SKUS];
extern const char *const partners[PARTNERS];    /* mail domains of the guests */
#endif
