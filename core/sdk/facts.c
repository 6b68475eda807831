/* facts.c - what an instance of a connector can do.
 *
 * The attributes are an array in order of (of groups or not, name without regard to
 * case), so that a later word about one replaces the earlier and finding is bisection. */
#include "build.h"

#include "sdk/facts.h"

#include <string.h>
#include <strings.h>

#include "record/record.h"
#include "util/alloc.h"
#include "util/utf8.h"

#define ATTRIBUTES_MOST 20000u
#define NOTES_MOST 1000u

struct mst_facts *
mstc_facts_new(void)
{
        struct mst_facts *facts = mstc_alloc(sizeof *facts);

        if (facts == NULL)
                return NULL;
        facts->arena = mst_arena_new(0);
        if (facts->arena == NULL) {
                mstc_free(facts);
                return NULL;
        }
        return facts;
}

void
mstc_facts_free(struct mst_facts *facts)
{
        if (facts == NULL)
                return;
        mst_arena_free(facts->arena);
        mstc_free(facts->attributes);
        mstc_free(facts->notes);
        mstc_free(facts);
}

void
mst_facts_identity(struct mst_facts *facts, const char *identity)
{
        facts->identity = identity != NULL ? mst_arena_strdup(facts->arena, identity) : NULL;
        facts->failed |= identity != NULL && facts->identity == NULL;
}

void
mst_facts_can(struct mst_facts *facts, uint32_t can)
{
        facts->can = can;
}

void
mst_facts_limit(struct mst_facts *facts, enum mst_limit what, uint32_t value)
{
        switch (what) {
        case MST_LIMIT_MEMBERS:   facts->members = value; break;
        case MST_LIMIT_IN_FLIGHT: facts->in_flight = value; break;
        case MST_LIMIT_FIND:      facts->find = value; break;
        }
}

/* --- attributes ------------------------------------------------------------------------ */

static size_t
place_of(const struct mst_facts *facts, uint32_t group, const char *name, bool *there)
{
        size_t low = 0, high = facts->attribute_count;

        *there = false;
        while (low < high) {
                size_t middle = (low + high) / 2;
                const struct mstc_fact_attribute *a = &facts->attributes[middle];
                uint32_t its = a->flags & MST_ATTR_GROUP;
                int order = its != group ? (its > group) - (its < group) : mstc_text_casecmp(a->name, name);

                if (order == 0) {
                        *there = true;
                        return middle;
                }
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool
attribute_room(struct mst_facts *facts)
{
        size_t room = facts->attribute_room > 0 ? facts->attribute_room * 2 : 32;
        struct mstc_fact_attribute *attributes;

        if (facts->attribute_count < facts->attribute_room)
                return true;
        attributes = mstc_realloc_array(facts->attributes, room, sizeof *attributes);
        if (attributes == NULL)
                return false;
        facts->attributes = attributes;
        facts->attribute_room = room;
        return true;
}

void
mst_facts_attribute(struct mst_facts *facts, const char *name, enum mst_type type, uint32_t flags,
                    uint32_t longest)
{
        struct mstc_fact_attribute *a;
        const char *copy;
        char why[80];
        bool there;
        size_t at;

        if (mstc_text_bad(name, name != NULL ? strlen(name) : 0, MSTC_NAME_MOST, why)) {
                mst_facts_note(facts, true, "the connector told an attribute whose name %s", why);
                return;
        }
        at = place_of(facts, flags & MST_ATTR_GROUP, name, &there);
        if (!there && facts->attribute_count == ATTRIBUTES_MOST) {
                mst_facts_note(facts, true, "the connector told more than 20,000 attributes");
                return;
        }
        copy = mst_arena_strdup(facts->arena, name);
        if (copy == NULL || !attribute_room(facts)) {
                facts->failed = true;
                return;
        }
        a = &facts->attributes[at];
        if (!there) {
                memmove(a + 1, a, (facts->attribute_count - at) * sizeof *a);
                facts->attribute_count++;
        }
        *a = (struct mstc_fact_attribute){ .name = copy, .type = type, .flags = flags, .longest = longest };
}

bool
mstc_fact_is_pattern(const char *name)
{
        size_t length = strlen(name);

        return length > 0 && name[length - 1] == '*';
}

/* The longest pattern that 'name' fits. */
static const struct mstc_fact_attribute *
find_pattern(const struct mst_facts *facts, uint32_t group, const char *name)
{
        const struct mstc_fact_attribute *best = NULL;

        for (size_t i = 0; i < facts->attribute_count; i++) {
                const struct mstc_fact_attribute *a = &facts->attributes[i];

                if ((a->flags & MST_ATTR_GROUP) == group && mstc_fact_is_pattern(a->name)
                    && strncasecmp(a->name, name, strlen(a->name) - 1) == 0
                    && (best == NULL || strlen(a->name) > strlen(best->name)))
                        best = a;
        }
        return best;
}

const struct mstc_fact_attribute *
mstc_facts_find(const struct mst_facts *facts, enum mst_kind kind, const char *name)
{
        uint32_t group = kind == MST_GROUP ? MST_ATTR_GROUP : 0;
        bool there;
        size_t at = place_of(facts, group, name, &there);

        return there ? &facts->attributes[at] : find_pattern(facts, group, name);
}

const char *
mstc_facts_naming(const struct mst_facts *facts, enum mst_kind kind)
{
        for (size_t i = 0; i < facts->attribute_count; i++) {
                const struct mstc_fact_attribute *a = &facts->attributes[i];

                if ((a->flags & MST_ATTR_NAMING) != 0 && a->name[0] != '@' && ((a->flags & MST_ATTR_GROUP) != 0) == (kind == MST_GROUP))
                        return a->name;
        }
        return NULL;
}

/* One more note, unless it is there already; what is said of it is for the caller. */
static struct mstc_fact_note *add_note(struct mst_facts *facts, bool bad, const char *format, va_list args)
        MST_PRINTF(3, 0);

static struct mstc_fact_note *
add_note(struct mst_facts *facts, bool bad, const char *format, va_list args)
{
        char text[1016];
        const char *copy;

        mstc_text_format(text, sizeof text, format, args);
        for (size_t i = 0; i < facts->note_count; i++)
                if (strcmp(facts->notes[i].text, text) == 0)
                        return NULL;
        if (facts->note_count == NOTES_MOST)
                return NULL;
        if (facts->note_count == facts->note_room) {
                size_t room = facts->note_room > 0 ? facts->note_room * 2 : 8;
                struct mstc_fact_note *notes = mstc_realloc_array(facts->notes, room, sizeof *notes);

                if (notes == NULL) {
                        facts->failed = true;
                        return NULL;
                }
                facts->notes = notes;
                facts->note_room = room;
        }
        copy = mst_arena_strdup(facts->arena, text);
        if (copy == NULL) {
                facts->failed = true;
                return NULL;
        }
        facts->notes[facts->note_count] = (struct mstc_fact_note){ .bad = bad, .text = copy };
        return &facts->notes[facts->note_count++];
}

void
mst_facts_note(struct mst_facts *facts, bool bad, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        add_note(facts, bad, format, args);
        va_end(args);
}

static struct mstc_fact_note *add_about(struct mst_facts *facts, int kind, const char *attribute,
                                        const char *format, va_list args) MST_PRINTF(4, 0);

/* A bad one about an attribute (NULL: none) of 'kind'. */
static struct mstc_fact_note *
add_about(struct mst_facts *facts, int kind, const char *attribute, const char *format, va_list args)
{
        struct mstc_fact_note *note = add_note(facts, true, format, args);

        if (note == NULL)
                return NULL;
        note->kind = kind;
        note->attribute = attribute != NULL ? mst_arena_strdup(facts->arena, attribute) : NULL;
        facts->failed |= attribute != NULL && note->attribute == NULL;
        return note;
}

void
mst_facts_doubt(struct mst_facts *facts, int kind, const char *attribute, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        (void)add_about(facts, kind, attribute, format, args);
        va_end(args);
}

void
mst_facts_mistake(struct mst_facts *facts, int kind, const char *attribute, const char *format, ...)
{
        struct mstc_fact_note *note;
        va_list args;

        va_start(args, format);
        note = add_about(facts, kind, attribute, format, args);
        va_end(args);
        if (note != NULL)
                note->mistake = true;
}

void
mst_facts_lack(struct mst_facts *facts, int kind, const char *attribute, const char *format, ...)
{
        struct mstc_fact_note *note;
        va_list args;

        va_start(args, format);
        note = add_about(facts, kind, attribute, format, args);
        va_end(args);
        if (note != NULL)
                note->lack = true;
}

/* --- from the descriptor ------------------------------------------------------------------ */

/* Rows of an older plugin are shorter; what they lack is zero. */
static void
take_table(struct mst_facts *facts, const void *table, size_t row_size)
{
        const char *row = table;
        struct mst_attribute attribute;

        if (table == NULL || row_size < sizeof attribute.name)
                return;
        for (;; row += row_size) {
                memset(&attribute, 0, sizeof attribute);
                memcpy(&attribute, row, row_size < sizeof attribute ? row_size : sizeof attribute);
                if (attribute.name == NULL)
                        return;
                mst_facts_attribute(facts, attribute.name, (enum mst_type)attribute.type,
                                    attribute.flags, attribute.longest);
        }
}

static struct mst_facts *
finish(struct mst_facts *facts)
{
        if (!facts->failed)
                return facts;
        mstc_facts_free(facts);
        return NULL;
}

struct mst_facts *
mstc_facts_of_source(const struct mst_plugin *plugin)
{
        struct mst_facts *facts = mstc_facts_new();

        if (facts == NULL)
                return NULL;
        facts->can = plugin->source_can;
        facts->in_flight = 1;
        take_table(facts, plugin->source_attributes, plugin->attribute_size);
        return finish(facts);
}

struct mst_facts *
mstc_facts_of_sink(const struct mst_plugin *plugin)
{
        struct mst_facts *facts = mstc_facts_new();

        if (facts == NULL)
                return NULL;
        facts->can = plugin->sink_can;
        facts->in_flight = plugin->sink_in_flight > 0 ? plugin->sink_in_flight : 1;
        facts->members = plugin->sink_members;
        take_table(facts, plugin->sink_attributes, plugin->attribute_size);
        return finish(facts);
}

/* --- the flat form -------------------------------------------------------------------------
 * Facts are kept as an object value in the records' flat form, so that there is one
 * format and one reader that hostile bytes must get past. */

static void
put_int(struct mst_record *record, struct mst_value *object, const char *name, int64_t number)
{
        mst_record_int(record, mst_record_member(record, object, name), number);
}

static void
put_text(struct mst_record *record, struct mst_value *object, const char *name, const char *text)
{
        if (text != NULL)
                mst_record_text(record, mst_record_member(record, object, name), text, strlen(text));
}

void
mstc_facts_flat(const struct mst_facts *facts, struct mstc_buffer *into)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *r = arena != NULL ? mstc_record_new(arena, MST_USER, "facts", 5) : NULL;
        struct mst_value *list, *item;

        mst_record_int(r, mst_record_put(r, "can"), facts->can);
        mst_record_int(r, mst_record_put(r, "find"), facts->find);
        mst_record_int(r, mst_record_put(r, "in-flight"), facts->in_flight);
        mst_record_int(r, mst_record_put(r, "members"), facts->members);
        if (facts->identity != NULL)
                mst_record_text(r, mst_record_put(r, "identity"), facts->identity,
                                strlen(facts->identity));
        mst_record_list(r, list = mst_record_put(r, "attributes"));
        for (size_t i = 0; i < facts->attribute_count; i++) {
                const struct mstc_fact_attribute *a = &facts->attributes[i];

                mst_record_object(r, item = mst_record_append(r, list));
                put_int(r, item, "flags", a->flags);
                put_int(r, item, "longest", a->longest);
                put_text(r, item, "name", a->name);
                put_int(r, item, "type", a->type);
        }
        mst_record_list(r, list = mst_record_put(r, "notes"));
        for (size_t i = 0; i < facts->note_count; i++) {
                mst_record_object(r, item = mst_record_append(r, list));
                mst_record_bool(r, mst_record_member(r, item, "bad"), facts->notes[i].bad);
                put_text(r, item, "text", facts->notes[i].text);
        }
        if (r == NULL || r->bad != NULL)
                into->failed = true;
        else
                mstc_record_flat(r, into);
        mst_arena_free(arena);
}

static uint32_t
get_number(const struct mst_value *value)
{
        int64_t number = mst_value_int(value);

        return number < 0 || number > UINT32_MAX ? 0 : (uint32_t)number;
}

static void
take_record(struct mst_facts *facts, const struct mst_record *r)
{
        const struct mst_value *list;

        facts->can = get_number(mst_record_get(r, "can"));
        facts->find = get_number(mst_record_get(r, "find"));
        facts->in_flight = get_number(mst_record_get(r, "in-flight"));
        facts->members = get_number(mst_record_get(r, "members"));
        if (mst_record_get(r, "identity") != NULL)
                mst_facts_identity(facts, mst_value_text(mst_record_get(r, "identity"), NULL));
        list = mst_record_get(r, "attributes");
        for (size_t i = 0; i < mst_value_count(list); i++) {
                const struct mst_value *a = mst_value_at(list, i);

                mst_facts_attribute(facts, mst_value_text(mst_value_member(a, "name"), NULL),
                                    (enum mst_type)get_number(mst_value_member(a, "type")),
                                    get_number(mst_value_member(a, "flags")),
                                    get_number(mst_value_member(a, "longest")));
        }
        list = mst_record_get(r, "notes");
        for (size_t i = 0; i < mst_value_count(list); i++) {
                const struct mst_value *note = mst_value_at(list, i);

                mst_facts_note(facts, mst_value_bool(mst_value_member(note, "bad")), "%s",
                               mst_value_text(mst_value_member(note, "text"), NULL));
        }
}

struct mst_facts *
mstc_facts_unflat(const void *bytes, size_t size)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_facts *facts = arena != NULL ? mstc_facts_new() : NULL;
        struct mst_record *r = NULL;
        struct mst_error err;

        if (facts != NULL && mstc_record_unflat(bytes, size, "facts", arena, &r, &err) == MST_OK)
                take_record(facts, r);
        mst_arena_free(arena);
        if (facts != NULL && r != NULL)
                return finish(facts);
        mstc_facts_free(facts);
        return NULL;
}
