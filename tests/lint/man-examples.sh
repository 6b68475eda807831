#!/bin/bash
# The manual page of each connector shows every option that it has, in an example.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
seen=0 wrong=0
for plugin in boldbi entra exec kaizala ldap file; do
        [ -e "$top_builddir/plugins/.libs/$plugin.so" ] || continue
        # a folder of connectors must not be writable by others
        mkdir -m 755 "$dir/$plugin" && cp "$top_builddir/plugins/.libs/$plugin.so" "$dir/$plugin" && chmod 755 "$dir/$plugin/$plugin.so"
        export MUSTER_PLUGINS=$dir/$plugin
        expect 0 plugins "$plugin" --json
        awk '/^\.nf/ { on = 1; next } /^\.fi/ { on = 0 } on' "$srcdir/plugins/$plugin/muster-$plugin.5" | sed 's/\\-/-/g' >"$dir/examples"
        options=$(grep -oE '\{"name":"[a-z-]+","type":"[a-z-]+","required"' "$out" | cut -d'"' -f4 | sort -u)
        [ "$(echo "$options" | wc -l)" -gt 5 ] || fail "the options of $plugin could not be read"
        for option in $options; do
                grep -qE "<$option[ >/]" "$dir/examples" && continue
                echo "muster-$plugin(5) has no example of <$option>" >&2
                wrong=1
        done
        seen=$((seen + 1))
done
[ $seen -gt 0 ] || skip "this build has no loadable connectors"
exit $wrong
