/* given.h - one option of a connector as the admin wrote it: an element below
 * <source> or <sink>.  Made by config, checked against the plugin's table by host. */
#ifndef MSTC_GIVEN_H
#define MSTC_GIVEN_H

#include "util/report.h"

struct mstc_given {
        const char *name;
        const char *text;                    /* trimmed, "" when empty                 */
        const char *file, *credential, *env; /* the attributes of that name, or NULL   */
        struct mstc_place place;
        struct mstc_given *next;
};

#endif
