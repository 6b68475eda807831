# example configurations, the schema, manual pages of the core
dist_pkgdata_DATA += conf/muster.rng

# the command's manual page and its completion
dist_man_MANS += conf/man/muster.1
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = conf/completion/muster.bash
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = conf/completion/_muster
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = conf/completion/muster.fish

# the language's manual page
dist_man_MANS += conf/man/muster-rules.7

# the messages, made by messages.sh from the table of core/engine/event.c
dist_man_MANS += conf/man/muster-messages.7
EXTRA_DIST += conf/man/messages.sh

# the configuration's manual page and an example
dist_man_MANS += conf/man/muster.xml.5
dist_doc_DATA += conf/muster.xml.example conf/boldbi.xml.example conf/kaizala.xml.example

# what the demo fills in
EXTRA_DIST += conf/demo.xml.in

# the service: units, its user and folders
systemdsystemunitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d
dist_man_MANS += conf/man/muster.8
nodist_systemdsystemunit_DATA = conf/systemd/muster.service conf/systemd/muster@.service
dist_systemdsystemunit_DATA = conf/systemd/muster@.timer
nodist_sysusers_DATA = conf/systemd/sysusers.d/muster.conf
nodist_tmpfiles_DATA = conf/systemd/tmpfiles.d/muster.conf
EXTRA_DIST += conf/systemd/muster.service.in conf/systemd/muster@.service.in \
  conf/systemd/muster.sysusers conf/systemd/muster.tmpfiles
CLEANFILES += $(nodist_systemdsystemunit_DATA) $(nodist_sysusers_DATA) $(nodist_tmpfiles_DATA)

with_folders = mkdir -p $(@D) && $(SED) -e 's,@bindir[@],$(bindir),' \
  -e 's,@sysconfdir[@],$(sysconfdir),' -e 's,@localstatedir[@],$(localstatedir),'
conf/systemd/muster.service: conf/systemd/muster.service.in Makefile
	$(AM_V_GEN)$(with_folders) $(srcdir)/conf/systemd/muster.service.in >$@
conf/systemd/muster@.service: conf/systemd/muster@.service.in Makefile
	$(AM_V_GEN)$(with_folders) $(srcdir)/conf/systemd/muster@.service.in >$@
conf/systemd/sysusers.d/muster.conf: conf/systemd/muster.sysusers Makefile
	$(AM_V_GEN)$(with_folders) $(srcdir)/conf/systemd/muster.sysusers >$@
conf/systemd/tmpfiles.d/muster.conf: conf/systemd/muster.tmpfiles Makefile
	$(AM_V_GEN)$(with_folders) $(srcdir)/conf/systemd/muster.tmpfiles >$@
