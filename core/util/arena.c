/* arena.c - memory with one lifetime, handed out by moving a mark.
 *
 *   arena  [ struct | first block .......|      ]    one malloc
 *                      ^ blocks, newest first: newest -> older -> first
 *
 * A small arena is one malloc and one free.  When a block is full the next is twice
 * as large, up to 1 MiB; what is larger than that next block would be gets one of its
 * own, put behind the newest so that the room left there is not lost. */
#include "build.h"

#include <muster/arena.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/names.h"

#define BLOCK_DEFAULT 4096u
#define BLOCK_MOST (1024u * 1024u)
#define ALIGN _Alignof(max_align_t)
#define NAMES 128u                           /* a power of two                         */
#define NAMES_FROM 4096u                     /* bytes handed out: less is no crowd     */

struct block {
        struct block *older;
        size_t size, at;
        _Alignas(max_align_t) char bytes[];
};

struct mst_arena {
        struct block *newest;
        size_t used;
        const char **names;                  /* NAMES of them, by a hash; or NULL      */
        struct block first;                  /* its bytes follow the struct */
};

struct mst_arena *
mst_arena_new(size_t block)
{
        struct mst_arena *arena;

        if (block == 0)
                block = BLOCK_DEFAULT - sizeof *arena - 2 * sizeof(void *);
        if (block > SIZE_MAX / 2)
                return NULL;
        arena = mstc_realloc(NULL, sizeof *arena + block);
        if (arena == NULL)
                return NULL;
        arena->newest = &arena->first;
        arena->used = 0;
        arena->names = NULL;
        arena->first.older = NULL;
        arena->first.size = block;
        arena->first.at = 0;
        return arena;
}

static void
drop_blocks(struct mst_arena *arena)
{
        struct block *older;

        for (struct block *b = arena->newest; b != NULL; b = older) {
                older = b->older;
                if (b != &arena->first)
                        mstc_free(b);
        }
}

void
mst_arena_free(struct mst_arena *arena)
{
        if (arena == NULL)
                return;
        drop_blocks(arena);
        mstc_free(arena);
}

void
mst_arena_reset(struct mst_arena *arena)
{
        drop_blocks(arena);
        arena->newest = &arena->first;
        arena->first.older = NULL;
        arena->first.at = 0;
        arena->used = 0;
        arena->names = NULL;
}

static struct block *
add_block(struct mst_arena *arena, size_t size)
{
        size_t next = arena->newest->size * 2;
        struct block *b;

        if (next > BLOCK_MOST)
                next = BLOCK_MOST;
        if (next < BLOCK_DEFAULT)
                next = BLOCK_DEFAULT;
        if (size > SIZE_MAX / 2)
                return NULL;
        b = mstc_realloc(NULL, sizeof *b + (size > next ? size : next));
        if (b == NULL)
                return NULL;
        b->at = 0;
        b->size = size > next ? size : next;
        if (size > next && arena->newest != &arena->first) {
                b->older = arena->newest->older;
                arena->newest->older = b;
        } else {
                b->older = arena->newest;
                arena->newest = b;
        }
        return b;
}

/* 'align' is a power of two. */
static void *
take(struct mst_arena *arena, size_t size, size_t align)
{
        struct block *b = arena->newest;
        size_t at = (b->at + align - 1) & ~(align - 1);

        if (at > b->size || size > b->size - at) {
                b = add_block(arena, size);
                if (b == NULL)
                        return NULL;
                at = 0;
        }
        b->at = at + size;
        arena->used += size;
        return b->bytes + at;
}

void *
mst_arena_alloc(struct mst_arena *arena, size_t size)
{
        void *memory = take(arena, size > 0 ? size : 1, ALIGN);

        return memory != NULL ? memset(memory, 0, size) : NULL;
}

char *
mst_arena_strdup(struct mst_arena *arena, const char *text)
{
        return mst_arena_strndup(arena, text, strlen(text));
}

char *
mst_arena_strndup(struct mst_arena *arena, const char *text, size_t length)
{
        char *copy = length < SIZE_MAX ? take(arena, length + 1, 1) : NULL;

        if (copy == NULL)
                return NULL;
        if (length > 0)
                memcpy(copy, text, length);
        copy[length] = '\0';
        return copy;
}

void *
mst_arena_memdup(struct mst_arena *arena, const void *bytes, size_t size)
{
        char *copy = size < SIZE_MAX ? take(arena, size + 1, ALIGN) : NULL;

        if (copy == NULL)
                return NULL;
        if (size > 0)
                memcpy(copy, bytes, size);
        copy[size] = '\0';
        return copy;
}

char *
mst_arena_printf(struct mst_arena *arena, const char *format, ...)
{
        char near[256];
        char *text;
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(near, sizeof near, format, args);
        va_end(args);
        if (n < 0)
                return NULL;
        if ((size_t)n < sizeof near)
                return mst_arena_strndup(arena, near, (size_t)n);
        text = take(arena, (size_t)n + 1, 1);
        if (text == NULL)
                return NULL;
        va_start(args, format);
        vsnprintf(text, (size_t)n + 1, format, args);
        va_end(args);
        return text;
}

bool
mstc_arena_has_names(const struct mst_arena *arena)
{
        return arena->used >= NAMES_FROM;
}

const char *
mstc_arena_name(struct mst_arena *arena, const char *name, size_t length)
{
        const char **place, *copy;
        unsigned hash = 0;

        if (!mstc_arena_has_names(arena))
                return mst_arena_strndup(arena, name, length);
        if (arena->names == NULL && (arena->names = mst_arena_alloc(arena, NAMES * sizeof *arena->names)) == NULL)
                return NULL;
        for (size_t i = 0; i < length; i++)
                hash = hash * 33 + (unsigned char)name[i];
        /* Two places that it may have; the older of two others gives way. */
        place = &arena->names[(hash ^ hash >> 7) % NAMES & ~1u];
        for (int i = 0; i < 2; i++)
                if (place[i] != NULL && strcmp(place[i], name) == 0)
                        return place[i];
        copy = mst_arena_strndup(arena, name, length);
        if (copy == NULL)
                return NULL;
        place[1] = place[0];
        place[0] = copy;
        return copy;
}

size_t
mst_arena_used(const struct mst_arena *arena)
{
        return arena->used;
}
