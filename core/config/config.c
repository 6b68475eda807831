/* config.c - muster.xml from the first byte to structs.
 *
 *   read      the file and, as they are met, the files it includes
 *   walk      sources, sinks and shared maps first, then what speaks of them;
 *             everything wrong goes to the report
 *   validate  against the schema: a second net that should never catch anything
 *             which the walk has let through
 *
 * The bytes of the files stay until the configuration ends, for lines and columns
 * of what is found later; the trees do not. */
#include "build.h"

#include "config/config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/parts.h"
#include "config/redact.h"
#include "util/alloc.h"

/* What mstc_config_read() really makes. */
struct whole {
        struct mstc_config config;           /* first                                  */
        struct mst_arena *arena;
        struct mstc_document **documents;
        size_t document_count;
};

static void
read_store(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "path!", "", MSTC_NO_TEXT,
                                                "write <store path=\"/var/lib/muster/state.db\"/>" };
        const char *path = mstc_walk_attribute(walk, node, "path");

        (void)mstc_walk_into(walk, node, &shape);
        if (path != NULL && path[0] != '/')
                mstc_report_error(walk->report, mstc_walk_at(node, "path"), "write the whole path, from /",
                                  "path=\"%s\" is not absolute", path);
        walk->config->store_path = path;
}

static void
read_control(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "socket group", "", MSTC_NO_TEXT,
                                                "write <control socket=\"/run/muster/control\" group=\"operators\"/>" };
        const char *path = mstc_walk_attribute(walk, node, "socket");

        (void)mstc_walk_into(walk, node, &shape);
        if (path != NULL && (path[0] != '/' || path[strlen(path) - 1] == '/'))
                mstc_report_error(walk->report, mstc_walk_at(node, "socket"), "write the whole path of a file, from /",
                                  "socket=\"%s\" names no file", path);
        walk->config->control.socket = path;
        walk->config->control.group = mstc_walk_attribute(walk, node, "group");
}

static void
read_plugins(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "folder!", "", MSTC_NO_TEXT,
                                                "write <plugins folder=\"/opt/acme/muster\"/>" };
        const char *folder = mstc_walk_attribute(walk, node, "folder"), **slot;

        (void)mstc_walk_into(walk, node, &shape);
        if (folder == NULL)
                return;
        if (folder[0] != '/') {
                mstc_report_error(walk->report, mstc_walk_at(node, "folder"), "write the whole path, from /",
                                  "folder=\"%s\" is not absolute", folder);
                return;
        }
        if (walk->config->plugin_folder_count == 0)
                walk->config->plugin_place = mstc_walk_at(node, "folder");
        slot = mstc_walk_grow(walk, &walk->config->plugin_folders, &walk->config->plugin_folder_count, sizeof *slot);
        if (slot != NULL)
                *slot = folder;
}

void
mstc_part_never(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "sink!", "", MSTC_MUST_TEXT,
                "write <never-touch sink=\"...\">a rule over the sink's object</never-touch>" };
        struct mstc_config_never *never = mstc_walk_grow(walk, &walk->config->nevers, &walk->config->never_count,
                                                         sizeof *never);

        (void)mstc_walk_into(walk, node, &shape);
        if (never == NULL)
                return;
        never->sink = mstc_part_find_instance(walk, node, "sink", false);
        never->rule = mstc_walk_text(walk, node);
}

static void
read_definitions(struct mstc_walk *walk, const struct mstc_nodes *nodes)
{
        for (size_t i = 0; i < nodes->count; i++) {
                xmlNode *node = nodes->at[i];

                if (mstc_walk_is(node, "source"))
                        mstc_part_instance(walk, node, true);
                else if (mstc_walk_is(node, "sink"))
                        mstc_part_instance(walk, node, false);
                else if (mstc_walk_is(node, "maps"))
                        mstc_part_shared_maps(walk, node);
                else if (mstc_walk_is(node, "store"))
                        read_store(walk, node);
                else if (mstc_walk_is(node, "control"))
                        read_control(walk, node);
                else if (mstc_walk_is(node, "plugins"))
                        read_plugins(walk, node);
                else if (mstc_walk_is(node, "retention"))
                        mstc_part_retention(walk, node);
                else if (mstc_walk_is(node, "log"))
                        mstc_part_log(walk, node);
                else if (mstc_walk_is(node, "metrics"))
                        mstc_part_metrics(walk, node);
                else if (mstc_walk_is(node, "on"))
                        mstc_part_hook(walk, node);
                else if (mstc_walk_is(node, "mail"))
                        mstc_part_mail(walk, node);
        }
}

static void
read_users(struct mstc_walk *walk, const struct mstc_nodes *nodes)
{
        for (size_t i = 0; i < nodes->count; i++) {
                if (mstc_walk_is(nodes->at[i], "sync"))
                        mstc_part_sync(walk, nodes->at[i]);
                else if (mstc_walk_is(nodes->at[i], "never-touch"))
                        mstc_part_never(walk, nodes->at[i]);
        }
}

/* What one sync's 'was' says must not be another's name. */
static void
check_was(struct mstc_walk *walk)
{
        const struct mstc_config *config = walk->config;

        for (size_t i = 0; i < config->sync_count; i++)
                for (size_t k = 0; config->syncs[i].was != NULL && k < config->sync_count; k++)
                        if (config->syncs[k].name != NULL && strcmp(config->syncs[k].name, config->syncs[i].was) == 0)
                                mstc_report_error(walk->report, config->syncs[i].place, "remove was=\"...\"",
                                                  "was=\"%s\" names a sync that is still there", config->syncs[i].was);
        for (size_t i = 0; i < config->instance_count; i++)
                for (size_t k = 0; config->instances[i].was != NULL && k < config->instance_count; k++)
                        if (config->instances[k].name != NULL
                            && strcmp(config->instances[k].name, config->instances[i].was) == 0)
                                mstc_report_error(walk->report, config->instances[i].place, "remove was=\"...\"",
                                                  "was=\"%s\" names a source or sink that is still there",
                                                  config->instances[i].was);
}

static void
read_root(struct mstc_walk *walk, struct mstc_document *document)
{
        static const struct mstc_shape shape = { "strict environment",
                "store? control? retention? log? plugins* metrics? on* mail* include* source* sink* maps* never-touch* sync*", MSTC_NO_TEXT, NULL };
        xmlNode *root = xmlDocGetRootElement(document->xml);
        const char *space = root->ns == NULL ? NULL : (const char *)root->ns->href;
        struct mstc_nodes nodes;

        if (!mstc_walk_is(root, "muster") || space == NULL || strcmp(space, MSTC_CONFIG_SPACE) != 0) {
                mstc_report_error(walk->report, mstc_walk_place(root),
                                  "begin with <muster xmlns=\"" MSTC_CONFIG_SPACE "\">",
                                  "the root element is <%s> in %s%s, not <muster> in " MSTC_CONFIG_SPACE,
                                  (const char *)root->name, space == NULL ? "no namespace" : "the namespace ",
                                  space == NULL ? "" : space);
                return;
        }
        nodes = mstc_walk_into(walk, root, &shape);
        walk->config->strict = mstc_walk_yes(walk, root, "strict", false);
        walk->config->environment = mstc_walk_name(walk, root, "environment");
        read_definitions(walk, &nodes);
        read_users(walk, &nodes);
        check_was(walk);
        if (walk->config->sync_count == 0 && mstc_report_errors(walk->report) == 0)
                mstc_report_error(walk->report, mstc_walk_place(root), "add <sync name=\"...\" source=\"...\">",
                                  "nothing is to be done: there is no <sync>");
}

static const char *
absolute(const char *path, struct mst_arena *arena)
{
        char folder[PATH_MAX];

        if (path[0] == '/' || getcwd(folder, sizeof folder) == NULL)
                return mst_arena_strdup(arena, path);
        if (strncmp(path, "./", 2) == 0)
                path += 2;
        return mst_arena_printf(arena, "%s/%s", folder, path);
}

static void
read_all(struct mstc_walk *walk)
{
        struct mstc_document *document, **slot;
        size_t errors = mstc_report_errors(walk->report);
        struct mstc_place nowhere = { .file = walk->config->file };

        document = mstc_document_read(walk->config->file, nowhere, walk->arena, walk->report);
        if (document == NULL)
                return;
        slot = mstc_walk_grow(walk, &walk->documents, &walk->document_count, sizeof *walk->documents);
        if (slot == NULL) {
                mstc_document_done(document);
                return;
        }
        *slot = document;
        walk->config->private_file = document->is_private;
        read_root(walk, document);
        for (size_t i = 0; i < walk->document_count && mstc_report_errors(walk->report) == errors; i++)
                (void)mstc_document_validate(walk->documents[i], walk->report);
        for (size_t i = 0; i < walk->document_count; i++)
                mstc_document_end_tree(walk->documents[i]);
}

struct mstc_config *
mstc_config_read(const char *path, struct mstc_report *report)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct whole *whole = arena == NULL ? NULL : mst_arena_alloc(arena, sizeof *whole);
        size_t errors = mstc_report_errors(report);
        struct mstc_walk walk = { .report = report, .arena = arena };

        if (whole == NULL) {
                mst_arena_free(arena);
                mstc_report_error(report, (struct mstc_place){ .file = path }, NULL, "out of memory");
                return NULL;
        }
        whole->arena = arena;
        walk.config = &whole->config;
        whole->config.file = absolute(path, arena);
        whole->config.keep_ms = MSTC_KEEP_MS;
        whole->config.store_path = MST_LOCALSTATEDIR "/lib/muster/state.db";
        if (whole->config.file != NULL)
                read_all(&walk);
        whole->documents = walk.documents;
        whole->document_count = walk.document_count;
        if ((walk.failed || walk.document_count == 0) && mstc_report_errors(report) == errors)
                mstc_report_error(report, (struct mstc_place){ .file = path }, NULL, "out of memory");
        if (mstc_report_errors(report) == errors)
                return &whole->config;
        mstc_config_free(&whole->config);
        return NULL;
}

bool
mstc_config_redact(const struct mstc_config *config, size_t index, const struct mstc_redact *ask, const char **ret_file,
                   struct mstc_buffer *into)
{
        const struct whole *whole = (const struct whole *)(const void *)config;

        if (index >= whole->document_count)
                return false;
        *ret_file = whole->documents[index]->raw.file;
        mstc_redact_bytes(whole->documents[index]->raw.bytes, whole->documents[index]->raw.length, ask, into);
        return true;
}

void
mstc_config_free(struct mstc_config *config)
{
        struct whole *whole = (struct whole *)(void *)config;

        if (config == NULL)
                return;
        for (size_t i = 0; i < whole->document_count; i++)
                mstc_document_done(whole->documents[i]);
        mst_arena_free(whole->arena);
}
