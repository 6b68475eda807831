/* probe.c - who is at the other end, and what can be read there?
 *
 * The tenant's id is the source's identity; rights.c proves that reading works. */
#include <string.h>
#include <strings.h>

#include "signin.h"

static bool
is_guid(const char *text)
{
        if (strlen(text) != 36)
                return false;
        for (size_t i = 0; i < 36; i++)
                if (i == 8 || i == 13 || i == 18 || i == 23) {
                        if (text[i] != '-')
                                return false;
                } else if (strchr("0123456789abcdefABCDEF", text[i]) == NULL) {
                        return false;
                }
        return true;
}

/* {"value":[{"id":"..."}]} */
static const char *
organization_id(struct entra *entra)
{
        size_t size, length, id_length = 0;
        const char *body = mst_http_content(entra->reply, &size), *name, *id = NULL;

        mst_json_start(entra->json, body, size);
        if (!mst_json_enter_object(entra->json))
                return NULL;
        while (mst_json_member(entra->json, &name, &length)) {
                if (length != 5 || memcmp(name, "value", 5) != 0 || !mst_json_enter_array(entra->json))
                        continue;
                while (mst_json_element(entra->json)) {
                        if (!mst_json_enter_object(entra->json))
                                continue;
                        while (mst_json_member(entra->json, &name, &length))
                                if (length == 2 && memcmp(name, "id", 2) == 0 && id == NULL
                                    && mst_json_text(entra->json, entra->scratch, &id, &id_length)
                                    != MST_JSON_OK)
                                        id = NULL;
                }
        }
        if (!mst_json_finish(entra->json) || id == NULL || id_length == 0)
                return NULL;
        return mst_arena_strndup(entra->scratch, id, id_length);
}

static const char *
lower(struct entra *entra, const char *text)
{
        char *copy = mst_arena_strdup(entra->scratch, text);

        for (char *c = copy; c != NULL && *c != '\0'; c++)
                if (*c >= 'A' && *c <= 'Z')
                        *c = (char)(*c + 32);
        return copy;
}

/* The tenant's id.  A tenant that is configured by its id needs no permission to be
 * known, because the sign-in was there; a managed identity may live in another one.  One
 * configured by name is asked for, and where that is not allowed the name and the Graph
 * address stand for it. */
static int
identify(struct entra *entra, struct mst_facts *facts, struct mst_error *err)
{
        const char *url, *id = NULL, *tenant = entra->tenant;

        url = mst_arena_printf(entra->scratch, "%s/organization?$select=id", entra->base);
        if (url == NULL)
                return mst_fail_memory(err, "asking for the tenant's id");
        if (is_guid(tenant) && entra->credential->get == NULL) {
                id = tenant;
        } else {
                if (entra_graph_get(entra, url, strlen(url), err) != MST_OK)
                        return mst_wrap(err, "asking for the tenant's id");
                if (mst_http_status(entra->reply) == 200)
                        id = organization_id(entra);
        }
        if (id != NULL && is_guid(tenant) && strcasecmp(id, tenant) != 0)
                return mst_fail(err, MST_ECONFIG, "the managed identity belongs to the tenant %.64s, and not to "
                                "%.64s as is configured", mst_escape_terminal(entra->scratch, id, strlen(id)),
                                tenant);
        if (id == NULL && is_guid(tenant))
                id = tenant;
        if (id == NULL)
                id = mst_arena_printf(entra->scratch, "%s@%s", tenant,
                                      strstr(entra->graph, "://") + 3);
        id = id != NULL ? lower(entra, id) : NULL;
        if (id == NULL)
                return mst_fail_memory(err, "asking for the tenant's id");
        mst_facts_identity(facts, id);
        return MST_OK;
}

static void
tell_facts(struct entra *entra, struct mst_facts *facts, uint32_t can)
{
        mst_facts_can(facts, can);
        for (const struct mst_attribute *a = entra_attributes; a->name != NULL; a++)
                mst_facts_attribute(facts, a->name, (enum mst_type)a->type, a->flags, a->longest);
        for (size_t i = 0; i < mst_host_want_count(entra->host); i++) {
                const char *name = mst_host_want(entra->host, i), *doubt = entra_doubtful(name);

                if (entra_extension(name))
                        mst_facts_attribute(facts, name, MST_TEXT, MST_ATTR_MANY, 0);
                if (doubt != NULL)
                        mst_facts_note(facts, true, "%s is used: %s", name, doubt);
        }
}

int
entra_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct entra *entra = self;
        uint32_t can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_INCREMENTAL | MST_CAN_FETCH | MST_CAN_PHOTO;

        mst_arena_reset(entra->scratch);
        mst_http_renew(entra->http);
        entra->untracked = false;
        if (entra_plan_make(entra, true, err) != MST_OK
            || entra_rights_prove(entra, facts, &can, err) != MST_OK
            || identify(entra, facts, err) != MST_OK)
                return err->code;
        tell_facts(entra, facts, can);
        entra_credential_note(entra, facts);
        return MST_OK;
}
