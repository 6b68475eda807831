/* Its default map fills an attribute that its table does not have. */
#include "vice.h"

static const struct mst_sink_calls calls = {
        .size = sizeof calls, .open = vice_open, .probe = vice_probe, .find = vice_find, .apply = vice_apply,
        .close = vice_close,
};
static const struct mst_default_map map[] = {
        { .to = "mail", .expression = "[mail]" }, { .to = "phone", .expression = "[mobilePhone]" }, { .to = NULL }
};

MST_PLUGIN(lost_map) = {
        MST_PLUGIN_HEAD, VICE_WORDS("lost-map"), .sink = &calls, .sink_can = MST_CAN_USERS,
        .sink_attributes = vice_attributes, .sink_map = map,
};
