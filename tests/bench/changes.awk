# changes.awk BEFORE AFTER - two LDIF dumps in, the modifications between them out.
# Both unwrapped (ldapsearch -o ldif-wrap=no); entries in both, changed attributes only.

# Takes an entry apart: lines of each attribute, in their order.
function attributes(entry, of,    n, lines, i, name) {
        split("", of)
        n = split(entry, lines, "\n")
        for (i = 2; i <= n; i++) {
                name = lines[i]
                sub(/:.*/, "", name)
                of[name] = of[name] lines[i] "\n"
        }
}

BEGIN { RS = "" }

{
        dn = $0
        sub(/\n.*/, "", dn)
}

FNR == NR { before[dn] = $0; next }

dn in before && before[dn] != $0 {
        attributes(before[dn], old)
        attributes($0, new)
        print dn "\nchangetype: modify"
        for (name in new)
                if (old[name] != new[name])
                        printf "replace: %s\n%s-\n", name, new[name]
        for (name in old)
                if (!(name in new))
                        printf "replace: %s\n-\n", name
        print ""
}
