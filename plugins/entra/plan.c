/* plan.c - from the names that rules and maps use to $select and columns.
 *
 * A column is a property that Graph sends; several attributes may come out of one
 * (businessPhones and telephoneNumber).  Names that begin with "group." are of groups, and
 * group.members is who is in them.  What cannot be had is a mistake in the configuration; all such
 * names are told at once, each with its reason. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "entra.h"

static const char *
group_part(const char *name)
{
        return strncasecmp(name, "group.", 6) == 0 ? name + 6 : NULL;
}

static struct entra_column *
column(struct entra *entra, struct entra_shape *shape, const char *property)
{
        struct entra_column *found;

        for (size_t i = 0; i < shape->count; i++)
                if (strcasecmp(shape->columns[i].name, property) == 0)
                        return &shape->columns[i];
        found = &shape->columns[shape->count];
        found->name = mst_arena_strdup(entra->plan_arena, property);
        if (found->name == NULL)
                return NULL;
        found->length = strlen(property);
        shape->count++;
        return found;
}

static bool
add_put(struct entra *entra, struct entra_shape *shape, const char *property, const struct entra_put *like)
{
        struct entra_put *put = mst_arena_memdup(entra->plan_arena, like, sizeof *like);
        struct entra_column *into = column(entra, shape, property);

        if (put == NULL || into == NULL || put->name == NULL)
                return false;
        put->next = into->puts;
        into->puts = put;
        return true;
}

static bool
plan_group(struct entra *entra, struct entra_plan *plan, const char *name)
{
        const struct mst_attribute *known = entra_group_attribute(name);
        struct entra_put put = { .name = mst_arena_strdup(entra->plan_arena, name) };

        plan->groups = true;
        if (strcasecmp(name, "members") == 0) {
                plan->members = true;
                return true;
        }
        if (known != NULL) {
                put.type = (enum mst_type)known->type;
                put.many = (known->flags & MST_ATTR_MANY) != 0;
        }
        return add_put(entra, &plan->group, known != NULL ? known->name : name, &put);
}

static bool
plan_user(struct entra *entra, struct entra_plan *plan, const char *name)
{
        const struct mst_attribute *known = entra_attribute(name);
        struct entra_put put = { .name = mst_arena_strdup(entra->plan_arena, name) };
        const char *property = known != NULL ? entra_property(known->name, &put.how) : name;

        if (known != NULL) {
                put.type = (enum mst_type)known->type;
                put.many = (known->flags & MST_ATTR_MANY) != 0;
                put.member = known->name;
        }
        if (put.type == MST_REF) {
                plan->manager = true;
                plan->manager_name = put.name;
                return put.name != NULL;
        }
        if (put.type == MST_BYTES) {
                plan->photo = put.name;
                return put.name != NULL;
        }
        return add_put(entra, &plan->user, property, &put);
}

static const char *
why_not_group(const char *name)
{
        if (strcasecmp(name, "members") == 0 || entra_group_attribute(name) != NULL || entra_extension(name))
                return NULL;
        return "Graph knows no such property of a group";
}

/* Why 'name' cannot be read, or NULL. */
static const char *
why_not(const char *name)
{
        const char *why = entra_refused(name);

        if (group_part(name) != NULL)
                return why_not_group(group_part(name));
        if (why != NULL)
                return why;
        if (strcmp(name, "extension_*") != 0
            && (entra_attribute(name) != NULL || entra_extension(name)))
                return NULL;
        if (strncmp(name, "extension_", 10) == 0)
                return "a directory extension is called extension_, 32 hex digits, _ and its name";
        if (strncmp(name, "ext", 3) == 0 && strchr(name, '_') != NULL)
                return "Graph does not tell changes of schema extensions";
        return "Graph knows no such property of a user";
}

static int
check_names(struct entra *entra, struct mst_error *err)
{
        char text[800];
        size_t used = 0, bad = 0;

        for (size_t i = 0; i < mst_host_want_count(entra->host); i++) {
                const char *name = mst_host_want(entra->host, i), *why = why_not(name);
                int n;

                if (why == NULL)
                        continue;
                n = snprintf(text + used, sizeof text - used, "%s'%.100s' (%s)", bad > 0 ? ", " : "",
                             name, why);
                if (n > 0 && (size_t)n < sizeof text - used)
                        used += (size_t)n;
                text[used] = '\0';
                bad++;
        }
        if (bad == 0)
                return MST_OK;
        return mst_fail(err, MST_ECONFIG, "rules or maps use what cannot be read from Entra ID: %s; "
                        "`muster plugins entra` lists what can", text);
}

/* "id,mail", and 'last' behind it. */
static char *
select_list(struct entra *entra, const struct entra_shape *shape, const char *last)
{
        char *list = mst_arena_strdup(entra->plan_arena, "id");

        for (size_t i = 0; i < shape->count && list != NULL; i++)
                if (strcasecmp(shape->columns[i].name, "id") != 0)
                        list = mst_arena_printf(entra->plan_arena, "%s,%s", list,
                                                shape->columns[i].name);
        if (list != NULL && last != NULL)
                list = mst_arena_printf(entra->plan_arena, "%s,%s", list, last);
        return list;
}

static bool
fill(struct entra *entra, struct entra_plan *plan, size_t count)
{
        plan->user.columns = mst_arena_alloc(entra->plan_arena, (count + 1) * sizeof *plan->user.columns);
        plan->group.columns = mst_arena_alloc(entra->plan_arena, (count + 1) * sizeof *plan->group.columns);
        if (plan->user.columns == NULL || plan->group.columns == NULL)
                return false;
        for (size_t i = 0; i < count; i++) {
                const char *name = mst_host_want(entra->host, i), *group = group_part(name);

                if (group != NULL ? !plan_group(entra, plan, group) : !plan_user(entra, plan, name))
                        return false;
        }
        plan->select = select_list(entra, &plan->user, plan->manager ? "manager" : NULL);
        plan->select_single = select_list(entra, &plan->user, NULL);
        plan->select_group = select_list(entra, &plan->group, plan->members ? "members" : NULL);
        plan->select_group_single = select_list(entra, &plan->group, NULL);
        return plan->select != NULL && plan->select_single != NULL && plan->select_group != NULL
                && plan->select_group_single != NULL;
}

int
entra_plan_make(struct entra *entra, bool anew, struct mst_error *err)
{
        struct entra_plan *plan;

        if (entra->plan != NULL && !anew)
                return MST_OK;
        entra->plan = NULL;
        if (check_names(entra, err) != MST_OK)
                return err->code;
        mst_arena_reset(entra->plan_arena);
        plan = mst_arena_alloc(entra->plan_arena, sizeof *plan);
        if (plan == NULL || !fill(entra, plan, mst_host_want_count(entra->host)))
                return mst_fail_memory(err, "planning what to read");
        entra->plan = plan;
        return MST_OK;
}
