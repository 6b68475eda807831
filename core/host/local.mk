# the files of core/host
core_libcore_la_SOURCES += core/host/descriptor.c core/host/descriptor.h core/host/image.c \
  core/host/image.h core/host/grammar.c core/host/manual.c core/host/manual.h core/host/options.c core/host/options.h core/host/plugins.c \
  core/host/plugins.h core/host/secrets.c core/host/secrets.h core/host/tables.c \
  core/host/value.c core/host/value.h
