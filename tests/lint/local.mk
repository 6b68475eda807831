# tests/lint
EXTRA_DIST += tests/lint/style.sh tests/lint/dist.sh
