/* mangle.h - spoils a reply that is already written, the way bad services do:
 * it finds a record and a member in it and changes the bytes. 'lists' names the members
 * that hold records (NULL at the end); where a list holds lists, those are looked into. */
#ifndef REST_MANGLE_H
#define REST_MANGLE_H
#include "text.h"

#include <stdbool.h>
#include <stdint.h>

/* Puts 'json' (any bytes) in place of the value of 'property' in record
 * number 'record' of the reply; no property: the first text that is not the
 * id. False when there is no such thing. */
bool mangle_value(struct text *reply, const char *const *lists, uint32_t record, const char *property, const char *json, size_t len);
/* Takes the member out. */
bool mangle_drop(struct text *reply, const char *const *lists, uint32_t record, const char *property);
/* Adds a member at the end of the record. */
bool mangle_add(struct text *reply, const char *const *lists, uint32_t record, const char *member, size_t len);
/* The first of 'names' that the reply has at its top: another value, or (NULL) none at all. */
bool mangle_member(struct text *reply, const char *const *names, const char *value);
/* Where the record begins and ends. */
bool mangle_record(const struct text *reply, const char *const *lists, uint32_t record, size_t *from, size_t *to);
#endif
