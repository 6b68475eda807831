/* SPDX-License-Identifier: Apache-2.0
 *
 * csv.c - rows of the files that are imported and exported (RFC 4180).
 *
 * Cells are cut in place: each ends in a NUL where its delimiter was. */
#include <stdio.h>
#include <string.h>

#include "kaizala.h"

/* *at stands on a quotation mark; the cell, with *at behind the closing one, or NULL. */
static char *
quoted(char **at, const char *end)
{
        char *from = *at + 1, *to = from, *start = from;

        for (; from < end; *to++ = *from++)
                if (*from == '"' && (from + 1 == end || *++from != '"'))
                        break;
        if (from == end && from[-1] != '"')
                return NULL;
        *at = from;
        *to = '\0';
        return start;
}

/* How many cells; 0: the end; -1: no CSV.  There is room for a NUL at 'end'. */
int
kzl_csv_row(char **at, char *end, char **fields, int most)
{
        int n = 0;
        char after;

        if (*at >= end)
                return 0;
        do {
                char *field = *at;
                bool quotes = field < end && *field == '"';

                if (n == most || (quotes && (field = quoted(at, end)) == NULL))
                        return -1;
                if (!quotes)
                        while (*at < end && strchr(",\r\n", **at) == NULL)
                                ++*at;
                after = *at < end ? **at : '\n';
                if (strchr(",\r\n", after) == NULL || after == '\0')
                        return -1;
                if (!quotes || *at < end)
                        **at = '\0';
                fields[n++] = field;
                if (*at < end)
                        ++*at;
        } while (after == ',');
        if (after == '\r' && *at < end && **at == '\n')
                ++*at;
        return n;
}

/* 'safe': a spreadsheet does not take it for a formula. */
void
kzl_csv_cell(FILE *to, const char *text, bool safe)
{
        bool quotes = strpbrk(text, "\",\r\n") != NULL;

        if (quotes)
                fputc('"', to);
        if (safe && text[0] != '\0' && strchr("=+-@\t", text[0]) != NULL)
                fputc('\'', to);
        for (; *text != '\0'; text++) {
                if (*text == '"')
                        fputc('"', to);
                fputc(*text, to);
        }
        if (quotes)
                fputc('"', to);
}
