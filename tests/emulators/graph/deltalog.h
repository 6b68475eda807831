/* deltalog.h - what changed, in order.
 *
 * Every change of an object is an entry with the properties it touched. An
 * entry knows the one before and the one after of the same object, so that a
 * round over (from, to] names each object once, at its last entry there, and
 * finds all that happened to it by walking back. Numbers begin at 1. */
#ifndef GRAPH_DELTALOG_H
#define GRAPH_DELTALOG_H
#include "property.h"

#include <stdint.h>

enum happening { HAPPENED_HIRE, HAPPENED_CHANGE, HAPPENED_REMOVE, HAPPENED_PURGE, HAPPENED_RESTORE,
                 HAPPENED_JOIN, HAPPENED_LEAVE };       /* of groups */

struct log_entry {
        uint32_t object;
        uint32_t before, after;         /* entries of the same object, 0: none */
        uint32_t other;                 /* the manager that was, or the member who joined or left */
        struct props touched;
        uint8_t what;                   /* enum happening */
};

struct deltalog {
        struct log_entry *entries;      /* entries[0] is entry 1 */
        uint32_t count, room;
};

/* Returns the new entry; 'before' is the object's last one or 0. */
struct log_entry *deltalog_add(struct deltalog *log, uint32_t object, uint32_t before, enum happening what);

static inline const struct log_entry *
deltalog_at(const struct deltalog *log, uint32_t number)
{
        return &log->entries[number - 1];
}

/* What a window of the log says about one object. */
struct span {
        struct props touched;
        uint32_t old_boss;              /* at the start of the window, if the manager changed in it */
        bool came;                      /* hired or restored in it */
};

/* True if entry 'number' is the object's last one not after 'to'. */
bool deltalog_last(const struct deltalog *log, uint32_t number, uint32_t to);
void deltalog_span(const struct deltalog *log, uint32_t number, uint32_t from, struct span *ret);
void deltalog_free(struct deltalog *log);
#endif
