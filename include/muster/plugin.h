/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/plugin.h> - the one symbol that a plugin exports.
 *
 * A plugin is a shared object NAME.so in a plugin folder.  It exports one
 * constant, mst_plugin_NAME, and no code runs to list what it offers:
 *
 *      MST_PLUGIN(csv) = {
 *              MST_PLUGIN_HEAD,
 *              .name = "csv",
 *              .version = "1.0",
 *              .summary = "reads people from a comma-separated file",
 *              .source = &csv_source,
 *              .source_options = csv_options,
 *              .source_attributes = csv_attributes,
 *              .source_can = MST_CAN_USERS,
 *      };
 *
 * Link it with: -module -avoid-version -no-undefined -Wl,-z,now -Wl,-z,defs.
 */
#ifndef MUSTER_PLUGIN_H
#define MUSTER_PLUGIN_H

#include <muster/option.h>
#include <muster/sink.h>
#include <muster/source.h>

MST_BEGIN

/* An attribute the connector knows; the table ends with a NULL name.  Types and
 * flags as in mst_facts_attribute(). */
struct mst_attribute {
        const char *name;
        uint32_t type;           /* enum mst_type                                      */
        uint32_t flags;          /* enum mst_attribute_flags                           */
        uint32_t longest;        /* characters; 0: no limit                            */
        const char *help;        /* a few words for the manual, or NULL                */
};

/* A row of a sink's default map: attribute of the sink, mapping expression. */
struct mst_default_map {
        const char *to;          /* NULL ends the table                                */
        const char *expression;
        uint32_t flags;          /* MST_ATTR_GROUP: for groups, which offer [name] and [title] */
};

struct mst_plugin {
        uint16_t abi_major;      /* these three stay first, for ever                   */
        uint16_t abi_minor;
        uint32_t size;           /* sizeof (struct mst_plugin) in the plugin's build    */

        size_t option_size;      /* sizeof the rows in the plugin's build              */
        size_t attribute_size;
        size_t default_map_size;

        const char *name;        /* as in the file's name: [a-z][a-z0-9-]*, '-' is '_' in the symbol */
        const char *version;
        const char *summary;     /* one line, no full stop                             */

        const struct mst_source_calls *source;             /* NULL: not a source       */
        const struct mst_option *source_options;
        const struct mst_attribute *source_attributes;
        uint32_t source_can;                               /* enum mst_can, at most    */
        bool source_ids_unique;                            /* ids are unique in the world */

        const struct mst_sink_calls *sink;                 /* NULL: not a sink         */
        const struct mst_option *sink_options;
        const struct mst_attribute *sink_attributes;
        const struct mst_default_map *sink_map;
        uint32_t sink_can;
        /* Ops at once; 0: one.  A sink whose cost is by the batch (a file is written whole)
         * says many: up to 65,536 are waiting for it then, each some KiB of memory. */
        uint32_t sink_in_flight;
        uint32_t sink_members;                             /* members an op; 0: no limit */

        /* What the service's own admins are used to, where the configuration says nothing. */
        const char *sink_matches;        /* "Email Username": attributes of users to match by, or NULL */
        const char *sink_words;          /* its words for our counts, told beside them in a run's
                                          * summary: "modified=updated+renamed deleted=deleted", or NULL */
        uint32_t sink_gone;              /* of whom the source says deleted: MST_DELETE, or 0: he is
                                          * disabled where the sink can, else kept      */
};

#define MST_PLUGIN_HEAD                                                                 \
        .abi_major = MST_ABI_MAJOR, .abi_minor = MST_ABI_MINOR,                          \
        .size = (uint32_t)sizeof(struct mst_plugin),                                     \
        .option_size = sizeof(struct mst_option),                                        \
        .attribute_size = sizeof(struct mst_attribute),                                  \
        .default_map_size = sizeof(struct mst_default_map)

#ifdef __cplusplus
#define MST_PLUGIN(id)                                                                  \
        extern "C" { extern MST_API const struct mst_plugin mst_plugin_##id; }           \
        const struct mst_plugin mst_plugin_##id
#else
#define MST_PLUGIN(id)                                                                  \
        extern MST_API const struct mst_plugin mst_plugin_##id;                          \
        const struct mst_plugin mst_plugin_##id
#endif

MST_END_C
#endif
