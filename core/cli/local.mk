# the files of core/cli: one a subcommand, and what they share
muster_SOURCES += core/cli/args.c core/cli/commands.c core/cli/guise.c core/cli/halt.c \
  core/cli/help.c core/cli/json.c core/cli/main.c core/cli/table.c core/cli/version.c
