/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c - names of columns, and the nearest to a wrong one. */
#include "names.h"

#include <string.h>

#include "reader.h"

#define LONGEST 64u

bool
fil_names_have(const struct fil_names *names, const char *name)
{
        for (size_t i = 0; i < names->count; i++)
                if (fil_name_equal(names->names[i], name))
                        return true;
        return false;
}

bool
fil_names_add(struct fil_names *names, const char *name)
{
        if (names->count == FIL_NAMES_MOST || fil_names_have(names, name))
                return true;
        names->names[names->count] = mst_arena_strdup(names->arena, name);
        return names->names[names->count] != NULL && ++names->count > 0;
}

static size_t
least(size_t a, size_t b, size_t c)
{
        size_t d = a < b ? a : b;

        return d < c ? d : c;
}

static char
lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Letters to be changed, added or left out, one row of the table after the other. */
static size_t
distance(const char *a, const char *b)
{
        size_t n = strlen(a), m = strlen(b), row[LONGEST + 1];

        if (n > LONGEST || m > LONGEST)
                return LONGEST;
        for (size_t k = 0; k <= m; k++)
                row[k] = k;
        for (size_t i = 1; i <= n; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t k = 1; k <= m; k++) {
                        size_t above = row[k];

                        row[k] = least(above + 1, row[k - 1] + 1, diagonal + (lower(a[i - 1]) != lower(b[k - 1])));
                        diagonal = above;
                }
        }
        return row[m];
}

const char *
fil_names_near(const struct fil_names *names, const char *wrong)
{
        size_t best = 1 + strlen(wrong) / 4;
        const char *near = NULL;

        for (size_t i = 0; i < names->count; i++) {
                size_t d = distance(names->names[i], wrong);

                if (d <= best && (near == NULL || d < best)) {
                        best = d;
                        near = names->names[i];
                }
        }
        return near;
}
