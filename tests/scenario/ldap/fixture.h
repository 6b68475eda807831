/* fixture.h - the ldap sink opened on a slapd of its own, ops pushed through a real feed,
 * and a second pair of eyes: what the directory holds is read by libldap as its root. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <check.h>
#include <ldap.h>

#include <muster/plugin.h>
#include <muster/test.h>

#include "../../../plugins/ldap/options.h"

#define SUFFIX "dc=contoso,dc=example"
#define PEOPLE "ou=people," SUFFIX
#define GROUPS "ou=groups," SUFFIX
#define LOGIN "cn=muster,ou=services," SUFFIX

struct fixture {
        struct mst_test *test;
        struct ldp_config config;
        char *uris[3];
        void *self;
        LDAP *admin;
        struct mst_feed *feed;
        struct mst_op *ops[16384];
        size_t count;
};

extern const struct mst_plugin mst_plugin_ldap;

/* A folder as tests/scenario/slapd.sh makes it: "main" or "small". */
const char *fx_folder(const char *server);
/* The content of a file in it, without the end of line. */
const char *fx_read(const char *server, const char *file);
/* slapd_stop and the like of slapd.sh, or a signal to the server's process. */
void fx_shell(const char *server, const char *function);
void fx_signal(const char *server, int signal);

/* The configuration for a server; change fx->config before fx_open(). */
void fx_begin(struct fixture *fx, const char *server);
int fx_open(struct fixture *fx, struct mst_error *err);
void fx_close(struct fixture *fx);
/* Deletes all below an entry. */
void fx_empty(struct fixture *fx, const char *base);
/* Begin and open, and the areas emptied. */
void fx_start(struct fixture *fx, const char *server);
void fx_empty_areas(struct fixture *fx); /* people and groups */

/* An op for the next fx_apply(); its number is fx->count - 1. */
struct mst_op *fx_op(struct fixture *fx, enum mst_verb verb, enum mst_kind kind, const char *id);
void fx_put(struct mst_record *record, const char *name, const char *value);
void fx_list(struct mst_record *record, const char *name, const char *const *values, size_t count);
/* A create with uid, cn and sn, and what fx_put() adds. */
struct mst_op *fx_person(struct fixture *fx, const char *uid);
/* Before and after of one attribute; NULL: none. */
void fx_change(struct mst_op *op, const char *name, const char *before, const char *after);
/* Created by hand, as somebody else would; the id comes back. */
const char *fx_make(struct fixture *fx, const char *dn, const char *const *attributes);
void fx_add(struct fixture *fx, const char *dn, const char *const *attributes);  /* without */

/* apply(); fx->ops are then the settled ops, in the order in which they were made. */
int fx_apply(struct fixture *fx, struct mst_error *err);
/* The same, and every op must end so. */
void fx_expect(struct fixture *fx, enum mst_outcome outcome);
void fx_forget(struct fixture *fx);      /* the ops */
void fx_outcome(struct fixture *fx, size_t index, enum mst_outcome outcome, const char *says);

/* What the directory holds: values in order of their bytes, joined with '|'; NULL: no
 * such entry; "": no such attribute. */
const char *fx_look(struct fixture *fx, const char *dn, const char *attribute);
size_t fx_values(struct fixture *fx, const char *dn, const char *attribute);
size_t fx_entries(struct fixture *fx, const char *base, const char *filter);
bool fx_exists(struct fixture *fx, const char *dn);
const char *fx_id(struct fixture *fx, const char *dn);
void fx_modify(struct fixture *fx, const char *dn, int how, const char *attribute, const char *value);
void fx_delete(struct fixture *fx, const char *dn);

TCase *case_pieces(void);
TCase *case_people(void);
TCase *case_payloads(void);
TCase *case_groups(void);
TCase *case_find(void);
TCase *case_trouble(void);
TCase *case_tls(void);

#endif
