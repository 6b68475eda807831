/* SPDX-License-Identifier: Apache-2.0
 *
 * words.c - what stands on the line, and what it is in the SDK. */
#include <string.h>

#include "exec.h"

struct word {
        const char *word;
        uint32_t number;
};

static bool
look(const struct word *words, size_t count, const char *word, uint32_t *ret)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(words[i].word, word) == 0) {
                        *ret = words[i].number;
                        return true;
                }
        return false;
}

#define LOOK(words, word, ret) look(words, sizeof(words) / sizeof((words)[0]), word, ret)

bool
exe_word_can(const char *word, uint32_t *ret)
{
        static const struct word words[] = {
                { "users", MST_CAN_USERS }, { "groups", MST_CAN_GROUPS }, { "update", MST_CAN_UPDATE },
                { "rename", MST_CAN_RENAME }, { "disable", MST_CAN_DISABLE }, { "delete", MST_CAN_DELETE },
                { "stamp", MST_CAN_STAMP }, { "list", MST_CAN_LIST }, { "find", MST_CAN_FIND },
                { "members", MST_CAN_MEMBERS }, { "empty-group", MST_CAN_EMPTY_GROUP }, { "nest", MST_CAN_NEST },
                { "incremental", MST_CAN_INCREMENTAL }, { "fetch", MST_CAN_FETCH }, { "present", MST_CAN_PRESENT },
                { "member-ids", MST_CAN_MEMBER_IDS },
        };

        return LOOK(words, word, ret);
}

bool
exe_word_flag(const char *word, uint32_t *ret)
{
        static const struct word words[] = {
                { "many", MST_ATTR_MANY }, { "required", MST_ATTR_REQUIRED }, { "fixed", MST_ATTR_FIXED },
                { "exact", MST_ATTR_EXACT }, { "naming", MST_ATTR_NAMING }, { "read-only", MST_ATTR_READ_ONLY },
                { "secret", MST_ATTR_SECRET },
        };

        return LOOK(words, word, ret);
}

bool
exe_word_type(const char *word, enum mst_type *ret)
{
        static const struct word words[] = {
                { "text", MST_TEXT }, { "integer", MST_INT }, { "number", MST_REAL }, { "boolean", MST_BOOL },
                { "date", MST_DATE }, { "bytes", MST_BYTES }, { "reference", MST_REF },
        };
        uint32_t number;

        if (!LOOK(words, word, &number))
                return false;
        *ret = (enum mst_type)number;
        return true;
}

bool
exe_word_outcome(const char *word, enum mst_outcome *ret)
{
        static const struct word words[] = {
                { "done", MST_DONE }, { "already", MST_ALREADY }, { "duplicate", MST_DUPLICATE }, { "gone", MST_GONE },
                { "retry", MST_RETRY }, { "refused", MST_REFUSED }, { "unknown", MST_UNKNOWN }, { "unsent", MST_UNSENT },
        };
        uint32_t number;

        if (!LOOK(words, word, &number))
                return false;
        *ret = (enum mst_outcome)number;
        return true;
}

bool
exe_word_kind(const char *word, enum mst_kind *ret)
{
        bool group = strcmp(word, "group") == 0;

        *ret = group ? MST_GROUP : MST_USER;
        return group || strcmp(word, "user") == 0;
}

const char *
exe_kind_word(enum mst_kind kind)
{
        return kind == MST_GROUP ? "group" : "user";
}

enum mst_code
exe_word_code(const char *word)
{
        static const enum mst_code codes[] = {
                MST_ECONFIG, MST_EAUTH, MST_EPERM, MST_ENET, MST_ETHROTTLED, MST_ENOTFOUND, MST_EEXPIRED, MST_EREFUSED,
        };

        for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
                if (strcmp(mst_code_name(codes[i]), word) == 0)
                        return codes[i];
        return MST_EINTERNAL;
}
