/* instance.c - <source> and <sink>: every child is an option of the plugin.
 *
 * Which options there are only the plugin knows; here each is kept as it was
 * written, and host/options.c judges them. */
#include "build.h"

#include <string.h>

#include "config/parts.h"

static void
read_option(struct mstc_walk *walk, xmlNode *node, struct mstc_given ***tail)
{
        static const struct mstc_shape shape = { "file credential env", "", MSTC_MAY_TEXT, NULL };
        struct mstc_given *given = mst_arena_alloc(walk->arena, sizeof *given);
        struct mstc_text text;
        int ways;

        if (given == NULL) {
                walk->failed = true;
                return;
        }
        (void)mstc_walk_into(walk, node, &shape);
        text = mstc_walk_text(walk, node);
        given->name = mst_arena_strdup(walk->arena, (const char *)node->name);
        walk->failed |= given->name == NULL;
        given->text = text.text == NULL ? "" : text.text;
        given->file = mstc_walk_attribute(walk, node, "file");
        given->credential = mstc_walk_attribute(walk, node, "credential");
        given->env = mstc_walk_attribute(walk, node, "env");
        given->place = mstc_walk_place(node);
        ways = (text.text != NULL) + (given->file != NULL) + (given->credential != NULL) + (given->env != NULL);
        if (ways > 1)
                mstc_report_error(walk->report, given->place, "keep one of text, file=, credential= and env=",
                                  "<%s> is given in %d ways at once", (const char *)node->name, ways);
        **tail = given;
        *tail = &given->next;
}

static bool
option_space(struct mstc_walk *walk, const xmlNode *node)
{
        if (node->ns != NULL && strcmp((const char *)node->ns->href, MSTC_CONFIG_SPACE) == 0)
                return true;
        mstc_report_error(walk->report, mstc_walk_place(node), "put all elements into the namespace " MSTC_CONFIG_SPACE,
                          "<%s> is in another namespace", (const char *)node->name);
        return false;
}

static void
known_already(struct mstc_walk *walk, const xmlNode *node, const char *name, bool is_source)
{
        for (size_t i = 0; name != NULL && i < walk->config->instance_count; i++) {
                const struct mstc_config_instance *other = &walk->config->instances[i];

                /* Stamps and SINK:OBJECT name either, so they share one name space. */
                if (other->name != NULL && strcmp(other->name, name) == 0)
                        mstc_walk_twice(walk, mstc_walk_at(node, "name"),
                                        other->is_source != is_source ? "source or sink"
                                                : is_source ? "source" : "sink",
                                        name, other->place);
        }
}

/* A test's configuration is not to reach what is marked as production, nor the other way round. */
static void
check_environment(struct mstc_walk *walk, const xmlNode *node, const struct mstc_config_instance *instance)
{
        const char *here = mstc_walk_name(walk, node, "environment"), *all = walk->config->environment;

        if (here != NULL && (all == NULL || strcmp(here, all) != 0))
                mstc_report_error(walk->report, mstc_walk_at(node, "environment"),
                                  mstc_walk_say(walk, "use another %s here, or write <muster environment=\"%s\">",
                                                instance->is_source ? "source" : "sink", here),
                                  "%s '%s' belongs to the environment '%s', and this configuration to %s%s%s",
                                  instance->is_source ? "source" : "sink", instance->name != NULL ? instance->name : "", here,
                                  all != NULL ? "'" : "", all != NULL ? all : "none", all != NULL ? "'" : "");
}

void
mstc_part_instance(struct mstc_walk *walk, xmlNode *node, bool is_source)
{
        static const struct mstc_shape source = { "name! plugin! was environment", NULL, MSTC_NO_TEXT,
                "write <source name=\"...\" plugin=\"...\">" };
        static const struct mstc_shape sink = { "name! plugin! was environment", NULL, MSTC_NO_TEXT,
                "write <sink name=\"...\" plugin=\"...\">" };
        const char *name = mstc_walk_name(walk, node, "name");
        struct mstc_config_instance *instance;
        struct mstc_given **tail;

        known_already(walk, node, name, is_source);
        instance = mstc_walk_grow(walk, &walk->config->instances, &walk->config->instance_count, sizeof *instance);
        if (instance == NULL)
                return;
        instance->name = name;
        instance->plugin = mstc_walk_attribute(walk, node, "plugin");
        instance->was = mstc_walk_name(walk, node, "was");
        instance->is_source = is_source;
        instance->private_file = mstc_document_of(node)->is_private;
        instance->place = mstc_walk_place(node);
        mstc_walk_plain(walk, node, is_source ? &source : &sink);
        check_environment(walk, node, instance);
        tail = &instance->options;
        for (xmlNode *child = node->children; child != NULL; child = child->next)
                if (child->type == XML_ELEMENT_NODE && option_space(walk, child))
                        read_option(walk, child, &tail);
}

const struct mstc_config_instance *
mstc_part_find_instance(struct mstc_walk *walk, const xmlNode *node, const char *name, bool is_source)
{
        const char *wanted = mstc_walk_attribute(walk, node, name), *names[64];
        static const char *const word[] = { "sink", "source" };
        const struct mstc_config_instance *other = NULL;
        size_t count = 0;

        if (wanted == NULL)
                return NULL;
        for (size_t i = 0; i < walk->config->instance_count; i++) {
                const struct mstc_config_instance *instance = &walk->config->instances[i];

                if (instance->name == NULL)
                        continue;
                if (strcmp(instance->name, wanted) == 0) {
                        if (instance->is_source == is_source)
                                return instance;
                        other = instance;
                } else if (instance->is_source == is_source && count < 64) {
                        names[count++] = instance->name;
                }
        }
        if (other != NULL)
                mstc_report_error(walk->report, mstc_walk_at(node, name),
                                  count == 0 ? NULL : mstc_walk_near(walk, wanted, names, count),
                                  "'%s' is a %s, not a %s", wanted, word[!is_source], word[is_source]);
        else
                mstc_report_error(walk->report, mstc_walk_at(node, name),
                                  count == 0 ? mstc_walk_say(walk, "add <%s name=\"%s\" plugin=\"...\">",
                                                             word[is_source], wanted)
                                             : mstc_walk_near(walk, wanted, names, count),
                                  "there is no %s named '%s'", word[is_source], wanted);
        return NULL;
}
