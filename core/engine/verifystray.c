/* verifystray.c - objects that carry our stamp and that their record is not tied to.
 *
 * They are gathered while a sink is listed, and told in the end, when it is known that no
 * other sync of this store has them.  Nothing is ever deleted because of it: one whose record
 * is without an object is tied to it again by the next plan, if it is wanted there. */
#include "build.h"

#include "engine/verifying.h"

#include <string.h>

/* An object with our stamp that is not the one its record is tied to; in the sink's arena. */
struct mstc_straying {
        struct mstc_straying *next;
        enum mst_kind kind;
        int64_t owner;                       /* the entry or grp it speaks of; 0: nobody's */
        const char *id, *object, *name, *text;
        bool mends, linked;                  /* linked: to somebody of this store      */
};

static int
note_stray(struct mstc_verifying *v, const struct mstc_shown_object *shown, int64_t owner, const char *id,
           const char *text, bool mends, struct mst_error *err)
{
        struct mstc_straying *s = mst_arena_alloc(v->arena, sizeof *s);

        if (s == NULL)
                return mst_fail_memory(err, "verifying a sink");
        *s = (struct mstc_straying){ .next = v->straying, .kind = shown->kind, .owner = owner, .mends = mends,
                                     .id = mst_arena_strdup(v->arena, id), .object = mst_arena_strdup(v->arena, shown->object),
                                     .name = mst_arena_strdup(v->arena, shown->name),
                                     .text = mst_arena_strdup(v->arena, text) };
        if (s->id == NULL || s->object == NULL || s->name == NULL || s->text == NULL)
                return mst_fail_memory(err, "verifying a sink");
        v->straying = s;
        return MST_OK;
}

/* His stamp is on an object that he is not tied to. */
int
mstc_verify_stray(struct mstc_verifying *v, const struct mstc_shown_object *shown, int64_t entry, const char *id,
             const struct mstc_link *link, struct mst_error *err)
{
        const char *text;

        if (entry == 0)
                return note_stray(v, shown, 0, id, "no record of the source has this id", false, err);
        if (link->object != NULL && (link->state == MSTC_LINK_LIVE || link->state == MSTC_LINK_DISABLED)) {
                text = mst_arena_printf(v->scratch, "a second object with this stamp; the record is tied to '%s'",
                                        link->name != NULL ? link->name : link->object);
                return text == NULL ? mst_fail_memory(err, "verifying a sink") : note_stray(v, shown, entry, id, text, false, err);
        }
        text = link->state == MSTC_LINK_DELETED ? "was deleted by us, and is there again" : "is tied to nobody";
        return note_stray(v, shown, entry, id, text, true, err);
}

int
mstc_verify_stray_group(struct mstc_verifying *v, const struct mstc_shown_object *shown, const char *name,
                        struct mst_error *err)
{
        return note_stray(v, shown, 0, name, "is tied to no group", false, err);
}

struct strays {
        struct mstc_map *objects;            /* object -> its first stray              */
};

static bool
forget_linked(void *self, const char *object)
{
        struct strays *s = self;
        struct mstc_straying *stray = mstc_map_get(s->objects, object);

        if (stray != NULL)
                stray->linked = true;
        return true;
}

/* Another sync of this store may have tied them. */
int
mstc_verify_strays(struct mstc_verifying *v, struct mstc_run_target *target, struct mst_error *err)
{
        struct strays s = { v->straying != NULL ? mstc_map_new() : NULL };
        int rc = MST_OK;

        if (v->straying == NULL)
                return MST_OK;
        for (struct mstc_straying *one = v->straying; one != NULL && s.objects != NULL; one = one->next)
                if (!mstc_map_put(s.objects, one->object, one)) {
                        mstc_map_free(s.objects);
                        s.objects = NULL;
                }
        if (s.objects == NULL)
                return mst_fail_memory(err, "verifying a sink");
        rc = mstc_linked_objects(v->run->store, v->sink->id, forget_linked, &s, err);
        for (struct mstc_straying *one = v->straying; rc == MST_OK && one != NULL; one = one->next) {
                struct mstc_mismatch f = { .what = MSTC_FINDS_ORPHAN, .kind = one->kind, .id = one->id, .object = one->object,
                                          .name = one->name, .text = one->text, .mends = one->mends };
                struct mstc_mend m = { .what = f.what, .kind = one->kind, .owner = one->owner };

                if (!one->linked)
                        rc = mstc_verify_tell(v, target, &f, one->mends ? &m : NULL, err);
        }
        mstc_map_free(s.objects);
        return rc;
}
