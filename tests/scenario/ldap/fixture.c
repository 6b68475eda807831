/* fixture.c - see fixture.h.  Whatever goes wrong here fails the test. */
#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static char *user_classes[] = { (char *)"top", (char *)"person", (char *)"organizationalPerson",
                               (char *)"inetOrgPerson", (char *)"musterObject", NULL };
static char *group_classes[] = { (char *)"top", (char *)"groupOfNames", (char *)"musterObject", NULL };

const char *
fx_folder(const char *server)
{
        static char folder[512];
        const char *work = getenv("LDAP_SINK_WORK");

        ck_assert_ptr_nonnull(work);
        snprintf(folder, sizeof folder, "%s/%s", work, server);
        return folder;
}

const char *
fx_read(const char *server, const char *file)
{
        static char texts[4][1024];
        static size_t next;
        char path[1024], *text = texts[next++ % 4];
        FILE *from;

        snprintf(path, sizeof path, "%s/%s", fx_folder(server), file);
        from = fopen(path, "r");
        ck_assert_msg(from != NULL, "%s is missing", path);
        text[fread(text, 1, 1023, from)] = '\0';
        fclose(from);
        text[strcspn(text, "\n")] = '\0';
        return text;
}

void
fx_shell(const char *server, const char *function)
{
        char command[2048];

        /* In a session of its own: Check ends a test's whole process group with it. */
        snprintf(command, sizeof command, "setsid -w bash -c '. \"$srcdir/tests/scenario/slapd.sh\"; %s \"%s\"'", function,
                 fx_folder(server));
        ck_assert_int_eq(system(command), 0);
}

void
fx_signal(const char *server, int number)
{
        pid_t pid = (pid_t)atoi(fx_read(server, "pid"));

        ck_assert_int_gt(pid, 1);
        ck_assert_int_eq(kill(pid, number), 0);
}

static LDAP *
as_admin(const char *server)
{
        LDAP *ld = NULL;
        int version = LDAP_VERSION3;
        struct berval password = { .bv_val = (char *)fx_read(server, "admin.secret") };

        password.bv_len = strlen(password.bv_val);
        ck_assert_int_eq(ldap_initialize(&ld, fx_read(server, "uri")), LDAP_SUCCESS);
        ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
        ck_assert_int_eq(ldap_sasl_bind_s(ld, strcmp(server, "ds") == 0 ? "cn=Directory Manager" : "cn=admin," SUFFIX, LDAP_SASL_SIMPLE, &password, NULL, NULL, NULL),
                         LDAP_SUCCESS);
        return ld;
}

void
fx_begin(struct fixture *fx, const char *server)
{
        const char *secret = fx_read(server, "muster.secret");

        memset(fx, 0, sizeof *fx);
        fx->test = mst_test_new("corporate");
        fx->uris[0] = strdup(fx_read(server, "uri"));
        fx->config = (struct ldp_config){
                .access = { .uris = fx->uris, .bind_dn = (char *)LOGIN,
                            .password = mst_secret_new(secret, strlen(secret)),
                            .timeout = 10000, .connect_timeout = 5000 },
                .user_base = (char *)PEOPLE, .group_base = (char *)GROUPS,
                .user_rdn = (char *)"uid", .group_rdn = (char *)"cn",
                .user_classes = user_classes, .group_classes = group_classes,
                .member_attribute = (char *)"member", .user_stamp = (char *)"musterStamp",
                .group_stamp = (char *)"musterStamp",
                .connections = 4, .window = 8,
                .page_size = 100, .max_request = 4096000, .attempts = 5,
        };
        ck_assert_ptr_nonnull(fx->test);
        ck_assert_ptr_nonnull(fx->config.access.password);
}

int
fx_open(struct fixture *fx, struct mst_error *err)
{
        return mst_plugin_ldap.sink->open(&fx->config, mst_test_host(fx->test), &fx->self, err);
}

void
fx_empty(struct fixture *fx, const char *base)
{
        char *nothing[] = { (char *)LDAP_NO_ATTRS, NULL };
        LDAPMessage *found = NULL;

        /* twice: children first */
        for (int round = 0; round < 3; round++) {
                ck_assert_int_eq(ldap_search_ext_s(fx->admin, base, LDAP_SCOPE_SUBTREE, "(objectClass=*)", nothing, 0,
                                                   NULL, NULL, NULL, 0, &found), LDAP_SUCCESS);
                for (LDAPMessage *e = ldap_first_entry(fx->admin, found); e != NULL; e = ldap_next_entry(fx->admin, e)) {
                        char *dn = ldap_get_dn(fx->admin, e);

                        if (strcasecmp(dn, base) != 0)
                                (void)ldap_delete_ext_s(fx->admin, dn, NULL, NULL);
                        ldap_memfree(dn);
                }
                ldap_msgfree(found);
        }
}

void
fx_empty_areas(struct fixture *fx)
{
        fx_empty(fx, PEOPLE);
        fx_empty(fx, GROUPS);
}

void
fx_start(struct fixture *fx, const char *server)
{
        struct mst_error err = { 0 };

        fx_begin(fx, server);
        fx->admin = as_admin(server);
        fx_empty_areas(fx);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

void
fx_close(struct fixture *fx)
{
        if (fx->self != NULL)
                mst_plugin_ldap.sink->close(fx->self);
        mst_test_free(fx->test);
        mst_secret_free(fx->config.access.password);
        free(fx->uris[0]);
        if (fx->admin != NULL)
                ldap_unbind_ext(fx->admin, NULL, NULL);
        memset(fx, 0, sizeof *fx);
}

/* --- ops --------------------------------------------------------------------------- */

struct mst_op *
fx_op(struct fixture *fx, enum mst_verb verb, enum mst_kind kind, const char *id)
{
        struct mst_op *op = mst_test_op(fx->test, verb, kind, id);

        ck_assert_ptr_nonnull(op);
        ck_assert(fx->count < sizeof fx->ops / sizeof *fx->ops);
        fx->ops[fx->count++] = op;
        return op;
}

void
fx_put(struct mst_record *record, const char *name, const char *value)
{
        mst_record_text(record, mst_record_put(record, name), value, strlen(value));
}

void
fx_list(struct mst_record *record, const char *name, const char *const *values, size_t count)
{
        struct mst_value *list = mst_record_put(record, name);

        mst_record_list(record, list);
        for (size_t i = 0; i < count; i++)
                mst_record_text(record, mst_record_append(record, list), values[i], strlen(values[i]));
}

struct mst_op *
fx_person(struct fixture *fx, const char *uid)
{
        struct mst_op *op = fx_op(fx, MST_CREATE, MST_USER, uid);
        struct mst_record *after = mst_test_op_after(op);
        char stamp[256];

        snprintf(stamp, sizeof stamp, "stamp-%s", uid);
        mst_test_op_stamp(op, stamp);
        fx_put(after, "uid", uid);
        fx_put(after, "cn", uid);
        fx_put(after, "sn", "Lovelace");
        return op;
}

void
fx_change(struct mst_op *op, const char *name, const char *before, const char *after)
{
        if (before != NULL)
                fx_put(mst_test_op_before(op), name, before);
        if (after != NULL)
                fx_put(mst_test_op_after(op), name, after);
}

void
fx_add(struct fixture *fx, const char *dn, const char *const *attributes)
{
        LDAPMod mods[16], *list[17];
        char *values[16][2];
        size_t count = 0;
        int rc;

        for (; attributes[count * 2] != NULL; count++) {
                values[count][0] = (char *)attributes[count * 2 + 1];
                values[count][1] = NULL;
                mods[count] = (LDAPMod){ .mod_op = LDAP_MOD_ADD, .mod_type = (char *)attributes[count * 2],
                                         .mod_values = values[count] };
                list[count] = &mods[count];
        }
        list[count] = NULL;
        rc = ldap_add_ext_s(fx->admin, dn, list, NULL, NULL);
        ck_assert_msg(rc == LDAP_SUCCESS, "add %s: %s", dn, ldap_err2string(rc));
}

const char *
fx_make(struct fixture *fx, const char *dn, const char *const *attributes)
{
        fx_add(fx, dn, attributes);
        return fx_id(fx, dn);
}

void
fx_forget(struct fixture *fx)
{
        fx->count = 0;
}

int
fx_apply(struct fixture *fx, struct mst_error *err)
{
        struct mst_op *op;
        size_t settled = 0;
        int rc;

        fx->feed = mst_test_feed(fx->test);
        ck_assert_ptr_nonnull(fx->feed);
        for (size_t i = 0; i < fx->count; i++)
                ck_assert_msg(mst_test_push(fx->feed, fx->ops[i]), "op %zu cannot be pushed", i);
        mst_test_end(fx->feed);
        memset(err, 0, sizeof *err);
        rc = mst_plugin_ldap.sink->apply(fx->self, fx->feed, err);
        mst_test_close(fx->feed, rc == MST_OK ? NULL : err);
        while ((op = mst_test_collect(fx->feed)) != NULL)
                settled++;
        ck_assert_uint_eq(settled, fx->count);
        ck_assert(rc == MST_OK || err->text[0] != '\0');
        ck_assert_int_eq(rc, err->code);
        return rc;
}

void
fx_outcome(struct fixture *fx, size_t index, enum mst_outcome outcome, const char *says)
{
        const struct mst_error *why = mst_test_why(fx->ops[index]);

        ck_assert_msg(mst_test_outcome(fx->ops[index]) == outcome, "op %zu: outcome %d, not %d: %s", index,
                      mst_test_outcome(fx->ops[index]), outcome, why != NULL ? why->text : "");
        if (says != NULL)
                ck_assert_msg(why != NULL && strstr(why->text, says) != NULL, "op %zu does not say '%s' but '%s'",
                              index, says, why != NULL ? why->text : "");
        if (outcome != MST_DONE && outcome != MST_ALREADY && outcome != MST_UNSENT)
                ck_assert_msg(why != NULL && why->text[0] != '\0', "op %zu gives no reason", index);
}

void
fx_expect(struct fixture *fx, enum mst_outcome outcome)
{
        struct mst_error err = { 0 };

        ck_assert_msg(fx_apply(fx, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < fx->count; i++)
                fx_outcome(fx, i, outcome, NULL);
        /* the ops stay the feed's and can still be read */
        fx->count = 0;
}

/* --- what is there ------------------------------------------------------------------ */

static int
by_bytes(const void *a, const void *b)
{
        return strcmp((*(struct berval *const *)a)->bv_val, (*(struct berval *const *)b)->bv_val);
}

static struct berval **
read_values(struct fixture *fx, const char *dn, const char *attribute, bool *there)
{
        char *wanted[] = { (char *)attribute, NULL };
        LDAPMessage *found = NULL, *entry;
        struct berval **values = NULL;
        int rc = ldap_search_ext_s(fx->admin, dn, LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL, NULL, 0,
                                   &found);

        entry = rc == LDAP_SUCCESS ? ldap_first_entry(fx->admin, found) : NULL;
        ck_assert_msg(rc == LDAP_SUCCESS || rc == LDAP_NO_SUCH_OBJECT || rc == LDAP_INVALID_DN_SYNTAX, "%s: %s", dn,
                      ldap_err2string(rc));
        *there = entry != NULL;
        if (entry != NULL)
                values = ldap_get_values_len(fx->admin, entry, attribute);
        ldap_msgfree(found);
        return values;
}

const char *
fx_look(struct fixture *fx, const char *dn, const char *attribute)
{
        static char texts[4][65536];
        static size_t next;
        char *text = texts[next++ % 4];
        bool there;
        struct berval **values = read_values(fx, dn, attribute, &there);
        size_t count = values != NULL ? (size_t)ldap_count_values_len(values) : 0, used = 0;

        text[0] = '\0';
        if (count > 0)
                qsort(values, count, sizeof *values, by_bytes);
        for (size_t i = 0; i < count; i++) {
                ck_assert(used + values[i]->bv_len + 2 < sizeof texts[0]);
                if (i > 0)
                        text[used++] = '|';
                memcpy(text + used, values[i]->bv_val, values[i]->bv_len);
                used += values[i]->bv_len;
                text[used] = '\0';
        }
        ldap_value_free_len(values);
        return there ? text : NULL;
}

size_t
fx_values(struct fixture *fx, const char *dn, const char *attribute)
{
        bool there;
        struct berval **values = read_values(fx, dn, attribute, &there);
        size_t count = values != NULL ? (size_t)ldap_count_values_len(values) : 0;

        ldap_value_free_len(values);
        return count;
}

size_t
fx_entries(struct fixture *fx, const char *base, const char *filter)
{
        char *nothing[] = { (char *)LDAP_NO_ATTRS, NULL };
        LDAPMessage *found = NULL;
        size_t count;

        ck_assert_int_eq(ldap_search_ext_s(fx->admin, base, LDAP_SCOPE_SUBTREE, filter, nothing, 0, NULL, NULL, NULL,
                                           0, &found), LDAP_SUCCESS);
        count = (size_t)ldap_count_entries(fx->admin, found);
        ldap_msgfree(found);
        return count;
}

bool
fx_exists(struct fixture *fx, const char *dn)
{
        return fx_look(fx, dn, "objectClass") != NULL;
}

const char *
fx_id(struct fixture *fx, const char *dn)
{
        static char ids[16][64];
        static size_t next;
        const char *id = fx_look(fx, dn, "entryUUID");

        ck_assert_msg(id != NULL, "no entry %s", dn);
        return strcpy(ids[next++ % 16], id);
}

void
fx_modify(struct fixture *fx, const char *dn, int how, const char *attribute, const char *value)
{
        char *values[] = { (char *)value, NULL };
        LDAPMod mod = { .mod_op = how, .mod_type = (char *)attribute, .mod_values = value != NULL ? values : NULL };
        LDAPMod *mods[] = { &mod, NULL };
        int rc = ldap_modify_ext_s(fx->admin, dn, mods, NULL, NULL);

        ck_assert_msg(rc == LDAP_SUCCESS, "modify %s: %s", dn, ldap_err2string(rc));
}

void
fx_delete(struct fixture *fx, const char *dn)
{
        int rc = ldap_delete_ext_s(fx->admin, dn, NULL, NULL);

        ck_assert_msg(rc == LDAP_SUCCESS, "delete %s: %s", dn, ldap_err2string(rc));
}
