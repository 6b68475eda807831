/* eval.c - the value of a tree for one record.
 *
 * Recursion goes as deep as the tree, which the parser bounds; there are no loops but
 * over what record and text hold, so every evaluation ends.  Values are pointed at
 * where they lie; only what functions make goes into the arena of the evaluation.
 *
 * In a rule, whatever fails makes the comparison around it false (settle() in
 * compare.c); in a mapping it makes the mapping fail.  Two things are told even by a
 * rule, since they say nothing of the data: memory that is out and a pattern that hit
 * its limit. */
#include "build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rules/eval.h"
#include "rules/filter.h"
#include "rules/function.h"
#include "util/utf8.h"

static const struct mst_value null_value = { .type = MST_NULL };

enum mstc_flow
mstc_run_fail(struct mstc_run *run, const char *format, ...)
{
        char text[512];
        va_list ap;

        /* In a rule nobody reads the reason: odd data is ordinary there. */
        if (run->rule && !run->broken)
                return MSTC_FAILED;
        va_start(ap, format);
        if (vsnprintf(text, sizeof text, format, ap) < 0)
                text[0] = '\0';
        va_end(ap);
        text[mstc_utf8_valid(text, strlen(text))] = '\0';
        run->eval->why = mst_arena_strdup(run->eval->arena, text);
        return run->eval->why != NULL ? MSTC_FAILED : mstc_run_memory(run);
}

enum mstc_flow
mstc_run_memory(struct mstc_run *run)
{
        run->broken = run->memory = true;
        run->eval->why = "out of memory";
        return MSTC_FAILED;
}

enum mstc_flow
mstc_run_spend(struct mstc_run *run, uint64_t work)
{
        run->work += work;
        if (run->work <= MSTC_WORK_MOST)
                return MSTC_VALUE;
        run->broken = true;
        return mstc_run_fail(run, "it takes too long on these values: simplify it");
}

enum mstc_flow
mstc_run_spend_text(struct mstc_run *run, const struct mst_value *value)
{
        bool lengthy = value->length > MSTC_WORK_SHORT && (value->type == MST_TEXT || value->type == MST_REF);

        return mstc_run_spend(run, MSTC_WORK_TEXT + (lengthy ? (uint64_t)value->length * MSTC_WORK_BYTE : 0));
}

const struct mst_value *
mstc_look_up(const struct mst_record *record, const char *name, bool exact, struct mst_value *room)
{
        const struct mst_value *value = mst_record_get(record, name);
        size_t length;

        if (value != NULL)
                return value;
        length = exact ? 0 : strlen(name);
        for (uint32_t i = 0; !exact && i < record->count; i++) {
                const char *other = record->fields[i].name;

                if ((other[0] | 0x20) == (name[0] | 0x20) && strcasecmp(other, name) == 0 &&
                    strlen(other) == length)
                        return &record->fields[i].value;
        }
        if (strcasecmp(name, "objectId") == 0 || strcasecmp(name, "id") == 0) {
                *room = mstc_value_text(record->id, strlen(record->id));
                return room;
        }
        return &null_value;
}

static const struct mst_value *
member(const struct mst_value *object, const char *name)
{
        if (object->type != MST_OBJECT)
                return NULL;
        for (uint32_t i = 0; i < object->length; i++)
                if (strcmp(object->as.members[i].name, name) == 0)
                        return &object->as.members[i].value;
        for (uint32_t i = 0; i < object->length; i++)
                if (strcasecmp(object->as.members[i].name, name) == 0)
                        return &object->as.members[i].value;
        return NULL;
}

/* Names are compared one by one. */
static enum mstc_flow
spend_members(struct mstc_run *run, const struct mst_value *object)
{
        return object->type == MST_OBJECT ? mstc_run_spend(run, (uint64_t)object->length * MSTC_WORK_ELEMENT) : MSTC_VALUE;
}

/* The members of that name of a list's objects, as a list. */
static enum mstc_flow
gather(struct mstc_run *run, const struct mst_value *list, const char *name, struct mst_value *room)
{
        struct mst_value *items;
        enum mstc_flow flow = mstc_run_spend(run, list->length * sizeof *items);
        uint32_t n = 0;

        if (flow != MSTC_VALUE)
                return flow;
        items = mst_arena_alloc(run->eval->arena, list->length * sizeof *items);
        if (items == NULL)
                return mstc_run_memory(run);
        for (uint32_t i = 0; i < list->length; i++) {
                const struct mst_value *one;

                flow = spend_members(run, &list->as.items[i]);
                if (flow != MSTC_VALUE)
                        return flow;
                one = member(&list->as.items[i], name);

                if (one != NULL && one->type != MST_NULL && one->type != MST_LIST)
                        items[n++] = *one;
        }
        *room = (struct mst_value){ .type = MST_LIST, .length = n, .as.items = items };
        return MSTC_VALUE;
}

/* Down the path of an attribute or element. */
static enum mstc_flow
follow(struct mstc_run *run, const struct mstc_node *node, const struct mst_value *value,
       struct mst_value *room, const struct mst_value **ret)
{
        for (uint32_t i = 0; i < node->path_count; i++) {
                bool list = value->type == MST_LIST;
                enum mstc_flow flow = list ? gather(run, value, node->path[i], room) : spend_members(run, value);
                const struct mst_value *next;

                if (flow != MSTC_VALUE)
                        return flow;
                if (list) {
                        value = room;
                        continue;
                }
                next = member(value, node->path[i]);
                /* An element of memberOf may be the id itself, or an object with it. */
                if (next == NULL && node->either_id && i == 0)
                        next = value->type == MST_TEXT || value->type == MST_REF ? value :
                               member(value, strcasecmp(node->path[0], "id") == 0 ? "objectId" : "id");
                value = next != NULL ? next : &null_value;
        }
        *ret = value;
        return MSTC_VALUE;
}

static enum mstc_flow
attribute(struct mstc_run *run, const struct mstc_node *node, struct mst_value *room, const struct mst_value **ret)
{
        const struct mst_value *value = run->values != NULL ? run->values[run->stride * run->map[node->attribute]] :
                                        mstc_look_up(run->record, node->name, node->exact, room);

        if (node->path_count > 0)
                return follow(run, node, value, room, ret);
        *ret = value;
        return MSTC_VALUE;
}

static enum mstc_flow
element(struct mstc_run *run, const struct mstc_node *node, struct mst_value *room, const struct mst_value **ret)
{
        const struct mstc_element *at = run->element;

        for (uint16_t level = node->level; level > 0 && at != NULL; level--)
                at = at->out;
        return follow(run, node, at != NULL ? at->value : &null_value, room, ret);
}

static enum mstc_flow
shift(struct mstc_run *run, const struct mstc_node *node, struct mst_value *ret)
{
        struct mst_value room;
        const struct mst_value *base;
        enum mstc_flow flow = mstc_run_refer(run, node->kids[0], &room, &base);
        int64_t date;

        if (flow != MSTC_VALUE)
                return flow;
        *ret = null_value;
        if (base->type == MST_NULL)
                return MSTC_VALUE;
        if (!mstc_value_instant(base, &date))
                return mstc_run_fail(run, "-plus and -minus need a date");
        for (uint32_t i = 0; i < node->shift_count; i++)
                if (!mstc_date_shift(date, node->shifts[i].months, node->shifts[i].ticks, &date))
                        return mstc_run_fail(run, "the date leaves the years 1 to 9999");
        *ret = mstc_value_date(date);
        return MSTC_VALUE;
}

static enum mstc_flow
concat(struct mstc_run *run, const struct mstc_node *node, struct mst_value *ret)
{
        struct mstc_buffer text = { 0 };
        enum mstc_flow flow = MSTC_VALUE;
        const char *copy = NULL;
        size_t total;

        for (uint32_t i = 0; i < node->count && flow == MSTC_VALUE; i++) {
                char form[MSTC_TEXT_ROOM];
                struct mst_value room;
                const struct mst_value *one;
                const char *piece;
                size_t length;

                flow = mstc_run_refer(run, node->kids[i], &room, &one);
                if (flow != MSTC_VALUE || one->type == MST_NULL)
                        continue;
                if (mstc_value_text_form(one, form, &piece, &length)) {
                        mstc_buffer_add(&text, piece, length);
                        flow = mstc_run_spend(run, length * MSTC_WORK_BYTE);
                } else
                        flow = mstc_run_fail(run, "& joins single values, found a %s",
                                             one->type == MST_LIST ? "list" : "structured value");
        }
        total = text.length;
        if (flow == MSTC_VALUE && mstc_buffer_ok(&text))
                copy = mst_arena_strndup(run->eval->arena, mstc_buffer_cstr(&text), total);
        mstc_buffer_done(&text);
        if (flow == MSTC_VALUE && copy == NULL)
                return mstc_run_memory(run);
        if (flow == MSTC_VALUE)
                *ret = mstc_value_text(copy, total);
        return flow;
}

/* A call, for each element of its first argument where the function takes lists so. */
static enum mstc_flow
carry_out(struct mstc_run *run, const struct mstc_node *node, struct mst_value *ret)
{
        struct mstc_call c = { .run = run, .node = node };
        uint32_t flags = node->function->flags;
        struct mst_value first, *items;
        enum mstc_flow flow;

        if ((flags & (MSTC_FN_EACH | MSTC_FN_NULL)) == 0)
                return node->function->call(&c, ret);
        flow = mstc_arg_value(&c, 0, &first);
        if (flow != MSTC_VALUE)
                return flow;
        c.first = &first;
        *ret = null_value;
        if (first.type == MST_NULL && (flags & MSTC_FN_NULL) != 0)
                return MSTC_VALUE;
        if (first.type != MST_LIST || (flags & MSTC_FN_EACH) == 0)
                return node->function->call(&c, ret);
        flow = mstc_run_spend(run, first.length * sizeof *items);
        if (flow != MSTC_VALUE)
                return flow;
        items = mst_arena_alloc(run->eval->arena, first.length * sizeof *items);
        if (items == NULL)
                return mstc_run_memory(run);
        for (uint32_t i = 0; i < first.length; i++) {
                items[i] = null_value;
                c.first = &first.as.items[i];
                if (c.first->type == MST_NULL && (flags & MSTC_FN_NULL) != 0)
                        continue;
                flow = node->function->call(&c, &items[i]);
                if (flow != MSTC_VALUE)
                        return flow;
        }
        *ret = (struct mst_value){ .type = MST_LIST, .length = first.length, .as.items = items };
        return MSTC_VALUE;
}

static enum mstc_flow
call(struct mstc_run *run, const struct mstc_node *node, struct mst_value *ret)
{
        enum mstc_flow flow = mstc_run_spend(run, MSTC_WORK_TEXT);

        if (flow != MSTC_VALUE)
                return flow;
        run->inside++;
        flow = carry_out(run, node, ret);
        run->inside--;
        return flow;
}

enum mstc_flow
mstc_run_refer(struct mstc_run *run, const struct mstc_node *node, struct mst_value *room,
               const struct mst_value **ret)
{
        switch (node->kind) {
        case MSTC_NODE_CONSTANT:
                *ret = &node->constant->value;
                return MSTC_VALUE;
        case MSTC_NODE_ATTRIBUTE:
                return attribute(run, node, room, ret);
        case MSTC_NODE_ELEMENT:
                return element(run, node, room, ret);
        default:
                *ret = room;
                return mstc_run_value(run, node, room);
        }
}

enum mstc_flow
mstc_run_value(struct mstc_run *run, const struct mstc_node *node, struct mst_value *ret)
{
        const struct mst_value *at;
        enum mstc_flow flow;
        bool is = false;

        switch (node->kind) {
        case MSTC_NODE_CONSTANT:
        case MSTC_NODE_ATTRIBUTE:
        case MSTC_NODE_ELEMENT:
                flow = mstc_run_refer(run, node, ret, &at);
                if (flow == MSTC_VALUE && at != ret)
                        *ret = *at;
                return flow;
        case MSTC_NODE_NOW:
                *ret = mstc_value_date(run->eval->now);
                return MSTC_VALUE;
        case MSTC_NODE_SHIFT:
                return shift(run, node, ret);
        case MSTC_NODE_CONCAT:
                return concat(run, node, ret);
        case MSTC_NODE_CALL:
                return call(run, node, ret);
        case MSTC_NODE_IGNORE:
                return node->all ? MSTC_IGNORE_OBJECT : MSTC_IGNORE_ATTRIBUTE;
        case MSTC_NODE_COMPARISON:
                *ret = mstc_value_int(node->all);
                return MSTC_VALUE;
        case MSTC_NODE_ABSENT:
                *ret = null_value;
                return MSTC_VALUE;
        default:
                flow = mstc_run_test(run, node, &is);
                *ret = mstc_value_bool(is);
                return flow;
        }
}

/* A call as a condition: true, false, or what says so. */
static enum mstc_flow
call_test(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        struct mst_value value;
        enum mstc_flow flow = mstc_run_value(run, node, &value);

        *ret = false;
        if (flow == MSTC_VALUE) {
                if (value.type == MST_BOOL)
                        *ret = value.as.is;
                else if (value.type != MST_NULL)
                        flow = mstc_run_fail(run, "%s: expected true or false as a condition", node->name);
        }
        return run->rule ? MSTC_VALUE : flow;
}

static enum mstc_flow test(struct mstc_run *run, const struct mstc_node *node, bool *ret);

static enum mstc_flow
quantifier(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        struct mst_value room;
        const struct mst_value *list;
        struct mstc_element at = { .out = run->element };
        enum mstc_flow flow = mstc_run_refer(run, node->kids[0], &room, &list);
        size_t count = flow == MSTC_VALUE ? mstc_value_elements(list) : 0;
        bool is = node->all;

        run->element = &at;
        for (size_t i = 0; i < count && flow == MSTC_VALUE && is == node->all && !run->broken; i++) {
                at.value = mstc_value_element(list, i);
                flow = mstc_run_spend(run, MSTC_WORK_ELEMENT);
                if (flow == MSTC_VALUE)
                        flow = test(run, node->kids[1], &is);
        }
        run->element = at.out;
        *ret = is;
        return flow;
}

static enum mstc_flow
reports(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        struct mst_value room;
        const struct mst_value *manager, *id;
        enum mstc_flow flow = attribute(run, node->kids[0], &room, &manager);

        if (flow != MSTC_VALUE)
                return flow;
        id = manager;
        if (manager->type == MST_OBJECT && (id = member(manager, "objectId")) == NULL)
                id = member(manager, "id");
        *ret = false;
        return id == NULL || (id->type != MST_TEXT && id->type != MST_REF) ? MSTC_VALUE :
               mstc_compare_constant(run, MSTC_OP_EQ, id, false, node->constant, ret);
}

static enum mstc_flow
clause(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        const struct mst_value *value;
        struct mst_value room;
        enum mstc_flow flow = mstc_run_refer(run, node->kids[0], &room, &value);

        if (flow == MSTC_VALUE)
                flow = mstc_run_spend(run, mstc_value_weight(value));
        *ret = flow == MSTC_VALUE && mstc_clause_test(node->clause, value, &run->work, run->eval);
        if (flow == MSTC_VALUE && run->eval->why != NULL)
                run->broken = true;
        return flow;
}

static enum mstc_flow
all_or_any(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        enum mstc_flow flow = MSTC_VALUE;

        *ret = node->kind == MSTC_NODE_AND;
        for (uint32_t i = 0; i < node->count && flow == MSTC_VALUE && !run->broken &&
             *ret == (node->kind == MSTC_NODE_AND); i++)
                flow = test(run, node->kids[i], ret);
        return flow;
}

static enum mstc_flow
condition(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        switch (node->kind) {
        case MSTC_NODE_COMPARE:
                return mstc_compare(run, node, ret);
        case MSTC_NODE_IN:
                return mstc_compare_in(run, node, ret);
        case MSTC_NODE_QUANTIFIER:
                return quantifier(run, node, ret);
        case MSTC_NODE_REPORTS:
                return reports(run, node, ret);
        case MSTC_NODE_CLAUSE:
                return clause(run, node, ret);
        case MSTC_NODE_CALL:
                return call_test(run, node, ret);
        default:
                *ret = false;
                return mstc_run_fail(run, "expected a condition");
        }
}

/* What takes little outside of -any, -all and calls is not counted. */
static enum mstc_flow
test(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        uint64_t before = run->work;
        enum mstc_flow flow;

        if (node->kind == MSTC_NODE_AND || node->kind == MSTC_NODE_OR)
                return all_or_any(run, node, ret);
        if (node->kind == MSTC_NODE_NOT) {
                flow = test(run, node->kids[0], ret);
                *ret = !*ret;
                return flow;
        }
        flow = condition(run, node, ret);
        if (run->element == NULL && run->inside == 0 && run->work - before <= MSTC_WORK_LITTLE)
                run->work = before;
        return flow;
}

enum mstc_flow
mstc_run_test(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        if (run->element == NULL && run->inside == 0)
                run->work = run->before;
        return test(run, node, ret);
}
