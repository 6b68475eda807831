/* SPDX-License-Identifier: Apache-2.0
 *
 * phone.c - phone numbers as the service wants them: '+', country code, digits (E.164).
 *
 * A number is a person, so nothing is guessed: what separates digits is dropped, 00 is +,
 * "(0)" is the trunk prefix that one does not dial from abroad, and a number without
 * country code gets the configured one, or is refused. */
#include <stdio.h>
#include <string.h>

#include "kaizala.h"

enum { DIGITS_LEAST = 8, DIGITS_MOST = 15 };

static int
refuse(const char *text, const char *why, struct mst_error *err)
{
        return mst_fail(err, MST_EREFUSED, "the phone number '%.60s' %s", text, why);
}

/* Without what separates; false: there is something else in it. */
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
        return true;
}

int
kzl_phone(const struct kzl *k, const struct mst_value *value, char into[KZL_PHONE], struct mst_error *err)
{
        const char *text = mst_value_text(mst_value_at(value, 0), NULL), *code = k->config->default_country;
        char digits[64], full[96], country[16] = "";
        size_t n;

        if (text[0] == '\0')
                return mst_fail(err, MST_EREFUSED, "there is no phone number, and Kaizala knows people by nothing else: enter "
                                "one in Entra ID, or leave such people out with <scope>user.mobilePhone -ne null</scope>");
        if (!strip(text, digits, sizeof digits) || digits[0] == '\0')
                return refuse(text, "is none: it may hold a + in front, digits, spaces and - ( ) . / only", err);
        if (code != NULL && !strip(code, country, sizeof country))
                return mst_fail(err, MST_ECONFIG, "default-country: '%.20s' is no country code such as +49", code);
        if (digits[0] == '+')
                snprintf(full, sizeof full, "%s", digits + 1);
        else if (strncmp(digits, "00", 2) == 0)
                snprintf(full, sizeof full, "%s", digits + 2);
        else if (country[0] == '\0')
                return refuse(text, "has no country code: enter it in Entra ID as +COUNTRY NUMBER, or set default-country", err);
        else
                snprintf(full, sizeof full, "%s%s", country + (country[0] == '+'), digits + (digits[0] == '0'));
        n = strlen(full);
        if (full[0] == '0')
                return refuse(text, "has a country code that begins with 0, and none does", err);
        if (n < DIGITS_LEAST || n > DIGITS_MOST)
                return refuse(text, n < DIGITS_LEAST ? "is too short: with its country code it has fewer than 8 digits"
                              : "is too long: with its country code it has more than 15 digits", err);
        snprintf(into, KZL_PHONE, "+%s", full);
        return MST_OK;
}
