# man-config.sh - muster.xml(5) speaks of every element, attribute and word that the schema knows.
set -u
rng=$srcdir/conf/muster.rng
page=$(mktemp) || exit 1
trap 'rm -f "$page"' EXIT
sed 's/\\(dq/"/g' "$srcdir/conf/man/muster.xml.5" > "$page"
missing=0

words() {
        sed -n "s/.*<$1 name=\"\([^\"]*\)\".*/\1/p" "$rng" | sort -u
}

for kind in element attribute; do
        for name in $(words $kind); do
                grep -q "Cm $name\( \|\$\)\|<$name[ >]\|[ []$name=" "$page" && continue
                echo "muster.xml(5) does not explain the $kind '$name'"
                missing=$((missing + 1))
        done
done
for value in $(grep -o '<value>[^<]*</value>' "$rng" | sed 's/<[^>]*>//g' | sort -u); do
        grep -q "\(^\|[^a-z]\)$value\([^a-z]\|\$\)" "$page" && continue
        echo "muster.xml(5) does not mention the value '$value'"
        missing=$((missing + 1))
done
[ "$(words element | wc -l)" -gt 20 ] || { echo "no elements found in $rng"; exit 1; }
[ $missing = 0 ]
