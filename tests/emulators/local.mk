include tests/emulators/rest/local.mk
include tests/emulators/boldbi/local.mk
include tests/emulators/graph/local.mk
include tests/emulators/kaizala/local.mk
include tests/emulators/ldap-proxy/local.mk
include tests/emulators/tcp-proxy/local.mk
