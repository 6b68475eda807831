/* rights.c - probe: what the application may do, proved with a call for each right.
 *
 * Entra gives a token even to an application without any permission, so only calls prove
 * anything.  What reading cannot do without fails the probe and names the permission; what it
 * can do without is told as a warning. */
#include <string.h>

#include "read.h"

#define WAITS "; a permission granted just now can take some minutes, with a managed identity up to 8 hours"

struct proof {
        struct entra *entra;
        struct mst_facts *facts;
        const char *group, *group_name;      /* any group, and one whose members are hidden */
        const char *hidden, *hidden_name;
        const char *user;
};

static int
ask(struct entra *entra, const char *url, const char *doing, bool advanced, struct mst_error *err)
{
        if (url == NULL)
                return mst_fail_memory(err, doing);
        if ((advanced ? entra_graph_get_advanced(entra, url, strlen(url), err)
             : entra_graph_get(entra, url, strlen(url), err)) != MST_OK)
                return mst_wrap(err, "%s", doing);
        return MST_OK;
}

/* A call that must work. */
static int
must(struct entra *entra, const char *url, const char *doing, const char *needs, struct mst_error *err)
{
        struct entra_problem problem;

        if (ask(entra, url, doing, false, err) != MST_OK)
                return err->code;
        if (mst_http_status(entra->reply) == 200)
                return MST_OK;
        entra_problem_read(entra, entra->reply, &problem);
        return entra_problem_fail(entra, &problem, doing, needs, err);
}

/* One without which reading goes on, with a warning: 'lacks'. */
static int
may(struct proof *p, const char *url, const char *doing, const char *needs, const char *lacks,
    struct mst_error *err)
{
        struct entra_problem problem;

        if (ask(p->entra, url, doing, false, err) != MST_OK)
                return err->code;
        if (mst_http_status(p->entra->reply) == 200)
                return MST_OK;
        entra_problem_read(p->entra, p->entra->reply, &problem);
        if (problem.status == 403)
                mst_facts_note(p->facts, true, "%s is not allowed: %s. It needs the application permission %s"
                               WAITS, doing, lacks, needs);
        else
                mst_facts_note(p->facts, true, "%s did not work (%s): %s", doing,
                               entra_problem_say(p->entra, &problem), lacks);
        return MST_OK;
}

static bool
wants(const struct entra *entra, const char *name)
{
        for (size_t i = 0; i < mst_host_want_count(entra->host); i++) {
                const struct mst_attribute *known = entra_attribute(mst_host_want(entra->host, i));

                if (known != NULL && strcmp(known->name, name) == 0)
                        return true;
        }
        return false;
}

/* --- users -------------------------------------------------------------------------------------- */

/* The first object of a list: its id, whether it has a member of that name. */
static void
first_object(struct entra *entra, const char *member, const char **id, bool *has)
{
        size_t size, length, id_length;
        const char *body = mst_http_content(entra->reply, &size), *name, *text;
        bool first = true;

        mst_json_start(entra->json, body, size);
        if (!mst_json_enter_object(entra->json))
                return;
        while (mst_json_member(entra->json, &name, &length)) {
                if (length != 5 || memcmp(name, "value", 5) != 0 || !mst_json_enter_array(entra->json))
                        continue;
                for (; mst_json_element(entra->json); first = false) {
                        if (!first || !mst_json_enter_object(entra->json))
                                continue;
                        while (mst_json_member(entra->json, &name, &length)) {
                                if (member != NULL && length == strlen(member) && memcmp(name, member, length) == 0)
                                        *has = true;
                                if (length == 2 && memcmp(name, "id", 2) == 0
                                    && mst_json_text(entra->json, entra->scratch, &text, &id_length) == MST_JSON_OK)
                                        *id = mst_arena_strndup(entra->scratch, text, id_length);
                        }
                }
        }
}

static int
prove_users(struct proof *p, uint32_t *can, struct mst_error *err)
{
        struct entra *entra = p->entra;
        bool leave = wants(entra, "employeeLeaveDateTime"), has = false;
        const char *url = mst_arena_printf(entra->scratch, "%s/users?$top=1&$select=id%s", entra->base,
                                           leave ? ",employeeLeaveDateTime" : "");

        if (must(entra, url, "listing users", ENTRA_NEEDS_USERS, err) != MST_OK)
                return err->code;
        first_object(entra, "employeeLeaveDateTime", &p->user, &has);
        if (leave && p->user != NULL && !has)
                mst_facts_note(p->facts, true, "employeeLeaveDateTime is used and Graph leaves it out: it needs the "
                               "application permission User-LifeCycleInfo.Read.All as well; without it nobody "
                               "has a value" WAITS);
        url = mst_arena_printf(entra->scratch, "%s/users/delta?$select=%s&$deltatoken=latest", entra->base,
                               entra->plan->select);
        if (ask(entra, url, "asking for changes of users", false, err) != MST_OK)
                return err->code;
        if (mst_http_status(entra->reply) != 200 && entra_no_tracking(entra)) {
                *can &= ~(uint32_t)MST_CAN_INCREMENTAL;
                mst_facts_note(p->facts, true, "this tenant has no change tracking (Azure AD B2C and external "
                               "tenants have none): everybody is listed in each run, and who is missing is looked "
                               "for one by one");
                url = mst_arena_printf(entra->scratch, "%s/users?$top=1&$select=%s", entra->base,
                                       entra->plan->select_single);
                return must(entra, url, "listing users with all that is used of them", ENTRA_NEEDS_USERS, err);
        }
        if (mst_http_status(entra->reply) != 200) {
                struct entra_problem problem;

                entra_problem_read(entra, entra->reply, &problem);
                return entra_problem_fail(entra, &problem, "asking for changes of users", ENTRA_NEEDS_USERS, err);
        }
        mst_facts_note(p->facts, false, "users and their changes can be read");
        return MST_OK;
}

static int
prove_deleted(struct proof *p, struct mst_error *err)
{
        struct entra *entra = p->entra;
        const char *url = mst_arena_printf(entra->scratch, "%s/directory/deletedItems/microsoft.graph.user?$top=1"
                                           "&$select=id", entra->base);

        if (may(p, url, "reading deleted users", ENTRA_NEEDS_USERS, "who vanished while nobody looked counts as "
                "deleted, though perhaps not for good", err) != MST_OK)
                return err->code;
        if (!entra->plan->groups)
                return MST_OK;
        url = mst_arena_printf(entra->scratch, "%s/directory/deletedItems/microsoft.graph.group?$top=1&$select=id",
                               entra->base);
        return may(p, url, "reading deleted groups", "Group.Read.All (or Directory.Read.All)", "a group that "
                   "vanished while nobody looked counts as deleted, though perhaps not for good", err);
}

static int
prove_photo(struct proof *p, struct mst_error *err)
{
        struct entra *entra = p->entra;
        struct entra_problem problem;
        const char *url;

        if (entra->plan->photo == NULL || p->user == NULL)
                return MST_OK;
        url = mst_arena_printf(entra->scratch, "%s/users/%s/photo/$value", entra->base, p->user);
        if (ask(entra, url, "reading a picture", false, err) != MST_OK)
                return err->code;
        entra_problem_read(entra, entra->reply, &problem);
        if (problem.status == 200 || problem.status == 404) {
                mst_facts_note(p->facts, false, "pictures can be read");
                return MST_OK;
        }
        return entra_problem_fail(entra, &problem, "reading a picture", ENTRA_NEEDS_USERS, err);
}

/* --- groups ------------------------------------------------------------------------------------- */

static const char *
copied(struct entra *entra, const char *text, size_t length)
{
        return text != NULL ? mst_arena_strndup(entra->scratch, text, length) : NULL;
}

/* Notes one group, and one with hidden members. */
static void
look_at_group(struct proof *p, struct mst_json *json)
{
        struct entra *entra = p->entra;
        const char *name, *id = NULL, *title = NULL, *seen = NULL;
        size_t length, id_length = 0, title_length = 0, seen_length = 0;

        while (mst_json_member(json, &name, &length))
                if (length == 2 && memcmp(name, "id", 2) == 0)
                        mst_json_text(json, entra->scratch, &id, &id_length);
                else if (length == 11 && memcmp(name, "displayName", 11) == 0)
                        mst_json_text(json, entra->scratch, &title, &title_length);
                else if (length == 10 && memcmp(name, "visibility", 10) == 0
                         && mst_json_peek(json) == MST_JSON_STRING)
                        mst_json_text(json, entra->scratch, &seen, &seen_length);
        if (id == NULL)
                return;
        if (p->group == NULL) {
                p->group = copied(entra, id, id_length);
                p->group_name = copied(entra, title, title_length);
        }
        if (p->hidden == NULL && seen != NULL && seen_length == 16 && memcmp(seen, "HiddenMembership", 16) == 0) {
                p->hidden = copied(entra, id, id_length);
                p->hidden_name = copied(entra, title, title_length);
        }
}

static void
look_at_groups(struct proof *p)
{
        struct entra *entra = p->entra;
        size_t size, length;
        const char *body = mst_http_content(entra->reply, &size), *name;

        mst_json_start(entra->json, body, size);
        if (!mst_json_enter_object(entra->json))
                return;
        while (mst_json_member(entra->json, &name, &length)) {
                if (length != 5 || memcmp(name, "value", 5) != 0 || !mst_json_enter_array(entra->json))
                        continue;
                while (mst_json_element(entra->json))
                        if (mst_json_enter_object(entra->json))
                                look_at_group(p, entra->json);
        }
}

/* Graph gives no error for hidden members, only nobody. */
static int
prove_hidden(struct proof *p, struct mst_error *err)
{
        struct entra *entra = p->entra;
        const char *url, *someone = NULL;
        bool has = false;

        if (p->hidden == NULL)
                return MST_OK;
        url = mst_arena_printf(entra->scratch, "%s/groups/%s/members?$top=1&$select=id", entra->base, p->hidden);
        if (ask(entra, url, "reading the members of a group", false, err) != MST_OK)
                return err->code;
        if (mst_http_status(entra->reply) == 200)
                first_object(entra, NULL, &someone, &has);
        if (someone == NULL)
                mst_facts_note(p->facts, true, "the group '%.100s' hides its members, and nobody is seen in it: to "
                               "read the members of such groups the application needs the application permission "
                               "Member.Read.Hidden as well" WAITS,
                               p->hidden_name != NULL ? p->hidden_name : p->hidden);
        return MST_OK;
}

static int
prove_groups(struct proof *p, uint32_t can, struct mst_error *err)
{
        struct entra *entra = p->entra;
        const char *url;

        if (!entra->plan->groups)
                return MST_OK;
        if (can & MST_CAN_INCREMENTAL)
                url = mst_arena_printf(entra->scratch, "%s/groups/delta?$select=%s&$deltatoken=latest", entra->base,
                                       entra->plan->select_group);
        else
                url = mst_arena_printf(entra->scratch, "%s/groups?$top=1&$select=%s", entra->base,
                                       entra->plan->select_group_single);
        if (must(entra, url, "asking for changes of groups", ENTRA_NEEDS_GROUPS, err) != MST_OK)
                return err->code;
        url = mst_arena_printf(entra->scratch, "%s/groups?$top=999&$select=id,displayName,visibility", entra->base);
        if (must(entra, url, "listing groups", ENTRA_NEEDS_GROUPS, err) != MST_OK)
                return err->code;
        look_at_groups(p);
        if (entra->plan->members && p->group != NULL) {
                url = mst_arena_printf(entra->scratch, "%s/groups/%s/members?$top=1&$select=id", entra->base, p->group);
                if (must(entra, url, "reading the members of a group", ENTRA_NEEDS_GROUPS, err) != MST_OK
                    || prove_hidden(p, err) != MST_OK)
                        return err->code;
        }
        mst_facts_note(p->facts, false, "groups%s can be read", entra->plan->members ? " and their members" : "");
        return MST_OK;
}

static int
prove_restriction(struct proof *p, struct mst_error *err)
{
        struct entra *entra = p->entra;
        const char *group, *url, *someone = NULL;
        struct entra_problem problem;
        bool has = false;

        if (!entra_restricted(entra))
                return MST_OK;
        entra->group_id = NULL;                      /* by its name it may be another one now */
        if (entra_restrict_id(entra, &group, err) != MST_OK)
                return err->code;
        url = mst_arena_printf(entra->scratch, "%s/groups/%s/transitiveMembers/microsoft.graph.user?$count=true&$top=1"
                               "&$select=id", entra->base, group);
        if (ask(entra, url, "reading the members of the group of restrict-to-group", true, err) != MST_OK)
                return err->code;
        entra_problem_read(entra, entra->reply, &problem);
        if (problem.status == 404)
                return mst_fail(err, MST_ECONFIG, "restrict-to-group: the tenant has no group '%.200s' (%s)",
                                entra->config->restrict_to_group, entra_problem_say(entra, &problem));
        if (problem.status != 200)
                return entra_problem_fail(entra, &problem, "reading the members of the group of restrict-to-group",
                                          ENTRA_NEEDS_GROUPS " and " ENTRA_NEEDS_USERS, err);
        first_object(entra, NULL, &someone, &has);
        if (someone == NULL)
                mst_facts_note(p->facts, true, "the group '%.100s' that restrict-to-group names has no members that "
                               "can be seen: nobody will be read. If it hides its members, the application needs "
                               "the application permission Member.Read.Hidden as well" WAITS,
                               entra->config->restrict_to_group);
        else
                mst_facts_note(p->facts, false, "only the people of the group '%.100s' (%s) are read",
                               entra->config->restrict_to_group, group);
        return MST_OK;
}

int
entra_rights_prove(struct entra *entra, struct mst_facts *facts, uint32_t *can, struct mst_error *err)
{
        struct proof p = { .entra = entra, .facts = facts };

        if (prove_users(&p, can, err) != MST_OK || prove_groups(&p, *can, err) != MST_OK
            || prove_restriction(&p, err) != MST_OK || prove_deleted(&p, err) != MST_OK
            || prove_photo(&p, err) != MST_OK)
                return err->code;
        return MST_OK;
}
