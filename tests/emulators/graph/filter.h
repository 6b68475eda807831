/* filter.h - the part of $filter that a directory list understands.
 *
 *   filter  = clause *( " and " clause ) / clause *( " or " clause )
 *   clause  = property op literal / fn "(" property "," literal ")"
 *           / property " in (" literal *( "," literal ) ")" / "not " clause
 *   op      = eq ne ge le;  fn = startsWith endsWith
 *
 * ne, not and endsWith need the advanced query. */
#ifndef GRAPH_FILTER_H
#define GRAPH_FILTER_H
#include "directory.h"
#include "trouble.h"

#include <stdbool.h>

enum { FILTER_CLAUSES = 20, FILTER_LITERALS = 20 };

enum filter_op { OP_EQ, OP_NE, OP_GE, OP_LE, OP_STARTS, OP_ENDS };

struct clause {
        enum filter_op op;
        bool negated;
        unsigned property;
        char *literals[FILTER_LITERALS];        /* the JSON text: "Ada", true, null */
        int count;
};

struct filter {
        struct clause clauses[FILTER_CLAUSES];
        int count;
        bool any;                               /* joined by or */
};

/* False after an error reply. Free it in any case. */
bool filter_read(struct filter *f, const char *text, bool advanced, struct exchange *x);
bool filter_fits(const struct filter *f, const struct directory *d, uint32_t index, struct text *scratch);
void filter_free(struct filter *f);
#endif
