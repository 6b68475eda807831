/* fuzz-rows.c - any bytes for the readers of CSV, JSON Lines and LDIF (FUZZ_FORMAT).
 *
 * A row is told or has a reason, what it tells is UTF-8, and reading ends.  What a sink can
 * load it writes so that it loads again, and then writes the same bytes. */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../plugins/file/table.h"
#include "fuzz.h"
#include "util/utf8.h"

static char *list_types[] = { (char *)"l=list", (char *)"n=integer", (char *)"on=boolean", NULL };
static char *classes[] = { (char *)"top", NULL };

/* A file in memory that has a path. */
static int
file_of(const void *bytes, size_t size, char path[64])
{
        int fd = memfd_create("fuzz", MFD_CLOEXEC);

        FUZZ_CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
        snprintf(path, 64, "/proc/self/fd/%d", fd);
        return fd;
}

static void
read_rows(const struct fil_layout *layout, size_t size)
{
        struct fil_reader *reader;
        struct mst_error err = { 0 };
        struct fil_row *row;
        size_t rows = 0;
        int rc = fil_reader_open(&reader, layout, &err);

        while (rc == MST_OK && (rc = fil_reader_next(reader, &row, &err)) == MST_OK) {
                FUZZ_CHECK(++rows <= size + 1);
                FUZZ_CHECK(!row->torn || row->bad != NULL);
                for (size_t i = 0; !row->torn && i < row->count; i++) {
                        const struct fil_field *f = &row->fields[i];

                        FUZZ_CHECK(strlen(f->name) <= FIL_NAME_MOST && f->text[f->length] == '\0');
                        if (f->form != FIL_BYTES)
                                FUZZ_CHECK(strlen(f->text) == f->length && mstc_utf8_valid(f->text, f->length) == f->length);
                        else
                                FUZZ_CHECK(fil_is_text(f->text, f->length)
                                           == (strlen(f->text) == f->length
                                               && mstc_utf8_valid(f->text, f->length) == f->length));
                }
        }
        FUZZ_CHECK(rc == MST_END || (err.code == rc && err.text[0] != '\0'));
        fil_reader_close(reader);
}

/* Loads 'bytes' as a sink does and gives what it would write; NULL when it refuses. */
static char *
rewrite(struct fil_plan *plan, const void *bytes, size_t size, size_t *ret)
{
        char path[64], *written = NULL;
        int fd = file_of(bytes, size, path);
        struct mst_error err = { 0 };
        struct fil_table *table;
        FILE *out;

        plan->layout.path = path;
        table = fil_table_new(plan);
        FUZZ_CHECK(table != NULL);
        if (fil_table_load(table, &err) == MST_OK) {
                out = open_memstream(&written, ret);
                FUZZ_CHECK(out != NULL && fil_table_write(table, out, &err) == MST_OK);
                fclose(out);
        } else {
                FUZZ_CHECK(err.text[0] != '\0');
        }
        fil_table_free(table);
        close(fd);
        return written;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_error err = { 0 };
        struct fil_types types;
        struct fil_plan plan = {
                .kind = MST_USER, .id = "id", .stamp = "stamp", .types = &types, .separator = "|", .base = "ou=p",
                .rdn = "id", .classes = classes,
                .layout = { .format = FUZZ_FORMAT, .delimiter = ',', .header = true },
        };
        char path[64], *once, *twice;
        size_t first = 0, second = 0;
        int fd = file_of(bytes, size, path);

        FUZZ_CHECK(arena != NULL && fil_types_parse(list_types, arena, &types, &err) == MST_OK);
        /* The ways a file can be read, chosen by what is in it. */
        plan.layout.path = path;
        plan.layout.marker = size % 3 == 0 ? FIL_MARK_ROWS : size % 3 == 1 ? FIL_MARK_NONE : FIL_MARK_NEWLINE;
        plan.defuse = plan.layout.defused = size % 2 == 0;
        read_rows(&plan.layout, size);
        close(fd);
        plan.layout.marker = FIL_MARK_NONE;
        once = rewrite(&plan, bytes, size, &first);
        /* An empty file was not written yet, whoever reads it; the sink knows better and does not. */
        if (once != NULL && first > 0) {
                twice = rewrite(&plan, once, first, &second);
                FUZZ_CHECK(twice != NULL && first == second && memcmp(once, twice, first) == 0);
                free(twice);
        }
        free(once);
        mst_arena_free(arena);
        return 0;
}
