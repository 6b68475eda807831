# the file connector
if BUILD_FILE
if STATIC_PLUGINS
noinst_LTLIBRARIES += plugins/file.la
PRELOAD += -dlpreopen plugins/file.la
PRELOADED += plugins/file.la
else
plugin_LTLIBRARIES += plugins/file.la
endif
dist_man_MANS += plugins/file/muster-file.5
endif
plugins_file_la_SOURCES = plugins/file/file.c plugins/file/source.c plugins/file/source.h \
  plugins/file/sink.c plugins/file/sink.h \
  plugins/file/apply.c plugins/file/book.c plugins/file/change.c plugins/file/members.c \
  plugins/file/look.c plugins/file/table.c plugins/file/table.h plugins/file/index.c \
  plugins/file/load.c plugins/file/write.c plugins/file/probe.c plugins/file/round.c plugins/file/row.c plugins/file/ids.c plugins/file/ids.h \
  plugins/file/convert.c plugins/file/convert.h plugins/file/types.c plugins/file/types.h \
  plugins/file/names.c plugins/file/names.h plugins/file/reader.c plugins/file/reader.h \
  plugins/file/format.h plugins/file/csv.c plugins/file/jsonl.c plugins/file/ldif.c \
  plugins/file/input.c plugins/file/input.h
plugins_file_la_CPPFLAGS = $(PLUGIN_INCLUDES) $(XXHASH_CFLAGS) -D_GNU_SOURCE \
  -DFIL_VERSION='"$(PACKAGE_VERSION)"'
plugins_file_la_LIBADD = libmuster.la $(XXHASH_LIBS)
plugins_file_la_LDFLAGS = $(PLUGIN_LINK)
EXTRA_DIST += plugins/file/README
