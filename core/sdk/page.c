/* page.c - what one read, fetch or list returns.
 *
 * A page is one arena; a reset keeps its first block, so that reading page after page
 * costs little.  What memory could not hold makes the page failed, and its end says so.
 * What has no usable id is not an item but a complaint: nobody could tell whose it is.
 * The connector then fills a record that lies nowhere. */
#include "build.h"

#include "sdk/page.h"

#include <muster/source.h>

#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/utf8.h"

#define PAGE_BLOCK (64u * 1024u)
#define CURSOR_MOST (64u * 1024u)
#define COMPLAINTS_MOST 1000u

struct mst_page *
mstc_page_new(void)
{
        struct mst_page *page = mstc_alloc(sizeof *page);

        if (page == NULL)
                return NULL;
        page->arena = mst_arena_new(PAGE_BLOCK);
        if (page->arena == NULL) {
                mstc_free(page);
                return NULL;
        }
        return page;
}

void
mstc_page_free(struct mst_page *page)
{
        if (page == NULL)
                return;
        mst_arena_free(page->arena);
        mstc_free(page->items);
        mstc_free(page->told);
        mstc_free(page);
}

void
mstc_page_reset(struct mst_page *page)
{
        struct mst_page empty = { .arena = page->arena, .items = page->items, .room = page->room,
                                  .told = page->told, .told_room = page->told_room };

        mst_arena_reset(page->arena);
        *page = empty;
}

/* --- items --------------------------------------------------------------------------- */

/* A bad record outside the page, so that what a connector puts goes nowhere. */
static struct mst_record *
nowhere(struct mst_page *page, enum mst_kind kind)
{
        struct mst_record *record = mstc_record_new(page->arena, kind, "", 0);

        page->failed |= record == NULL;
        return record;
}

static struct mstc_item *
add_item(struct mst_page *page, enum mstc_item_what what)
{
        if (page->count == page->room) {
                size_t room = page->room > 0 ? page->room * 2 : 64;
                struct mstc_item *items = mstc_realloc_array(page->items, room, sizeof *items);

                if (items == NULL) {
                        page->failed = true;
                        return NULL;
                }
                page->items = items;
                page->room = room;
        }
        page->items[page->count] = (struct mstc_item){ .what = what };
        return &page->items[page->count++];
}

static const char *
kind_word(enum mst_kind kind)
{
        return kind == MST_GROUP ? "group" : "user";
}

static struct mst_record *
add_record(struct mst_page *page, enum mstc_item_what what, enum mst_kind kind, const char *id,
           size_t length)
{
        struct mstc_item *item;
        struct mst_record *record;
        char why[80];

        if (kind != MST_USER && kind != MST_GROUP) {
                mst_page_bad(page, "a record of unknown kind %d", (int)kind);
                return nowhere(page, MST_USER);
        }
        if (mstc_text_bad(id, length, MSTC_ID_MOST, why)) {
                mst_page_bad(page, "the id of a %s %s", kind_word(kind), why);
                return nowhere(page, kind);
        }
        record = mstc_record_new(page->arena, kind, id, length);
        item = record != NULL ? add_item(page, what) : NULL;
        if (item == NULL) {
                page->failed = true;
                return NULL;
        }
        item->record = record;
        return record;
}

struct mst_record *
mst_page_whole(struct mst_page *page, enum mst_kind kind, const char *id, size_t length)
{
        return add_record(page, MSTC_WHOLE, kind, id, length);
}

struct mst_record *
mst_page_patch(struct mst_page *page, enum mst_kind kind, const char *id, size_t length)
{
        return add_record(page, MSTC_PATCH, kind, id, length);
}

int
mst_page_gone(struct mst_page *page, enum mst_kind kind, const char *id, size_t length, enum mst_gone how)
{
        enum mstc_item_what what = how == MST_GONE_HARD ? MSTC_GONE_HARD : MSTC_GONE_SOFT;

        return add_record(page, what, kind, id, length) != NULL ? MST_OK : MST_EINTERNAL;
}

int
mst_page_outside(struct mst_page *page, enum mst_kind kind, const char *id, size_t length)
{
        return add_record(page, MSTC_OUTSIDE, kind, id, length) != NULL ? MST_OK : MST_EINTERNAL;
}

int
mst_page_present(struct mst_page *page, enum mst_kind kind, const char *id, size_t length)
{
        return add_record(page, MSTC_PRESENT, kind, id, length) != NULL ? MST_OK : MST_EINTERNAL;
}

int
mst_page_all(struct mst_page *page, enum mst_kind kind)
{
        page->all[kind == MST_GROUP] = true;
        return MST_OK;
}

int
mst_page_bad(struct mst_page *page, const char *format, ...)
{
        char text[1016];
        va_list args;

        page->bad_count++;
        if (page->complaint_count == COMPLAINTS_MOST)
                return MST_OK;
        if (page->complaints == NULL) {
                page->complaints = mst_arena_alloc(page->arena, COMPLAINTS_MOST * sizeof *page->complaints);
                page->complaint_room = page->complaints != NULL ? COMPLAINTS_MOST : 0;
        }
        va_start(args, format);
        mstc_text_format(text, sizeof text, format, args);
        va_end(args);
        if (page->complaints != NULL)
                page->complaints[page->complaint_count] = mst_arena_strdup(page->arena, text);
        if (page->complaints == NULL || page->complaints[page->complaint_count] == NULL) {
                page->failed = true;
                return MST_EINTERNAL;
        }
        page->complaint_count++;
        return MST_OK;
}

/* --- members of groups -------------------------------------------------------------------- */

static struct mstc_told *
add_told(struct mst_page *page)
{
        if (page->told_count == page->told_room) {
                size_t room = page->told_room > 0 ? page->told_room * 2 : 64;
                struct mstc_told *told = mstc_realloc_array(page->told, room, sizeof *told);

                if (told == NULL)
                        return NULL;
                page->told = told;
                page->told_room = room;
        }
        return &page->told[page->told_count++];
}

/* The text in the page's arena; that of the line before, when it is the same: members come
 * group by group. */
static const char *
same_text(struct mst_page *page, const char *before, const char *text, size_t length)
{
        if (before != NULL && strncmp(before, text, length) == 0 && before[length] == '\0')
                return before;
        return mst_arena_strndup(page->arena, text, length);
}

static int
tell(struct mst_page *page, const char *group, size_t group_length, const struct mstc_told *what)
{
        const char *before = page->told_count > 0 ? page->told[page->told_count - 1].group : NULL;
        struct mstc_told *told;

        group = same_text(page, before, group, group_length);
        told = group != NULL ? add_told(page) : NULL;
        if (told == NULL) {
                page->failed = true;
                return MST_EINTERNAL;
        }
        *told = *what;
        told->group = group;
        return MST_OK;
}

int
mst_page_member(struct mst_page *page, const char *group, size_t group_length, enum mst_kind kind,
                const char *member, size_t member_length, bool joins)
{
        struct mstc_told what = { .kind = kind, .joins = joins };
        char why[80];

        if (kind != MST_USER && kind != MST_GROUP)
                return mst_page_bad(page, "a member of unknown kind %d", (int)kind);
        if (mstc_text_bad(group, group_length, MSTC_ID_MOST, why))
                return mst_page_bad(page, "the id of a group whose members are told %s", why);
        if (mstc_text_bad(member, member_length, MSTC_ID_MOST, why))
                return mst_page_bad(page, "the id of a member of group '%.*s' %s", (int)group_length, group, why);
        what.member = mst_arena_strndup(page->arena, member, member_length);
        if (what.member == NULL) {
                page->failed = true;
                return MST_EINTERNAL;
        }
        return tell(page, group, group_length, &what);
}

int
mst_page_members_all(struct mst_page *page, const char *group, size_t length)
{
        struct mstc_told what = { .member = NULL };
        char why[80];

        if (mstc_text_bad(group, length, MSTC_ID_MOST, why))
                return mst_page_bad(page, "the id of a group whose members are told %s", why);
        return tell(page, group, length, &what);
}

/* --- objects of a sink ------------------------------------------------------------------ */

bool
mstc_object_texts(struct mst_arena *arena, struct mstc_object_texts *texts, struct mst_record *record)
{
        static const char *const what[] = { "name", "stamp", "version" };
        const char **each[] = { &texts->name, &texts->stamp, &texts->version };
        static const size_t most[] = { MSTC_OBJECT_NAME_MOST, MSTC_STAMP_MOST, MSTC_VERSION_MOST };
        char why[80];

        for (size_t i = 0; i < 3; i++) {
                const char *text = *each[i];

                if (text == NULL || (*text == '\0' && i > 0)) {
                        *each[i] = i == 0 ? "" : NULL;
                        continue;
                }
                if (*text != '\0' && mstc_text_bad(text, strlen(text), most[i], why)) {
                        mst_record_bad(record, "its %s %s", what[i], why);
                        *each[i] = i == 0 ? "" : NULL;
                        continue;
                }
                *each[i] = mst_arena_strdup(arena, text);
                if (*each[i] == NULL)
                        return false;
        }
        return true;
}

struct mst_record *
mst_page_object(struct mst_page *page, enum mst_kind kind, const char *object, const char *name,
                const char *stamp, const char *version)
{
        struct mstc_object_texts texts = { name, stamp, version };
        size_t before = page->count;
        struct mst_record *record = add_record(page, MSTC_OBJECT, kind, object,
                                               object != NULL ? strlen(object) : 0);
        struct mstc_item *item;

        if (page->count == before)
                return record;
        item = &page->items[before];
        if (!mstc_object_texts(page->arena, &texts, record)) {
                page->count = before;
                page->failed = true;
                return NULL;
        }
        item->object = record->id;
        item->name = texts.name;
        item->stamp = texts.stamp;
        item->version = texts.version;
        return record;
}

/* --- the end ------------------------------------------------------------------------------ */

static int
end(struct mst_page *page, const char *cursor, bool complete, struct mst_error *err)
{
        size_t length = cursor != NULL ? strlen(cursor) : 0;

        if (page->ended)
                return mst_fail(err, MST_EINTERNAL, "the connector ended a page twice");
        if (length > CURSOR_MOST)
                return mst_fail(err, MST_EINTERNAL, "the source's cursor is longer than 64 KiB (%zu bytes)",
                                length);
        if (cursor != NULL) {
                page->cursor = mst_arena_strndup(page->arena, cursor, length);
                page->failed |= page->cursor == NULL;
        }
        if (page->failed)
                return mst_fail_memory(err, "filling a page");
        page->ended = true;
        page->complete = complete;
        return MST_OK;
}

int
mst_page_more(struct mst_page *page, const char *cursor, struct mst_error *err)
{
        if (cursor == NULL)
                return mst_fail(err, MST_EINTERNAL, "the connector said that there is more, but not where");
        return end(page, cursor, false, err);
}

int
mst_page_complete(struct mst_page *page, const char *cursor, struct mst_error *err)
{
        return end(page, cursor, true, err);
}
