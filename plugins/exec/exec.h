/* SPDX-License-Identifier: Apache-2.0
 *
 * exec.h - one instance of the 'exec' connector: a program that is asked in JSON Lines.
 *
 *   child     the process: started, confined, watched, ended
 *   talk      lines to it and from it, one call at a time, with a deadline
 *   words     our words on the line and the SDK's numbers
 *   hello     what the program says that it is and can
 *   item      a line about a person or group, into a page
 *   source    read and fetch
 *   sink      find, list and apply */
#ifndef EXE_EXEC_H
#define EXE_EXEC_H

#include <sys/types.h>

#include <muster/facts.h>
#include <muster/json.h>
#include <muster/option.h>
#include <muster/secret.h>
#include <muster/sink.h>
#include <muster/source.h>

#define EXE_PROTOCOL 1
enum { EXE_AT_ONCE = 1024, EXE_FIND = 100, EXE_LINE = 16 << 20 };

/* What the admin configures, the same for a source and a sink. */
struct exe_config {
        char *command;
        char **arguments, **settings, **environment;
        char *directory;
        struct mst_secret *secret;
        int64_t timeout, start_timeout, memory;
};

extern const struct mst_option exe_options[];

struct exe_child {
        pid_t pid;                           /* 0: none                                */
        int in, out, err;                    /* its three; -1: closed                  */
        char *sending;                       /* what it has not taken yet              */
        size_t send_length, send_sent, send_room;
        char *got;                           /* from it, lines and the begin of one    */
        size_t got_begin, got_length, got_room;
        char words[200];                     /* the last line of its stderr            */
        char partial[400];                   /* the begin of the next                  */
        size_t partial_length;
        int64_t told;                        /* lines of stderr in this call           */
};

struct exe_attribute {
        const char *name;
        enum mst_kind kind;
        enum mst_type type;
        uint32_t flags, longest;
};

struct exe {
        const struct exe_config *config;
        struct mst_host *host;
        bool is_sink;
        struct exe_child child;
        struct mst_json *json, *date;        /* date: reads texts within a line        */
        struct mst_json_out *out;
        struct mst_arena *kept;              /* of hello; made anew with each child    */
        struct mst_arena *line;              /* of the line just read                  */
        int64_t last_id;                     /* of calls and ops                       */
        bool greeted;
        bool winding_up;                     /* has been told to stop, and waits for answers */
        uint32_t can, at_once, members, finds;
        struct exe_attribute *attributes;
        size_t attribute_count;
};

/* --- child.c ------------------------------------------------------------------------------ */

/* Is the command one that we may start?  Said at open(). */
int exe_child_check(const struct exe_config *config, struct mst_error *err);
int exe_child_start(struct exe *x, struct mst_error *err);
/* Ends it: asked by closing its stdin, after 'ms' told by a signal.  Nothing if there is none. */
void exe_child_end(struct exe *x, int ms);
/* How it ended, as a sentence's end ("ended with exit code 3"); it is reaped. */
void exe_child_fate(struct exe *x, char *text, size_t size);

/* --- talk.c ------------------------------------------------------------------------------- */

/* Fails with the class and ends the child: whatever it says now belongs to nobody. */
int exe_break(struct exe *x, enum mst_code code, struct mst_error *err, const char *format, ...) MST_PRINTF(4, 5);
/* Puts the document in x->out behind what is to be sent. */
int exe_send(struct exe *x, struct mst_error *err);
/* Begins a call in x->out: its id and name; to be ended and sent by the caller. */
void exe_begin(struct exe *x, const char *call);
/* A member of what stands in x->out; NULL is null. */
void exe_put(struct exe *x, const char *name, const char *text);
/* Waits until there is a line, 'other' is readable (-1: none) or the host says stop, in which
 * case '*line' is NULL.  'deadline' in ticks; 0: none.  The line is an object in x->line, and
 * valid until the next call. */
int exe_line(struct exe *x, int other, int64_t deadline, const struct mst_value **line, struct mst_error *err);
/* When an answer is late that is asked for now. */
int64_t exe_deadline(const struct exe *x);
/* The next line of the call that was begun last.  At its end '*line' is what ended it and the
 * return value is MST_END; what the program calls an error is returned as one. */
int exe_answer(struct exe *x, const struct mst_value **line, struct mst_error *err);
/* Starts the program if it does not run, and greets it. */
int exe_ready(struct exe *x, struct mst_error *err);
/* Text of the program's that is shown to people: without our secret.  In x->line. */
const char *exe_clean(struct exe *x, const char *text);

/* --- words.c ------------------------------------------------------------------------------ */

bool exe_word_can(const char *word, uint32_t *ret);
bool exe_word_flag(const char *word, uint32_t *ret);
bool exe_word_type(const char *word, enum mst_type *ret);
bool exe_word_outcome(const char *word, enum mst_outcome *ret);
bool exe_word_kind(const char *word, enum mst_kind *ret);
const char *exe_kind_word(enum mst_kind kind);
/* "net", "auth" ...; MST_EINTERNAL for one that is not known. */
enum mst_code exe_word_code(const char *word);

/* --- hello.c, item.c, source.c, sink.c ------------------------------------------------------ */

int exe_hello(struct exe *x, struct mst_error *err);
int exe_probe(void *self, struct mst_facts *facts, struct mst_error *err);
void exe_values(struct exe *x, struct mst_record *record, const struct mst_value *object);
/* A text member of the line, or NULL where it is absent, null or empty. */
const char *exe_text(const struct mst_value *line, const char *name);
int exe_item(struct exe *x, struct mst_page *page, const struct mst_value *line, struct mst_error *err);
int exe_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err);
int exe_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err);
int exe_page(struct exe *x, struct mst_page *page,
             int (*item)(struct exe *x, struct mst_page *page, const struct mst_value *line, struct mst_error *err),
             struct mst_error *err);
int exe_find(void *self, struct mst_search *search, struct mst_error *err);
int exe_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err);
int exe_apply(void *self, struct mst_feed *feed, struct mst_error *err);

#endif
