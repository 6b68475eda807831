/* plan.c - from the names that rules and maps use to $select and columns.
 *
 * A column is a property that Graph sends; several attributes may come out of one
 * (businessPhones and telephoneNumber).  What cannot be had is a mistake in the
 * configuration; all such names are told at once, each with its reason. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "entra.h"

static struct entra_column *
column(struct entra *entra, struct entra_plan *plan, const char *property)
{
        struct entra_column *found;

        for (size_t i = 0; i < plan->count; i++)
                if (strcasecmp(plan->columns[i].name, property) == 0)
                        return &plan->columns[i];
        found = &plan->columns[plan->count];
        found->name = mst_arena_strdup(entra->plan_arena, property);
        if (found->name == NULL)
                return NULL;
        found->length = strlen(property);
        plan->count++;
        return found;
}

static bool
plan_one(struct entra *entra, struct entra_plan *plan, const char *name)
{
        const struct mst_attribute *known = entra_attribute(name);
        struct entra_put *put = mst_arena_alloc(entra->plan_arena, sizeof *put);
        enum entra_how how = ENTRA_SAME;
        const char *property = known != NULL ? entra_property(known->name, &how) : name;
        struct entra_column *into;

        if (put == NULL)
                return false;
        *put = (struct entra_put){ .how = how };
        put->name = mst_arena_strdup(entra->plan_arena, name);
        if (known != NULL) {
                put->type = (enum mst_type)known->type;
                put->many = (known->flags & MST_ATTR_MANY) != 0;
                put->member = known->name;
        }
        if (put->type == MST_REF) {
                plan->manager = true;
                plan->manager_name = put->name;
                return put->name != NULL;
        }
        into = column(entra, plan, property);
        if (into == NULL || put->name == NULL)
                return false;
        put->next = into->puts;
        into->puts = put;
        return true;
}

/* Why 'name' cannot be read, or NULL. */
static const char *
why_not(const char *name)
{
        const char *why = entra_refused(name);

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

static char *
select_list(struct entra *entra, const struct entra_plan *plan, bool manager)
{
        char *list = mst_arena_strdup(entra->plan_arena, "id");

        for (size_t i = 0; i < plan->count && list != NULL; i++)
                if (strcasecmp(plan->columns[i].name, "id") != 0)
                        list = mst_arena_printf(entra->plan_arena, "%s,%s", list,
                                                plan->columns[i].name);
        if (list != NULL && manager)
                list = mst_arena_printf(entra->plan_arena, "%s,manager", list);
        return list;
}

int
entra_plan_make(struct entra *entra, bool anew, struct mst_error *err)
{
        size_t count = mst_host_want_count(entra->host);
        struct entra_plan *plan;
        bool good;

        if (entra->plan != NULL && !anew)
                return MST_OK;
        entra->plan = NULL;
        if (check_names(entra, err) != MST_OK)
                return err->code;
        mst_arena_reset(entra->plan_arena);
        plan = mst_arena_alloc(entra->plan_arena, sizeof *plan);
        good = plan != NULL;
        if (good) {
                plan->columns = mst_arena_alloc(entra->plan_arena, (count + 1) * sizeof *plan->columns);
                good = plan->columns != NULL;
        }
        for (size_t i = 0; i < count && good; i++)
                good = plan_one(entra, plan, mst_host_want(entra->host, i));
        if (good) {
                plan->select = select_list(entra, plan, plan->manager);
                plan->select_single = select_list(entra, plan, false);
                good = plan->select != NULL && plan->select_single != NULL;
        }
        if (!good)
                return mst_fail_memory(err, "planning what to read");
        entra->plan = plan;
        return MST_OK;
}
