#!/bin/bash
# metrics.sh - how things stand, for machines that watch: printed, in a file after each run, on a port of
# this machine; every form against a strict checker of its own; and whether what is asked for is fresh.
. "$srcdir/tests/scenario/engine.sh"
check="$srcdir/tests/scenario/openmetrics.awk"
metrics() { expect 0 metrics; awk -f "$check" "$out" >"$err" || fail "not OpenMetrics"; }
# value NAME{LABELS}: of a sample in $out, or of another file.
value() { awk -v name="$1" 'index($0, name " ") == 1 { print substr($0, length(name) + 2) }' "${2-$out}"; }
# breaks SED: the checker sees what is done to a good text.
breaks() { sed "$1" "$dir/good" >"$dir/broken"; ! awk -f "$check" "$dir/broken" >/dev/null || fail "the checker does not see $1"; }
of='sync="staff",target="corporate",sink="corporate"'
fresh=
root() { sed -i "s|<store |$1<store |; s|<scope>|$fresh<scope>|; s|<match |$fresh<match |" "$dir/muster.xml"; }

begin 40 --seed 5
metrics
same "without a store" 1 "$(value "muster_build_info{version=\"$("$MUSTER" --version | awk '{ print $2; exit }')\"}")"
same "nothing else" 1 "$(grep -c '^muster_' "$out")"

# A run, and its file.
fresh='<freshness within="1h"/>'
configure; root "<metrics textfile=\"$dir/muster.prom\"/>"
expect 0 sync
awk -v classic=1 -f "$check" "$dir/muster.prom" >"$err" || fail "not the older text format"
same "mode of the file" 644 "$(stat -c %a "$dir/muster.prom")"
metrics
cp "$out" "$dir/good"
people=$(value 'muster_sync_people{sync="staff"}')
[ "$people" -ge 40 ] || fail "$people people"
linked=$(value "muster_target_linked{$of}")
[ "$linked" -gt 10 ] || fail "$linked linked"
same "created" "$linked" "$(value "muster_ops_total{$of,kind=\"user\",verb=\"create\",outcome=\"done\"}")"
same "the same in the file" "$linked" "$(value "muster_ops_total{$of,kind=\"user\",verb=\"create\",outcome=\"done\"}" "$dir/muster.prom")"
same "ends of lag" "$(value "muster_lag_seconds_count{$of}")" "$(value "muster_lag_seconds_bucket{$of,le=\"+Inf\"}")"
same "all that was done has a lag" "$(grep '^muster_ops_total.*outcome="done"' "$out" | awk '{ n += $NF } END { print n }')" \
        "$(value "muster_lag_seconds_count{$of}")"
same runs 1 "$(value 'muster_runs_total{sync="staff",outcome="done"}')"
[ "$(value 'muster_calls_total{role="source",name="contoso"}')" -ge 2 ] || fail "no calls of the source"
[ "$(value 'muster_calls_total{role="sink",name="corporate"}')" -ge "$linked" ] || fail "no calls of the sink"
awk -v n="$(value 'muster_sink_calls_per_change{sink="corporate"}')" 'BEGIN { exit !(n >= 1 && n < 100) }' || fail "calls per change"
same "not missed" 0 "$(value 'muster_freshness_missed{sync="staff",target="corporate"}')"
now=$(date +%s)
awk -v t="$(value 'muster_sync_last_success_timestamp_seconds{sync="staff"}')" -v now="$now" \
        'BEGIN { exit !(t > now - 600 && t <= now + 1) }' || fail "the last success is not now"
grep -q age_seconds "$dir/muster.prom" && fail "an age in a file"

# The checker sees what is wrong.
breaks '$d'
breaks 's/^# TYPE muster_runs counter/# TYPE muster_runs_total counter/'
breaks 's/^muster_runs_total/muster_runs/'
breaks 's/\(lag_seconds_bucket.*le="5.0"} \).*/\1999999/'
breaks '/le="+Inf"/d'
breaks 's/sync="staff"/sync="st"aff"/'
breaks 's/sync="staff"/sync="st\\aff"/'
breaks '/^muster_store_bytes/s/$/ x/'
breaks '/^muster_store_bytes/{p;}'
breaks 's/^# UNIT muster_store_bytes bytes/# UNIT muster_store_bytes seconds/'

# Counters go on where they were; what is too old is missed, and told by status.
expect 0 sync
metrics
same "runs, one more" 2 "$(value 'muster_runs_total{sync="staff",outcome="done"}')"
same "nothing more was created" "$linked" "$(value "muster_ops_total{$of,kind=\"user\",verb=\"create\",outcome=\"done\"}")"
expect 0 status
says 'Sync staff is to be up to date within 1 h'
sqlite3 "$dir/state/state.db" "PRAGMA busy_timeout=5000; UPDATE target SET succeeded = succeeded - 7200000" >/dev/null
expect 1 status
says 'Target corporate is not up to date within 1 h: the last success was 2 h'
expect 1 --json status
says '"missed":true'
metrics
same missed 1 "$(value 'muster_freshness_missed{sync="staff",target="corporate"}')"
same "not of the sync" 0 "$(value 'muster_freshness_missed{sync="staff",target=""}')"
# A sink that is away has no success; when it is back it has one.
slapd_stop "$dir/slapd"
control hire '{"count":2}'
expect 4 sync
expect 1 status
metrics
same "put aside" 1 "$(value 'muster_sink_aside{sink="corporate"}')"
same "a run that failed" 1 "$(value 'muster_runs_total{sync="staff",outcome="failed"}')"
slapd_start "$dir/slapd" || exit 1
uri=$(cat "$dir/slapd/uri")
configure; root "<metrics textfile=\"$dir/nowhere/muster.prom\"/>"
expect 0 sync
complains "$dir/nowhere/muster.prom cannot be written"
expect 0 status
expect 0 metrics --textfile "$dir/asked.prom"
awk -v classic=1 -f "$check" "$dir/asked.prom" >"$err" || fail "not the older text format"
expect 2 --json metrics

# On a port of this machine; whoever dawdles or talks nonsense keeps nobody waiting.
need perl
service='' holders=''
trap 'code=$?; kill $service $holders 2>/dev/null; (exit $code); engine_end' EXIT
get() { curl -sS --max-time 20 -o "$out" -w '%{http_code} %{content_type}' "$@" 2>"$err"; }
# Somebody else may take a port that was free: then the service says so, and the next one is tried.
for _ in 1 2 3 4 5; do
        port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
        configure; root "<metrics port=\"$port\"/>"
        sed -i 's|<scope>|<schedule every="10s"/><scope>|' "$dir/muster.xml"
        "$MUSTER" run >"$dir/stdout" 2>"$dir/service.log" &
        service=$!
        for _ in $(seq 1200); do grep -q 'MST-2001\|MST-2101' "$dir/service.log" && break; sleep 0.05; done
        for _ in $(seq 20); do grep -q 'cannot be listened on' "$dir/service.log" && break
                case $(get "http://127.0.0.1:$port/metrics") in 200*) break ;; esac; sleep 0.1; done
        grep -q 'cannot be listened on' "$dir/service.log" || break
        kill -TERM $service; wait $service
done
same "asked by HTTP" "200 application/openmetrics-text; version=1.0.0; charset=utf-8" "$(get "http://127.0.0.1:$port/metrics?x=1")"
awk -f "$check" "$out" >"$err" || fail "not OpenMetrics"
same "another path" "404 text/plain; charset=utf-8" "$(get "http://127.0.0.1:$port/")"
same "another method" "405 text/plain; charset=utf-8" "$(get -d x=1 "http://127.0.0.1:$port/metrics")"
same "a long head" "431 text/plain; charset=utf-8" "$(get -H "X: $(head -c 5000 /dev/zero | tr '\0' x)" "http://127.0.0.1:$port/metrics")"
curl -sS --max-time 20 -I "http://127.0.0.1:$port/metrics" >"$out" 2>"$err" || fail "HEAD"
says 'HTTP/1.1 200 OK'
perl -MIO::Socket::INET -e '$| = 1; my @all = map { my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]"); print $s "GET /met" if $s; $s } 1 .. 20;
        print "held\n"; sleep 60' "$port" >"$dir/held" 2>&1 &
holders=$!
for _ in $(seq 200); do grep -q held "$dir/held" && break; sleep 0.05; done
same "while twenty hold the line" "200 application/openmetrics-text; version=1.0.0; charset=utf-8" "$(get "http://127.0.0.1:$port/metrics")"
printf 'nonsense\r\n\r\n' | perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]"); print $s <STDIN>; print <$s>' "$port" >"$out"
says '400 Bad Request'
if command -v ss >/dev/null; then
        ss -ltnH "sport = :$port" >"$out"
        ! grep -vE "(127\.0\.0\.1|\[::1\]):$port" "$out" | grep -q . || fail "it listens for others"
fi
# The control socket tells the same.
perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "no socket";
        print $s "{\"muster\":1,\"verb\":\"metrics\"}\n"; print <$s>' "$dir/state/state.db.control" >"$out" 2>"$err" || fail "the socket"
says '"text":"# TYPE muster_build info\u000a'
says '\u000a# EOF\u000a"'
kill -TERM $service
wait $service
same "the service's exit code" 0 $?
