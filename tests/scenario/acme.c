/* acme.c - a stranger's plugin: built with the installed headers and muster.pc, and
 * with nothing else of this tree.  A source of one person, C99 and C++17 alike. */
#include <muster/plugin.h>

struct acme_config {
        char *office;
};

static int
acme_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        const struct acme_config *acme = (const struct acme_config *)config;

        if (acme->office[0] == '\0')
                return mst_fail(err, MST_ECONFIG, "the office has no name");
        *self = host;
        return MST_OK;
}

static int
acme_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        (void)self;
        (void)facts;
        (void)err;
        return MST_OK;
}

static int
acme_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        (void)cursor;
        mst_host_log((struct mst_host *)self, MST_LOG_INFO, "one person works here");
        mst_page_whole(page, MST_USER, "wile", 4);
        return mst_page_complete(page, NULL, err);
}

static void
acme_close(void *self)
{
        (void)self;
}

static const struct mst_source_calls acme_source = {
        sizeof(struct mst_source_calls), sizeof(struct acme_config),
        acme_open, acme_probe, acme_read, NULL, acme_close
};

static const struct mst_option acme_options[] = {
        { "office", MST_OPT_TEXT, MST_OPT_REQUIRED, offsetof(struct acme_config, office),
          NULL, 0, 0, NULL, "where the person works", NULL },
        { NULL, 0, 0, 0, NULL, 0, 0, NULL, NULL, NULL }
};

static const struct mst_attribute acme_attributes[] = {
        { "displayName", MST_TEXT, 0, 0, "the name to show" },
        { NULL, 0, 0, 0, NULL }
};

MST_PLUGIN(acme) = {
        MST_PLUGIN_HEAD,
        .name = "acme",
        .version = "3.1",
        .summary = "employs one person",
        .source = &acme_source,
        .source_options = acme_options,
        .source_attributes = acme_attributes,
        .source_can = MST_CAN_USERS,
};
