/* test-read.c - what <muster/test.h> reads of the things that a connector has filled. */
#include "build.h"

#include <muster/test.h>

#include <string.h>

#include "sdk/facts.h"
#include "sdk/op.h"
#include "sdk/page.h"
#include "sdk/search.h"

/* --- facts --------------------------------------------------------------------------- */

const char *
mst_test_facts_identity(const struct mst_facts *facts)
{
        return facts->identity;
}

uint32_t
mst_test_facts_can(const struct mst_facts *facts)
{
        return facts->can;
}

uint32_t
mst_test_facts_limit(const struct mst_facts *facts, enum mst_limit what)
{
        switch (what) {
        case MST_LIMIT_MEMBERS:   return facts->members;
        case MST_LIMIT_IN_FLIGHT: return facts->in_flight;
        case MST_LIMIT_FIND:      return facts->find;
        }
        return 0;
}

bool
mst_test_facts_attribute(const struct mst_facts *facts, enum mst_kind kind, const char *name,
                         enum mst_type *type, uint32_t *flags)
{
        const struct mstc_fact_attribute *a = mstc_facts_find(facts, kind, name);

        if (a == NULL)
                return false;
        if (type != NULL)
                *type = a->type;
        if (flags != NULL)
                *flags = a->flags;
        return true;
}

const char *
mst_test_facts_note(const struct mst_facts *facts, size_t index, bool *bad)
{
        if (index >= facts->note_count)
                return NULL;
        if (bad != NULL)
                *bad = facts->notes[index].bad;
        return facts->notes[index].text;
}

/* --- pages ------------------------------------------------------------------------------ */

void
mst_test_page_reset(struct mst_page *page)
{
        mstc_page_reset(page);
}

bool
mst_test_page_ended(const struct mst_page *page)
{
        return page->ended;
}

bool
mst_test_page_is_complete(const struct mst_page *page)
{
        return page->complete;
}

const char *
mst_test_page_cursor(const struct mst_page *page)
{
        return page->cursor;
}

size_t
mst_test_page_count(const struct mst_page *page)
{
        return page->count;
}

enum mst_test_what
mst_test_page_what(const struct mst_page *page, size_t index)
{
        if (index >= page->count)
                return MST_TEST_NONE;
        switch (page->items[index].what) {
        case MSTC_WHOLE:     return MST_TEST_WHOLE;
        case MSTC_PATCH:     return MST_TEST_PATCH;
        case MSTC_GONE_SOFT: return MST_TEST_GONE_SOFT;
        case MSTC_GONE_HARD: return MST_TEST_GONE_HARD;
        case MSTC_OUTSIDE:   return MST_TEST_OUTSIDE;
        case MSTC_OBJECT:    return MST_TEST_OBJECT;
        case MSTC_PRESENT:   return MST_TEST_PRESENT;
        }
        return MST_TEST_NONE;
}

const struct mst_record *
mst_test_page_record(const struct mst_page *page, size_t index)
{
        return index < page->count ? page->items[index].record : NULL;
}

const struct mst_record *
mst_test_page_find(const struct mst_page *page, const char *id)
{
        for (size_t i = 0; i < page->count; i++) {
                const struct mstc_item *item = &page->items[i];

                if ((item->what == MSTC_WHOLE || item->what == MSTC_PATCH || item->what == MSTC_OBJECT) &&
                    strcmp(item->record->id, id) == 0)
                        return item->record;
        }
        return NULL;
}

const char *
mst_test_page_name(const struct mst_page *page, size_t index)
{
        return index < page->count ? page->items[index].name : NULL;
}

const char *
mst_test_page_stamp(const struct mst_page *page, size_t index)
{
        return index < page->count ? page->items[index].stamp : NULL;
}

bool
mst_test_page_all(const struct mst_page *page, enum mst_kind kind)
{
        return page->all[kind == MST_GROUP];
}

const char *
mst_test_page_bad(const struct mst_page *page, size_t index)
{
        return index < page->complaint_count ? page->complaints[index] : NULL;
}

const char *
mst_test_page_member(const struct mst_page *page, size_t index, enum mst_kind *kind, const char **member,
                     bool *joins)
{
        const struct mstc_told *told = index < page->told_count ? &page->told[index] : NULL;

        if (told == NULL)
                return NULL;
        *kind = told->kind;
        *member = told->member;
        *joins = told->joins;
        return told->group;
}

/* --- searches ------------------------------------------------------------------------------ */

bool
mst_test_ask_stamp(struct mst_search *search, enum mst_kind kind, const char *stamp)
{
        struct mst_query *query = mstc_search_add(search, kind);

        return query != NULL && mstc_query_by_stamp(query, stamp);
}

bool
mst_test_ask_object(struct mst_search *search, enum mst_kind kind, const char *object)
{
        struct mst_query *query = mstc_search_add(search, kind);

        return query != NULL && mstc_query_by_object(query, object);
}

bool
mst_test_ask_text(struct mst_search *search, enum mst_kind kind, const char *attribute, const char *text)
{
        struct mst_value value = mstc_value_text(text, strlen(text));
        struct mst_query *query = mstc_search_add(search, kind);

        return query != NULL && mstc_query_by_value(query, attribute, &value);
}

const struct mst_record *
mst_test_found(const struct mst_query *query, size_t index)
{
        return index < query->found_count ? query->found[index].record : NULL;
}

const char *
mst_test_found_name(const struct mst_query *query, size_t index)
{
        return index < query->found_count ? query->found[index].name : NULL;
}

const char *
mst_test_found_stamp(const struct mst_query *query, size_t index)
{
        return index < query->found_count ? query->found[index].stamp : NULL;
}

/* --- ops -------------------------------------------------------------------------------------- */

enum mst_outcome
mst_test_outcome(const struct mst_op *op)
{
        return op->outcome;
}

const struct mst_error *
mst_test_why(const struct mst_op *op)
{
        return &op->why;
}

const char *
mst_test_new_object(const struct mst_op *op)
{
        return op->new_object;
}

const char *
mst_test_new_name(const struct mst_op *op)
{
        return op->new_name;
}

const char *
mst_test_new_version(const struct mst_op *op)
{
        return op->new_version;
}

enum mst_outcome
mst_test_member_outcome(const struct mst_op *op, size_t index, const char **why)
{
        bool told = index < op->member_count && op->members[index].outcome != (enum mst_outcome)0;

        if (why != NULL)
                *why = told ? op->members[index].why : op->why.text;
        return told ? op->members[index].outcome : op->outcome;
}
