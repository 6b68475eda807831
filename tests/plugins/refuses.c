/* Right in everything, but not content with its options: only open() can say so. */
#include "vice.h"

static int
refuse(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        (void)config, (void)host, (void)self;
        return mst_fail(err, MST_ECONFIG, "the file must be in /y (on purpose)");
}

static const struct mst_source_calls calls = {
        .size = sizeof calls, .config_size = sizeof(struct vice_config), .open = refuse, .probe = vice_probe,
        .read = vice_read, .close = vice_close,
};

static const struct mst_attribute attributes[] = {
        { .name = "department", .type = MST_TEXT }, { .name = "mail", .type = MST_TEXT }, { .name = "mailNickname", .type = MST_TEXT },
        { .name = NULL }
};

MST_PLUGIN(refuses) = {
        MST_PLUGIN_HEAD, VICE_WORDS("refuses"), .source = &calls, .source_can = MST_CAN_USERS,
        .source_options = vice_options, .source_attributes = attributes,
};
