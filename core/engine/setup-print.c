/* setup-print.c - fingerprints: what a result depends on, as one hash.
 *
 * Everything that matters is written down as text in one fixed way and hashed with
 * XXH3-128.  Places, comments and blanks around expressions are not in it, so that
 * moving things about in the file changes nothing. */
#include "build.h"

#include <stdio.h>

#include <xxhash.h>

#include "engine/maker.h"
#include "util/buffer.h"

static void
hash(struct mstc_maker *maker, struct mstc_buffer *text, char ret[33])
{
        XXH128_hash_t sum = XXH3_128bits(mstc_buffer_cstr(text), text->length);

        (void)snprintf(ret, 33, "%016llx%016llx", (unsigned long long)sum.high64, (unsigned long long)sum.low64);
        maker->failed |= !mstc_buffer_ok(text);
        mstc_buffer_done(text);
}

/* A text with its length, so that no two lists of texts look the same. */
static void
put(struct mstc_buffer *into, const char *text)
{
        if (text == NULL)
                mstc_buffer_text(into, "-\n");
        else
                mstc_buffer_printf(into, "%zu %s\n", __builtin_strlen(text), text);
}

static void
put_expr(struct mstc_buffer *into, const struct mstc_expr *expr)
{
        put(into, expr == NULL ? NULL : mstc_expr_text(expr));
}

static void
put_maps(struct mstc_buffer *into, const struct mstc_map *maps, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                mstc_buffer_printf(into, "map %d %d %d ", (int)maps[i].when, maps[i].keep_null, maps[i].own_values);
                put(into, maps[i].to);
                put_expr(into, maps[i].expression);
        }
}

static void
put_leaver(struct mstc_buffer *into, const struct mstc_config_leaver *leaver)
{
        mstc_buffer_printf(into, "leaver %d %lld\n", (int)leaver->what, (long long)leaver->delete_after_ms);
}

static void
put_fate(struct mstc_buffer *into, const struct mstc_config_fate *fate)
{
        mstc_buffer_printf(into, "fate %d %d %lld\n", fate->given, (int)fate->what, (long long)fate->after_ms);
}

static void
print_target(struct mstc_maker *maker, struct mstc_target *target)
{
        const struct mstc_config_target *config = target->config;
        struct mstc_buffer text = { 0 };

        put(&text, target->sink == NULL ? NULL : target->sink->config->name);
        put_expr(&text, target->scope);
        put_maps(&text, target->maps, target->map_count);
        for (size_t i = 0; i < config->match_count; i++) {
                mstc_buffer_printf(&text, "match %d ", config->matches[i].adopt);
                put(&text, config->matches[i].attribute);
        }
        put_leaver(&text, &config->on_gone);
        put_leaver(&text, &config->on_out_of_scope);
        put_leaver(&text, &config->on_disabled);
        put_fate(&text, &config->on_empty);
        put_fate(&text, &config->on_vanished);
        mstc_buffer_printf(&text, "members %d\n", config->exact_members);
        for (size_t i = 0; i < target->use_count; i++) {
                put(&text, target->uses[i].pattern);
                put(&text, target->uses[i].as);
                put_maps(&text, target->uses[i].maps, target->uses[i].map_count);
                mstc_buffer_printf(&text, "existing %d %d\n", (int)target->uses[i].config->existing,
                                   target->uses[i].config->disabled_stay);
                put_fate(&text, &target->uses[i].config->on_empty);
                put_fate(&text, &target->uses[i].config->on_vanished);
        }
        hash(maker, &text, target->fingerprint);
}

static void
print_groups(struct mstc_maker *maker, struct mstc_sync *sync)
{
        struct mstc_buffer text = { 0 };

        for (size_t i = 0; i < sync->group_count; i++) {
                put(&text, sync->groups[i].name);
                put(&text, sync->groups[i].title);
                put_expr(&text, sync->groups[i].rule);
        }
        for (size_t i = 0; i < sync->family_count; i++) {
                const struct mstc_config_family *family = sync->families[i].config;

                mstc_buffer_printf(&text, "family %lld ", (long long)family->most);
                put(&text, family->each);
                put(&text, family->name);
                put(&text, family->title);
                put_expr(&text, sync->families[i].rule);
        }
        for (size_t i = 0; i < sync->carry_count; i++) {
                const struct mstc_config_carry *carry = sync->carries[i].config;

                mstc_buffer_printf(&text, "carry %d ", carry->delete_gone);
                put(&text, carry->name);
                put(&text, carry->title);
                put_expr(&text, sync->carries[i].rule);
        }
        hash(maker, &text, sync->groups_fingerprint);
}

static void
print_reads(struct mstc_maker *maker, struct mstc_sync *sync)
{
        struct mstc_buffer text = { 0 };

        put(&text, sync->source->plugin->name);
        put(&text, sync->source->identity_options);
        for (size_t i = 0; i < sync->source->want_count; i++)
                put(&text, sync->source->wants[i]);
        hash(maker, &text, sync->reads);
}

void
mstc_maker_fingerprints(struct mstc_maker *maker, struct mstc_sync *sync)
{
        struct mstc_buffer text = { 0 };

        for (size_t i = 0; i < sync->target_count; i++) {
                print_target(maker, &sync->targets[i]);
                put(&text, sync->targets[i].name);
                put(&text, sync->targets[i].fingerprint);
        }
        print_groups(maker, sync);
        put(&text, sync->groups_fingerprint);
        put_expr(&text, sync->scope);
        hash(maker, &text, sync->fingerprint);
        if (sync->source != NULL && sync->source->plugin != NULL)
                print_reads(maker, sync);
}
