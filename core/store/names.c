/* names.c - the words for the numbers in the tables: the same in every table, log line
 * and JSON document. */
#include "build.h"

#include "store/store.h"

#define NAME_OF(table, at) ((at) >= 0 && (size_t)(at) < sizeof (table) / sizeof (table)[0] \
                            && (table)[at] != NULL ? (table)[at] : "?")

const char *const mstc_count_names[MSTC_N_COUNTS] = {
        [MSTC_N_READ] = "read", [MSTC_N_CHANGED] = "changed", [MSTC_N_REMOVED] = "removed",
        [MSTC_N_BAD] = "bad", [MSTC_N_CREATED] = "created", [MSTC_N_UPDATED] = "updated",
        [MSTC_N_RENAMED] = "renamed", [MSTC_N_DISABLED] = "disabled", [MSTC_N_ENABLED] = "enabled",
        [MSTC_N_DELETED] = "deleted", [MSTC_N_ADOPTED] = "adopted", [MSTC_N_LINKED] = "linked",
        [MSTC_N_DUPLICATE] = "duplicate", [MSTC_N_SKIPPED] = "skipped", [MSTC_N_HELD] = "held",
        [MSTC_N_PARKED] = "parked", [MSTC_N_RETRY] = "retry", [MSTC_N_FAILED] = "failed",
        [MSTC_N_GROUPS_CREATED] = "groups-created", [MSTC_N_GROUPS_UPDATED] = "groups-updated",
        [MSTC_N_GROUPS_DELETED] = "groups-deleted", [MSTC_N_MEMBERS_ADDED] = "members-added",
        [MSTC_N_MEMBERS_REMOVED] = "members-removed", [MSTC_N_MEMBERS_FAILED] = "members-failed",
};

const char *
mstc_op_state_name(int state)
{
        static const char *const names[] = {
                [MSTC_OP_PLANNED] = "planned", [MSTC_OP_SENT] = "sent", [MSTC_OP_UNKNOWN] = "unknown",
                [MSTC_OP_RETRY] = "retry", [MSTC_OP_PARKED] = "parked", [MSTC_OP_DONE] = "done",
                [MSTC_OP_SUPERSEDED] = "superseded", [MSTC_OP_REJECTED] = "rejected",
        };

        return NAME_OF(names, state);
}

const char *
mstc_link_state_name(int state)
{
        static const char *const names[] = {
                [0] = "not there yet", [MSTC_LINK_LIVE] = "live", [MSTC_LINK_DISABLED] = "disabled",
                [MSTC_LINK_DELETED] = "deleted", [MSTC_LINK_LOST] = "lost",
        };

        return NAME_OF(names, state);
}

const char *
mstc_reason_name(int reason)
{
        static const char *const names[] = {
                [MSTC_WHY_NONE] = "", [MSTC_WHY_GONE] = "deleted at the source",
                [MSTC_WHY_SCOPE] = "out of scope", [MSTC_WHY_DISABLED] = "blocked at the source",
                [MSTC_WHY_LOST] = "its object was gone", [MSTC_WHY_DOUBT] = "in doubt",
                [MSTC_WHY_EMPTY] = "nobody satisfies its rule", [MSTC_WHY_VANISHED] = "no rule makes it any more",
                [MSTC_WHY_EXISTS] = "it is there already", [MSTC_WHY_UNDONE] = "undone",
                [MSTC_WHY_UNDONE_OFF] = "undone, not usable as before",
        };

        return NAME_OF(names, reason);
}

const char *
mstc_run_mode_name(int mode)
{
        static const char *const names[] = {
                [MSTC_RUN_FULL] = "full", [MSTC_RUN_DELTA] = "delta", [MSTC_RUN_CONFIG] = "configuration",
                [MSTC_RUN_USERS] = "users", [MSTC_RUN_UNDO] = "undo", [MSTC_RUN_VERIFY] = "verify",
        };

        return NAME_OF(names, mode);
}

const char *
mstc_run_outcome_name(int outcome)
{
        static const char *const names[] = {
                [MSTC_END_DONE] = "done", [MSTC_END_SOME_FAILED] = "some failed",
                [MSTC_END_CONFIG] = "configuration", [MSTC_END_HELD] = "held", [MSTC_END_FAILED] = "failed",
                [MSTC_END_STOPPED] = "stopped",
        };

        return NAME_OF(names, outcome);
}

const char *
mstc_outcome_name(int outcome)
{
        static const char *const names[] = {
                [MST_DONE] = "done", [MST_ALREADY] = "already so", [MST_DUPLICATE] = "duplicate",
                [MST_GONE] = "gone", [MST_RETRY] = "retry", [MST_REFUSED] = "refused",
                [MST_UNKNOWN] = "unknown", [MST_UNSENT] = "unsent",
        };

        return NAME_OF(names, outcome);
}
