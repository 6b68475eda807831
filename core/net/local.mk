# the files of core/net
libmuster_net_la_SOURCES += core/net/net.h core/net/client.c core/net/each.c core/net/flight.c \
  core/net/origin.c core/net/pace.c core/net/reply.c core/net/rest.h core/net/rest.c core/net/rest-place.c \
  core/net/rest-read.c core/net/rest-step.c core/net/request.c core/net/token.c \
  core/net/turn.c core/net/watchful.c
if HAVE_CRYPTO
libmuster_net_la_SOURCES += core/net/seal.c
endif
