/* batch.c - many small reads, twenty at a time (POST /$batch).
 *
 * Graph answers the parts of a batch in any order and throttles each for itself.  What was
 * throttled or failed is asked again in a new batch, after the longest wait that any part was
 * told; waits of that kind count against the patience like any other.  A part that fails again
 * and again ends the call: nothing is concluded from it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "read.h"

enum { PARTS = 20, TRIES = 8, BACKOFF_MOST = 60000 };

struct sending {
        struct entra *entra;
        const struct entra_batch *batch;
        size_t *open;                        /* indexes that have no answer yet        */
        size_t count;
        size_t now;                          /* of them, those in this batch           */
        bool answered[PARTS];
        int status;                          /* of one that failed, for the sentence   */
        int64_t wait;
};

static bool
retryable(int status)
{
        return status == 424 || status == 429 || (status >= 500 && status != 501);
}

/* {"requests":[{"id":"0","method":"GET","url":"..."}]} */
static const char *
write_body(struct sending *s, struct mst_json_out *out, size_t *size)
{
        mst_json_out_object(out);
        mst_json_out_name(out, "requests");
        mst_json_out_array(out);
        for (size_t i = 0; i < s->now; i++) {
                const char *url = s->batch->url(s->batch->self, s->open[i]);
                char id[24];

                if (url == NULL)
                        return NULL;
                snprintf(id, sizeof id, "%zu", i);
                mst_json_out_object(out);
                mst_json_out_name(out, "id");
                mst_json_out_text(out, id, strlen(id));
                mst_json_out_name(out, "method");
                mst_json_out_text(out, "GET", 3);
                mst_json_out_name(out, "url");
                mst_json_out_text(out, url, strlen(url));
                mst_json_out_end(out);
        }
        mst_json_out_end(out);
        mst_json_out_end(out);
        return mst_json_written(out, size);
}

static int
post(struct sending *s, struct mst_error *err)
{
        struct entra *entra = s->entra;
        struct mst_json_out *out = mst_json_out_new();
        const char *body = NULL, *url = mst_arena_printf(entra->scratch, "%s/$batch", entra->base);
        size_t size = 0;
        int code;

        if (out != NULL)
                body = write_body(s, out, &size);
        if (body == NULL || url == NULL) {
                mst_json_out_free(out);
                return mst_fail_memory(err, s->batch->doing);
        }
        entra_graph_start(entra, entra->request, url, strlen(url));
        mst_http_start_exact(entra->request, "POST", url, strlen(url));
        mst_http_header(entra->request, "Accept", "application/json");
        mst_http_bearer(entra->request, entra->token);
        mst_http_repeatable(entra->request, true);           /* all of it is reading */
        mst_http_body(entra->request, "application/json", body, size);
        mst_json_out_free(out);
        code = mst_http_do(entra->http, entra->request, entra->reply, err);
        if (code != MST_OK)
                return mst_wrap(err, "%s", s->batch->doing);
        entra_pace_note(entra, entra->reply, (unsigned)s->now);
        return MST_OK;
}

struct answer {
        int64_t id;
        struct entra_part part;
        int64_t retry_after;
};

static void
read_headers(struct sending *s, struct answer *ret)
{
        struct entra *entra = s->entra;
        const char *name, *text;
        size_t length, size;

        if (!mst_json_enter_object(entra->json))
                return;
        while (mst_json_member(entra->json, &name, &length))
                if (length == 11 && strncasecmp(name, "Retry-After", 11) == 0) {
                        if (mst_json_text(entra->json, entra->scratch, &text, &size) != MST_JSON_OK)
                                continue;
                        text = mst_arena_strndup(entra->scratch, text, size);
                        ret->retry_after = mst_http_retry_after(text, mst_host_now(entra->host));
                } else if (length == 4 && strncasecmp(name, "ETag", 4) == 0) {
                        if (mst_json_text(entra->json, entra->scratch, &ret->part.etag, &ret->part.etag_length)
                            != MST_JSON_OK)
                                ret->part.etag = NULL;
                }
}

/* An id of ours, or -1. */
static int64_t
small_number(const char *text, size_t length)
{
        int64_t n = 0;

        if (length == 0 || length > 2)
                return -1;
        for (size_t i = 0; i < length; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return -1;
                n = n * 10 + (text[i] - '0');
        }
        return n;
}

static void
read_answer(struct sending *s, struct answer *ret)
{
        struct entra *entra = s->entra;
        const char *name, *text;
        size_t length, size;
        int64_t status = 0;

        *ret = (struct answer){ .id = -1, .retry_after = -1, .part.body = "null", .part.size = 4 };
        if (!mst_json_enter_object(entra->json))
                return;
        while (mst_json_member(entra->json, &name, &length)) {
                if (length == 2 && memcmp(name, "id", 2) == 0) {
                        if (mst_json_text(entra->json, entra->scratch, &text, &size) == MST_JSON_OK)
                                ret->id = small_number(text, size);
                } else if (length == 6 && memcmp(name, "status", 6) == 0) {
                        if (mst_json_int(entra->json, &status) == MST_JSON_OK)
                                ret->part.status = status > 0 && status < 1000 ? (int)status : 0;
                } else if (length == 7 && memcmp(name, "headers", 7) == 0) {
                        read_headers(s, ret);
                } else if (length == 4 && memcmp(name, "body", 4) == 0) {
                        mst_json_skip(entra->json, &ret->part.body, &ret->part.size);
                }
        }
}

static int
take(struct sending *s, const struct answer *answer, struct mst_error *err)
{
        if (answer->id < 0 || (size_t)answer->id >= s->now || s->answered[answer->id]
            || answer->part.status == 0)
                return MST_OK;               /* what stays open is asked again */
        if (retryable(answer->part.status)) {
                s->status = answer->part.status;
                if (answer->retry_after > s->wait)
                        s->wait = answer->retry_after;
                return MST_OK;
        }
        s->answered[answer->id] = true;
        return s->batch->tell(s->batch->self, s->open[answer->id], &answer->part, err);
}

/* The document is read once to see that it is whole, before anything of it is told. */
static int
read_answers(struct sending *s, struct mst_error *err)
{
        struct entra *entra = s->entra;
        size_t size, length, count = 0;
        const char *body = mst_http_content(entra->reply, &size), *name;
        struct answer *answers = mst_arena_alloc(entra->scratch, PARTS * sizeof *answers);

        if (answers == NULL)
                return mst_fail_memory(err, s->batch->doing);
        mst_json_start(entra->json, body, size);
        if (mst_json_enter_object(entra->json))
                while (mst_json_member(entra->json, &name, &length)) {
                        if (length != 9 || memcmp(name, "responses", 9) != 0 || !mst_json_enter_array(entra->json))
                                continue;
                        while (mst_json_element(entra->json))
                                if (count < PARTS)
                                        read_answer(s, &answers[count++]);
                }
        if (!mst_json_finish(entra->json))
                return MST_OK;                       /* damaged: asked again */
        for (size_t i = 0; i < count; i++)
                if (take(s, &answers[i], err) != MST_OK)
                        return err->code;
        return MST_OK;
}

/* Those that have their answer leave the list of the open ones. */
static void
close_answered(struct sending *s)
{
        size_t left = 0;

        for (size_t i = 0; i < s->count; i++)
                if (i >= s->now || !s->answered[i])
                        s->open[left++] = s->open[i];
        s->count = left;
}

static int
round_trip(struct sending *s, struct mst_error *err)
{
        struct entra_problem problem;

        s->now = s->count < PARTS ? s->count : PARTS;
        s->wait = -1;
        s->status = 0;
        memset(s->answered, 0, sizeof s->answered);
        if (post(s, err) != MST_OK)
                return err->code;
        if (mst_http_status(s->entra->reply) == 200 || mst_http_status(s->entra->reply) == 424) {
                if (read_answers(s, err) != MST_OK)
                        return err->code;
        } else {
                entra_problem_read(s->entra, s->entra->reply, &problem);
                return entra_problem_fail(s->entra, &problem, s->batch->doing, ENTRA_NEEDS_USERS, err);
        }
        close_answered(s);
        return MST_OK;
}

/* After a batch that left some open. */
static int
hold(struct sending *s, unsigned tries, struct mst_error *err)
{
        int64_t backoff = s->entra->config->backoff > 0 ? s->entra->config->backoff : 1000;

        if (tries >= TRIES && s->status != 429)
                return mst_fail(err, MST_ENET, "%s: Graph failed to answer %zu parts of a batch, %u times (status "
                                "%d)", s->batch->doing, s->count < PARTS ? s->count : (size_t)PARTS, tries,
                                s->status);
        for (unsigned i = 1; i < tries && backoff < BACKOFF_MOST; i++)
                backoff *= 2;
        mst_http_hold(s->entra->http, s->wait > 0 ? s->wait + s->wait / 20 : backoff, true);
        return MST_OK;
}

int
entra_batch_do(struct entra *entra, const struct entra_batch *batch, struct mst_error *err)
{
        struct sending s = { .entra = entra, .batch = batch, .count = batch->count };
        unsigned tries = 0;

        if (batch->count == 0)
                return MST_OK;
        s.open = mst_arena_alloc(entra->scratch, batch->count * sizeof *s.open);
        if (s.open == NULL)
                return mst_fail_memory(err, batch->doing);
        for (size_t i = 0; i < batch->count; i++)
                s.open[i] = i;
        while (s.count > 0) {
                size_t before = s.count, now = before < PARTS ? before : PARTS;

                if (round_trip(&s, err) != MST_OK)
                        return err->code;
                if (before - s.count == now) {
                        tries = 0;
                        continue;
                }
                tries = before == s.count || before <= PARTS ? tries + 1 : tries;
                if (hold(&s, tries, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

void
entra_part_problem(struct entra *entra, const struct entra_part *part, struct entra_problem *ret)
{
        *ret = (struct entra_problem){ .status = part->status, .message = "" };
        entra_problem_parse(entra, part->body, part->size, ret);
}
