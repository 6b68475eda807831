# the files of core/net
libmuster_net_la_SOURCES += core/net/http.c
