/* walk.h - going through the tree with a list of what may be where.
 *
 * A shape says which attributes, children and text an element takes; checking it
 * reports all that is too much, too little or misspelt.  The getters that follow
 * report what is wrong with a value and are silent about one that is missing. */
#ifndef MSTC_CONFIG_WALK_H
#define MSTC_CONFIG_WALK_H

#include "config/document.h"

struct mstc_walk {
        struct mstc_config *config;
        struct mst_arena *arena;
        struct mstc_report *report;
        struct mstc_document **documents;
        size_t document_count;
        struct mstc_shared_maps *shared;     /* <maps name=>                           */
        size_t shared_count;
        bool failed;                         /* out of memory                          */
};

enum mstc_words { MSTC_NO_TEXT = 0, MSTC_MAY_TEXT, MSTC_MUST_TEXT };

struct mstc_shape {
        const char *attributes;              /* "name! was": with ! it must be there   */
        const char *children;                /* "scope? group*": ? at most once        */
        enum mstc_words words;
        const char *example;                 /* how it is written, for remedies        */
};

struct mstc_nodes {
        xmlNode **at;
        size_t count;
};

/* Checks attributes and text and gives the children that are in place, those of
 * included files among them ('children' must then hold "include*"). */
struct mstc_nodes mstc_walk_into(struct mstc_walk *walk, xmlNode *node, const struct mstc_shape *shape);

/* Attributes and text only. */
void mstc_walk_plain(struct mstc_walk *walk, const xmlNode *node, const struct mstc_shape *shape);

bool mstc_walk_is(const xmlNode *node, const char *name);
struct mstc_place mstc_walk_place(const xmlNode *node);
/* Of the value of that attribute; the element's when it has none. */
struct mstc_place mstc_walk_at(const xmlNode *node, const char *attribute);

/* A copy in the walk's arena; NULL when it is not there. */
const char *mstc_walk_attribute(struct mstc_walk *walk, const xmlNode *node, const char *name);
/* A name for logs and the store: letters, digits, '.', '_', '-'; reported otherwise. */
const char *mstc_walk_name(struct mstc_walk *walk, const xmlNode *node, const char *name);
/* Index among the words of 'choices' ("keep|disable"). */
int mstc_walk_choice(struct mstc_walk *walk, const xmlNode *node, const char *name,
                     const char *choices, int otherwise);
bool mstc_walk_yes(struct mstc_walk *walk, const xmlNode *node, const char *name, bool otherwise);
int64_t mstc_walk_integer(struct mstc_walk *walk, const xmlNode *node, const char *name,
                          int64_t least, int64_t most, int64_t otherwise);
double mstc_walk_percent(struct mstc_walk *walk, const xmlNode *node, const char *name);
int64_t mstc_walk_duration(struct mstc_walk *walk, const xmlNode *node, const char *name,
                           int64_t least, int64_t most, int64_t otherwise);
/* The element's text; text NULL when it is empty. */
struct mstc_text mstc_walk_text(struct mstc_walk *walk, const xmlNode *node);

/* One more zeroed row at the end of '*array', or NULL (and 'failed').  Rows move. */
void *mstc_walk_grow(struct mstc_walk *walk, void *array, size_t *count, size_t size);
/* printf into the arena, for remedies; NULL when memory is out. */
const char *mstc_walk_say(struct mstc_walk *walk, const char *format, ...) MST_PRINTF(2, 3);
/* "did you mean 'x'?", or "there are: a, b", or NULL. */
const char *mstc_walk_near(struct mstc_walk *walk, const char *wrong, const char *const *names, size_t count);
/* Remembers and reports the second of a name: 'what' "sync", 'first' where it was. */
void mstc_walk_twice(struct mstc_walk *walk, struct mstc_place place, const char *what, const char *name,
                     struct mstc_place first);

#endif
