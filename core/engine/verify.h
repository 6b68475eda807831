/* verify.h - what a sink really holds, against what it should by our account of it.
 *
 * Each object of ours is compared with what was last applied to it: who is missing, which
 * values were changed by somebody else, who was disabled, who of a group's members has gone;
 * and each object that carries our stamp and is tied to nobody is told.  A sink is read by
 * its listing, which must be complete, or object by object; who is not in a listing is asked
 * for once more before he counts as missing.
 *
 * Nothing is written to a sink.  With 'repair' the links then say what is really there, and a
 * plan follows, made, judged and applied like every other; with 'accept' what was found is
 * noted as let stay. */
#ifndef MSTC_VERIFY_H
#define MSTC_VERIFY_H

#include "engine/engine.h"

enum mstc_mismatch_what {
        MSTC_FINDS_MISSING,                  /* linked, and gone from the sink         */
        MSTC_FINDS_CHANGED,                  /* an attribute is not what we wrote      */
        MSTC_FINDS_RENAMED,                  /* another name than we know              */
        MSTC_FINDS_DISABLED,                 /* by somebody else                       */
        MSTC_FINDS_ENABLED,                  /* though we had disabled it              */
        MSTC_FINDS_UNSTAMPED,                /* carries no stamp, or another           */
        MSTC_FINDS_ORPHAN,                   /* our stamp, and tied to nobody          */
        MSTC_FINDS_MEMBER_LOST,              /* of a group: added by us, not there     */
        MSTC_FINDS_MEMBER_FOREIGN,           /* there, not added by us: no difference  */
        MSTC_FINDS_UNSURE,                   /* could not be looked up                 */
        MSTC_FINDS
};

struct mstc_mismatch {
        enum mstc_mismatch_what what;
        enum mst_kind kind;
        const char *target, *sink;
        const char *id, *title;              /* the source's id, a group's name; or NULL */
        const char *object, *name;           /* in the sink                            */
        const char *attribute;               /* changed                                */
        const struct mst_value *ours, *theirs;   /* NULL: none; what is secret is not among them */
        const char *text;                    /* more of it, or NULL                    */
        bool accepted;                       /* an admin has let it stay               */
        bool mends;                          /* `repair` puts it right                 */
};

struct mstc_verify_options {
        const char *sink, *target;           /* only this one, or NULL                 */
        const char *const *users;            /* only these: id, UPN, mail; or NULL     */
        size_t user_count;
        bool repair, accept;                 /* at most one of them                    */
        bool again;                          /* what was accepted counts like the rest */
        const char *who, *note;              /* accept: kept with it                   */
        void (*found)(void *self, const struct mstc_mismatch *finding);   /* valid during the call */
        void *self;
};

struct mstc_verified_target {
        const char *name, *sink;
        uint64_t objects, groups;            /* compared                               */
        uint64_t counts[MSTC_FINDS], accepted, left; /* left: in doubt, an op is under way */
        char reason[1016];                   /* why it could not be looked at; or ""   */
        char untold[256];                    /* what the sink does not tell; or ""     */
};

struct mstc_verified {
        struct mstc_verified_target *targets;    /* freed by mstc_verified_done()      */
        size_t target_count;
        uint64_t different;                  /* without what was accepted, and foreign members */
        uint64_t mended;                     /* noted for the plan, or as accepted     */
        bool whole;                          /* everything that was asked for was looked at */
};

/* One sync.  Returns MST_OK when it was looked at in an orderly way.  With 'repair',
 * 'summary' is that of the run which follows (run 0: there was nothing to mend). */
int mstc_engine_verify(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_verify_options *options,
                       struct mstc_verified *ret, struct mstc_summary *summary, struct mst_error *err);
void mstc_verified_done(struct mstc_verified *verified);

const char *mstc_mismatch_name(enum mstc_mismatch_what what);

#endif
