/* replace.c - Replace(), whose seven places select one of five modes (10.4).
 *
 * Substitution follows .NET: tokens that mean nothing stay as text, and after a match
 * of nothing the search goes on one character later. */
#include "build.h"

#include <string.h>

#include "rules/fold.h"
#include "rules/function.h"
#include "rules/regex.h"

enum { SOURCE, OLD, PATTERN, GROUP, VALUE, ATTRIBUTE, TEMPLATE };

enum mode {
        PLAIN = 1 << OLD | 1 << VALUE,
        INTO_TEMPLATE = 1 << OLD | 1 << TEMPLATE,
        BY_PATTERN = 1 << PATTERN | 1 << VALUE,
        BY_GROUP = 1 << PATTERN | 1 << GROUP | 1 << VALUE,
        FROM_ATTRIBUTE = 1 << PATTERN | 1 << GROUP | 1 << ATTRIBUTE
};

static unsigned
mode_of(const struct mstc_node *node)
{
        unsigned mode = 0;

        for (uint32_t i = OLD; i <= TEMPLATE && i < node->count; i++)
                if (node->kids[i]->kind != MSTC_NODE_ABSENT)
                        mode |= 1u << i;
        return mode;
}

/* A constant pattern is compiled with the expression. */
static void
compile_pattern(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings)
{
        const struct mstc_node *at = node->kids[PATTERN];
        const struct mst_value *pattern = mstc_arg_constant(node, PATTERN), *group;
        const char *why, *doubt;
        struct mstc_regex *regex;
        size_t offset;

        if (pattern == NULL || pattern->type != MST_TEXT)
                return;
        regex = mstc_regex_new(pattern->as.text, pattern->length, false, findings->arena, &why, &offset, &doubt);
        if (regex == NULL) {
                mstc_found_error(findings, at->offset, at->length, NULL, "Replace: bad pattern %s: %s",
                                 mstc_found_quote(findings, at->offset, at->length), why);
                return;
        }
        mstc_regex_link(regex, &expr->regexes);
        node->regex = regex;
        if (doubt != NULL)
                mstc_found_warning(findings, at->offset, at->length, NULL, "Replace: %s", doubt);
        group = mstc_arg_constant(node, GROUP);
        if (group != NULL && group->type == MST_TEXT &&
            mstc_regex_group(regex, group->as.text, group->length) < 0)
                mstc_found_error(findings, node->kids[GROUP]->offset, node->kids[GROUP]->length, NULL,
                                 "Replace: the pattern has no group '%s'", group->as.text);
}

void
mstc_check_replace(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings)
{
        const struct mst_value *old = mstc_arg_constant(node, OLD);

        switch (mode_of(node)) {
        case PLAIN:
        case INTO_TEMPLATE:
                if (old != NULL && (old->type == MST_NULL || (old->type == MST_TEXT && old->length == 0)))
                        mstc_found_error(findings, node->kids[OLD]->offset, node->kids[OLD]->length, NULL,
                                         "Replace: the text to be replaced is empty");
                break;
        case BY_PATTERN:
        case BY_GROUP:
        case FROM_ATTRIBUTE:
                compile_pattern(node, expr, findings);
                break;
        default:
                mstc_found_error(findings, node->offset, node->length,
                                 "give oldValue with replacementValue or template; regexPattern with "
                                 "replacementValue, alone or with regexGroupName; or regexPattern, "
                                 "regexGroupName and replacementAttributeName",
                                 "Replace: these arguments do not go together: expected source, oldValue, "
                                 "regexPattern, regexGroupName, replacementValue, replacementAttributeName, template");
        }
}

/* Every 'old' in 'text' becomes 'new'. */
static enum mstc_flow
replace_plain(struct mstc_run *run, struct mstc_buffer *into, const struct mst_value *text,
              const struct mst_value *old, const struct mst_value *new)
{
        const char *at = text->as.text, *end = at + text->length, *hit;
        enum mstc_flow flow = MSTC_VALUE;

        while (flow == MSTC_VALUE &&
               (hit = memmem(at, (size_t)(end - at), old->as.text, old->length)) != NULL) {
                mstc_buffer_add(into, at, (size_t)(hit - at));
                mstc_buffer_add(into, new->as.text, new->length);
                at = hit + old->length;
                flow = mstc_run_spend(run, MSTC_WORK_ELEMENT + new->length * MSTC_WORK_BYTE);
        }
        mstc_buffer_add(into, at, (size_t)(end - at));
        return flow;
}

/* What a pattern finds in a text, one match after the other. */
struct search {
        const struct mstc_regex *regex;
        const struct mst_value *text;
        struct mstc_span *spans;
        size_t count, at;
};

static void
add_group(struct mstc_buffer *into, const struct search *search, size_t group)
{
        const struct mstc_span *span = &search->spans[group];

        if (span->from != SIZE_MAX)
                mstc_buffer_add(into, search->text->as.text + span->from, span->to - span->from);
}

/* A token at '$' (text[0]); returns its length, 0 when it is none. */
static size_t
token(struct mstc_buffer *into, const struct search *search, const char *text, size_t length)
{
        const struct mstc_span *whole = &search->spans[0];
        size_t n = 1;
        int group;

        if (length < 2)
                return 0;
        switch (text[1]) {
        case '$':
                mstc_buffer_char(into, '$');
                return 2;
        case '&':
                add_group(into, search, 0);
                return 2;
        case '`':
                mstc_buffer_add(into, search->text->as.text, whole->from);
                return 2;
        case '\'':
                mstc_buffer_add(into, search->text->as.text + whole->to, search->text->length - whole->to);
                return 2;
        case '_':
                mstc_buffer_add(into, search->text->as.text, search->text->length);
                return 2;
        case '+':
                add_group(into, search, search->count - 1);
                return 2;
        case '{':
                while (++n < length && text[n] != '}')
                        ;
                group = n < length ? mstc_regex_group(search->regex, text + 2, n - 2) : -1;
                if (group >= 0)
                        add_group(into, search, (size_t)group);
                return group >= 0 ? n + 1 : 0;
        default:
                /* All digits are one number, as in .NET: $10 is never $1 with a 0 behind it. */
                while (n < length && text[n] >= '0' && text[n] <= '9')
                        n++;
                group = n > 1 ? mstc_regex_group(search->regex, text + 1, n - 1) : -1;
                if (group >= 0)
                        add_group(into, search, (size_t)group);
                return group >= 0 ? n : 0;
        }
}

static enum mstc_flow
substitute(struct mstc_run *run, struct mstc_buffer *into, const struct search *search, const struct mst_value *by)
{
        size_t from = 0, before = into->length;
        enum mstc_flow flow = MSTC_VALUE;

        for (size_t i = 0; i < by->length && flow == MSTC_VALUE; ) {
                size_t n = 0;

                if (by->as.text[i] == '$') {
                        mstc_buffer_add(into, by->as.text + from, i - from);
                        from = i;
                        n = token(into, search, by->as.text + i, by->length - i);
                        from += n;
                        flow = mstc_run_spend(run, (into->length - before) * MSTC_WORK_BYTE);
                        before = into->length;
                }
                i += n > 0 ? n : 1;
        }
        mstc_buffer_add(into, by->as.text + from, by->length - from);
        return flow == MSTC_VALUE ? mstc_run_spend(run, MSTC_WORK_ELEMENT + by->length * MSTC_WORK_BYTE) : flow;
}

/* Every match; 'group' < 0: replaced by the tokens of 'by', else that group's span
 * by 'by' as it stands. */
static enum mstc_flow
replace_matches(struct mstc_call *call, struct mstc_buffer *into, struct search *search, int group,
                const struct mst_value *by)
{
        const struct mst_value *text = search->text;
        const char *why = NULL;
        size_t copied = 0, bytes;
        enum mstc_flow flow = MSTC_VALUE;
        int rc = 0;

        while (flow == MSTC_VALUE &&
               (rc = mstc_regex_search(search->regex, text->as.text, text->length, search->at, search->spans,
                                       search->count, &call->run->work, MSTC_WORK_MOST, &why)) > 0) {
                const struct mstc_span *whole = &search->spans[0];
                const struct mstc_span *span = group < 0 ? whole : &search->spans[group];

                if (whole->from == SIZE_MAX || whole->to < search->at)
                        break;
                if (span->from != SIZE_MAX && span->from >= copied) {
                        mstc_buffer_add(into, text->as.text + copied, span->from - copied);
                        if (group < 0)
                                flow = substitute(call->run, into, search, by);
                        else {
                                mstc_buffer_add(into, by->as.text, by->length);
                                flow = mstc_run_spend(call->run, by->length * MSTC_WORK_BYTE);
                        }
                        copied = span->to;
                }
                search->at = whole->to;
                if (whole->to == whole->from) {
                        if (whole->to >= text->length)
                                break;
                        mstc_code_at(text->as.text + whole->to, text->length - whole->to, &bytes);
                        search->at += bytes;
                }
        }
        if (rc < 0) {
                call->run->broken = true;
                return mstc_call_fail(call, "%s", why);
        }
        mstc_buffer_add(into, text->as.text + copied, text->length - copied);
        return flow;
}

/* The pattern of the call: compiled with the expression, or now. */
static enum mstc_flow
pattern_of(struct mstc_call *call, const struct mstc_regex **ret, struct mstc_regex **own)
{
        struct mst_value pattern;
        const char *why, *doubt;
        size_t offset;
        enum mstc_flow flow;

        *ret = call->node->regex;
        if (*ret != NULL)
                return MSTC_VALUE;
        flow = mstc_arg_text(call, PATTERN, &pattern);
        if (flow != MSTC_VALUE)
                return flow;
        *own = mstc_regex_new(pattern.as.text, pattern.length, false, call->run->eval->arena, &why, &offset, &doubt);
        *ret = *own;
        return *own != NULL ? MSTC_VALUE : mstc_call_fail(call, "bad pattern: %s", why);
}

/* The text of the group in the first match of the other attribute; no match: "". */
static enum mstc_flow
from_attribute(struct mstc_call *call, struct search *search, int group, struct mst_value *ret)
{
        struct mst_value other;
        const char *why = NULL;
        struct mstc_span span;
        enum mstc_flow flow = mstc_arg_value(call, ATTRIBUTE, &other);
        int rc;

        if (flow != MSTC_VALUE)
                return flow;
        if (other.type == MST_NULL) {
                *ret = other;
                return MSTC_VALUE;
        }
        flow = mstc_arg_text(call, ATTRIBUTE, &other);
        if (flow != MSTC_VALUE)
                return flow;
        rc = mstc_regex_search(search->regex, other.as.text, other.length, 0, search->spans, search->count,
                               &call->run->work, MSTC_WORK_MOST, &why);
        if (rc < 0) {
                call->run->broken = true;
                return mstc_call_fail(call, "%s", why);
        }
        span = rc > 0 ? search->spans[group] : (struct mstc_span){ SIZE_MAX, SIZE_MAX };
        return span.from == SIZE_MAX ? mstc_call_text(call, "", 0, ret) :
               mstc_call_text(call, other.as.text + span.from, span.to - span.from, ret);
}

static enum mstc_flow
by_pattern(struct mstc_call *call, unsigned mode, const struct mst_value *source, const struct mstc_regex *regex,
           struct mst_value *ret)
{
        struct search search = { .regex = regex, .text = source, .count = mstc_regex_groups(regex) };
        struct mstc_buffer into = { 0 };
        struct mst_value name, by;
        int group = -1;
        enum mstc_flow flow = MSTC_VALUE;

        search.spans = mst_arena_alloc(call->run->eval->arena, search.count * sizeof *search.spans);
        if (search.spans == NULL)
                return mstc_call_memory(call);
        if (mode != BY_PATTERN) {
                flow = mstc_arg_text(call, GROUP, &name);
                if (flow != MSTC_VALUE)
                        return flow;
                group = mstc_regex_group(regex, name.as.text, name.length);
                if (group < 0)
                        return mstc_call_fail(call, "the pattern has no group '%.60s'", name.as.text);
        }
        if (mode == FROM_ATTRIBUTE)
                return from_attribute(call, &search, group, ret);
        flow = mstc_arg_text(call, VALUE, &by);
        if (flow == MSTC_VALUE)
                flow = replace_matches(call, &into, &search, group, &by);
        if (flow == MSTC_VALUE)
                flow = mstc_buffer_ok(&into) ? mstc_call_text(call, mstc_buffer_cstr(&into), into.length, ret) :
                       mstc_call_memory(call);
        mstc_buffer_done(&into);
        return flow;
}

static enum mstc_flow
by_text(struct mstc_call *call, unsigned mode, const struct mst_value *source, struct mst_value *ret)
{
        struct mstc_buffer into = { 0 };
        struct mst_value old, other;
        enum mstc_flow flow;

        if ((flow = mstc_arg_text(call, OLD, &old)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, mode == PLAIN ? VALUE : TEMPLATE, &other)) != MSTC_VALUE)
                return flow;
        if (old.length == 0)
                return mstc_call_fail(call, "the text to be replaced is empty");
        if (mode == PLAIN)
                flow = replace_plain(call->run, &into, source, &old, &other);
        else
                flow = replace_plain(call->run, &into, &other, &old, source);
        if (flow == MSTC_VALUE)
                flow = mstc_buffer_ok(&into) ? mstc_call_text(call, mstc_buffer_cstr(&into), into.length, ret) :
               mstc_call_memory(call);
        mstc_buffer_done(&into);
        return flow;
}

enum mstc_flow
mstc_fn_replace(struct mstc_call *call, struct mst_value *ret)
{
        unsigned mode = mode_of(call->node);
        const struct mstc_regex *regex;
        struct mstc_regex *own = NULL;
        struct mst_value source;
        enum mstc_flow flow = mstc_arg_value(call, 0, ret);

        if (flow != MSTC_VALUE || (ret->type == MST_NULL && mode != FROM_ATTRIBUTE))
                return flow;
        if (mode == FROM_ATTRIBUTE && ret->type != MST_NULL && !(ret->type == MST_TEXT && ret->length == 0))
                return MSTC_VALUE;
        flow = mstc_arg_text(call, 0, &source);
        if (flow != MSTC_VALUE)
                return flow;
        if (mode == PLAIN || mode == INTO_TEMPLATE)
                return by_text(call, mode, &source, ret);
        flow = pattern_of(call, &regex, &own);
        if (flow == MSTC_VALUE)
                flow = by_pattern(call, mode, &source, regex, ret);
        mstc_regex_free(own);
        return flow;
}
