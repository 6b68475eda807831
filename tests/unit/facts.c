/* facts.c - facts from the descriptor and from probe, and their way through the store. */
#include "sdk/facts.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "util/alloc.h"

static const struct mst_attribute attributes[] = {
        { "mail", MST_TEXT, MST_ATTR_MANY, 256, "address" },
        { "cn", MST_TEXT, MST_ATTR_REQUIRED, 64, NULL },
        { "cn", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_NAMING, 0, NULL },
        { "*", MST_BYTES, 0, 0, NULL },
        { NULL, 0, 0, 0, NULL }
};

/* As a plugin of an earlier minor would have it: without 'longest' and 'help'. */
struct short_row {
        const char *name;
        uint32_t type, flags;
};

static const struct short_row short_rows[] = {
        { "uid", MST_TEXT, MST_ATTR_FIXED }, { "sn", MST_TEXT, 0 }, { NULL, 0, 0 }
};

static const struct mst_plugin plugin = {
        MST_PLUGIN_HEAD, .name = "demo", .sink_attributes = attributes, .sink_can = MST_CAN_USERS,
        .sink_members = 500, .source_can = MST_CAN_FETCH, .source_attributes = attributes
};

START_TEST(from_the_descriptor)
{
        struct mst_facts *facts = mstc_facts_of_sink(&plugin);
        struct mst_plugin old = plugin;

        ck_assert_uint_eq(facts->can, MST_CAN_USERS);
        ck_assert_uint_eq(facts->in_flight, 1);            /* 0 in the descriptor: one */
        ck_assert_uint_eq(facts->members, 500);
        ck_assert_uint_eq(facts->attribute_count, 4);
        ck_assert_uint_eq(mstc_facts_find(facts, MST_USER, "MAIL")->longest, 256);
        ck_assert_uint_eq(mstc_facts_find(facts, MST_GROUP, "cn")->flags, MST_ATTR_GROUP | MST_ATTR_NAMING);
        ck_assert_str_eq(mstc_facts_find(facts, MST_USER, "anything")->name, "*");
        ck_assert_ptr_null(mstc_facts_find(facts, MST_GROUP, "mail"));
        mstc_facts_free(facts);
        facts = mstc_facts_of_source(&plugin);
        ck_assert_uint_eq(facts->can, MST_CAN_FETCH);
        mstc_facts_free(facts);
        old.sink_attributes = (const struct mst_attribute *)(const void *)short_rows;
        old.attribute_size = sizeof(struct short_row);
        facts = mstc_facts_of_sink(&old);
        ck_assert_uint_eq(facts->attribute_count, 2);
        ck_assert_uint_eq(mstc_facts_find(facts, MST_USER, "uid")->longest, 0);
        ck_assert_uint_eq(mstc_facts_find(facts, MST_USER, "uid")->flags, MST_ATTR_FIXED);
        mstc_facts_free(facts);
        mstc_facts_free(NULL);
}
END_TEST

START_TEST(patterns)
{
        struct mst_facts *facts = mstc_facts_new();

        mst_facts_attribute(facts, "extension_*", MST_TEXT, 0, 7);
        mst_facts_attribute(facts, "extension_ab*", MST_INT, 0, 0);
        mst_facts_attribute(facts, "extension_abc", MST_BOOL, 0, 0);
        ck_assert_str_eq(mstc_facts_find(facts, MST_USER, "extension_xyz")->name, "extension_*");
        ck_assert_str_eq(mstc_facts_find(facts, MST_USER, "Extension_abd")->name, "extension_ab*");
        ck_assert_str_eq(mstc_facts_find(facts, MST_USER, "extension_abc")->name, "extension_abc");
        ck_assert_str_eq(mstc_facts_find(facts, MST_USER, "extension_")->name, "extension_*");
        ck_assert_ptr_null(mstc_facts_find(facts, MST_USER, "extension"));
        ck_assert_ptr_null(mstc_facts_find(facts, MST_USER, "xextension_a"));
        ck_assert_ptr_null(mstc_facts_find(facts, MST_GROUP, "extension_xyz"));
        mstc_facts_free(facts);
}
END_TEST

START_TEST(the_later_word_counts)
{
        struct mst_facts *facts = mstc_facts_new();
        char name[16];

        for (int i = 0; i < 200; i++) {
                snprintf(name, sizeof name, "A%d", i * 7 % 100);
                mst_facts_attribute(facts, name, MST_TEXT, 0, (uint32_t)i);
        }
        mst_facts_attribute(facts, "a5", MST_INT, MST_ATTR_READ_ONLY, 9);
        mst_facts_attribute(facts, "", MST_INT, 0, 9);
        mst_facts_attribute(facts, NULL, MST_INT, 0, 9);
        mst_facts_attribute(facts, "\xff", MST_INT, 0, 9);
        mst_facts_identity(facts, "one");
        mst_facts_identity(facts, "two");
        mst_facts_can(facts, 7);
        mst_facts_can(facts, MST_CAN_FIND);
        mst_facts_note(facts, true, "slow %s", "index");
        mst_facts_note(facts, true, "slow index");
        ck_assert_uint_eq(facts->attribute_count, 100);
        ck_assert_int_eq(mstc_facts_find(facts, MST_USER, "A5")->type, MST_INT);
        for (size_t i = 1; i < facts->attribute_count; i++)
                ck_assert_int_lt(strcmp(facts->attributes[i - 1].name, "zz"), 0);
        for (int i = 0; i < 100; i++) {
                snprintf(name, sizeof name, "a%d", i);
                ck_assert_ptr_nonnull(mstc_facts_find(facts, MST_USER, name));
        }
        ck_assert_str_eq(facts->identity, "two");
        ck_assert_uint_eq(facts->can, MST_CAN_FIND);
        ck_assert_uint_eq(facts->note_count, 3);           /* empty name, not UTF-8, slow index */
        ck_assert_str_eq(facts->notes[2].text, "slow index");
        mst_facts_doubt(facts, MST_USER, "mail", "no class has %s", "mail");
        mst_facts_doubt(facts, MST_USER, "mail", "no class has mail");
        ck_assert_uint_eq(facts->note_count, 4);
        ck_assert(facts->notes[3].bad);
        ck_assert_str_eq(facts->notes[3].attribute, "mail");
        ck_assert_int_eq(facts->notes[3].kind, MST_USER);
        ck_assert_ptr_null(facts->notes[2].attribute);
        ck_assert(!facts->notes[3].mistake && !facts->notes[3].lack);
        mst_facts_mistake(facts, MST_GROUP, NULL, "set %s", "group-base");
        mst_facts_mistake(facts, 0, "mail", "no class has mail");  /* told already, as a doubt */
        mst_facts_lack(facts, MST_USER, "account", "nothing is mapped to it");
        ck_assert_uint_eq(facts->note_count, 6);
        ck_assert(facts->notes[4].bad && facts->notes[4].mistake && facts->notes[4].attribute == NULL);
        ck_assert_int_eq(facts->notes[4].kind, MST_GROUP);
        ck_assert(facts->notes[5].bad && facts->notes[5].lack && !facts->notes[5].mistake);
        ck_assert(!facts->failed);
        mstc_facts_free(facts);
}
END_TEST

START_TEST(through_the_store)
{
        struct mst_facts *facts = mstc_facts_of_sink(&plugin), *back;
        struct mstc_buffer a = { 0 }, b = { 0 };

        mst_facts_limit(facts, MST_LIMIT_FIND, 100);
        mst_facts_limit(facts, MST_LIMIT_IN_FLIGHT, 32);
        mst_facts_limit(facts, MST_LIMIT_MEMBERS, UINT32_MAX);
        mst_facts_identity(facts, "uuid/ou=people");
        mst_facts_note(facts, false, "OpenLDAP 2.5");
        mst_facts_note(facts, true, "no index on %s", "mail");
        mstc_facts_flat(facts, &a);
        ck_assert(mstc_buffer_ok(&a));
        back = mstc_facts_unflat(a.bytes, a.length);
        ck_assert_ptr_nonnull(back);
        ck_assert_str_eq(back->identity, "uuid/ou=people");
        ck_assert_uint_eq(back->find, 100);
        ck_assert_uint_eq(back->in_flight, 32);
        ck_assert_uint_eq(back->members, UINT32_MAX);
        ck_assert_uint_eq(back->attribute_count, 4);
        ck_assert_uint_eq(mstc_facts_find(back, MST_USER, "cn")->flags, MST_ATTR_REQUIRED);
        ck_assert_uint_eq(back->note_count, 2);
        ck_assert(back->notes[1].bad && !back->notes[0].bad);
        mstc_facts_flat(back, &b);
        ck_assert_uint_eq(a.length, b.length);
        ck_assert_mem_eq(a.bytes, b.bytes, a.length);
        for (size_t size = 0; size < a.length; size++)
                ck_assert_ptr_null(mstc_facts_unflat(a.bytes, size));
        mstc_facts_free(back);
        mstc_facts_free(facts);
        facts = mstc_facts_new();
        mstc_buffer_clear(&a);
        mstc_facts_flat(facts, &a);
        back = mstc_facts_unflat(a.bytes, a.length);
        ck_assert_ptr_null(back->identity);
        mstc_facts_free(back);
        mstc_facts_free(facts);
        mstc_buffer_done(&a);
        mstc_buffer_done(&b);
}
END_TEST

START_TEST(memory_out)
{
        struct mstc_buffer b = { 0 };
        struct mst_facts *facts = mstc_facts_of_sink(&plugin);

        mstc_facts_flat(facts, &b);
        mstc_facts_free(facts);
        for (long n = 1;; n++) {
                bool failed;

                mstc_alloc_fail_at(n);
                facts = mstc_facts_unflat(b.bytes, b.length);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                ck_assert_int_eq(facts == NULL, failed);
                mstc_facts_free(facts);
                if (!failed)
                        break;
        }
        for (long n = 1;; n++) {
                struct mstc_buffer again = { 0 };
                bool failed;

                facts = mstc_facts_of_sink(&plugin);
                mstc_alloc_fail_at(n);
                mstc_facts_flat(facts, &again);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                ck_assert_int_eq(mstc_buffer_ok(&again), !failed);
                mstc_buffer_done(&again);
                mstc_facts_free(facts);
                if (!failed)
                        break;
        }
        mstc_buffer_done(&b);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("facts");
        TCase *t = tcase_create("facts");

        tcase_add_test(t, from_the_descriptor);
        tcase_add_test(t, patterns);
        tcase_add_test(t, the_later_word_counts);
        tcase_add_test(t, through_the_store);
        tcase_add_test(t, memory_out);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
