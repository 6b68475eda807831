/* rules-record.h - a person of rules-world.h as a record. */
#ifndef RULES_RECORD_H
#define RULES_RECORD_H

#include <stdint.h>

struct mst_record;

void world_record(struct mst_record *into, uint32_t number);

#endif
