/* setup-family.c - a family of groups as a part of another group.
 *
 * A word of any-of, all-of or none-of that fits a family's names becomes a rule over its
 * attribute: the family as it is written, "dept-{value}", is everybody who has a value;
 * "dept-Sales" who has that one; "dept-S*" who has one of that shape.  What a word leaves for
 * the value is found by walking both ends of the name through it, for a '*' may stand for a
 * part of the name and of the value.  As everywhere in rules, letters in another case are the
 * same. */
#include "build.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "engine/maker.h"
#include "util/buffer.h"

#define HOLE "{value}"
#define LONGEST 256

/* The places in a word that can be reached when it begins with 'text'. */
static void
walk(const char *word, const char *text, size_t length, bool reached[LONGEST + 1])
{
        size_t count = strlen(word);

        memset(reached, 0, (LONGEST + 1) * sizeof *reached);
        reached[0] = true;
        for (size_t t = 0; t <= length; t++) {
                bool next[LONGEST + 1] = { false };

                for (size_t i = 0; i < count; i++)       /* a '*' may stand for nothing     */
                        if (reached[i] && word[i] == '*')
                                reached[i + 1] = true;
                if (t == length)
                        return;
                for (size_t i = 0; i < count; i++)
                        if (reached[i] && (word[i] == '*' || word[i] == '?' || word[i] == text[t]))
                                next[i + (word[i] != '*')] = true;
                memcpy(reached, next, sizeof next);
        }
}

static void
reverse(const char *text, size_t length, char into[LONGEST + 1])
{
        for (size_t i = 0; i < length; i++)
                into[i] = text[length - 1 - i];
        into[length] = '\0';
}

/* The pieces of the word that the value must fit; '*count' of them, SIZE_MAX: any value will do. */
static bool
pieces_of(struct mstc_maker *maker, const char *word, const char *name, const char **pieces, size_t *count)
{
        const char *hole = strstr(name, HOLE), *behind = hole + strlen(HOLE);
        size_t length = strlen(word), after = strlen(behind);
        bool from[LONGEST + 1], to[LONGEST + 1];
        char back[LONGEST + 1], tail[LONGEST + 1];

        *count = 0;
        if (length > LONGEST || after > LONGEST || (size_t)(hole - name) > LONGEST)
                return true;
        walk(word, name, (size_t)(hole - name), from);
        reverse(word, length, back);
        reverse(behind, after, tail);
        walk(back, tail, after, to);
        for (size_t i = 0; i <= length; i++)
                for (size_t k = i + 1; from[i] && k <= length; k++) {
                        const char *piece = to[length - k] ? mst_arena_strndup(maker->arena, word + i, k - i) : "";
                        bool known = piece != NULL && *piece == '\0';

                        if (piece == NULL)
                                return false;
                        if (piece[0] != '\0' && piece[strspn(piece, "*")] == '\0') {
                                *count = SIZE_MAX;
                                return true;
                        }
                        for (size_t p = 0; p < *count; p++)
                                known = known || strcmp(pieces[p], piece) == 0;
                        if (!known && *count < LONGEST)
                                pieces[(*count)++] = piece;
                }
        return true;
}

static const struct mstc_schema_attribute *
attribute_named(const struct mstc_schema *schema, const char *name)
{
        for (size_t i = 0; i < schema->count; i++)
                if (strcasecmp(schema->attributes[i].name, name) == 0)
                        return &schema->attributes[i];
        return NULL;
}

/* "^S.*$" of "S*", with what means something in a pattern in brackets. */
static void
put_pattern(struct mstc_buffer *into, const char *piece)
{
        mstc_buffer_text(into, "-match \"^");
        for (; *piece != '\0'; piece++)
                if (*piece == '*')
                        mstc_buffer_text(into, ".*");
                else if (*piece == '?')
                        mstc_buffer_text(into, ".");
                else if (isalnum((unsigned char)*piece) || (unsigned char)*piece >= 0x80 || strchr(" -_,@:;/&#'%=<>!~", *piece) != NULL)
                        mstc_buffer_char(into, *piece);
                else
                        mstc_buffer_printf(into, "[%c]", *piece);
        mstc_buffer_text(into, "$\"");
}

static void
put_piece(struct mstc_buffer *into, const struct mstc_schema_attribute *a, const char *piece)
{
        bool many = a != NULL && (a->flags & MST_ATTR_MANY) != 0;

        mstc_buffer_printf(into, "user.%s %s", a->name, many ? "-any (_ " : "");
        if (a->type != MST_TEXT)
                mstc_buffer_printf(into, "-eq %s", piece);
        else if (strpbrk(piece, "*?") != NULL)
                put_pattern(into, piece);
        else
                mstc_buffer_printf(into, "-eq \"%s\"", piece);
        if (many)
                mstc_buffer_char(into, ')');
}

/* Everybody who has a value; an empty text is none. */
static void
put_any(struct mstc_buffer *into, const struct mstc_schema_attribute *a)
{
        if (a->type != MST_TEXT)
                mstc_buffer_printf(into, "user.%s -ne null", a->name);
        else if ((a->flags & MST_ATTR_MANY) != 0)
                mstc_buffer_printf(into, "user.%s -any (_ -ne \"\")", a->name);
        else
                mstc_buffer_printf(into, "(user.%s -ne null) -and (user.%s -ne \"\")", a->name, a->name);
}

static bool
can_tell(const struct mstc_schema_attribute *a, const char *piece)
{
        if (a->type == MST_TEXT)
                return strpbrk(piece, "\"`\\^") == NULL;
        if (a->type == MST_INT)
                return piece[strspn(piece, "0123456789")] == '\0' && strlen(piece) < 19;
        return false;
}

enum mstc_family_fit
mstc_maker_family(struct mstc_maker *maker, const struct mstc_family *family, const struct mstc_schema *schema,
                  const char *word, struct mstc_buffer *into)
{
        const struct mstc_config_family *config = family->config;
        const struct mstc_schema_attribute *a = config->each != NULL ? attribute_named(schema, config->each) : NULL;
        const char *pieces[LONGEST];
        size_t count = 0;

        if (config->name == NULL || strstr(config->name, HOLE) == NULL || a == NULL)
                return MSTC_FAMILY_NOT;
        if (strcmp(config->name, word) == 0)
                count = SIZE_MAX;
        else if (strchr(word, '{') != NULL)
                return MSTC_FAMILY_NOT;      /* a family's name, misspelt              */
        else if (!pieces_of(maker, word, config->name, pieces, &count)) {
                maker->failed = true;
                return MSTC_FAMILY_NOT;
        }
        if (count == 0)
                return MSTC_FAMILY_NOT;
        for (size_t i = 0; count != SIZE_MAX && i < count; i++)
                if (!can_tell(a, pieces[i]))
                        return MSTC_FAMILY_CANNOT;
        mstc_buffer_char(into, '(');
        if (count == SIZE_MAX)
                put_any(into, a);
        for (size_t i = 0; count != SIZE_MAX && i < count; i++) {
                mstc_buffer_text(into, i > 0 ? " -or (" : "(");
                put_piece(into, a, pieces[i]);
                mstc_buffer_char(into, ')');
        }
        mstc_buffer_char(into, ')');
        if (config->rule.text != NULL)
                mstc_buffer_printf(into, " -and (%s)", config->rule.text);
        return count == 1 && strpbrk(pieces[0], "*?") == NULL ? MSTC_FAMILY_ONE : MSTC_FAMILY_MANY;
}
