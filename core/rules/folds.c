/* folds.c - long texts that were folded already.
 *
 * A rule may search one long text a thousand times.  It is folded when that is first wanted, and
 * known from then on by where it lies, for as long as the run lasts. */
#include "build.h"

#include "rules/eval.h"
#include "rules/fold.h"

#define HEADS 64u                            /* of the chains; a power of two          */

struct folded {
        const char *text, *folded;
        size_t length, folded_length;
        struct folded *next;
};

struct mstc_folds { struct folded *heads[HEADS]; };

static struct folded **
head_of(struct mstc_folds *folds, const char *text)
{
        return &folds->heads[(uint64_t)(uintptr_t)text * UINT64_C(0x9E3779B97F4A7C15) >> 58];
}

static struct folded *
add(struct mst_arena *arena, const char *text, size_t length)
{
        struct folded *new = mst_arena_alloc(arena, sizeof *new);

        if (new == NULL)
                return NULL;
        *new = (struct folded){ .text = text, .length = length };
        new->folded = mstc_fold(text, length, arena, &new->folded_length);
        return new->folded != NULL ? new : NULL;
}

const char *
mstc_run_folded(struct mstc_run *run, const char *text, size_t length, size_t *ret_length)
{
        struct mst_arena *arena = run->eval->arena;
        struct folded *at, **head;

        if (run->folds == NULL) {
                run->folds = mst_arena_alloc(arena, sizeof *run->folds);
                if (run->folds == NULL) {
                        mstc_run_memory(run);
                        return NULL;
                }
                *run->folds = (struct mstc_folds){ 0 };
        }
        head = head_of(run->folds, text);
        for (at = *head; at != NULL && (at->text != text || at->length != length); at = at->next)
                ;
        if (at == NULL) {
                at = add(arena, text, length);
                if (at == NULL) {
                        mstc_run_memory(run);
                        return NULL;
                }
                at->next = *head;
                *head = at;
        }
        *ret_length = at->folded_length;
        return at->folded;
}
