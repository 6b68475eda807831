/* filter.c - scoping filters as Entra's provisioning knows them (section 11).
 *
 * Text is compared exactly, and an empty attribute is in no clause but IS NULL; both
 * differ from rules, so a clause is a condition of its own; what is around it is a rule like
 * any other, so that scopes are planned, explained and compared in one way. */
#include "build.h"
#include "rules/filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rules/eval.h"
#include "rules/lex.h"
#include "rules/regex.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/utf8.h"

enum test { EQUALS, ENDS_WITH, INCLUDES, GREATER, GREATER_EQUAL, IS_TRUE, IS_FALSE, IS_NULL, MATCHES, WITHIN };

static const struct operator {
        const char *name;                    /* blanks and underscores are the same     */
        enum test test;
        bool negative, value;
} operators[] = {
        { "EQUALS", EQUALS, false, true }, { "NOT EQUALS", EQUALS, true, true },
        { "ENDS_WITH", ENDS_WITH, false, true }, { "INCLUDES", INCLUDES, false, true },
        { "GREATER_THAN", GREATER, false, true }, { "GREATER_THAN_OR_EQUALS", GREATER_EQUAL, false, true },
        { "IS TRUE", IS_TRUE, false, false }, { "IS FALSE", IS_FALSE, false, false },
        { "IS NULL", IS_NULL, false, false }, { "IS NOT NULL", IS_NULL, true, false },
        { "REGEX MATCH", MATCHES, false, true }, { "NOT REGEX MATCH", MATCHES, true, true },
        { "&", WITHIN, false, true }, { "!&", WITHIN, true, true },
};

struct mstc_clause {
        const struct operator *operator;
        char *attribute, *value;
        int64_t number;
        struct mstc_regex *regex;
        const char *doubt;                   /* of the pattern, or NULL; lasts for ever */
        uint32_t offset, length;             /* in the text of mstc_filter_say()       */
        struct mstc_clause *next;
};

struct filter {
        struct mstc_clause *clauses;
        struct filter *next;
};

struct mstc_filter {
        struct filter *filters;              /* the last one begun is first            */
};

struct mstc_filter *
mstc_filter_new(void)
{
        return mstc_alloc(sizeof(struct mstc_filter));
}

static void
free_clause(struct mstc_clause *clause)
{
        if (clause == NULL)
                return;
        mstc_regex_free(clause->regex);
        mstc_free(clause->attribute);
        mstc_free(clause->value);
        mstc_free(clause);
}

void
mstc_filter_free(struct mstc_filter *filters)
{
        while (filters != NULL && filters->filters != NULL) {
                struct filter *filter = filters->filters;

                while (filter->clauses != NULL) {
                        struct mstc_clause *next = filter->clauses->next;

                        free_clause(filter->clauses);
                        filter->clauses = next;
                }
                filters->filters = filter->next;
                mstc_free(filter);
        }
        mstc_free(filters);
}

bool
mstc_filter_begin(struct mstc_filter *filters)
{
        struct filter *new = mstc_alloc(sizeof *new);

        if (new == NULL)
                return false;
        new->next = filters->filters;
        filters->filters = new;
        return true;
}

static bool
same_name(const char *a, const char *b)
{
        for (; *a != '\0' && *b != '\0'; a++, b++) {
                char x = *a == '_' ? ' ' : *a, y = *b == '_' ? ' ' : *b;

                if (strncasecmp(&x, &y, 1) != 0)
                        return false;
        }
        return *a == *b;
}

/* Sets '*why'; always false. */
static bool complain(const char **why, struct mst_arena *arena, const char *format, ...) MST_PRINTF(3, 4);

static bool
complain(const char **why, struct mst_arena *arena, const char *format, ...)
{
        char text[512];
        va_list ap;

        va_start(ap, format);
        if (vsnprintf(text, sizeof text, format, ap) < 0)
                text[0] = '\0';
        va_end(ap);
        text[mstc_utf8_valid(text, strlen(text))] = '\0';
        *why = mst_arena_strdup(arena, text);
        if (*why == NULL)
                *why = "out of memory";
        return false;
}

/* Operator and value fit together; fills in what they need. */
static bool
settle(struct mstc_clause *clause, const char *operator_name, const char *value, struct mst_arena *arena, const char **why)
{
        struct mst_value number;
        const char *reason;
        size_t offset;

        for (size_t i = 0; i < sizeof operators / sizeof *operators && clause->operator == NULL; i++)
                if (same_name(operators[i].name, operator_name))
                        clause->operator = &operators[i];
        if (clause->operator == NULL)
                return complain(why, arena, "unknown operator '%s': expected EQUALS, NOT EQUALS, ENDS_WITH, INCLUDES, "
                                "GREATER_THAN, GREATER_THAN_OR_EQUALS, IS TRUE, IS FALSE, IS NULL, IS NOT NULL, "
                                "REGEX MATCH, NOT REGEX MATCH, & or !&", operator_name);
        if (clause->operator->value != (value != NULL && value[0] != '\0') &&
            (clause->operator->test != EQUALS || value == NULL))
                return complain(why, arena, "%s %s", clause->operator->name,
                                clause->operator->value ? "needs a value" : "takes no value");
        if (clause->operator->test == GREATER || clause->operator->test == GREATER_EQUAL) {
                if (!mstc_number_parse(value, strlen(value), &number) || number.type != MST_INT)
                        return complain(why, arena, "expected a whole number, found '%s'", value);
                clause->number = number.as.number;
        }
        if (clause->operator->test == MATCHES) {
                clause->regex = mstc_regex_new(value, strlen(value), false, arena, &reason, &offset,
                                               &clause->doubt);
                if (clause->regex == NULL)
                        return complain(why, arena, "bad pattern: %s", reason);
        }
        return true;
}

bool
mstc_filter_clause(struct mstc_filter *filters, const char *attribute, const char *operator_name,
                   const char *value, struct mst_arena *arena, const char **why)
{
        struct mstc_clause *new, **at;

        *why = "out of memory";
        if (value != NULL && mstc_utf8_valid(value, strlen(value)) < strlen(value)) {
                *why = "the value is not UTF-8";
                return false;
        }
        if (filters->filters == NULL) {
                *why = "a clause must stand in a filter";
                return false;
        }
        if (attribute[0] == '\0') {
                *why = "the attribute has no name";
                return false;
        }
        new = mstc_alloc(sizeof *new);
        if (new == NULL)
                return false;
        new->attribute = mstc_strdup(attribute);
        new->value = mstc_strdup(value != NULL ? value : "");
        if (new->attribute == NULL || new->value == NULL ||
            !settle(new, operator_name, value, arena, why)) {
                free_clause(new);
                return false;
        }
        for (at = &filters->filters->clauses; *at != NULL; at = &(*at)->next)
                ;
        *at = new;
        *why = NULL;
        return true;
}

bool
mstc_filter_check(const struct mstc_filter *filters, const char **why)
{
        *why = NULL;
        for (const struct filter *filter = filters->filters; filter != NULL; filter = filter->next)
                if (filter->clauses == NULL)
                        *why = "a filter without clauses would let nobody or everybody in: add a clause";
        return *why == NULL;
}

/* The positive form, of one value that is there. */
static bool
test_one(const struct mstc_clause *clause, const struct mst_value *value, uint64_t *work, struct mstc_eval *eval)
{
        char room[MSTC_TEXT_ROOM];
        size_t length, n = strlen(clause->value);
        const char *text;
        struct mst_value number;

        if (!mstc_value_text_form(value, room, &text, &length))
                return false;
        switch (clause->operator->test) {
        case EQUALS:
                return length == n && memcmp(text, clause->value, n) == 0;
        case ENDS_WITH:
                return length >= n && memcmp(text + length - n, clause->value, n) == 0;
        case INCLUDES:
                return memmem(text, length, clause->value, n) != NULL;
        case GREATER:
        case GREATER_EQUAL:
                return mstc_value_number(value, &number) && number.type == MST_INT &&
                       (clause->operator->test == GREATER ? number.as.number > clause->number :
                        number.as.number >= clause->number);
        case IS_TRUE:
                return length == 4 && strncasecmp(text, "true", 4) == 0;
        case IS_FALSE:
                return length == 5 && strncasecmp(text, "false", 5) == 0;
        case MATCHES:
                return mstc_regex_search(clause->regex, text, length, 0, NULL, 0, work, MSTC_WORK_MOST, &eval->why) > 0;
        case WITHIN:
                return length > 0 && memmem(clause->value, n, text, length) != NULL;
        default:
                return false;
        }
}

/* A list with nothing in it counts as empty, and so does null or "". */
bool
mstc_clause_test(const struct mstc_clause *clause, const struct mst_value *value, uint64_t *work,
                 struct mstc_eval *eval)
{
        bool empty = mstc_value_elements(value) == 0 ||
                     ((value->type == MST_TEXT || value->type == MST_REF) && value->length == 0);
        bool found = false;

        if (clause->operator->test == IS_NULL)
                return empty != clause->operator->negative;
        if (empty)
                return false;
        eval->why = NULL;
        for (size_t i = 0; i < mstc_value_elements(value) && !found && eval->why == NULL; i++)
                found = test_one(clause, mstc_value_element(value, i), work, eval);
        return found != clause->operator->negative && eval->why == NULL;
}

/* A pattern is found anywhere; people who write ten or twenty mean the whole value. */
const char *
mstc_clause_doubt(const struct mstc_clause *clause, const char **remedy)
{
        size_t length = strlen(clause->value);

        *remedy = NULL;
        if (clause->regex == NULL || clause->doubt != NULL)
                return clause->doubt;
        if (clause->value[0] == '^' || (length > 0 && clause->value[length - 1] == '$'))
                return NULL;
        *remedy = "write ^ at its beginning and $ at its end for the whole value, INCLUDES for a plain part";
        return "the pattern is found anywhere in the value";
}

static bool
test_clause(const struct mstc_clause *clause, const struct mst_record *record, uint64_t *work,
            struct mstc_eval *eval)
{
        struct mst_value room;

        return mstc_clause_test(clause, mstc_look_up(record, clause->attribute, false, &room), work, eval);
}

bool
mstc_filter_test(const struct mstc_filter *filters, const struct mst_record *record, struct mstc_eval *eval)
{
        uint64_t work = 0;

        for (const struct filter *filter = filters->filters; filter != NULL; filter = filter->next) {
                const struct mstc_clause *clause = filter->clauses;

                while (clause != NULL && test_clause(clause, record, &work, eval))
                        clause = clause->next;
                if (clause == NULL && filter->clauses != NULL)
                        return true;
        }
        return filters->filters == NULL;
}

/* ---- as a rule ---- */

static size_t
depth_of(const struct mstc_filter *filters)
{
        size_t count = 0;

        for (const struct filter *filter = filters->filters; filter != NULL; filter = filter->next)
                count++;
        return count;
}

/* The filter that was begun as number 'index'. */
static struct filter *
filter_at(const struct mstc_filter *filters, size_t index)
{
        struct filter *filter = filters->filters;

        for (size_t i = depth_of(filters); i > index + 1 && filter != NULL; i--)
                filter = filter->next;
        return filter;
}

void
mstc_filter_say(struct mstc_filter *filters, struct mstc_buffer *into)
{
        for (size_t i = 0; i < depth_of(filters); i++) {
                mstc_buffer_text(into, i > 0 ? " or " : "");
                for (struct mstc_clause *clause = filter_at(filters, i)->clauses; clause != NULL; clause = clause->next) {
                        clause->offset = (uint32_t)into->length;
                        mstc_buffer_printf(into, "%s %s", clause->attribute, clause->operator->name);
                        if (clause->operator->value) {
                                mstc_buffer_text(into, " \"");
                                mstc_escape_json_into(into, clause->value, strlen(clause->value));
                                mstc_buffer_char(into, '"');
                        }
                        clause->length = (uint32_t)into->length - clause->offset;
                        mstc_buffer_text(into, clause->next != NULL ? " and " : "");
                }
        }
}

static struct mstc_node *
new_node(struct mst_arena *arena, enum mstc_node_kind kind, size_t kids)
{
        struct mstc_node *node = mst_arena_alloc(arena, sizeof *node);
        struct mstc_node **list = mst_arena_alloc(arena, (kids + 1) * sizeof(struct mstc_node *));

        if (node == NULL || list == NULL)
                return NULL;
        *node = (struct mstc_node){ .kind = (uint8_t)kind, .kids = list };
        return node;
}

static struct mstc_node *
clause_tree(const struct mstc_clause *clause, struct mst_arena *arena)
{
        struct mstc_node *node = new_node(arena, MSTC_NODE_CLAUSE, 1);
        struct mstc_node *attribute = node != NULL ? new_node(arena, MSTC_NODE_ATTRIBUTE, 0) : NULL;

        if (attribute == NULL)
                return NULL;
        attribute->name = mst_arena_strdup(arena, clause->attribute);
        attribute->offset = clause->offset;
        attribute->length = (uint32_t)strlen(clause->attribute);
        node->offset = clause->offset;
        node->length = clause->length;
        node->clause = clause;
        node->kids[node->count++] = attribute;
        return attribute->name != NULL ? node : NULL;
}

/* One kid stands for itself. */
static struct mstc_node *
only(struct mstc_node *node)
{
        if (node->count == 1)
                return node->kids[0];
        if (node->count > 1) {
                const struct mstc_node *last = node->kids[node->count - 1];

                node->offset = node->kids[0]->offset;
                node->length = last->offset + last->length - node->offset;
        }
        return node;
}

static struct mstc_node *
filter_tree(const struct filter *filter, struct mst_arena *arena)
{
        struct mstc_node *node;
        size_t count = 0;

        for (const struct mstc_clause *clause = filter->clauses; clause != NULL; clause = clause->next)
                count++;
        node = new_node(arena, MSTC_NODE_AND, count);
        for (const struct mstc_clause *clause = filter->clauses; clause != NULL && node != NULL; clause = clause->next) {
                node->kids[node->count] = clause_tree(clause, arena);
                if (node->kids[node->count++] == NULL)
                        return NULL;
        }
        return node != NULL ? only(node) : NULL;
}

struct mstc_node *
mstc_filter_tree(const struct mstc_filter *filters, struct mst_arena *arena)
{
        size_t count = depth_of(filters);
        struct mstc_node *node = new_node(arena, MSTC_NODE_OR, count);

        for (size_t i = 0; i < count && node != NULL; i++) {
                node->kids[node->count] = filter_tree(filter_at(filters, i), arena);
                if (node->kids[node->count++] == NULL)
                        return NULL;
        }
        return node != NULL ? only(node) : NULL;
}
