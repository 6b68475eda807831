/* rest.h - inside <muster/rest.h>: what its files share.
 *
 *   rest.c        an instance; a call and what its answer means
 *   rest-place.c  where calls go: bases, trusted hosts, 308
 *   rest-read.c   objects in answers, many answers, whole lists, polling
 *   rest-step.c   ops by tables of steps */
#ifndef MSTC_REST_H
#define MSTC_REST_H

#include <muster/rest.h>

enum { MSTC_REST_BASE = 512 };

struct mst_rest {
        const struct mst_rest_service *service;
        struct mst_host *host;
        struct mst_http *http;
        struct mst_http_token *token;
        const struct mst_secret *key;
        const char *key_prefix, *prefix;
        const char *url;                     /* the option's, or NULL                  */
        char base[MSTC_REST_BASE];           /* without a slash at its end             */
        char *const *hosts;
        struct mst_arena *arena;
        struct mst_json *json;
        struct mst_json_out *out;
        bool writing;                        /* there is a body for the next call      */
        bool doubt;
        int status;                          /* of the last answer                     */
        int64_t retry_after;                 /* of the last answer, or -1              */
};

/* The whole address and the credentials. */
void mstc_rest_fill(struct mst_rest *rest, struct mst_http_request *request, const char *method, const char *path);
/* What an answer means; '*ret' lives in 'arena'. */
int mstc_rest_judge(struct mst_rest *rest, const char *method, const struct mst_http_reply *reply,
                    struct mst_arena *arena, const struct mst_value **ret, struct mst_error *err);
int mstc_rest_vget(struct mst_rest *rest, const struct mst_value **ret, struct mst_error *err, const char *format,
                   va_list ap)
        MST_PRINTF(4, 0);
/* Calls 'each' with every word until it says true. */
bool mstc_rest_words(const char *words, bool (*each)(const void *self, const char *word), const void *self);
/* A 308: the request goes there, when it may. */
int mstc_rest_moved(struct mst_rest *rest, struct mst_http_request *request, const struct mst_http_reply *reply,
                    struct mst_error *err);

#endif
