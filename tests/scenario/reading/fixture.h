/* fixture.h - the ldap source opened on a directory of its own, whole rounds read through it, and
 * the directory changed and looked at by the OpenLDAP tools. */
#ifndef READING_FIXTURE_H
#define READING_FIXTURE_H

#include <check.h>

#include <muster/plugin.h>
#include <muster/test.h>

#include "../../../plugins/ldap/reading.h"

#define SUFFIX "dc=contoso,dc=example"
#define PEOPLE "ou=people," SUFFIX
#define GROUPS "ou=groups," SUFFIX
#define LOGIN "cn=muster,ou=services," SUFFIX
#define PAGES 400

struct fixture {
        struct mst_test *test;
        struct ldp_reading config;
        const char *server;
        char *uris[3];
        void *self;
        struct mst_page *pages[PAGES];       /* of the round that was read last        */
        size_t page_count;
        char cursor[65536];                  /* where the next round begins            */
        bool has_cursor;
};

extern const struct mst_plugin mst_plugin_ldap;

/* A file in the folder of a server, without the end of line. */
const char *fx_read(const char *server, const char *file);

/* The configuration for a server; change fx->config before fx_open(). */
void fx_begin(struct fixture *fx, const char *server);
void fx_wants(struct fixture *fx, const char *const *names, size_t count);
int fx_open(struct fixture *fx, struct mst_error *err);
/* Both, with the usual wants. */
void fx_start(struct fixture *fx, const char *server);
/* Closes the instance and opens another, as another process would. */
void fx_again(struct fixture *fx);
void fx_close(struct fixture *fx);

/* Reads a round, from the start or from fx->cursor, to its end. */
int fx_try(struct fixture *fx, bool full, struct mst_error *err);
void fx_round(struct fixture *fx, bool full);

/* What was told in the round. */
size_t fx_count(const struct fixture *fx, enum mst_test_what what, enum mst_kind kind);
bool fx_told(const struct fixture *fx, enum mst_test_what what, const char *id);
bool fx_all(const struct fixture *fx, enum mst_kind kind);
const struct mst_record *fx_record(const struct fixture *fx, const char *id);
/* Text of one attribute of it; "" when there is none. */
const char *fx_text(const struct fixture *fx, const char *id, const char *attribute);
bool fx_member(const struct fixture *fx, const char *group, enum mst_kind kind, const char *member);
size_t fx_members(const struct fixture *fx, const char *group);

/* The fault proxy in front of a server: before fx_open() the way leads through it; then the one rule
 * that holds from now on, as tests/emulators/ldap-proxy/README has them, "" for none. */
void fx_through(struct fixture *fx);
void fx_fault(const struct fixture *fx, const char *rule);

/* ldapmodify as the root of the directory; the text is LDIF. */
void fx_ldif(const struct fixture *fx, const char *format, ...) MST_PRINTF(2, 3);
/* A person, and the id of an entry. */
const char *fx_person(const struct fixture *fx, const char *uid, const char *more);
const char *fx_id(const struct fixture *fx, const char *dn);
/* Everybody below people and groups is deleted. */
void fx_empty(const struct fixture *fx);

TCase *case_whole(void);
TCase *case_changes(void);
TCase *case_ad(void);
TCase *case_hostile(void);
TCase *case_shelves(void);

#endif
