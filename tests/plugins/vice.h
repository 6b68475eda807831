/* vice.h - a source that is right in everything, for each plugin here to spoil in one
 * place.  None of the calls is ever made. */
#ifndef VICE_H
#define VICE_H

#include <muster/plugin.h>

struct vice_config { char *file; int64_t number; bool flag; };

static int
vice_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        (void)config, (void)host, (void)self, (void)err;
        return MST_EINTERNAL;
}

static int
vice_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        (void)self, (void)facts, (void)err;
        return MST_EINTERNAL;
}

static int
vice_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        (void)self, (void)cursor, (void)page, (void)err;
        return MST_EINTERNAL;
}

static int __attribute__((unused))
vice_find(void *self, struct mst_search *search, struct mst_error *err)
{
        (void)self, (void)search, (void)err;
        return MST_EINTERNAL;
}

static int __attribute__((unused))
vice_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        (void)self, (void)feed, (void)err;
        return MST_EINTERNAL;
}

static void
vice_close(void *self)
{
        (void)self;
}

#define VICE_SOURCE_CALLS                                                               \
        .size = sizeof(struct mst_source_calls), .config_size = sizeof(struct vice_config), \
        .open = vice_open, .probe = vice_probe, .read = vice_read, .close = vice_close

static const struct mst_source_calls vice_source __attribute__((unused)) = { VICE_SOURCE_CALLS };

static const struct mst_option vice_options[] __attribute__((unused)) = {
        { .name = "file", MST_PATH_OPTION(struct vice_config, file), .help = "where to read" },
        { .name = NULL }
};

static const struct mst_attribute vice_attributes[] __attribute__((unused)) = {
        { .name = "mail", .type = MST_TEXT }, { .name = NULL }
};

#define VICE_WORDS(n) .name = n, .version = "1.0", .summary = "has one vice"
#define VICE_SOURCE .source = &vice_source, .source_can = MST_CAN_USERS

#endif
