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

struct composing {
        struct mstc_maker *maker;
        struct mstc_sync *sync;
        const struct mstc_schema *schema;
        enum state *states;
        const char **texts;                  /* of the composed rules; NULL: a mistake was told */
        size_t *path; size_t depth;          /* groups that are being composed         */
};

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

/* Nobody is in all groups of a family: in all-of a word can only name one of them. */
static bool
add_family(struct composing *c, size_t number, const char *word, const char *attribute, struct mstc_place place,
           const char *join, struct mstc_buffer *into, size_t *count, bool *found)
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
        mstc_buffer_printf(into, "%s(%s)", (*count)++ > 0 ? join : "", mstc_buffer_cstr(&rule));
        return mstc_buffer_ok(&rule);
}

/* The rules of all groups whose names match one word, joined; '*count' grows by them. */
static bool
add_word(struct composing *c, size_t self, const char *word, const char *attribute, struct mstc_place place,
         const char *join, struct mstc_buffer *into, size_t *count)
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
                mstc_buffer_printf(into, "%s(%s)", (*count)++ > 0 ? join : "", c->texts[i]);
        }
        for (size_t i = 0; i < c->sync->family_count; i++)
                if (!add_family(c, i, word, attribute, place, join, into, count, &found))
                        good = false;
        if (!found && good)
                tell_unknown(c, word, attribute, place);
        return good && found;
}

static bool
add_list(struct composing *c, size_t self, const char *list, const char *attribute, struct mstc_place place,
         const char *join, struct mstc_buffer *into)
{
        bool good = true;
        size_t count = 0, length;
        const char *at;

        while (mstc_words_next(&list, &at, &length)) {
                const char *word = mst_arena_strndup(c->maker->arena, at, length);

                if (word == NULL) {
                        c->maker->failed = true;
                        return false;
                }
                good = add_word(c, self, word, attribute, place, join, into, &count) && good;
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
add_exceptions(const struct composing *c, const struct mstc_config_group *config, bool include,
               struct mstc_buffer *into)
{
        size_t count = 0;

        for (size_t i = 0; i < config->exception_count; i++) {
                if (config->exceptions[i].include != include || config->exceptions[i].user == NULL)
                        continue;
                mstc_buffer_text(into, count++ > 0 ? " -or (" : "(");
                mstc_maker_exception(c->schema, &config->exceptions[i], into);
                mstc_buffer_text(into, ")");
        }
}

/* ---- one group ---- */

static void
add_part(struct mstc_buffer *into, const char *before, const struct mstc_buffer *part, const char *after)
{
        if (part->length > 0)
                mstc_buffer_printf(into, "%s%s%s%s", into->length > 0 ? " -and " : "", before, mstc_buffer_cstr(part), after);
}

static bool
compose_parts(struct composing *c, size_t number, struct mstc_buffer *into)
{
        const struct mstc_config_group *config = &c->sync->config->groups[number];
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer any = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer all = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer none = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer in = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer out = { 0 };
        bool good = true;

        if (config->any_of != NULL)
                good = add_list(c, number, config->any_of, "any-of", config->any_place, " -or ", &any) && good;
        if (config->all_of != NULL)
                good = add_list(c, number, config->all_of, "all-of", config->all_place, " -and ", &all) && good;
        if (config->none_of != NULL)
                good = add_list(c, number, config->none_of, "none-of", config->none_place, " -or ", &none) && good;
        add_exceptions(c, config, true, &in);
        add_exceptions(c, config, false, &out);
        if (config->rule.text != NULL)
                mstc_buffer_printf(into, "(%s)", config->rule.text);
        add_part(into, "(", &any, ")");
        add_part(into, "", &all, "");
        add_part(into, "-not (", &none, ")");
        if (in.length > 0 && into->length > 0) {
                MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer rule = *into;

                *into = (struct mstc_buffer){ 0 };
                mstc_buffer_printf(into, "((%s) -or %s)", mstc_buffer_cstr(&rule), mstc_buffer_cstr(&in));
        } else if (in.length > 0)
                mstc_buffer_printf(into, "(%s)", mstc_buffer_cstr(&in));
        if (into->length == 0) {
                if (good && !c->maker->failed)
                        mstc_report_error(c->maker->report, config->place, "write a rule, any-of, all-of or <include>",
                                          "group '%s' would hold nobody: it only takes people out", config->name);
                return false;
        }
        add_part(into, "-not (", &out, ")");
        c->maker->failed |= !mstc_buffer_ok(into) || !mstc_buffer_ok(&any) || !mstc_buffer_ok(&all)
                         || !mstc_buffer_ok(&none) || !mstc_buffer_ok(&in) || !mstc_buffer_ok(&out);
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
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        bool good;

        if (c->states[number] == DONE)
                return c->texts[number] != NULL;
        c->states[number] = OPEN;
        c->path[c->depth++] = number;
        group->rule = mstc_maker_compile(c->maker, MSTC_RULE, &config->rule, c->schema);
        good = config->rule.text == NULL || group->rule != NULL;
        if (!plain(config)) {
                good = compose_parts(c, number, &text) && good;
                good = good && compile_whole(c, number, &text);
        } else if (config->rule.text != NULL)
                mstc_buffer_text(&text, config->rule.text);
        if (good && text.length > 0) {
                c->texts[number] = mst_arena_strndup(c->maker->arena, mstc_buffer_cstr(&text), text.length);
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
        if (c.states == NULL || c.texts == NULL || c.path == NULL) {
                maker->failed = true;
                return;
        }
        memset(c.states, 0, (config->group_count + 1) * sizeof *c.states);
        memset(c.texts, 0, (config->group_count + 1) * sizeof *c.texts);
        for (size_t i = 0; schema != NULL && i < config->group_count && !maker->failed; i++)
                (void)compose(&c, i);
}
