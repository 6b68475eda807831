/* found.c - an object that carries our stamp, or matches, is there already: what it holds, as far
 * as the maps speak of it, and the link to it where it is ours; what a person would call it. */
#include "build.h"

#include "engine/decide.h"

#include <strings.h>

const char *
mstc_plan_title(const struct mstc_entry *entry)
{
        static const char *const names[] = { "displayName", "userPrincipalName", "mail" };

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                const struct mst_value *v = mst_record_get(entry->record, names[i]);

                if (v != NULL && v->type == MST_TEXT && v->length != 0)
                        return v->as.text;
        }
        return entry->id;
}

struct mst_record *
mstc_present_values(struct mstc_run *run, const struct mstc_case *c)
{
        struct mst_record *ret = mstc_record_values(run->scratch, MST_USER);
        const struct mst_record *present = c->question->match.present;

        for (size_t m = 0; ret != NULL && present != NULL && m < c->target->setup->map_count; m++) {
                const char *to = c->target->setup->maps[m].to;

                for (uint32_t i = 0; i < present->count; i++)
                        if (strcasecmp(present->fields[i].name, to) == 0
                            && !mstc_record_share(ret, to, &present->fields[i].value))
                                return NULL;
        }
        mstc_names_as_text(ret);
        return ret;
}

int
mstc_link_found(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        const struct mstc_match *m = &c->question->match;

        c->link.object = m->object;
        c->link.name = m->name;
        c->link.version = m->version;
        c->link.target = c->target->row.id;
        c->link.made = MSTC_MADE_FOUND;
        c->link.state = MSTC_LINK_LIVE;
        c->link.reason = MSTC_WHY_NONE;
        c->link.since = 0;
        c->link.applied = mstc_present_values(run, c);
        if (c->link.applied == NULL)
                return mst_fail_memory(err, "planning");
        c->linked = true;
        c->target->counts[MSTC_N_LINKED]++;
        if (mstc_link_put(run->store, &c->link, err) != MST_OK
            || mstc_link_begun(run, c->target, &c->link, c->entry->id, true, err) != MST_OK)
                return err->code;
        return mstc_wanted_values(run, c->target, c->entry->record, c->link.applied, false, run->scratch, &c->wanted,
                                  err);
}
