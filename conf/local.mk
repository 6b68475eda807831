# example configurations, the schema, manual pages of the core
dist_pkgdata_DATA += conf/muster.rng

# the command's manual page and its completion
dist_man_MANS += conf/man/muster.1
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = conf/completion/muster.bash

# the language's manual page
dist_man_MANS += conf/man/muster-rules.7

# the configuration's manual page and an example
dist_man_MANS += conf/man/muster.xml.5
dist_doc_DATA += conf/muster.xml.example conf/boldbi.xml.example conf/kaizala.xml.example

# what the demo fills in
EXTRA_DIST += conf/demo.xml.in
