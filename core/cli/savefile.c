/* savefile.c - a file for its owner alone that is there whole, or as it was before. */
#include "build.h"

#include "cli/savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/buffer.h"

struct mstc_save {
        char *path, *temporary;
        FILE *file;
};

static void
drop(struct mstc_save *save)
{
        if (save->file != NULL)
                fclose(save->file);
        mstc_free(save->path);
        mstc_free(save->temporary);
        mstc_free(save);
}

int
mstc_save_open(const char *path, struct mstc_save **ret, struct mst_error *err)
{
        struct mstc_save *save = mstc_alloc(sizeof *save);
        struct mstc_buffer name = { 0 };
        int fd;

        if (save == NULL)
                return mst_fail_memory(err, "saving a file");
        mstc_buffer_printf(&name, "%s.XXXXXX", path);
        save->temporary = mstc_buffer_take(&name);
        save->path = mstc_strdup(path);
        if (save->temporary == NULL || save->path == NULL) {
                drop(save);
                return mst_fail_memory(err, "saving a file");
        }
        fd = mkostemp(save->temporary, O_CLOEXEC);       /* 0600                        */
        if (fd >= 0)
                save->file = fdopen(fd, "w");
        if (save->file == NULL) {
                mst_fail(err, MST_ECONFIG, "%s cannot be written: %s", path, strerror(errno));
                if (fd >= 0) {
                        close(fd);
                        unlink(save->temporary);
                }
                drop(save);
                return err->code;
        }
        *ret = save;
        return MST_OK;
}

FILE *
mstc_save_file(struct mstc_save *save)
{
        return save->file;
}

int
mstc_save_close(struct mstc_save *save, bool keep, struct mst_error *err)
{
        int rc = MST_OK;

        if (!keep)
                unlink(save->temporary);
        else if (ferror(save->file) || fflush(save->file) != 0 || fsync(fileno(save->file)) != 0
                 || rename(save->temporary, save->path) != 0) {
                rc = mst_fail(err, MST_EINTERNAL, "%s could not be written: %s", save->path, strerror(errno));
                unlink(save->temporary);
        }
        drop(save);
        return rc;
}
