/* numbers.h - from a number to a pointer: open addressing, keys not 0.  One thread. */
#ifndef MSTC_NUMBERS_H
#define MSTC_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mstc_numbers {                        /* starts as { 0 }                        */
        struct mstc_number_slot { int64_t key; void *value; } *slots;
        size_t room, used;                   /* used counts removed ones, too          */
};

void *mstc_numbers_get(const struct mstc_numbers *numbers, int64_t key);
/* A NULL value removes.  False: out of memory. */
bool mstc_numbers_put(struct mstc_numbers *numbers, int64_t key, void *value);
/* Walks in no order: start with *at = 0. */
bool mstc_numbers_each(const struct mstc_numbers *numbers, size_t *at, int64_t *key, void **value);
void mstc_numbers_done(struct mstc_numbers *numbers);

#endif
