/* SPDX-License-Identifier: Apache-2.0
 *
 * types.c - the option 'types'. */
#include "types.h"

#include <string.h>

#include "reader.h"

static const struct {
        const char *word;
        enum mst_type type;
} words_known[] = {
        { "text", MST_TEXT }, { "boolean", MST_BOOL }, { "integer", MST_INT }, { "number", MST_REAL },
        { "date", MST_DATE }, { "reference", MST_REF }, { "bytes", MST_BYTES },
};

static bool
parse_type(const char *word, struct fil_type *ret)
{
        static const char suffix[] = "-list";
        size_t length = strlen(word);

        *ret = (struct fil_type){ .type = MST_TEXT, .given = true };
        if (strcmp(word, "list") == 0) {
                ret->many = true;
                return true;
        }
        if (length > strlen(suffix) && strcmp(word + length - strlen(suffix), suffix) == 0) {
                ret->many = true;
                length -= strlen(suffix);
        }
        for (size_t i = 0; i < sizeof words_known / sizeof *words_known; i++)
                if (strlen(words_known[i].word) == length && strncmp(words_known[i].word, word, length) == 0) {
                        ret->type = words_known[i].type;
                        return true;
                }
        return false;
}

int
fil_types_parse(char *const *words, struct mst_arena *arena, struct fil_types *ret, struct mst_error *err)
{
        size_t count = 0;

        *ret = (struct fil_types){ 0 };
        while (words != NULL && words[count] != NULL)
                count++;
        ret->names = mst_arena_alloc(arena, (count + 1) * sizeof *ret->names);
        ret->types = mst_arena_alloc(arena, (count + 1) * sizeof *ret->types);
        if (ret->names == NULL || ret->types == NULL)
                return mst_fail_memory(err, "reading 'types'");
        for (size_t i = 0; i < count; i++) {
                const char *is = strrchr(words[i], '=');
                const char *name = is != NULL ? mst_arena_strndup(arena, words[i], (size_t)(is - words[i])) : NULL;

                if (is == NULL || is == words[i] || !parse_type(is + 1, &ret->types[i]))
                        return mst_fail(err, MST_ECONFIG, "types: '%s' is not name=type, where type is text, boolean, "
                                        "integer, number, date, reference or bytes, list, or one of them with -list "
                                        "behind it", words[i]);
                if (name == NULL)
                        return mst_fail_memory(err, "reading 'types'");
                for (size_t k = 0; k < i; k++)
                        if (fil_name_equal(ret->names[k], name))
                                return mst_fail(err, MST_ECONFIG, "types: '%s' is named twice", name);
                ret->names[i] = name;
                ret->count++;
        }
        return MST_OK;
}

struct fil_type
fil_types_find(const struct fil_types *types, const char *name)
{
        for (size_t i = 0; i < types->count; i++)
                if (fil_name_equal(types->names[i], name))
                        return types->types[i];
        if (fil_name_equal(name, "accountEnabled"))
                return (struct fil_type){ .type = MST_BOOL, .given = true };
        if (fil_name_equal(name, "manager"))
                return (struct fil_type){ .type = MST_REF, .given = true };
        return (struct fil_type){ .type = MST_TEXT };
}
