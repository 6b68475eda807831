/* stuff.c - values of every sort: bytes, languages, large ones, empty ones, and single
 * values of many while others change them too. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADA "uid=ada," PEOPLE

static struct mst_op *
on(struct fixture *fx, const char *id)
{
        struct mst_op *op = fx_op(fx, MST_UPDATE, MST_USER, "ada");

        ck_assert(mst_test_op_object(op, id, ADA, NULL));
        return op;
}

static void
put_bytes(struct mst_record *record, const char *name, const void *bytes, size_t size)
{
        mst_record_bytes(record, mst_record_put(record, name), bytes, size);
}

/* The bytes that are there, as somebody else reads them. */
static bool
holds(struct fixture *fx, const char *attribute, const void *bytes, size_t size)
{
        char *wanted[] = { (char *)attribute, NULL };
        LDAPMessage *found = NULL;
        struct berval **values;
        bool ok;

        ck_assert_int_eq(ldap_search_ext_s(fx->admin, ADA, LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL,
                                           NULL, 0, &found), LDAP_SUCCESS);
        values = ldap_get_values_len(fx->admin, ldap_first_entry(fx->admin, found), attribute);
        ok = values != NULL && values[1] == NULL && values[0]->bv_len == size &&
             memcmp(values[0]->bv_val, bytes, size) == 0;
        ldap_value_free_len(values);
        ldap_msgfree(found);
        return ok;
}

/* A photo of one byte, of every byte, of two megabytes; another; none. */
START_TEST(bytes)
{
        static const size_t sizes[] = { 1, 256, 2000000 };
        size_t size = sizes[_i];
        unsigned char *photo = malloc(size);
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        ck_assert_ptr_nonnull(photo);
        for (size_t i = 0; i < size; i++)
                photo[i] = (unsigned char)(i * 7 + i / 256);
        fx_start(&fx, "main");
        op = fx_person(&fx, "ada");
        put_bytes(mst_test_op_after(op), "jpegPhoto", photo, size);
        fx_expect(&fx, MST_DONE);
        id = fx_id(&fx, ADA);
        ck_assert(holds(&fx, "jpegPhoto", photo, size));
        op = on(&fx, id);
        put_bytes(mst_test_op_before(op), "jpegPhoto", photo, size);
        photo[size - 1] ^= 1;
        put_bytes(mst_test_op_after(op), "jpegPhoto", photo, size);
        fx_expect(&fx, MST_DONE);
        ck_assert(holds(&fx, "jpegPhoto", photo, size));
        op = on(&fx, id);
        put_bytes(mst_test_op_before(op), "jpegPhoto", photo, size);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, ADA, "jpegPhoto"), 0);
        free(photo);
        fx_close(&fx);
}
END_TEST

/* Attributes with options are attributes of their own. */
START_TEST(languages)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        op = fx_person(&fx, "ada");
        fx_put(mst_test_op_after(op), "title", "Analyst");
        fx_put(mst_test_op_after(op), "title;lang-de", "Gr\xc3\xa4" "fin");
        fx_expect(&fx, MST_DONE);
        id = fx_id(&fx, ADA);
        ck_assert_str_eq(fx_look(&fx, ADA, "title;lang-de"), "Gr\xc3\xa4" "fin");
        op = on(&fx, id);
        fx_change(op, "title;lang-de", "Gr\xc3\xa4" "fin", "Analytikerin");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "title;lang-de"), "Analytikerin");
        ck_assert_uint_eq(fx_entries(&fx, ADA, "(title=Analyst)"), 1);
        op = on(&fx, id);
        fx_change(op, "title;lang-de", "Analytikerin", NULL);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "title;lang-de"), "");
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "Analyst");
        fx_close(&fx);
}
END_TEST

/* Ours change one by one, theirs stay; an empty text is no value; the last of ours goes. */
START_TEST(among_others)
{
        static const char *const first[] = { "+49 1", "+49 2", "" }, *const second[] = { "+49 2", "+49 3" };
        static const char *const none[] = { "", "" };
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        op = fx_person(&fx, "ada");
        fx_list(mst_test_op_after(op), "telephoneNumber", first, 3);
        fx_expect(&fx, MST_DONE);
        id = fx_id(&fx, ADA);
        ck_assert_str_eq(fx_look(&fx, ADA, "telephoneNumber"), "+49 1|+49 2");
        fx_modify(&fx, ADA, LDAP_MOD_ADD, "telephoneNumber", "+44 theirs 9");
        op = on(&fx, id);
        fx_list(mst_test_op_before(op), "telephoneNumber", first, 3);
        fx_list(mst_test_op_after(op), "telephoneNumber", second, 2);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "telephoneNumber"), "+44 theirs 9|+49 2|+49 3");
        fx_modify(&fx, ADA, LDAP_MOD_DELETE, "telephoneNumber", "+49 3");        /* somebody was there before us */
        op = on(&fx, id);
        fx_list(mst_test_op_before(op), "telephoneNumber", second, 2);
        fx_list(mst_test_op_after(op), "telephoneNumber", none, 2);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "telephoneNumber"), "+44 theirs 9");
        fx_close(&fx);
}
END_TEST

/* A thousand values, half of them exchanged. */
START_TEST(many)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;
        char text[64];

        fx_start(&fx, "main");
        op = fx_person(&fx, "ada");
        for (int round = 0; round < 2; round++) {
                struct mst_record *into = round == 0 ? mst_test_op_after(op) : NULL;

                if (round == 1) {
                        fx_expect(&fx, MST_DONE);
                        id = fx_id(&fx, ADA);
                        op = on(&fx, id);
                }
                for (int side = 0; side < 1 + round; side++) {
                        struct mst_value *list;

                        into = side == 0 && round == 1 ? mst_test_op_before(op) : mst_test_op_after(op);
                        list = mst_record_put(into, "mail");
                        mst_record_list(into, list);
                        for (int i = 0; i < 1000; i++) {
                                snprintf(text, sizeof text, "m%d@x.org", round == 1 && side == 1 ? i + 500 : i);
                                mst_record_text(into, mst_record_append(into, list), text, strlen(text));
                        }
                }
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, ADA, "mail"), 1000);
        ck_assert_uint_eq(fx_entries(&fx, ADA, "(|(mail=m499@x.org)(mail=m0@x.org))"), 0);
        ck_assert_uint_eq(fx_entries(&fx, ADA, "(&(mail=m500@x.org)(mail=m1499@x.org))"), 1);
        fx_close(&fx);
}
END_TEST

TCase *
case_stuff(void)
{
        TCase *tests = tcase_create("stuff");

        tcase_set_timeout(tests, 120);
        tcase_add_loop_test(tests, bytes, 0, 3);
        tcase_add_test(tests, languages);
        tcase_add_test(tests, among_others);
        tcase_add_test(tests, many);
        return tests;
}
