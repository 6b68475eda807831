/* traits.h - the columns of a list that its reader chooses: --columns, --csv, --json.
 *
 * A list declares what its rows have by name; a name that is not among them is an attribute of
 * the row's record, where rows have one.  What is chosen is shown as a table, as lines of CSV
 * (RFC 4180, but with plain line ends), or as members of the document's objects. */
#ifndef MSTC_TRAITS_H
#define MSTC_TRAITS_H

#include <muster/record.h>

#include "cli/listing.h"

struct mstc_trait {
        const char *name;                    /* NULL ends a table                      */
        unsigned flags, least;               /* as of a table's column                 */
        /* In 'arena' or of the row; NULL: it has none. */
        const char *(*say)(const void *row, struct mst_arena *arena);
        bool usual;                          /* without --columns it is in the CSV     */
};

#define MSTC_MOST_TRAITS 16u

struct mstc_traits {
        struct mstc_column columns[MSTC_MOST_TRAITS];
        const char *names[MSTC_MOST_TRAITS];
        const struct mstc_trait *fields[MSTC_MOST_TRAITS];       /* NULL: an attribute */
        bool met[MSTC_MOST_TRAITS];          /* somebody had it                        */
        size_t count;
        bool csv;
};

/* What --columns and --csv say of rows like that; 'attributes': others are those of records.  'ret->count'
 * 0: nothing was chosen.  MSTC_END_DONE, or what is wrong has been told. */
int mstc_traits_read(struct mstc_cli *cli, const struct mstc_trait *known, bool attributes, struct mstc_traits *ret);
/* All that are usual, as with --csv.  False: out of memory. */
bool mstc_traits_usual(struct mstc_cli *cli, const struct mstc_trait *known, struct mstc_traits *into);
/* Opens the list for them: with the CSV's first line. */
bool mstc_traits_open(struct mstc_traits *fields, struct mstc_listing *list, struct mstc_cli *cli, const char *key);
/* A row; 'record' may be NULL. */
void mstc_traits_show(struct mstc_traits *fields, struct mstc_listing *list, const void *row, const struct mst_record *record);
/* Warns of attributes that nobody had. */
void mstc_traits_tell(const struct mstc_traits *fields, const struct mstc_listing *list);
/* Is an attribute among them? */
bool mstc_traits_have(const struct mstc_traits *fields, const char *attribute);

/* Made harmless: for a terminal when it is one, and for a spreadsheet, which must not take a text
 * for a formula. */
void mstc_csv_cell(struct mst_arena *arena, const char *text, bool first);

#endif
