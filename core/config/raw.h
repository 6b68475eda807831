/* raw.h - a file's bytes as they are written, for lines and columns.
 *
 * libxml2 knows an element's line only, and that not past 65,535, and nothing of
 * where in a text a byte comes from.  So the bytes are kept, and after libxml2 has
 * proved them well-formed (and we have refused DOCTYPE and all but UTF-8) one walk
 * notes where each start tag begins, in the order in which the tree has its
 * elements.  All else is worked out from there when a complaint needs it. */
#ifndef MSTC_CONFIG_RAW_H
#define MSTC_CONFIG_RAW_H

#include <muster/arena.h>

#include "config/config.h"

struct mstc_raw {
        const char *file;
        const char *bytes;                   /* without a byte order mark              */
        size_t length;
        size_t *lines, line_count;           /* where each line begins                 */
        size_t *tags, tag_count;             /* where each start tag begins            */
};

/* False: out of memory. */
bool mstc_raw_lines(struct mstc_raw *raw, struct mst_arena *arena);
bool mstc_raw_tags(struct mstc_raw *raw, struct mst_arena *arena);

struct mstc_place mstc_raw_place(const struct mstc_raw *raw, size_t offset);

/* The encoding that the XML declaration names, into 'ret'; false when it names none. */
bool mstc_raw_encoding(const struct mstc_raw *raw, char *ret, size_t room, size_t *offset);
/* The document type declaration that must not be there. */
bool mstc_raw_doctype(const struct mstc_raw *raw, size_t *offset);

/* Where attribute 'name' of the start tag at 'tag' begins, or its value; the tag
 * itself when it has no such attribute. */
size_t mstc_raw_attribute(const struct mstc_raw *raw, size_t tag, const char *name, bool value);
/* The first character directly in that element that is neither blank nor in a child;
 * false when there is none. */
bool mstc_raw_stray(const struct mstc_raw *raw, size_t tag, size_t *ret);

/* The text of that element up to its first child, decoded, trimmed.  Text and the
 * way back lie in 'arena'.  False: out of memory. */
bool mstc_raw_text(const struct mstc_raw *raw, size_t tag, struct mst_arena *arena,
                   struct mstc_text *ret);

#endif
