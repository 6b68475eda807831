# the files of core/sdk
libmuster_la_SOURCES += core/sdk/base64.c core/sdk/facts.c core/sdk/facts.h core/sdk/feed.c core/sdk/host.c \
  core/sdk/host.h core/sdk/ids.c core/sdk/op.c core/sdk/op.h core/sdk/outbox.c core/sdk/password.c \
  core/sdk/page.c core/sdk/page.h core/sdk/phone.c \
  core/sdk/search.c core/sdk/search.h core/sdk/roster.c core/sdk/roster.h core/sdk/roster-write.c core/sdk/shelf.c core/sdk/stop.c core/sdk/test.c core/sdk/test-read.c
