/* finder.h - from a text to the number of an object: a hash table that keeps
 * only numbers and asks its owner whether one fits.
 *
 * An object may be entered under several texts; what no longer fits stays and
 * is passed over, so nothing is ever taken out. */
#ifndef GRAPH_FINDER_H
#define GRAPH_FINDER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef bool finder_fits(void *self, uint32_t number, const char *text);

struct finder {
        uint32_t *slots;                /* number + 1; 0 is free */
        uint32_t size, used;            /* size is a power of two */
        uint64_t (*hash)(void *self, uint32_t number);
        void *self;
};

/* Letters of ASCII hash and compare without regard to case. */
uint64_t finder_hash(const char *text);
/* 'hash' is the finder_hash of the object's present text, for growing. */
void finder_add(struct finder *f, uint32_t number, uint64_t hash);
uint32_t finder_get(const struct finder *f, const char *text, finder_fits *fits);
void finder_free(struct finder *f);
#endif
