/* file-kit.h - files with a given content, and what the file source makes of them. */
#ifndef FILE_KIT_H
#define FILE_KIT_H

#include <muster/test.h>

#include "../../plugins/file/source.h"
#include "util/buffer.h"

struct kit {
        char folder[64], path[128], groups[128];
        struct fil_source_config config;
        struct mst_test *test;
        struct mst_page *page;
        void *self;
        struct mst_error err;
        struct mstc_buffer said;             /* what the last round told               */
        char cursor[1024];                   /* that the last page ended with          */
        bool users_all, groups_all;          /* the last round named all of them       */
};

/* A folder of its own, and options as an admin has them who says nothing but id. */
void kit_start(struct kit *kit, const char *const *wants);
void kit_end(struct kit *kit);
void kit_write(const char *path, const void *bytes, size_t size);
void kit_text(const char *path, const char *text);

/* Opens the instance, if need be; MST_OK or why not, in kit->err. */
int kit_open(struct kit *kit);
void kit_close(struct kit *kit);
/* One page from 'cursor'; kit->said gets a line for each thing it tells:
 *      u1 {"mail":"a@x.org"}           a record
 *      u1 ! line 3: ...                a bad one
 *      ! line 3: ...                   one that nobody knows
 *      g1 + u1  /  g1 + group g2       a member */
int kit_page(struct kit *kit, const char *cursor);
/* Page after page from 'cursor' until it is complete or fails. */
int kit_round(struct kit *kit, const char *cursor);

#endif
