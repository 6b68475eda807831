# openmetrics.awk - is this text exactly what OpenMetrics 1.0 allows, of what muster uses of it?
# Prints what is wrong and exits 1.  With -v classic=1: the Prometheus text format 0.0.4.
#
# Families are together and told once, TYPE before all samples; names end as their type and unit
# want; labels are well-formed and no two samples of a family the same; counters are not below 0;
# buckets rise, end in +Inf and agree with the count; "# EOF" is the end.
function wrong(what) { print "line " NR ": " what ": " $0; bad = 1 }
function number(text) { return text ~ /^[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/ }
# The labels in front of the value: checked, cut off; without le in 'group', le in 'limit'.
function labels(    name, value, c, i) {
        group = limit = ""
        delete seen
        if (substr(rest, 1, 1) != "{") return 1
        rest = substr(rest, 2)
        while (1) {
                if (!match(rest, /^[a-zA-Z_][a-zA-Z0-9_]*="/)) return 0
                name = substr(rest, 1, RLENGTH - 2)
                rest = substr(rest, RLENGTH + 1)
                if (name in seen || name ~ /^__/) return 0
                seen[name] = 1
                value = ""
                for (i = 1; (c = substr(rest, i, 1)) != "\""; i++) {
                        if (c == "") return 0
                        if (c == "\\" && (c = c substr(rest, ++i, 1)) !~ /^\\["\\n]$/) return 0
                        value = value c
                }
                rest = substr(rest, i + 1)
                if (name == "le") limit = value
                else group = group "," name "=" value
                if (substr(rest, 1, 1) == "}") { rest = substr(rest, 2); return 1 }
                if (substr(rest, 1, 1) != ",") return 0
                rest = substr(rest, 2)
        }
}
function end_of_buckets() {
        if (last_limit != "" && last_limit != "+Inf") wrong("the buckets before this do not end in +Inf")
        last_limit = ""
}
over { wrong("something behind # EOF"); exit }
/^# EOF$/ { over = 1; end_of_buckets(); if (classic) wrong("no # EOF in the older form"); next }
/^# (TYPE|HELP|UNIT) / {
        if (!match($0, /^# [A-Z]+ [a-zA-Z_:][a-zA-Z0-9_:]* ./)) { wrong("not a line of metadata"); next }
        end_of_buckets()
        if ($2 == "TYPE") {
                if ($3 in type) wrong("a family twice")
                if (NF != 4 || $4 !~ (classic ? "^(gauge|counter|histogram)$" : "^(gauge|counter|histogram|info)$"))
                        wrong("no such type")
                if (!classic && $3 ~ /_(total|bucket|sum|count|info|created)$/) wrong("a family named like a sample")
                family = $3
                type[family] = $4
                delete told
        } else if ($3 != family) wrong("metadata of another family")
        else if ($2 in told) wrong("told twice")
        else if (sampled) wrong("metadata behind samples")
        if ($2 == "UNIT" && (classic || NF != 4 || $3 !~ ("_" $4 "$"))) wrong("not the unit of the name")
        if ($2 == "HELP" && (classic && /\\[^\\n]/)) wrong("an escape that the older form has not")
        if ($2 != "TYPE") told[$2] = 1
        sampled = 0
        next
}
/^#/ || /^$/ || /\r/ { wrong("no such line"); next }
{
        if (!match($0, /^[a-zA-Z_:][a-zA-Z0-9_:]*/)) { wrong("no name"); next }
        name = substr($0, 1, RLENGTH)
        rest = substr($0, RLENGTH + 1)
        if (!labels()) { wrong("labels"); next }
        if (rest !~ /^ [^ ]+$/ || !number(value = substr(rest, 2))) { wrong("not a number"); next }
        sampled = 1
        suffix = substr(name, length(family) + 1)
        if (family == "" || substr(name, 1, length(family)) != family) { wrong("a sample of another family"); next }
        kind = type[family]
        if (kind == "gauge" && suffix != "") wrong("a gauge with an end")
        if (kind == "counter" && suffix != (classic ? "" : "_total")) wrong("a counter's name")
        if (kind == "counter" && classic && name !~ /_total$/) wrong("a counter's name")
        if (kind == "info" && (suffix != "_info" || value != 1)) wrong("info is 1")
        if (kind == "counter" && value < 0) wrong("a counter below 0")
        if ((name, group, limit) in samples) wrong("a sample twice")
        samples[name, group, limit] = 1
        if (kind == "histogram") {
                if (suffix !~ /^_(bucket|sum|count)$/) wrong("no part of a histogram")
                if (suffix == "_bucket") {
                        if (limit !~ /^([0-9]+\.[0-9]+|\+Inf)$/) wrong("not a canonical limit")
                        if (last_limit != "" && last_limit != "+Inf" && last_group == group &&
                            (value + 0 < last_value || (limit != "+Inf" && limit + 0 <= last_limit + 0))) wrong("buckets do not rise")
                        last_limit = limit; last_group = group; last_value = value + 0
                } else end = 1
                if (suffix == "_count" && value + 0 != last_value) wrong("the count is not the last bucket")
        } else if (limit != "") wrong("le outside of a histogram")
}
END {
        if (!over && !classic) { print "no # EOF"; bad = 1 }
        if (NR < 2) { print "no metrics"; bad = 1 }
        exit bad
}
