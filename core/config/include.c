/* include.c - further files of the configuration.
 *
 * Not XInclude: a file's root is <part>, its children count as written where the
 * <include> stands, its owner and mode are judged like those of muster.xml, and it
 * includes nothing itself.  A relative name starts at the folder of muster.xml. */
#include "build.h"

#include "config/include.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define MOST_FILES 1000

static void glob_drop(glob_t *g) { globfree(g); }

static bool
full_pattern(const struct mstc_walk *walk, const char *file, char into[PATH_MAX])
{
        const char *main_file = walk->config->file, *slash = strrchr(main_file, '/');
        int n;

        if (file[0] == '/' || slash == NULL)
                n = snprintf(into, PATH_MAX, "%s", file);
        else
                n = snprintf(into, PATH_MAX, "%.*s/%s", (int)(slash - main_file), main_file, file);
        return n > 0 && n < PATH_MAX;
}

static void
include_file(struct mstc_walk *walk, const xmlNode *node, const char *path, struct mstc_nodes *parts)
{
        static const struct mstc_shape part = { "", NULL, MSTC_NO_TEXT, NULL };
        struct mstc_place place = mstc_walk_at(node, "file");
        struct mstc_document *document, **slot;
        xmlNode *root, **at;

        for (size_t i = 0; i < walk->document_count; i++)
                if (strcmp(walk->documents[i]->raw.file, path) == 0) {
                        mstc_report_error(walk->report, place, "include a file once", "'%s' is read already", path);
                        return;
                }
        document = mstc_document_read(path, place, walk->arena, walk->report);
        if (document == NULL)
                return;
        slot = mstc_walk_grow(walk, &walk->documents, &walk->document_count, sizeof *walk->documents);
        if (slot == NULL) {
                mstc_document_done(document);
                return;
        }
        *slot = document;
        root = xmlDocGetRootElement(document->xml);
        if (!mstc_walk_is(root, "part") || root->ns == NULL
            || strcmp((const char *)root->ns->href, MSTC_CONFIG_SPACE) != 0) {
                mstc_report_error(walk->report, mstc_walk_place(root),
                                  "put what is included into <part xmlns=\"" MSTC_CONFIG_SPACE "\"> ... </part>",
                                  "an included file holds a <part> of this namespace, not <%s>",
                                  (const char *)root->name);
                return;
        }
        mstc_walk_plain(walk, root, &part);
        at = mstc_walk_grow(walk, &parts->at, &parts->count, sizeof *parts->at);
        if (at != NULL)
                *at = root;
}

struct mstc_nodes
mstc_include(struct mstc_walk *walk, xmlNode *node, bool nested)
{
        static const struct mstc_shape shape = { "file!", "", MSTC_NO_TEXT,
                                                "write <include file=\"groups.d/*.xml\"/>" };
        struct mstc_nodes parts = { NULL, 0 };
        const char *file = mstc_walk_attribute(walk, node, "file");
        MSTC_CLEANUP(glob_drop) glob_t found = { 0 };
        char pattern[PATH_MAX];
        int rc;

        if (nested) {
                mstc_report_error(walk->report, mstc_walk_place(node), "include it from muster.xml",
                                  "an included file cannot include others");
                return parts;
        }
        (void)mstc_walk_into(walk, node, &shape);
        if (file == NULL)
                return parts;
        if (file[0] == '\0' || !full_pattern(walk, file, pattern)) {
                mstc_report_error(walk->report, mstc_walk_at(node, "file"), shape.example,
                                  "file=\"%s\" is not a file's name", file);
                return parts;
        }
        rc = glob(pattern, GLOB_ERR, NULL, &found);
        if (rc != 0 && rc != GLOB_NOMATCH) {
                mstc_report_error(walk->report, mstc_walk_at(node, "file"), NULL, "'%s' cannot be listed", pattern);
                return parts;
        }
        if (rc == GLOB_NOMATCH && strpbrk(file, "*?[") == NULL)
                mstc_report_error(walk->report, mstc_walk_at(node, "file"), "create it, or remove this line",
                                  "there is no file '%s'", pattern);
        if (rc == GLOB_NOMATCH)
                return parts;
        if (found.gl_pathc > MOST_FILES) {
                mstc_report_error(walk->report, mstc_walk_at(node, "file"), "put more into each file",
                                  "%zu files match '%s'; at most %d are read", (size_t)found.gl_pathc,
                                  pattern, MOST_FILES);
                return parts;
        }
        for (size_t i = 0; i < found.gl_pathc; i++)
                include_file(walk, node, found.gl_pathv[i], &parts);
        return parts;
}
