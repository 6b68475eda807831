/* payloads.c - names and values that try to be something else: every character that
 * means anything in a DN, a filter, LDIF, a shell or a terminal, at the beginning, in the
 * middle and at the end, as RDN, as value and in a look-up, read back byte for byte. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#define PAYLOADS 500

static const char *const pieces[] = {
        ",", "+", "\"", "\\", "<", ">", ";", "=", "#", " ", "  ", "*", "(", ")", "&", "|", "!", "~", "/", ":",
        "\r\n", "\n", "\r", "\t", "\1", "\33[31m", "\177", "%s%n", "../", "\\00", "\\2C", "\\,", "#04024869",
        "*)(uid=*", ")(|(cn=*", "cn=admin," SUFFIX, "'; DROP TABLE people; --", "$(reboot)", "`id`", "\\\\",
        "\xc3\xa9", "\xc3\x9f", "\xd0\x96\xd0\xb8", "\xe6\x9d\x8e", "\xf0\x9f\xa6\x84", "\xe2\x80\xae" "evil",
        "\xe2\x80\x8b", "\xcc\x81", "\xc4\xb0", "=?", "a=b,c=d", "dn: x\nchangetype: delete", "-", "@", "\\5c", ".",
};
#define PIECES (sizeof pieces / sizeof *pieces)

static uint32_t
dice(uint32_t *seed)
{
        *seed = *seed * 1664525u + 1013904223u;
        return *seed >> 8;
}

/* Every piece at each place, then mixtures.  The number makes each different however the
 * server folds case and blanks. */
static void
make(size_t number, char text[512])
{
        uint32_t seed = (uint32_t)number * 2654435761u;
        const char *piece = pieces[number / 4 % PIECES];

        if (number >= PIECES * 4) {
                size_t used = 0;

                for (uint32_t i = 0, count = 1 + dice(&seed) % 6; i < count; i++)
                        used += (size_t)snprintf(text + used, 512 - used, "%s", pieces[dice(&seed) % PIECES]);
                snprintf(text + used, 512 - used, "%zu%s", number, pieces[dice(&seed) % PIECES]);
                return;
        }
        switch (number % 4) {
        case 0:
                snprintf(text, 512, "%s%zu", piece, number);
                break;
        case 1:
                snprintf(text, 512, "%zu%s", number, piece);
                break;
        case 2:
                snprintf(text, 512, "%zu%s%s%zu", number, piece, piece, number);
                break;
        default:
                snprintf(text, 512, "%s%zu%s", piece, number, piece);
                break;
        }
}

static struct mst_op *names[PAYLOADS];

static void
create_all(struct fixture *fx)
{
        char text[512];

        for (size_t i = 0; i < PAYLOADS; i++) {
                struct mst_record *after;
                char id[32];

                make(i, text);
                snprintf(id, sizeof id, "p%zu", i);
                names[i] = fx_op(fx, MST_CREATE, MST_USER, id);
                after = mst_test_op_after(names[i]);
                mst_test_op_stamp(names[i], text);
                fx_put(after, "cn", text);
                fx_put(after, "sn", text);
                fx_put(after, "uid", id);
                fx_put(after, "description", text);
        }
        fx_expect(fx, MST_DONE);
}

static void
read_all(struct fixture *fx)
{
        char text[512];

        ck_assert_uint_eq(fx_entries(fx, PEOPLE, "(objectClass=person)"), PAYLOADS);
        for (size_t i = 0; i < PAYLOADS; i++) {
                const char *dn = mst_test_new_name(names[i]);

                make(i, text);
                ck_assert_msg(strcmp(fx_look(fx, dn, "cn"), text) == 0, "payload %zu: cn is '%s'", i,
                              fx_look(fx, dn, "cn"));
                ck_assert_str_eq(fx_look(fx, dn, "description"), text);
                ck_assert_str_eq(fx_look(fx, dn, "musterStamp"), text);
                ck_assert_str_eq(fx_id(fx, dn), mst_test_new_object(names[i]));
        }
}

/* Each is found by its value and by its stamp, and nobody else is. */
static void
find_all(struct fixture *fx)
{
        struct mst_search *search = mst_test_search(fx->test);
        struct mst_error err = { 0 };
        char text[512];

        for (size_t i = 0; i < PAYLOADS; i++) {
                make(i, text);
                ck_assert(mst_test_ask_text(search, MST_USER, "cn", text));
                ck_assert(mst_test_ask_stamp(search, MST_USER, text));
        }
        ck_assert_msg(mst_plugin_ldap.sink->find(fx->self, search, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < PAYLOADS * 2; i++) {
                const struct mst_query *query = mst_search_at(search, i);

                make(i / 2, text);
                ck_assert_msg(mst_query_is_done(query), "payload %zu '%s' was not looked up", i / 2, text);
                ck_assert_msg(mst_query_found_count(query) == 1, "payload %zu '%s' found %zu times", i / 2, text,
                              mst_query_found_count(query));
                ck_assert_str_eq(mst_record_id(mst_test_found(query, 0)), mst_test_new_object(names[i / 2]));
                ck_assert_str_eq(mst_test_found_stamp(query, 0), text);
        }
}

/* Each takes the name of the one after it, with a letter more. */
static void
rename_all(struct fixture *fx)
{
        struct mst_op *ops[PAYLOADS];
        char text[512], old[512];

        for (size_t i = 0; i < PAYLOADS; i++) {
                make(i, old);
                make((i + 1) % PAYLOADS, text);
                strcat(text, "x");
                ops[i] = fx_op(fx, MST_RENAME, MST_USER, "r");
                mst_test_op_object(ops[i], mst_test_new_object(names[i]), mst_test_new_name(names[i]), NULL);
                fx_change(ops[i], "cn", old, text);
                fx_change(ops[i], "title", NULL, old);
        }
        fx_expect(fx, MST_DONE);
        for (size_t i = 0; i < PAYLOADS; i++) {
                const char *dn = mst_test_new_name(ops[i]);

                make(i, old);
                make((i + 1) % PAYLOADS, text);
                strcat(text, "x");
                ck_assert_str_eq(fx_look(fx, dn, "cn"), text);
                ck_assert_str_eq(fx_look(fx, dn, "title"), old);
                ck_assert_str_eq(fx_id(fx, dn), mst_test_new_object(names[i]));
                names[i] = ops[i];
        }
}

static void
delete_all(struct fixture *fx)
{
        for (size_t i = 0; i < PAYLOADS; i++) {
                struct mst_op *op = fx_op(fx, MST_DELETE, MST_USER, "d");

                mst_test_op_object(op, mst_test_new_object(names[i]), mst_test_new_name(names[i]), NULL);
        }
        fx_expect(fx, MST_DONE);
        ck_assert_uint_eq(fx_entries(fx, PEOPLE, "(objectClass=person)"), 0);
}

START_TEST(round_trip)
{
        struct fixture fx;

        fx_begin(&fx, "main");
        fx_close(&fx);
        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.user_rdn = (char *)"cn";
        ck_assert_int_eq(fx_open(&fx, &(struct mst_error){ 0 }), MST_OK);
        create_all(&fx);
        read_all(&fx);
        find_all(&fx);
        rename_all(&fx);
        delete_all(&fx);
        fx_close(&fx);
}
END_TEST

/* They are members of groups too, by DN, and leave again. */
START_TEST(as_members)
{
        struct fixture fx;
        struct mst_op *group, *leave;

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.user_rdn = (char *)"cn";
        ck_assert_int_eq(fx_open(&fx, &(struct mst_error){ 0 }), MST_OK);
        create_all(&fx);
        group = fx_op(&fx, MST_CREATE, MST_GROUP, "odd");
        fx_put(mst_test_op_after(group), "cn", "odd \\ group, with + \"quotes\"");
        for (size_t i = 0; i < PAYLOADS; i++)
                mst_test_op_member(group, true, mst_test_new_object(names[i]), mst_test_new_name(names[i]));
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, mst_test_new_name(group), "member"), PAYLOADS);
        leave = fx_op(&fx, MST_MEMBERS, MST_GROUP, "odd");
        mst_test_op_object(leave, mst_test_new_object(group), mst_test_new_name(group), NULL);
        for (size_t i = 1; i < PAYLOADS; i++)
                mst_test_op_member(leave, false, mst_test_new_object(names[i]), mst_test_new_name(names[i]));
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, mst_test_new_name(group), "member"), 1);
        fx_close(&fx);
}
END_TEST

TCase *
case_payloads(void)
{
        TCase *payloads = tcase_create("payloads");

        tcase_set_timeout(payloads, 120);
        tcase_add_test(payloads, round_trip);
        tcase_add_test(payloads, as_members);
        return payloads;
}
