/* foreign.c - what operators and functions of other languages are called here.
 *
 * Who writes -like or Substring() has PowerShell, SQL or Excel in mind; the name that looks
 * nearest to it would send him astray. */
#include "build.h"

#include "rules/foreign.h"

#include <string.h>
#include <strings.h>

static const struct { const char *theirs, *remedy; } words[] = {
        { "like", "write -contains for a part of the text, -startsWith or -endsWith for an end, -match for a pattern" },
        { "ilike", "write -contains for a part of the text, -startsWith or -endsWith for an end, -match for a pattern" },
        { "notLike", "write -notContains, -notStartsWith, -notEndsWith or -notMatch" },
        { "is", "write -eq; of an attribute without a value -eq null" },
        { "isNot", "write -ne; of an attribute that has a value -ne null" },
        { "isNull", "write -eq null" },
        { "isNotNull", "write -ne null" },
        { "between", "write -ge and -le, with -and between them" },
        { "isNullOrEmpty", "write -eq null; an empty text is -eq \"\"" },
        { "isNotNull", "write -ne null" },
        { "xor", "write it with -and, -or and -not" },
        { "has", "write -any (_ -eq \"a\") for an element of a list" },
        { "includes", "write -contains for a part of the text, -any (_ -eq \"a\") for an element of a list" },
}, functions[] = {
        { "Concat", "write Join(\"\", a, b), or a & b" },
        { "Concatenate", "write Join(\"\", a, b), or a & b" },
        { "Substring", "write Mid(source, start, count)" },
        { "Substr", "write Mid(source, start, count)" },
        { "If", "write IIF(condition, then, else)" },
        { "Case", "write Switch(source, default, key, value)" },
        { "Lower", "write ToLower(source)" },
        { "Upper", "write ToUpper(source)" },
        { "Proper", "write PCase(source)" },
        { "Length", "write Len(source)" },
        { "IndexOf", "write InStr(source, find)" },
        { "Find", "write InStr(source, find)" },
        { "StartsWith", "write -startsWith between an attribute and a text" },
        { "EndsWith", "write -endsWith between an attribute and a text" },
        { "RegexReplace", "write Replace(source, , pattern, , new, , )" },
        { "And", "write -and between two conditions" },
        { "Or", "write -or between two conditions" },
        { "IsEmpty", "write IsNullOrEmpty(value)" },
        { "IfNull", "write Coalesce(value, other)" },
        { "Nvl", "write Coalesce(value, other)" },
        { "Today", "write Now()" },
}, signs[] = {
        { "&&", "write -and" }, { "||", "write -or" }, { "==", "write -eq in a rule, = in a mapping" },
        { "!=", "write -ne in a rule, <> in a mapping" }, { "!", "write -not" }, { "+", "write & between texts" },
};

#define COUNT(table) (sizeof table / sizeof *table)

const char *
mstc_foreign_word(const char *word)
{
        for (size_t i = 0; i < COUNT(words); i++)
                if (strcasecmp(words[i].theirs, word) == 0)
                        return words[i].remedy;
        return NULL;
}

const char *
mstc_foreign_function(const char *name)
{
        for (size_t i = 0; i < COUNT(functions); i++)
                if (strcasecmp(functions[i].theirs, name) == 0)
                        return functions[i].remedy;
        return NULL;
}

const char *
mstc_foreign_sign(const char *text, size_t left, size_t *length)
{
        for (size_t i = 0; i < COUNT(signs); i++) {
                *length = strlen(signs[i].theirs);
                if (*length <= left && memcmp(text, signs[i].theirs, *length) == 0)
                        return signs[i].remedy;
        }
        return NULL;
}
