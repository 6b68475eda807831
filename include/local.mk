# The connector SDK: what a plugin may use, and nothing else.
musterincludedir = $(includedir)/muster
musterinclude_HEADERS = include/muster/abi.h include/muster/arena.h include/muster/base64.h include/muster/error.h \
  include/muster/escape.h include/muster/facts.h include/muster/host.h include/muster/json.h include/muster/op.h \
  include/muster/option.h include/muster/outbox.h include/muster/page.h include/muster/password.h include/muster/phone.h include/muster/plugin.h include/muster/record.h \
  include/muster/seal.h include/muster/roster.h include/muster/search.h include/muster/shelf.h include/muster/secret.h include/muster/sink.h include/muster/source.h \
  include/muster/test.h include/muster/value.h
pkgconfig_DATA += include/muster.pc
if HAVE_CURL
musterinclude_HEADERS += include/muster/http.h include/muster/rest.h
pkgconfig_DATA += include/muster-net.pc
endif
