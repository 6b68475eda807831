/* names.c - a million random strings as names and in filters, with libldap's own parsers as
 * the judge: what comes out is what went in.  No server is asked. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>

#include "../../../plugins/ldap/dn.h"

#define ROUNDS 1000000

/* Specials, blanks, controls and letters of several bytes, and every byte there is. */
static size_t
make(uint32_t *seed, char text[32])
{
        static const char *const pieces[] = { ",", "+", "\"", "\\", "<", ">", ";", "=", "#", " ", "*", "(", ")", "\n",
                                              "\r", "\t", "a", "B", "\xc3\xa9", "\xe6\x9d\x8e", "\xf0\x9f\xa6\x84",
                                              "\\2c", "/", "\x7f" };
        size_t used = 0, count = 1 + (*seed >> 16) % 7;

        for (size_t i = 0; i < count; i++) {
                uint32_t dice;

                *seed = *seed * 1664525u + 1013904223u;
                dice = *seed >> 9;
                if (dice % 5 == 0) {
                        text[used++] = (char)(dice / 5);         /* NUL and broken UTF-8 too */
                } else {
                        const char *piece = pieces[dice / 5 % (sizeof pieces / sizeof *pieces)];

                        memcpy(text + used, piece, strlen(piece));
                        used += strlen(piece);
                }
        }
        return used;
}

static bool
dn_holds(struct mst_arena *arena, const char *text, size_t length)
{
        const char *safe = mst_escape_dn(arena, text, length);
        const char *dn = mst_arena_printf(arena, "cn=%s+sn=%s,ou=%s,dc=x", safe, safe, safe), *again;
        LDAPDN parsed = NULL;
        bool ok = ldap_str2dn(dn, &parsed, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS;

        /* two values in the first RDN, then two RDNs more, and nothing else */
        ok = ok && parsed[0] != NULL && parsed[1] != NULL && parsed[2] != NULL && parsed[3] == NULL &&
             parsed[0][0] != NULL && parsed[0][1] != NULL && parsed[0][2] == NULL;
        for (size_t i = 0; ok && i < 3; i++) {
                const LDAPAVA *ava = i < 2 ? parsed[0][i] : parsed[1][0];

                ok = ava->la_value.bv_len == length && memcmp(ava->la_value.bv_val, text, length) == 0;
        }
        ldap_dnfree(parsed);
        if (!ok)
                return false;
        again = ldp_dn_spell(arena, dn, false);
        return strcmp(ldp_dn_spell(arena, again, false), again) == 0 && strncmp(ldp_dn_parent(dn), "ou=", 3) == 0 &&
               strcmp(ldp_dn_parent(ldp_dn_parent(dn)), "dc=x") == 0;
}

START_TEST(in_names)
{
        struct mst_arena *arena = mst_arena_new(4096);
        uint32_t seed = 42;
        unsigned wrong = 0;
        char text[32];

        for (size_t i = 0; i < ROUNDS; i++) {
                size_t length = make(&seed, text);

                mst_arena_reset(arena);
                wrong += !dn_holds(arena, text, length);
        }
        ck_assert_uint_eq(wrong, 0);
        mst_arena_free(arena);
}
END_TEST

/* (cn=VALUE) as libldap sends it: A3 length 04 02 "cn" 04 length value. */
static bool
filter_holds(LDAP *ld, struct mst_arena *arena, const char *text, size_t length)
{
        char *filter = mst_arena_printf(arena, "(cn=%s)", mst_escape_filter(arena, text, length));
        struct berval bytes = { 0 };
        bool ok = ldap_create_assertion_control_value(ld, filter, &bytes) == LDAP_SUCCESS;

        ok = ok && bytes.bv_len == length + 8 && memcmp(bytes.bv_val + 2, "\x04\x02" "cn\x04", 5) == 0 &&
             (unsigned char)bytes.bv_val[0] == 0xa3 && (size_t)bytes.bv_val[7] == length &&
             memcmp(bytes.bv_val + 8, text, length) == 0;
        ber_memfree(bytes.bv_val);
        return ok;
}

START_TEST(in_filters)
{
        struct mst_arena *arena = mst_arena_new(4096);
        uint32_t seed = 4711;
        unsigned wrong = 0;
        char text[32];
        LDAP *ld = NULL;

        ck_assert_int_eq(ldap_initialize(&ld, NULL), LDAP_SUCCESS);
        for (size_t i = 0; i < ROUNDS; i++) {
                size_t length = make(&seed, text);

                mst_arena_reset(arena);
                wrong += !filter_holds(ld, arena, text, length);
        }
        ck_assert_uint_eq(wrong, 0);
        ldap_unbind_ext(ld, NULL, NULL);
        mst_arena_free(arena);
}
END_TEST

/* A DN with a NUL cannot be: what libldap says of it, and a create that tries. */
START_TEST(with_nul)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;

        fx_start(&fx, "main");
        op = fx_op(&fx, MST_CREATE, MST_USER, "nul");
        mst_record_bytes(mst_test_op_after(op), mst_record_put(mst_test_op_after(op), "uid"), "a\0b", 3);
        fx_put(mst_test_op_after(op), "cn", "x");
        fx_put(mst_test_op_after(op), "sn", "x");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "contains a NUL byte");
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(objectClass=person)"), 0);
        fx_close(&fx);
}
END_TEST

TCase *
case_names(void)
{
        TCase *tests = tcase_create("names");

        tcase_set_timeout(tests, 120);
        tcase_add_test(tests, in_names);
        tcase_add_test(tests, in_filters);
        tcase_add_test(tests, with_nul);
        return tests;
}
