/* values.c - who a generated person is: names, address, work; see values.h.
 * Accounts, licences and what came from on premises are in account.c. */
#include "property.h"
#include "values.h"

enum { DAY = 86400 };

static bool
quoted(struct text *t, const char *s)
{
        if (s == NULL)
                return false;
        text_char(t, '"');
        text_put(t, s);
        text_char(t, '"');
        return true;
}

/* A number with '#' for a digit and 'A' to 'Z' as they are. */
static void
digits(struct text *t, const struct person *p, unsigned what, const char *pattern)
{
        for (; *pattern != '\0'; pattern++)
                text_char(t, *pattern == '#' ? (char)('0' + roll(p, what++, 10)) : *pattern);
}

void
person_alias(struct text *t, const struct person *p)
{
        text_put(t, p->given->plain);
        text_char(t, '.');
        text_put(t, p->family->plain);
        if (p->number > 0)
                text_uint(t, p->number + 1);
}

void
person_upn(struct text *t, const struct person *p)
{
        person_alias(t, p);
        if (p->guest) {
                text_char(t, '_');
                text_put(t, partners[roll(p, 'g', PARTNERS)]);
                text_lit(t, "#EXT#@");
                text_put(t, p->world->own_domain);
        } else {
                text_char(t, '@');
                text_put(t, p->world->domain);
        }
}

bool
value_id(struct text *t, const struct person *p)
{
        text_char(t, '"');
        guid_text(t, p->world->realm, p->index);
        text_char(t, '"');
        return true;
}

bool
value_upn(struct text *t, const struct person *p)
{
        text_char(t, '"');
        person_upn(t, p);
        text_char(t, '"');
        return true;
}

bool
value_display_name(struct text *t, const struct person *p)
{
        bool turned = p->contractor && !p->tongue->family_first;

        text_char(t, '"');
        text_put(t, turned || p->tongue->family_first ? p->family->text : p->given->text);
        if (turned)
                text_char(t, ',');
        if (!p->tongue->family_first)
                text_char(t, ' ');
        if (roll(p, 'n', 300) == 0 && !turned)
                text_lit(t, "\\\"Mac\\\" ");
        text_put(t, turned || p->tongue->family_first ? p->given->text : p->family->text);
        if (turned)
                text_lit(t, " (ext)");
        text_char(t, '"');
        return true;
}

bool
value_given_name(struct text *t, const struct person *p)
{
        return (!p->guest || roll(p, 'h', 3) != 0) && quoted(t, p->given->text);
}

bool
value_surname(struct text *t, const struct person *p)
{
        return (!p->guest || roll(p, 'h', 3) != 0) && quoted(t, p->family->text);
}

/* A few staff (kiosks, workshop) and a third of the guests have no mailbox. */
bool
value_mail(struct text *t, const struct person *p)
{
        if (p->guest ? roll(p, 'm', 3) == 0 : p->rank == RANK_STAFF && roll(p, 'm', 40) == 0)
                return false;
        text_char(t, '"');
        person_alias(t, p);
        text_char(t, '@');
        text_put(t, p->guest ? partners[roll(p, 'g', PARTNERS)] : p->world->domain);
        text_char(t, '"');
        return true;
}

bool
value_mail_nickname(struct text *t, const struct person *p)
{
        text_char(t, '"');
        person_alias(t, p);
        if (p->guest) {
                text_char(t, '_');
                text_put(t, partners[roll(p, 'g', PARTNERS)]);
                text_lit(t, "#EXT#");
        }
        text_char(t, '"');
        return true;
}

bool
value_job_title(struct text *t, const struct person *p)
{
        static const char *const managers[] = { "Senior Manager", "Manager", "Team Lead", "Senior Manager",
                                                "Group Lead, Acting" };
        const char *own;

        if (p->guest || roll(p, 'T', 60) == 0)
                return false;
        switch (p->rank) {
        case RANK_HEAD:
                return quoted(t, "Chief Executive Officer");
        case RANK_VICE:
                return quoted(t, "Vice President");
        case RANK_DIRECTOR:
                return quoted(t, roll(p, 't', 3) == 0 ? "Director" : "Senior Manager");
        case RANK_MANAGER:
                return quoted(t, managers[roll(p, 't', 5)]);
        case RANK_STAFF:
                break;
        }
        own = p->trade != NULL ? p->trade->titles[roll(p, 't', 4)] : "Assistant";
        text_char(t, '"');
        if (roll(p, 'u', 4) == 0)
                text_lit(t, "Senior ");
        else if (roll(p, 'u', 4) == 1)
                text_lit(t, "Junior ");
        text_put(t, own);
        text_char(t, '"');
        return true;
}

/* A mobile phone is one person's own, as far as the digits of its range go round. */
bool
value_mobile(struct text *t, const struct person *p)
{
        uint32_t unit = 1;

        if (roll(p, 'M', 5) < 2)
                return false;
        for (const char *at = p->place->mobile; *at != '\0'; at++)
                unit *= *at == '#' ? 10 : 1;
        text_char(t, '"');
        for (const char *at = p->place->mobile; *at != '\0'; at++) {
                if (*at == '#')
                        unit /= 10;
                text_char(t, *at == '#' ? (char)('0' + p->index / unit % 10) : *at);
        }
        text_char(t, '"');
        return true;
}

bool
value_business_phones(struct text *t, const struct person *p)
{
        if (p->guest || roll(p, 'B', 5) == 0)
                return false;
        text_lit(t, "[\"");
        digits(t, p, 1100, p->place->desk);
        text_lit(t, "\"]");
        return true;
}

bool
value_fax(struct text *t, const struct person *p)
{
        if (p->rank > RANK_DIRECTOR || p->guest)
                return false;
        text_char(t, '"');
        digits(t, p, 1200, p->place->desk);
        text_char(t, '"');
        return true;
}

bool
value_office(struct text *t, const struct person *p)
{
        if (p->guest || roll(p, 'O', 12) == 0)
                return false;
        text_char(t, '"');
        text_char(t, (char)('A' + roll(p, 'o', 6)));
        if (roll(p, 'O', 12) == 1)
                text_lit(t, "\\\\");            /* "B\214": a backslash in the wild */
        else
                text_char(t, '-');
        text_uint(t, 100 + roll(p, 'f', 500));
        text_char(t, '"');
        return true;
}

bool
value_language(struct text *t, const struct person *p)
{
        return !p->guest && roll(p, 'l', 8) != 0 && quoted(t, p->tongue->code);
}

bool
value_department(struct text *t, const struct person *p)
{
        if (p->trade == NULL || p->guest)
                return false;
        text_char(t, '"');
        text_put(t, p->trade->name);
        if (p->part < 4) {
                text_lit(t, " - ");
                text_put(t, p->trade->parts[p->part]);
        }
        text_char(t, '"');
        return true;
}

bool
value_city(struct text *t, const struct person *p)
{
        return !p->guest && quoted(t, p->place->city);
}

bool
value_state(struct text *t, const struct person *p)
{
        return !p->guest && quoted(t, p->place->state);
}

bool
value_country(struct text *t, const struct person *p)
{
        return !p->guest && quoted(t, p->place->country);
}

bool
value_usage_location(struct text *t, const struct person *p)
{
        return p->licensed && quoted(t, p->place->code);
}

bool
value_street(struct text *t, const struct person *p)
{
        if (p->guest || roll(p, 'a', 6) == 0)
                return false;
        text_char(t, '"');
        text_put(t, p->place->street);
        text_char(t, ' ');
        text_uint(t, 1 + roll(p, 'A', 3));
        text_char(t, '"');
        return true;
}

bool
value_postal(struct text *t, const struct person *p)
{
        if (p->guest)
                return false;
        text_char(t, '"');
        digits(t, p, 1300, p->place->postal);
        text_char(t, '"');
        return true;
}

bool
value_company(struct text *t, const struct person *p)
{
        static const char *const others[] = { "Contoso, Ltd.", "Contoso GmbH & Co. KG", "Contoso (\\\"CTS\\\") Ab" };

        if (p->guest)
                return roll(p, 'c', 2) == 0 && quoted(t, "Fabrikam, Inc.");
        return quoted(t, roll(p, 'c', 4) != 0 ? "Contoso" : others[roll(p, 'i', 3)]);
}

bool
value_employee_id(struct text *t, const struct person *p)
{
        if (p->guest || p->contractor)
                return false;
        text_lit(t, "\"");
        text_padded(t, 100000 + (uint64_t)p->index, 8);
        text_char(t, '"');
        return true;
}

bool
value_employee_type(struct text *t, const struct person *p)
{
        if (p->guest)
                return false;
        return quoted(t, p->contractor ? "Contractor" : roll(p, 'y', 25) == 0 ? "Intern" : "Employee");
}

static bool
day(struct text *t, int64_t days, int64_t seconds)
{
        text_char(t, '"');
        text_time(t, days * DAY + seconds);
        text_char(t, '"');
        return true;
}

/* 2005 to 2025. */
static int64_t
hired(const struct person *p)
{
        return 12784 + (int64_t)roll(p, 'H', 7600);
}

bool
value_hire_date(struct text *t, const struct person *p)
{
        return !p->guest && roll(p, 'j', 15) != 0 && day(t, hired(p), 0);
}

bool
value_leave_date(struct text *t, const struct person *p)
{
        return p->contractor && roll(p, 'J', 4) == 0 && day(t, 20600 + (int64_t)roll(p, 'k', 400), 17 * 3600);
}

bool
value_created(struct text *t, const struct person *p)
{
        return day(t, hired(p) - (int64_t)roll(p, 'v', 14), (int64_t)roll(p, 'V', DAY));
}

bool
value_org_data(struct text *t, const struct person *p)
{
        if (p->trade == NULL || p->guest || roll(p, 'b', 3) == 0)
                return false;
        text_lit(t, "{\"division\":\"");
        text_put(t, p->place->code);
        text_lit(t, "\",\"costCenter\":\"");
        text_put(t, p->trade->cost);
        text_padded(t, roll(p, 'z', 100), 3);
        text_lit(t, "\"}");
        return true;
}
