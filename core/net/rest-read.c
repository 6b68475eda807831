/* rest-read.c - reading from a service: objects in answers, many answers at once, lists that
 * must not move while they are read, and waiting for something to be finished. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/net.h"
#include "net/rest.h"
#include "util/map.h"

enum { READINGS = 4, BUSY_MOST_MS = 30000 };

/* --- objects in answers --------------------------------------------------------------------- */

struct gathering {
        struct mst_rest *rest;
        const struct mst_value **all;
        size_t count;
        bool failed;
};

struct visit {
        struct gathering *g;
        const struct mst_value *at;
};

static const char *
id_of(struct mst_rest *rest, const struct mst_value *id)
{
        bool good = mst_value_type(id) == MST_INT ? mst_value_int(id) > 0
                    : mst_value_type(id) == MST_TEXT && mst_value_text(id, NULL)[0] != '\0';

        return good ? mst_value_print(rest->arena, id) : NULL;
}

struct naming {
        struct mst_rest *rest;
        const struct mst_value *object;
        const char **id;
};

static bool
take_id(const void *self, const char *name)
{
        const struct naming *n = self;

        *n->id = id_of(n->rest, mst_value_find(n->object, name));
        return *n->id != NULL;
}

static const char *
own_id(struct mst_rest *rest, const struct mst_value *object)
{
        const char *id = NULL;
        struct naming n = { rest, object, &id };

        (void)mstc_rest_words(rest->service->ids, take_id, &n);
        return id;
}

static bool
add(struct gathering *g, const struct mst_value *object)
{
        if (g->count == 0 || (g->count >= 64 && (g->count & (g->count - 1)) == 0)) {
                size_t room = g->count < 64 ? 64 : g->count * 2;
                const struct mst_value **more = mst_arena_alloc(g->rest->arena, room * sizeof *more);

                if (more == NULL)
                        return false;
                if (g->count > 0)
                        memcpy(more, g->all, g->count * sizeof *more);
                g->all = more;
        }
        g->all[g->count++] = object;
        return true;
}

static void gather(struct gathering *g, const struct mst_value *value);

static bool
gather_member(const void *self, const char *name)
{
        const struct visit *v = self;
        const struct mst_value *value = mst_value_find(v->at, name);

        if (mst_value_type(value) == MST_LIST || mst_value_type(value) == MST_OBJECT)
                gather(v->g, value);
        return false;
}

static void
gather(struct gathering *g, const struct mst_value *value)
{
        struct visit v = { g, value };

        if (g->failed)
                return;
        if (mst_value_type(value) == MST_LIST)
                for (size_t i = 0; i < mst_value_count(value); i++)
                        gather(g, mst_value_at(value, i));
        else if (mst_value_type(value) == MST_OBJECT && own_id(g->rest, value) != NULL)
                g->failed = !add(g, value);
        else
                (void)mstc_rest_words(g->rest->service->inside, gather_member, &v);
}

size_t
mst_rest_objects(struct mst_rest *rest, const struct mst_value *answer, const struct mst_value ***all, size_t count)
{
        struct gathering g = { .rest = rest, .all = count > 0 ? *all : NULL, .count = count };

        gather(&g, answer);
        *all = g.all;
        return g.failed ? SIZE_MAX : g.count;
}

/* A bare number where the object could be. */
static bool
bare_id(const void *self, const char *name)
{
        const struct naming *n = self;
        const struct mst_value *value = mst_value_find(n->object, name);

        if (mst_value_type(value) == MST_LIST)
                value = mst_value_at(value, 0);
        *n->id = mst_value_type(value) == MST_INT ? id_of(n->rest, value) : NULL;
        return *n->id != NULL;
}

const char *
mst_rest_id(struct mst_rest *rest, const struct mst_value *answer)
{
        const struct mst_value **all = NULL;
        size_t count = mst_rest_objects(rest, answer, &all, 0);
        const char *id = NULL;
        struct naming n = { rest, answer, &id };

        if (count != SIZE_MAX && count > 0)
                return own_id(rest, all[0]);
        (void)mstc_rest_words(rest->service->inside, bare_id, &n);
        return id;
}

/* --- many -------------------------------------------------------------------------------------- */

struct many {
        struct mst_rest *rest;
        const char *const *paths;
        const struct mst_value **ret;
        size_t count, at;
};

static int
next(void *self, struct mst_http_request *request, void **user, struct mst_error *err)
{
        struct many *m = self;

        (void)err;
        while (m->at < m->count && m->paths[m->at] == NULL)
                m->at++;
        if (m->at == m->count)
                return MST_END;
        mstc_rest_fill(m->rest, request, "GET", m->paths[m->at]);
        *user = &m->ret[m->at++];
        return MST_OK;
}

static int
done(void *self, void *user, struct mst_http_reply *reply, int code, const struct mst_error *why, struct mst_error *err)
{
        struct many *m = self;
        const struct mst_value **ret = user;

        if (code != MST_OK) {
                *err = *why;
                return code;
        }
        code = mstc_rest_judge(m->rest, "GET", reply, m->rest->arena, ret, err);
        if (code == MST_OK)
                return MST_OK;
        *ret = NULL;
        return code == MST_ENOTFOUND ? MST_OK : mst_wrap(err, "GET %s", m->paths[ret - m->ret]);
}

int
mst_rest_gets(struct mst_rest *rest, const char *const *paths, size_t count, const struct mst_value **ret,
              struct mst_error *err)
{
        struct many m = { .rest = rest, .paths = paths, .ret = ret, .count = count };
        const struct mst_http_many calls = { .size = sizeof calls, .next = next, .done = done, .self = &m };

        for (size_t i = 0; i < count; i++)
                ret[i] = NULL;
        return mst_http_many(rest->http, &calls, err);
}

/* --- a whole list --------------------------------------------------------------------------------- */

/* False: somebody stands in it twice. */
static bool
all_different(struct mst_rest *rest, const struct mst_value **all, size_t count)
{
        struct mstc_map *map = mstc_map_new();
        bool good = map != NULL;

        for (size_t i = 0; good && i < count; i++) {
                const char *id = own_id(rest, all[i]);

                good = id != NULL && mstc_map_get(map, id) == NULL && mstc_map_put(map, id, rest);
        }
        mstc_map_free(map);
        return good;
}

/* One reading; '*whole' tells whether nothing moved meanwhile. */
static int
read_once(struct mst_rest *rest, const struct mst_rest_list *list, const struct mst_value ***all, size_t *count, bool *whole,
          struct mst_error *err)
{
        char mark = strchr(list->path, '?') != NULL ? '&' : '?';
        int64_t total = -1, now;
        size_t before = SIZE_MAX;

        *count = 0;
        *whole = true;
        for (int page = 1; *count != before && (total < 0 || *count < (size_t)total); page++) {
                const struct mst_value *answer = NULL;
                size_t from = list->by_item ? *count + 1 : (size_t)page;
                int code;

                before = *count;
                code = list->page == NULL ? mst_rest_get(rest, &answer, err, "%s", list->path)
                       : mst_rest_get(rest, &answer, err, "%s%c%s=%zu&%s=%d", list->path, mark, list->page, from, list->most, list->size);
                if (code == MST_ENOTFOUND && page > 1)
                        break;               /* beyond the end of what has shrunk      */
                if (code != MST_OK)
                        return code;
                *count = mst_rest_objects(rest, answer, all, *count);
                if (*count == SIZE_MAX)
                        return mst_fail_memory(err, "reading a list");
                if (list->page == NULL)
                        break;
                if (mst_value_type(answer) == MST_NULL)
                        break;               /* nothing more */
                now = list->total != NULL ? mst_value_find_int(answer, list->total, -1) : -1;
                *whole = *whole && (total < 0 || now == total);
                total = now >= 0 || list->total == NULL ? now : (int64_t)*count;
        }
        *whole = *whole && (total < 0 || *count == (size_t)total) && all_different(rest, *all, *count);
        return MST_OK;
}

int
mst_rest_list(struct mst_rest *rest, const struct mst_rest_list *list, const struct mst_value ***ret, size_t *count,
              struct mst_error *err)
{
        bool whole = false;

        for (int i = 0; i < READINGS && !whole; i++)
                if (read_once(rest, list, ret, count, &whole, err) != MST_OK)
                        return err->code;
        return whole ? MST_OK : mst_fail(err, MST_ENET, "the list %.*s changed each of the %d times it was read",
                                         (int)strcspn(list->path, "?"), list->path, READINGS);
}

int
mst_rest_whole(struct mst_rest *rest, const char *member, const struct mst_value ***ret, size_t *count, struct mst_error *err,
               const char *format, ...)
{
        const struct mst_value *answer;
        va_list ap;
        int code;

        va_start(ap, format);
        code = mstc_rest_vget(rest, &answer, err, format, ap);
        va_end(ap);
        if (code != MST_OK)
                return code;
        if (mst_value_type(mst_value_find(answer, member)) != MST_LIST)
                return mst_fail(err, MST_ENET, "%s answers without '%s', where a list should be", rest->service->name, member);
        *ret = NULL;
        *count = mst_rest_objects(rest, answer, ret, 0);
        return *count != SIZE_MAX ? MST_OK : mst_fail_memory(err, "reading a list");
}

/* --- until it is finished --------------------------------------------------------------------------- */

int
mst_rest_poll(struct mst_rest *rest, const char *member, const char *busy, int64_t every_ms, int64_t most_ms,
              const struct mst_value **ret, struct mst_error *err, const char *format, ...)
{
        int64_t until = mst_host_ticks_ms(rest->host) + most_ms, wait;
        va_list ap;
        char *path;
        int length;

        va_start(ap, format);
        length = vsnprintf(NULL, 0, format, ap);
        va_end(ap);
        path = length < 0 ? NULL : mst_arena_alloc(rest->arena, (size_t)length + 1);
        if (path == NULL)
                return mst_fail_memory(err, "asking again");
        va_start(ap, format);
        vsnprintf(path, (size_t)length + 1, format, ap);
        va_end(ap);
        for (wait = every_ms;; wait = wait * 2 < BUSY_MOST_MS ? wait * 2 : BUSY_MOST_MS) {
                int64_t pause = wait;

                if (mst_rest_get(rest, ret, err, "%s", path) != MST_OK)
                        return err->code;
                if (strcmp(mst_value_find_text(*ret, member), busy) != 0)
                        return MST_OK;
                if (rest->retry_after > pause)
                        pause = rest->retry_after;
                if (mst_host_ticks_ms(rest->host) + pause > until || pause > INT32_MAX
                    || !mst_host_sleep(rest->host, (uint32_t)pause))
                        break;
        }
        rest->doubt = true;
        return mst_fail(err, MST_ENET, "%s is still busy with it (%s is %s)", rest->service->name, member, busy);
}

int
mst_rest_job(struct mst_rest *rest, const struct mst_rest_job *job, struct mst_http_request *request,
             const struct mst_value **ret, struct mst_error *err)
{
        const char *id, *path = job->path, *at = path != NULL ? strstr(path, "%s") : NULL;

        if (path == NULL) {
                mst_http_request_free(request);
                return mst_fail_memory(err, "asking for a job");
        }
        if (mst_rest_send(rest, request, ret, err) != MST_OK)
                return err->code;
        rest->doubt = true;
        id = mst_value_print(rest->arena, mst_value_find(*ret, job->job));
        if (id == NULL || id[0] == '\0')
                return mst_fail(err, MST_ENET, "%s took it and does not say which job it is", rest->service->name);
        if (at != NULL)
                path = mst_arena_printf(rest->arena, "%.*s%s%s", (int)(at - path), path, mst_rest_escape(rest, id), at + 2);
        if (path == NULL)
                return mst_fail_memory(err, "asking for a job");
        if (mst_rest_poll(rest, job->status, job->busy, job->every_ms, job->most_ms, ret, err, "%s", path) != MST_OK)
                mst_wrap(err, "job %s", id);
        rest->doubt = true;
        return err->code;
}
