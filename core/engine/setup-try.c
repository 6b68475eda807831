/* setup-try.c - what only a connector itself can say of its options.
 *
 * An option table checks one value at a time; that two go together, or that a DN is one,
 * the connector finds out in open(), which opens no connection. */
#include "build.h"

#include "engine/setup.h"
#include "sdk/host.h"

static void
try_instance(const struct mstc_instance *instance, struct mstc_stop *stop, struct mstc_report *report)
{
        static const struct mstc_host_calls silent;
        struct mst_host *host = mstc_host_new(instance->config->name, &silent, NULL, stop);
        struct mst_error err = { 0 };
        const void *config = mstc_filled_config(instance->filled);
        void *self = NULL;
        bool source = instance->config->is_source;
        int rc;

        if (host == NULL || !mstc_host_set_wants(host, instance->wants, instance->want_count)) {
                mstc_report_error(report, instance->config->place, NULL, "out of memory");
                mstc_host_free(host);
                return;
        }
        rc = source ? instance->plugin->source->open(config, host, &self, &err)
                    : instance->plugin->sink->open(config, host, &self, &err);
        if (rc != MST_OK)
                mstc_report_error(report, instance->config->place, NULL, "%s '%s': %s", source ? "source" : "sink",
                                  instance->config->name,
                                  err.text[0] != '\0' ? err.text : "refused its options without a reason");
        else if (source)
                instance->plugin->source->close(self);
        else
                instance->plugin->sink->close(self);
        mstc_host_free(host);
}

bool
mstc_setup_try(const struct mstc_setup *setup, struct mstc_report *report)
{
        size_t errors = mstc_report_errors(report);
        struct mstc_stop *stop = mstc_stop_new();

        if (stop == NULL) {
                mstc_report_error(report, (struct mstc_place){ .file = setup->config->file }, NULL, "out of memory");
                return false;
        }
        for (size_t i = 0; i < setup->instance_count; i++)
                try_instance(&setup->instances[i], stop, report);
        mstc_stop_free(stop);
        return mstc_report_errors(report) == errors;
}
