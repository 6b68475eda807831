/* SPDX-License-Identifier: Apache-2.0
 *
 * hello.c - the greeting: which protocol, what the program is and can.
 *
 * What it says of itself is believed within the limits of the SDK; a word that is not known is
 * an error, so that a slip in a program is not found by its silence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec.h"

const char *
exe_text(const struct mst_value *line, const char *name)
{
        const char *text = mst_value_find_text(line, name);

        return text[0] != '\0' ? text : NULL;
}

static void
put_settings(struct mst_json_out *out, char *const *settings)
{
        mst_json_out_name(out, "settings");
        mst_json_out_object(out);
        for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
                char name[257];
                const char *is = strchr(settings[i], '=');

                snprintf(name, sizeof name, "%.*s", (int)(is - settings[i]), settings[i]);
                mst_json_out_member(out, name, is + 1);
        }
        mst_json_out_end(out);
}

static int
greet(struct exe *x, struct mst_error *err)
{
        struct mst_json_out *out = x->out;

        exe_begin(x, "hello");
        mst_json_out_name(out, "protocol");
        mst_json_out_int(out, EXE_PROTOCOL);
        mst_json_out_member(out, "role", x->is_sink ? "sink" : "source");
        mst_json_out_member(out, "name", mst_host_name(x->host));
        put_settings(out, x->config->settings);
        mst_json_out_name(out, "wants");
        mst_json_out_array(out);
        for (size_t i = 0; i < mst_host_want_count(x->host); i++)
                mst_json_out_text(out, mst_host_want(x->host, i), strlen(mst_host_want(x->host, i)));
        mst_json_out_end(out);
        mst_json_out_end(out);
        return exe_send(x, err);
}

static int
take_can(struct exe *x, const struct mst_value *can, struct mst_error *err)
{
        x->can = 0;
        for (size_t i = 0; i < mst_value_count(can); i++) {
                const char *word = mst_value_text(mst_value_at(can, i), NULL);
                uint32_t bit;

                if (!exe_word_can(word, &bit))
                        return exe_break(x, MST_EINTERNAL, err, "says that it can '%s', which is no word of the protocol "
                                         "(muster-exec(5), \"can\")", word);
                x->can |= bit;
        }
        if ((x->can & (MST_CAN_USERS | MST_CAN_GROUPS)) == 0)
                return exe_break(x, MST_EINTERNAL, err, "does not say whether it can \"users\" or \"groups\"");
        return MST_OK;
}

static bool
take_flags(const struct mst_value *line, uint32_t *ret)
{
        const struct mst_value *flags = mst_value_find(line, "is");

        *ret = 0;
        for (size_t i = 0; i < mst_value_count(flags); i++) {
                uint32_t bit;

                if (!exe_word_flag(mst_value_text(mst_value_at(flags, i), NULL), &bit))
                        return false;
                *ret |= bit;
        }
        return true;
}

static int
take_attribute(struct exe *x, const struct mst_value *line, struct exe_attribute *to, struct mst_error *err)
{
        const char *name = exe_text(line, "name"), *type = exe_text(line, "type"), *of = exe_text(line, "of");
        int64_t longest = mst_value_find_int(line, "longest", 0);

        to->type = MST_TEXT;
        if (name == NULL || strlen(name) > 256 || (type != NULL && !exe_word_type(type, &to->type)) || !take_flags(line, &to->flags)
            || !exe_word_kind(of != NULL ? of : "user", &to->kind) || longest < 0 || longest > INT32_MAX)
                return exe_break(x, MST_EINTERNAL, err, "describes an attribute ('%s') with what is no word of the protocol "
                                 "(muster-exec(5), \"attributes\")", name != NULL ? name : "without a name");
        to->name = mst_arena_strdup(x->kept, name);
        to->longest = (uint32_t)longest;
        return to->name != NULL ? MST_OK : mst_fail_memory(err, "reading what the program is");
}

static int
take_attributes(struct exe *x, const struct mst_value *all, struct mst_error *err)
{
        size_t count = mst_value_count(all);

        if (count > 1000)
                return exe_break(x, MST_EINTERNAL, err, "describes more than 1,000 attributes");
        x->attributes = mst_arena_alloc(x->kept, count * sizeof *x->attributes);
        if (x->attributes == NULL)
                return mst_fail_memory(err, "reading what the program is");
        for (size_t i = 0; i < count; i++)
                if (take_attribute(x, mst_value_at(all, i), &x->attributes[i], err) != MST_OK)
                        return err->code;
        x->attribute_count = count;
        return MST_OK;
}

static uint32_t
limit(const struct mst_value *line, const char *name, uint32_t most)
{
        int64_t told = mst_value_find_int(line, name, most);

        return told < 1 || told > (int64_t)most ? most : (uint32_t)told;
}

int
exe_hello(struct exe *x, struct mst_error *err)
{
        const struct mst_value *line;
        int rc = greet(x, err);

        if (rc == MST_OK)
                rc = exe_answer(x, &line, err);
        if (rc == MST_OK)
                return exe_break(x, MST_EINTERNAL, err, "answered \"hello\" with a line without \"end\"");
        if (rc == MST_END) {
                int64_t protocol = mst_value_find_int(line, "protocol", 0);

                if (protocol != EXE_PROTOCOL)
                        return exe_break(x, MST_EINTERNAL, err, "speaks protocol %lld, and this Muster speaks %d: take a Muster and a program "
                                         "that fit", (long long)protocol, EXE_PROTOCOL);
                x->at_once = limit(line, "at-once", EXE_AT_ONCE);
                x->finds = limit(line, "find-at-once", EXE_FIND);
                x->members = limit(line, "members-at-once", 1000000);
                rc = take_can(x, mst_value_find(line, "can"), err);
                if (rc == MST_OK)
                        rc = take_attributes(x, mst_value_find(line, "attributes"), err);
        }
        if (rc != MST_OK) {
                exe_child_end(x, 0);
                return mst_wrap(err, "greeting the program");
        }
        x->greeted = true;
        return MST_OK;
}

static void
tell_notes(struct exe *x, struct mst_facts *facts, const struct mst_value *notes, bool bad)
{
        for (size_t i = 0; i < mst_value_count(notes); i++)
                mst_facts_note(facts, bad, "%s", exe_clean(x, mst_value_text(mst_value_at(notes, i), NULL)));
}

int
exe_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct exe *x = self;
        const struct mst_value *line;
        const char *identity;
        uint32_t at_most = MST_CAN_USERS | MST_CAN_GROUPS | (x->is_sink ? ~(uint32_t)(MST_CAN_INCREMENTAL | MST_CAN_FETCH)
                                                                        : (uint32_t)(MST_CAN_INCREMENTAL | MST_CAN_FETCH));
        int rc;

        if (exe_ready(x, err) != MST_OK)
                return err->code;
        exe_begin(x, "probe");
        mst_json_out_end(x->out);
        if (exe_send(x, err) != MST_OK)
                return err->code;
        rc = exe_answer(x, &line, err);
        if (rc == MST_OK)
                return exe_break(x, MST_EINTERNAL, err, "answered \"probe\" with a line without \"end\"");
        if (rc != MST_END)
                return rc;
        identity = exe_text(line, "identity");
        if (identity == NULL || strlen(identity) > 1000)
                return exe_break(x, MST_EINTERNAL, err, "does not say which service it speaks for (\"identity\" in its answer to \"probe\")");
        mst_facts_identity(facts, identity);
        mst_facts_can(facts, x->can & at_most);
        mst_facts_limit(facts, MST_LIMIT_IN_FLIGHT, x->at_once);
        mst_facts_limit(facts, MST_LIMIT_FIND, x->finds);
        if (x->members != 1000000)
                mst_facts_limit(facts, MST_LIMIT_MEMBERS, x->members);
        for (size_t i = 0; i < x->attribute_count; i++) {
                const struct exe_attribute *a = &x->attributes[i];

                mst_facts_attribute(facts, a->name, a->type, a->flags | (a->kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0), a->longest);
        }
        tell_notes(x, facts, mst_value_find(line, "notes"), false);
        tell_notes(x, facts, mst_value_find(line, "warnings"), true);
        return MST_OK;
}
