/* SPDX-License-Identifier: Apache-2.0
 *
 * chunk.c - how much a server takes in one request.
 *
 * A server that is sent too much says so (11, adminLimitExceeded), or hangs up without
 * a word (slapd above sockbuf_max_incoming_auth, 389 DS above nsslapd-maxbersize).  The
 * caller halves what it sent; the size that then went through is kept here, for the life
 * of the sink, as "BYTES VALUES OPTION" under one name.  With another max-request-size
 * than OPTION it is forgotten: the admin has changed the server, or knows better.  What a
 * family of servers is known not to take is not tried (Active Directory: 5,000 values). */
#include "chunk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sink.h"

#define KEPT "chunk"
#define LEAST_BYTES 8192
#define LEAST_VALUES 16

static void
recall(struct ldp_sink *sink)
{
        struct mst_arena *arena = mst_arena_new(0);
        const char *text = NULL;
        char copy[96];
        size_t size = 0;
        uint64_t bytes, values, option;

        sink->chunk.read = true;
        if (arena != NULL)
                text = mst_host_kept(sink->host, KEPT, arena, &size);
        if (text != NULL && size < sizeof copy) {
                memcpy(copy, text, size);
                copy[size] = '\0';
                if (sscanf(copy, "%" SCNu64 " %" SCNu64 " %" SCNu64, &bytes, &values, &option) == 3 &&
                    option == (uint64_t)sink->config->max_request) {
                        sink->chunk.bytes = bytes;
                        sink->chunk.values = values;
                }
        }
        mst_arena_free(arena);
}

size_t
ldp_chunk_bytes(struct ldp_sink *sink)
{
        uint64_t most = (uint64_t)sink->config->max_request;

        if (!sink->chunk.read)
                recall(sink);
        return (size_t)(sink->chunk.bytes != 0 && sink->chunk.bytes < most ? sink->chunk.bytes : most);
}

size_t
ldp_chunk_values(struct ldp_sink *sink)
{
        size_t most = sink->dir.dialect != NULL && sink->dir.dialect->most_values != 0 ? sink->dir.dialect->most_values
                                                                                       : SIZE_MAX;

        if (!sink->chunk.read)
                recall(sink);
        return sink->chunk.values != 0 && sink->chunk.values < most ? (size_t)sink->chunk.values : most;
}

void
ldp_chunk_learn(struct ldp_sink *sink, size_t bytes, size_t values)
{
        struct ldp_chunk *chunk = &sink->chunk;
        struct mst_error err = { 0 };
        char text[96];

        if (bytes != 0 && bytes < LEAST_BYTES)
                bytes = LEAST_BYTES;
        if (values != 0 && values < LEAST_VALUES)
                values = LEAST_VALUES;
        bytes = bytes != 0 && bytes < ldp_chunk_bytes(sink) ? bytes : 0;
        values = values != 0 && values < ldp_chunk_values(sink) ? values : 0;
        if (bytes == 0 && values == 0)
                return;
        if (bytes != 0)
                chunk->bytes = bytes;
        if (values != 0)
                chunk->values = values;
        snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64 " %" PRId64, chunk->bytes, chunk->values,
                 sink->config->max_request);
        if (bytes != 0)
                mst_host_log(sink->host, MST_LOG_INFO, "the directory does not take requests of max-request-size: from "
                             "now on at most %zu bytes", bytes);
        else
                mst_host_log(sink->host, MST_LOG_INFO, "the directory does not take as many members at once: from now "
                             "on at most %zu", values);
        /* Not kept it is learned again. */
        if (mst_host_keep(sink->host, KEPT, text, strlen(text), &err) != MST_OK)
                mst_host_log(sink->host, MST_LOG_WARNING, "%s", err.text);
}
