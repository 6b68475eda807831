/* scrub.c - see scrub.h.  What is put in its place is as long as it was, so that no size and no
 * place in the file changes. */
#include "build.h"

#include "cli/scrub.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <muster/escape.h>
#include <muster/option.h>

#define LEAST 4u                             /* shorter ones would hit half of all words */

struct scrub {
        char *bytes; size_t size;
        struct mst_arena *arena;
        bool failed;
};

static void
cover(struct scrub *s, const char *what, size_t length)
{
        char *at = s->bytes, *end = s->bytes + s->size;

        if (what == NULL) {
                s->failed = true;
                return;
        }
        while (length >= LEAST && (at = memmem(at, (size_t)(end - at), what, length)) != NULL) {
                memset(at, '*', length);
                at += length;
        }
}

static void
cover_text(struct scrub *s, const char *what)
{
        cover(s, what, what != NULL ? strlen(what) : 0);
}

/* Of bytes that lie at 'offset' mod 3 in what was encoded: what does not depend on their neighbours. */
static void
cover_base64(struct scrub *s, const char *bytes, size_t size, size_t offset, const char *digits)
{
        size_t skip = (3 - offset) % 3, room = size / 3 * 4 + 5, length = 0;
        char *text = mst_arena_alloc(s->arena, room);

        if (text == NULL) {
                s->failed = true;
                return;
        }
        for (size_t i = skip; i + 3 <= size; i += 3) {
                uint32_t three = (uint32_t)(uint8_t)bytes[i] << 16 | (uint32_t)(uint8_t)bytes[i + 1] << 8 | (uint8_t)bytes[i + 2];

                for (int shift = 18; shift >= 0; shift -= 6)
                        text[length++] = digits[three >> shift & 63];
        }
        cover(s, text, length);
        mst_secret_wipe(text, room);
}

static char *
lower_hex(char *encoded)
{
        for (char *p = encoded; p != NULL && *p != '\0'; p++)
                if (*p == '%')
                        for (int i = 1; i <= 2 && p[i] != '\0'; i++)
                                p[i] = (char)(p[i] >= 'A' && p[i] <= 'F' ? p[i] + 32 : p[i]);
        return encoded;
}

static void
cover_secret(struct scrub *s, const char *bytes, size_t size)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

        cover(s, bytes, size);
        cover_text(s, mst_escape_url(s->arena, bytes, size));
        cover_text(s, lower_hex(mst_escape_url(s->arena, bytes, size)));
        cover_text(s, mst_escape_json(s->arena, bytes, size));
        cover_text(s, mst_escape_xml(s->arena, bytes, size));
        cover_text(s, mst_escape_terminal(s->arena, bytes, size));
        for (size_t offset = 0; offset < 3; offset++) {
                cover_base64(s, bytes, size, offset, plain);
                cover_base64(s, bytes, size, offset, url);
        }
}

static void
cover_instance(struct scrub *s, const struct mstc_instance *instance)
{
        const struct mst_option *row = instance->plugin == NULL ? NULL : instance->config->is_source
                                     ? instance->plugin->source_options : instance->plugin->sink_options;
        const char *config = instance->filled != NULL ? mstc_filled_config(instance->filled) : NULL;

        for (; row != NULL && config != NULL && row->name != NULL; row++) {
                const struct mst_secret *secret = NULL;

                if (row->type != MST_OPT_SECRET)
                        continue;
                memcpy(&secret, config + row->offset, sizeof secret);
                if (secret != NULL)
                        cover_secret(s, mst_secret_reveal(secret), mst_secret_size(secret));
        }
}

bool
mstc_scrub(FILE *file, const struct mstc_setup *setup)
{
        struct scrub s = { .arena = mst_arena_new(0) };
        struct stat is;

        if (s.arena == NULL || fstat(fileno(file), &is) != 0 || is.st_size <= 0) {
                mst_arena_free(s.arena);
                return false;
        }
        s.size = (size_t)is.st_size;
        s.bytes = mmap(NULL, s.size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
        if (s.bytes == MAP_FAILED) {
                mst_arena_free(s.arena);
                return false;
        }
        for (size_t i = 0; i < setup->instance_count; i++)
                cover_instance(&s, &setup->instances[i]);
        munmap(s.bytes, s.size);
        mst_arena_free(s.arena);
        return !s.failed;
}
