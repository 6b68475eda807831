/* config.h - muster.xml as structs, as it was written: names, texts, places.
 *
 * Reading checks all that can be checked without plugins: the schema, names that
 * nobody defines, numbers and durations, the same name twice.  Expressions are kept
 * as text; what they mean is the setup's business (engine/setup.h), which also asks
 * the plugins about options and attributes.  All mistakes go to the report at once,
 * with line and column in the file they are in.  Everything lives as long as the
 * struct.  Only config.c and its neighbours include libxml2. */
#ifndef MSTC_CONFIG_H
#define MSTC_CONFIG_H

#include "util/given.h"
#include "util/report.h"

/* An expression's text with entities decoded, and the way back to its place. */
struct mstc_text {
        const char *text;                    /* trimmed of outer white space           */
        size_t length;
        struct mstc_place place;             /* of its first character                 */
        const void *origin;                  /* for mstc_config_place()                */
};

struct mstc_config_instance {                /* a <source> or <sink>                   */
        const char *name, *plugin, *was;
        bool is_source;
        bool private_file;                   /* nobody but the owner can read its file */
        struct mstc_given *options;
        struct mstc_place place;
};

struct mstc_config_match { const char *attribute; bool adopt, given; struct mstc_place place; };

/* <scope>: a rule, or <filter>s as Entra's provisioning has them. */
struct mstc_config_clause {
        const char *attribute, *operator_name, *value;       /* value may be NULL      */
        struct mstc_place place;
};
struct mstc_config_filter {
        struct mstc_config_clause *clauses; size_t clause_count;
        struct mstc_place place;
};
struct mstc_config_scope {
        struct mstc_text rule;               /* text NULL: the filters, or none        */
        struct mstc_config_filter *filters; size_t filter_count;
};

enum mstc_when { MSTC_ALWAYS = 0, MSTC_ON_CREATE, MSTC_NEVER };

struct mstc_config_map {
        const char *to;
        struct mstc_text expression;
        enum mstc_when when;
        bool keep_null;                      /* null="keep": no value leaves the sink's */
        bool own_values;                     /* values="own": foreign values stay      */
        struct mstc_place place;
};

enum mstc_do { MSTC_KEEP = 0, MSTC_DISABLE, MSTC_DELETE };

struct mstc_config_leaver {
        enum mstc_do what;
        int64_t delete_after_ms;             /* 0: never by itself                     */
        bool given;
        struct mstc_place place;
};

/* <on-empty> and <on-vanished>: what becomes of a group in a sink when nobody satisfies its
 * rule, or when no rule makes it any more. */
enum mstc_fate_do { MSTC_FATE_KEEP = 0, MSTC_FATE_EMPTY, MSTC_FATE_DELETE };

struct mstc_config_fate {
        enum mstc_fate_do what;
        int64_t after_ms;                    /* it is done when it has been so for so long */
        bool given;
        struct mstc_place place;
};

/* What is done when a group to be made is there already, and is not ours. */
enum mstc_existing { MSTC_EXISTING_DUPLICATE = 0, MSTC_EXISTING_ADOPT, MSTC_EXISTING_SUFFIX };

/* <limit of= above= and-percent= never-above=>; of: "removals", "creates", "gone",
 * "changes", "clears", "identity", "group-members", "group-deletes", "reuse". */
struct mstc_config_limit {
        const char *of;
        int64_t above;                       /* -1: not given                          */
        double percent;                      /* -1: not given                          */
        int64_t never_above;                 /* -1: not given                          */
        const char *until, *reason;          /* it counts until then, and why; or NULL */
        int64_t until_ms;                    /* 0: for ever                            */
        bool wide;                           /* hardly anything trips it               */
        struct mstc_place place;
};

/* <include user=> and <exclude user=>: whatever the rule says. */
struct mstc_config_exception {
        bool include;
        const char *user, *reason, *by;      /* why, and who wrote it; or NULL         */
        const char *until;                   /* an instant, as the rules read it, or NULL */
        struct mstc_place place;
};

struct mstc_config_group {
        const char *name, *title;
        struct mstc_text rule;               /* text NULL: what follows is all         */
        const char *any_of, *all_of, *none_of;   /* names of groups, by blanks; or NULL */
        struct mstc_place any_place, all_place, none_place;
        struct mstc_config_exception *exceptions; size_t exception_count;
        struct mstc_place place;
};

struct mstc_config_family {                  /* <groups for-each= name= title=>        */
        const char *each, *name, *title;
        int64_t most;                        /* cap on the number of groups            */
        struct mstc_text rule;               /* text NULL: everybody                   */
        struct mstc_place place;
};

struct mstc_config_carry {                   /* <groups from="source" name= title= on-gone= */
        const char *name, *title;            /* templates: "{mailNickname}"            */
        bool delete_gone;                    /* on-gone="delete"                       */
        struct mstc_text rule;               /* over group.x; text NULL: all           */
        struct mstc_place place;
};

/* <groups use="a* b"> or <group use="a" as="x">; of several that fit a group the first
 * counts, and those that name one group come first. */
struct mstc_config_use {
        const char *pattern;                 /* one word, '*' and '?' are wild         */
        const char *as;
        enum mstc_existing existing;
        bool disabled_stay;                  /* disabled="stay"                        */
        struct mstc_config_fate on_empty, on_vanished;
        struct mstc_config_map *maps;
        size_t map_count;
        struct mstc_place place;
};

struct mstc_config_target {
        const char *name, *was;              /* the name defaults to the sink's        */
        const struct mstc_config_instance *sink;
        struct mstc_config_scope scope;
        struct mstc_config_match *matches;  size_t match_count;
        struct mstc_config_map *maps;       size_t map_count;
        bool defaults;                       /* the connector's default map lies below */
        struct mstc_config_use *uses;       size_t use_count;
        struct mstc_config_leaver on_gone, on_out_of_scope, on_disabled;
        struct mstc_config_fate on_empty, on_vanished;       /* where a use says nothing */
        struct mstc_config_limit *limits;   size_t limit_count;
        int64_t fresh_ms;                    /* <freshness within=>; 0: none           */
        bool exact_members;                  /* members="exact"                        */
        bool import_existing;                /* import="existing"                      */
        struct mstc_place place;
};

struct mstc_config_test {
        const char *user;                    /* JSON                                   */
        const char *in, *not_in;             /* group names, blank-separated, or NULL  */
        const char *scope;                   /* "in", "out" or NULL                    */
        struct mstc_place user_place, in_place, not_in_place;
        struct mstc_place place;
};

/* When the service starts it; without a <schedule> it does not. */
struct mstc_config_schedule {
        int64_t every_ms;                    /* 0: none                                */
        int minute;                          /* of the day; -1: none                   */
        bool once;
        unsigned days;                       /* 1: Monday, 2: Tuesday ... 64: Sunday   */
        const char *zone;                    /* NULL: the system's                     */
        int64_t jitter_ms;
        bool catch_up;
        struct mstc_place place;
};

struct mstc_config_sync {
        const char *name, *was;
        const struct mstc_config_instance *source;
        struct mstc_config_schedule schedule;
        bool expired_stop;                   /* on-expired="stop"                      */
        int64_t read_all_ms;                 /* everybody is read so often; INT64_MAX: never */
        int64_t fresh_ms;                    /* <freshness within=>; 0: none           */
        struct mstc_config_scope scope;
        struct mstc_config_group *groups;   size_t group_count;
        struct mstc_config_family *families; size_t family_count;
        struct mstc_config_carry *carries;  size_t carry_count;
        struct mstc_config_target *targets; size_t target_count;
        struct mstc_config_test *tests;     size_t test_count;
        struct mstc_place place;
};

struct mstc_config_never {                   /* <never-touch sink=>                    */
        const struct mstc_config_instance *sink;
        struct mstc_text rule;
};

/* Where the service can be asked; both NULL: the usual place, its own group. */
struct mstc_config_control { const char *socket, *group; };

#define MSTC_KEEP_MS (INT64_C(365) * 86400000)        /* what <retention> does not say  */
#define MSTC_KEEP_DAYS_LEAST 7                        /* newer runs are always kept     */

struct mstc_config_metrics {
        const char *textfile;                /* written after each run; or NULL        */
        int port;                            /* of the service, on loopback; 0: none   */
        struct mstc_place place;
};

/* In the order of the bits of mstc_config_mail.events. */
enum mstc_alarm {
        MSTC_ALARM_FAILED, MSTC_ALARM_HELD, MSTC_ALARM_QUARANTINED, MSTC_ALARM_STALE, MSTC_ALARM_DONE, MSTC_ALARMS
};

struct mstc_config_hook {                    /* <on event= run= timeout= over=>        */
        enum mstc_alarm event;
        const char *const *command;          /* the program's path, arguments, NULL    */
        int64_t timeout_ms;
        bool over;                           /* also when the state has ended          */
        struct mstc_place place;
};

struct mstc_config_mail {                    /* <mail to= from= on= sendmail=>         */
        const char *to, *from;               /* as they may stand in a header          */
        unsigned events;                     /* bits: 1 << enum mstc_alarm             */
        const char *sendmail;
        struct mstc_place place;
};

struct mstc_config {
        const char *file;                    /* absolute                               */
        bool private_file;                   /* nobody but the owner can read it       */
        bool strict;                         /* warnings of rules count as errors      */
        const char *environment;             /* "production", "test" ...; or NULL      */
        const char *store_path;              /* never NULL                             */
        struct mstc_config_control control;
        int64_t keep_ms;                     /* <retention days=>: how long runs are kept */
        int64_t keep_bytes;                  /* <retention size=>; 0: no limit         */
        const char *log_levels;              /* <log level=>, or NULL                  */
        const char *log_form;                /* <log form=>, or NULL                   */
        const char **plugin_folders;        size_t plugin_folder_count;
        struct mstc_place plugin_place;      /* of the first <plugins>                 */
        struct mstc_config_instance *instances; size_t instance_count;
        struct mstc_config_sync *syncs;     size_t sync_count;
        struct mstc_config_never *nevers;   size_t never_count;
        struct mstc_config_metrics metrics;
        struct mstc_config_hook *hooks;     size_t hook_count;
        struct mstc_config_mail *mails;     size_t mail_count;
};

/* NULL when it could not be read at all or has errors; the report says which. */
struct mstc_config *mstc_config_read(const char *path, struct mstc_report *report);
void mstc_config_free(struct mstc_config *config);

/* Where byte 'offset' of an expression stands in its file. */
struct mstc_place mstc_config_place(const struct mstc_text *text, size_t offset);

#endif
