/* entra.h - what the files of this connector share.
 *
 *   entra.c       the descriptor: options, calls; open and close
 *   attributes.c  what Graph knows of users and groups, and why some of it cannot be had
 *   plan.c        from the names that rules and maps use to $select and columns
 *   cloud.c       which addresses belong to which cloud
 *   signin.h      signing in: lists the files that know credentials
 *   aadsts.c      what the sign-in's error numbers mean for an admin
 *   graph.c       one call of Graph
 *   pace.c        resource units: slower before Graph has to ask for it
 *   problem.c     what Graph says when it refuses, as a sentence
 *   object.c      the JSON object of a user or group to a record
 *   read.h        reading: lists the files behind read
 *   fetch.c       fetch: single users and groups
 *   probe.c       probe
 *   rights.c      probe: what the application may do
 */
#ifndef ENTRA_H
#define ENTRA_H

#include <muster/arena.h>
#include <muster/escape.h>
#include <muster/http.h>
#include <muster/json.h>
#include <muster/plugin.h>

struct entra_config {
        char *tenant;
        char *client_id;
        struct mst_secret *client_secret;
        struct mst_secret *certificate, *certificate_key, *certificate_password;
        int64_t certificate_form;
        char *token_file;
        bool workload_identity;
        char *managed_identity, *imds_url;
        int64_t cloud;
        char *login_url, *graph_url, *scope;
        struct mst_http_config http;
        int64_t patience, backoff;
        char *restrict_to_group;
        int64_t photo_size, photo_refresh;
        int64_t resource_units, priority;
};

/* How the value of a Graph property becomes the value of an attribute. */
enum entra_how {
        ENTRA_SAME = 0,          /* as it is                                           */
        ENTRA_FIRST = 1,         /* the first element of a list                        */
        ENTRA_MEMBER = 2         /* the member of an object that is named like the attribute */
};

struct entra_put {
        struct entra_put *next;
        const char *name;        /* of the attribute in the record                     */
        const char *member;      /* ENTRA_MEMBER: its name in the object               */
        enum entra_how how;
        enum mst_type type;      /* MST_NULL: whatever comes (directory extensions)    */
        bool many;
};

/* A property to select, and what it is put into. */
struct entra_column {
        const char *name;
        size_t length;
        struct entra_put *puts;
};

/* What is read of one kind of object. */
struct entra_shape {
        struct entra_column *columns;
        size_t count;
        size_t expected;         /* column that will probably come next                */
};

struct entra_plan {
        struct entra_shape user, group;
        bool manager;
        const char *manager_name;
        const char *photo;       /* the attribute's name as rules have it; NULL: not wanted */
        const char *select;      /* "id,mail,manager"                                  */
        const char *select_single;   /* the same without manager                       */
        bool groups, members;    /* anything of groups is wanted; who is in them       */
        const char *select_group;    /* "id,displayName,members"                       */
        const char *select_group_single;
};

/* Endless loops of links: remembers one link, further apart each time (Brent). */
struct entra_loop {
        uint64_t mark;
        uint64_t steps, limit;
};

/* What is taken from the service's answers to stay below its limit. */
struct entra_pace {
        double used;             /* resource units, running out with time              */
        int64_t at;
};

/* The rolls that are kept: see kept.c. */
enum entra_which { ENTRA_MEMBERS, ENTRA_PICTURES, ENTRA_AWAY, ENTRA_INNER, ENTRA_ROLLS };
struct entra_roll;
struct entra_keeping {
        struct entra_roll *roll;             /* NULL: not in memory                    */
        uint64_t generation;
        bool touched;
};

struct entra_credential;
struct entra_identity;

struct entra {
        const struct entra_config *config;
        struct mst_host *host;
        const struct entra_credential *credential;
        struct entra_identity *identity;
        /* The configuration's or the environment's; client_id NULL: a managed identity's. */
        const char *tenant, *client_id, *token_file, *authority;
        bool warned;                         /* of the certificate's end               */
        struct mst_arena *arena;             /* as long as the instance                */
        struct mst_arena *plan_arena;
        struct mst_arena *scratch;           /* one call                               */
        const char *login, *graph, *base, *scope, *token_url;
        struct mst_http *http;
        struct mst_http_token *token;
        struct mst_http_request *request, *token_request;
        struct mst_http_reply *reply, *token_reply;
        struct mst_json *json, *item;
        struct entra_plan *plan;
        struct entra_loop loop;
        struct entra_pace pace;
        struct entra_keeping kept[ENTRA_ROLLS];
        uint64_t given;                      /* hash of the cursor given out last      */
        bool listing;                        /* the roll of members is being made      */
        bool later;                          /* and some could not be read yet         */
        unsigned again;                      /* times a list began once more           */
        char *group_id;                      /* of restrict-to-group, once it is known */
        bool untracked;                      /* the tenant has no change tracking      */
};

/* attributes.c */
extern const struct mst_attribute entra_attributes[];
const struct mst_attribute *entra_attribute(const char *name);             /* of users  */
const struct mst_attribute *entra_group_attribute(const char *name);
/* The Graph property behind an attribute's name, and how. */
const char *entra_property(const char *name, enum entra_how *how);
/* Why Graph cannot give this one in a list or delta, or NULL. */
const char *entra_refused(const char *name);
/* A warning for a property that works but not well, or NULL. */
const char *entra_doubtful(const char *name);
bool entra_extension(const char *name);

/* plan.c: fails with all names that cannot be had. */
int entra_plan_make(struct entra *entra, bool anew, struct mst_error *err);

/* cloud.c */
int entra_cloud_set(struct entra *entra, struct mst_error *err);

/* token.c */
int entra_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err);

/* aadsts.c: the numbers' meaning; NULL when unknown. */
enum entra_hint {
        ENTRA_HINT_NONE = 0,
        ENTRA_HINT_CLOCK,        /* tell how far the clocks are apart                  */
        ENTRA_HINT_CLAIMS        /* tell what the federated token says of itself       */
};
struct entra_aadsts {
        long number;
        enum mst_code code;      /* MST_ENET: transient, MST_ETHROTTLED: come back     */
        int hint;                /* enum entra_hint                                    */
        const char *say;
};
const struct entra_aadsts *entra_aadsts(long number);

/* problem.c: what a reply that is no 2xx says. */
enum { ENTRA_CODES = 6 };
struct entra_problem {
        int status;
        const char *codes[ENTRA_CODES];      /* outermost first; never NULL below count */
        size_t code_count;
        const char *message, *request_id, *date;
        bool challenged;         /* it asks for a token with other claims              */
};
void entra_problem_read(struct entra *entra, const struct mst_http_reply *reply,
                        struct entra_problem *ret);
void entra_problem_parse(struct entra *entra, const char *body, size_t size,
                         struct entra_problem *ret);
bool entra_problem_has(const struct entra_problem *problem, const char *code);
/* The rules of "state lost", for a request that carried a token. */
bool entra_problem_expired(const struct entra_problem *problem);
/* Sets class and sentence.  'doing' ("reading users"), 'needs' (the permission). */
int entra_problem_fail(struct entra *entra, const struct entra_problem *problem, const char *doing,
                       const char *needs, struct mst_error *err);
/* "400 Request_BadRequest: its message" for a sentence of the caller's own. */
const char *entra_problem_say(struct entra *entra, const struct entra_problem *problem);

/* graph.c: GETs 'url'.  MST_OK: the answer is in entra->reply, whatever its status. */
int entra_graph_get(struct entra *entra, const char *url, size_t length, struct mst_error *err);
/* The same as an advanced query (ConsistencyLevel: eventual). */
int entra_graph_get_advanced(struct entra *entra, const char *url, size_t length,
                             struct mst_error *err);
void entra_graph_start(struct entra *entra, struct mst_http_request *request, const char *url,
                       size_t length);

/* pace.c: an answer came that cost so many units if it does not say so itself. */
void entra_pace_note(struct entra *entra, const struct mst_http_reply *reply, unsigned units);
/* The part of the bucket that is in use, 0 to 1 and above. */
double entra_pace_level(struct entra *entra);

/* object.c: the object that 'json' stands in front of, into 'record'. */
void entra_person_fill(struct entra *entra, struct mst_json *json, struct mst_record *record);
void entra_group_fill(struct entra *entra, struct mst_json *json, struct mst_record *record);

/* cursor.c */
enum entra_mode {
        ENTRA_FULL = 'F',        /* goes on with a full round                          */
        ENTRA_DELTA = 'D',       /* begins a round of changes                          */
        ENTRA_CHANGES = 'C'      /* goes on with one                                   */
};
enum entra_step {
        ENTRA_USERS = 'u', ENTRA_GROUPS = 'g', ENTRA_PHOTOS = 'p', ENTRA_PEOPLE = 'm',
        ENTRA_LIST = 'l', ENTRA_GROUP_LIST = 'h'
};
struct entra_link {
        const char *text;
        size_t length;           /* 0: none                                            */
};
struct entra_cursor {
        enum entra_mode mode;
        enum entra_step step;
        struct entra_link link;      /* the page to read; none: the step begins        */
        struct entra_link users, groups;     /* deltaLinks: of this round until the step is over,
                                              * then of the next                       */
        struct entra_link watch;     /* restrict-to-group: see watch.c                 */
        struct entra_link group;     /* and the group's id                             */
        uint64_t kept[ENTRA_ROLLS];
        int64_t refreshed;           /* photos: the slot that was looked at last       */
};
int entra_cursor_parse(const struct entra *entra, const char *text, struct entra_cursor *ret,
                       struct mst_error *err);
const char *entra_cursor_write(struct mst_arena *arena, const struct entra_cursor *cursor,
                               struct mst_error *err);
uint64_t entra_hash(const char *bytes, size_t length);
/* A link that a page gave: MST_EINTERNAL unless it leads to the configured Graph. */
int entra_link_check(const struct entra *entra, const char *link, size_t length,
                     struct mst_error *err);
void entra_loop_reset(struct entra_loop *loop);
bool entra_loop_seen(struct entra_loop *loop, const char *link, size_t length);

/* read.c, fetch.c, probe.c */
int entra_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err);
int entra_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err);
int entra_probe(void *self, struct mst_facts *facts, struct mst_error *err);
/* rights.c: proves each right that is needed with a call, says which one is missing. */
int entra_rights_prove(struct entra *entra, struct mst_facts *facts, uint32_t *can,
                       struct mst_error *err);

/* The application permissions, least first. */
#define ENTRA_NEEDS_USERS "User.Read.All (or Directory.Read.All)"
#define ENTRA_NEEDS_GROUPS "GroupMember.Read.All (or Group.Read.All, Directory.Read.All)"

#endif
