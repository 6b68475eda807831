/* search.h - inside a search, for the engine that asks. */
#ifndef MSTC_SEARCH_H
#define MSTC_SEARCH_H

#include <muster/search.h>

#include "record/record.h"

struct mstc_candidate {
        const char *object, *name, *stamp, *version;
        struct mst_record *record;
};

struct mst_query {
        struct mst_arena *arena;             /* the search's                           */
        enum mst_kind kind;
        const char *stamp, *object, *attribute;
        const struct mst_value *value;
        void *engine;
        struct mstc_candidate *found;
        size_t found_count, found_room;
        bool done, failed;                   /* failed: out of memory, never "done"    */
};

struct mst_search {
        struct mst_arena *arena;
        struct mst_query *queries;
        size_t count, room;
};

MST_API struct mst_search *mstc_search_new(void);
MST_API void mstc_search_free(struct mst_search *search);
/* Adds a query (texts and value are copied); NULL: out of memory.  The pointer is
 * valid until the next add. */
MST_API struct mst_query *mstc_search_add(struct mst_search *search, enum mst_kind kind);
MST_API bool mstc_query_by_stamp(struct mst_query *query, const char *stamp);
MST_API bool mstc_query_by_object(struct mst_query *query, const char *object);
MST_API bool mstc_query_by_value(struct mst_query *query, const char *attribute, const struct mst_value *value);

#endif
