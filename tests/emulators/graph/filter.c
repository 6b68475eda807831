/* filter.c - the part of $filter that a directory list understands. */
#include "filter.h"

#include <stdlib.h>
#include <strings.h>

struct reader {
        const char *at;
        bool advanced;
        struct exchange *x;
};

static void
blanks(struct reader *r)
{
        r->at += strspn(r->at, " ");
}

static bool
word(struct reader *r, const char *w)
{
        size_t len = strlen(w);

        blanks(r);
        if (strncasecmp(r->at, w, len) != 0)
                return false;
        r->at += len;
        return true;
}

static bool
bad(struct reader *r)
{
        exchange_trouble(r->x, T_BAD_FILTER, *r->at != '\0' ? r->at : "unexpected end");
        return false;
}

static bool
property(struct reader *r, struct clause *c)
{
        size_t len;
        int p;
        struct text name = { 0 };

        blanks(r);
        len = strspn(r->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        p = property_find(r->at, len);
        if (p < 0) {
                text_raw(&name, r->at, len);
                exchange_trouble(r->x, T_NO_PROPERTY, text_str(&name));
                text_free(&name);
                return false;
        }
        c->property = (unsigned)p;
        r->at += len;
        return true;
}

/* 'text' with '' for a quote, or a bare word; kept as JSON. */
static bool
literal(struct reader *r, struct clause *c)
{
        struct text t = { 0 };

        blanks(r);
        if (c->count == FILTER_LITERALS)
                return bad(r);
        if (*r->at == '\'') {
                text_char(&t, '"');
                for (r->at++; *r->at != '\0'; r->at++) {
                        if (*r->at == '\'' && *++r->at != '\'')
                                break;
                        text_escaped(&t, r->at, 1);
                }
                text_char(&t, '"');
        } else {
                size_t len = strcspn(r->at, " ,)");

                if (len == 0)
                        return bad(r);
                text_raw(&t, r->at, len);
                r->at += len;
        }
        c->literals[c->count++] = text_take(&t);
        return true;
}

static bool
list(struct reader *r, struct clause *c)
{
        if (!word(r, "("))
                return bad(r);
        do {
                if (!literal(r, c))
                        return false;
        } while (word(r, ","));
        return word(r, ")") || bad(r);
}

static bool
needs_advanced(struct reader *r, const char *what)
{
        if (!r->advanced)
                exchange_trouble(r->x, T_ADVANCED, what);
        return r->advanced;
}

static bool
function(struct reader *r, struct clause *c)
{
        bool ends = c->op == OP_ENDS;

        if (ends && !needs_advanced(r, "endsWith"))
                return false;
        if (!property(r, c))
                return false;
        if (ends && c->property != PROP_MAIL && c->property != PROP_UPN) {
                exchange_trouble(r->x, T_UNSUPPORTED, "endsWith works on mail and userPrincipalName only.");
                return false;
        }
        return (word(r, ",") && literal(r, c) && word(r, ")")) || (r->x->status == 0 && bad(r));
}

static bool
clause(struct reader *r, struct clause *c)
{
        static const struct { const char *name; enum filter_op op; } ops[] = {
                { " eq ", OP_EQ }, { " ne ", OP_NE }, { " ge ", OP_GE }, { " le ", OP_LE },
        };

        if (word(r, "not ") || word(r, "not(")) {
                bool paren = r->at[-1] == '(';

                c->negated = true;
                return needs_advanced(r, "not") && clause(r, c) && (!paren || word(r, ")") || bad(r));
        }
        if (word(r, "startsWith(")) {
                c->op = OP_STARTS;
                return function(r, c);
        }
        if (word(r, "endsWith(")) {
                c->op = OP_ENDS;
                return function(r, c);
        }
        if (!property(r, c))
                return false;
        for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
                if (strncasecmp(r->at, ops[i].name, 4) == 0) {
                        r->at += 4;
                        c->op = ops[i].op;
                        return (c->op != OP_NE || needs_advanced(r, "ne")) && literal(r, c);
                }
        c->op = OP_EQ;
        return word(r, "in ") || word(r, "in(") ? (r->at -= r->at[-1] == '(', list(r, c)) : bad(r);
}

bool
filter_read(struct filter *f, const char *text, bool advanced, struct exchange *x)
{
        struct reader r = { .at = text, .advanced = advanced, .x = x };

        *f = (struct filter){ 0 };
        while (f->count < FILTER_CLAUSES) {
                bool and, or;

                if (!clause(&r, &f->clauses[f->count++]))
                        return false;
                blanks(&r);
                if (*r.at == '\0')
                        return true;
                and = word(&r, "and ");
                or = !and && word(&r, "or ");
                if ((!and && !or) || (f->count > 1 && or != f->any))
                        return bad(&r);
                f->any = or;
        }
        return bad(&r);
}

static bool
compare(const struct clause *c, const char *have, const char *want)
{
        size_t n = strlen(want), m = strlen(have);
        int order = strcasecmp(have, want);

        switch (c->op) {
        case OP_EQ:
                return order == 0;
        case OP_NE:
                return order != 0;
        case OP_GE:
                return strcmp(have, "null") != 0 && order >= 0;
        case OP_LE:
                return strcmp(have, "null") != 0 && order <= 0;
        case OP_STARTS:
                return n >= 2 && m >= n && strncasecmp(have, want, n - 1) == 0;
        case OP_ENDS:
                return n >= 2 && m >= n && strcasecmp(have + m - n + 1, want + 1) == 0;
        }
        return false;
}

static bool
clause_fits(const struct clause *c, const struct directory *d, uint32_t index, const struct person *made,
            struct text *scratch)
{
        bool fits = false;

        scratch->len = 0;
        if (!directory_value(d, index, made, c->property, scratch))
                text_lit(scratch, "null");
        for (int i = 0; i < c->count && !fits; i++)
                fits = compare(c, text_str(scratch), c->literals[i]);
        return fits != c->negated;
}

bool
filter_fits(const struct filter *f, const struct directory *d, uint32_t index, struct text *scratch)
{
        struct person room_for_one;
        const struct person *made = directory_person(d, index, &room_for_one);

        for (int i = 0; i < f->count; i++)
                if (clause_fits(&f->clauses[i], d, index, made, scratch) == f->any)
                        return f->any;
        return !f->any;
}

void
filter_free(struct filter *f)
{
        for (int i = 0; i < f->count; i++)
                for (int k = 0; k < f->clauses[i].count; k++)
                        free(f->clauses[i].literals[k]);
        f->count = 0;
}
