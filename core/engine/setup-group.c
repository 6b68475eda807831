/* setup-group.c - groups made of a rule, of other groups, and of exceptions by name.
 *
 * All of that is one rule in the end: any-of is -or, all-of is -and, none-of is -and -not of
 * the rules of the groups named, an included person is an -or with his name.  So the rule
 * index, explain and the moment at which an exception ends know of it without further ado.
 * A group's rule is composed after those of the groups that it names; a circle is a mistake
 * that names all of it.  A family that is named stands for all of its groups (setup-family.c). */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "engine/maker.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/near.h"
#include "util/wild.h"
#include "util/words.h"

enum state { UNTOUCHED = 0, OPEN, DONE };

/* What holds a composed rule together at its outermost: it may stand beside others of its kind
 * without parentheses, so that a chain of groups is as flat as it can be. */
enum bond { UNKNOWN = 0, BY_AND, BY_OR };

struct composing {
        struct mstc_maker *maker;
        struct mstc_sync *sync;
        const struct mstc_schema *schema;
        enum state *states;
        const char **texts;                  /* of the composed rules; NULL: a mistake was told */
        enum bond *bonds;                    /* of them                                */
        size_t *path; size_t depth;          /* groups that are being composed         */
};

/* Parts of a group, as they gather. */
struct list {
        struct mstc_buffer text;
        bool any;                            /* joined by -or, not by -and             */
        size_t count;
        enum bond bond;
};

static void
list_done(struct list *list)
{
        mstc_buffer_done(&list->text);
}

static bool compose(struct composing *c, size_t number);

static bool
plain(const struct mstc_config_group *config)
{
        return config->any_of == NULL && config->all_of == NULL && config->none_of == NULL && config->exception_count == 0;
}

/* "a, which is made of b, which is made of a" */
static void
tell_circle(struct composing *c, size_t number, struct mstc_place place)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        size_t from = c->depth;

        while (from > 0 && c->path[from - 1] != number)
                from--;
        for (size_t i = from > 0 ? from - 1 : 0; i < c->depth; i++)
                mstc_buffer_printf(&text, "'%s' is made of ", c->sync->groups[c->path[i]].name);
        mstc_report_error(c->maker->report, place, "take one of them out of the circle",
                          "groups in a circle: %s'%s'", mstc_buffer_cstr(&text), c->sync->groups[number].name);
}

static void
tell_unknown(struct composing *c, const char *name, const char *attribute, struct mstc_place place)
{
        size_t room = c->sync->group_count + c->sync->family_count + 1, count = 0;
        const char **names = mst_arena_alloc(c->maker->arena, room * sizeof *names), *near = NULL;

        for (size_t i = 0; names != NULL && i < c->sync->family_count; i++)
                if (c->sync->families[i].config->name != NULL)
                        names[count++] = c->sync->families[i].config->name;
        for (size_t i = 0; names != NULL && i < c->sync->group_count; i++)
                if (c->sync->groups[i].name != NULL)
                        names[count++] = c->sync->groups[i].name;
        if (names != NULL)
                near = mstc_near(name, names, count);
        mstc_report_error(c->maker->report, place,
                          near != NULL ? mstc_maker_say(c->maker, "did you mean '%s'?", near)
                                       : "name groups that have a <group> in this sync, or a family of it",
                          "%s: there is no group '%s'", attribute, name);
}

/* Whether it needs parentheses beside others, with -or or with -and. */
static bool
is_loose(enum bond bond, bool any)
{
        return bond == UNKNOWN || (bond == BY_OR && !any);
}

/* One of several parts, joined by -or or -and; 'list' tells what they have become.  The first
 * gets its parentheses when it is no longer alone. */
static void
add_rule(struct list *list, const char *text, enum bond bond)
{
        bool loose = is_loose(bond, list->any);

        if (list->count == 1 && is_loose(list->bond, list->any) && mstc_buffer_ok(&list->text)) {
                MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer first = list->text;

                list->text = (struct mstc_buffer){ 0 };
                mstc_buffer_printf(&list->text, "(%s)", mstc_buffer_cstr(&first));
        }
        if (list->count == 0)
                mstc_buffer_text(&list->text, text);
        else
                mstc_buffer_printf(&list->text, loose ? "%s(%s)" : "%s%s", list->any ? " -or " : " -and ", text);
        list->bond = list->count++ == 0 ? bond : list->any ? BY_OR : BY_AND;
}

/* Nobody is in all groups of a family: in all-of a word can only name one of them. */
static bool
add_family(struct composing *c, size_t number, const char *word, const char *attribute, struct mstc_place place,
           struct list *into, bool *found)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer rule = { 0 };
        const struct mstc_family *family = &c->sync->families[number];
        enum mstc_family_fit fit = mstc_maker_family(c->maker, family, c->schema, word, &rule);
        bool all = strcmp(attribute, "all-of") == 0, written = strcmp(word, family->config->name) == 0;

        if (family->config->rule.text != NULL && family->rule == NULL)
                return fit == MSTC_FAMILY_NOT;   /* its own rule is wrong: told already   */
        if (fit == MSTC_FAMILY_NOT || (all && fit == MSTC_FAMILY_MANY && !written))
                return true;
        if (all && fit == MSTC_FAMILY_MANY) {
                mstc_report_error(c->maker->report, place, "use any-of, or name one of its groups",
                                  "all-of: '%s' is a family of groups, and nobody is in all of them", word);
                return false;
        }
        if (fit == MSTC_FAMILY_CANNOT && *found)
                return true;
        if (fit == MSTC_FAMILY_CANNOT) {
                mstc_report_error(c->maker->report, place, "name the whole family, or write what its people have in common as a rule",
                                  "%s: '%s' would be a group of the family '%s', but no rule can tell who has that value",
                                  attribute, word, family->config->name);
                return false;
        }
        *found = true;
        add_rule(into, mstc_buffer_cstr(&rule), UNKNOWN);
        return mstc_buffer_ok(&rule);
}

/* The rules of all groups whose names match one word. */
static bool
add_word(struct composing *c, size_t self, const char *word, const char *attribute, struct mstc_place place,
         struct list *into)
{
        bool found = false, good = true, wild = strpbrk(word, "*?") != NULL;

        for (size_t i = 0; i < c->sync->group_count; i++) {
                const char *name = c->sync->groups[i].name;

                if (name == NULL || !mstc_wild_match(word, name) || (wild && i == self))
                        continue;
                found = true;
                if (c->states[i] == OPEN) {
                        tell_circle(c, i, place);
                        good = false;
                        continue;
                }
                if (!compose(c, i)) {
                        good = false;
                        continue;
                }
                add_rule(into, c->texts[i], c->bonds[i]);
        }
        for (size_t i = 0; i < c->sync->family_count; i++)
                if (!add_family(c, i, word, attribute, place, into, &found))
                        good = false;
        if (!found && good)
                tell_unknown(c, word, attribute, place);
        return good && found;
}

static bool
add_list(struct composing *c, size_t self, const char *list, const char *attribute, struct mstc_place place,
         struct list *into)
{
        bool good = true;
        size_t length;
        const char *at;

        while (mstc_words_next(&list, &at, &length)) {
                const char *word = mst_arena_strndup(c->maker->arena, at, length);

                if (word == NULL) {
                        c->maker->failed = true;
                        return false;
                }
                good = add_word(c, self, word, attribute, place, into) && good;
        }
        return good;
}

/* ---- exceptions ---- */

static bool
has_attribute(const struct mstc_schema *schema, const char *name)
{
        for (size_t i = 0; i < schema->count; i++)
                if (strcasecmp(schema->attributes[i].name, name) == 0)
                        return true;
        return false;
}

/* By UPN or mail where it looks like one and the source has them, else by the id. */
void
mstc_maker_person(const struct mstc_schema *schema, const char *user, struct mstc_buffer *into)
{
        static const char *const names[] = { "userPrincipalName", "mail" };
        size_t count = 0;

        mstc_buffer_text(into, "(");
        for (size_t i = 0; strchr(user, '@') != NULL && i < 2; i++)
                if (has_attribute(schema, names[i]))
                        mstc_buffer_printf(into, "%suser.%s -eq \"%s\"", count++ > 0 ? " -or " : "", names[i], user);
        if (count == 0)
                mstc_buffer_printf(into, "user.objectId -eq \"%s\"", user);
        mstc_buffer_text(into, ")");
}

void
mstc_maker_exception(const struct mstc_schema *schema, const struct mstc_config_exception *exception,
                     struct mstc_buffer *into)
{
        mstc_maker_person(schema, exception->user, into);
        if (exception->until != NULL)
                mstc_buffer_printf(into, " -and (system.now -lt \"%s\")", exception->until);
}

static void
add_exceptions(const struct composing *c, const struct mstc_config_group *config, bool include, struct list *into)
{
        for (size_t i = 0; i < config->exception_count; i++) {
                if (config->exceptions[i].include != include || config->exceptions[i].user == NULL)
                        continue;
                MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer one = { 0 };

                mstc_maker_exception(c->schema, &config->exceptions[i], &one);
                add_rule(into, mstc_buffer_cstr(&one), BY_AND);
                c->maker->failed |= !mstc_buffer_ok(&one);
        }
}

/* ---- one group ---- */

/* One thing more that must hold: all of 'part', or 'negated' none of it. */
static void
add_part(struct list *into, const struct list *part, bool negated)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer not = { 0 };

        if (part->count == 0)
                return;
        if (negated)
                mstc_buffer_printf(&not, "-not (%s)", mstc_buffer_cstr(&part->text));
        add_rule(into, negated ? mstc_buffer_cstr(&not) : mstc_buffer_cstr(&part->text), negated ? BY_AND : part->bond);
}

static bool
add_parts(struct composing *c, size_t number, struct list *into)
{
        const struct mstc_config_group *config = &c->sync->config->groups[number];
        MSTC_CLEANUP(list_done) struct list any = { .any = true };
        MSTC_CLEANUP(list_done) struct list none = { .any = true };
        MSTC_CLEANUP(list_done) struct list all = { .any = false };
        bool good = true;

        if (config->any_of != NULL)
                good = add_list(c, number, config->any_of, "any-of", config->any_place, &any) && good;
        if (config->all_of != NULL)
                good = add_list(c, number, config->all_of, "all-of", config->all_place, &all) && good;
        if (config->none_of != NULL)
                good = add_list(c, number, config->none_of, "none-of", config->none_place, &none) && good;
        if (config->rule.text != NULL)
                add_rule(into, config->rule.text, UNKNOWN);
        add_part(into, &any, false);
        add_part(into, &all, false);
        c->maker->failed |= !mstc_buffer_ok(&any.text) || !mstc_buffer_ok(&all.text) || !mstc_buffer_ok(&none.text);
        add_part(into, &none, true);
        return good;
}

static bool
compose_parts(struct composing *c, size_t number, struct list *into)
{
        const struct mstc_config_group *config = &c->sync->config->groups[number];
        MSTC_CLEANUP(list_done) struct list rule = { .any = false };
        MSTC_CLEANUP(list_done) struct list with = { .any = true };
        MSTC_CLEANUP(list_done) struct list out = { .any = true };
        bool good = add_parts(c, number, &rule);

        if (rule.count > 0)
                add_rule(&with, mstc_buffer_cstr(&rule.text), rule.bond);
        add_exceptions(c, config, true, &with);
        add_exceptions(c, config, false, &out);
        if (with.count == 0) {
                if (good && !c->maker->failed)
                        mstc_report_error(c->maker->report, config->place, "write a rule, any-of, all-of or <include>",
                                          "group '%s' would hold nobody: it only takes people out", config->name);
                return false;
        }
        add_part(into, &with, false);
        add_part(into, &out, true);
        c->maker->failed |= !mstc_buffer_ok(&into->text) || !mstc_buffer_ok(&rule.text) || !mstc_buffer_ok(&with.text) ||
                            !mstc_buffer_ok(&out.text);
        return good && !c->maker->failed;
}

/* The whole rule; its parts have been found good, so what is wrong with it is its size. */
static bool
compile_whole(struct composing *c, size_t number, const struct mstc_buffer *text)
{
        const struct mstc_config_group *config = &c->sync->config->groups[number];
        struct mstc_finding *findings = NULL;
        const struct mstc_expr *rule = mstc_maker_compile_text(c->maker, mstc_buffer_cstr(text), text->length, c->schema,
                                                              &findings);

        while (findings != NULL && findings->warning)
                findings = findings->next;
        if (rule == NULL && !c->maker->failed)
                mstc_report_error(c->maker->report, config->place, "make it of fewer groups",
                                  "group '%s' with all that it is made of: %s", config->name,
                                  findings != NULL ? findings->text : "it cannot be compiled");
        c->sync->groups[number].rule = rule;
        return rule != NULL;
}

/* True: texts[number] is there. */
static bool
compose(struct composing *c, size_t number)
{
        const struct mstc_config_group *config = &c->sync->config->groups[number];
        struct mstc_rule_group *group = &c->sync->groups[number];
        MSTC_CLEANUP(list_done) struct list whole = { .any = false };
        bool good;

        if (c->states[number] == DONE)
                return c->texts[number] != NULL;
        c->states[number] = OPEN;
        c->path[c->depth++] = number;
        group->rule = mstc_maker_compile(c->maker, MSTC_RULE, &config->rule, c->schema);
        good = config->rule.text == NULL || group->rule != NULL;
        if (!plain(config)) {
                good = compose_parts(c, number, &whole) && good;
                good = good && compile_whole(c, number, &whole.text);
                c->bonds[number] = whole.bond;
        } else if (config->rule.text != NULL)
                mstc_buffer_text(&whole.text, config->rule.text);
        if (good && whole.text.length > 0) {
                c->texts[number] = mst_arena_strndup(c->maker->arena, mstc_buffer_cstr(&whole.text), whole.text.length);
                c->maker->failed |= c->texts[number] == NULL;
        }
        c->depth--;
        c->states[number] = DONE;
        return c->texts[number] != NULL;
}

void
mstc_maker_groups(struct mstc_maker *maker, struct mstc_sync *sync, const struct mstc_schema *schema)
{
        const struct mstc_config_sync *config = sync->config;
        struct composing c = { .maker = maker, .sync = sync, .schema = schema };

        for (size_t i = 0; i < config->group_count; i++, sync->group_count++)
                sync->groups[i] = (struct mstc_rule_group){ .id = (uint32_t)i, .name = config->groups[i].name,
                                                            .title = config->groups[i].title };
        c.states = mst_arena_alloc(maker->arena, (config->group_count + 1) * sizeof *c.states);
        c.texts = mst_arena_alloc(maker->arena, (config->group_count + 1) * sizeof *c.texts);
        c.path = mst_arena_alloc(maker->arena, (config->group_count + 1) * sizeof *c.path);
        c.bonds = mst_arena_alloc(maker->arena, (config->group_count + 1) * sizeof *c.bonds);
        if (c.states == NULL || c.texts == NULL || c.path == NULL || c.bonds == NULL) {
                maker->failed = true;
                return;
        }
        memset(c.states, 0, (config->group_count + 1) * sizeof *c.states);
        memset(c.bonds, 0, (config->group_count + 1) * sizeof *c.bonds);
        memset(c.texts, 0, (config->group_count + 1) * sizeof *c.texts);
        for (size_t i = 0; schema != NULL && i < config->group_count && !maker->failed; i++)
                (void)compose(&c, i);
}
