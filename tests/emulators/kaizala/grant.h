/* grant.h - connectors, their refresh tokens and access tokens, and PINs (sheet, section 3). */
#ifndef KAIZALA_GRANT_H
#define KAIZALA_GRANT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY INT64_C(86400)

enum {
        REFRESH_DAYS = 365,             /* a refresh token lives [D] */
        ROTATE_DAYS = 328,              /* and from then on a new one comes with every answer [D] */
        ACCESS_SECONDS = 86400          /* an access token lives [D] */
};

struct connector {
        char *id, *secret;
        int64_t window, made;           /* where the minute began, and the calls since */
};

enum reach { REACH_GROUP, REACH_USER, REACH_TENANT };

/* A refresh token. */
struct grant {
        char *token;
        struct connector *connector;
        enum reach reach;
        char *phone;                    /* whose it is */
        char *group;                    /* id: REACH_GROUP */
        int64_t issued;
        struct grant *before;           /* that it will end when it is first used */
        bool dead;
};

struct access {
        char *token;
        struct grant *grant;
        int64_t issued;
        bool expired;                   /* the control door said so */
};

struct pin {
        char *phone, *connector;
        int number;
};

struct grants {
        struct connector **connectors;
        size_t connector_count, connector_room;
        struct grant **list;
        size_t count, have;
        struct access **access;
        size_t access_count, access_room;
        struct pin pins[32];
        int pin_count;
        uint64_t serial;
};

void grants_close(struct grants *g);
/* Adds, or changes the secret. */
struct connector *connector_make(struct grants *g, const char *id, const char *secret);
struct connector *connector_find(struct grants *g, const char *id);

/* A new refresh token; one of the same connector and user is dead from now on. */
struct grant *grant_make(struct grants *g, struct connector *c, enum reach reach, const char *phone,
                         const char *group, int64_t now);
/* One that follows 'old', which stays good until the new one is first used [C]. */
struct grant *grant_follow(struct grants *g, struct grant *old, int64_t now);
/* The grant of that text, connector and age, or NULL; it is used by that. */
struct grant *grant_use(struct grants *g, const struct connector *c, const char *token, int64_t now);

struct access *access_make(struct grants *g, struct grant *grant, int64_t now);
/* NULL: nobody has got such a token, it has ended, or its grant's connector is gone. */
struct access *access_find(struct grants *g, const char *token, int64_t now);
void access_expire(struct grants *g);

/* The PIN that is sent to the phone. */
int pin_make(struct grants *g, const char *connector, const char *phone);
int pin_find(const struct grants *g, const char *phone);                /* 0: none */
bool pin_take(struct grants *g, const char *connector, const char *phone, int number);
#endif
