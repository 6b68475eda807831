/* format.h - what the three formats share with the reader that drives them. */
#ifndef FIL_FORMAT_H
#define FIL_FORMAT_H

#include <muster/json.h>

#include "reader.h"

struct fil_reader {
        const struct fil_layout *layout;
        struct fil_input in;
        struct mst_arena *arena;             /* the row                                */
        struct mst_arena *lasting;           /* the names of the columns               */
        struct fil_row row;
        size_t room;                         /* of row.fields                          */
        char *text;                          /* the bytes of the row, as far as they are kept */
        size_t length, text_room;
        uint64_t rows;                       /* told, good and bad                     */
        uint64_t promised;                   /* by the trailer                         */
        bool trailer;                        /* was met                                */
        const char **names;                  /* CSV: of the columns                    */
        size_t name_count;
        struct mst_json *json;               /* JSON Lines                             */
};

/* One for each format: the next row into reader->row, MST_END, or an error. */
int fil_csv_begin(struct fil_reader *reader, struct mst_error *err);
int fil_csv_next(struct fil_reader *reader, struct mst_error *err);
int fil_jsonl_next(struct fil_reader *reader, struct mst_error *err);
int fil_ldif_next(struct fil_reader *reader, struct mst_error *err);

/* Adds a byte to reader->text; false when the row is too large or memory is out, which is
 * noted in the row. */
bool fil_text_add(struct fil_reader *reader, int c);
/* A copy of what was collected from 'start' on, in the row's arena. */
char *fil_text_copy(struct fil_reader *reader, size_t start);

/* Adds a field to the row; 'name' and 'text' must live as long as the row. */
bool fil_field_add(struct fil_reader *reader, const char *name, const char *text, size_t length,
                   enum fil_form form);

/* Notes why the row cannot be used; the first reason stays.  'byte' 0: the line as a whole. */
void fil_row_bad(struct fil_reader *reader, uint64_t line, uint64_t byte, const char *format, ...)
        MST_PRINTF(4, 5);

/* Reads a line without its end into reader->text.  MST_END when there is none. */
int fil_line(struct fil_reader *reader, struct mst_error *err);
/* Is this the line that tells the number of rows?  Notes it. */
bool fil_is_trailer(struct fil_reader *reader, const char *text);


#endif
