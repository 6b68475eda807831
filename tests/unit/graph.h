/* graph.h - a Graph emulator for one test, and the entra source opened against it.
 *
 * graph_start() runs the program named by GRAPH_EMULATOR on a free port and opens the
 * connector through <muster/test.h>; graph_stop() ends both.  Everything else talks
 * to the emulator's control door or reads pages to the end of a round. */
#ifndef UNIT_GRAPH_H
#define UNIT_GRAPH_H

#include <sys/types.h>

#include <muster/http.h>
#include <muster/json.h>
#include <muster/plugin.h>
#include <muster/test.h>

#include "../../plugins/entra/entra.h"

extern const struct mst_plugin mst_plugin_entra;

struct graph {
        pid_t pid;
        char folder[64];
        char login[128], graph[128], control[128], tenant[64], client[64];
        struct mst_test *test;               /* the connector's host                   */
        struct mst_http_config http;         /* the control door's own client          */
        struct mst_http *door;
        struct mst_http_request *request;
        struct mst_http_reply *reply;
        struct entra_config config;
        void *entra;
        struct mst_error err;
        struct mst_page *page;
        size_t whole, patch, soft, hard, outside, pages, bad;      /* of the last round */
        bool untracked;                      /* the last page ended without a cursor   */
        void (*each)(void *self, struct mst_page *page);   /* sees each page of a round */
        void *each_self;
        char cursor[70000];
};

/* 'people' in the emulator; 'wants' ends with NULL. */
void graph_start(struct graph *g, const char *people, const char *const *wants);
void graph_stop(struct graph *g);

/* (Re)opens the connector with g->config as it stands. */
void graph_open(struct graph *g);
void graph_wants(struct graph *g, const char *const *wants);

/* POSTs JSON to the control door ("hire", "change", ...); the answer's body. */
const char *graph_control(struct graph *g, const char *what, const char *json);
const char *graph_look(struct graph *g, const char *what);      /* GET */
/* What it cost since the last POST clear: "calls", "requests", "units", "objects" of a kind of
 * request, or of all (NULL). */
int64_t graph_cost(struct graph *g, const char *kind, const char *what);

/* One read; the page is in g->page, its cursor in g->cursor. */
int graph_read(struct graph *g, const char *cursor);

/* Reads until complete, from 'cursor' or from the start; the last code. */
int graph_round(struct graph *g, const char *cursor);

/* The value of a member in a flat piece of JSON, "" when there is none. */
const char *graph_member(const char *json, const char *name, char *into, size_t room);

#endif
