/* cursor.c - the place marker, and the links in it.
 *
 * Graph's links are opaque and are used byte for byte.  Around them is only what we need to
 * know when a later process goes on:
 *
 *   F u l=LINK                  goes on with a full round: step u, the page LINK
 *   D u u=LINK g=LINK a=3       begins a round of changes, with the deltaLinks of users and
 *                               groups, and generation 3 of a roll that is kept
 *   C g l=LINK g=LINK u=LINK    goes on with one; g is where the step began, u belongs to the
 *                               next round already
 *
 * When all of them are too long together, the link with which the step under way began is
 * left out: a page that is lost then costs the whole round.  A link is followed only to the
 * configured Graph, for it takes the access token along. */
#include <inttypes.h>
#include <stdlib.h>
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

/* --- reading ------------------------------------------------------------------------------ */

static struct entra_link *
link_of(struct entra_cursor *cursor, char key)
{
        switch (key) {
        case 'l': return &cursor->link;
        case 'u': return &cursor->users;
        case 'g': return &cursor->groups;
        case 'w': return &cursor->watch;
        case 'i': return &cursor->group;
        default: return NULL;
        }
}

static bool
number(const char *text, size_t length, uint64_t *ret)
{
        *ret = 0;
        for (size_t i = 0; i < length; i++) {
                if (text[i] < '0' || text[i] > '9' || i > 18)
                        return false;
                *ret = *ret * 10 + (uint64_t)(text[i] - '0');
        }
        return length > 0;
}

/* One "k=value". */
static bool
field(const struct entra *entra, struct entra_cursor *ret, const char *word, size_t length,
      bool *foreign)
{
        struct mst_error ignored = { 0 };
        struct entra_link *link;
        uint64_t n;

        if (length < 3 || word[1] != '=')
                return false;
        link = link_of(ret, word[0]);
        if (link != NULL) {
                *link = (struct entra_link){ word + 2, length - 2 };
                if (word[0] == 'i')
                        return strspn(word + 2, "0123456789abcdef-") == length - 2;
                if (entra_link_check(entra, link->text, link->length, &ignored) != MST_OK)
                        *foreign = true;
                return true;
        }
        if (!number(word + 2, length - 2, &n))
                return false;
        switch (word[0]) {
        case 'm': ret->kept[ENTRA_MEMBERS] = n; return true;
        case 'p': ret->kept[ENTRA_PICTURES] = n; return true;
        case 'a': ret->kept[ENTRA_AWAY] = n; return true;
        case 'd': ret->kept[ENTRA_INNER] = n; return true;
        case 'r': ret->refreshed = (int64_t)n; return true;
        default: return false;
        }
}

static bool
head(struct entra_cursor *ret, const char *text)
{
        if (text[0] == '\0' || text[1] != ' ' || strchr("FDC", text[0]) == NULL || text[2] == '\0'
            || strchr("ugpmlh", text[2]) == NULL || (text[3] != ' ' && text[3] != '\0'))
                return false;
        *ret = (struct entra_cursor){ .mode = (enum entra_mode)text[0], .step = (enum entra_step)text[2] };
        return true;
}

int
entra_cursor_parse(const struct entra *entra, const char *text, struct entra_cursor *ret,
                   struct mst_error *err)
{
        bool good = head(ret, text), foreign = false;
        const char *at = good ? text + 3 : text;

        while (good && *at == ' ') {
                size_t length = strcspn(++at, " ");

                good = field(entra, ret, at, length, &foreign);
                at += length;
        }
        /* A round of changes begins somewhere, and everything else on a page. */
        good = good && (ret->mode != ENTRA_DELTA || (ret->users.length > 0 && ret->link.length == 0));
        if (!good)
                return mst_fail(err, MST_EEXPIRED, "the place where the last run ended is not in a form that "
                                "this version of the connector knows; everybody has to be read again");
        if (foreign)
                return mst_fail(err, MST_EEXPIRED, "the place where the last run ended belongs to another "
                                "Graph address than %s; everybody has to be read again", entra->graph);
        return MST_OK;
}

/* --- writing ------------------------------------------------------------------------------ */

static const char *
add_link(struct mst_arena *arena, const char *text, char key, const struct entra_link *link)
{
        if (text == NULL || link->length == 0)
                return text;
        return mst_arena_printf(arena, "%s %c=%.*s", text, key, (int)link->length, link->text);
}

static const char *
add_number(struct mst_arena *arena, const char *text, char key, uint64_t n)
{
        return text == NULL || n == 0 ? text : mst_arena_printf(arena, "%s %c=%" PRIu64, text, key, n);
}

static const char *
write_all(struct mst_arena *arena, const struct entra_cursor *cursor, bool with_start)
{
        bool users = with_start || cursor->step != ENTRA_USERS, groups = with_start || cursor->step != ENTRA_GROUPS;
        const char *text = mst_arena_printf(arena, "%c %c", (char)cursor->mode, (char)cursor->step);

        text = add_link(arena, text, 'l', &cursor->link);
        if (users)
                text = add_link(arena, text, 'u', &cursor->users);
        if (groups)
                text = add_link(arena, text, 'g', &cursor->groups);
        text = add_link(arena, text, 'w', &cursor->watch);
        text = add_link(arena, text, 'i', &cursor->group);
        text = add_number(arena, text, 'm', cursor->kept[ENTRA_MEMBERS]);
        text = add_number(arena, text, 'p', cursor->kept[ENTRA_PICTURES]);
        text = add_number(arena, text, 'a', cursor->kept[ENTRA_AWAY]);
        text = add_number(arena, text, 'd', cursor->kept[ENTRA_INNER]);
        return add_number(arena, text, 'r', (uint64_t)cursor->refreshed);
}

const char *
entra_cursor_write(struct mst_arena *arena, const struct entra_cursor *cursor, struct mst_error *err)
{
        const char *text = write_all(arena, cursor, true);

        if (text != NULL && strlen(text) > CURSOR_MOST && cursor->link.length > 0)
                text = write_all(arena, cursor, false);
        if (text == NULL)
                mst_fail_memory(err, "keeping the place where to go on");
        else if (strlen(text) > CURSOR_MOST)
                mst_fail(err, MST_EINTERNAL, "Graph's links are %zu bytes long together, which is too much to "
                         "be kept", strlen(text));
        return text != NULL && strlen(text) <= CURSOR_MOST ? text : NULL;
}

/* --- circles ------------------------------------------------------------------------------ */

uint64_t
entra_hash(const char *bytes, size_t length)
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
        uint64_t sum = entra_hash(link, length);

        if (loop->limit > 0 && sum == loop->mark)
                return true;
        if (loop->steps++ >= loop->limit) {
                loop->mark = sum;
                loop->limit = loop->limit == 0 ? 1 : loop->limit * 2;
                loop->steps = 0;
        }
        return false;
}
