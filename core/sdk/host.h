/* host.h - the program's end of mst_host: where log lines, kept values and the
 * wish to stop come from and go to. */
#ifndef MSTC_HOST_H
#define MSTC_HOST_H

#include <muster/host.h>

struct mstc_host_calls {
        void (*log)(void *self, const char *instance, enum mst_level level, const char *text);
        int (*keep)(void *self, const char *instance, const char *name, const void *bytes, size_t size,
                    struct mst_error *err);
        const void *(*kept)(void *self, const char *instance, const char *name, struct mst_arena *arena,
                            size_t *size);
};

/* What the connector has counted since it was last asked; from any thread. */
MST_API uint64_t mstc_host_take_count(struct mst_host *host, enum mst_counted what);

/* Says "stop" to everybody who looks.  One for a process or a run; made before
 * threads, freed after.  mstc_stop_now() may be called in a signal handler. */
struct mstc_stop;
MST_API struct mstc_stop *mstc_stop_new(void);
MST_API void mstc_stop_free(struct mstc_stop *stop);
MST_API void mstc_stop_now(struct mstc_stop *stop);
MST_API bool mstc_stop_is(const struct mstc_stop *stop);
MST_API int mstc_stop_fd(const struct mstc_stop *stop);

/* 'calls' members may be NULL (nothing is kept, nothing logged).  The name is copied;
 * stop and self are borrowed.  Wants are copied, sorted, made unique. */
MST_API struct mst_host *mstc_host_new(const char *instance, const struct mstc_host_calls *calls,
                                       void *self, struct mstc_stop *stop);
MST_API void mstc_host_free(struct mst_host *host);
MST_API bool mstc_host_set_wants(struct mst_host *host, const char *const *names, size_t count);

#endif
