#!/bin/bash
# fuzz.sh - each fuzz target with libFuzzer (clang), ASan and UBSan, from its corpus.
#
#   fuzz.sh FOLDER [TARGET...]       builds in FOLDER, keeps what it finds there
#   FUZZ_SECONDS=60                  for each target
#
# `make check-fuzz` runs all of them.  What is found is mended, and its input added to the corpus, which
# make check replays.
set -u
: "${top_srcdir:?}" "${top_builddir:?}"
folder=${1:?a folder}; shift
seconds=${FUZZ_SECONDS-60}
command -v clang >/dev/null || { echo "clang is not installed" >&2; exit 77; }
mkdir -p "$folder/objects" || exit 1
root=$(cd "$top_srcdir" && pwd)
packages=$(for p in libxml-2.0 json-c sqlite3 libpcre2-8 libutf8proc libxxhash libcurl libcrypto ldap; do
        pkg-config --exists $p && echo $p; done)
# shellcheck disable=SC2086,SC2207
flags=(-g -O1 -std=gnu17 -D_GNU_SOURCE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
        -I"$root/include" -I"$root/core" -I"$top_builddir/core" -DLDP_VERSION='"0"' -DFIL_VERSION='"0"'
        -DMST_PLUGINDIR='"/nowhere"' -DMST_SYSCONFDIR='"/nowhere"' -DMST_LOCALSTATEDIR='"/nowhere"' -DMST_DATADIR="\"$root/conf\""
        $(pkg-config --cflags $packages))
# shellcheck disable=SC2086,SC2207
libs=($(pkg-config --libs $packages) -lldap -llber -lltdl -lpthread -lm -ldl)

# object SOURCE [FLAG...]: compiled when it is newer; its name
object() {
        local source=$1 o; shift
        o=$folder/objects/$(printf '%s' "$source$*" | tr -c 'a-zA-Z0-9' _).o
        case $source in /*) ;; *) source=$root/$source ;; esac
        [ "$o" -nt "$source" ] || clang "${flags[@]}" "$@" -c "$source" -o "$o" || exit 1
        printf '%s\n' "$o"
}
# What the build makes is compiled from there.
objects() { local s; for s; do object "${s#"$root"/}" || exit 1; done; }

# target NAME SOURCES...: builds and runs it
target() {
        local name=$1 kind extra=() wrap=() rc; shift
        case $name in
        graph|token)
                wrap=(-Wl,--wrap=mst_http_do,--wrap=mst_http_status,--wrap=mst_http_content,--wrap=mst_http_reply_header,--wrap=mst_host_sleep)
                [ $name = token ] || wrap+=(-Wl,--wrap=mst_http_start_exact) ;;
        csv|jsonl|ldif) extra=(-DFUZZ_FORMAT="FIL_$(printf %s $name | tr a-z A-Z)") ;;
        esac
        kind=$name; case $name in csv|jsonl|ldif) kind=rows ;; esac
        # shellcheck disable=SC2046
        clang -fsanitize=fuzzer,address,undefined "${wrap[@]}" -o "$folder/fuzz-$name" "$(object tests/fuzz/fuzz-$kind.c "${extra[@]}")" \
                $(objects "$@") $(objects "$root"/core/util/*.c "$root"/core/record/*.c "$root"/core/sdk/*.c "$root"/core/net/*.c \
                "$root"/core/rules/*.c "$root"/core/config/*.c "$top_builddir/core/config/schema.c") \
                "${libs[@]}" || { echo "FAIL $name: does not link" >&2; return 1; }
        mkdir -p "$folder/corpus-$name"
        options=(-max_total_time="$seconds" -timeout=5 -rss_limit_mb=512 -max_len=8192 -artifact_prefix="$folder/found-$name-" -print_final_stats=1)
        [ ! -f "$root/tests/fuzz/$name.dict" ] || options+=(-dict="$root/tests/fuzz/$name.dict")
        "$folder/fuzz-$name" "${options[@]}" "$folder/corpus-$name" "$root/tests/fuzz/$name" >"$folder/$name.log" 2>&1
        rc=$?
        printf '%s %s: %s runs, %s\n' "$([ $rc = 0 ] && echo PASS || echo FAIL)" "$name" \
                "$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$name.log")" "$(grep -o 'cov: [0-9]* ft: [0-9]*' "$folder/$name.log" | tail -n 1)"
        [ $rc = 0 ] || tail -n 30 "$folder/$name.log"
        return $rc
}

failures=0
for name in ${*:-json expr csv jsonl ldif config escape entry graph token}; do
        case $name in
        graph|token) target $name "$root"/plugins/entra/*.c ;;
        csv|jsonl|ldif) target $name "$root"/plugins/file/*.c ;;
        escape) target $name "$root/plugins/ldap/dn.c" ;;
        entry) target $name "$root"/plugins/ldap/{entry,entrystate,dn,id,uuid,when,schema}.c ;;
        *) target $name ;;
        esac || failures=$((failures + 1))
done
exit $((failures != 0))
