# tests/lint
EXTRA_DIST += tests/lint/style.sh
