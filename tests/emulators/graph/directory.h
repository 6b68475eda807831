/* directory.h - the people as they are now: those the generator makes, and over
 * them what was changed.
 *
 * A person who was never touched costs a few bytes and is made anew whenever
 * he is asked for. A touched one has an overlay: the JSON text of each changed
 * property, null among them. The index of a person never changes and is never
 * used again, so that ids can be computed from it.
 *
 * Life: live, (soft) deleted, purged. Deleted ones are purged after 30 days of
 * the virtual clock; directory_tick() does it. With a delay set, what the
 * control door asks for waits in the control door, not here. */
#ifndef GRAPH_DIRECTORY_H
#define GRAPH_DIRECTORY_H
#include "deltalog.h"
#include "finder.h"
#include "property.h"

#include <stdbool.h>
#include <stdint.h>

enum life { LIFE_LIVE, LIFE_DELETED, LIFE_PURGED };

struct overlay;

struct member {
        struct overlay *over;           /* NULL: as generated */
        uint32_t last_entry;            /* in the log, 0: none */
        uint8_t life;
        bool given;                     /* nothing of him is generated */
};

struct leaver {
        uint32_t index;
        int64_t at;
};

struct directory {
        struct world world;
        struct member *members;
        uint32_t count, room;
        uint32_t live, deleted, purged;
        struct deltalog log;
        struct finder by_upn;           /* filled at the first question */
        bool upn_ready;
        struct leaver *leavers;         /* in the order of their deletion */
        uint32_t leaver_count, leaver_room, leaver_next;
        uint32_t probation_from;        /* the first who may still be invisible to single reads */
        int64_t now;                    /* set by the clock before every call */
};

void directory_open(struct directory *d, uint64_t seed, uint32_t people, const char *domain,
                    const char *own_domain);
void directory_close(struct directory *d);

/* By id or user principal name, whatever his life; NOBODY if there is none. */
uint32_t directory_find(struct directory *d, const char *name);
uint32_t directory_find_upn(struct directory *d, const char *upn);

/* One generated person more, or one with nothing set; returns the index. */
uint32_t directory_hire(struct directory *d, bool generated);
/* After a hire's properties are set: tells the log that he is there. */
void directory_arrive(struct directory *d, uint32_t index);

/* Sets properties, then tell the log once with directory_changed(). 'json' is
 * copied; "null" clears. */
void directory_set(struct directory *d, uint32_t index, unsigned property, const char *json, size_t len);
void directory_set_boss(struct directory *d, uint32_t index, uint32_t boss);
void directory_changed(struct directory *d, uint32_t index, const struct props *touched, uint32_t old_boss);

/* False if his life does not allow it. */
bool directory_remove(struct directory *d, uint32_t index);
bool directory_purge(struct directory *d, uint32_t index);
bool directory_restore(struct directory *d, uint32_t index);
void directory_tick(struct directory *d);

uint32_t directory_boss(const struct directory *d, uint32_t index);
int64_t directory_hired_at(const struct directory *d, uint32_t index);
int64_t directory_deleted_at(const struct directory *d, uint32_t index);

/* Writes one value; false and nothing written when it was never set. 'made'
 * is the generated person, or NULL for one who is not generated. */
bool directory_value(const struct directory *d, uint32_t index, const struct person *made,
                     unsigned property, struct text *t);
/* Fills 'made' and returns it, or NULL (see above). */
const struct person *directory_person(const struct directory *d, uint32_t index, struct person *made);
#endif
