# example configurations, the schema, manual pages of the core
dist_pkgdata_DATA += conf/muster.rng

# the command's manual page and its completion
dist_man_MANS += conf/man/muster.1
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = conf/completion/muster.bash
