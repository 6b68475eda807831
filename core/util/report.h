/* report.h - complaints with their place, all at once.
 *
 * Whoever checks something an admin wrote adds what is wrong with file, line,
 * column and remedy; the command prints the lot, in order of file and line, and
 * exits 2 when one of them is an error.  A complaint that is there already is not
 * added again.  One thread. */
#ifndef MSTC_REPORT_H
#define MSTC_REPORT_H

#include <stddef.h>

#include <muster/arena.h>

struct mstc_place {
        const char *file;                    /* NULL: no file (a command line)         */
        unsigned line, column;               /* from 1; 0: unknown                     */
};

struct mstc_complaint {
        struct mstc_place place;
        bool warning;
        const char *text;                    /* what is wrong, and with which value    */
        const char *remedy;                  /* what to do, or NULL                    */
        const char *line;                    /* of a rule: the line it is in, or NULL; and  */
        size_t mark_at, mark_length;         /* which of its bytes                     */
};

struct mstc_report;

MST_API struct mstc_report *mstc_report_new(void);
MST_API void mstc_report_free(struct mstc_report *report);
/* 'remedy' may be NULL.  Texts and the file's name are copied. */
MST_API void mstc_report_error(struct mstc_report *report, struct mstc_place place, const char *remedy,
                               const char *format, ...) MST_PRINTF(4, 5);
MST_API void mstc_report_warning(struct mstc_report *report, struct mstc_place place, const char *remedy,
                                 const char *format, ...) MST_PRINTF(4, 5);
/* Shows where the complaint that was added last lies: in these bytes of 'text', of whose lines the
 * one is copied. */
MST_API void mstc_report_show(struct mstc_report *report, const char *text, size_t length, size_t offset, size_t span);
MST_API size_t mstc_report_errors(const struct mstc_report *report);
MST_API size_t mstc_report_count(const struct mstc_report *report);
/* In order of file, line, column. */
MST_API const struct mstc_complaint *mstc_report_at(struct mstc_report *report, size_t index);

#endif
