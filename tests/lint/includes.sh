#!/bin/bash
# The layers of core/README, read from the includes: a file may include its own folder,
# lower numbers and <muster/...>; a plugin only <muster/...>, its own files and what it
# brings along; each library of others has one folder that knows it.
set -u
cd "${top_srcdir:?make check sets it}" || exit 1

# sdk stands on record, of the same layer in the design.
layers="util=10 record=20 net=20 sdk=25 rules=30 config=40 store=40 host=50 engine=60 cli=70"

# header (a pattern), the folders that may include it
libraries='libxml/.* config
sqlite3[.]h store
ltdl[.]h host
dlfcn[.]h host config
curl/.* net
json-c/.* record rules config store host engine cli
pcre2[.]h rules
utf8proc[.]h rules
xxhash[.]h rules store host engine
(ldap|lber|ldap_schema|openldap)[.]h none
openssl/.* net
microhttpd[.]h none
check[.]h none'

# judge FILE...: complaints about their includes, one a line
judge() {
        awk -v layers="$layers" -v libraries="$libraries" '
        BEGIN {
                n = split(layers, pairs, " ")
                for (i = 1; i <= n; i++) { split(pairs[i], p, "="); layer[p[1]] = p[2] }
                rules = split(libraries, lines, "\n")
                for (i = 1; i <= rules; i++) {
                        pattern[i] = "^" lines[i]; sub(/ .*/, "$", pattern[i])
                        allowed[i] = lines[i] " "; sub(/^[^ ]*/, "", allowed[i])
                }
        }
        function wrong(why) { print FILENAME ":" FNR ": " $0 "\n        " why }
        FNR == 1 { split(FILENAME, path, "/"); place = path[1]; folder = path[2] }
        FNR == 1 && place == "core" && !(folder in layer) { wrong("the folder is not in the layers") }
        !/^[ \t]*#[ \t]*include/ { next }
        !/^#include (<[^>]+>|"[^"]+")/ { wrong("write #include <...> or #include \"...\""); next }
        {
                name = $0; sub(/^#include [<"]/, "", name); sub(/[>"].*/, "", name)
                quoted = $0 ~ /^#include "/
                slash = index(name, "/")
                to = slash ? substr(name, 1, slash - 1) : ""
        }
        name ~ /[.][.]/ { wrong("no way up and down again"); next }
        place == "include" {
                if (quoted || (to != "muster" && name !~ /^std(arg|bool|def|int)[.]h$/))
                        wrong("the SDK includes itself and the freestanding headers")
                next
        }
        to == "muster" { if (quoted) wrong("<muster/...>"); next }
        place == "plugins" {
                if (quoted && (slash || name == "build.h")) wrong("a plugin sees <muster/...> and its own files")
                if (!quoted && to in layer) wrong("a plugin sees <muster/...> and its own files")
                next
        }
        quoted && name == "build.h" { next }
        quoted && !(to in layer) { wrong("name the folder: \"" folder "/" name "\""); next }
        quoted && to != folder && layer[to] >= layer[folder] { wrong(folder " may not know " to); next }
        quoted { next }
        {
                for (i = 1; i <= rules; i++)
                        if (name ~ pattern[i] && index(allowed[i], " " folder " ") == 0)
                                wrong("only these may know it:" allowed[i])
        }' "$@"
}

# A rule that cannot fail is none: each of these must be caught, at its line.
probe=$(mktemp -d "${TMPDIR:-/tmp}/muster-includes.XXXXXX") || exit 1
trap 'rm -rf "$probe"' EXIT
missed=0
catch() {                                    # FILE INCLUDE
        (
                cd "$probe" || exit 1
                mkdir -p "$(dirname "$1")"
                printf '/* x */\n#include %s\n' "$2" >"$1"
                judge "$1" | grep -q "^$1:2:"
        ) || { echo "not caught: $1 with #include $2" >&2; missed=1; }
}
catch core/util/x.c '"record/record.h"'
catch core/record/x.c '"sdk/op.h"'
catch core/rules/x.c '"store/store.h"'
catch core/config/x.c '"store/store.h"'
catch core/store/x.c '"host/plugins.h"'
catch core/host/x.c '"engine/run.h"'
catch core/engine/x.c '"cli/cli.h"'
catch core/engine/x.c '<sqlite3.h>'
catch core/cli/x.c '<libxml/tree.h>'
catch core/host/x.c '<curl/curl.h>'
catch core/net/x.c '<ldap.h>'
catch core/store/x.c '"entries.h"'
catch core/engine/x.c '"../store/entries.h"'
catch core/engine/x.c '"plugins/entra.h"'
catch plugins/a/x.c '"util/alloc.h"'
catch plugins/a/x.c '"build.h"'
catch plugins/a/x.c '<util/alloc.h>'
catch include/muster/x.h '<stdio.h>'
catch include/muster/x.h '"error.h"'

mapfile -t files < <(find core plugins include/muster -name '*.[ch]' ! -path core/build.h | sort)
[ ${#files[@]} -gt 100 ] || { echo "the sources were not found" >&2; exit 1; }
complaints=$(judge "${files[@]}")
[ -z "$complaints" ] || printf '%s\n' "$complaints" >&2
[ -z "$complaints" ] && [ $missed = 0 ]
