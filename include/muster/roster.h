/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/roster.h> - people of a service that takes them as files only (CSV, <muster/outbox.h>).
 *
 *      puts-000001.csv    people to add or change, a column for each attribute
 *      drops-000002.csv   people to take out, by their keys
 *
 * A roster knows who is there, as far as that can be known, and who should be: by a key, which is
 * the object's id and name.  Ops change it, and what differs goes into files, all of a batch in as
 * few as possible.  Each is on disk under its number before its ops are settled.  Who carries
 * the files to the service is the connector's matter: an admin, or a call.
 *
 * One thread; texts that are returned last as long as the roster.
 */
#ifndef MUSTER_ROSTER_H
#define MUSTER_ROSTER_H

#include <muster/op.h>
#include <muster/outbox.h>
#include <muster/shelf.h>

MST_BEGIN

struct mst_roster;

#define MST_ROSTER_KEY 128       /* bytes of a key, with its NUL                       */

/* Borrowed, with all in it. */
struct mst_roster_layout {
        size_t size;             /* of this struct in the connector's build            */
        const char *folder;
        const char *puts, *drops;        /* names of the files                         */
        const char *const *columns;      /* the first is the key                       */
        size_t column_count;
        const char *known_by;    /* what the key is, in sentences: "the phone number"  */
        const char *begins;      /* what keys begin with: other lines are remarks; NULL: anything */
        size_t most;             /* bytes of one file                                  */
        bool safe;               /* no cell but the key looks like a formula           */
        const char *yes, *no;    /* what is written for true and false                 */
};

/* The columns of the files: those 'given' by the admin (may be NULL), or else the first of 'first', the
 * others of it that are wanted, and what else is wanted and is not among 'others', the words for
 * attributes of groups.  In 'arena'; NULL: no memory. */
MST_API const char **mst_roster_columns(const struct mst_host *host, struct mst_arena *arena, char *const *given,
                                        const char *const *first, const char *others, size_t *count);

/* NULL: out of memory.  Free takes NULL. */
MST_API struct mst_roster *mst_roster_new(const struct mst_roster_layout *layout, struct mst_host *host);
MST_API void mst_roster_free(struct mst_roster *roster);

/* Reads what is known: who is there by 'export', a CSV file of the service's own (NULL or not there:
 * unknown), and by the files of the folder that are newer; who should be there by all files.
 * Where an export lacks what an older file should have brought, that is written once more
 * with the next change. */
MST_API int mst_roster_read(struct mst_roster *roster, const char *export_path, struct mst_error *err);
/* The same where the service itself has told, as CSV, who is there; the bytes are changed, followed by a
 * NUL, and must last as long as the roster. */
MST_API int mst_roster_told(struct mst_roster *roster, char *csv, size_t size, struct mst_error *err);
/* How many are to be written once more. */
MST_API size_t mst_roster_lost(const struct mst_roster *roster);

/* Everybody who is there, for find and list. */
MST_API void mst_roster_shelve(const struct mst_roster *roster, struct mst_shelf *shelf);

/* What the connector does for it. */
struct mst_roster_ways {
        size_t size;             /* of this struct in the connector's build            */
        void *self;
        /* The key that the op's person shall have; an error refuses the op. */
        int (*key)(void *self, const struct mst_op *op, char into[MST_ROSTER_KEY], struct mst_error *err);
        /* Carries a file on that is on disk already; NULL: somebody else does.  Rows that the service refuses
         * are told with mst_roster_refuse().  When it fails, '*doubt' says whether the
         * service may have taken it. */
        int (*carry)(void *self, const char *name, uint64_t number, const char *bytes, size_t size,
                     bool *doubt, struct mst_error *err);
};

/* Carries out ops of people and settles all: a key that somebody else has is a duplicate; who gets
 * another key comes under the new one and leaves under the old one; who is there as he should be
 * already costs nothing.  Of two who want one key the first by id gets it.  'ops' is sorted.
 * An error speaks of the sink as a whole. */
MST_API int mst_roster_apply(struct mst_roster *roster, struct mst_op **ops, size_t count,
                             const struct mst_roster_ways *ways, struct mst_error *err);

/* Within carry(): the row of that key was refused; 'why' is a sentence and is copied.  False: no
 * such row was in the file. */
MST_API bool mst_roster_refuse(struct mst_roster *roster, const char *key, const char *why);

MST_END_C
#endif
