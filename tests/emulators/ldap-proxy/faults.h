/* faults.h - what is to go wrong, and when.
 *
 * A rule waits for requests of its kind; of those that it fits it leaves the first ones
 * alone, acts on a number of them, and is then over.  The first rule that fits and has its
 * turn acts; every rule that fits counts. */
#ifndef LDAP_PROXY_FAULTS_H
#define LDAP_PROXY_FAULTS_H

#include "message.h"

#include <stdio.h>

enum action {
        FORWARD,                /* nothing goes wrong */
        CODE,                   /* answered here; the server never sees it */
        DROP,                   /* both connections end; the server never sees it */
        LOST,                   /* done, but the connection ends instead of the answer */
        CUT,                    /* the answer ends after so many bytes, and the connection */
        DELAY,                  /* the answer comes so many milliseconds later */
        NO_COOKIE,              /* the answer comes without its controls */
        SPOIL,                  /* its last so many bytes are 0xff */
        NOTICE,                 /* notice of disconnection instead of an answer */
        SHORT,                  /* the last so many values of a slice are missing, its range is not */
        ASTRAY,                 /* a slice's range is named as if it began so many values later */
        SILENT,                 /* no answer ever, the server never sees it */
        HOLD                    /* waits, with all that follows, for "resume" */
};

struct fault {
        enum action action;
        long number;            /* code, bytes or milliseconds */
        unsigned long part;     /* of a search: its so manieth message; 0: the final answer */
        char text[128];         /* goes with a code */
};

struct rule {
        enum kind kind;
        char dn[256];           /* part of the DN, no matter the case; "": any */
        bool paged;             /* searches by pages only */
        bool ranged;            /* searches for a slice of values only */
        unsigned long from, count;      /* first one acted on, from 1; how many, 0: all */
        unsigned long seen, acted;
        struct fault fault;
};

#define MOST_RULES 64

struct faults {
        struct rule rules[MOST_RULES];
        size_t count;
};

/* One rule from its words: KIND [dn=PART] [paged] [ranged] [from=N] [count=N] ACTION.  False with the
 * reason in 'why'. */
bool faults_add(struct faults *, char *words, const char **why);
struct fault faults_for(struct faults *, enum kind, const struct message *);
void faults_list(const struct faults *, FILE *);
const char *action_name(enum action);

#endif
