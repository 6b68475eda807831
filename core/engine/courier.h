/* courier.h - one instance's thread: it carries one call at a time to the plugin.
 *
 * The conductor posts a call and goes on; when the call has come back, it takes the
 * answer.  What the call works on belongs to the courier's thread until then. */
#ifndef MSTC_COURIER_H
#define MSTC_COURIER_H

#include <muster/error.h>

struct mstc_courier;
typedef int mstc_call(void *argument, struct mst_error *err);

/* The thread starts with the first post.  NULL: out of memory. */
struct mstc_courier *mstc_courier_new(const char *name);
/* Waits for the call under way. */
void mstc_courier_free(struct mstc_courier *courier);
int mstc_courier_post(struct mstc_courier *courier, mstc_call *call, void *argument, struct mst_error *err);
bool mstc_courier_busy(struct mstc_courier *courier);
/* Waits up to 'ms' (-1: as long as it takes) for the call to come back; true when it has,
 * and then its result is in 'ret' and 'err'. */
bool mstc_courier_wait(struct mstc_courier *courier, int ms, int *ret, struct mst_error *err);
/* Readable while an answer waits. */
int mstc_courier_fd(const struct mstc_courier *courier);

#endif
