/* uuid.h - the ids of entries: 16 bytes, as each server family writes them. */
#ifndef LDP_UUID_H
#define LDP_UUID_H

#include <ldap.h>

#include <muster/arena.h>

enum ldp_form {
        LDP_FORM_UUID = 0,               /* entryUUID: 8-4-4-4-12 hex digits           */
        LDP_FORM_GUID,                   /* objectGUID: 16 bytes, the first three numbers low byte first */
        LDP_FORM_UNIQUE                  /* nsUniqueId: four times 8 hex digits        */
};

#define LDP_UUID_ROOM 40

/* A value of the id attribute as the engine knows it; false: it is none. */
bool ldp_uuid_read(enum ldp_form form, const struct berval *value, char into[LDP_UUID_ROOM]);

/* The 16 bytes of a content synchronization (RFC 4533) as the id. */
bool ldp_uuid_from_bytes(enum ldp_form form, const void *bytes, size_t size, char into[LDP_UUID_ROOM]);

/* The id as it stands in a filter, escaped.  Room for 60 bytes.  False: no id of ours. */
bool ldp_uuid_filter(enum ldp_form form, const char *id, char into[64]);

#endif
