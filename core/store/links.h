/* links.h - the ties between entries and objects in sinks. */
#ifndef MSTC_LINKS_H
#define MSTC_LINKS_H

#include "record/record.h"
#include "store/store.h"
#include "util/set.h"

struct mstc_link {
        int64_t id;                          /* 0: not stored yet                      */
        int64_t sink, entry, target;
        const char *object, *name, *version; /* lasting id, what it is called, etag    */
        int made, state, reason;             /* enum mstc_made, _link_state, _reason   */
        int64_t since;                       /* ms, of the reason; 0: none             */
        struct mst_record *applied;          /* what was last written there            */
};

/* In 'arena'; MST_END when there is none. */
int mstc_link_get(struct mstc_store *store, int64_t entry, int64_t sink, struct mst_arena *arena,
                  struct mstc_link *ret, struct mst_error *err);
/* By the object's lasting id, whatever state; MST_END when there is none. */
int mstc_link_of_object(struct mstc_store *store, int64_t sink, const char *object,
                        struct mst_arena *arena, struct mstc_link *ret, struct mst_error *err);
/* Inserts (id 0) or replaces, with its applied record; sets id. */
int mstc_link_put(struct mstc_store *store, struct mstc_link *link, struct mst_error *err);
/* True when no link exists at all: the first load asks for none. */
int mstc_links_none(struct mstc_store *store, bool *ret, struct mst_error *err);
/* How many objects a target has that were found by our stamp, not made. */
int mstc_links_found(struct mstc_store *store, int64_t target, int64_t *ret, struct mst_error *err);
/* Every object that is tied to somebody in a sink, of whatever sync; 'each' returns false without memory. */
int mstc_linked_objects(struct mstc_store *store, int64_t sink, bool (*each)(void *self, const char *object),
                        void *self, struct mst_error *err);
/* The present name of an entry's object there; NULL: no object. */
int mstc_link_name(struct mstc_store *store, int64_t entry, int64_t sink, struct mst_arena *arena,
                   const char **object, const char **name, struct mst_error *err);

/* One object may clash by several attributes: their names, and the values, with this between. */
#define MSTC_CLASH_GAP "\x1f"
int mstc_duplicate_put(struct mstc_store *store, int64_t sink, int64_t entry, const char *object,
                       const char *name, const char *attribute, const char *value, int64_t run,
                       struct mst_error *err);
int mstc_duplicates_none(struct mstc_store *store, bool *ret, struct mst_error *err);
int mstc_duplicate_clear(struct mstc_store *store, int64_t sink, int64_t entry, struct mst_error *err);

/* Sets kept as chunks in a table of the form (owner, chunk, bits). */
enum mstc_set_table { MSTC_TSET, MSTC_GSET, MSTC_PSET, MSTC_MSET, MSTC_NSET, MSTC_MSTAGE, MSTC_NSTAGE };
int mstc_set_load(struct mstc_store *store, enum mstc_set_table table, int64_t owner,
                  struct mstc_set *into, struct mst_error *err);
/* Writes the chunks that changed since the last save. */
int mstc_set_save(struct mstc_store *store, enum mstc_set_table table, int64_t owner,
                  struct mstc_set *set, struct mst_error *err);
int mstc_set_forget(struct mstc_store *store, enum mstc_set_table table, int64_t owner, struct mst_error *err);

#endif
