/* dateform.c - reading and printing dates by .NET's custom format strings, in the
 * invariant culture.
 *
 * Both ways walk the format once: next() cuts it into pieces, a run of one letter or a
 * literal, and one function prints a piece or reads it. */
#include "build.h"
#include "rules/dateform.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/date.h"

static const char *const month_names[] = {
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December"
};
static const char *const day_names[] = {
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
};

/* A piece: 'count' times the letter 'token', or (token 0) literal text. */
struct piece {
        char token;
        unsigned count;
        const char *text;
        size_t length;
};

struct format {
        const char *at, *end;
        const char *why;
};

static bool
quoted(struct format *format, struct piece *ret)
{
        char mark = *format->at++;
        const char *close = memchr(format->at, mark, (size_t)(format->end - format->at));

        if (close == NULL) {
                format->why = "a quoted part is not closed";
                return false;
        }
        *ret = (struct piece){ .text = format->at, .length = (size_t)(close - format->at) };
        format->at = close + 1;
        return true;
}

static bool
token_fits(struct format *format, const struct piece *piece)
{
        static const struct { char token; unsigned most; } tokens[] = {
                { 'd', 4 }, { 'M', 4 }, { 'y', 5 }, { 'h', 2 }, { 'H', 2 }, { 'm', 2 }, { 's', 2 },
                { 'f', 7 }, { 'F', 7 }, { 't', 2 }, { 'z', 3 }, { 'K', 1 }, { 'Z', 1 },
        };

        for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
                if (tokens[i].token == piece->token && piece->count > tokens[i].most)
                        format->why = "a letter is repeated more often than it has a meaning";
        return format->why == NULL;
}

/* False at the end, or with format->why. */
static bool
next(struct format *format, struct piece *ret)
{
        bool single = false;
        char c;

        if (format->at == format->end)
                return false;
        c = *format->at;
        if (c == '\'' || c == '"')
                return quoted(format, ret);
        if (c == '\\' || c == '%') {
                if (++format->at == format->end || (c == '%' && *format->at == '%')) {
                        format->why = "\\ and % need a character after them";
                        return false;
                }
                single = c == '%';
                if (!single) {
                        const char *from = format->at++;

                        while (format->at < format->end && ((unsigned char)*format->at & 0xC0) == 0x80)
                                format->at++;
                        *ret = (struct piece){ .text = from, .length = (size_t)(format->at - from) };
                        return true;
                }
                c = *format->at;
        }
        if (strchr("dMyhHmsfFtzKZ", c) == NULL) {
                *ret = (struct piece){ .text = format->at++, .length = 1 };
                return true;
        }
        *ret = (struct piece){ .token = c };
        while (format->at < format->end && *format->at == c && (c != 'K' && c != 'Z' ? true : ret->count == 0)) {
                format->at++;
                ret->count++;
        }
        return token_fits(format, ret);
}

bool
mstc_date_form_check(const char *format, size_t length, const char **why)
{
        struct format f = { format, format + length, NULL };
        struct piece piece;

        *why = NULL;
        if (length == 0)
                f.why = "the format is empty";
        else if (length == 1)
                f.why = "a format of one character is a standard format, which is not supported (write %d for d)";
        while (f.why == NULL && next(&f, &piece))
                ;
        *why = f.why;
        return f.why == NULL;
}

/* --- printing -------------------------------------------------------------------- */

static void
print_fraction(const struct piece *piece, int fraction, char *into, size_t room)
{
        char digits[16];
        unsigned n = piece->count;

        snprintf(digits, sizeof digits, "%07d", fraction % 10000000);
        while (piece->token == 'F' && n > 0 && digits[n - 1] == '0')
                n--;
        snprintf(into, room, "%.*s", (int)n, digits);
}

static void
print_piece(const struct piece *piece, const struct mstc_civil *at, int weekday, char *into, size_t room)
{
        int wide = piece->count > 1 ? 2 : 1;

        switch (piece->token) {
        case 'd':
                if (piece->count > 2)
                        snprintf(into, room, "%.*s", piece->count == 3 ? 3 : 20, day_names[weekday]);
                else
                        snprintf(into, room, "%0*d", wide, at->day);
                break;
        case 'M':
                if (piece->count > 2)
                        snprintf(into, room, "%.*s", piece->count == 3 ? 3 : 20, month_names[at->month - 1]);
                else
                        snprintf(into, room, "%0*d", wide, at->month);
                break;
        case 'y':
                if (piece->count > 2)
                        snprintf(into, room, "%0*d", (int)piece->count, at->year);
                else
                        snprintf(into, room, "%0*d", wide, at->year % 100);
                break;
        case 'h': snprintf(into, room, "%0*d", wide, (at->hour + 11) % 12 + 1); break;
        case 'H': snprintf(into, room, "%0*d", wide, at->hour); break;
        case 'm': snprintf(into, room, "%0*d", wide, at->minute); break;
        case 's': snprintf(into, room, "%0*d", wide, at->second); break;
        case 'f':
        case 'F': print_fraction(piece, at->fraction, into, room); break;
        case 't': snprintf(into, room, "%.*s", wide, at->hour < 12 ? "AM" : "PM"); break;
        case 'z': snprintf(into, room, "%s", piece->count == 1 ? "+0" : piece->count == 2 ? "+00" : "+00:00"); break;
        case 'K':
        case 'Z': snprintf(into, room, "Z"); break;
        default: snprintf(into, room, "%.*s", (int)piece->length, piece->text);
        }
}

bool
mstc_date_form_print(int64_t date, const char *format, size_t length, char *into, size_t room, const char **why)
{
        struct format f = { format, format + length, NULL };
        struct mstc_civil at;
        struct piece piece;
        size_t n = 0;

        if (!mstc_date_form_check(format, length, why))
                return false;
        mstc_date_split(date, &at);
        into[0] = '\0';
        while (next(&f, &piece)) {
                if (room - n < 32 || piece.length >= room - n) {
                        *why = "the result is too long";
                        return false;
                }
                print_piece(&piece, &at, (int)((date / (86400 * MST_DATE_SECOND) + 1) % 7), into + n, room - n);
                /* ".F" prints no point when there is no fraction. */
                if (piece.token == 'F' && into[n] == '\0' && n > 0 && into[n - 1] == '.')
                        into[--n] = '\0';
                n += strlen(into + n);
        }
        return true;
}

/* --- reading --------------------------------------------------------------------- */

struct fields {
        struct mstc_civil civil;
        bool half, afternoon, have_half;     /* h, and what t says                     */
        int offset;                          /* minutes east of UTC                    */
};

struct input {
        const char *at, *end;
};

static bool
digits(struct input *in, unsigned least, unsigned most, int *ret)
{
        unsigned n = 0;
        int number = 0;

        while (n < most && in->at < in->end && *in->at >= '0' && *in->at <= '9') {
                number = number * 10 + (*in->at++ - '0');
                n++;
        }
        *ret = number;
        return n >= least;
}

static bool
name(struct input *in, const char *const *names, int count, size_t letters, int *ret)
{
        for (int i = 0; i < count; i++) {
                size_t n = letters == 3 ? 3 : strlen(names[i]);

                if ((size_t)(in->end - in->at) >= n && strncasecmp(in->at, names[i], n) == 0) {
                        in->at += n;
                        *ret = i;
                        return true;
                }
        }
        return false;
}

/* +h, +hh or +hh:mm. */
static bool
offset(struct input *in, unsigned count, int *ret)
{
        int sign, hours, minutes = 0;

        if (in->at == in->end || (*in->at != '+' && *in->at != '-'))
                return false;
        sign = *in->at++ == '-' ? -1 : 1;
        if (!digits(in, count == 1 ? 1 : 2, 2, &hours))
                return false;
        if (count == 3) {
                if (in->at < in->end && *in->at == ':')
                        in->at++;
                if (!digits(in, 2, 2, &minutes))
                        return false;
        }
        *ret = sign * (hours * 60 + minutes);
        return hours <= 14 && minutes < 60;
}

static bool
fraction(struct input *in, const struct piece *piece, int *ret)
{
        const char *from = in->at;
        int number;

        if (!digits(in, piece->token == 'f' ? piece->count : 0, piece->count, &number))
                return false;
        for (long n = in->at - from; n < 7; n++)
                number *= 10;
        *ret = number;
        return true;
}

static bool
half_day(struct input *in, unsigned count, struct fields *fields)
{
        if (in->at == in->end || strchr("aApP", *in->at) == NULL || *in->at == '\0')
                return false;
        fields->afternoon = (*in->at++ | 0x20) == 'p';
        fields->have_half = true;
        if (count == 1)
                return true;
        return in->at < in->end && (*in->at++ | 0x20) == 'm';
}

static bool
read_year(struct input *in, unsigned count, int *ret)
{
        bool good = digits(in, count <= 2 ? 2 : count < 4 ? 4 : count, count <= 2 ? 2 : count < 4 ? 4 : count, ret);

        if (count <= 2)
                *ret += *ret < 50 ? 2000 : 1900;
        return good;
}

static bool
read_piece(struct input *in, const struct piece *piece, struct fields *fields)
{
        struct mstc_civil *civil = &fields->civil;
        unsigned two = piece->count > 1 ? 2 : 1;
        int ignored;

        switch (piece->token) {
        case 'd':
                return piece->count > 2 ? name(in, day_names, 7, piece->count, &ignored) :
                       digits(in, two, 2, &civil->day);
        case 'M':
                if (piece->count > 2)
                        return name(in, month_names, 12, piece->count, &civil->month) && ++civil->month > 0;
                return digits(in, two, 2, &civil->month);
        case 'y': return read_year(in, piece->count, &civil->year);
        case 'h':
                fields->half = true;
                return digits(in, two, 2, &civil->hour) && civil->hour >= 1 && civil->hour <= 12;
        case 'H': return digits(in, two, 2, &civil->hour);
        case 'm': return digits(in, two, 2, &civil->minute);
        case 's': return digits(in, two, 2, &civil->second);
        case 'f':
        case 'F': return fraction(in, piece, &civil->fraction);
        case 't': return half_day(in, piece->count, fields);
        case 'z': return offset(in, piece->count, &fields->offset);
        case 'K':
                if (in->at < in->end && (*in->at == '+' || *in->at == '-'))
                        return offset(in, 3, &fields->offset);
                if (in->at < in->end && *in->at == 'Z')
                        in->at++;
                return true;
        case 'Z': return in->at < in->end && *in->at++ == 'Z';
        default:
                if ((size_t)(in->end - in->at) < piece->length || memcmp(in->at, piece->text, piece->length) != 0)
                        return false;
                in->at += piece->length;
                return true;
        }
}

static bool
white(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
finish(const struct fields *fields, int64_t *ret, const char **why)
{
        struct mstc_civil civil = fields->civil;

        if (fields->half && fields->have_half)
                civil.hour = civil.hour % 12 + (fields->afternoon ? 12 : 0);
        else if (fields->half)
                civil.hour = civil.hour % 12;
        else if (fields->have_half && fields->afternoon != (civil.hour >= 12)) {
                *why = "the hour and AM or PM contradict each other";
                return false;
        }
        *why = "there is no such day or time";
        if (civil.month < 1 || civil.month > 12 || civil.hour > 23 || civil.minute > 59 || civil.second > 59 ||
            !mstc_date_join(&civil, ret))
                return false;
        *ret -= fields->offset * 60 * MST_DATE_SECOND;
        *why = "the instant lies outside the years 1 to 9999";
        return *ret >= 0 && *ret < INT64_C(3155378976000000000);
}

bool
mstc_date_form_read(const char *text, size_t length, const char *format, size_t format_length,
                    const struct mstc_date_style *style, int64_t *ret, const char **why)
{
        struct format f = { format, format + format_length, NULL };
        struct input in = { text, text + length };
        struct fields fields = { .civil = { .year = 1, .month = 1, .day = 1 } };
        struct piece piece;

        if (!mstc_date_form_check(format, format_length, why))
                return false;
        while (style->leading && in.at < in.end && white(*in.at))
                in.at++;
        while (style->trailing && in.at < in.end && white(in.end[-1]))
                in.end--;
        while (next(&f, &piece)) {
                while (style->inner && in.at < in.end && white(*in.at) && !(piece.token == '\0' && white(*piece.text)))
                        in.at++;
                /* ".F" may stand for nothing at all. */
                if (piece.token == '\0' && piece.length == 1 && *piece.text == '.' && f.at < f.end &&
                    *f.at == 'F' && (in.at == in.end || *in.at != '.'))
                        continue;
                if (!read_piece(&in, &piece, &fields)) {
                        *why = in.at >= in.end ? "the text ends early" : "a part differs";
                        return false;
                }
        }
        if (in.at < in.end) {
                *why = "there is text after the end";
                return false;
        }
        return finish(&fields, ret, why);
}

bool
mstc_date_styles(const char *names, struct mstc_date_style *ret, const char **why)
{
        static const struct { const char *name; struct mstc_date_style style; } known[] = {
                { "None", { false, false, false } }, { "RoundtripKind", { false, false, false } },
                { "AllowLeadingWhite", { true, false, false } },
                { "AllowTrailingWhite", { false, true, false } },
                { "AllowInnerWhite", { true, true, true } }, { "AllowWhiteSpaces", { true, true, true } },
                { "AssumeLocal", { false, false, false } }, { "AssumeUniversal", { false, false, false } },
                { "AdjustToUniversal", { false, false, false } },
                { "NoCurrentDateDefault", { false, false, false } },
        };

        *ret = (struct mstc_date_style){ false, false, false };
        for (const char *at = names; ; at++) {
                size_t n, i;

                at += strspn(at, " ");
                n = strcspn(at, ", ");
                for (i = 0; i < sizeof known / sizeof *known; i++)
                        if (strlen(known[i].name) == n && strncasecmp(known[i].name, at, n) == 0)
                                break;
                if (i == sizeof known / sizeof *known) {
                        *why = "expected names of DateTimeStyles such as AllowWhiteSpaces";
                        return false;
                }
                ret->leading |= known[i].style.leading;
                ret->trailing |= known[i].style.trailing;
                ret->inner |= known[i].style.inner;
                at += n;
                at += strspn(at, " ");
                if (*at == '\0')
                        return true;
        }
}

bool
mstc_date_read(const char *text, size_t length, int64_t *ret)
{
        static const char *const forms[] = {
                "M/d/yyyy", "M/d/yyyy h:mm:ss tt", "M/d/yyyy h:mm tt", "M/d/yyyy H:mm:ss", "M/d/yyyy H:mm",
                "yyyy-MM-ddzzz", "yyyy-MM-ddZ",
        };
        const struct mstc_date_style style = { .leading = true, .trailing = true };
        const char *why;

        if (mstc_date_parse_iso(text, length, ret))
                return true;
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
                if (mstc_date_form_read(text, length, forms[i], strlen(forms[i]), &style, ret, &why))
                        return true;
        return false;
}
