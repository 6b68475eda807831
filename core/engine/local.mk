# the files of core/engine
core_libcore_la_SOURCES += core/engine/maker.h core/engine/setup.c core/engine/setup.h \
  core/engine/setup-compile.c core/engine/setup-map.c core/engine/setup-print.c \
  core/engine/setup-target.c core/engine/setup-test.c core/engine/setup-try.c \
  core/engine/setup-wants.c
