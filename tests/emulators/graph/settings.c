/* settings.c - how the Graph emulator behaves; see settings.h. */
#include "settings.h"

const char *const expiry_names[EXPIRY_FORMS + 1] = {
        "thirty-days", "syncStateNotFound", "gone", "SyncStateNotFound", "nested", "resyncRequired", "lenient", NULL
};

const struct setting graph_settings[] = {
#define AT(f) offsetof(struct settings, f)
        { "page-size", "200", AT(page_size), SORT_COUNT, "objects on a delta page", NULL },
        { "list-page-size", "100", AT(list_page_size), SORT_COUNT, "objects on a page of a list without $top", NULL },
        { "member-slice", "500", AT(member_slice), SORT_COUNT, "members of a group on a delta page", NULL },
        { "token-life", "3599", AT(token_life), SORT_SPAN, "life of an access token", NULL },
        { "link-length", "0", AT(link_length), SORT_NUMBER, "least length of the token in a link", NULL },
        { "link-age", "7d", AT(link_age), SORT_SPAN, "promised life of a link", NULL },
        { "link-age-hard", "30d", AT(link_age_hard), SORT_SPAN, "life of a link with expiry 'lenient'", NULL },
        { "expiry", "lenient", AT(expiry), SORT_CHOICE, "how an old link is refused", expiry_names },
        { "shuffle", "no", AT(shuffle), SORT_SWITCH, "send objects in another order", NULL },
        { "repeat-every", "0", AT(repeat_every), SORT_NUMBER, "every n-th object comes twice, first with an old value", NULL },
        { "replay", "no", AT(replay), SORT_SWITCH, "a round repeats the items of the one before", NULL },
        { "empty-first", "no", AT(empty_first), SORT_SWITCH, "the first page of a round is empty", NULL },
        { "empty-every", "0", AT(empty_every), SORT_NUMBER, "every n-th page is empty", NULL },
        { "ghosts", "no", AT(ghosts), SORT_SWITCH, "an initial round also tells of who is gone", NULL },
        { "hidden-refused", "no", AT(hidden_refused), SORT_SWITCH, "hidden members are 403 instead of none", NULL },
        { "b2c", "no", AT(b2c), SORT_SWITCH, "a tenant without change tracking", NULL },
        { "extras", "no", AT(extras), SORT_SWITCH, "unknown members and annotations in every object", NULL },
        { "delay", "0", AT(delay), SORT_SPAN, "virtual time until a change is seen", NULL },
        { "read-delay", "0", AT(read_delay), SORT_SPAN, "virtual time that a new id answers 404", NULL },
        { "max-request", "0", AT(max_request), SORT_NUMBER, "bytes of URL and headers before 'Request Too Long'", NULL },
        { "max-request-html", "no", AT(max_request_html), SORT_SWITCH, "say so in bare HTML", NULL },
        { "throttle", "no", AT(throttle), SORT_SWITCH, "count resource units and refuse what is over", NULL },
        { "throttle-units", "0", AT(throttle_units), SORT_NUMBER, "units in the bucket, 0: by tenant size", NULL },
        { "throttle-seconds", "10", AT(throttle_seconds), SORT_COUNT, "time in which the bucket refills", NULL },
        { "date-skew", "0", AT(date_skew), SORT_SPAN, "how far ahead the Date header is", NULL },
        { "challenge", "no", AT(capabilities), SORT_SWITCH, "claims challenge for tokens without claims", NULL },
        { "revoked", "no", AT(revoked), SORT_SWITCH, "claims challenge for every token", NULL },
        { .name = NULL }
};
