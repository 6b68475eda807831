/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/host.h> - what the program offers to one instance of a connector.
 *
 * Valid from open() to the end of close().  Any thread of the instance may call
 * mst_host_log() and mst_host_stopping(); the rest from within a call.
 */
#ifndef MUSTER_HOST_H
#define MUSTER_HOST_H

#include <muster/arena.h>
#include <muster/error.h>

MST_BEGIN

struct mst_host;

/* The name the admin gave this source or sink. */
MST_API const char *mst_host_name(const struct mst_host *host);

enum mst_level {
        MST_LOG_ERROR = 1,
        MST_LOG_WARNING = 2,
        MST_LOG_INFO = 3,
        MST_LOG_DEBUG = 4        /* shown with --verbose; still without secrets        */
};

/* One line of the run's log.  Errors are returned, not logged: this is for what
 * nobody returns (a retry, a wait, a slow server). */
MST_API void mst_host_log(struct mst_host *host, enum mst_level level, const char *format, ...)
        MST_PRINTF(3, 4);

/* True when the call under way must come back within two seconds.  The
 * descriptor becomes readable at the same moment, so that it can stand in a
 * poll() beside the connector's sockets; never read from it or close it. */
MST_API bool mst_host_stopping(const struct mst_host *host);
MST_API int mst_host_stop_fd(const struct mst_host *host);

/* Waits, but not longer than until stopping; false when cut short. */
MST_API bool mst_host_sleep(const struct mst_host *host, uint32_t ms);

/* Monotonic milliseconds, for deadlines; wall clock as an MST_DATE. */
MST_API int64_t mst_host_ticks_ms(const struct mst_host *host);
MST_API int64_t mst_host_now(const struct mst_host *host);

/* Fills from the system's random source. */
MST_API int mst_host_random(struct mst_host *host, void *bytes, size_t size,
                            struct mst_error *err);

/* Keeps up to 16 MiB under 'name' for this instance; durable when it returns (a
 * refresh token that was rotated; a set of ids that the cursor refers to).  size 0
 * forgets it.  mst_host_kept() gives a
 * copy in 'arena' and its size, or NULL when nothing is kept. */
MST_API int mst_host_keep(struct mst_host *host, const char *name, const void *bytes, size_t size,
                          struct mst_error *err);
MST_API const void *mst_host_kept(struct mst_host *host, const char *name,
                                  struct mst_arena *arena, size_t *size);

/* What metrics show of a source or sink: adds 'more' to a count.  Any thread.  The HTTP of
 * <muster/http.h> counts by itself. */
enum mst_counted {
        MST_COUNT_CALLS = 0,         /* requests sent to the service                   */
        MST_COUNT_THROTTLED_MS = 1   /* time that the service asked to be left alone   */
};
MST_API void mst_host_count(struct mst_host *host, enum mst_counted what, uint64_t more);

/* Source: what rules and maps use, in order of the names; a cursor is bound to this
 * list, and what is not in it need not be read:
 *
 *      displayName          an attribute of users
 *      group.displayName    an attribute of groups (those that the descriptor and the facts
 *                           name with MST_ATTR_GROUP)
 *      group.members        who is in which group: mst_page_member()
 *
 * A source with MST_CAN_GROUPS reads groups when any name begins with "group.", and only
 * then; it is never asked for "memberOf", which the engine makes of the members.
 *
 * Sink: the attributes that maps write, matches compare and never-touch rules read, which
 * find and list should return.  When the engine verifies what the sink holds, these, too:
 *
 *      @enabled             whether the account can be used (MST_BOOL)
 *      @members             who is in a group: a list of the names, or the lasting ids, that
 *                           members are added by (MST_TEXT).  Not put: it is not known.  A list
 *                           without an element: nobody
 *
 * A sink that cannot tell, or not of all, leaves them out; they cost what they cost, and are
 * not wanted in everyday's listings. */
#define MST_OBJECT_ENABLED "@enabled"
#define MST_OBJECT_MEMBERS "@members"
MST_API size_t mst_host_want_count(const struct mst_host *host);
MST_API const char *mst_host_want(const struct mst_host *host, size_t index);
/* Is that name in the list?  One that ends in "*" asks for any that begins so:
 * mst_host_wants(host, "group.*"). */
MST_API bool mst_host_wants(const struct mst_host *host, const char *name);

/* The name in the list that is that one without regard to case, or NULL. */
MST_API const char *mst_host_wanted(const struct mst_host *host, const char *name);

MST_END_C
#endif
