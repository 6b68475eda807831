/* trouble.c - servers that die, hang, hang up or say no to everything. */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Ops that the sink has in its hands: in flight, drawn, created without a known id. */
#define AT_ONCE (32 * 2 + 100 * 2)

static double
seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Does something to the server or the test in the midst of an apply(): when the directory
 * has got the first few hundred of many thousand people. */
struct later {
        pthread_t thread;
        struct fixture *fx;
        void (*act)(struct fixture *fx);
        double when;                             /* it was done */
};

/* As anybody may, over a connection of its own.  Who waits in vain acts all the same, and
 * the test finds that nobody was written. */
static void
until_some_are_there(void)
{
        char *nothing[] = { (char *)LDAP_NO_ATTRS, NULL };
        LDAPMessage *found = NULL;
        LDAP *ld = NULL;
        bool there = false;

        if (ldap_initialize(&ld, fx_read("main", "uri")) != LDAP_SUCCESS)
                return;
        for (int i = 0; i < 20000 && !there; i++) {
                there = ldap_search_ext_s(ld, "uid=u300," PEOPLE, LDAP_SCOPE_BASE, "(objectClass=*)", nothing, 0, NULL,
                                          NULL, NULL, 0, &found) == LDAP_SUCCESS;
                ldap_msgfree(found);
                found = NULL;
                usleep(there ? 0 : 3000);
        }
        ldap_unbind_ext(ld, NULL, NULL);
}

static void *
do_later(void *argument)
{
        struct later *later = argument;

        until_some_are_there();
        later->act(later->fx);
        later->when = seconds();
        return NULL;
}

static void
begin_later(struct later *later, struct fixture *fx, void (*act)(struct fixture *fx))
{
        *later = (struct later){ .fx = fx, .act = act };
        ck_assert_int_eq(pthread_create(&later->thread, NULL, do_later, later), 0);
}

/* Until the server's process is in 'state', as /proc has it, or is no more. */
static void
until_process_is(const char *pid, char state)
{
        char path[64], text[512] = "", *at;
        size_t count;
        FILE *from;

        snprintf(path, sizeof path, "/proc/%d/stat", atoi(pid));
        for (int i = 0; i < 20000; i++) {
                from = fopen(path, "r");
                if (from == NULL)
                        return;
                count = fread(text, 1, sizeof text - 1, from);
                text[count] = '\0';
                fclose(from);
                at = strrchr(text, ')');
                if (at == NULL || at[1] == '\0' || at[2] == state)
                        return;
                usleep(3000);
        }
}

static void
people(struct fixture *fx, size_t count)
{
        char uid[32];

        for (size_t i = 0; i < count; i++) {
                snprintf(uid, sizeof uid, "u%zu", i);
                fx_put(mst_test_op_after(fx_person(fx, uid)), "description", "somebody");
        }
}

static size_t
ended(struct fixture *fx, enum mst_outcome outcome)
{
        size_t count = 0;

        for (size_t i = 0; i < fx->count; i++)
                count += mst_test_outcome(fx->ops[i]) == outcome;
        return count;
}

static void
kill_and_restart(struct fixture *fx)
{
        const char *pid = fx_read("main", "pid");

        (void)fx;
        fx_signal("main", SIGSTOP);
        until_process_is(pid, 'T');
        usleep(100000);                                  /* more is sent, and nobody answers */
        fx_signal("main", SIGKILL);
        until_process_is(pid, 'Z');
        fx_shell("main", "slapd_start");
}

/* Killed in mid-batch and back again: what was sent and not answered is unknown, the rest
 * goes through, and what is said to be done is there. */
START_TEST(killed)
{
        struct fixture fx;
        struct later later;
        struct mst_error err;
        size_t unknown;
        char dn[128];

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.attempts = 100;                /* however long it takes to come back: 5 are 3 s */
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        people(&fx, 16000);
        begin_later(&later, &fx, kill_and_restart);
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        pthread_join(later.thread, NULL);
        unknown = ended(&fx, MST_UNKNOWN);
        ck_assert_msg(unknown > 0 && unknown <= 32, "%zu unknown, %zu done, %zu refused", unknown, ended(&fx, MST_DONE),
                      ended(&fx, MST_REFUSED));
        ck_assert_uint_eq(ended(&fx, MST_DONE) + unknown, 16000);
        ldap_unbind_ext(fx.admin, NULL, NULL);
        fx.admin = NULL;
        ck_assert_int_eq(ldap_initialize(&fx.admin, fx_read("main", "uri")), LDAP_SUCCESS);
        for (size_t i = 0; i < fx.count; i++) {
                snprintf(dn, sizeof dn, "uid=u%zu," PEOPLE, i);
                /* the database was not synced, but a kill loses nothing that was written */
                if (mst_test_outcome(fx.ops[i]) == MST_DONE)
                        ck_assert_str_eq(fx_id(&fx, dn), mst_test_new_object(fx.ops[i]));
                else
                        fx_outcome(&fx, i, MST_UNKNOWN, "sent, but not answered");
        }
        fx_close(&fx);
}
END_TEST

static void
kill_server(struct fixture *fx)
{
        (void)fx;
        fx_signal("main", SIGKILL);
}

/* Gone for good: an error that says so, and everything not sent is given back. */
START_TEST(dead)
{
        struct fixture fx;
        struct later later;
        struct mst_error err;

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.attempts = 2;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        people(&fx, 16000);
        begin_later(&later, &fx, kill_server);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_ENET);
        pthread_join(later.thread, NULL);
        ck_assert_ptr_nonnull(strstr(err.text, "cannot connect: Connection refused"));
        ck_assert_uint_gt(ended(&fx, MST_DONE), 0);
        ck_assert_uint_gt(ended(&fx, MST_UNSENT), 1000);
        /* what one connection held, and what was drawn and sent before the others were seen to end */
        ck_assert_uint_le(ended(&fx, MST_UNKNOWN), AT_ONCE);
        ck_assert_uint_eq(ended(&fx, MST_DONE) + ended(&fx, MST_UNSENT) + ended(&fx, MST_UNKNOWN), 16000);
        fx_shell("main", "slapd_start");
        fx_close(&fx);
}
END_TEST

START_TEST(not_there)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        fx_begin(&fx, "main");
        fx.uris[0] = (strcpy(fx.uris[0], "ldap://127.0.0.1:1"), fx.uris[0]);
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        people(&fx, 3);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_ENET);
        ck_assert_ptr_nonnull(strstr(err.text, "127.0.0.1 port 1: cannot connect"));
        ck_assert_uint_eq(ended(&fx, MST_UNSENT), 3);
        fx_close(&fx);
}
END_TEST

/* The second of two servers answers. */
START_TEST(failover)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.uris[1] = fx.uris[0];
        fx.uris[0] = (char *)"ldap://127.0.0.1:1";
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        people(&fx, 50);
        fx_expect(&fx, MST_DONE);
        fx.uris[0] = fx.uris[1];
        fx_close(&fx);
}
END_TEST

static void
stop(struct fixture *fx)
{
        mst_test_stop(fx->test);
}

static void
freeze_and_stop(struct fixture *fx)
{
        fx_signal("main", SIGSTOP);
        until_process_is(fx_read("main", "pid"), 'T');
        usleep(100000);                                  /* more is sent, and nobody answers */
        mst_test_stop(fx->test);
}

/* Told to stop: back soon, and long before an answer would be overdue, with the server
 * answering and with it silent. */
START_TEST(stopped)
{
        struct fixture fx;
        struct later later;
        struct mst_error err;
        double end;

        fx_start(&fx, "main");
        people(&fx, 16000);
        begin_later(&later, &fx, _i == 0 ? stop : freeze_and_stop);
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        end = seconds();
        pthread_join(later.thread, NULL);
        ck_assert_double_lt(end - later.when, 8);
        if (_i == 1)
                fx_signal("main", SIGCONT);
        ck_assert_uint_gt(ended(&fx, MST_DONE), 0);
        ck_assert_uint_gt(ended(&fx, MST_UNSENT), 0);
        if (_i == 0)
                ck_assert_uint_eq(ended(&fx, MST_UNKNOWN), 0);
        else
                ck_assert_uint_gt(ended(&fx, MST_UNKNOWN), 0);
        ck_assert_uint_le(ended(&fx, MST_UNKNOWN), AT_ONCE);
        ck_assert_uint_eq(ended(&fx, MST_DONE) + ended(&fx, MST_UNSENT) + ended(&fx, MST_UNKNOWN), 16000);
        fx_close(&fx);
}
END_TEST

/* Silent for longer than the timeout. */
START_TEST(silent)
{
        struct fixture fx;
        struct mst_error err;
        double before;

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.access.timeout = 300;
        fx.config.access.connect_timeout = 300;
        fx.config.attempts = 1;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        people(&fx, 1);
        fx_expect(&fx, MST_DONE);
        people(&fx, 100);
        fx_signal("main", SIGSTOP);
        usleep(100000);                                  /* until all its threads have heard it */
        before = seconds();
        ck_assert_int_eq(fx_apply(&fx, &err), MST_ENET);
        ck_assert_double_lt(seconds() - before, 5);
        fx_signal("main", SIGCONT);
        ck_assert_ptr_nonnull(strstr(err.text, "no answer"));
        ck_assert_uint_gt(ended(&fx, MST_UNKNOWN), 0);
        ck_assert_uint_eq(ended(&fx, MST_UNSENT) + ended(&fx, MST_UNKNOWN), 100);
        usleep(300000);                                  /* what slapd still had to do */
        fx_close(&fx);
}
END_TEST

/* The server ended idle connections in the meantime: nobody notices. */
START_TEST(idle)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_search *search;

        fx_start(&fx, "main");
        people(&fx, 100);
        fx_expect(&fx, MST_DONE);
        fx_shell("main", "slapd_stop");
        fx_shell("main", "slapd_start");
        search = mst_test_search(fx.test);
        mst_test_ask_text(search, MST_USER, "uid", "u7");
        ck_assert_msg(mst_plugin_ldap.sink->find(fx.self, search, &err) == MST_OK, "%s", err.text);
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, 0)), 1);
        fx_shell("main", "slapd_stop");
        fx_shell("main", "slapd_start");
        fx_person(&fx, "new");
        fx_expect(&fx, MST_DONE);
        fx_close(&fx);
}
END_TEST

START_TEST(wrong_password)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        double before = seconds();

        fx_begin(&fx, "main");
        mst_secret_free(fx.config.access.password);
        fx.config.access.password = mst_secret_new("hunter2", 7);
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        people(&fx, 10);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_EAUTH);
        ck_assert_ptr_nonnull(strstr(err.text, LOGIN));
        ck_assert_ptr_null(strstr(err.text, "hunter2"));
        ck_assert_uint_eq(ended(&fx, MST_UNSENT), 10);
        ck_assert_double_lt(seconds() - before, 2);      /* once, not again and again */
        for (size_t i = 0; mst_test_log_at(fx.test, i, NULL) != NULL; i++)
                ck_assert_ptr_null(strstr(mst_test_log_at(fx.test, i, NULL), "hunter2"));
        fx_close(&fx);
}
END_TEST

/* A login that may only read: the ops are refused, and soon the whole sink. */
START_TEST(denied)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        char *classes[] = { (char *)"applicationProcess", (char *)"simpleSecurityObject", NULL };
        char *passwords[] = { (char *)"reader", NULL };
        LDAPMod mods[2] = { { .mod_op = LDAP_MOD_ADD, .mod_type = (char *)"objectClass", .mod_values = classes },
                            { .mod_op = LDAP_MOD_ADD, .mod_type = (char *)"userPassword", .mod_values = passwords } };
        LDAPMod *list[] = { &mods[0], &mods[1], NULL };

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        (void)ldap_delete_ext_s(fx.admin, "cn=reader,ou=services," SUFFIX, NULL, NULL);
        ck_assert_int_eq(ldap_add_ext_s(fx.admin, "cn=reader,ou=services," SUFFIX, list, NULL, NULL), LDAP_SUCCESS);
        fx.config.access.bind_dn = (char *)"cn=reader,ou=services," SUFFIX;
        mst_secret_free(fx.config.access.password);
        fx.config.access.password = mst_secret_new("reader", 6);
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        people(&fx, 3);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "(50)");
        fx_forget(&fx);
        people(&fx, 1000);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_EPERM);
        ck_assert_ptr_nonnull(strstr(err.text, "grant bind-dn write access"));
        ck_assert_uint_gt(ended(&fx, MST_UNSENT), 900);
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(objectClass=person)"), 0);
        fx_close(&fx);
}
END_TEST

/* The first uri is a copy that refers writes: all of it goes to the second. */
START_TEST(read_only_copy)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        char uid[32];
        bool said = false;

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.uris[1] = fx.uris[0];
        fx.uris[0] = strdup(fx_read("copy", "uri"));
        ck_assert_msg(fx_open(&fx, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < 200; i++) {
                snprintf(uid, sizeof uid, "p%zu", i);
                (void)fx_person(&fx, uid);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(objectClass=person)"), 200);
        for (size_t i = 0; i < mst_test_log_count(fx.test); i++)
                said |= strstr(mst_test_log_at(fx.test, i, NULL), "takes no writes") != NULL;
        ck_assert(said);
        free(fx.uris[1]);                        /* nobody else: the sink as a whole says so */
        fx.uris[1] = NULL;
        mst_plugin_ldap.sink->close(fx.self);
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        (void)fx_person(&fx, "more");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_EPERM);
        ck_assert_ptr_nonnull(strstr(err.text, "refers writes"));
        fx_close(&fx);
}
END_TEST

TCase *
case_trouble(void)
{
        TCase *trouble = tcase_create("trouble");

        tcase_set_timeout(trouble, 120);
        tcase_add_test(trouble, killed);
        tcase_add_test(trouble, dead);
        tcase_add_test(trouble, not_there);
        tcase_add_test(trouble, failover);
        tcase_add_loop_test(trouble, stopped, 0, 2);
        tcase_add_test(trouble, silent);
        tcase_add_test(trouble, idle);
        tcase_add_test(trouble, wrong_password);
        tcase_add_test(trouble, denied);
        tcase_add_test(trouble, read_only_copy);
        return trouble;
}
