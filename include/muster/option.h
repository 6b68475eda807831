/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/option.h> - what an admin can configure of a connector.
 *
 * A table of rows binds names to members of the connector's own struct.  From
 * it come parsing, defaults, checks with line numbers, `muster plugins NAME`, the
 * manual page and redaction; the connector never sees XML.
 *
 *      struct dir_config { char *uri; struct mst_secret *password; int64_t timeout; };
 *
 *      static const struct mst_option dir_options[] = {
 *              { .name = "uri", MST_URL_OPTION(struct dir_config, uri),
 *                .flags = MST_OPT_REQUIRED, .help = "server to write to" },
 *              { .name = "password", MST_SECRET_OPTION(struct dir_config, password),
 *                .help = "password for bind-dn" },
 *              { .name = "timeout", MST_DURATION_OPTION(struct dir_config, timeout),
 *                .def = "30s", .min = 1000, .max = 3600000,
 *                .help = "longest wait for one answer" },
 *              { .name = NULL }
 *      };
 *
 * The program allocates the struct, zeroed, fills it and owns what it points to
 * until close() has returned.  An option that is not given and has no default
 * leaves its member NULL or 0.
 */
#ifndef MUSTER_OPTION_H
#define MUSTER_OPTION_H

#include <muster/abi.h>
#include <muster/secret.h>

MST_BEGIN

enum mst_option_type {
        MST_OPT_TEXT = 1,        /* char *             any text                        */
        MST_OPT_SECRET = 2,      /* struct mst_secret* file=, credential=, env=        */
        MST_OPT_URL = 3,         /* char *             scheme://...; 'choices' lists the
                                  *                    schemes, "https|http"           */
        MST_OPT_INTEGER = 4,     /* int64_t            min, max                        */
        MST_OPT_BOOLEAN = 5,     /* bool               yes | no                        */
        MST_OPT_DURATION = 6,    /* int64_t, ms        10s, 5m, 2h, 30d, 250ms         */
        MST_OPT_SIZE = 7,        /* int64_t, bytes     4096, 16k, 4M (1024 based)      */
        MST_OPT_CHOICE = 8,      /* int64_t, index     one of 'choices', "a|b|c"       */
        MST_OPT_PATH = 9,        /* char *             absolute                        */
        MST_OPT_LIST = 10        /* char **            words, or the element repeated;
                                  *                    NULL-terminated                 */
};

enum mst_option_flags {
        MST_OPT_REQUIRED = 1 << 0,
        MST_OPT_ADVANCED = 1 << 1,    /* listed apart in the manual                     */
        MST_OPT_DEPRECATED = 1 << 2,  /* works, and `muster check` says what is better  */
        MST_OPT_IDENTITY = 1 << 3,    /* what is read or written depends on it: a change
                                       * makes a source start a new generation          */
        MST_OPT_ASK = 1 << 4,         /* most admins set it: `muster init` asks for it, as it
                                       * does for what is required                      */
        MST_OPT_WHOLE = 1 << 5        /* of a list: each element is one value, with its blanks */
};

struct mst_option {
        const char *name;        /* element name in muster.xml; NULL ends the table    */
        uint32_t type;           /* set with offset by the macros below                */
        uint32_t flags;
        size_t offset;
        const char *def;         /* default as an admin would write it, or NULL        */
        int64_t min, max;        /* numbers, durations (ms), sizes; both 0: any        */
        const char *choices;
        const char *help;        /* one sentence, no full stop; shown in the manual    */
        const char *more;        /* further sentences for the manual page, or NULL     */
};

#if defined(__cplusplus) || !defined(__STDC_VERSION__) || __STDC_VERSION__ < 201112L
#define MST_AT(s, f, want) offsetof(s, f)
#else
/* Does not compile when the member has another type than the row promises. */
#define MST_AT(s, f, want) _Generic(&((s *)0)->f, want *: offsetof(s, f))
#endif

#define MST_TEXT_OPTION(s, f) .type = MST_OPT_TEXT, .offset = MST_AT(s, f, char *)
#define MST_SECRET_OPTION(s, f) .type = MST_OPT_SECRET, .offset = MST_AT(s, f, struct mst_secret *)
#define MST_URL_OPTION(s, f) .type = MST_OPT_URL, .offset = MST_AT(s, f, char *)
#define MST_INTEGER_OPTION(s, f) .type = MST_OPT_INTEGER, .offset = MST_AT(s, f, int64_t)
#define MST_BOOLEAN_OPTION(s, f) .type = MST_OPT_BOOLEAN, .offset = MST_AT(s, f, bool)
#define MST_DURATION_OPTION(s, f) .type = MST_OPT_DURATION, .offset = MST_AT(s, f, int64_t)
#define MST_SIZE_OPTION(s, f) .type = MST_OPT_SIZE, .offset = MST_AT(s, f, int64_t)
#define MST_CHOICE_OPTION(s, f) .type = MST_OPT_CHOICE, .offset = MST_AT(s, f, int64_t)
#define MST_PATH_OPTION(s, f) .type = MST_OPT_PATH, .offset = MST_AT(s, f, char *)
#define MST_LIST_OPTION(s, f) .type = MST_OPT_LIST, .offset = MST_AT(s, f, char **)

MST_END_C
#endif
