/* emulator.h - the Bold BI emulator: one installation with one site, "site1".
 *
 * What it does follows /bi/api's published Swagger and the documentation, with these marks
 * for how sure a fact is: [D] documented, [S] seen in a screenshot of the documentation,
 * [O] observed in Syncfusion's samples or knowledge base, [C] our choice where nothing is
 * published.  One thread does everything. */
#ifndef BOLDBI_EMULATOR_H
#define BOLDBI_EMULATOR_H
#include "../rest/index.h"
#include "../rest/rest.h"
#include "../rest/seal.h"

#include <json-c/json.h>

enum directory { LOCAL, AZURE_AD, DATABASE, OAUTH2, OPENID, DIRECTORIES };
extern const char *const directory_names[];

/* An account of the installation; with an id it is a user of the site.  User name and e-mail
 * are set with person_call(), which is how an account is found by them. */
struct person {
        uint32_t id;                    /* 0: not in the site */
        char guid[GUID_LEN + 1];
        char *username, *email, *first, *last, *contact, *password, *external;
        enum directory directory;
        bool active, gone;              /* gone: the account was deleted everywhere */
};

struct member {
        uint32_t id;
        bool provided;                  /* came with the group from its provider */
};

struct group {
        uint32_t id;                    /* 0: deleted */
        char *name, *description, *logo;
        enum directory directory;
        struct member *members;
        size_t count, room;
        uint64_t *has;                  /* a bit for each id of a user */
        size_t has_size;
};

struct attribute {
        uint32_t id, owner;             /* id 0: deleted */
        bool of_group, encrypted;
        char *name, *value, *description;
};

enum { KEYS_EACH = 2, ADMINS = 1 };     /* the group System Administrator has the id 1 */

/* A token or an API key. */
struct credential {
        char *text;
        uint32_t person;                /* index; UINT32_MAX: of the UMS */
        int64_t ends;
        bool key;
};

struct job {
        uint32_t id;
        char *source;                   /* CSV, Azure AD */
        int64_t created, updated;
        struct json_object *rows, *failed;      /* arrays */
        size_t at, imported;
};

/* A group of the Azure AD that the site may import. */
struct aad_group {
        char *name;
        struct json_object *users;
};

struct settings {
        int64_t expires, activation, shape, ums_names, group_data, error_body;         /* choices */
        int64_t token_life, page_size, job_step, longest, default_group, moving;
        bool lower_email, embed, email_required, cloud;
};
enum { EXPIRES_TEXT, EXPIRES_NUMBER, EXPIRES_DATE };
enum { ACTIVATION_AUTOMATIC, ACTIVATION_EMAIL };
enum { SHAPE_NESTED, SHAPE_FLAT };
enum { UMS_SNAKE, UMS_PASCAL };
enum { GROUP_DATA_NUMBER, GROUP_DATA_LIST, GROUP_DATA_OBJECTS, GROUP_DATA_NULL };
enum { ERROR_ENVELOPE, ERROR_EMPTY };

struct emulator {
        struct rest rest;
        struct settings set;
        struct person *people;          /* their order is that of their making */
        size_t person_count, person_room;
        struct index person_names, person_guids;
        uint32_t *person_ids;           /* place in 'people' of each id, plus 1 */
        size_t person_ids_size;
        struct group *groups;
        size_t group_count, group_room;
        struct index group_names;
        struct attribute *attributes;   /* the id of each is its place, plus 1 */
        size_t attribute_count, attribute_room;
        struct index attribute_owners;
        struct credential *credentials;
        size_t credential_count, credential_room;
        struct job *jobs;
        size_t job_count, job_room;
        struct aad_group *aad;
        size_t aad_count, aad_room;
        uint32_t last_user, last_group, serial;
        char *embed_secret, *client_id, *client_secret;
        struct { char *tenant, *client, *secret; bool groups; } azure;
        struct json_object *schedule, *log;
};

/* What is noted of a request. */
struct asked {
        bool site, ums, token;          /* which API it is for */
        int version;                    /* 4 or 5 of the site's; 0: none that there is */
        int at;                         /* the segment behind the version */
        struct person *who;
        bool found;                     /* a handler knows the path */
        bool allowed;                   /* and the verb */
        struct json_object *body;       /* of the request, or NULL */
};

extern const struct service boldbi_service;
extern const struct setting boldbi_settings[];
extern const struct door boldbi_doors[];
bool boldbi_tell(struct emulator *e, struct exchange *x, const char *name, const char *about);

/* model.c: what there is. All text is copied; NULL is "". */
struct person *person_add(struct emulator *e);
void person_call(struct emulator *e, struct person *p, const char *username, const char *email);        /* NULL: as it is */
void person_local(struct emulator *e);                   /* a user of the site, of nobody's */
struct person *person_named(struct emulator *e, const char *name);      /* user of the site: user name or e-mail */
struct person *person_known(struct emulator *e, const char *name);      /* the same of all accounts */
struct person *person_numbered(struct emulator *e, uint32_t id);
struct person *person_guid(struct emulator *e, const char *guid);
void person_enter(struct emulator *e, struct person *p);                /* becomes a user of the site */
void person_leave(struct emulator *e, struct person *p);
void person_json(const struct emulator *e, const struct person *p, bool external, bool avatar, struct text *t);
bool person_is_admin(const struct emulator *e, const struct person *p);
struct group *group_add(struct emulator *e, const char *name, const char *description, enum directory directory);
void group_call(struct emulator *e, struct group *g, const char *name);
struct group *group_numbered(struct emulator *e, uint32_t id);
struct group *group_named(struct emulator *e, const char *name);
bool group_has(const struct group *g, uint32_t id);
bool group_join(struct group *g, uint32_t id, bool provided);           /* false: was in */
bool group_leave(struct group *g, uint32_t id);
void group_json(const struct group *g, bool detail, bool logo, struct text *t);
/* The attributes of a user or a group: for (size_t at = 0; (a = attribute_each(e, owner, of_group, &at)) != NULL;) */
struct attribute *attribute_add(struct emulator *e, uint32_t owner, bool of_group);
struct attribute *attribute_each(struct emulator *e, uint32_t owner, bool of_group, size_t *at);
void set_text(char **to, const char *value);
void model_close(struct emulator *e);
/* Password rule: 6 characters, upper, lower, digit, special. [D manage-users/index] */
bool password_good(const char *text);
/* An effect with the object's JSON, and a row of the activity log. */
void note_person(struct emulator *e, const char *what, const struct person *p);
void note_group(struct emulator *e, const char *what, const struct group *g);

/* reply.c: shapes of answers, and what is read of requests. */
void reply_done(struct exchange *x, const char *message, int64_t data);         /* data -1: null */
void reply_empty(struct exchange *x, int status);                               /* 204, no body */
void reply_refuse(struct exchange *x, int status, const char *message);
bool is_verb(const struct exchange *x, const char *verb);               /* notes that the path is known */
const char *segment(const struct exchange *x, int n);                   /* behind the version; "" past the end */
int segments(const struct exchange *x);
/* A member of the body without regard to case; NULL: not there or null. */
struct json_object *member_of(struct json_object *o, const char *name);
const char *text_of(struct json_object *o, const char *name);
/* A list, paged in v5; write(i) writes item i. 'name' is UserList or GroupList. */
struct list {
        const char *name;
        size_t count;
        const uint32_t *items;
        void (*write)(struct emulator *e, uint32_t item, int version, struct text *t);
};
void reply_list(struct emulator *e, struct exchange *x, const struct list *list);
/* Does the search fit? contains, without regard to case [C]. */
bool fits(const char *search, const char *a, const char *b);

/* Handlers; each looks at path and verb, and does nothing where the path is not its own. */
void token_answer(struct emulator *e, struct exchange *x);
bool site_authorize(struct emulator *e, struct exchange *x);
const char *credential_make(struct emulator *e, struct person *p, bool key, int64_t life);     /* NULL: too many */
bool ums_token(const struct emulator *e, const char *header);
void user_answer(struct emulator *e, struct exchange *x);
void group_answer(struct emulator *e, struct exchange *x);
void csv_answer(struct emulator *e, struct exchange *x);
void attribute_answer(struct emulator *e, struct exchange *x);
void azure_answer(struct emulator *e, struct exchange *x);
void log_answer(struct emulator *e, struct exchange *x);
void ums_answer(struct emulator *e, struct exchange *x);
/* Adds a user as U2 does; the status, and why in 'why'. */
int user_make(struct emulator *e, struct json_object *ask, struct person **ret, const char **why);
#endif
