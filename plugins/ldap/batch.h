/* batch.h - the entries of one page, kept until the names in them are known. */
#ifndef LDP_BATCH_H
#define LDP_BATCH_H

#include "source.h"

struct ldp_item {
        LDAPMessage *message;
        struct ldp_entry entry;
        char id[LDP_UUID_ROOM];
        struct ldp_range *ranges;        /* AD: members that did not come with the entry */
};

struct ldp_range {                       /* the members that one answer brought         */
        LDAPMessage *message;
        struct ldp_entry entry;
        struct ldp_range *next;
};

struct ldp_batch {
        struct ldp_source *source;
        const struct ldp_shelf *shelf;
        struct ldp_conn *conn;           /* over which the entries come                */
        struct mst_arena *arena;
        struct ldp_item *items;
        size_t count, room;
        size_t values;                   /* of groups: members so far                  */
        size_t nameless;                 /* entries without an id, told as bad         */
};

bool ldp_batch_open(struct ldp_batch *batch, struct ldp_source *source, struct ldp_conn *conn);
void ldp_batch_close(struct ldp_batch *batch);

/* Takes the message over, also when it fails.  '*ret' (may be NULL) is the new item, or NULL for
 * an entry without an id, of which the page is told. */
int ldp_batch_add(struct ldp_batch *batch, LDAPMessage *message, struct mst_page *page, struct ldp_item **ret,
                  struct mst_error *err);

/* Enough for one page. */
bool ldp_batch_full(const struct ldp_batch *batch);

/* Looks up the names and tells the page of all as whole records, groups with their members,
 * 'changes' saying that this is a round of changes.  Empties the batch. */
int ldp_batch_tell(struct ldp_batch *batch, struct mst_page *page, bool changes, struct mst_error *err);

/* Forgets the items. */
void ldp_batch_empty(struct ldp_batch *batch);

/* An entry's id; false: it has none that we may read. */
bool ldp_source_id(const struct ldp_source *source, const struct ldp_entry *entry, char into[LDP_UUID_ROOM]);

#endif
