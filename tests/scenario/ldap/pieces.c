/* pieces.c - what needs no server: options, URIs, names, points in time. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>

#include "../../../plugins/ldap/dialect.h"
#include "../../../plugins/ldap/dn.h"
#include "../../../plugins/ldap/id.h"
#include "../../../plugins/ldap/slice.h"
#include "../../../plugins/ldap/uri.h"
#include "../../../plugins/ldap/when.h"

static const struct {
        const char *uri;
        bool start_tls;
        const char *says;                /* NULL: accepted */
} uris[] = {
        { "ldaps://ldap.example", false, NULL },
        { "LDAPS://ldap.example:1636", false, NULL },
        { "ldap://ldap.example", true, NULL },
        { "ldap://localhost", false, NULL },
        { "ldap://127.0.0.1:3389", false, NULL },
        { "ldap://127.9.8.7", false, NULL },
        { "ldap://[::1]:389", false, NULL },
        { "ldapi://%2Frun%2Fslapd%2Fldapi", false, NULL },
        { "ldap://ldap.example", false, "in clear" },
        { "ldap://128.0.0.1", false, "in clear" },
        { "ldap://127.0.0.1.example", false, "in clear" },
        { "ldap://localhost.example", false, "in clear" },
        { "ldap://[::2]", false, "in clear" },
        { "ldap://0.0.0.0", false, "in clear" },
        { "ldaps://ldap.example", true, "start-tls is for ldap://" },
        { "ldapi://%2Frun%2Fldapi", true, "start-tls is for ldap://" },
        { "http://ldap.example", false, "must begin with" },
        { "ldap.example", false, "must begin with" },
        { "", false, "must begin with" },
        { "ldaps://", false, "names no host" },
        { "ldaps://ldap.example/dc=x", false, "user-base" },
        { "ldaps://ldap.example/??sub?(uid=*)", false, "only a scheme" },
        { "ldaps://user@ldap.example", false, "only a scheme" },
        { "ldaps://a ldaps://b", false, "only a scheme" },
        { "ldaps://ldap.example:99999", false, "" },
        { "ldaps://ldap.example:-1", false, "" },
        { "ldaps://ldap.example:x", false, "" },
        { "ldapi://run", false, "%2F" },
        { "ldapi:///", false, "%2F" },
};

START_TEST(uri)
{
        struct mst_error err = { 0 };
        int rc = ldp_uri_check(uris[_i].uri, uris[_i].start_tls, &err);

        ck_assert_msg(rc == (uris[_i].says == NULL ? MST_OK : MST_ECONFIG), "%s: %d %s", uris[_i].uri, rc, err.text);
        if (uris[_i].says != NULL)
                ck_assert_msg(strstr(err.text, uris[_i].says) != NULL, "%s: %s", uris[_i].uri, err.text);
}
END_TEST

/* One option of a right configuration made wrong. */
static const struct {
        size_t offset;
        const char *value, *says;
} wrongs[] = {
        { offsetof(struct ldp_config, user_base), "people", "user-base: 'people' is not a DN" },
        { offsetof(struct ldp_config, group_base), "ou=a,b", "group-base" },
        { offsetof(struct ldp_config, access.bind_dn), "muster", "bind-dn" },
        { offsetof(struct ldp_config, user_rdn), "u id", "user-rdn" },
        { offsetof(struct ldp_config, user_rdn), "uid+", "user-rdn" },
        { offsetof(struct ldp_config, user_rdn), "", "user-rdn" },
        { offsetof(struct ldp_config, group_rdn), "cn=x", "group-rdn" },
        { offsetof(struct ldp_config, user_filter), "objectClass=person", "user-filter" },
        { offsetof(struct ldp_config, user_filter), "(objectClass=person", "user-filter" },
        { offsetof(struct ldp_config, group_filter), "(&)(", "group-filter" },
        { offsetof(struct ldp_config, member_attribute), "member)(x", "member-attribute" },
        { offsetof(struct ldp_config, user_stamp), "*", "stamp-attribute" },
        { offsetof(struct ldp_config, empty_member), "nobody", "empty-member" },
        { offsetof(struct ldp_config, disabled_attribute), "employeeType", "go together" },
        { offsetof(struct ldp_config, enabled_value), "active", "needs disabled-attribute" },
        { offsetof(struct ldp_config, access.bind_dn), NULL, "bind-dn is not" },
        { offsetof(struct ldp_config, group_base), NULL, "needs group-base" },
};

START_TEST(options)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        fx_begin(&fx, "main");
        ck_assert_int_eq(ldp_options_check(&fx.config, &err), MST_OK);
        memcpy((char *)&fx.config + wrongs[_i].offset, &wrongs[_i].value, sizeof wrongs[_i].value);
        ck_assert_int_eq(fx_open(&fx, &err), MST_ECONFIG);
        ck_assert_msg(strstr(err.text, wrongs[_i].says) != NULL, "%s", err.text);
        fx_close(&fx);
}
END_TEST

START_TEST(empty_password)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        fx_begin(&fx, "main");
        mst_secret_free(fx.config.access.password);
        fx.config.access.password = mst_secret_new("", 0);
        ck_assert_int_eq(fx_open(&fx, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "missing or empty"));
        mst_secret_free(fx.config.access.password);
        fx.config.access.password = mst_secret_new("a\0b", 3);
        ck_assert_int_eq(fx_open(&fx, &err), MST_ECONFIG);
        fx_close(&fx);
}
END_TEST

static const struct {
        const char *dn, *normal, *parent;
} names[] = {
        { "uid=Ada,OU=People,dc=x", "uid=ada,ou=people,dc=x", "OU=People,dc=x" },
        { "uid=Ada , ou = People", "uid=ada,ou=people", "ou = People" },
        { "cn=a\\,b,ou=x", "cn=a\\,b,ou=x", "ou=x" },
        { "cn=a\\2Cb,ou=x", "cn=a\\,b,ou=x", "ou=x" },
        { "cn=a\\\\,ou=x", "cn=a\\\\,ou=x", "ou=x" },
        { "sn=B+cn=A,ou=x", "cn=a+sn=b,ou=x", "ou=x" },
        { "uid=ada", "uid=ada", "" },
        { "", "", "" },
        { "no dn, at all", "no dn, at all", "at all" },
};

START_TEST(name)
{
        struct mst_arena *arena = mst_arena_new(0);

        ck_assert_str_eq(ldp_dn_normal(arena, names[_i].dn), names[_i].normal);
        ck_assert_str_eq(ldp_dn_parent(names[_i].dn), names[_i].parent);
        mst_arena_free(arena);
}
END_TEST

/* What root DSEs say, and who is taken to say it. */
static const struct {
        const char *capability, *class, *vendor;
        enum ldp_dialect_name name;
} roots[] = {
        { "1.2.840.113556.1.4.800", "top", NULL, LDP_AD },
        { "1.2.840.113556.1.4.800", "top", "Samba Team (https://www.samba.org)", LDP_AD },
        { "1.2.840.113556.1.4.1670", "top", NULL, LDP_OTHER },
        { "x", "OpenLDAProotDSE", NULL, LDP_OPENLDAP },
        { "x", "top", "389 Project", LDP_389DS },
        { "x", "top", "3890 Servers", LDP_OTHER },
        { "x", "top", "Oracle", LDP_OTHER },
        { "x", "top", NULL, LDP_OTHER },
};

START_TEST(dialect)
{
        const char *capabilities[] = { "1.3.6.1", roots[_i].capability, NULL };
        const char *classes[] = { "top", roots[_i].class, NULL };

        ck_assert_int_eq(ldp_dialect_guess(capabilities, classes, roots[_i].vendor)->name, roots[_i].name);
}
END_TEST

/* Ids as the server has them, and as they are kept. */
static const struct {
        bool guid;
        const char *bytes;
        size_t size;
        const char *text, *filter;               /* NULL: it is no id */
} id_cases[] = {
        { false, "f1c3a1d2-0000-103f-8a80-c9ee00000000", 36, "f1c3a1d2-0000-103f-8a80-c9ee00000000",
          "(id=f1c3a1d2-0000-103f-8a80-c9ee00000000)" },
        { false, "66446001-1dd211b2-8a80c9ee-00000000", 35, "66446001-1dd211b2-8a80c9ee-00000000",
          "(id=66446001-1dd211b2-8a80c9ee-00000000)" },
        { true, "\x01\x23\x45\x67\x89\xab\xcd\xef\0\x28\x29\x2a\x5c\xff\x0a\x3d", 16,
          "67452301-ab89-efcd-0028-292a5cff0a3d",
          "(id=\\01\\23\\45\\67\\89\\ab\\cd\\ef\\00\\28\\29\\2a\\5c\\ff\\0a\\3d)" },
        { true, "\x01\x23\x45\x67\x89\xab\xcd\xef\0\x28\x29\x2a\x5c\xff\x0a", 15, NULL, NULL },
        { true, "67452301-ab89-efcd-0028-292a5cff0a3d", 36, NULL, NULL },
        { false, "f1c3a1d2-0000-103f-8a80-c9ee0000000", 35, NULL, NULL },
        { false, "f1c3a1d2-0000-103f-8a80-c9ee0000000)", 36, NULL, NULL },
        { false, "f1c3a1d2-0000-103f-8a80-c9ee0000\0000", 36, NULL, NULL },
        { false, "66446001-1dd211b2-8a80c9ee-000000000", 36, NULL, NULL },
        { false, "*", 1, NULL, NULL },
        { false, "", 0, NULL, NULL },
};

START_TEST(lasting_id)
{
        struct mst_arena *arena = mst_arena_new(0);
        const struct ldp_id id = { .attribute = "id", .guid = id_cases[_i].guid };
        struct berval value = { .bv_val = (char *)id_cases[_i].bytes, .bv_len = id_cases[_i].size }, back;
        const char *text = ldp_id_text(arena, &id, &value);

        if (id_cases[_i].text == NULL) {
                ck_assert_ptr_null(text);
                ck_assert(id.guid || !ldp_id_is(&id, id_cases[_i].bytes));
        } else {
                ck_assert_str_eq(text, id_cases[_i].text);
                ck_assert(ldp_id_is(&id, text));
                ck_assert_str_eq(ldp_id_filter(arena, &id, text), id_cases[_i].filter);
                ck_assert(ldp_id_value(arena, &id, text, &back));
                ck_assert_uint_eq(back.bv_len, value.bv_len);
                ck_assert_mem_eq(back.bv_val, value.bv_val, value.bv_len);
        }
        mst_arena_free(arena);
}
END_TEST

START_TEST(below)
{
        ck_assert(ldp_dn_below("uid=a,ou=x", "ou=x"));
        ck_assert(ldp_dn_below("ou=x", "ou=x"));
        ck_assert(ldp_dn_below("ou=x", ""));
        ck_assert(!ldp_dn_below("uid=a,cou=x", "ou=x"));
        ck_assert(!ldp_dn_below("ou=x", "uid=a,ou=x"));
        ck_assert(!ldp_dn_below("uid=a,ou=y", "ou=x"));
}
END_TEST

/* Random strings: an escaped value in a DN is parsed by libldap into the same bytes. */
START_TEST(dn_round_trip)
{
        static const char alphabet[] = ",+\"\\<>;=# \t\r\n*()ab\xc3\xa9\x01/";
        struct mst_arena *arena = mst_arena_new(4096);
        uint32_t seed = 42;

        for (size_t i = 0; i < 100000; i++) {
                char text[24];
                size_t length = 1 + (seed >> 16) % 20;
                char *dn;
                LDAPDN parsed = NULL;

                for (size_t k = 0; k < length; k++) {
                        seed = seed * 1664525u + 1013904223u;
                        text[k] = alphabet[(seed >> 8) % 22];    /* not the two bytes of \u00e9 apart */
                }
                mst_arena_reset(arena);
                dn = mst_arena_printf(arena, "cn=%s,ou=x", mst_escape_dn(arena, text, length));
                ck_assert_int_eq(ldap_str2dn(dn, &parsed, LDAP_DN_FORMAT_LDAPV3), LDAP_SUCCESS);
                ck_assert_uint_eq(parsed[0][0]->la_value.bv_len, length);
                ck_assert_int_eq(memcmp(parsed[0][0]->la_value.bv_val, text, length), 0);
                ldap_dnfree(parsed);
                ck_assert_str_eq(ldp_dn_parent(dn), "ou=x");
                ck_assert_str_eq(ldp_dn_spell(arena, ldp_dn_spell(arena, dn, false), false), ldp_dn_spell(arena, dn, false));
        }
        mst_arena_free(arena);
}
END_TEST

static const struct {
        const char *text;
        bool right;
        const char *again;
} times[] = {
        { "20240229083000Z", true, "20240229083000Z" },
        { "20240229083000.5Z", true, "20240229083000.5000000Z" },
        { "20240229093000+0100", true, "20240229083000Z" },
        { "20240229083000,25-0030", true, "20240229090000.2500000Z" },
        { "2024022908Z", true, "20240229080000Z" },
        { "202402290830Z", true, "20240229083000Z" },
        { "00010101000000Z", true, "00010101000000Z" },
        { "99991231235959Z", true, "99991231235959Z" },
        { "20000229000000Z", true, "20000229000000Z" },
        { "19000229000000Z", false, NULL },
        { "20230229000000Z", false, NULL },
        { "000001010000Z", false, NULL },
        { "20241301000000Z", false, NULL },
        { "20240100000000Z", false, NULL },
        { "20240101240000Z", false, NULL },
        { "20240101000000", false, NULL },
        { "20240101000000Zx", false, NULL },
        { "20240101000000.Z", false, NULL },
        { "20240101000000+", false, NULL },
        { "20240101000000+2500", false, NULL },
        { "yesterday", false, NULL },
        { "", false, NULL },
        { "00010101000000+0100", false, NULL },
};

START_TEST(moment)
{
        int64_t date = 0;
        char text[32];

        ck_assert_int_eq(ldp_when_parse(times[_i].text, strlen(times[_i].text), &date), times[_i].right);
        if (!times[_i].right)
                return;
        ldp_when_write(date, text);
        ck_assert_str_eq(text, times[_i].again);
}
END_TEST

static const struct {
        const char *name;
        size_t count, from;
        enum ldp_sliced what;
        uint64_t next;
} slices[] = {
        { "member;range=0-1499", 1500, 0, LDP_SLICE, 1500 },
        { "Member;Range=1500-2999", 1500, 1500, LDP_SLICE, 3000 },
        { "member;range=3000-*", 1, 3000, LDP_SLICE, 0 },
        { "member;range=0-*", 0, 0, LDP_SLICE, 0 },
        { "member;range=7-7", 1, 7, LDP_SLICE, 8 },
        { "member", 3, 0, LDP_NO_SLICE, 0 },
        { "members;range=0-1", 2, 0, LDP_NO_SLICE, 0 },
        { "memberOf;range=0-1", 2, 0, LDP_NO_SLICE, 0 },
        { "member;binary", 2, 0, LDP_NO_SLICE, 0 },
        { "member;range=", 0, 0, LDP_SLICE_BAD, 0 },
        { "member;range=0", 1, 0, LDP_SLICE_BAD, 0 },
        { "member;range=0-", 1, 0, LDP_SLICE_BAD, 0 },
        { "member;range=-1", 1, 0, LDP_SLICE_BAD, 0 },
        { "member;range=*-*", 1, 0, LDP_SLICE_BAD, 0 },
        { "member;range=x-1", 1, 0, LDP_SLICE_BAD, 0 },
        { "member;range=0-x", 1, 0, LDP_SLICE_BAD, 0 },
        { "member;range=0-1x", 2, 0, LDP_SLICE_BAD, 0 },
        { "member;range=0-*x", 2, 0, LDP_SLICE_BAD, 0 },
        { "member;range=0-1499", 1499, 0, LDP_SLICE_BAD, 0 },    /* short, and */
        { "member;range=0-1499", 1501, 0, LDP_SLICE_BAD, 0 },    /* long */
        { "member;range=0-1499", 0, 0, LDP_SLICE_BAD, 0 },
        { "member;range=0-1499", 1500, 1500, LDP_SLICE_BAD, 0 }, /* that one again */
        { "member;range=1501-*", 3, 1500, LDP_SLICE_BAD, 0 },
        { "member;range=1500-*", 0, 1500, LDP_SLICE_BAD, 0 },
        { "member;range=5-4", 0, 5, LDP_SLICE_BAD, 0 },
        { "member;range=0-18446744073709551615", 1, 0, LDP_SLICE_BAD, 0 },
        { "member;range=18446744073709551616-*", 1, 0, LDP_SLICE_BAD, 0 },
};

START_TEST(slice)
{
        struct berval said = { .bv_val = (char *)(uintptr_t)slices[_i].name, .bv_len = strlen(slices[_i].name) };
        uint64_t next = 0;

        ck_assert_msg(ldp_slice_read(&said, slices[_i].count, "member", slices[_i].from, &next) == slices[_i].what,
                      "%s", slices[_i].name);
        if (slices[_i].what == LDP_SLICE)
                ck_assert_uint_eq(next, slices[_i].next);
}
END_TEST

TCase *
case_pieces(void)
{
        TCase *pieces = tcase_create("pieces");

        tcase_set_timeout(pieces, 60);
        tcase_add_loop_test(pieces, uri, 0, (int)(sizeof uris / sizeof *uris));
        tcase_add_loop_test(pieces, options, 0, (int)(sizeof wrongs / sizeof *wrongs));
        tcase_add_test(pieces, empty_password);
        tcase_add_loop_test(pieces, name, 0, (int)(sizeof names / sizeof *names));
        tcase_add_loop_test(pieces, dialect, 0, (int)(sizeof roots / sizeof *roots));
        tcase_add_loop_test(pieces, lasting_id, 0, (int)(sizeof id_cases / sizeof *id_cases));
        tcase_add_loop_test(pieces, slice, 0, (int)(sizeof slices / sizeof *slices));
        tcase_add_test(pieces, below);
        tcase_add_test(pieces, dn_round_trip);
        tcase_add_loop_test(pieces, moment, 0, (int)(sizeof times / sizeof *times));
        return pieces;
}
