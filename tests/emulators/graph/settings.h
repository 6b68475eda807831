/* settings.h - how the Graph emulator behaves. */
#ifndef GRAPH_SETTINGS_H
#define GRAPH_SETTINGS_H
#include "../rest/service.h"

#include <stdbool.h>
#include <stdint.h>

/* The published forms in which a delta link is refused as too old. */
enum expiry {
        EXPIRY_THIRTY,          /* 400 Request_UnsupportedQuery "DeltaLink older than 30 days ..." */
        EXPIRY_SYNC_STATE,      /* 400 syncStateNotFound */
        EXPIRY_GONE,            /* 410 and a Location with an empty $deltatoken */
        EXPIRY_CAPITAL,         /* 410 SyncStateNotFound */
        EXPIRY_NESTED,          /* 400, the code only in a nested innerError */
        EXPIRY_RESYNC,          /* 400 resyncRequired */
        EXPIRY_LENIENT,         /* goes on working until the hard limit, then EXPIRY_THIRTY */
        EXPIRY_FORMS
};
extern const char *const expiry_names[EXPIRY_FORMS + 1];

struct settings {
        int64_t page_size, list_page_size, member_slice;
        int64_t token_life;                     /* seconds */
        int64_t link_length;                    /* tokens in links have at least so many characters */
        int64_t link_age, link_age_hard;        /* seconds */
        int64_t expiry;                         /* enum expiry */
        bool shuffle;                           /* pages in another order than the log's */
        int64_t repeat_every;                   /* every n-th object comes twice, first with an old value */
        bool replay;                            /* a round brings the items of the round before it again */
        bool empty_first;                       /* the first page of a round is empty */
        int64_t empty_every;                    /* and every n-th */
        bool ghosts;                            /* an initial round also tells of deleted people, and of members who left */
        bool hidden_refused;                    /* hidden members: 403 instead of none */
        bool b2c;                               /* a tenant without change tracking */
        bool extras;                            /* members and annotations nobody asked for */
        int64_t delay;                          /* seconds until a change is seen */
        int64_t read_delay;                     /* seconds a new object answers 404 to single reads */
        int64_t max_request;                    /* bytes of URL and headers, 0: any */
        bool max_request_html;                  /* refuse with bare HTML */
        bool throttle;
        int64_t throttle_units, throttle_seconds;       /* 0 units: by the size of the tenant */
        int64_t date_skew;                      /* seconds that the Date header is wrong by */
        bool capabilities;                      /* force claims challenges (cp1) */
        bool revoked;                           /* challenge every token, whatever it was asked with */
};

extern const struct setting graph_settings[];
#endif
