/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/error.h> - what went wrong, as a class for the engine and a sentence
 * for the admin.
 *
 * A call that can fail returns MST_OK or one of the classes below, and fills
 * the struct mst_error it was given; no call fails without a sentence.  The
 * struct lives on the caller's stack, so an error can be told when memory is
 * out.  Whoever knows the cause calls mst_fail(); callers above put what they
 * were doing in front with mst_wrap().  Only the engine and the command print.
 *
 * The sentence says what failed, with which value, and what to do about it.
 * It never holds a secret.  Any thread; no state.
 */
#ifndef MUSTER_ERROR_H
#define MUSTER_ERROR_H

#include <muster/abi.h>

MST_BEGIN

enum mst_code {
        MST_OK = 0,
        MST_END = 1,             /* no more; not an error                              */
        MST_ECONFIG = -1,        /* configuration: the admin must change something     */
        MST_EAUTH = -2,          /* credentials are wrong, expired or revoked          */
        MST_EPERM = -3,          /* known, but not allowed to do this                  */
        MST_ENET = -4,           /* not reached, broken off, timed out, server failed  */
        MST_ETHROTTLED = -5,     /* told to come back later                            */
        MST_ENOTFOUND = -6,      /* what was asked for is not there                    */
        MST_EEXPIRED = -7,       /* the cursor is too old: start a new generation      */
        MST_EREFUSED = -8,       /* understood and refused: bad value, schema, conflict */
        MST_EINTERNAL = -9       /* a bug, or out of memory, or a broken protocol      */
};

/* Frozen: the size never changes, so it may stand on either side's stack. */
struct mst_error {
        int32_t code;            /* enum mst_code; 0 as long as nothing failed         */
        uint32_t retry_after_ms; /* MST_ETHROTTLED, MST_ENET: wait at least; 0: unknown */
        char text[1016];         /* UTF-8, NUL-terminated                              */
};

/* Sets code and sentence, replacing what was there, and returns 'code', so that
 * a caller can write: return mst_fail(err, MST_ENET, "...").  A text that does
 * not fit is cut at a character's border. */
MST_API int mst_fail(struct mst_error *err, enum mst_code code, const char *format, ...)
        MST_PRINTF(3, 4);

/* Puts "context: " in front of the sentence and returns its code.  When both do
 * not fit the context is lost and the cause is kept. */
MST_API int mst_wrap(struct mst_error *err, const char *format, ...) MST_PRINTF(2, 3);

/* "out of memory while <doing>"; MST_EINTERNAL. */
MST_API int mst_fail_memory(struct mst_error *err, const char *doing);

/* The class as one lower-case word ("network", "refused"), never NULL. */
MST_API const char *mst_code_name(int code);

MST_END_C
#endif
