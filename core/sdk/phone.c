/* phone.c - phone numbers; see <muster/phone.h>. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include <muster/phone.h>

enum { DIGITS_LEAST = 8, DIGITS_MOST = 15 };

static int
refuse(const char *text, const char *why, struct mst_error *err)
{
        return mst_fail(err, MST_EREFUSED, "the phone number '%.60s' %s", text, why);
}

/* Without what separates; false: there is something else in it, or nothing. */
static bool
strip(const char *text, char *into, size_t room)
{
        size_t n = 0;

        for (; *text != '\0'; text++) {
                if (strncmp(text, "(0)", 3) == 0)
                        text += 2;
                else if (strncmp(text, "\xc2\xa0", 2) == 0)
                        text++;
                else if (strchr(" \t-()./", *text) == NULL) {
                        if (n + 1 == room || !((*text >= '0' && *text <= '9') || (*text == '+' && n == 0)))
                                return false;
                        into[n++] = *text;
                }
        }
        into[n] = '\0';
        return n > 0;
}

int
mst_phone(const char *text, const char *country, char into[MST_PHONE_SIZE], struct mst_error *err)
{
        char digits[64], full[96], code[16] = "";
        size_t n;

        if (!strip(text, digits, sizeof digits))
                return refuse(text, "is none: it may hold a + in front, digits, spaces and - ( ) . / only", err);
        if (country != NULL && (!strip(country, code, sizeof code) || code[strspn(code, "+0")] == '\0'))
                return mst_fail(err, MST_ECONFIG, "'%.20s' is no country code such as +49", country);
        if (digits[0] == '+')
                snprintf(full, sizeof full, "%s", digits + 1);
        else if (strncmp(digits, "00", 2) == 0)
                snprintf(full, sizeof full, "%s", digits + 2);
        else if (code[0] == '\0')
                return refuse(text, "has no country code: enter it as +COUNTRY NUMBER, or set a default country", err);
        else
                snprintf(full, sizeof full, "%s%s", code + (code[0] == '+'), digits + (digits[0] == '0'));
        n = strlen(full);
        if (full[0] == '0')
                return refuse(text, "has a country code that begins with 0, and none does", err);
        if (n < DIGITS_LEAST || n > DIGITS_MOST)
                return refuse(text, n < DIGITS_LEAST ? "is too short: with its country code it has fewer than 8 digits"
                              : "is too long: with its country code it has more than 15 digits", err);
        snprintf(into, MST_PHONE_SIZE, "+%.*s", DIGITS_MOST, full);
        return MST_OK;
}
