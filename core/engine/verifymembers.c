/* verifymembers.c - who is in a group of ours, against whom we added.
 *
 * Who was added by us and is not there any more is lost.  Who is there without us is foreign:
 * told, but no difference, as Muster takes out of a group only whom it put in. */
#include "build.h"

#include "engine/members.h"
#include "engine/verifying.h"

#include <string.h>

#include "rules/expr.h"

struct gathered {
        struct mstc_map *names;              /* folded -> the member as it is shown    */
        struct mstc_map *ours;               /* folded names of those that we have met */
};

/* Names are compared without regard to case, and to spaces after commas (DNs). */
static const char *
key_of(const char *text, struct mst_arena *arena)
{
        size_t length, out = 0;
        char *folded = mstc_fold(text, strlen(text), arena, &length);

        for (size_t i = 0; folded != NULL && i < length; i++)
                if (folded[i] != ' ' || out == 0 || folded[out - 1] != ',')
                        folded[out++] = folded[i];
        if (folded != NULL)
                folded[out] = '\0';
        return folded;
}

static int
gather(struct mstc_verifying *v, const struct mst_value *members, struct gathered *g, struct mst_error *err)
{
        g->names = mstc_map_new();
        g->ours = mstc_map_new();
        if (g->names == NULL || g->ours == NULL)
                return mst_fail_memory(err, "verifying a group");
        for (size_t i = 0; i < mst_value_count(members); i++) {
                const struct mst_value *m = mst_value_at(members, i);
                const char *key;

                if (m->type != MST_TEXT && m->type != MST_REF)
                        continue;
                key = key_of(m->as.text, v->scratch);
                if (key == NULL || (*key != '\0' && !mstc_map_put(g->names, key, (void *)(uintptr_t)m->as.text)))
                        return mst_fail_memory(err, "verifying a group");
        }
        return MST_OK;
}

/* Is he there, by his name or his id? */
static int
look_for(struct mstc_verifying *v, struct gathered *g, const char *object, const char *name, bool *ret,
         struct mst_error *err)
{
        const char *texts[2] = { name, object };

        *ret = false;
        for (size_t i = 0; i < 2; i++) {
                const char *key = texts[i] != NULL ? key_of(texts[i], v->scratch) : "";

                if (key == NULL)
                        return mst_fail_memory(err, "verifying a group");
                if (*key == '\0' || mstc_map_get(g->names, key) == NULL)
                        continue;
                *ret = true;
                if (!mstc_map_put(g->ours, key, g))
                        return mst_fail_memory(err, "verifying a group");
        }
        return MST_OK;
}

static int
tell_lost(struct mstc_verifying *v, struct mstc_verified_group *group, uint32_t member, const char *name,
          struct mst_error *err)
{
        struct mstc_mismatch f = { .what = MSTC_FINDS_MEMBER_LOST, .kind = MST_GROUP, .id = group->grp.name,
                                  .title = group->grp.title, .object = group->glink.object,
                                  .name = group->glink.name, .text = name, .mends = true };
        struct mstc_mend m = { .what = f.what, .kind = MST_GROUP, .owner = group->grp.id,
                               .member = member };

        return mstc_verify_tell(v, group->target, &f, &m, err);
}

static int
each_of_ours(struct mstc_verifying *v, struct mstc_verified_group *group, struct gathered *g, struct mstc_set *present,
             struct mst_error *err)
{
        for (uint32_t n = 0; mstc_set_next(present, &n); n++) {
                const char *object, *name;
                bool is_group, there;

                if (mstc_member_name(v->run, group->target, n, true, v->scratch, &object, &name, &is_group, err) != MST_OK)
                        return err->code;
                if (object == NULL && name == NULL)
                        continue;            /* he has no object there himself         */
                if (look_for(v, g, object, name, &there, err) != MST_OK
                    || (!there && tell_lost(v, group, n, name, err) != MST_OK))
                        return err->code;
        }
        return MST_OK;
}

static int
each_foreign(struct mstc_verifying *v, struct mstc_verified_group *group, struct gathered *g, struct mst_error *err)
{
        struct mstc_mismatch f = { .what = MSTC_FINDS_MEMBER_FOREIGN, .kind = MST_GROUP, .id = group->grp.name,
                                  .title = group->grp.title, .object = group->glink.object, .name = group->glink.name };
        size_t at = 0;
        const char *key;
        void *shown;

        while (mstc_map_each(g->names, &at, &key, &shown)) {
                if (mstc_map_get(g->ours, key) != NULL)
                        continue;
                f.text = shown;
                if (mstc_verify_tell(v, group->target, &f, NULL, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

int
mstc_verify_members(struct mstc_verifying *v, struct mstc_verified_group *group, const struct mst_value *members,
                    struct mst_error *err)
{
        struct mstc_set *present = mstc_set_new();
        struct gathered g = { 0 };
        int rc = present != NULL ? MST_OK : mst_fail_memory(err, "verifying a group");

        if (members != NULL) {
                if (rc == MST_OK)
                        rc = mstc_set_load(v->run->store, MSTC_PSET, group->glink.id, present, err);
                if (rc == MST_OK)
                        rc = gather(v, members, &g, err);
                if (rc == MST_OK)
                        rc = each_of_ours(v, group, &g, present, err);
                if (rc == MST_OK)
                        rc = each_foreign(v, group, &g, err);
        }
        mstc_map_free(g.names);
        mstc_map_free(g.ours);
        mstc_set_free(present);
        return rc;
}
