/* page.h - inside a page, for the engine that reads it. */
#ifndef MSTC_PAGE_H
#define MSTC_PAGE_H

#include <muster/page.h>

#include "record/record.h"

enum mstc_item_what {
        MSTC_WHOLE = 1, MSTC_PATCH, MSTC_GONE_SOFT, MSTC_GONE_HARD, MSTC_OUTSIDE, MSTC_OBJECT, MSTC_PRESENT
};

struct mstc_item {
        enum mstc_item_what what;
        struct mst_record *record;           /* has kind and id, also for removals     */
        const char *object, *name, *stamp, *version;       /* MSTC_OBJECT              */
};

/* mst_page_member(), mst_page_members_all(): in the order the connector told them. */
struct mstc_told {
        const char *group, *member;          /* member NULL: all of this group follow  */
        enum mst_kind kind;                  /* of the member                          */
        bool joins;
};

struct mst_page {
        struct mst_arena *arena;
        struct mstc_item *items;             /* in the order the connector added them  */
        size_t count, room;
        struct mstc_told *told;
        size_t told_count, told_room;
        const char **complaints;             /* mst_page_bad(): the texts of the first 1,000 */
        size_t complaint_count, complaint_room;
        size_t bad_count;                    /* and how many there were                */
        bool all[2];                         /* mst_page_all(): of users, of groups     */
        bool ended, complete, failed;
        const char *cursor;                  /* NULL when none                         */
};

MST_API struct mst_page *mstc_page_new(void);
MST_API void mstc_page_free(struct mst_page *page);
MST_API void mstc_page_reset(struct mst_page *page);

/* Copies what says how an object is called and marked into 'arena' (name: "" for none,
 * the others NULL); what cannot be kept makes 'record' bad.  False: out of memory. */
#define MSTC_OBJECT_NAME_MOST 8192u
#define MSTC_STAMP_MOST 2048u
#define MSTC_VERSION_MOST 1024u
struct mstc_object_texts {
        const char *name, *stamp, *version;
};
MST_API bool mstc_object_texts(struct mst_arena *arena, struct mstc_object_texts *texts,
                               struct mst_record *record);

/* source.h: the ids for fetch() */
struct mst_ids {
        size_t count;
        const enum mst_kind *kinds;
        const char *const *ids;
};

#endif
