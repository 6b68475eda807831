/* request.h - an op on its way: the calls it takes, one after the other.
 *
 * A request has one step at a time.  The pool sends it on whichever connection has
 * room and gives it the answers; the step says what comes next.  Steps that only read
 * may be sent again when their connection is lost; steps that write may not. */
#ifndef LDP_REQUEST_H
#define LDP_REQUEST_H

#include <ldap.h>

#include <muster/sink.h>

#include "members.h"
#include "result.h"
#include "sink.h"
#include "values.h"

struct ldp_request;

enum ldp_next {
        LDP_SEND = 1,            /* the request's step is to be sent                   */
        LDP_MORE,                /* further messages answer the same call              */
        LDP_AWAIT,                       /* it is to be asked for with others, see 'line'  */
        LDP_BATCH,                       /* the answer for those in 'batch' is complete    */
        LDP_SETTLED,             /* the op is settled: forget the request              */
        LDP_FATAL                /* settled, and 'err' speaks of the sink as a whole   */
};

/* What is asked of the server for many requests at once. */
enum ldp_line {
        LDP_LINE_IDS,                    /* ids.c: the ids of new entries              */
        LDP_LINE_LOOKS,                  /* ahead.c: what is to be known before a change */
        LDP_LINES
};

struct ldp_step {
        const char *name;
        bool reads;
        /* An LDAP code; LDAP_SUCCESS: '*msgid' is under way. */
        int (*send)(struct ldp_request *req, LDAP *ld, int *msgid);
        enum ldp_next (*answer)(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err);
        /* Its connection ended; 'sent': perhaps after the server had it.  LDP_MORE: the step
         * knows nothing better than the pool.  May be NULL. */
        enum ldp_next (*lost)(struct ldp_request *req, bool sent);
};

/* The parents that are being made; see parents.c. */
struct ldp_parents {
        const struct ldp_step *resume;
        const char *making;              /* points into the request's 'parent'         */
        LDAPMod **mods;
        unsigned rounds;
};

struct ldp_request {
        struct ldp_sink *sink;
        struct mst_op *op;
        struct ldp_place *place;
        const struct ldp_step *step, *resume;    /* resume: after the entry was located */
        const struct ldp_step *failed;           /* the one that made us look for it   */
        struct mst_arena *arena;                 /* until settled; kept for the next op */
        const char *dn;                          /* where the entry is                 */
        const char *id;                          /* its lasting id, or NULL            */
        const char *found;                       /* while locating                     */
        const char *rdn, *parent;                /* rename: what they shall be, or NULL */
        LDAPMod **mods;
        const char *bits, *bits_new;             /* the lock's number as it was read; as written */
        size_t bits_read;                        /* how often                          */
        struct mst_secret *password;             /* of a new account, handed over; as sent, */
        struct mst_secret *password_sent;        /* where that differs                 */
        int64_t number;                          /* drawn for it; 0: none              */
        size_t bytes;                            /* of what 'mods' make, about         */
        bool moved, renamed, located, again, bare;
        bool wrote;                              /* a part of it is done               */
        bool denied, done;                       /* settled because of rights; as done */
        bool looked;                             /* guard.c: it is the one we mean     */
        int64_t looked_at;                       /* ticks                              */
        bool unstamped, taken, ours;             /* it bears no stamp; another's; an adopted one ours */
        const struct ldp_step *guarded;
        const char *aside, *home;                /* contest.c: the odd RDN, and the name before */
        unsigned contests;
        size_t renames;                          /* of the sink, when the name was taken */
        const char *seen_dn;                     /* where it was when it was looked at */
        bool classed;                            /* the entry's classes were looked at */
        struct ldp_values classes;               /* those it has, when they were       */
        struct ldp_values *present;              /* values read again, by number of the change */
        struct ldp_members members;
        struct ldp_parents parents;
        struct ldp_result blamed;                /* why the entry was looked for       */
        int msgid;
        unsigned losses;                         /* connections that ended while it was sent */
        int64_t deadline;
        bool bulk;                               /* create: the id is asked for later  */
        enum ldp_line line;                      /* in which it stands, or stood last  */
        const char *name_normal;                 /* while it stands in line for it     */
        uint32_t name_hash;
        enum ldp_next (*then)(struct ldp_request *req);  /* refer.c: where it goes on  */
        struct ldp_request *batch;               /* those that this one asks for; no op */
        struct ldp_request *next;
};

/* Prepares 'req' for 'op': LDP_SEND, or settled at once. */
enum ldp_next ldp_request_begin(struct ldp_request *req, struct mst_op *op, struct mst_error *err);

/* Settles: the sentence is put together like printf. */
enum ldp_next ldp_request_settle(struct ldp_request *req, enum mst_outcome outcome, enum mst_code code,
                                 const char *format, ...) MST_PRINTF(4, 5);
enum ldp_next ldp_request_done(struct ldp_request *req, enum mst_outcome outcome);
enum ldp_next ldp_request_no_memory(struct ldp_request *req);

/* The server said no: what follows from the code where the step knows nothing better. */
enum ldp_next ldp_request_refused(struct ldp_request *req, const struct ldp_result *result, const char *doing,
                                  struct mst_error *err);

/* Looks for the entry by its lasting id and goes on with 'resume' where it is now. */
enum ldp_next ldp_request_locate(struct ldp_request *req, const struct ldp_step *resume,
                                 const struct ldp_result *why, struct mst_error *err);

/* Whether the op names a lasting id that can be one here. */
bool ldp_request_has_id(const struct ldp_request *req);

/* change.c: sends a rename; 'parent' NULL: it stays where it is. */
int ldp_rename_send(struct ldp_request *req, LDAP *ld, const char *rdn, const char *parent, int *msgid);
/* contest.c: the name is taken; what now, if by one of ours that is renamed too? */
enum ldp_next ldp_contest(struct ldp_request *req, const struct ldp_step *rename);

/* guard.c: whether a modify is to take our stamp out and put it in again; and on to 'step', a
 * modify or not, by way of a look where one is needed. */
bool ldp_guard_stamps(const struct ldp_request *req);
enum ldp_next ldp_guard_go(struct ldp_request *req, const struct ldp_step *step, bool modifies);
/* A look at this entry alone, and then to 'step'. */
enum ldp_next ldp_guard_look(struct ldp_request *req, const struct ldp_step *then);
/* What was seen of it is noted; and what follows, when all was. */
void ldp_guard_note(struct ldp_request *req, LDAP *ld, LDAPMessage *message);
enum ldp_next ldp_guard_seen(struct ldp_request *req, struct mst_error *err);
/* Before its step is sent: a look that is too long ago is taken again. */
void ldp_guard_renew(struct ldp_request *req, int64_t now);

/* confirm.c: the id in the answer's control of that OID, NULL: none; the control that asks for
 * it with a rename or delete, put behind 'list' where nothing else says which entry is meant;
 * and whether the answer speaks of another entry than ours. */
const char *ldp_confirm_id(struct ldp_request *req, LDAPControl **controls, const char *oid);
void ldp_confirm_ask(struct ldp_request *req, const char *oid, LDAPControl *room, LDAPControl *list[3],
                     LDAPControl ***ret);
bool ldp_confirm_another(struct ldp_request *req, LDAP *ld, LDAPMessage *message, const char *oid);
/* What was renamed was another's: it gets its name back. */
enum ldp_next ldp_confirm_undo(struct ldp_request *req);

/* ahead.c: 'req' may stand in line to be looked at with others before it goes to 'then' (NULL:
 * to the beginning of its change); 'batch', idle, becomes the request for those in the list
 * 'first', all of one place; and on when it is answered. */
enum ldp_next ldp_ahead_await(struct ldp_request *req, const struct ldp_step *then);
void ldp_ahead_batch(struct ldp_request *batch, struct ldp_request *first);
enum ldp_next ldp_ahead_go_on(struct ldp_request *req, struct mst_error *err);

/* Controls for a change: that the entry is the one we mean; '*ret' NULL where the server
 * knows no such control.  'room' and 'list' (two) are the caller's.  False: no memory. */
bool ldp_request_guard(struct ldp_request *req, LDAP *ld, LDAPControl *room, LDAPControl **list,
                       LDAPControl ***ret);

/* What to address the entry by: its DN, or where the server has that, its id, which no
 * other entry can take. */
const char *ldp_request_target(struct ldp_request *req);

/* The change of that name, whatever the case of its letters. */
const struct mst_value *ldp_request_change(const struct ldp_request *req, const char *name, bool *there);

/* The RDN that the op's values make; NULL and settled when they make none. */
const char *ldp_request_rdn(struct ldp_request *req, enum ldp_next *settled);
/* The parent that @parent makes. */
const char *ldp_request_parent(struct ldp_request *req, enum ldp_next *settled);

/* ids.c: 'req' may stand in line (false: no memory); 'batch', idle, becomes the request
 * for those in the list 'first', all of one place. */
bool ldp_ids_await(struct ldp_request *req);
void ldp_ids_batch(struct ldp_request *batch, struct ldp_request *first);
/* A new entry whose id is known, or must be asked for alone. */
enum ldp_next ldp_create_go_on(struct ldp_request *req);
/* create.c, change.c */
enum ldp_next ldp_create_begin(struct ldp_request *req);
enum ldp_next ldp_change_begin(struct ldp_request *req);
enum ldp_next ldp_delete_begin(struct ldp_request *req);

/* parents.c: whether what is missing may be made, and its beginning; for a move, which
 * is refused where it may not. */
bool ldp_parents_can(struct ldp_request *req);
enum ldp_next ldp_parents_missing(struct ldp_request *req, const struct ldp_step *resume);
enum ldp_next ldp_parents_begin(struct ldp_request *req, const struct ldp_step *resume);

/* members.c: a change of members. */
enum ldp_next ldp_members_begin(struct ldp_request *req);
/* For a new group: makes ready, without a step.  False: no memory. */
bool ldp_members_prepare(struct ldp_request *req);
/* The members that the first call can take, as values; the rest stays in ranges. */
bool ldp_members_first(struct ldp_request *req, size_t room, struct ldp_values *ret);
/* The call with them was answered well, or they are to be written after it. */
void ldp_members_first_done(struct ldp_request *req);
bool ldp_members_left(const struct ldp_request *req);
enum ldp_next ldp_members_go(struct ldp_request *req);
/* How those that are not settled ended; called before the op is settled. */
void ldp_members_close(struct ldp_request *req, enum mst_outcome outcome);
/* Once what stands for them is known: all that have it are to be written. */
bool ldp_members_order(struct ldp_request *req);
/* All of 'order' from number 'from' on is to be written. */
bool ldp_members_cut(struct ldp_request *req, uint32_t from);
void ldp_member_settle(struct ldp_request *req, uint32_t index, enum mst_outcome outcome, const char *why);
/* What stands for a member in the group; NULL: it is not known. */
const char *ldp_member_value(const struct ldp_request *req, uint32_t index);

/* refer.c: what stands for the members; then 'then' is the next step, or what comes of it. */
enum ldp_next ldp_refer_begin(struct ldp_request *req, enum ldp_next (*then)(struct ldp_request *req));

/* present.c: reads the group; then what is not so yet is written by members.c.  And before that: who is
 * to leave under a name under which somebody joins is settled. */
enum ldp_next ldp_present_begin(struct ldp_request *req);
bool ldp_present_meet(struct ldp_request *req);

/* stray.c: who is not in the group under the name that he was to leave by, and may be under
 * another; then those are written by members.c, or the op is settled. */
enum ldp_next ldp_stray_begin(struct ldp_request *req);
/* Who leaves by one name and joins by another is settled where the server moves members along
 * by itself, always.  False: no memory. */
bool ldp_stray_pairs(struct ldp_request *req);

#endif
