/* number.h - numbers like uidNumber, drawn for new entries and never twice. */
#ifndef LDP_NUMBER_H
#define LDP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <muster/error.h>

struct ldp_config;
struct ldp_sink;

/* Numbers in one reservation; those that were not needed are kept for the next run. */
#define LDP_NUMBERS 128

/* The options of one kind of objects, and what is at hand. */
struct ldp_number {
        const char *attribute;           /* NULL: none are drawn                       */
        int64_t first, last;
        const char *counter, *counter_attribute;         /* counter NULL: by looking them up */
        bool recalled;
        int64_t high;                    /* the highest that was ever reserved; 0: unknown */
        int64_t spare[LDP_NUMBERS * 2];  /* reserved and free, the next one last       */
        size_t spare_count;
        struct mst_error trouble;        /* why the last reservation failed            */
        int64_t quiet_until;             /* ticks; until then nothing is tried again   */
};

/* What the options say; 'prefix' is "" or "group-". */
int ldp_number_check(const char *prefix, const char *attribute, const char *range, const char *counter,
                     const char *counter_attribute, struct mst_error *err);
void ldp_number_set(struct ldp_number *number, const char *attribute, const char *range, const char *counter,
                    const char *counter_attribute);

/* Draws one.  MST_EREFUSED: none is left; other errors speak of the server.  May block. */
int ldp_number_take(struct ldp_sink *sink, struct ldp_number *number, int64_t *ret, struct mst_error *err);

/* It was not used, for sure. */
void ldp_number_back(struct ldp_number *number, int64_t value);

/* Keeps what is left, at the end of the instance's life. */
void ldp_number_keep(struct ldp_sink *sink, struct ldp_number *number);

#endif
