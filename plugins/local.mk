# Connectors.  A plugin includes only <muster/...> and its own third-party library.
PLUGIN_LINK = $(AM_LDFLAGS) -module -avoid-version -no-undefined -Wl,-z,now -Wl,-z,defs \
  -export-symbols-regex '^mst_plugin_'
include plugins/entra/local.mk
include plugins/ldap/local.mk
