/* ledger.c - every operation that came by.  A test asks for the counts ("how many calls
 * for a changed object?") or for the operations themselves, a line each. */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

size_t
ledger_note(struct ledger *l, enum kind kind, struct piece dn, unsigned connection, enum action action)
{
        struct entry *more;

        if (l->count == l->room) {
                size_t room = l->room != 0 ? l->room * 2 : 1024;

                more = realloc(l->entries, room * sizeof *more);
                if (more == NULL) {
                        fprintf(stderr, "ldap-proxy: no memory for the ledger\n");
                        exit(1);
                }
                l->entries = more;
                l->room = room;
        }
        l->entries[l->count] = (struct entry){ .kind = kind, .connection = connection, .code = -1, .action = action,
                .dn = dn.length != 0 ? strndup((const char *)dn.at, dn.length) : NULL };
        return l->before + l->count++;
}

void
ledger_settle(struct ledger *l, size_t number, int code)
{
        if (number >= l->before && number - l->before < l->count)
                l->entries[number - l->before].code = code;
}

void
ledger_counts(const struct ledger *l, FILE *out)
{
        unsigned long by_kind[KINDS] = { 0 }, faults = 0, writes;

        for (size_t i = 0; i < l->count; i++) {
                by_kind[l->entries[i].kind]++;
                faults += l->entries[i].action != FORWARD;
        }
        writes = by_kind[ADD] + by_kind[MODIFY] + by_kind[MODRDN] + by_kind[DELETE];
        for (unsigned k = 0; k < KINDS; k++)
                fprintf(out, "%s %lu\n", kind_name((enum kind)k), by_kind[k]);
        fprintf(out, "all %zu\nwrites %lu\nfaults %lu\n", l->count, writes, faults);
}

void
ledger_last(const struct ledger *l, size_t count, FILE *out)
{
        for (size_t i = count < l->count ? l->count - count : 0; i < l->count; i++) {
                const struct entry *e = &l->entries[i];

                fprintf(out, "%zu %s %d %s %u ", i + 1, kind_name(e->kind), e->code, action_name(e->action), e->connection);
                for (const char *p = e->dn != NULL ? e->dn : ""; *p != '\0'; p++)
                        fputc(*p == '\n' || *p == '\r' ? '?' : *p, out);
                fputc('\n', out);
        }
}

void
ledger_clear(struct ledger *l)
{
        for (size_t i = 0; i < l->count; i++)
                free(l->entries[i].dn);
        free(l->entries);
        *l = (struct ledger){ .before = l->before + l->count };
}
