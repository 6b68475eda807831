/* SPDX-License-Identifier: Apache-2.0
 *
 * mods.c - lists of LDAPMod in an arena, pointing to values that live elsewhere. */
#include "mods.h"

#include <string.h>
#include <strings.h>

void
ldp_mods_begin(struct ldp_mods *mods, struct mst_arena *arena, size_t room)
{
        *mods = (struct ldp_mods){ .arena = arena, .room = room };
        mods->list = mst_arena_alloc(arena, (room + 1) * sizeof *mods->list);
        mods->failed = mods->list == NULL;
}

void
ldp_mods_put(struct ldp_mods *mods, int how, const char *name, const struct ldp_values *values)
{
        LDAPMod *mod = mods->failed ? NULL : mst_arena_alloc(mods->arena, sizeof *mod);

        if (mod == NULL || mods->count == mods->room) {
                mods->failed = true;
                return;
        }
        mod->mod_op = how | LDAP_MOD_BVALUES;
        mod->mod_type = (char *)name;
        mod->mod_bvalues = values != NULL && values->count > 0 ? values->list : NULL;
        mods->bytes += strlen(name) + 16;
        for (size_t i = 0; values != NULL && i < values->count; i++)
                mods->bytes += values->list[i]->bv_len + 6;
        mods->list[mods->count++] = mod;
        mods->list[mods->count] = NULL;
}

void
ldp_mods_text(struct ldp_mods *mods, int how, const char *name, const char *text)
{
        struct ldp_values values;

        if (!mods->failed && ldp_values_text(mods->arena, text, &values))
                ldp_mods_put(mods, how, name, &values);
        else
                mods->failed = true;
}

bool
ldp_mods_has(const struct ldp_mods *mods, const char *name)
{
        for (size_t i = 0; i < mods->count; i++)
                if (strcasecmp(mods->list[i]->mod_type, name) == 0)
                        return true;
        return false;
}
