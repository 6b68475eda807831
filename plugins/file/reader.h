/* reader.h - the rows of a file, one after the other, whatever its format.
 *
 *      fil_reader_open(&reader, &layout, err);
 *      while ((rc = fil_reader_next(reader, &row, err)) == MST_OK)
 *              ...row...
 *      rc == MST_END: the file was read to its end, and there is proof of it
 *
 * A row that cannot be read has a reason and is passed over; an error is about the whole
 * file, and then nothing may be concluded from what was read. */
#ifndef FIL_READER_H
#define FIL_READER_H

#include <muster/arena.h>
#include <muster/error.h>

#include "input.h"

enum fil_format { FIL_AUTO = 0, FIL_CSV = 1, FIL_JSONL = 2, FIL_LDIF = 3 };

/* What shows that a file is whole. */
enum fil_marker { FIL_MARK_NEWLINE = 0, FIL_MARK_ROWS = 1, FIL_MARK_ROWS_FILE = 2, FIL_MARK_NONE = 3 };

#define FIL_TRAILER "#rows="

struct fil_layout {
        const char *path;
        enum fil_format format;
        char delimiter;                      /* CSV                                    */
        bool header;                         /* CSV: the first row names the columns   */
        bool defused;                        /* CSV: undo what kept formulas from running */
        char *const *columns;                /* CSV without a header                   */
        enum fil_marker marker;
        const char *rows_file;
};

#define FIL_ROW_MOST (8u * 1024u * 1024u)    /* bytes of one row                       */
#define FIL_COLUMNS_MOST 1000u
#define FIL_NAME_MOST 256u

enum fil_form {
        FIL_TEXT = 1,                        /* UTF-8 without NUL                      */
        FIL_JSON = 2,                        /* a JSON value as it stands in the file  */
        FIL_BYTES = 3                        /* LDIF's base64, decoded: any bytes      */
};

struct fil_field {
        const char *name;
        const char *text;                    /* a NUL follows                          */
        size_t length;
        enum fil_form form;
};

struct fil_row {
        uint64_t line;                       /* where it begins                        */
        const char *bad;                     /* why it cannot be used: with line and byte */
        bool torn;                           /* so much so that the fields are not told */
        struct fil_field *fields;            /* LDIF: one for each value               */
        size_t count;
};

struct fil_reader;

/* Opens the file and reads what stands above the rows. */
int fil_reader_open(struct fil_reader **ret, const struct fil_layout *layout, struct mst_error *err);
void fil_reader_close(struct fil_reader *reader);            /* takes NULL */

/* The next row, valid until the next call; MST_END with the proof that there is no more. */
int fil_reader_next(struct fil_reader *reader, struct fil_row **ret, struct mst_error *err);

/* CSV: the columns; 0 for the other formats, whose rows name their own fields. */
size_t fil_reader_columns(const struct fil_reader *reader);
const char *fil_reader_column(const struct fil_reader *reader, size_t index);

const struct fil_input *fil_reader_input(const struct fil_reader *reader);

/* Without regard to the case of ASCII letters. */
bool fil_name_equal(const char *a, const char *b);

#endif
