# the file connector in whole runs
if BUILD_FILE
TESTS += tests/scenario/file.sh
check_SCRIPTS += tests/scenario/file.sh
endif
EXTRA_DIST += tests/scenario/file.sh
# what is said of an LDAP sink before the first write
if BUILD_FILE
if BUILD_LDAP
TESTS += tests/scenario/ldap-check.sh
check_SCRIPTS += tests/scenario/ldap-check.sh
endif
endif
EXTRA_DIST += tests/scenario/ldap-check.sh
# connectors in other languages
if BUILD_EXEC
TESTS += tests/scenario/exec.sh
check_SCRIPTS += tests/scenario/exec.sh
endif
EXTRA_DIST += tests/scenario/exec.sh
