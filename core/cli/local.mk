# the files of core/cli
muster_SOURCES += core/cli/main.c
