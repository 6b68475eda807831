# krb5.sh - a Kerberos realm of one's own, for tests: an MIT KDC on a free port of the loopback.
# Sourced, never run.
#
#   krb5_prepare FOLDER      realm CONTOSO.EXAMPLE with the services ldap/HOST and the person muster
#   krb5_start FOLDER        starts its KDC and waits until it answers
#   krb5_stop FOLDER
#
# FOLDER then has krb5.conf (for KRB5_CONFIG), service.keytab (for the server's KRB5_KTNAME),
# muster.keytab (for KRB5_CLIENT_KTNAME, or kinit -kt) and log.
#
# HOST is localhost, 127.0.0.1 and the machine's own name: which of them a client asks for depends on
# how it canonicalizes (libldap takes 127.0.0.1 for the machine's own name, unless SASL_NOCANON is
# on), and the server takes any that is in its keytab.

krb5_prepare() {
        local folder=$1 port=$((20000 + RANDOM % 12000)) name
        mkdir -p "$folder" && chmod 700 "$folder" || return 1
        krb5_configuration >"$folder/krb5.conf"
        (
                umask 077
                export KRB5_CONFIG=$folder/krb5.conf KRB5_KDC_PROFILE=$folder/krb5.conf
                head -c 18 /dev/urandom | base64 | tr -d '\n' >"$folder/master.secret"
                { cat "$folder/master.secret"; echo; cat "$folder/master.secret"; echo; } |
                        kdb5_util create -s -r CONTOSO.EXAMPLE || exit 1
                {
                        for name in localhost 127.0.0.1 "$(hostname)" "$(hostname -f 2>/dev/null || hostname)"; do
                                echo "addprinc -randkey ldap/$name"
                                echo "ktadd -k $folder/service.keytab ldap/$name"
                        done
                        echo "addprinc -randkey muster"
                        echo "ktadd -k $folder/muster.keytab muster"
                } | kadmin.local -r CONTOSO.EXAMPLE
        ) >"$folder/log" 2>&1
        [ -s "$folder/service.keytab" ] && [ -s "$folder/muster.keytab" ] && return
        echo "no Kerberos realm:" >&2
        tail -n 10 "$folder/log" >&2
        return 1
}

krb5_configuration() {
        cat <<END
[libdefaults]
default_realm = CONTOSO.EXAMPLE
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
ignore_acceptor_hostname = true
[realms]
CONTOSO.EXAMPLE = {
  kdc = 127.0.0.1:$port
  database_name = $folder/principal
  key_stash_file = $folder/stash
  acl_file = $folder/acl
  kdc_listen = 127.0.0.1:$port
  kdc_tcp_listen = 127.0.0.1:$port
  master_key_type = aes256-cts-hmac-sha1-96
  supported_enctypes = aes256-cts-hmac-sha1-96:normal
}
[domain_realm]
localhost = CONTOSO.EXAMPLE
127.0.0.1 = CONTOSO.EXAMPLE
$(hostname) = CONTOSO.EXAMPLE
[logging]
kdc = FILE:$folder/kdc.log
END
}

krb5_start() {
        local folder=$1 pid port _
        for _ in 1 2 3 4 5; do
                KRB5_CONFIG=$folder/krb5.conf KRB5_KDC_PROFILE=$folder/krb5.conf \
                        setsid krb5kdc -n -r CONTOSO.EXAMPLE -P "$folder/kdc-pid" >>"$folder/log" 2>&1 </dev/null &
                pid=$!
                echo $pid >"$folder/pid"
                for _ in $(seq 200); do
                        kill -0 $pid 2>/dev/null || break
                        if KRB5_CONFIG=$folder/krb5.conf KRB5CCNAME=FILE:$folder/first-ticket \
                                kinit -k -t "$folder/muster.keytab" muster >>"$folder/log" 2>&1; then
                                rm -f "$folder/first-ticket"
                                return 0
                        fi
                        sleep 0.05
                done
                krb5_stop "$folder"
                port=$((20000 + RANDOM % 12000))
                sed -i -E "s/127\.0\.0\.1:[0-9]+/127.0.0.1:$port/" "$folder/krb5.conf"
        done
        echo "the KDC did not start:" >&2
        tail -n 5 "$folder/log" "$folder/kdc.log" >&2
        return 1
}

krb5_stop() {
        local pid
        pid=$(cat "$1/pid" 2>/dev/null) || return 0
        rm -f "$1/pid"
        kill "$pid" 2>/dev/null || return 0
        for _ in $(seq 200); do
                kill -0 "$pid" 2>/dev/null || return 0
                sleep 0.05
        done
        kill -9 "$pid" 2>/dev/null
}
