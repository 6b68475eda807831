/* world.h - a whole small world for tests of the engine: a source that says what a script
 * says, sinks in memory that keep, refuse, lose and remember, and a store in a folder.
 *
 *      struct world *w = world_new("<target sink='snk'/>");
 *      world_page(w, "w 1 mail=ada@x;mailNickname=ada\ncomplete c1\n");
 *      ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
 *      world_did(w, "create 1: mail=ada@x uid=ada\n");
 *      world_free(w);
 *
 * Pages are taken one a read; when there are none, a round is complete with nothing.  Lines:
 *
 *      w ID name=value;...     whole            p ID name=value;...    patch (no value: null)
 *      s ID, h ID, o ID        removed soft, hard; outside
 *      t ID                    there as before
 *      gw, gp, gs, gh, go, gt  the same of groups
 *      named users, named groups                all of them were named in this round
 *      m GROUP ID, m GROUP @ID    a member, a group in a group; "x" instead of "m": no member
 *      all GROUP               what follows of this group is all of it
 *      bad TEXT                not a record     mark ID TEXT           a record that is bad
 *      more CURSOR, complete [CURSOR]           the page's end; none: the connector forgot it
 *      !TEXT, !expired                          the read fails
 *
 * Each run is a life of its own: the engine is made anew, as the command does. */
#ifndef WORLD_H
#define WORLD_H

#include <muster/plugin.h>

#include "engine/engine.h"
#include "unit.h"

struct world_pair { char name[64], value[600]; };

struct world_object {
        enum mst_kind kind;
        long number;                         /* o1, o2 ...; 0: deleted                 */
        bool enabled;
        char stamp[128];
        struct world_pair pairs[20];
        size_t pair_count;
        long *members;
        size_t member_count;
};

/* What becomes of an op, instead of what would. */
struct world_rule {
        enum mst_verb verb;
        char id[64];                         /* "*": any                               */
        enum mst_outcome outcome;
        bool does;                           /* and yet it is done                     */
        int times;                           /* -1: always                             */
        char why[100];
        enum mst_code code;                  /* of why; 0: refused                     */
};

struct world_sink {
        struct world_object *objects;
        size_t count, room;
        long last;
        uint32_t can, members_most, find_most;
        char identity[64];
        const char *probe_fails, *find_fails, *list_fails;
        size_t find_open;                    /* from this query on it is not answered; 0: all are */
        const char *apply_fails;             /* the text; an op drawn then is not answered */
        int apply_fails_after;               /* ops that are answered before           */
        bool apply_leaves;                   /* apply() returns at once, without a word */
        bool nameless;                       /* nothing in it is unique                */
        bool looks;                          /* an op that it gets is in the store as sent     */
        unsigned looked, not_sent;           /* ops it looked for, and did not find so  */
        bool keeps;                          /* values, in open, apply and close       */
        char kept[20];                       /* what open() found                      */
        struct mst_host *host;
        struct world_rule rules[16];
        size_t rule_count;
        const char *comes_with;              /* a group of that name is made by somebody just before ours */
        const char *refuses_with;            /* members ops that name this one are refused whole */
        unsigned probes, finds, queries, lists, applies;
        uint64_t verbs[16];                  /* ops that came, by verb                 */
        size_t largest;                      /* members in one op                      */
};

struct world_answer { const char *cursor, *page; };

#define WORLD_SINKS 2

struct world {
        char folder[64], config_file[128], store_file[128];
        struct mstc_plugins *plugins;
        struct mstc_setup *setup;
        struct mst_plugin source_plugin, sink_plugins[WORLD_SINKS];
        struct mstc_stop *stop;
        struct mstc_engine *engine;          /* between world_open() and world_close() */
        struct world_sink sinks[WORLD_SINKS];
        char *pages[64];                     /* the source's script                    */
        size_t page_count, page_at;
        const struct world_answer *answers;  /* or by cursor, "-" for none; ends with NULL */
        char *fetch;                         /* what fetch() answers, or NULL: nothing */
        char cursors[2000], fetched[8000];   /* what was asked: a word each            */
        char *did;                           /* what was asked of the sinks            */
        size_t did_length, did_room;
        bool quiet;                          /* only counted                           */
        char *log;
        size_t log_length, log_room;
        int stop_after_pages;                /* the stop is pulled in that read; 0: never */
        struct mstc_summary summary;         /* of the last run                        */
        struct mst_error err;
};

/* 'sync' is the inside of <sync>, after "|ATTRIBUTES|" of its own; 'top' stands before it ("" for nothing). */
struct world *world_new(const char *top, const char *sync);
void world_free(struct world *w);
/* Another configuration over the same store. */
void world_configure(struct world *w, const char *top, const char *sync);

void world_page(struct world *w, const char *text);
/* One line of such a page. */
void world_line(struct mst_page *page, char *line);
/* People FROM to TO as lines "w N ...", with 'more' values, into the last page begun. */
void world_people(struct world *w, int from, int to, const char *more, const char *end);
void world_fetch(struct world *w, const char *text);
void world_rule(struct world_sink *sink, enum mst_verb verb, const char *id, enum mst_outcome outcome, int times,
                bool does);
void world_no_rules(struct world_sink *sink);
/* An object that is there without us. */
struct world_object *world_object(struct world_sink *sink, enum mst_kind kind, const char *stamp, const char *pairs);

/* One run in a life of its own; its outcome.  'options' may be NULL. */
int world_sync(struct world *w, const struct mstc_sync_options *options);
bool world_open(struct world *w);
int world_run(struct world *w, const struct mstc_sync_options *options);
void world_close(struct world *w);
uint64_t world_count(const struct world *w, enum mstc_count what);

/* What was done since the last look must be this; the order of the lines counts only in the
 * second (entries of a page come in the order of hashes). */
void world_did(struct world *w, const char *text);
void world_did_members(struct world *w, const char *text);       /* nor that of members  */
void world_did_so(struct world *w, const char *text);
/* What stands in a sink: a line an object, "uid=ada mail=..", "cn=staff: ada bob". */
void world_holds(struct world *w, int sink, const char *text);
bool world_logged(const struct world *w, const char *text);
/* A number out of the store; changes in it. */
int64_t world_sql(struct world *w, const char *sql);
void world_change(struct world *w, const char *sql);
uint64_t world_approve(struct world *w, int64_t hold);
uint64_t world_reject(struct world *w, int64_t hold);

/* world-sink.c */
extern const struct mst_sink_calls world_sink_calls;
void world_note(struct world *w, const char *format, ...) MST_PRINTF(2, 3);
extern struct world *world_now;

#endif
