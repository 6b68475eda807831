/* ledger.h - every operation that came by, what it was about and what became of it. */
#ifndef LDAP_PROXY_LEDGER_H
#define LDAP_PROXY_LEDGER_H

#include "faults.h"

struct entry {
        enum kind kind;
        char *dn;               /* NULL: none, or no memory for it */
        unsigned connection;
        int code;               /* -1: none so far */
        enum action action;
};

struct ledger {
        struct entry *entries;
        size_t count, room;
        size_t before;          /* so many came before the first of them */
};

/* Returns its number; no number comes twice, so an answer that comes after ledger_clear is
 * nobody's. */
size_t ledger_note(struct ledger *, enum kind, struct piece dn, unsigned connection, enum action);
void ledger_settle(struct ledger *, size_t number, int code);
void ledger_counts(const struct ledger *, FILE *);
void ledger_last(const struct ledger *, size_t count, FILE *);
void ledger_clear(struct ledger *);

#endif
