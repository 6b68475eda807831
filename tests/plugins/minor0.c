/* minor0.c - a plugin of ABI 1.0, as it was built then.
 *
 * Includes none of today's headers: what follows is a copy of what they said when 1.0
 * was promised, and is never to be changed.  Every later program of major 1 must load
 * this and find in it what is here. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_1_0 {
        const char *name;
        uint32_t type, flags;
        size_t offset;
        const char *def;
        int64_t min, max;
        const char *choices, *help, *more;
};

struct attribute_1_0 {
        const char *name;
        uint32_t type, flags, longest;
        const char *help;
};

struct default_map_1_0 {
        const char *to, *expression;
        uint32_t flags;
};

struct source_calls_1_0 {
        size_t size, config_size;
        int (*open)(const void *, void *, void **, void *);
        int (*probe)(void *, void *, void *);
        int (*read)(void *, const char *, void *, void *);
        int (*fetch)(void *, const void *, void *, void *);
        void (*close)(void *);
};

struct sink_calls_1_0 {
        size_t size, config_size;
        int (*open)(const void *, void *, void **, void *);
        int (*probe)(void *, void *, void *);
        int (*find)(void *, void *, void *);
        int (*apply)(void *, void *, void *);
        int (*list)(void *, int, const char *, void *, void *);
        void (*close)(void *);
};

struct plugin_1_0 {
        uint16_t abi_major, abi_minor;
        uint32_t size;
        size_t option_size, attribute_size, default_map_size;
        const char *name, *version, *summary;
        const struct source_calls_1_0 *source;
        const struct option_1_0 *source_options;
        const struct attribute_1_0 *source_attributes;
        uint32_t source_can;
        bool source_ids_unique;
        const struct sink_calls_1_0 *sink;
        const struct option_1_0 *sink_options;
        const struct attribute_1_0 *sink_attributes;
        const struct default_map_1_0 *sink_map;
        uint32_t sink_can, sink_in_flight, sink_members;
};

struct config {
        char *text;
        void *secret;
        char *url;
        int64_t integer;
        bool boolean;
        int64_t duration, size, choice;
        char *path;
        char **list;
};

static int
minor0_open(const void *config, void *host, void **self, void *err)
{
        (void)host, (void)err;
        *self = (void *)(uintptr_t)config;
        return 0;
}

static int minor0_probe(void *self, void *facts, void *err) { (void)self, (void)facts, (void)err; return -4; }
static int minor0_read(void *self, const char *cursor, void *page, void *err) { (void)self, (void)cursor, (void)page, (void)err; return -4; }
static int minor0_fetch(void *self, const void *ids, void *page, void *err) { (void)self, (void)ids, (void)page, (void)err; return -4; }
static int minor0_find(void *self, void *search, void *err) { (void)self, (void)search, (void)err; return -4; }
static int minor0_apply(void *self, void *feed, void *err) { (void)self, (void)feed, (void)err; return -4; }
static int minor0_list(void *self, int kind, const char *cursor, void *page, void *err) { (void)self, (void)kind, (void)cursor, (void)page, (void)err; return -4; }
static void minor0_close(void *self) { (void)self; }

static const struct option_1_0 options[] = {
        { .name = "text", .type = 1, .offset = offsetof(struct config, text), .flags = 1 | 8, .help = "any text" },
        { .name = "secret", .type = 2, .offset = offsetof(struct config, secret), .help = "a secret" },
        { .name = "url", .type = 3, .offset = offsetof(struct config, url), .choices = "https|http", .help = "an address" },
        { .name = "integer", .type = 4, .offset = offsetof(struct config, integer), .def = "7", .min = 1, .max = 9, .help = "a number" },
        { .name = "boolean", .type = 5, .offset = offsetof(struct config, boolean), .def = "yes", .help = "whether" },
        { .name = "duration", .type = 6, .offset = offsetof(struct config, duration), .def = "30s", .help = "how long", .flags = 2 },
        { .name = "size", .type = 7, .offset = offsetof(struct config, size), .def = "16k", .help = "how much" },
        { .name = "choice", .type = 8, .offset = offsetof(struct config, choice), .def = "b", .choices = "a|b|c", .help = "which" },
        { .name = "path", .type = 9, .offset = offsetof(struct config, path), .help = "where", .more = "From /." },
        { .name = "list", .type = 10, .offset = offsetof(struct config, list), .def = "x y", .help = "several", .flags = 4 },
        { .name = NULL }
};

static const struct attribute_1_0 source_attributes[] = {
        { .name = "mail", .type = 4, .longest = 64, .help = "address" }, { .name = "hired", .type = 6 },
        { .name = "phones", .type = 4, .flags = 1 }, { .name = NULL }
};

static const struct attribute_1_0 sink_attributes[] = {
        { .name = "uid", .type = 4, .flags = 2 | 16 }, { .name = "mail", .type = 4 },
        { .name = "cn", .type = 4, .flags = 128 }, { .name = NULL }
};

static const struct default_map_1_0 map[] = {
        { .to = "uid", .expression = "[mail]" }, { .to = "cn", .expression = "[name]", .flags = 128 }, { .to = NULL }
};

static const struct source_calls_1_0 source = {
        sizeof(struct source_calls_1_0), sizeof(struct config), minor0_open, minor0_probe, minor0_read, minor0_fetch,
        minor0_close,
};

static const struct sink_calls_1_0 sink = {
        sizeof(struct sink_calls_1_0), sizeof(struct config), minor0_open, minor0_probe, minor0_find, minor0_apply,
        minor0_list, minor0_close,
};

extern __attribute__((visibility("default"))) const struct plugin_1_0 mst_plugin_minor0;

const struct plugin_1_0 mst_plugin_minor0 = {
        .abi_major = 1, .abi_minor = 0, .size = sizeof(struct plugin_1_0),
        .option_size = sizeof(struct option_1_0), .attribute_size = sizeof(struct attribute_1_0),
        .default_map_size = sizeof(struct default_map_1_0),
        .name = "minor0", .version = "1.0", .summary = "is as old as the first promise",
        .source = &source, .source_options = options, .source_attributes = source_attributes,
        .source_can = 1 << 0 | 1 << 13 | 1 << 14, .source_ids_unique = true,
        .sink = &sink, .sink_options = options, .sink_attributes = sink_attributes, .sink_map = map,
        .sink_can = 1 << 0 | 1 << 1 | 1 << 6 | 1 << 7 | 1 << 8, .sink_in_flight = 4, .sink_members = 100,
};
