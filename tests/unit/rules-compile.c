/* rules-compile.c - what is refused, where, and with which words. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "rules/index.h"
#include "unit.h"
#include "util/alloc.h"

#define R MSTC_RULE
#define M MSTC_MAPPING
#define NONE SIZE_MAX

static const struct mstc_schema_attribute known[] = {
        { "department", MST_TEXT, 0 }, { "accountEnabled", MST_BOOL, 0 }, { "employeeHireDate", MST_DATE, 0 },
        { "faxNumber", MST_TEXT, 0 }, { "mail", MST_TEXT, 0 },
};
static const struct mstc_schema_alias aliases[] = { { "facsimileTelephoneNumber", "faxNumber" } };
static const struct mstc_schema schema = {
        .attributes = known, .count = 5, .closed = true, .aliases = aliases, .alias_count = 1,
};

/* 'says' and 'remedy' must occur in what is told of the first error (or warning). */
static const struct {
        enum mstc_mode mode;
        const char *text;
        size_t offset;                       /* NONE: compiles                         */
        const char *says, *remedy;
} cases[] = {
        /* words */
        { R, "", 0, "the text is empty", NULL },
        { R, " \t\n", 0, "the text is empty", NULL },
        { R, "user.a -eq Sales", 11, "found the bare word 'Sales'", "write \"Sales\" for text" },
        { R, "user.a -isNullOrEmpty", 7, "unknown operator: found '-isNullOrEmpty'", "write -eq null" },
        { R, "user.a -frobnicate 1", 7, "unknown operator", "there are -eq, -ne" },
        { R, "department -eq \"x\"", 0, "the bare word 'department'", "user.department for an attribute" },
        { M, "Len(department)", 4, "the bare word 'department'", "[department] for an attribute" },
        { R, "user.a -contains [\"a\",\"b\"]", 17, "is not closed", "a list goes with -in and -notIn only" },
        { R, "user.a -eq 1 -and", 17, "expected an attribute or a value, found the end", "take out what stands last" },
        { R, "user.a -eq \xc3\x84", 11, "unexpected character: found '\xc3\x84'", "write it as [name]" },
        { R, "Direct Reports for {x}", 19, "unexpected character: found '{'", "leave the braces out" },
        { R, "Direct Reports for x", 19, "in quotation marks", "write Direct Reports for \"" },
        { R, "Direct Reports for \"x\" -and user.a -eq 1", 23, "cannot be combined", "with all-of=" },
        { R, "user.a -equals \"x\"", 7, "unknown operator: found '-equals'", "did you mean -eq?" },
        { R, "user.a -like \"x*\"", 7, "unknown operator: found '-like'", "write -contains" },
        { R, "user.a -IsNot null", 7, "unknown operator", "-ne null" },
        { R, "user.a -eq \"x\" && user.b -eq \"y\"", 15, "unknown operator: found '&&'", "write -and" },
        { R, "user.a -eq \"x\" || user.b -eq \"y\"", 15, "unknown operator: found '||'", "write -or" },
        { R, "user.a == \"x\"", 7, "unknown operator: found '=='", "write -eq" },
        { R, "user.a != \"x\"", 7, "unknown operator: found '!='", "write -ne" },
        { R, "!(user.a -eq \"x\")", 0, "unknown operator: found '!'", "write -not" },
        { R, "user.a -eq \"x\" !", 15, "found '!'", "write -not" },
        { M, "[a] + [b]", 4, "unknown operator: found '+'", "write &" },
        { M, "[a] &&HFF", NONE, NULL, NULL },
        { M, "[a] &&", 4, "found '&&'", NULL },
        { M, "Substring([a], 1, 2)", 0, "there is no function 'Substring'", "write Mid(" },
        { M, "concat([a], \"b\")", 0, "there is no function 'concat'", "write Join(" },
        { R, "user.a -startWith \"x\"", 7, "unknown operator", "did you mean -startsWith?" },
        { R, "user.a -eq \"x", 11, "never closed", "quotation mark" },
        { R, "user.a -eq `\"x\"", 11, "never closed", NULL },
        { R, "user.a -eq 'x", 11, "never closed: expected '", NULL },
        { R, "user.a -eq “x”", 11, "typographic quotation mark", "straight" },
        { R, "user.a -eq 12x", 11, "not a number: found '12x'", NULL },
        { R, "user.a -eq 99999999999999999999", 11, "64 bits", NULL },
        { R, "user.a -eq 2025-02-29", 11, "not a date", "yyyy-MM-dd" },
        { R, "user.a -eq 2025-02-28T25:00Z", 11, "not a date", NULL },
        { R, "user.a -eq #", 11, "unexpected character: found '#'", NULL },
        { R, "user.a -eq \"x\" ; user.b -eq \"y\"", 15, "unexpected character", NULL },
        { M, "Join('-', [a])", 5, "double quotation marks", NULL },
        { M, "[a", 0, "not closed", "[name]" },
        { M, "[]", 0, "found nothing", NULL },
        { M, "[a\"b]", 0, "not closed", NULL },
        /* grammar */
        { R, "user.a \"x\"", 7, "expected an operator", "-eq" },
        { R, "user.a -eq", 10, "expected an attribute or a value, found the end", NULL },
        { R, "-and user.a -eq \"x\"", 0, "found '-and'", NULL },
        { R, "user.a -eq \"x\" -and", 19, "found the end", NULL },
        { R, "(user.a -eq \"x\"", 15, "')' for the parenthesis opened at line 1, column 1", NULL },
        { R, "user.a -eq \"x\")", 14, "found ')'", "closes nothing" },
        { R, "\n  (user.a -eq \"x\"\n", 19, "line 2, column 3", NULL },
        { R, "user.a -not null", 7, "found '-not'", "-ne null" },
        { R, "user.a -in \"x\"", 11, "a list in brackets", "-in [\"a\"" },
        { R, "user.a -in [\"x\" \"y\"]", 16, "',' or ']' in the list opened at line 1, column 12", NULL },
        { R, "user.a -in [\"x\",]", 16, "after the comma", NULL },
        { R, "user.a -in []", 12, "a value in the list", NULL },
        { R, "user.a -in [null]", 12, "a value in the list", "null cannot" },
        { R, "user.a -eq \"x\" -eq true", 15, "after a comparison", "chained" },
        { R, "user.a = \"x\"", 7, "found '='", "write -eq" },
        { R, "user.a <> \"x\"", 7, "found '<>'", "write -ne" },
        { R, "user.when -ge system.now -plus 5", 31, "expected a duration after -plus, found '5'", "P1D" },
        { R, "user.when -ge system.now -minus P", 32, "expected a duration", NULL },
        { R, "user.when -ge system.now -plus P1D2W", 31, "expected a duration", NULL },
        { R, "user.when -ge system.now -plus P999999999D", 31, "expected a duration", NULL },
        { R, "user.when -ge system.now -plus PT", 31, "expected a duration", NULL },
        { R, "user.when -ge system.now -plus", 30, "found none", NULL },
        { R, "Direct Reports for x", 19, "in quotation marks", NULL },
        { R, "Direct Reports for \"x\" -and user.a -eq \"b\"", 23, "cannot be combined", NULL },
        { R, "Direct Reports \"x\"", 15, "expected for", NULL },
        { M, "ToLower([a]) ToUpper([b])", 13, "expected an operator", NULL },
        { M, "ToLower([a]", 11, "')' for the parenthesis opened at line 1, column 8", NULL },
        { M, "ToLower([a] [b])", 12, "',' or ')' after an argument", NULL },
        /* forms */
        { R, "user.accountEnabled", 0, "expected a condition", "user.accountEnabled -eq true" },
        { R, "true", 0, "expected a condition", NULL },
        { R, "user.a -eq \"x\" -or user.b", 19, "expected a condition", NULL },
        { R, "Not(user.a)", 4, "expected a condition", NULL },
        { R, "ToLower(user.a)", 0, "expected a condition", NULL },
        { R, "\"x\" -eq user.a", 0, "expected an attribute left", "attribute first" },
        { R, "system.now -ge user.a", 0, "expected an attribute left", NULL },
        { R, "user.a -contains null", 17, "null can be compared with -eq and -ne only", "-eq null" },
        { R, "user.a -ge true", 11, "true and false", NULL },
        { R, "user.a -match user.b", 14, "expected a pattern", NULL },
        { R, "user.a -match \"([\"", 14, "bad pattern", NULL },
        { R, "user.a -match \"[a-z-[aeiou]]\"", 14, "class subtraction", NULL },
        { R, "user.a -match \"\\p{IsGreek}\"", 14, "blocks", NULL },
        { R, "user.a -match \"(?<a-b>x)\"", 14, "balancing", NULL },
        { R, "user.a -match \"(*UTF8)x\"", 14, "(*", NULL },
        { R, "user.a -match \"(?<1a>x)\"", 14, "named by a number", NULL },
        { R, "user.a -match \"(x)(?<n>y)\\1\"", 14, "cannot be told apart", NULL },
        { R, "_ -eq \"x\"", 0, "outside of -any and -all", NULL },
        { R, "plan.id -eq \"x\"", 0, "bare word", "user.id" },
        { R, "user.plans -any (thing.id -eq \"x\")", 17, "bare word", "called plan (or _)" },
        { R, "user.plans -any (_)", 17, "expected a condition", NULL },
        { R, "Count(user.a) -any (_ -eq \"x\")", 0, "one attribute left of -any", NULL },
        { R, "user.a -eq \"x\" -and device.b -eq \"y\"", 20, "either users or devices", NULL },
        { R, "user.a -eq IgnoreAttributeFlow", 11, "in mappings only", NULL },
        { R, "vbTextCompare -eq \"x\"", 0, "last argument of InStr", NULL },
        { R, "5 -plus P1D -eq user.a", 0, "expected a date before", NULL },
        /* functions */
        { M, "Frobnicate([a])", 0, "there is no function 'Frobnicate'", NULL },
        { M, "ToLowr([a])", 0, "there is no function", "did you mean ToLower?" },
        { M, "SingleAppRoleAssignment([a])", 0, "inside Entra only", NULL },
        { M, "PadLeft([a], 3)", 0, "not supported in this version", NULL },
        { M, "Append([a])", 0, "Append: expected 2 arguments, found 1", NULL },
        { M, "Mid([a], 1)", 0, "expected 3 arguments", NULL },
        { M, "ToLower([a], \"de\", 1)", 0, "expected 1 to 2 arguments, found 3", NULL },
        { M, "Guid(\"x\")", 0, "expected 0 arguments", NULL },
        { M, "Join(\" \", , [a])", 10, "argument 2 must not be left out", NULL },
        { M, "Left([a], \"two\")", 10, "expected a number", NULL },
        { M, "Switch([a], \"x\", \"US\")", 0, "at least 4", NULL },
        { M, "Switch([a], \"x\", \"US\", \"1\", \"SE\")", 0, "even number", NULL },
        { M, "IIF(\"perhaps\", 1, 2)", 4, "expected a condition", NULL },
        { M, "Replace([a], \"x\", \"y\", , \"z\", , )", 0, "do not go together", NULL },
        { M, "Replace([a], , \"(\", , \"z\", , )", 15, "bad pattern", NULL },
        { M, "Replace([a], , \"x\", \"g\", \"z\", , )", 20, "no group 'g'", NULL },
        { M, "Replace([a], \"\", , , \"z\", , )", 13, "is empty", NULL },
        { M, "ToLower(SelectUniqueValue([a], [b]))", 8, "outermost", NULL },
        { M, "DateAdd(\"q\", 1, [a])", 8, "expected an interval", "n is minute" },
        { M, "FormatDateTime([a], , \"d\", \"yyyy\")", 22, "standard format", NULL },
        { M, "FormatDateTime([a], \"Loud\", \"yyyy\", \"yyyy\")", 20, "DateTimeStyles", NULL },
        { M, "FormatDateTime([a], , \"yyyy'\", \"yyyy\")", 22, "not closed", NULL },
        { M, "ToUpper([a], \"not a tag\")", 13, "language tag", NULL },
        /* what compiles */
        { R, "user.department-eq\"Sales\"", NONE, NULL, NULL },
        { R, "user.plans -any plan.id -eq \"x\" -or plan.id -eq \"y\"", NONE, NULL, NULL },
        { M, "ToLower([department], )", NONE, NULL, NULL },
        { M, "Replace ( [department] , \"a\" , , , \"b\" , , )", NONE, NULL, NULL },
        { M, "IIF(Not([accountEnabled]) -and not [mail] -eq \"x\", 1, 2)", NONE, NULL, NULL },
        { M, "&HFF & &o17", NONE, NULL, NULL },
};

START_TEST(refused)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(cases[_i].mode, cases[_i].text, strlen(cases[_i].text),
                                                   NULL, arena, &findings);

        if (cases[_i].offset == NONE) {
                ck_assert_msg(expr != NULL, "%s: %s", cases[_i].text, findings != NULL ? findings->text : "?");
        } else {
                ck_assert_msg(expr == NULL, "%s compiles", cases[_i].text);
                while (findings != NULL && findings->warning)
                        findings = findings->next;
                ck_assert_msg(findings != NULL, "%s: no error", cases[_i].text);
                ck_assert_msg(findings->offset == cases[_i].offset, "%s: at %zu: %s", cases[_i].text,
                              findings->offset, findings->text);
                ck_assert_msg(strstr(findings->text, cases[_i].says) != NULL, "%s: %s", cases[_i].text, findings->text);
                ck_assert_uint_le(findings->offset + findings->length, strlen(cases[_i].text));
                if (cases[_i].remedy != NULL)
                        ck_assert_msg(findings->remedy != NULL && strstr(findings->remedy, cases[_i].remedy) != NULL,
                                      "%s: remedy %s", cases[_i].text, findings->remedy);
        }
        mstc_expr_free(expr);
        mst_arena_free(arena);
}
END_TEST

static const struct { enum mstc_mode mode; const char *text, *says; } doubts[] = {
        { R, "user.mail -eq \"null\"", "four letters" },
        { R, "user.mail -match \"abc\"", "plain text" },
        { R, "user.mail -match \"^abc\"", "the beginning" },
        { R, "user.mail -match \"a++\"", "possessive" },
        { R, "user.mail -eq \"a\" -or user.mail -eq \"b\" -or user.MAIL -eq \"c\"", "joined by -or" },
        { R, "user.mail -ge \"soon\"", "always false" },
        { R, "user.departmnt -eq \"x\"", "no attribute 'departmnt'" },
        { M, "[nosuch]", "no attribute 'nosuch'" },
        { R, "device.deviceOwnershipOfIt -eq \"x\"", "no attribute 'deviceOwnershipOfIt'" },
};

START_TEST(doubted)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(doubts[_i].mode, doubts[_i].text, strlen(doubts[_i].text),
                                                   &schema, arena, &findings);

        ck_assert_ptr_nonnull(expr);
        ck_assert_msg(findings != NULL && findings->warning, "%s: no warning", doubts[_i].text);
        ck_assert_msg(strstr(findings->text, doubts[_i].says) != NULL, "%s: %s", doubts[_i].text, findings->text);
        mstc_expr_free(expr);
        mst_arena_free(arena);
}
END_TEST

/* Rules of 'count' characters (two bytes each, mostly): at Entra's limit, and past it. */
static void
long_rule(size_t count, bool warns)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        char text[8192] = "user.department -eq \"";
        size_t n = strlen(text), left = count - n - 1;
        struct mstc_expr *expr;

        for (; left > 0; left--, n += 2)
                memcpy(text + n, "\u00e5", 3);
        text[n++] = '"';
        expr = mstc_expr_compile(R, text, n, NULL, arena, &findings);
        ck_assert_ptr_nonnull(expr);
        ck_assert_int_eq(findings != NULL, warns);
        if (findings != NULL) {
                ck_assert(findings->warning);
                ck_assert_ptr_nonnull(strstr(findings->text, "3073 characters; Entra takes 3072"));
        }
        mstc_expr_free(expr);
        mst_arena_free(arena);
}

START_TEST(longer_than_entra)
{
        long_rule(3072, false);
        long_rule(3073, true);
}
END_TEST

/* Several mistakes are told in one go, in order. */
START_TEST(several_at_once)
{
        static const char text[] = "user.a -eq Sales -and (user.b -equals \"x\" -or Frob(user.c)) -and user.d -in \"y\"";
        static const char *const says[] = { "Sales", "-equals", "Frob", "brackets" };
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;

        ck_assert_ptr_null(mstc_expr_compile(R, text, strlen(text), NULL, arena, &findings));
        for (size_t i = 0; i < 4; i++, findings = findings->next) {
                ck_assert_ptr_nonnull(findings);
                ck_assert_msg(strstr(findings->text, says[i]) != NULL, "%s", findings->text);
        }
        ck_assert_ptr_null(findings);
        mst_arena_free(arena);
}
END_TEST

START_TEST(names_from_the_schema)
{
        static const char text[] = "user.DEPARTMENT -eq \"x\" -and user.facsimileTelephoneNumber -eq \"1\" -and "
                                   "user.Mail -ne null -and user.mail -ne \"y\"";
        static const char *const want[] = { "department", "faxNumber", "mail" };
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(R, text, strlen(text), &schema, arena, &findings);
        const char *const *reads;
        size_t count;

        ck_assert_ptr_nonnull(expr);
        ck_assert_ptr_null(findings);
        reads = mstc_expr_reads(expr, &count);
        ck_assert_uint_eq(count, 3);
        for (size_t i = 0; i < 3; i++)
                ck_assert_str_eq(reads[i], want[i]);
        ck_assert(mstc_expr_is_boolean(expr) && !mstc_expr_uses_now(expr) && !mstc_expr_uses_random(expr));
        ck_assert_str_eq(mstc_expr_text(expr), text);
        mstc_expr_free(expr);
        mst_arena_free(arena);
}
END_TEST

static const struct { enum mstc_mode mode; const char *text; bool boolean, now, chance, redacted; } kinds[] = {
        { R, "user.when -ge system.now", true, true, false, false },
        { M, "Now()", false, true, false, false },
        { M, "Guid()", false, false, true, false },
        { M, "SelectUniqueValue([a], [b])", false, false, true, false },
        { M, "Redact([a])", false, false, false, true },
        { M, "[a] = \"x\"", true, false, false, false },
        { M, "IsNull([a])", true, false, false, false },
        { M, "IIF([a] = \"x\", 1, 2)", false, false, false, false },
};

START_TEST(what_kind)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(kinds[_i].mode, kinds[_i].text, strlen(kinds[_i].text), NULL,
                                                   arena, &findings);

        ck_assert_ptr_nonnull(expr);
        ck_assert_int_eq(mstc_expr_is_boolean(expr), kinds[_i].boolean);
        ck_assert_int_eq(mstc_expr_uses_now(expr), kinds[_i].now);
        ck_assert_int_eq(mstc_expr_uses_random(expr), kinds[_i].chance);
        ck_assert_int_eq(mstc_expr_is_redacted(expr), kinds[_i].redacted);
        mstc_expr_free(expr);
        mst_arena_free(arena);
}
END_TEST

/* 'open' n times, a core, 'close' n times. */
static bool
nested(const char *open, const char *core, const char *close, size_t n, const char *says)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        char *text = calloc(1, n * (strlen(open) + strlen(close)) + strlen(core) + 1);
        struct mstc_expr *expr;

        for (size_t i = 0; i < n; i++)
                strcat(text, open);
        strcat(text, core);
        for (size_t i = 0; i < n; i++)
                strcat(text, close);
        expr = mstc_expr_compile(R, text, strlen(text), NULL, arena, &findings);
        if (says != NULL)
                ck_assert_msg(findings != NULL && strstr(findings->text, says) != NULL, "%s",
                              findings != NULL ? findings->text : "nothing");
        free(text);
        mst_arena_free(arena);
        if (expr == NULL)
                return false;
        mstc_expr_free(expr);
        return true;
}

START_TEST(bounds)
{
        ck_assert(nested("(", "user.a -eq \"x\"", ")", 200, NULL));
        ck_assert(!nested("(", "user.a -eq \"x\"", ")", 201, "nested deeper than 200"));
        ck_assert(!nested("(", "user.a -eq \"x\"", ")", 20000, "nested deeper than 200"));
        ck_assert(nested("-not ", "user.a -eq \"x\"", "", 200, NULL));
        ck_assert(!nested("-not ", "user.a -eq \"x\"", "", 10000, "nested deeper than 200"));
        ck_assert(!nested("IsNull(", "[a]", ")", 300, "nested deeper than 200"));
        ck_assert(!nested("user.a -any (", "_ -eq \"x\"", ")", 300, "nested deeper than 200"));
        /* Long chains are wide, not deep. */
        ck_assert(nested("user.a -eq \"x\" -or ", "user.a -eq \"y\"", "", 3000, NULL));
        ck_assert(!nested("user.a -eq \"x\" -or ", "user.a -eq \"y\"", "", 4000, "65536 are the most"));
        ck_assert(!nested("user.a -eq \"x\" ; ", "", "", 2000, "unexpected character"));
}
END_TEST

/* A group with all that it is made of may be as long as a file. */
START_TEST(composed)
{
        static const char part[] = "user.a -eq \"x\" -or ";
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        size_t length = 4u * 1024u * 1024u;
        char *text = mstc_alloc(length + 1);
        struct mstc_expr *expr;

        ck_assert_ptr_nonnull(text);
        memset(text, ' ', length + 1);
        for (size_t i = 0; i < 10000; i++)
                memcpy(text + i * (sizeof part - 1), part, sizeof part - 1);
        memcpy(text + 10000 * (sizeof part - 1), "user.b -eq 1", 12);
        ck_assert_ptr_null(mstc_expr_compile(R, text, 200000, NULL, arena, &findings));
        ck_assert_ptr_nonnull(strstr(findings->text, "65536 are the most"));
        expr = mstc_expr_compose(text, length, NULL, arena, &findings);
        ck_assert_msg(expr != NULL, "%s", findings != NULL ? findings->text : "?");
        mstc_expr_free(expr);
        ck_assert_ptr_null(mstc_expr_compose(text, length + 1, NULL, arena, &findings));
        ck_assert_ptr_nonnull(strstr(findings->text, "4194304 are the most"));
        mstc_free(text);
        mst_arena_free(arena);
}
END_TEST

START_TEST(not_text)
{
        static const char nul[] = "user.a -eq \"\0\"", broken[] = "user.a -eq \"\xff\"";
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;

        ck_assert_ptr_null(mstc_expr_compile(R, nul, sizeof nul - 1, NULL, arena, &findings));
        ck_assert_ptr_nonnull(strstr(findings->text, "NUL"));
        ck_assert_uint_eq(findings->offset, 12);
        ck_assert_ptr_null(mstc_expr_compile(R, broken, sizeof broken - 1, NULL, arena, &findings));
        ck_assert_ptr_nonnull(strstr(findings->text, "0xFF"));
        ck_assert_uint_eq(findings->offset, 12);
        mst_arena_free(arena);
}
END_TEST

/* --- memory runs out ----------------------------------------------------------------- */

static const struct { enum mstc_mode mode; const char *text; } scarce[] = {
        { R, "user.a -in [\"x\", 2, true] -and (user.b -match \"^(a|b)+$\" -or user.tags -any (_ -eq \"x\"))" },
        { R, "user.a -eq Sales -and Frob(user.b) -and (user.c" },
        { R, "user.b -contains \"z\" -and Replace(user.b, , Append(\"b\", \"+\"), , \"x\", , ) -ne user.a" },
        { M, "Join(\"-\", [tags], Replace([b], , \"(?<n>b)(c)?\", , \"${n}\", , ), ToUpper(Mid([b], 2, 3)), [b] & 7)" },
        { M, "Switch(Left([b], 1), Split([b], \"b\"), \"a\", RemoveDuplicates(Split([b], \"b\")))" },
        { M, "NormalizeDiacritics(\"Zoë\") & ConvertToBase64([b]) & CStr(DateAdd(\"d\", 1, Now()))" },
};

/* Compiles, evaluates and indexes; true when nothing was wanting. */
static bool
with_little(size_t i, struct mst_arena *arena, const struct mst_record *record)
{
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(scarce[i].mode, scarce[i].text, strlen(scarce[i].text), NULL,
                                                   arena, &findings);
        struct mstc_eval eval = { .arena = arena };
        struct mstc_matches matches = { 0 };
        struct mstc_index *index;
        struct mst_value value;
        enum mstc_flow flow;
        bool good = true;

        if (expr == NULL)
                return findings != NULL && strstr(findings->text, "memory") == NULL;
        flow = mstc_expr_value(expr, record, &eval, &value);
        ck_assert(flow != MSTC_FAILED || eval.why != NULL);
        good &= flow == MSTC_VALUE;
        index = scarce[i].mode == R ? mstc_index_new() : NULL;
        if (index != NULL && mstc_index_add(index, expr, 1) && mstc_index_build(index))
                good &= mstc_index_match(index, record, &eval, &matches);
        else
                good &= scarce[i].mode == M;
        mstc_matches_done(&matches);
        mstc_index_free(index);
        mstc_expr_free(expr);
        return good;
}

START_TEST(memory_out)
{
        long n;

        for (n = 1; n < 5000; n++) {
                struct mst_arena *keep = mst_arena_new(0), *arena = mst_arena_new(0);
                struct mst_record *record = mstc_record_new(keep, MST_USER, "x", 1);
                struct mst_value *tags = mst_record_put(record, "tags");
                char *longer = calloc(1, 3000);
                bool good, failed;

                memset(longer, 'b', 2999);
                mst_record_list(record, tags);
                mst_record_text(record, mst_record_append(record, tags), "x", 1);
                mst_record_text(record, mst_record_put(record, "b"), longer, 2999);
                mst_record_text(record, mst_record_put(record, "a"), "x", 1);
                mstc_alloc_fail_at(n);
                good = with_little((size_t)_i, arena, record);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                free(longer);
                mst_arena_free(arena);
                mst_arena_free(keep);
                if (!failed) {
                        ck_assert_msg(good, "%s", scarce[_i].text);
                        break;
                }
        }
        ck_assert_int_gt(n, 2);
        ck_assert_int_lt(n, 5000);
}
END_TEST

/* Tests that hold for whoever has no value: each as it stands in the text. */
static const struct { const char *text, *found; } negatives[] = {
        { "user.a -ne \"x\"", "user.a -ne \"x\";" },
        { "user.a -notIn [\"x\", \"y\"]", "user.a -notIn [\"x\", \"y\"];" },
        { "user.a -notContains \"x\" -or user.b -notMatch \"y\"", "user.a -notContains \"x\";user.b -notMatch \"y\";" },
        { "-not (user.a -eq \"x\")", "user.a -eq \"x\";" },
        { "-not (user.a -in [\"x\"] -or user.b -startsWith \"y\")", "user.a -in [\"x\"];user.b -startsWith \"y\";" },
        { "-not (-not (user.a -ne \"x\"))", "user.a -ne \"x\";" },
        { "user.a -ne \"x\" -and user.a -ne null", "" },
        { "user.A -ne null -and (user.b -eq \"z\" -or user.a -ne \"x\")", "" },
        { "user.a -startsWith \"x\" -and user.a -ne \"xy\"", "" },
        { "user.a -in [\"x\", \"y\"] -and user.a -notMatch \"^x\"", "" },
        { "user.a -ne \"x\" -and user.b -ne null", "user.a -ne \"x\";" },
        { "user.a -ne \"x\" -or user.a -ne null", "user.a -ne \"x\";" },
        { "user.a -ne \"x\" -and user.a -eq null", "user.a -ne \"x\";" },
        { "-not (user.a -eq \"x\" -and user.a -ne null)", "user.a -eq \"x\";" },
        { "user.a -ne null", "" },
        { "-not (user.a -eq null)", "" },
        { "user.a -eq \"x\"", "" },
        { "-not (user.a -ne \"x\")", "" },
        { "user.objectId -ne \"1\"", "" },
        { "user.list -any (_ -ne \"x\")", "" },
        { "user.accountEnabled -ne true", "user.accountEnabled -ne true;" },
};

START_TEST(negative)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_negative found[8];
        struct mstc_finding *findings;
        const char *text = negatives[_i].text;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_RULE, text, strlen(text), NULL, arena, &findings);
        char is[400] = "";
        size_t count, used = 0;

        ck_assert_msg(expr != NULL, "%s: %s", text, findings != NULL ? findings->text : "?");
        count = mstc_expr_negatives(expr, found, 8);
        for (size_t i = 0; i < count; i++)
                used += (size_t)snprintf(is + used, sizeof is - used, "%.*s;", (int)found[i].length, text + found[i].offset);
        ck_assert_str_eq(is, negatives[_i].found);
        ck_assert_uint_eq(mstc_expr_negatives(expr, found, 0), 0);
        mstc_expr_free(expr);
        mst_arena_free(arena);
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("rules-compile");
        TCase *all = tcase_create("compile");

        tcase_add_loop_test(all, refused, 0, UNIT_COUNT(cases));
        tcase_add_loop_test(all, doubted, 0, UNIT_COUNT(doubts));
        tcase_add_test(all, longer_than_entra);
        tcase_add_test(all, several_at_once);
        tcase_add_test(all, names_from_the_schema);
        tcase_add_loop_test(all, what_kind, 0, UNIT_COUNT(kinds));
        tcase_add_test(all, bounds);
        tcase_add_test(all, composed);
        tcase_add_test(all, not_text);
        tcase_add_loop_test(all, negative, 0, UNIT_COUNT(negatives));
        tcase_add_loop_test(all, memory_out, 0, UNIT_COUNT(scarce));
        suite_add_tcase(suite, all);
        return suite;
}

UNIT_MAIN(suite)
