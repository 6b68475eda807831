/* image.c - asks the system's loader which memory an object takes up.
 *
 * A plugin's descriptor is data made by a stranger's compiler: a table without its
 * last row, or a pointer that was cut in half, must end in a sentence and not in a
 * crash of `muster plugins`. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "build.h"

#include "host/image.h"

#include <link.h>

struct search {
        uintptr_t address;
        struct mstc_image *image;
};

static int
look(struct dl_phdr_info *object, size_t size, void *self)
{
        struct search *search = self;
        bool here = false;

        (void)size;
        search->image->count = 0;
        for (int i = 0; i < object->dlpi_phnum; i++) {
                const ElfW(Phdr) *part = &object->dlpi_phdr[i];
                uintptr_t from = (uintptr_t)(object->dlpi_addr + part->p_vaddr);
                uintptr_t to = from + (uintptr_t)part->p_memsz;

                if (part->p_type != PT_LOAD || (part->p_flags & PF_R) == 0
                    || search->image->count == sizeof search->image->spans / sizeof search->image->spans[0])
                        continue;
                search->image->spans[search->image->count].from = from;
                search->image->spans[search->image->count++].to = to;
                here |= search->address >= from && search->address < to;
        }
        return here;
}

bool
mstc_image_of(const void *address, struct mstc_image *ret)
{
        struct search search = { .address = (uintptr_t)address, .image = ret };

        return dl_iterate_phdr(look, &search) != 0;
}

bool
mstc_image_has(const struct mstc_image *image, const void *at, size_t size)
{
        uintptr_t from = (uintptr_t)at;

        for (size_t i = 0; i < image->count; i++)
                if (from >= image->spans[i].from && from < image->spans[i].to
                    && image->spans[i].to - from >= size)
                        return true;
        return false;
}

bool
mstc_image_text(const struct mstc_image *image, const char *text, size_t most)
{
        for (size_t i = 0; i <= most; i++) {
                if (!mstc_image_has(image, text + i, 1))
                        return false;
                if (text[i] == '\0')
                        return true;
        }
        return false;
}
