/* photos.c - the attribute photo: pictures of people, and when they are asked for.
 *
 * No delta tells that a picture has changed.  So the pictures of those who are told anyway
 * are asked for with them, and everybody's again in the time that photo-refresh says, spread:
 * that time is cut into SLOTS parts, and in each part it is the turn of those whose id's hash
 * falls on it.
 *
 * For everybody who was asked for, a roll keeps a hash of the picture's ETag, or NONE; a picture
 * with the same hash is not told again.  The roll is kept at the end of a round.  A full
 * round begins with an empty one, for its records are whole and need their pictures.  Who is
 * missing in it, because a process ended in the middle of a round, is read as a whole when it
 * is his turn. */
#include <string.h>

#include "read.h"
#include "signin.h"

enum { SLOTS = 7, NONE = 1 };

static const char *const sizes[] = { "48x48", "64x64", "96x96", "120x120", "240x240", "360x360", "432x432",
                                     "504x504", "648x648" };

struct sitting {
        struct entra *entra;
        struct mst_page *page;
        struct entra_sitter *sitters;
        struct entra_roll *roll;
};

static const char *
picture_url(void *self, size_t index)
{
        struct sitting *s = self;
        struct entra *entra = s->entra;
        const struct entra_sitter *sitter = &s->sitters[index];
        char *safe = mst_escape_url(entra->scratch, sitter->id, sitter->length);
        int64_t size = entra->config->photo_size;

        if (safe == NULL)
                return NULL;
        if (size < 0 || size >= (int64_t)(sizeof sizes / sizeof sizes[0]))
                size = 2;
        return mst_arena_printf(entra->scratch, "/users/%s/photos/%s/$value", safe, sizes[size]);
}

/* Puts 'bytes', or null for none, into the sitter's record. */
static void
put(struct sitting *s, struct entra_sitter *sitter, const char *bytes, size_t size)
{
        const char *name = s->entra->plan->photo;

        if (sitter->record == NULL)
                sitter->record = mst_page_patch(s->page, MST_USER, sitter->id, sitter->length);
        if (bytes != NULL)
                mst_record_bytes(sitter->record, mst_record_put(sitter->record, name), bytes, size);
        else if (!sitter->whole)
                mst_record_null(sitter->record, mst_record_put(sitter->record, name));
}

static uint64_t
tag_of(const struct entra_part *part, const char *bytes, size_t size)
{
        uint64_t tag = part->etag != NULL ? entra_hash(part->etag, part->etag_length) : entra_hash(bytes, size);

        return tag > NONE ? tag : tag + 2;
}

static int
new_tag(struct sitting *s, const struct entra_sitter *sitter, uint64_t tag, struct mst_error *err)
{
        if (!entra_roll_put(s->roll, sitter->id, sitter->length, tag))
                return mst_fail_memory(err, "reading pictures");
        entra_kept_touch(s->entra, ENTRA_PICTURES);
        return MST_OK;
}

/* A body is base64 in a JSON string. */
static int
take_picture(struct sitting *s, struct entra_sitter *sitter, const struct entra_part *part, uint64_t known,
             struct mst_error *err)
{
        struct entra *entra = s->entra;
        const char *text;
        size_t length, size = 0;
        char *bytes = NULL;
        uint64_t tag;

        mst_json_start(entra->item, part->body, part->size);
        if (mst_json_text(entra->item, entra->scratch, &text, &length) == MST_JSON_OK && length > 0)
                bytes = entra_base64_read(entra->scratch, text, length, &size);
        if (bytes == NULL || size == 0) {
                mst_host_log(entra->host, MST_LOG_WARNING, "the picture of user %.*s is not in a form that can be "
                             "read; it is left as it is", (int)sitter->length, sitter->id);
                return MST_OK;
        }
        tag = tag_of(part, bytes, size);
        if (!sitter->whole && tag == known)
                return MST_OK;
        put(s, sitter, bytes, size);
        return tag == known ? MST_OK : new_tag(s, sitter, tag, err);
}

static int
tell_picture(void *self, size_t index, const struct entra_part *part, struct mst_error *err)
{
        struct sitting *s = self;
        struct entra_sitter *sitter = &s->sitters[index];
        struct entra_problem problem;
        uint64_t known = 0;

        entra_roll_has(s->roll, sitter->id, sitter->length, &known);
        if (part->status == 200)
                return take_picture(s, sitter, part, known, err);
        entra_part_problem(s->entra, part, &problem);
        if (part->status == 404) {
                if (entra_problem_has(&problem, "Request_ResourceNotFound") || (!sitter->whole && known == NONE))
                        return MST_OK;               /* the person is gone, or nothing new */
                put(s, sitter, NULL, 0);
                return known == NONE ? MST_OK : new_tag(s, sitter, NONE, err);
        }
        if (part->status == 401
            || (part->status == 403 && entra_problem_has(&problem, "Authorization_RequestDenied")))
                return entra_problem_fail(s->entra, &problem, "reading pictures", ENTRA_NEEDS_USERS, err);
        mst_host_log(s->entra->host, MST_LOG_WARNING, "the picture of user %.*s could not be read: %s",
                     (int)sitter->length, sitter->id, entra_problem_say(s->entra, &problem));
        return MST_OK;
}

/* The roll; one that is lost is begun anew, and pictures are merely told once more. */
static int
open_roll(struct entra *entra, const struct entra_cursor *at, struct entra_roll **ret, struct mst_error *err)
{
        int code = entra_kept_open(entra, ENTRA_PICTURES, at->kept[ENTRA_PICTURES], ret, err);

        if (code == MST_ENOTFOUND) {
                *err = (struct mst_error){ 0 };
                code = entra_kept_open(entra, ENTRA_PICTURES, 0, ret, err);
        }
        return code;
}

int
entra_photos_put(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                 struct entra_sitter *sitters, size_t count, struct mst_error *err)
{
        struct sitting s = { .entra = entra, .page = page, .sitters = sitters };
        struct entra_batch batch = { .count = count, .url = picture_url, .tell = tell_picture, .self = &s,
                                     .doing = "reading pictures" };

        if (entra->plan->photo == NULL || count == 0)
                return MST_OK;
        if (open_roll(entra, at, &s.roll, err) != MST_OK)
                return err->code;
        return entra_batch_do(entra, &batch, err);
}

/* --- everybody's again ------------------------------------------------------------------------ */

static int64_t
slot_now(const struct entra *entra)
{
        int64_t length = entra->config->photo_refresh / SLOTS;
        int64_t ms = (mst_host_now(entra->host) - MST_DATE_UNIX_EPOCH) / (MST_DATE_SECOND / 1000);

        return length > 0 ? ms / length : 0;
}

bool
entra_photos_due(struct entra *entra, const struct entra_cursor *at)
{
        return entra->plan->photo != NULL && entra->config->photo_refresh > 0
                && slot_now(entra) != at->refreshed;
}

void
entra_photos_done(struct entra *entra, struct entra_cursor *at)
{
        at->refreshed = entra->plan->photo != NULL && entra->config->photo_refresh > 0 ? slot_now(entra) : 0;
}

/* Is it his turn in one of the slots since the last one? */
static bool
his_turn(int64_t slot, int64_t last, const struct entra_item *item)
{
        int64_t turn = (int64_t)(entra_hash(item->id, item->id_length) % SLOTS);

        for (int64_t s = last > slot || slot - last >= SLOTS ? slot - SLOTS + 1 : last + 1; s <= slot; s++)
                if (s % SLOTS == turn)
                        return true;
        return false;
}

struct turn {
        struct entra_sitter *sitters;
        struct entra_link *unknown;
        size_t sitting, strangers;
};

static int
sort_out(struct entra *entra, const struct entra_cursor *at, const struct entra_found *found,
         struct turn *ret, struct mst_error *err)
{
        struct entra_roll *roll, *only = NULL;
        int64_t slot = slot_now(entra);

        if (open_roll(entra, at, &roll, err) != MST_OK
            || (entra_restricted(entra)
                && entra_kept_open(entra, ENTRA_MEMBERS, at->kept[ENTRA_MEMBERS], &only, err) != MST_OK))
                return err->code;
        ret->sitters = mst_arena_alloc(entra->scratch, (found->count + 1) * sizeof *ret->sitters);
        ret->unknown = mst_arena_alloc(entra->scratch, (found->count + 1) * sizeof *ret->unknown);
        if (ret->sitters == NULL || ret->unknown == NULL)
                return mst_fail_memory(err, "reading pictures");
        for (size_t i = 0; i < found->count; i++) {
                const struct entra_item *item = &found->items[i];

                if (item->bad != NULL || !his_turn(slot, at->refreshed, item)
                    || (only != NULL && !entra_roll_has(only, item->id, item->id_length, NULL)))
                        continue;
                if (entra_roll_has(roll, item->id, item->id_length, NULL))
                        ret->sitters[ret->sitting++] = (struct entra_sitter){ .id = item->id,
                                                                              .length = item->id_length };
                else
                        ret->unknown[ret->strangers++] = (struct entra_link){ item->id, item->id_length };
        }
        return MST_OK;
}

static int
told_stranger(void *self, size_t index, int status, struct mst_error *err)
{
        (void)self;
        (void)index;
        (void)status;
        (void)err;
        return MST_OK;
}

int
entra_step_photos(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                  struct mst_error *err)
{
        struct entra_ask ask = { .url = at->link.text, .length = at->link.length, .list = true,
                                 .doing = "listing users for their pictures", .things = "users" };
        struct entra_found found;
        struct turn turn = { 0 };
        int code;

        if (at->link.length == 0) {
                ask.url = mst_arena_printf(entra->scratch, "%s/users?$select=id&$top=999", entra->base);
                if (ask.url == NULL)
                        return mst_fail_memory(err, "reading pictures");
                ask.length = strlen(ask.url);
        }
        code = entra_page_get(entra, &ask, &found, err);
        if (code == MST_END && entra_begin_again(entra, at, NULL))
                return entra_step_photos(entra, at, page, err);
        if (code == MST_END)
                return entra_page_refused(entra, &ask, false, ENTRA_NEEDS_USERS, err);
        if (code != MST_OK || entra_page_link(entra, &ask, &found, err) != MST_OK
            || sort_out(entra, at, &found, &turn, err) != MST_OK
            || entra_photos_put(entra, at, page, turn.sitters, turn.sitting, err) != MST_OK
            || entra_users_whole(entra, at, page, turn.unknown, turn.strangers, told_stranger, NULL, err) != MST_OK)
                return err->code;
        if (found.next != NULL) {
                at->link = (struct entra_link){ found.next, found.next_length };
                return MST_OK;
        }
        entra_photos_done(entra, at);
        entra_step_over(entra, at);
        return MST_OK;
}
