/* facts.h - inside the facts, and their flat form for the store. */
#ifndef MSTC_FACTS_H
#define MSTC_FACTS_H

#include <muster/facts.h>
#include <muster/plugin.h>

#include "util/buffer.h"

struct mstc_fact_attribute {
        const char *name;
        enum mst_type type;
        uint32_t flags, longest;
};

struct mstc_fact_note {
        bool bad;
        const char *text;
        const char *attribute;                             /* a doubt about it, or NULL  */
        int kind;                                          /* of it; 0: either           */
        bool mistake;                                      /* an error                   */
        bool lack;                                         /* where no map writes it     */
};

struct mst_facts {
        struct mst_arena *arena;
        const char *identity;
        uint32_t can;
        uint32_t members, in_flight, find;
        struct mstc_fact_attribute *attributes;            /* sorted by (group flag, name, no case) */
        size_t attribute_count, attribute_room;
        struct mstc_fact_note *notes;
        size_t note_count, note_room;
        bool failed;                                       /* out of memory              */
};

MST_API struct mst_facts *mstc_facts_new(void);
MST_API void mstc_facts_free(struct mst_facts *facts);
/* What the descriptor promises: the start for probe(), and all there is offline. */
MST_API struct mst_facts *mstc_facts_of_source(const struct mst_plugin *plugin);
MST_API struct mst_facts *mstc_facts_of_sink(const struct mst_plugin *plugin);
/* A name that ends in * stands for all that begin like it. */
MST_API bool mstc_fact_is_pattern(const char *name);
/* The attribute of that name (without regard to case; then the longest pattern), or NULL. */
MST_API const struct mstc_fact_attribute *mstc_facts_find(const struct mst_facts *facts,
                                                          enum mst_kind kind, const char *name);
/* The attribute that names objects of that kind, or NULL. */
MST_API const char *mstc_facts_naming(const struct mst_facts *facts, enum mst_kind kind);
MST_API void mstc_facts_flat(const struct mst_facts *facts, struct mstc_buffer *into);
MST_API struct mst_facts *mstc_facts_unflat(const void *bytes, size_t size);   /* NULL: damaged */

#endif
