/* cursor.c - the place marker, and the links in it.
 *
 * Graph's links are opaque and are used byte for byte.  Around them is only what we
 * need to know when a later process goes on:
 *
 *   F LINK         goes on with a full round
 *   D LINK         begins a round of changes: LINK is a deltaLink
 *   C LINK START   goes on with a round of changes that began with the deltaLink
 *                  START ("-" when both were too long to be kept)
 *
 * A link is followed only to the configured Graph, for it takes the access token
 * along. */
#include <string.h>

#include "entra.h"

enum { CURSOR_MOST = 65000 };

int
entra_link_check(const struct entra *entra, const char *link, size_t length, struct mst_error *err)
{
        char *copy;
        bool same;

        if (length == 0 || length > CURSOR_MOST - 8)
                return mst_fail(err, MST_EINTERNAL, "Graph gave a link of %zu bytes, which is not followed",
                                length);
        for (size_t i = 0; i < length; i++)
                if ((unsigned char)link[i] <= 0x20 || (unsigned char)link[i] >= 0x7f)
                        return mst_fail(err, MST_EINTERNAL, "Graph gave a link that holds a character no "
                                        "address may hold, which is not followed");
        copy = mst_arena_strndup(entra->scratch, link, length);
        if (copy == NULL)
                return mst_fail_memory(err, "looking at a link");
        same = mst_http_same_origin(copy, entra->graph);
        if (!same)
                return mst_fail(err, MST_EINTERNAL, "Graph gave a link to another server than %s; it is not "
                                "followed, because the access token must not go there", entra->graph);
        return MST_OK;
}

int
entra_cursor_parse(const struct entra *entra, const char *text, struct entra_cursor *ret,
                   struct mst_error *err)
{
        size_t length = strlen(text);
        const char *blank;

        if (length < 3 || text[1] != ' '
            || (text[0] != ENTRA_FULL && text[0] != ENTRA_DELTA && text[0] != ENTRA_CHANGES))
                return mst_fail(err, MST_EEXPIRED, "the place where the last run ended is not in a form that "
                                "this version of the connector knows; everybody has to be read again");
        *ret = (struct entra_cursor){ .mode = (enum entra_mode)text[0], .link = text + 2, .start = "" };
        ret->length = length - 2;
        if (ret->mode == ENTRA_CHANGES && (blank = strchr(ret->link, ' ')) != NULL) {
                ret->length = (size_t)(blank - ret->link);
                if (strcmp(blank + 1, "-") != 0) {
                        ret->start = blank + 1;
                        ret->start_length = strlen(ret->start);
                }
        }
        if (entra_link_check(entra, ret->link, ret->length, err) != MST_OK
            || (ret->start_length > 0
                && entra_link_check(entra, ret->start, ret->start_length, err) != MST_OK))
                return mst_fail(err, MST_EEXPIRED, "the place where the last run ended belongs to another "
                                "Graph address than %s; everybody has to be read again", entra->graph);
        return MST_OK;
}

const char *
entra_cursor_write(struct mst_arena *arena, const struct entra_cursor *cursor, struct mst_error *err)
{
        bool with_start = cursor->mode == ENTRA_CHANGES && cursor->start_length > 0
                && cursor->length + cursor->start_length + 4 < CURSOR_MOST;
        const char *text;

        if (cursor->mode == ENTRA_CHANGES)
                text = mst_arena_printf(arena, "C %.*s %.*s", (int)cursor->length, cursor->link,
                                        with_start ? (int)cursor->start_length : 1,
                                        with_start ? cursor->start : "-");
        else
                text = mst_arena_printf(arena, "%c %.*s", (int)cursor->mode, (int)cursor->length,
                                        cursor->link);
        if (text == NULL)
                mst_fail_memory(err, "keeping the place");
        return text;
}

/* --- loops --------------------------------------------------------------------------- */

static uint64_t
hash(const char *bytes, size_t length)
{
        uint64_t sum = UINT64_C(14695981039346656037);

        for (size_t i = 0; i < length; i++)
                sum = (sum ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
        return sum;
}

void
entra_loop_reset(struct entra_loop *loop)
{
        *loop = (struct entra_loop){ 0 };
}

bool
entra_loop_seen(struct entra_loop *loop, const char *link, size_t length)
{
        uint64_t sum = hash(link, length);

        if (loop->limit > 0 && sum == loop->mark)
                return true;
        if (loop->steps++ >= loop->limit) {
                loop->mark = sum;
                loop->limit = loop->limit == 0 ? 1 : loop->limit * 2;
                loop->steps = 0;
        }
        return false;
}
