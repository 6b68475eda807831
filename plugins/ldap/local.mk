# the ldap connector
if BUILD_LDAP
if STATIC_PLUGINS
noinst_LTLIBRARIES += plugins/ldap.la
PRELOAD += -dlpreopen plugins/ldap.la
PRELOADED += plugins/ldap.la
else
plugin_LTLIBRARIES += plugins/ldap.la
endif
dist_man_MANS += plugins/ldap/muster-ldap.5
endif
plugins_ldap_la_SOURCES = plugins/ldap/ldap.c plugins/ldap/options.c plugins/ldap/options.h \
  plugins/ldap/uri.c plugins/ldap/uri.h plugins/ldap/sink.c plugins/ldap/slice.c plugins/ldap/slice.h plugins/ldap/sink.h plugins/ldap/plugin.h \
  plugins/ldap/directory.c plugins/ldap/directory.h plugins/ldap/conn.c plugins/ldap/conn.h \
  plugins/ldap/tls.c plugins/ldap/tls.h \
  plugins/ldap/wire.c plugins/ldap/wire.h plugins/ldap/result.c plugins/ldap/result.h plugins/ldap/advice.c plugins/ldap/advice.h \
  plugins/ldap/login.c plugins/ldap/login.h plugins/ldap/gss.c plugins/ldap/gss.h \
  plugins/ldap/self.c plugins/ldap/self.h plugins/ldap/seal.c plugins/ldap/seal.h plugins/ldap/binding.c plugins/ldap/binding.h \
  plugins/ldap/dialect.c plugins/ldap/dialect.h plugins/ldap/id.c plugins/ldap/id.h \
  plugins/ldap/lock.c plugins/ldap/lock.h plugins/ldap/password.c plugins/ldap/password.h plugins/ldap/dn.c plugins/ldap/dn.h plugins/ldap/when.c plugins/ldap/when.h \
  plugins/ldap/values.c plugins/ldap/values.h plugins/ldap/schema.c plugins/ldap/schema.h \
  plugins/ldap/entry.c plugins/ldap/entry.h plugins/ldap/entrystate.c plugins/ldap/entrystate.h plugins/ldap/probe.c plugins/ldap/find.c \
  plugins/ldap/list.c plugins/ldap/list.h plugins/ldap/request.c plugins/ldap/request.h \
  plugins/ldap/mods.c plugins/ldap/mods.h plugins/ldap/create.c plugins/ldap/change.c \
  plugins/ldap/members.c plugins/ldap/members.h plugins/ldap/present.c plugins/ldap/refer.c plugins/ldap/stray.c \
  plugins/ldap/kind.c plugins/ldap/kind.h plugins/ldap/chunk.c plugins/ldap/chunk.h \
  plugins/ldap/guard.c plugins/ldap/ahead.c plugins/ldap/confirm.c plugins/ldap/contest.c \
  plugins/ldap/number.c plugins/ldap/number.h plugins/ldap/counter.c plugins/ldap/counter.h \
  plugins/ldap/ids.c plugins/ldap/parents.c plugins/ldap/pool.c plugins/ldap/queue.h \
  plugins/ldap/reading.c plugins/ldap/reading.h plugins/ldap/columns.c plugins/ldap/columns.h \
  plugins/ldap/uuid.c plugins/ldap/uuid.h plugins/ldap/source.c plugins/ldap/source.h \
  plugins/ldap/resolver.c plugins/ldap/resolver.h plugins/ldap/batch.c plugins/ldap/batch.h \
  plugins/ldap/record.c plugins/ldap/record.h plugins/ldap/mark.c plugins/ldap/mark.h \
  plugins/ldap/round.c plugins/ldap/round.h plugins/ldap/pass.c plugins/ldap/listen.c plugins/ldap/ad.c \
  plugins/ldap/fetch.c plugins/ldap/survey.c \
  plugins/ldap/absent.c plugins/ldap/absent.h
plugins_ldap_la_CPPFLAGS = $(PLUGIN_INCLUDES) $(LDAP_CFLAGS) -D_GNU_SOURCE \
  -DLDP_VERSION='"$(PACKAGE_VERSION)"'
plugins_ldap_la_LIBADD = libmuster.la $(LDAP_LIBS)
plugins_ldap_la_LDFLAGS = $(PLUGIN_LINK)
EXTRA_DIST += plugins/ldap/README
