/* phone.c - phone numbers as people write them, and as a service wants them. */
#include "build.h"

#include <string.h>

#include <muster/phone.h>

#include "unit.h"

static const struct {
        const char *text, *country;
        int code;
        const char *want;                    /* the number, or what the sentence contains */
} rows[] = {
        { "+14255550101", NULL, MST_OK, "+14255550101" }, { "+1 (425) 555-0101", NULL, MST_OK, "+14255550101" },
        { "001 425.555.0101", NULL, MST_OK, "+14255550101" }, { "+49 (0)171/5550104", NULL, MST_OK, "+491715550104" },
        { "+49\xc2\xa0" "171 555 0104", NULL, MST_OK, "+491715550104" }, { "0171 5550104", "+49", MST_OK, "+491715550104" },
        { "171 5550104", "49", MST_OK, "+491715550104" }, { "+47 22550103", "+49", MST_OK, "+4722550103" },
        { "+12345678", NULL, MST_OK, "+12345678" }, { "+123456789012345", NULL, MST_OK, "+123456789012345" },
        { "", NULL, MST_EREFUSED, "is none" }, { "   ", NULL, MST_EREFUSED, "is none" }, { "(0)", NULL, MST_EREFUSED, "is none" },
        { "+", NULL, MST_EREFUSED, "too short" }, { "0", "+49", MST_EREFUSED, "too short" },
        { "4255550101", NULL, MST_EREFUSED, "has no country code" }, { "0171 5550104", NULL, MST_EREFUSED, "has no country code" },
        { "+1 425 555 0101 x7", NULL, MST_EREFUSED, "is none" }, { "++14255550101", NULL, MST_EREFUSED, "is none" },
        { "1+4255550101", NULL, MST_EREFUSED, "is none" }, { "+1425555o101", NULL, MST_EREFUSED, "is none" },
        { "\xd9\xa1\xd9\xa2", NULL, MST_EREFUSED, "is none" }, { "+0425555010", NULL, MST_EREFUSED, "begins with 0" },
        { "000425555010", NULL, MST_EREFUSED, "begins with 0" }, { "+1234567", NULL, MST_EREFUSED, "too short" },
        { "+1234567890123456", NULL, MST_EREFUSED, "too long" },
        { "+12345678901234567890123456789012345678901234567890123456789012345678901234567890", NULL, MST_EREFUSED, "is none" },
        { "171", "Germany", MST_ECONFIG, "no country code such as" }, { "171", "", MST_ECONFIG, "no country code" },
        { "171", "+", MST_ECONFIG, "no country code" }, { "171", "00", MST_ECONFIG, "no country code" },
        { "171", "+4912345678901234567", MST_ECONFIG, "no country code" },
};

START_TEST(numbers)
{
        struct mst_error err = { 0 };
        char into[MST_PHONE_SIZE] = "";

        ck_assert_msg(mst_phone(rows[_i].text, rows[_i].country, into, &err) == rows[_i].code, "'%s': %s%s", rows[_i].text, into,
                      err.text);
        if (rows[_i].code == MST_OK)
                ck_assert_str_eq(into, rows[_i].want);
        else
                ck_assert_msg(strstr(err.text, rows[_i].want) != NULL, "%s", err.text);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("phone");
        TCase *t = tcase_create("phone");

        tcase_add_loop_test(t, numbers, 0, UNIT_COUNT(rows));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
