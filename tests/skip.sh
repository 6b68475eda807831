# skip.sh - how a script says that it cannot run here.  Sourced, never run.
#
# Exit 77 tells automake "skipped".  Under MUSTER_TESTS=all, where everything a test
# needs has been installed, whatever is still missing is a mistake and fails.

skip() {
        if [ "${MUSTER_TESTS-}" = all ]; then
                echo "this test may not be skipped here: $1" >&2
                exit 1
        fi
        echo "skipped: $1" >&2
        exit 77
}

# need COMMAND...: all of them, or the test is skipped.  slapd lives in sbin.
need() {
        PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
        for command in "$@"; do
                command -v "$command" >/dev/null 2>&1 || skip "$command is not installed"
        done
}
