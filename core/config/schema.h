/* schema.h - conf/muster.rng, compiled in (made by schema.awk). */
#ifndef MSTC_CONFIG_SCHEMA_H
#define MSTC_CONFIG_SCHEMA_H

#include <stddef.h>

extern const char mstc_config_schema[];
extern const size_t mstc_config_schema_size;

#endif
