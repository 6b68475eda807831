/* document.h - one XML file: read, proved harmless and well-formed, as a tree. */
#ifndef MSTC_CONFIG_DOCUMENT_H
#define MSTC_CONFIG_DOCUMENT_H

#include "config/raw.h"
#include "config/xml.h"

#define MSTC_CONFIG_SPACE "urn:muster:config:1"
#define MSTC_CONFIG_MOST ((size_t)4 << 20)   /* bytes in a file                        */

struct mstc_document {
        struct mstc_raw raw;
        char *bytes;                         /* as read; raw.bytes points into it      */
        size_t size;
        xmlDoc *xml;
        bool is_private;
};

/* NULL with complaints in the report: not to be trusted, too long, another encoding, a
 * document type, not well-formed.  'wanted' is where it was asked for (the line of an
 * <include>).  What is wrong in the file itself is placed there. */
struct mstc_document *mstc_document_read(const char *path, struct mstc_place wanted,
                                         struct mst_arena *arena, struct mstc_report *report);
/* Ends the tree, keeps the bytes, which places need; and all, wiping the bytes. */
void mstc_document_end_tree(struct mstc_document *document);
void mstc_document_done(struct mstc_document *document);

const struct mstc_document *mstc_document_of(const xmlNode *node);
/* Offset of the element's start tag. */
size_t mstc_document_tag(const xmlNode *node);

/* Against conf/muster.rng; true when it agrees.  Tells the first thing that it does
 * not like only when 'report' is not NULL. */
bool mstc_document_validate(const struct mstc_document *document, struct mstc_report *report);

#endif
