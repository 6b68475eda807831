/* absent.h - DNs that name nobody yet, and who names them. */
#ifndef LDP_ABSENT_H
#define LDP_ABSENT_H

#include <muster/error.h>
#include <muster/record.h>

#include "uuid.h"

struct ldp_source;

struct ldp_absence {
        uint64_t dn;                     /* a hash of it                               */
        uint8_t kind;                    /* of the record that names it: enum mst_kind */
        uint8_t met;                     /* somebody of that DN was told in the round that wrote this */
        char id[LDP_UUID_ROOM];
};

struct ldp_absences {
        struct ldp_absence *rows;
        size_t count, room;
        size_t sorted;                   /* the first ones, from earlier rounds, in order of 'dn' */
        uint64_t began;                  /* a hash of the cursor that the round began with */
        struct ldp_absence *due;         /* those that were met, in order of 'id'      */
        size_t due_count, due_at;
        bool touched, full;
};

void ldp_absences_done(struct ldp_absences *absences);

/* A round begins: from a cursor with what was kept; NULL: all are read, so with nothing. */
int ldp_absences_begin(struct ldp_source *source, const char *cursor, struct mst_error *err);

/* The record of that id names a DN of which nothing is known.  False: out of memory. */
bool ldp_absences_note(struct ldp_source *source, const char *dn, size_t length, enum mst_kind kind, const char *id);

/* Somebody of that DN was told. */
bool ldp_absences_meet(struct ldp_source *source, const char *dn);

/* All have been told: who named those that were met can be taken, some ids of one kind at a time. */
bool ldp_absences_due(struct ldp_source *source);
bool ldp_absences_take(struct ldp_source *source, size_t most, enum mst_kind *kind, const char **ids, size_t *count);
bool ldp_absences_left(const struct ldp_source *source);

/* Keeps it, durable, for the next round. */
int ldp_absences_keep(struct ldp_source *source, struct mst_error *err);

#endif
