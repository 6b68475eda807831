# Tests: unit (Check), scenario (the real command against real servers), lint.
#
# A test is a program, or a script that ends in .sh and is run by bash.  Both start in
# the build folder and find in their environment:
#
#   MUSTER           the command, uninstalled (a wrapper that finds its libraries)
#   MUSTER_PLUGINS   the folder of the plugins just built
#   MUSTER_DATA      the folder with muster.rng
#   GRAPH_EMULATOR   the Graph emulator's program; BOLDBI_EMULATOR that of Bold BI
#   srcdir, top_srcdir, top_builddir        absolute
#   MUSTER_TESTS     "all" where nothing may be skipped (./bootstrap check)
#
# and nothing that would lead them elsewhere (MUSTER_CONFIG, LTDL_LIBRARY_PATH, proxies).
# A script that needs what is not installed says `. "$srcdir/tests/skip.sh"` and then
# `skip "slapd is not installed"`.
# The sanitizers' options: a request for half the address space is refused, not fatal, as
# without them; and thread-local storage of plugins is not traced, which now and then lets
# the leak check itself fall over ("Tracer caught signal 11").
TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = $(BASH)
AM_TESTS_ENVIRONMENT = \
  unset MUSTER_CONFIG LTDL_LIBRARY_PATH http_proxy https_proxy HTTPS_PROXY ALL_PROXY all_proxy \
    NO_PROXY no_proxy; \
  srcdir='$(abs_top_srcdir)'; top_srcdir='$(abs_top_srcdir)'; \
  top_builddir='$(abs_top_builddir)'; \
  MUSTER='$(abs_top_builddir)/muster'; \
  MUSTER_PLUGINS='$(abs_top_builddir)/plugins/.libs'; \
  MUSTER_DATA='$(abs_top_srcdir)/conf'; \
  GRAPH_EMULATOR='$(abs_top_builddir)/tests/emulators/graph/graph-emulator'; \
  BOLDBI_EMULATOR='$(abs_top_builddir)/tests/emulators/boldbi/boldbi-emulator'; \
  LC_ALL=C.UTF-8; TZ=UTC; \
  ASAN_OPTIONS="$${ASAN_OPTIONS-abort_on_error=1:detect_stack_use_after_return=1:allocator_may_return_null=1:intercept_tls_get_addr=0}"; \
  LSAN_OPTIONS="$${LSAN_OPTIONS-suppressions=$(abs_top_srcdir)/tests/leaks.supp:print_suppressions=0}"; \
  UBSAN_OPTIONS="$${UBSAN_OPTIONS-print_stacktrace=1:halt_on_error=1}"; \
  CK_DEFAULT_TIMEOUT="$${CK_DEFAULT_TIMEOUT-60}"; \
  export srcdir top_srcdir top_builddir MUSTER MUSTER_PLUGINS MUSTER_DATA GRAPH_EMULATOR BOLDBI_EMULATOR \
    LC_ALL TZ ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS CK_DEFAULT_TIMEOUT;
EXTRA_DIST += tests/leaks.supp tests/skip.sh tests/demo/demo.sh

include tests/unit/local.mk
include tests/emulators/local.mk
include tests/scenario/local.mk
include tests/plugins/local.mk
include tests/lint/local.mk
include tests/bench/local.mk
include tests/fuzz/local.mk

# The tests that start no server: enough to prove a distributed tree whole (make distcheck).
tests-without-servers:
	@for test in $(TESTS); do \
	  case $$test in tests/scenario/install.sh) echo $$test ;; tests/scenario/*|tests/emulators/*) ;; *) echo $$test ;; esac; \
	done
.PHONY: tests-without-servers

# The tests that run what was built: those that a sanitizer can see something in.
tests-that-run:
	@for test in $(TESTS); do \
	  case $$test in tests/lint/*|tests/scenario/configure.sh|tests/scenario/install.sh) ;; *) echo $$test ;; esac; \
	done
.PHONY: tests-that-run

# Installing links the plugins anew where they lie: whatever loads one must be over by then.
tests/scenario/install.log: $(filter-out tests/scenario/install.log,$(TEST_LOGS))
