/* trouble.h - every error that the emulator itself gives, in one table, so that
 * a status or a code that turns out to be otherwise is corrected in one place. */
#ifndef GRAPH_TROUBLE_H
#define GRAPH_TROUBLE_H
#include "../rest/exchange.h"


enum trouble {
        /* the token endpoint: 'code' is the OAuth word, 'number' the AADSTS one */
        T_WRONG_SECRET, T_EXPIRED_SECRET, T_NO_TENANT, T_BAD_TENANT, T_NO_CLIENT, T_DISABLED_CLIENT,
        T_BAD_SCOPE, T_NO_RESOURCE, T_TWO_RESOURCES, T_MISSING, T_GRANT, T_NOT_POST, T_NO_CREDENTIAL,
        T_BAD_ASSERTION, T_ASSERTION_TIME, T_NO_FEDERATION,
        /* managed identity: 'code' is the word in "error" */
        T_IMDS_METHOD, T_IMDS_HEADER, T_IMDS_VERSION, T_IMDS_RESOURCE, T_IMDS_UNKNOWN, T_NO_IDENTITY,
        T_TWO_SELECTORS, T_SEVERAL_IDENTITIES, T_IDENTITY_HEADER,
        /* Graph */
        T_NO_TOKEN, T_BAD_TOKEN, T_OLD_TOKEN, T_AUDIENCE, T_DENIED, T_CHALLENGE, T_NO_SEGMENT, T_NO_METHOD,
        T_NO_OBJECT, T_NO_MANAGER, T_BAD_URL, T_BAD_TOP, T_BAD_SIGN_INS, T_NO_PROPERTY, T_ELSEWHERE, T_BAD_FILTER, T_ADVANCED,
        T_COUNT, T_UNSUPPORTED, T_PAGE_TOKEN, T_THIRTY, T_SYNC_STATE, T_GONE, T_CAPITAL, T_NESTED, T_RESYNC,
        T_SELECT_ON_LINK, T_DELTA_FILTER, T_MANY_IDS, T_B2C, T_TOO_LONG, T_THROTTLED, T_CAST_NEEDED,
        T_BAD_BATCH, T_BAD_BODY, T_NO_GROUP_PROPERTY, T_NO_PHOTO,
        T_NONE                          /* nothing is wrong */
};

struct trouble_row {
        int status;
        const char *code;
        int number;
        const char *text;               /* one %s at most */
};
extern const struct trouble_row troubles[];
extern const char type_odata[];

/* The error replies of Graph; 'about' fills the %s of the table's text. */
void exchange_trouble(struct exchange *x, enum trouble what, const char *about);
void exchange_error(struct exchange *x, int status, const char *code, const char *message);
/* The same with the code only in a nested innerError. */
void exchange_nested(struct exchange *x, int status, const char *outer, const char *inner, const char *message);
/* What a fault says: the usual code of the status where 'code' is NULL. */
void exchange_refuse(struct exchange *x, int status, const char *code, const char *message, bool nested);
#endif
