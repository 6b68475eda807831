# what every REST emulator has; see the README.  Only a program that calls order_main()
# takes in the web server, so that an emulator's own test needs none.
if HAVE_MHD
noinst_LTLIBRARIES += tests/emulators/rest/librest.la
endif
tests_emulators_rest_librest_la_SOURCES = \
  tests/emulators/rest/argument.c tests/emulators/rest/argument.h \
  tests/emulators/rest/clock.c tests/emulators/rest/clock.h \
  tests/emulators/rest/control.c tests/emulators/rest/service.h \
  tests/emulators/rest/effects.c tests/emulators/rest/effects.h \
  tests/emulators/rest/exchange.c tests/emulators/rest/exchange.h \
  tests/emulators/rest/faultscript.c tests/emulators/rest/faultscript.h \
  tests/emulators/rest/faults.c tests/emulators/rest/faults.h \
  tests/emulators/rest/index.c tests/emulators/rest/index.h \
  tests/emulators/rest/ledger.c tests/emulators/rest/ledger.h \
  tests/emulators/rest/mangle.c tests/emulators/rest/mangle.h \
  tests/emulators/rest/order.c tests/emulators/rest/order.h \
  tests/emulators/rest/query.c tests/emulators/rest/query.h \
  tests/emulators/rest/rest.c tests/emulators/rest/rest.h \
  tests/emulators/rest/seal.c tests/emulators/rest/seal.h \
  tests/emulators/rest/server.c tests/emulators/rest/server.h \
  tests/emulators/rest/settings.c tests/emulators/rest/settings.h \
  tests/emulators/rest/spoil.c tests/emulators/rest/spoil.h \
  tests/emulators/rest/text.c tests/emulators/rest/text.h
tests_emulators_rest_librest_la_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_rest_librest_la_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS) $(JSON_CFLAGS)
tests_emulators_rest_librest_la_LIBADD = $(JSON_LIBS)
EXTRA_DIST += tests/emulators/rest/README
