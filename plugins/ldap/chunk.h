/* chunk.h - how much a server takes in one request: what the admin says, and what its
 * refusals have taught. */
#ifndef LDP_CHUNK_H
#define LDP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ldp_sink;

struct ldp_chunk {
        bool read;                       /* what earlier runs have learned was looked up */
        uint64_t bytes, values;          /* 0: nothing is known                        */
};

/* A request of fewer bytes was not too much when its connection ended; nor is it likely
 * after so many of them. */
#define LDP_SUSPECT 16384
#define LDP_LOSSES 12

/* Bytes in a request, values in one change of a group. */
size_t ldp_chunk_bytes(struct ldp_sink *sink);
size_t ldp_chunk_values(struct ldp_sink *sink);

/* No more than these from now on, also in later runs; 0: nothing is said of it. */
void ldp_chunk_learn(struct ldp_sink *sink, size_t bytes, size_t values);

#endif
