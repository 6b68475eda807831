# the exec connector
if BUILD_EXEC
if STATIC_PLUGINS
noinst_LTLIBRARIES += plugins/exec.la
PRELOAD += -dlpreopen plugins/exec.la
PRELOADED += plugins/exec.la
else
plugin_LTLIBRARIES += plugins/exec.la
endif
endif
plugins_exec_la_SOURCES = plugins/exec/exec.h plugins/exec/exec.c plugins/exec/child.c plugins/exec/talk.c \
  plugins/exec/words.c plugins/exec/hello.c plugins/exec/item.c plugins/exec/source.c plugins/exec/sink.c
plugins_exec_la_CPPFLAGS = $(PLUGIN_INCLUDES) -D_GNU_SOURCE -DEXE_VERSION='"$(PACKAGE_VERSION)"'
plugins_exec_la_LIBADD = libmuster.la
plugins_exec_la_LDFLAGS = $(PLUGIN_LINK)
EXTRA_DIST += plugins/exec/README plugins/exec/people.py plugins/exec/accounts.sh
dist_man_MANS += plugins/exec/muster-exec.5
