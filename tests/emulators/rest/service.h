/* service.h - what an emulator says about its service, once, as a constant: the web server,
 * the control door, the faults, the ledger and the command line are the same for all of
 * them and stand in this folder.
 *
 * Four types have a name here and a body in each emulator: struct emulator (all its state;
 * its first member is a struct rest), struct settings (what --NAME and the control door
 * change) and struct asked (what it notes of one request while it answers it).
 * One thread does everything, so nothing is locked. */
#ifndef REST_SERVICE_H
#define REST_SERVICE_H
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asked;
struct emulator;
struct exchange;
struct fault;
struct json_object;
struct settings;

/* A call of the control door: takes the JSON of the request, writes the JSON of the answer
 * and returns true; or leaves a sentence in 'why' and returns false. */
typedef bool door_call(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why);

struct door {
        const char *name;
        door_call *call;
        bool delayed;                   /* waits for service->delay() */
};

enum sort { SORT_NUMBER, SORT_COUNT, SORT_SPAN, SORT_SWITCH, SORT_CHOICE };

/* A switch is a bool, the others are int64_t; a choice is the place in 'choices'. */
struct setting {
        const char *name, *def;
        size_t offset;                  /* in struct settings */
        enum sort sort;
        const char *help;
        const char *const *choices;     /* NULL at the end */
};

/* An option of the command line that is no setting. Returns NULL or a sentence. */
struct order_option {
        const char *name, *help;
        const char *(*take)(struct emulator *e, const char *value);
};

/* An action of a fault; see spoil.h. */
struct action {
        const char *name;
        void (*act)(const struct fault *f, struct exchange *x);
        enum { INSTEAD, AHEAD, BEHIND } when;   /* of the handler */
        const char *member;             /* that the value of its word in a script is, or NULL */
};

/* A header of the request that the ledger keeps, under another name. */
struct noted {
        const char *name, *header;
};

enum { NOTED_MAX = 2 };

/* All arrays end with NULL, or with a row that is empty. */
struct service {
        const char *name;               /* of the program: "graph-emulator" */
        const char *folder;             /* with its README: "tests/emulators/graph" */
        const char *const *kinds;       /* of requests, as route() names them: for faults and counts */
        const char *whole;              /* a word for all kinds that behind() is true for, or NULL */
        const char *const *lists;       /* members of replies that hold records */
        const char *const *secrets;     /* starts of options in addresses that the ledger hashes: "access_token=" */
        struct noted noted[NOTED_MAX];
        const struct action *actions;   /* its own, beside those of spoil.c */
        const struct setting *settings;
        const struct order_option *options;
        const struct door *doors;       /* its own, beside those of control.c */
        size_t settings_size, asked_size;

        /* Command line: before the options, after them, and the members of the ready line
         * (",\"people\":1000"). */
        void (*begin)(struct emulator *e);
        void (*open)(struct emulator *e);
        void (*announce)(struct emulator *e, struct text *line);
        void (*close)(struct emulator *e);

        /* A request: which kind it is (x->kind), what is answered, and what every reply has. */
        void (*route)(struct emulator *e, struct exchange *x);
        void (*answer)(struct emulator *e, struct exchange *x);
        void (*finish)(struct emulator *e, struct exchange *x);         /* may be NULL */
        bool (*behind)(const struct exchange *x);                       /* may be NULL */
        /* An error in the shape of the service; 'code' and 'message' may be NULL. */
        void (*refuse)(struct exchange *x, int status, const char *code, const char *message, bool nested);

        /* The control door: GET of something of its own (false: there is no such thing), the
         * seconds that a delayed call waits, and what happens when time has passed. */
        bool (*tell)(struct emulator *e, struct exchange *x, const char *name, const char *about);
        int64_t (*delay)(struct emulator *e);                           /* may be NULL */
        void (*tick)(struct emulator *e);                               /* may be NULL */
};
#endif
