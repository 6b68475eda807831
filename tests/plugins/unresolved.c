/* Calls a function that nobody has; lazily bound it would die in the middle of a sync. */
#include "vice.h"

extern int mst_there_is_no_such_function(void);

static int
read_all(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        (void)self, (void)cursor, (void)page, (void)err;
        return mst_there_is_no_such_function();
}

static const struct mst_source_calls calls = {
        .size = sizeof calls, .open = vice_open, .probe = vice_probe, .read = read_all, .close = vice_close,
};

MST_PLUGIN(unresolved) = { MST_PLUGIN_HEAD, VICE_WORDS("unresolved"), .source = &calls, .source_can = MST_CAN_USERS };
