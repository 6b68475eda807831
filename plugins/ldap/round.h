/* round.h - one reading of the directory, from its first page to its last.
 *
 * A round is a row of passes, each a search.  It lives in memory, for what it stands on does:
 * the cookie of a paged search and the answers that are still on their way end with their
 * connection.  A round that cannot go on is never complete: it starts again. */
#ifndef LDP_ROUND_H
#define LDP_ROUND_H

#include "batch.h"
#include "mark.h"

enum ldp_task {
        LDP_READ = 0,                    /* records as they are                        */
        LDP_LEFT,                        /* there, but not within the filter any more  */
        LDP_DELETED,                     /* AD: the remains of deleted objects         */
        LDP_LISTEN,                      /* syncrepl                                   */
        LDP_NOTICE,                      /* DirSync                                    */
        LDP_NAME,                        /* only who is there                          */
        LDP_COUNT                        /* nobody is told: the probe's trial          */
};

struct ldp_pass {
        enum ldp_task task;
        const struct ldp_shelf *shelf;
        const char *base, *filter;
        int scope;
        char **attributes;
        int msgid;                       /* of the search under way, 0: none           */
        bool ended;
        uint64_t pages, entries;
        struct berval cookie;            /* paging; libldap's memory                   */
        bool presents, present_told;     /* syncrepl: its way, and whether anybody was named */
};

#define LDP_PASSES 8

struct ldp_round {
        struct ldp_source *source;
        struct mst_arena *arena;
        uint64_t number, page;
        uint64_t connection;             /* the reader's serial number                 */
        bool changes;                    /* began with a cursor                        */
        bool everybody;                  /* a round of changes that reads everybody    */
        enum ldp_changes mode;
        struct ldp_mark from, next;
        int64_t began;                   /* ticks                                      */
        struct ldp_pass passes[LDP_PASSES];
        size_t count, at;
        struct ldp_batch batch;
        size_t told;                     /* in this page                               */
        char **look;                     /* ids of which something was told that is to be seen */
        size_t look_count, look_room;
        bool due_known;                  /* who is read again for the sake of others   */
        bool recount[2];                 /* the ids of all users, of all groups are to be read */
};

void ldp_round_drop(struct ldp_source *source);

/* The way in which changes are found, as far as it can be said before it was tried. */
enum ldp_changes ldp_round_choose(const struct ldp_source *source);

/* The entry of that id is to be looked for; false: out of memory.  settle() does it, and tells
 * each as what it is. */
bool ldp_round_look(struct ldp_round *round, const char *id);
int ldp_round_settle(struct ldp_round *round, const struct ldp_pass *pass, struct mst_page *page,
                     struct mst_error *err);

/* pass.c: reads one page's worth of the pass, or the pass to its end. */
int ldp_pass_run(struct ldp_round *round, struct ldp_pass *pass, struct mst_page *page, struct mst_error *err);
void ldp_pass_done(struct ldp_pass *pass);

/* listen.c: RFC 4533. */
LDAPControl *ldp_listen_control(const struct berval *cookie);
int ldp_listen_entry(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
                     struct mst_error *err);
int ldp_listen_info(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
                    struct mst_error *err);
int ldp_listen_end(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_page *page,
                   struct mst_error *err);

/* ad.c: Active Directory's ways. */
int ldp_ad_begin(struct ldp_round *round, struct mst_error *err);
int ldp_ad_removed(struct ldp_round *round, const struct ldp_entry *entry, struct mst_page *page, struct mst_error *err);
bool ldp_ad_recycled(const struct ldp_entry *entry);     /* cannot be brought back */
LDAPControl *ldp_ad_dirsync(const struct ldp_source *source, const struct berval *cookie);
int ldp_ad_end(struct ldp_round *round, struct ldp_pass *pass, LDAPMessage *message, struct mst_error *err);

/* fetch.c: the entries of those ids, over the asker, as whole records, outside or gone.  Of whom
 * the server cannot say it: in a round that is an error, without one (NULL) he is left out. */
int ldp_fetch_some(struct ldp_source *source, const struct ldp_shelf *shelf, const char *const *ids, size_t count,
                   struct mst_page *page, const struct ldp_round *round, struct mst_error *err);
#define LDP_FETCH_MOST 64

#endif
