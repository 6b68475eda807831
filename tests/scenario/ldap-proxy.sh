# ldap-proxy.sh - a fault proxy in front of a server.  Sourced, never run.
#
#   proxy_start FOLDER URI           between clients and the server at URI (ldap://...); then
#                                    FOLDER/proxy-uri is where clients go
#                                    (with proxy_program=tcp-proxy the byte proxy, and any URI)
#   proxy FOLDER COMMAND...          says a line at its control door; the lines of the answer, or an
#                                    error and 1.  tests/emulators/ldap-proxy/README has them
#   proxy_count FOLDER WHAT          a number of its ledger: a kind, all, writes, faults, held
#   proxy_await FOLDER WHAT N        waits until that number is N at least
#   proxy_stop FOLDER

proxy_start() {
        rm -f "$1/proxy.json"
        "$top_builddir/tests/emulators/${proxy_program-ldap-proxy}/${proxy_program-ldap-proxy}" ${2:+--server "$2"} --ready-file "$1/proxy.json" \
                >"$1/proxy.log" 2>&1 &
        echo $! >"$1/proxy-pid"
        for _ in $(seq 400); do
                [ ! -s "$1/proxy.json" ] || break
                kill -0 "$(cat "$1/proxy-pid")" 2>/dev/null || break
                sleep 0.05
        done
        [ -s "$1/proxy.json" ] || { echo "the proxy did not start:" >&2; cat "$1/proxy.log" >&2; return 1; }
        sed -n 's/.*"uri":"\([^"]*\)".*/\1/p' "$1/proxy.json" >"$1/proxy-uri"
        sed -n 's/.*"control":\([0-9]*\).*/\1/p' "$1/proxy.json" >"$1/proxy-door"
}

proxy() {
        local folder=$1 line talk
        shift
        exec {talk}<>"/dev/tcp/127.0.0.1/$(cat "$folder/proxy-door")" || return 1
        printf '%s\n' "$*" >&"$talk"
        while read -r -t 30 line <&"$talk"; do
                case $line in
                ok) exec {talk}>&-; return 0 ;;
                error:*) exec {talk}>&-; echo "proxy $*: $line" >&2; return 1 ;;
                *) printf '%s\n' "$line" ;;
                esac
        done
        exec {talk}>&-
        echo "proxy $*: no answer" >&2
        return 1
}

proxy_count() { proxy "$1" "$([ "${proxy_program-ldap-proxy}" = tcp-proxy ] && echo counts || echo ledger)" | sed -n "s/^$2 //p"; }

proxy_await() {
        for _ in $(seq 1200); do
                [ "$(proxy_count "$1" "$2")" -lt "$3" ] || return 0
                sleep 0.05
        done
        echo "the proxy has not seen $3 $2" >&2
        return 1
}

proxy_stop() {
        local pid
        pid=$(cat "$1/proxy-pid" 2>/dev/null) || return 0
        rm -f "$1/proxy-pid"
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
        return 0
}
