#!/bin/sh
# A source for Muster's exec connector: the accounts and groups of a passwd and a group file,
# such as `getent passwd` and `getent group` write them.
#
# An example to copy.  It needs no reader of JSON: of each line it looks at the call and its
# number.  Arguments: PASSWD-FILE GROUP-FILE LOWEST-UID
passwd=$1 group=$2 lowest=$3

# What was asked, in awk: a text for JSON, then the items.
read_all() {
        awk -F: -v id="$1" -v lowest="$lowest" -v file="$passwd" '
        function text(s) {
                gsub(/\\/, "&&", s); gsub(/"/, "\\\\&", s); gsub(/[\001-\037]/, " ", s)
                return "\"" s "\""
        }
        function item(what) { print "{\"id\":" id "," what "}" }
        FILENAME == file {
                if ($3 < lowest || NF < 7) next
                users[$1] = $3; primary[$4] = primary[$4] " " $3
                item("\"user\":" text($3) ",\"whole\":{\"uid\":" text($1) ",\"displayName\":" text($5) \
                     ",\"uidNumber\":" ($3 + 0) ",\"accountEnabled\":" ($7 ~ /(nologin|false)$/ ? "false" : "true") "}")
                next
        }
        NF >= 4 {
                n = split($4, names, ","); members = ""
                for (i = 1; i <= n; i++) if (names[i] in users) members = members " " users[names[i]]
                n = split(members primary[$3], ids, " ")
                if (n == 0) next
                item("\"group\":" text("g" $3) ",\"whole\":{\"displayName\":" text($1) "}")
                for (i = 1; i <= n; i++)
                        item("\"group\":" text("g" $3) ",\"member\":" text(ids[i]) ",\"joins\":true")
        }' "$passwd" "$group" &&
                echo "{\"id\":$1,\"end\":\"complete\"}" ||
                echo "{\"id\":$1,\"error\":\"network\",\"text\":\"$passwd or $group cannot be read\"}"
}

while IFS= read -r line; do
        id=${line#*\"id\":} id=${id%%[,\}]*}
        case $line in
        *'"call":"hello"'*)
                echo "{\"id\":$id,\"end\":\"complete\",\"protocol\":1,\"can\":[\"users\",\"groups\"]," \
                        '"attributes":[{"name":"uid"},{"name":"displayName"},{"name":"uidNumber","type":"integer"},' \
                        '{"name":"accountEnabled","type":"boolean"},{"name":"displayName","of":"group"}]}' ;;
        *'"call":"probe"'*)
                echo "{\"id\":$id,\"end\":\"complete\",\"identity\":\"accounts\"}" ;;
        *'"call":"read"'*)
                read_all "$id" ;;
        *)
                echo "{\"id\":$id,\"error\":\"internal\",\"text\":\"this call is not known\"}" ;;
        esac
done
