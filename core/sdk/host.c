/* host.c - what the program offers to one instance of a connector.
 *
 * Knows no log and no store: both come as calls from above. */
#include "build.h"

#include "sdk/host.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "util/alloc.h"
#include "util/date.h"
#include "util/utf8.h"

#define KEEP_MOST (16u * 1024u * 1024u)
#define KEEP_NAME_MOST 256u

struct mst_host {
        char *name;
        struct mstc_host_calls calls;
        void *self;
        struct mstc_stop *stop;
        struct mst_arena *arena;             /* of the wants, NULL before they are set  */
        const char **wants;
        size_t want_count;
        _Atomic uint64_t counts[MST_COUNT_THROTTLED_MS + 1];
};

struct mst_host *
mstc_host_new(const char *instance, const struct mstc_host_calls *calls, void *self,
              struct mstc_stop *stop)
{
        struct mst_host *host = mstc_alloc(sizeof *host);

        if (host == NULL)
                return NULL;
        host->name = mstc_strdup(instance);
        if (host->name == NULL) {
                mstc_free(host);
                return NULL;
        }
        if (calls != NULL)
                host->calls = *calls;
        host->self = self;
        host->stop = stop;
        return host;
}

void
mstc_host_free(struct mst_host *host)
{
        if (host == NULL)
                return;
        mst_arena_free(host->arena);
        mstc_free(host->name);
        mstc_free(host);
}

static int
compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
mstc_host_set_wants(struct mst_host *host, const char *const *names, size_t count)
{
        struct mst_arena *arena = mst_arena_new(0);
        const char **wants = arena != NULL ? mst_arena_alloc(arena, count * sizeof *wants) : NULL;
        size_t kept = 0;

        for (size_t i = 0; i < count && wants != NULL; i++) {
                wants[i] = mst_arena_strdup(arena, names[i]);
                if (wants[i] == NULL)
                        wants = NULL;
        }
        if (wants == NULL) {
                mst_arena_free(arena);
                return false;
        }
        if (count > 0)
                qsort(wants, count, sizeof *wants, compare_names);
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || strcmp(wants[kept - 1], wants[i]) != 0)
                        wants[kept++] = wants[i];
        mst_arena_free(host->arena);
        host->arena = arena;
        host->wants = wants;
        host->want_count = kept;
        return true;
}

size_t
mst_host_want_count(const struct mst_host *host)
{
        return host->want_count;
}

const char *
mst_host_want(const struct mst_host *host, size_t index)
{
        return index < host->want_count ? host->wants[index] : NULL;
}

bool
mst_host_wants(const struct mst_host *host, const char *name)
{
        size_t length = strlen(name), from = 0, to = host->want_count;
        bool begins = length > 0 && name[length - 1] == '*';

        if (begins)
                length--;
        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (strncmp(host->wants[middle], name, length) < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        if (from == host->want_count || strncmp(host->wants[from], name, length) != 0)
                return false;
        return begins || host->wants[from][length] == '\0';
}

const char *
mst_host_name(const struct mst_host *host)
{
        return host->name;
}

void
mst_host_log(struct mst_host *host, enum mst_level level, const char *format, ...)
{
        char text[2048];
        va_list args;

        if (host->calls.log == NULL)
                return;
        va_start(args, format);
        mstc_text_format(text, sizeof text, format, args);
        va_end(args);
        host->calls.log(host->self, host->name, level, text);
}

bool
mst_host_stopping(const struct mst_host *host)
{
        return mstc_stop_is(host->stop);
}

int
mst_host_stop_fd(const struct mst_host *host)
{
        return mstc_stop_fd(host->stop);
}

bool
mst_host_sleep(const struct mst_host *host, uint32_t ms)
{
        int64_t until = mstc_clock_ticks_ms() + ms, left;
        struct pollfd fd = { .fd = mstc_stop_fd(host->stop), .events = POLLIN };

        while (!mstc_stop_is(host->stop)) {
                left = until - mstc_clock_ticks_ms();
                if (left <= 0)
                        return true;
                poll(&fd, 1, left > 60000 ? 60000 : (int)left);
        }
        return false;
}

int64_t
mst_host_ticks_ms(const struct mst_host *host)
{
        (void)host;
        return mstc_clock_ticks_ms();
}

int64_t
mst_host_now(const struct mst_host *host)
{
        (void)host;
        return mstc_clock_now();
}

int
mst_host_random(struct mst_host *host, void *bytes, size_t size, struct mst_error *err)
{
        char *at = bytes;

        (void)host;
        while (size > 0) {
                ssize_t n = getrandom(at, size, 0);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return mst_fail(err, MST_EINTERNAL, "the system's random source failed: %s",
                                        strerror(errno));
                at += n;
                size -= (size_t)n;
        }
        return MST_OK;
}

void
mst_host_count(struct mst_host *host, enum mst_counted what, uint64_t more)
{
        if ((size_t)what < sizeof host->counts / sizeof host->counts[0])
                atomic_fetch_add(&host->counts[what], more);
}

uint64_t
mstc_host_take_count(struct mst_host *host, enum mst_counted what)
{
        return atomic_exchange(&host->counts[what], 0);
}

int
mst_host_keep(struct mst_host *host, const char *name, const void *bytes, size_t size,
              struct mst_error *err)
{
        size_t length = strlen(name);

        if (length == 0 || length > KEEP_NAME_MOST || mstc_utf8_valid(name, length) != length)
                return mst_fail(err, MST_EINTERNAL,
                                "'%s' cannot be kept: its name is not 1 to 256 bytes of UTF-8",
                                host->name);
        if (size > KEEP_MOST)
                return mst_fail(err, MST_EINTERNAL, "'%s' cannot keep '%s': %zu bytes are more than 16 MiB",
                                host->name, name, size);
        if (host->calls.keep == NULL)
                return mst_fail(err, MST_EINTERNAL, "'%s' cannot keep '%s': there is no store here",
                                host->name, name);
        return host->calls.keep(host->self, host->name, name, bytes, size, err);
}

const void *
mst_host_kept(struct mst_host *host, const char *name, struct mst_arena *arena, size_t *size)
{
        size_t unused;

        if (size == NULL)
                size = &unused;
        *size = 0;
        if (host->calls.kept == NULL)
                return NULL;
        return host->calls.kept(host->self, host->name, name, arena, size);
}

const char *
mst_host_wanted(const struct mst_host *host, const char *name)
{
        for (size_t i = 0; i < mst_host_want_count(host); i++)
                if (strcasecmp(mst_host_want(host, i), name) == 0)
                        return mst_host_want(host, i);
        return NULL;
}
