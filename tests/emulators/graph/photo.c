/* photo.c - the pictures of people, and GET /users/{id}/photo/$value; see photo.h. */
#include "photo.h"
#include "emulator.h"

#include <stdlib.h>

void
photos_close(struct photos *p)
{
        for (uint32_t i = 0; i < p->count; i++)
                free(p->list[i].bytes);
        free(p->list);
        *p = (struct photos){ 0 };
}

/* Where the person's picture is, or would stand. */
static uint32_t
place(const struct photos *p, uint32_t person)
{
        uint32_t low = 0, high = p->count;

        while (low < high) {
                uint32_t middle = low + (high - low) / 2;

                if (p->list[middle].person < person)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const struct photo *
photos_find(const struct photos *p, uint32_t person)
{
        uint32_t at = place(p, person);

        return at < p->count && p->list[at].person == person ? &p->list[at] : NULL;
}

void
photos_set(struct photos *p, uint32_t person, const void *bytes, size_t size)
{
        uint32_t at = place(p, person);

        if (at == p->count || p->list[at].person != person) {
                if (p->count == p->room) {
                        p->room = p->room > 0 ? p->room * 2 : 64;
                        p->list = room_grow(p->list, p->room * sizeof *p->list);
                }
                memmove(p->list + at + 1, p->list + at, (p->count - at) * sizeof *p->list);
                p->list[at] = (struct photo){ .person = person };
                p->count++;
        }
        free(p->list[at].bytes);
        p->list[at].bytes = NULL;
        p->list[at].size = size;
        p->list[at].version = ++p->versions;
        if (bytes != NULL) {
                p->list[at].bytes = room(size + 1);
                memcpy(p->list[at].bytes, bytes, size);
        }
}

bool
photos_drop(struct photos *p, uint32_t person)
{
        uint32_t at = place(p, person);

        if (at == p->count || p->list[at].person != person)
                return false;
        free(p->list[at].bytes);
        memmove(p->list + at, p->list + at + 1, (p->count - at - 1) * sizeof *p->list);
        p->count--;
        return true;
}

bool
photo_size_known(const char *size)
{
        static const char *const sizes[] = { "48x48", "64x64", "96x96", "120x120", "240x240", "360x360",
                                             "432x432", "504x504", "648x648" };

        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
                if (strcmp(sizes[i], size) == 0)
                        return true;
        return false;
}

/* A made-up picture begins and ends like a JPEG and grows with its size. */
void
photo_write(const struct photo *photo, const char *size, struct text *t)
{
        unsigned edge = (unsigned)atoi(size);

        if (photo->bytes != NULL) {
                text_raw(t, photo->bytes, photo->size);
                return;
        }
        text_raw(t, "\xff\xd8\xff\xe0", 4);
        text_fmt(t, "%u %u %s ", photo->person, photo->version, size);
        for (unsigned i = 0; i < edge * 8; i++)
                text_char(t, (char)mix((uint64_t)photo->person << 32 ^ photo->version ^ (uint64_t)i << 48));
        text_raw(t, "\xff\xd9", 2);
}

/* /users/{id}/photo/$value, /users/{id}/photos/{size}/$value */
void
user_photo(struct emulator *e, struct exchange *x, const char *name)
{
        uint32_t index = directory_find(&e->people, name);
        bool sized = x->query.segment_count == 6;
        const char *size = sized ? x->query.segments[4] : "648x648";
        const struct photo *photo = index != NOBODY ? photos_find(&e->photos, index) : NULL;
        struct text tag = { 0 };

        if (index == NOBODY || e->people.members[index].life != LIFE_LIVE) {
                exchange_trouble(x, T_NO_OBJECT, name);
                return;
        }
        if (photo == NULL || !photo_size_known(size)) {
                exchange_trouble(x, T_NO_PHOTO, "");
                return;
        }
        x->status = 200;
        x->type = "image/jpeg";
        x->objects++;
        text_fmt(&tag, "W/\"%u-%u-%s\"", photo->person, photo->version, size);
        exchange_add(x, "ETag", text_str(&tag));
        text_free(&tag);
        photo_write(photo, size, &x->reply);
}
