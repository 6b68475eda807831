/* functions.c - the table of the language's functions, and how arguments reach them.
 *
 * Names that the sister products know and this version does not are in the table with
 * the reason, so that nobody meets a wrong result. */
#include "build.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rules/function.h"
#include "util/utf8.h"

#define EACH MSTC_FN_EACH
#define NIL MSTC_FN_NULL
#define COND MSTC_FN_CONDITION
#define MAYBE (MSTC_FN_CONDITION | MSTC_FN_MAYBE)
#define ENTRA "works inside Entra only, on the role assignments of an enterprise application"
#define LATER "is known to Entra Connect and not supported in this version"

static const struct mstc_function functions[] = {
        { "Append", "ss", EACH | NIL, mstc_fn_append, NULL, NULL },
        { "BitAnd", "nn", NIL, mstc_fn_bitand, NULL, NULL },
        { "CBool", "v", COND, mstc_fn_cbool, NULL, NULL },
        { "CDate", "v", NIL, mstc_fn_cdate, NULL, NULL },
        { "Coalesce", "v*", MAYBE, mstc_fn_coalesce, NULL, NULL },
        { "ConvertFromBase64", "s", EACH | NIL, mstc_fn_from_base64, NULL, NULL },
        { "ConvertToBase64", "s", EACH | NIL, mstc_fn_to_base64, NULL, NULL },
        { "ConvertToUTF8Hex", "s", EACH | NIL, mstc_fn_utf8_hex, NULL, NULL },
        { "Count", "v", 0, mstc_fn_count, NULL, NULL },
        { "CStr", "v", NIL, mstc_fn_cstr, NULL, NULL },
        { "DateAdd", "snd", 0, mstc_fn_date_add, mstc_check_interval, NULL },
        { "DateDiff", "sdd", 0, mstc_fn_date_diff, mstc_check_interval, NULL },
        { "DateFromNum", "n", NIL, mstc_fn_date_from_num, NULL, NULL },
        { "DN", "s", EACH | NIL, mstc_fn_dn, NULL, NULL },
        { "Error", "s", 0, mstc_fn_error, NULL, NULL },
        { "FormatDateTime", "vs?ss?", NIL, mstc_fn_format_date, mstc_check_format, NULL },
        { "Guid", "", MSTC_FN_RANDOM, mstc_fn_guid, NULL, NULL },
        { "IgnoreFlowIfNullOrEmpty", "v", 0, mstc_fn_ignore_if_empty, NULL, NULL },
        { "IIF", "bvv", MAYBE, mstc_fn_iif, NULL, NULL },
        { "InStr", "ssn?n?", 0, mstc_fn_instr, NULL, NULL },
        { "IsNull", "v", COND, mstc_fn_is_null, NULL, NULL },
        { "IsNullOrEmpty", "v", COND, mstc_fn_is_null_or_empty, NULL, NULL },
        { "IsPresent", "v", COND, mstc_fn_is_present, NULL, NULL },
        { "IsString", "v", COND, mstc_fn_is_string, NULL, NULL },
        { "Item", "vn", NIL, mstc_fn_item, NULL, NULL },
        { "ItemOrNull", "vn", NIL, mstc_fn_item_or_null, NULL, NULL },
        { "Join", "sv*", 0, mstc_fn_join, NULL, NULL },
        { "Left", "sn", EACH, mstc_fn_left, NULL, NULL },
        { "Len", "s", 0, mstc_fn_len, NULL, NULL },
        { "Mid", "snn", EACH, mstc_fn_mid, NULL, NULL },
        { "NormalizeDiacritics", "s", EACH | NIL, mstc_fn_normalize, NULL, NULL },
        { "Not", "v", COND, mstc_fn_not, NULL, NULL },
        { "Now", "", MSTC_FN_NOW, mstc_fn_now, NULL, NULL },
        { "NumFromDate", "v", NIL, mstc_fn_num_from_date, NULL, NULL },
        { "PCase", "ss?", EACH | NIL, mstc_fn_pcase, NULL, NULL },
        { "RandomString", "nnnnns?", MSTC_FN_RANDOM, mstc_fn_random_string, NULL, NULL },
        { "Redact", "v", 0, mstc_fn_redact, NULL, NULL },
        { "RemoveDuplicates", "v", NIL, mstc_fn_remove_duplicates, NULL, NULL },
        { "Replace", "ss?s?s?s?s?s?", EACH, mstc_fn_replace, mstc_check_replace, NULL },
        { "Right", "sn", EACH, mstc_fn_right, NULL, NULL },
        { "SelectUniqueValue", "ss*", MSTC_FN_RANDOM, mstc_fn_select_unique, NULL, NULL },
        { "Split", "ss", NIL, mstc_fn_split, NULL, NULL },
        { "StringFromSid", "v", EACH | NIL, mstc_fn_sid, NULL, NULL },
        { "StripSpaces", "s", EACH | NIL, mstc_fn_strip_spaces, NULL, NULL },
        { "Switch", "sv?sv*", MAYBE, mstc_fn_switch, mstc_check_switch, NULL },
        { "ToLower", "ss?", EACH | NIL, mstc_fn_to_lower, mstc_check_culture, NULL },
        { "ToUpper", "ss?", EACH | NIL, mstc_fn_to_upper, mstc_check_culture, NULL },
        { "Trim", "s", EACH | NIL, mstc_fn_trim, NULL, NULL },
        { "Word", "sns", 0, mstc_fn_word, NULL, NULL },

        { "SingleAppRoleAssignment", "v*", 0, NULL, NULL, ENTRA },
        { "AppRoleAssignmentsComplex", "v*", 0, NULL, NULL, ENTRA },
        { "AssertiveAppRoleAssignmentsComplex", "v*", 0, NULL, NULL, ENTRA },

        { "BitOr", "v*", 0, NULL, NULL, LATER },
        { "CGuid", "v*", 0, NULL, NULL, LATER },
        { "CNum", "v*", 0, NULL, NULL, LATER },
        { "CRef", "v*", 0, NULL, NULL, LATER },
        { "Contains", "v*", 0, NULL, NULL, LATER },
        { "DNComponent", "v*", 0, NULL, NULL, LATER },
        { "DNComponentRev", "v*", 0, NULL, NULL, LATER },
        { "EscapeDNComponent", "v*", 0, NULL, NULL, LATER ": use DN()" },
        { "InStrRev", "v*", 0, NULL, NULL, LATER },
        { "IsBitSet", "v*", 0, NULL, NULL, LATER },
        { "IsDate", "v*", 0, NULL, NULL, LATER },
        { "IsGuid", "v*", 0, NULL, NULL, LATER },
        { "IsNumeric", "v*", 0, NULL, NULL, LATER },
        { "LCase", "v*", 0, NULL, NULL, LATER ": use ToLower()" },
        { "LTrim", "v*", 0, NULL, NULL, LATER ": use Trim()" },
        { "PadLeft", "v*", 0, NULL, NULL, LATER },
        { "PadRight", "v*", 0, NULL, NULL, LATER },
        { "ReplaceChars", "v*", 0, NULL, NULL, LATER ": use Replace()" },
        { "RTrim", "v*", 0, NULL, NULL, LATER ": use Trim()" },
        { "Select", "v*", 0, NULL, NULL, LATER },
        { "UCase", "v*", 0, NULL, NULL, LATER ": use ToUpper()" },
        { "Where", "v*", 0, NULL, NULL, LATER },
        { "With", "v*", 0, NULL, NULL, LATER },
};

#define FUNCTIONS (sizeof functions / sizeof *functions)

const struct mstc_function *
mstc_function_find(const char *name)
{
        for (size_t i = 0; i < FUNCTIONS; i++)
                if (strcasecmp(functions[i].name, name) == 0)
                        return &functions[i];
        return NULL;
}

const char *
mstc_function_near(const char *name)
{
        size_t best = strlen(name) > 5 ? 4 : 2;
        const char *near = NULL;

        for (size_t i = 0; i < FUNCTIONS; i++) {
                size_t d = functions[i].call == NULL ? best :
                           mstc_text_distance(name, functions[i].name, best);

                if (d < best) {
                        best = d;
                        near = functions[i].name;
                }
        }
        return near;
}

void
mstc_function_arity(const struct mstc_function *function, uint32_t *least, uint32_t *most)
{
        uint32_t n = 0;

        *least = 0;
        for (const char *s = function->signature; *s != '\0'; s++) {
                if (*s == '*') {
                        *most = UINT32_MAX;
                        return;
                }
                if (*s == '?')
                        continue;
                n++;
                if (s[1] != '?')
                        *least = n;          /* all before it must at least be empty   */
        }
        *most = n;
}

char
mstc_function_type(const struct mstc_function *function, uint32_t index, bool *optional)
{
        const char *s = function->signature, *last = s;

        for (; *s != '\0' && *s != '*'; s++) {
                if (*s == '?')
                        continue;
                last = s;
                if (index-- == 0)
                        break;
        }
        *optional = last[0] != '\0' && last[1] == '?';
        return *last;
}

bool
mstc_arg_has(const struct mstc_call *call, uint32_t index)
{
        return index < call->node->count && call->node->kids[index]->kind != MSTC_NODE_ABSENT;
}

const struct mst_value *
mstc_arg_constant(const struct mstc_node *node, uint32_t index)
{
        if (index >= node->count || node->kids[index]->kind != MSTC_NODE_CONSTANT)
                return NULL;
        return &node->kids[index]->constant->value;
}

enum mstc_flow
mstc_call_fail(const struct mstc_call *call, const char *format, ...)
{
        char text[400];
        va_list ap;

        if (call->run->rule && !call->run->broken)
                return MSTC_FAILED;
        va_start(ap, format);
        if (vsnprintf(text, sizeof text, format, ap) < 0)
                text[0] = '\0';
        va_end(ap);
        return mstc_run_fail(call->run, "%s: %s", call->node->function->name, text);
}

void *
mstc_call_alloc(const struct mstc_call *call, size_t size)
{
        return mstc_run_spend(call->run, MSTC_WORK_ELEMENT + size * MSTC_WORK_BYTE) != MSTC_VALUE ? NULL :
               mst_arena_alloc(call->run->eval->arena, size);
}

enum mstc_flow
mstc_call_memory(const struct mstc_call *call)
{
        return call->run->work > MSTC_WORK_MOST ? MSTC_FAILED : mstc_run_memory(call->run);
}

enum mstc_flow
mstc_call_text(const struct mstc_call *call, const char *text, size_t length, struct mst_value *ret)
{
        char *copy = mstc_call_alloc(call, length + 1);

        if (copy == NULL)
                return mstc_call_memory(call);
        memcpy(copy, text, length);
        copy[length] = '\0';
        *ret = mstc_value_text(copy, length);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_arg_value(struct mstc_call *call, uint32_t index, struct mst_value *ret)
{
        if (index == 0 && call->first != NULL) {
                *ret = *call->first;
                return MSTC_VALUE;
        }
        *ret = mstc_value_null();
        if (index >= call->node->count)
                return MSTC_VALUE;
        return mstc_run_value(call->run, call->node->kids[index], ret);
}

enum mstc_flow
mstc_arg_text(struct mstc_call *call, uint32_t index, struct mst_value *ret)
{
        char room[MSTC_TEXT_ROOM];
        enum mstc_flow flow = mstc_arg_value(call, index, ret);
        const char *text;
        size_t length;

        if (flow == MSTC_VALUE)
                flow = mstc_run_spend_text(call->run, ret);
        if (flow != MSTC_VALUE || ret->type == MST_TEXT)
                return flow;
        if (ret->type == MST_NULL) {
                *ret = mstc_value_text("", 0);
                return MSTC_VALUE;
        }
        if (!mstc_value_text_form(ret, room, &text, &length))
                return mstc_call_fail(call, "argument %u is a %s where a single text is needed", index + 1,
                                      ret->type == MST_LIST ? "list" : "structured value");
        if (text != room) {
                *ret = mstc_value_text(text, length);
                return MSTC_VALUE;
        }
        return mstc_call_text(call, text, length, ret);
}

enum mstc_flow
mstc_arg_int(struct mstc_call *call, uint32_t index, int64_t *ret)
{
        struct mst_value value, number;
        enum mstc_flow flow = mstc_arg_value(call, index, &value);

        if (flow != MSTC_VALUE)
                return flow;
        if (!mstc_value_number(&value, &number))
                return mstc_call_fail(call, "argument %u is not a number", index + 1);
        if (number.type == MST_REAL) {
                if (number.as.real != floor(number.as.real) || fabs(number.as.real) >= 9007199254740992.0)
                        return mstc_call_fail(call, "argument %u is not a whole number", index + 1);
                number.as.number = (int64_t)number.as.real;
        }
        *ret = number.as.number;
        return MSTC_VALUE;
}

enum mstc_flow
mstc_arg_bool(struct mstc_call *call, uint32_t index, bool *ret)
{
        struct mst_value value;
        enum mstc_flow flow = mstc_arg_value(call, index, &value);

        if (flow != MSTC_VALUE)
                return flow;
        switch (value.type) {
        case MST_NULL:
                *ret = false;
                return MSTC_VALUE;
        case MST_BOOL:
                *ret = value.as.is;
                return MSTC_VALUE;
        case MST_INT:
                *ret = value.as.number != 0;
                return MSTC_VALUE;
        case MST_REAL:
                *ret = value.as.real < 0 || value.as.real > 0;
                return MSTC_VALUE;
        case MST_TEXT:
                *ret = strcasecmp(value.as.text, "True") == 0;
                if (*ret || strcasecmp(value.as.text, "False") == 0)
                        return MSTC_VALUE;
                break;
        default:
                break;
        }
        return mstc_call_fail(call, "argument %u is neither true nor false", index + 1);
}
