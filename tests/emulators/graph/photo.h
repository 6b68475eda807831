/* photo.h - the pictures of people: few, therefore a list.  A picture has bytes, which
 * depend on the size asked for, and an ETag that changes with each new picture.  None
 * of it is part of the directory, so that no delta ever tells of it. */
#ifndef GRAPH_PHOTO_H
#define GRAPH_PHOTO_H
#include "trouble.h"

#include <stdbool.h>
#include <stdint.h>

struct photo {
        uint32_t person;
        uint32_t version;
        char *bytes;                    /* NULL: made up from person, version and size */
        size_t size;
};

struct photos {
        struct photo *list;             /* by person */
        uint32_t count, room;
        uint32_t versions;
};

void photos_close(struct photos *p);
/* 'bytes' NULL: a made-up picture, another one each time. */
void photos_set(struct photos *p, uint32_t person, const void *bytes, size_t size);
bool photos_drop(struct photos *p, uint32_t person);
const struct photo *photos_find(const struct photos *p, uint32_t person);
/* "96x96" and its like; the sizes that Graph has. */
bool photo_size_known(const char *size);
/* The picture as it is sent. */
void photo_write(const struct photo *photo, const char *size, struct text *t);
#endif
