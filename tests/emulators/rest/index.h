/* index.h - rows of an array by a key that is text, so that a service with many objects
 * answers as fast as one with few.
 *
 * Keys are compared without regard to case (ASCII).  Nothing is ever taken out: a row
 * whose key has changed is added under the new one, and who asks looks whether a row that
 * he is given still has the key.  He must, anyway: what is found may be another key with
 * the same hash. */
#ifndef REST_INDEX_H
#define REST_INDEX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index {
        struct index_node *nodes;
        uint32_t *heads;                /* number of a node, 0: none */
        size_t count, room;
};

/* Once more is once. */
void index_add(struct index *i, const char *key, uint32_t row);

/* The rows under a key, in the order of their adding:
 *      for (size_t at = 0; index_each(&i, key, &at, &row);) */
bool index_each(const struct index *i, const char *key, size_t *at, uint32_t *row);

void index_close(struct index *i);
#endif
