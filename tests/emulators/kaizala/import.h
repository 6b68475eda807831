/* import.h - files of the Directory that were uploaded, and what became of their rows
 * (sheet, 8.3 and 9.3: UTF-8 with a byte order mark, CRLF, RFC 4180, a header row). */
#ifndef KAIZALA_IMPORT_H
#define KAIZALA_IMPORT_H
#include "org.h"
#include "../rest/text.h"

enum { IMPORT_BYTES = 1048576 };        /* 1 MB [S] */

enum import_status { IMPORT_PROCESSING, IMPORT_COMPLETED, IMPORT_FAILED };
extern const char *const import_status_names[];

struct job {
        char *name;                     /* of the file */
        int64_t at;                     /* when it was sent */
        bool removes, employee;
        bool linked;                    /* by the sync: ties to Entra, and loosens */
        struct text body;
        enum import_status status;
        size_t loaded, failed;
        struct text log;                /* JSON objects of rows that failed, with commas between */
};

struct imports {
        struct job **list;
        size_t count, have;
};

struct job *import_add(struct imports *i, const char *name, const char *body, size_t length, int64_t now);
void imports_close(struct imports *i);

/* The service's own part of a row: says why the number cannot be used, or NULL; and hears
 * what was done. */
struct import_rules {
        void *self;
        size_t value_length;
        bool (*usable)(void *self, const char *phone);
        void (*done)(void *self, struct person *p, const char *what);
};
void import_run(struct job *job, struct org *o, const struct import_rules *rules);

/* One row of CSV from *at on; the fields are cut in place.  How many; 0: the end; -1: no CSV. */
int csv_row(char **at, char *const end, char **fields, int most);
void csv_field(struct text *t, const char *value);
/* The Directory, or one of its networks ("Employee", "Others", NULL: both). */
void export_csv(const struct org *o, const char *network, struct text *t);
#endif
