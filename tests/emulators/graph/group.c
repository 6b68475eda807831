/* group.c - the groups and their members; see group.h. */
#include "group.h"

#include <stdlib.h>
#include <strings.h>

const char *const group_names[GROUP_PROPERTIES] = {
        "id", "displayName", "description", "mail", "mailEnabled", "mailNickname", "securityEnabled", "groupTypes",
        "visibility", "createdDateTime", "deletedDateTime", "membershipRule", "membershipRuleProcessingState",
        "isAssignableToRole", "proxyAddresses", "classification", "preferredLanguage", "onPremisesSyncEnabled",
        "uniqueName", "expirationDateTime", "renewedDateTime", "onPremisesSamAccountName", "onPremisesDomainName",
        "onPremisesNetBiosName", "onPremisesSecurityIdentifier", "onPremisesLastSyncDateTime",
        "onPremisesExtensionAttributes", "securityIdentifier", "assignedLicenses", "assignedLabels",
        "preferredDataLocation", "theme", "members", "owners",
};

bool
group_is_list(unsigned property)
{
        return property == GROUP_TYPES || property == GROUP_PROXY || property == GROUP_LICENSES || property == GROUP_LABELS;
}

bool
group_is_relation(unsigned property)
{
        return property == GROUP_MEMBERS || property == GROUP_OWNERS;
}

int
group_property(const char *name, size_t len)
{
        for (int i = 0; i < GROUP_PROPERTIES; i++)
                if (strncasecmp(group_names[i], name, len) == 0 && group_names[i][len] == '\0')
                        return i;
        return -1;
}

void
groups_open(struct groups *g, uint64_t seed)
{
        *g = (struct groups){ .realm = mix(seed ^ 0x67726f757073) };
}

void
groups_close(struct groups *g)
{
        for (uint32_t i = 0; i < g->count; i++) {
                for (int p = 0; p < GROUP_PROPERTIES; p++)
                        free(g->list[i].values[p]);
                free(g->list[i].members);
                free(g->list[i].slots);
        }
        free(g->list);
        deltalog_free(&g->log);
        *g = (struct groups){ 0 };
}

uint32_t
groups_make(struct groups *g)
{
        if (g->count == g->room) {
                g->room = g->room > 0 ? g->room * 2 : 64;
                g->list = room_grow(g->list, g->room * sizeof *g->list);
        }
        g->list[g->count] = (struct group){ .life = LIFE_LIVE };
        return g->count++;
}

static struct log_entry *
tell(struct groups *g, uint32_t index, enum happening what)
{
        struct log_entry *e = deltalog_add(&g->log, index, g->list[index].last_entry, what);

        g->list[index].last_entry = g->log.count;
        return e;
}

void
groups_arrive(struct groups *g, uint32_t index)
{
        tell(g, index, HAPPENED_HIRE);
}

uint32_t
groups_find(const struct groups *g, const char *name)
{
        uint32_t index = guid_index(name, strlen(name), g->realm);
        struct text quoted = { 0 };

        if (index != NOBODY)
                return index < g->count ? index : NOBODY;
        text_json(&quoted, name);
        for (index = 0; index < g->count; index++)
                if (g->list[index].values[GROUP_NAME] != NULL &&
                    strcasecmp(g->list[index].values[GROUP_NAME], text_str(&quoted)) == 0)
                        break;
        text_free(&quoted);
        return index < g->count ? index : NOBODY;
}

void
groups_set(struct groups *g, uint32_t index, unsigned property, const char *json)
{
        char *copy = room_copy(json);

        free(g->list[index].values[property]);
        g->list[index].values[property] = copy;
}

void
groups_changed(struct groups *g, uint32_t index, const struct props *touched)
{
        tell(g, index, HAPPENED_CHANGE)->touched = *touched;
}

/* The slot of a member, or the free one where he would be. Slots of who left
 * keep pointing at their hole and are passed over. */
static uint32_t
slot_of(const struct group *one, uint32_t member)
{
        uint32_t at = (uint32_t)mix(member) & (one->slot_room - 1);

        while (one->slots[at] != 0 && one->members[one->slots[at] - 1] != member)
                at = (at + 1) & (one->slot_room - 1);
        return at;
}

static void
grow(struct group *one)
{
        if (one->count == one->room) {
                one->room = one->room > 0 ? one->room * 2 : 16;
                one->members = room_grow(one->members, one->room * sizeof *one->members);
        }
        if ((uint64_t)(one->count + 1) * 2 <= one->slot_room)
                return;
        free(one->slots);
        one->slot_room = one->slot_room > 0 ? one->slot_room * 2 : 64;
        one->slots = room(one->slot_room * sizeof *one->slots);
        for (uint32_t i = 0; i < one->count; i++)
                if (one->members[i] != NOBODY)
                        one->slots[slot_of(one, one->members[i])] = i + 1;
}

bool
groups_has(const struct groups *g, uint32_t index, uint32_t member)
{
        const struct group *one = &g->list[index];

        return one->slot_room > 0 && one->slots[slot_of(one, member)] != 0;
}

void
groups_told(struct groups *g, uint32_t index, uint32_t member)
{
        struct log_entry *e = tell(g, index, HAPPENED_JOIN);

        e->other = member;
        props_add(&e->touched, GROUP_MEMBERS);
}

bool
groups_join(struct groups *g, uint32_t index, uint32_t member, bool logged)
{
        struct group *one = &g->list[index];

        if (groups_has(g, index, member))
                return false;
        grow(one);
        one->members[one->count] = member;
        one->slots[slot_of(one, member)] = ++one->count;
        one->live++;
        if (logged)
                groups_told(g, index, member);
        return true;
}

bool
groups_leave(struct groups *g, uint32_t index, uint32_t member)
{
        struct group *one = &g->list[index];
        struct log_entry *e;

        if (!groups_has(g, index, member))
                return false;
        one->members[one->slots[slot_of(one, member)] - 1] = NOBODY;
        one->live--;
        e = tell(g, index, HAPPENED_LEAVE);
        e->other = member;
        props_add(&e->touched, GROUP_MEMBERS);
        return true;
}

bool
groups_end(struct groups *g, uint32_t index, enum life life, int64_t now)
{
        if (g->list[index].life >= life)
                return false;
        g->list[index].life = (uint8_t)life;
        g->list[index].deleted_at = now;
        tell(g, index, life == LIFE_PURGED ? HAPPENED_PURGE : HAPPENED_REMOVE);
        return true;
}

bool
groups_restore(struct groups *g, uint32_t index)
{
        if (g->list[index].life != LIFE_DELETED)
                return false;
        g->list[index].life = LIFE_LIVE;
        tell(g, index, HAPPENED_RESTORE);
        return true;
}

bool
groups_seen(const struct groups *g, const struct directory *d, uint32_t member)
{
        if (member == NOBODY)
                return false;
        if ((member & IS_GROUP) != 0)
                return g->list[member & ~IS_GROUP].life == LIFE_LIVE;
        if ((member & IS_OTHER) != 0)
                return true;
        return d->members[member].life == LIFE_LIVE;
}

void
groups_member_id(const struct groups *g, const struct directory *d, uint32_t member, struct text *t)
{
        bool group = (member & IS_GROUP) != 0;

        if (!group && (member & IS_OTHER) != 0) {
                text_put(t, member % 2 == 0 ? "{\"@odata.type\":\"#microsoft.graph.device\",\"id\":\""
                                            : "{\"@odata.type\":\"#microsoft.graph.orgContact\",\"id\":\"");
                guid_text(t, mix(g->realm), member & ~IS_OTHER);
                text_char(t, '"');
                return;
        }
        text_put(t, group ? "{\"@odata.type\":\"#microsoft.graph.group\",\"id\":\""
                          : "{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"");
        guid_text(t, group ? g->realm : d->world.realm, member & ~IS_GROUP);
        text_char(t, '"');
}

void
group_write(const struct groups *g, uint32_t index, const struct props *select, bool delta, struct text *t)
{
        const struct group *one = &g->list[index];

        text_lit(t, "{\"id\":\"");
        guid_text(t, g->realm, index);
        text_char(t, '"');
        for (unsigned p = GROUP_NAME; p < GROUP_MEMBERS; p++) {
                const char *value = one->values[p];

                if (!props_has(select, p) || (value == NULL && delta))
                        continue;
                text_fmt(t, ",\"%s\":", group_names[p]);
                if (p == GROUP_DELETED && one->life != LIFE_LIVE) {
                        text_char(t, '"');
                        text_time(t, one->deleted_at);
                        text_char(t, '"');
                } else {
                        text_put(t, value != NULL ? value : group_is_list(p) ? "[]" : "null");
                }
        }
}

bool
group_select(struct props *ret, const char *text, bool delta, struct exchange *x)
{
        *ret = (struct props){ { 0 } };
        props_add(ret, GROUP_ID);
        if (text == NULL || *text == '\0') {
                for (unsigned p = 0; p < GROUP_PROPERTIES; p++)
                        if (p != GROUP_OWNERS && (delta || p != GROUP_MEMBERS))
                                props_add(ret, p);
                return true;
        }
        while (*text != '\0') {
                size_t len = strcspn(text, ",");
                int p = group_property(text, len);

                if (p < 0) {
                        struct text name = { 0 };

                        text_raw(&name, text, len);
                        exchange_trouble(x, T_NO_GROUP_PROPERTY, text_str(&name));
                        text_free(&name);
                        return false;
                }
                props_add(ret, (unsigned)p);
                text += len + (text[len] == ',');
        }
        return true;
}

/* --- generated ones ------------------------------------------------------------ */

static void
set_text(struct groups *g, uint32_t index, unsigned property, const char *text)
{
        struct text t = { 0 };

        text_json(&t, text);
        groups_set(g, index, property, text_str(&t));
        text_free(&t);
}

static void
set_kind(struct groups *g, uint32_t index, const char *alias, const char *domain)
{
        static const struct { const char *mail, *security, *types; } kinds[] = {
                { "false", "true", "[]" }, { "true", "false", "[\"Unified\"]" }, { "true", "true", "[]" },
                { "true", "false", "[]" }, { "false", "true", "[\"DynamicMembership\"]" },
        };
        size_t k = index % (sizeof kinds / sizeof kinds[0]);
        struct text mail = { 0 };

        groups_set(g, index, GROUP_MAIL_ENABLED, kinds[k].mail);
        groups_set(g, index, GROUP_SECURITY_ENABLED, kinds[k].security);
        groups_set(g, index, GROUP_TYPES, kinds[k].types);
        set_text(g, index, GROUP_MAIL_NICKNAME, alias);
        if (strcmp(kinds[k].mail, "true") == 0) {
                text_fmt(&mail, "%s@%s", alias, domain);
                set_text(g, index, GROUP_MAIL, text_str(&mail));
                text_free(&mail);
        }
        if (k == 1)
                groups_set(g, index, GROUP_VISIBILITY, "\"Private\"");
        if (k == 4) {
                groups_set(g, index, GROUP_RULE, "\"(user.accountEnabled -eq true)\"");
                groups_set(g, index, GROUP_RULE_STATE, "\"On\"");
        }
}

void
groups_generate(struct groups *g, const struct directory *d, uint32_t n)
{
        for (uint32_t i = 0; i < n; i++) {
                uint32_t index = groups_make(g), size, people = d->count;
                const struct trade *trade = &trades[i % TRADES];
                struct text name = { 0 }, alias = { 0 };

                text_fmt(&alias, "grp-%05u", i);
                if (i == 0)
                        text_lit(&name, "All Staff");
                else
                        text_fmt(&name, "%s %s %u", strchr(trade->name, '\\') == NULL ? trade->name : "Forschung",
                                 trade->parts[i / TRADES % 4], i);
                set_text(g, index, GROUP_NAME, text_str(&name));
                set_kind(g, index, text_str(&alias), d->world.domain);
                groups_set(g, index, GROUP_CREATED, "\"2021-03-04T05:06:07Z\"");
                if (i % 3 == 0)
                        set_text(g, index, GROUP_DESCRIPTION, "Made by the generator");
                size = i == 0 ? people : (uint32_t)(mix(d->world.seed + i) % (people / 20 + 8));
                for (uint32_t k = 0; k < size && people > 0; k++)
                        groups_join(g, index, i == 0 ? k : (uint32_t)(mix(d->world.seed ^ (uint64_t)i << 32 ^ k) % people),
                                    false);
                if (i > 10 && i % 7 == 0)
                        groups_join(g, index, (i - 3) | IS_GROUP, false);
                text_free(&name);
                text_free(&alias);
        }
}
