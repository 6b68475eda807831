# the byte proxy; see its README
noinst_PROGRAMS += tests/emulators/tcp-proxy/tcp-proxy
tests_emulators_tcp_proxy_tcp_proxy_SOURCES = tests/emulators/tcp-proxy/main.c \
  tests/emulators/tcp-proxy/rule.c tests/emulators/tcp-proxy/rule.h \
  tests/emulators/tcp-proxy/pair.c tests/emulators/tcp-proxy/pair.h \
  tests/emulators/ldap-proxy/buffer.c tests/emulators/ldap-proxy/buffer.h
tests_emulators_tcp_proxy_tcp_proxy_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_tcp_proxy_tcp_proxy_CFLAGS = $(AM_CFLAGS)
EXTRA_DIST += tests/emulators/tcp-proxy/README
