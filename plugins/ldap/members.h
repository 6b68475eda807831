/* members.h - the members of a group op and how far they have come.
 *
 * members.c writes them, refer.c finds out what stands for each in the group, present.c
 * who is in it already, stray.c who is in it under another name.  All are members of one
 * request and live in its arena. */
#ifndef LDP_MEMBERS_H
#define LDP_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mst_arena;
struct ldp_step;

struct ldp_range {
        uint32_t from, to;               /* in 'order' */
};

struct ldp_members {
        size_t count;
        uint8_t *state;                  /* enum mst_outcome; 0: not yet               */
        const char **values;             /* what stands for each; NULL: their DNs      */
        uint32_t *order;                 /* members still to be written                */
        size_t order_count;
        struct ldp_range *ranges;        /* a stack of parts of 'order'                */
        size_t range_count, range_room;
        struct mst_arena *scratch;       /* of one call                                */
        bool holder;                     /* the placeholder is, or may be, in the group */
        bool put_holder;                 /* it must come in with the next change       */
        bool drops_holder;               /* the call under way takes it out            */
        bool lenient;                    /* the server takes what is so already        */
        bool presumes, presuming;        /* that the placeholder is not in it; the call under way */
        bool reread;
        size_t less_bytes, less_values;  /* what is tried after a refusal for size; 0: nothing */
        uint32_t asked, asks;            /* refer.c: how many are, are to be looked up  */
        uint32_t *unknown;
        const char **keys;               /* while reading the group again              */
        uint32_t *key_order;
        bool *present;
        uint64_t slice, next_slice;      /* Active Directory gives many in slices: from which, and
                                          * where the next begins; 0: it was the last  */
        bool slice_read, slice_bad;      /* the one asked for has come; another has    */
        bool sought;                     /* stray.c: those under other names were looked for */
        uint32_t *strays;                /* whose removal was so already               */
        size_t stray_count, strayed;     /* how many, and how many were looked up      */
        size_t line;                     /* how many in one search                     */
        bool *met, among_groups;         /* by member: was found; where they are sought */
};

#endif
