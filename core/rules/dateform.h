/* dateform.h - dates in formats that an admin writes (section 13), and the free forms
 * that CDate takes (D43). */
#ifndef MSTC_DATEFORM_H
#define MSTC_DATEFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mstc_date_style {
        bool leading, trailing, inner;       /* white space that is passed over        */
};

/* Names of DateTimeStyles, comma-separated.  False with '*why'. */
bool mstc_date_styles(const char *names, struct mstc_date_style *ret, const char **why);
bool mstc_date_form_check(const char *format, size_t length, const char **why);
bool mstc_date_form_read(const char *text, size_t length, const char *format, size_t format_length,
                         const struct mstc_date_style *style, int64_t *ret, const char **why);
bool mstc_date_form_print(int64_t date, const char *format, size_t length, char *into, size_t room,
                          const char **why);

/* ISO, or M/d/yyyy [h:mm[:ss] [tt]]. */
bool mstc_date_read(const char *text, size_t length, int64_t *ret);

#endif
