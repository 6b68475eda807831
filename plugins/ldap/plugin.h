/* plugin.h - the calls of the sink, as <muster/sink.h> describes them. */
#ifndef LDP_PLUGIN_H
#define LDP_PLUGIN_H

#include <muster/sink.h>

int ldp_sink_open(const void *config, struct mst_host *host, void **self, struct mst_error *err);
int ldp_probe(void *self, struct mst_facts *facts, struct mst_error *err);
int ldp_find(void *self, struct mst_search *search, struct mst_error *err);
int ldp_apply(void *self, struct mst_feed *feed, struct mst_error *err);
int ldp_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err);
void ldp_sink_close(void *self);

#endif
