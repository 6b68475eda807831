/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/escape.h> - one escaping function for each place a value can go.
 *
 * Each returns a NUL-terminated copy in 'arena' that is safe in its place, or
 * NULL when memory is out.  Places nest: a DN inside a filter is escaped as a DN
 * first and as a filter then.  Write no other escaping anywhere.  Any thread.
 */
#ifndef MUSTER_ESCAPE_H
#define MUSTER_ESCAPE_H

#include <muster/arena.h>

MST_BEGIN

/* The value of an attribute in an RDN (RFC 4514, section 2.4). */
MST_API char *mst_escape_dn(struct mst_arena *arena, const char *value, size_t length);

/* An assertion value in a search filter (RFC 4515, section 3), binary too. */
MST_API char *mst_escape_filter(struct mst_arena *arena, const void *value, size_t length);

/* One path segment, query name or query value (RFC 3986: all but unreserved),
 * which is also right for application/x-www-form-urlencoded. */
MST_API char *mst_escape_url(struct mst_arena *arena, const char *value, size_t length);

/* A JSON string without the quotation marks (RFC 8259, section 7). */
MST_API char *mst_escape_json(struct mst_arena *arena, const char *value, size_t length);

/* Text or a quoted attribute in XML; what XML cannot hold becomes U+FFFD. */
MST_API char *mst_escape_xml(struct mst_arena *arena, const char *value, size_t length);

/* A field of a CSV file (RFC 4180), quoted where needed; a leading = + - @ or
 * tab gets an apostrophe in front so that no spreadsheet runs it. */
MST_API char *mst_escape_csv(struct mst_arena *arena, const char *value, size_t length);

/* For a terminal or a log line: control characters, bidirectional overrides and
 * broken UTF-8 become visible, nothing can move the cursor or forge a line. */
MST_API char *mst_escape_terminal(struct mst_arena *arena, const char *value, size_t length);

MST_END_C
#endif
