/* object.h - a user as Graph sends him: which properties ($select), and how one
 * that has no value looks (null in a list, absent in a delta). */
#ifndef GRAPH_OBJECT_H
#define GRAPH_OBJECT_H
#include "deltalog.h"
#include "directory.h"
#include "trouble.h"

#include <stdbool.h>
#include <stdint.h>

struct selection {
        struct props set;               /* with the manager, where it is asked for */
        uint8_t list[PROPERTIES_MAX];   /* id first; without the manager */
        int count;
};

/* What a collection sends, or a single read: there also what is kept elsewhere. */
enum reading { READING_COLLECTION, READING_SINGLE };

/* From the text of $select, or NULL for the standard ones. False after an
 * error reply. */
bool selection_read(struct selection *s, const char *text, enum reading reading, struct exchange *x);
void selection_of(struct selection *s, const struct props *set);
/* "(id,displayName,...)" for @odata.context, nothing for the standard ones. */
void selection_text(const struct selection *s, struct text *t);

/* How to write an object. */
struct style {
        bool delta;                     /* never set: absent, not null */
        bool minimal;                   /* only what 'span' says was touched */
        bool stale;                     /* with an old value of some text */
        bool extras;                    /* with unknown members */
        const struct span *span;        /* of a round from a delta link, or NULL */
};

void object_write(const struct directory *d, uint32_t index, const struct selection *s,
                  const struct style *style, struct text *t);
/* The same with "@odata.type", as where it could be something else than a user. */
void object_write_typed(const struct directory *d, uint32_t index, const struct selection *s,
                        const struct style *style, struct text *t);
/* The manager of $expand=manager, behind the object that was just written. */
void object_write_boss(const struct directory *d, uint32_t index, const struct style *style, struct exchange *x);
/* {"id":..., "@removed":{"reason":...}} */
void object_write_removed(const struct directory *d, uint32_t index, const char *reason, struct text *t);
/* All that he has, with "manager" (an id) and "@state": for the control door. */
void object_write_truth(const struct directory *d, uint32_t index, struct text *t);
/* His manager if he is there to be seen, or NOBODY. */
uint32_t object_boss(const struct directory *d, uint32_t index);
#endif
