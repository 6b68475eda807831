# tests/scenario
TESTS += tests/scenario/configure.sh
check_SCRIPTS += tests/scenario/configure.sh
EXTRA_DIST += tests/scenario/configure.sh tests/scenario/install.sh tests/scenario/builtin.sh \
  tests/scenario/slapd.sh   tests/scenario/acme.c
