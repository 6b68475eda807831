/* list.h - the listing under way. */
#ifndef LDP_LIST_H
#define LDP_LIST_H

struct ldp_sink;

void ldp_list_forget(struct ldp_sink *sink);

#endif
