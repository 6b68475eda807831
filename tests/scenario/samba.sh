# samba.sh - a Samba Active Directory domain controller of one's own, for tests.  Sourced, after
# testca.sh, never run.  An address of its own on the loopback, everything in one folder.
#
#   samba_or_skip "$0" "$@"                  first of all: the test is skipped where it cannot run
#   samba_prepare FOLDER tls=CA [NAME=VALUE...]   a domain contoso.example and its organisation
#   samba_start FOLDER                       starts it and waits until it answers
#   samba_stop FOLDER                        ends it; the data stays
#   samba_kill FOLDER                        the same at once, as by a power cut
#   samba_ldb FOLDER ldbsearch|ldbmodify|ldbadd|ldbdel ARGUMENT...
#                                            the database itself, as root of it, while it runs or not
#
# FOLDER then has: address, uri (ldap://ADDRESS), ldaps-uri, suffix, pid, muster.secret, muster.keytab
# (both 0600), reader.secret, krb5.conf (for KRB5_CONFIG), smb.conf and log.  Names and values, defaults first:
#
#   tls=             a folder made by testca_new; a certificate for the address is issued there
#   strong=yes|no    no: passwords may come in clear text (for a proxy that must read what goes by)
#   cache=           a file that keeps the domain for the next one that asks, of the same version
#
# The organisation: OU=people, OU=groups, OU=services below DC=contoso,DC=example, and CN=muster in the
# last.  To it is delegated what a directory's admin would delegate: create, delete, move and every
# attribute of users and units below people and of groups below groups, and new passwords there.
# CN=reader beside it may replicate changes (DirSync), and nothing else.
#
# The ports of a domain controller are fixed (389, 636, 88 ...), so each has an address at random out
# of 127.0.0.0/8 and several run at once.  They are below 1024: an ordinary user has them in a network of
# his own, in which the script is started again.

samba_suffix=DC=contoso,DC=example

samba_or_skip() {
        need samba samba-tool ldbsearch ldbmodify ldapsearch openssl flock
        [ "$(id -u)" != 0 ] || return 0
        [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)" -gt 88 ] || return 0
        unshare -rn true 2>/dev/null && command -v ip >/dev/null ||
                skip "a domain controller's ports are below 1024: root is needed, or unshare -rn and ip"
        # shellcheck disable=SC2016
        exec unshare -rn "$BASH" -c 'ip link set lo up && exec "$BASH" "$@"' samba "$@"
}

samba_prepare() {
        local folder=$1 tls='' strong=yes cache='' setting address
        shift
        for setting in "$@"; do
                case $setting in
                tls=*|strong=*|cache=*) local "${setting%%=*}=${setting#*=}" ;;
                *) echo "samba_prepare: what is '$setting'?" >&2; return 1 ;;
                esac
        done
        [ -r "$tls/ca.key" ] || { echo "samba_prepare: tls= names no folder of a CA" >&2; return 1; }
        mkdir -p "$folder"/{etc,run,tls} && chmod 700 "$folder" || return 1
        address=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
        printf '%s' $address >"$folder/address"
        printf '%s' "$samba_suffix" >"$folder/suffix"
        echo "ldap://$address" >"$folder/uri"
        echo "ldaps://$address" >"$folder/ldaps-uri"
        samba_configuration >"$folder/etc/smb.conf"
        ln -sf etc/smb.conf "$folder/smb.conf"
        samba_domain || return 1
        samba_kerberos >"$folder/krb5.conf"
        testca_issue "$tls" "samba-$address" "IP:$address,DNS:dc1.contoso.example" &&
                cp "$tls/ca.pem" "$folder/tls/ca.pem" && cp "$tls/samba-$address.pem" "$folder/tls/server.pem" &&
                install -m 600 "$tls/samba-$address.key" "$folder/tls/server.key" || return 1
        # A client that is given an address asks for a ticket for that.
        samba_ldb "$folder" ldbmodify >>"$folder/log" 2>&1 <<END
dn: CN=DC1,OU=Domain Controllers,$samba_suffix
changetype: modify
add: servicePrincipalName
servicePrincipalName: ldap/$address
END
}

samba_configuration() {
        cat <<END
[global]
netbios name = DC1
realm = CONTOSO.EXAMPLE
workgroup = CONTOSO
server role = active directory domain controller
server services = ldap, kdc
interfaces = $address/8
bind interfaces only = yes
ldap server require strong auth = $strong
private dir = $folder/private
state directory = $folder/state
cache directory = $folder/cache
lock directory = $folder/run
binddns dir = $folder/bind-dns
pid directory = $folder/run
ncalrpc dir = $folder/run/ncalrpc
winbindd socket directory = $folder/run/winbindd
ntp signd socket directory = $folder/run/ntp
log file = $folder/log
idmap_ldb:use rfc2307 = yes
tls enabled = yes
tls keyfile = $folder/tls/server.key
tls certfile = $folder/tls/server.pem
tls cafile = $folder/tls/ca.pem

[sysvol]
path = $folder/state/sysvol

[netlogon]
path = $folder/state/sysvol/contoso.example/scripts
END
}

samba_kerberos() {
        cat <<END
[libdefaults]
default_realm = CONTOSO.EXAMPLE
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
[realms]
CONTOSO.EXAMPLE = {
  kdc = $address:88
}
[domain_realm]
$address = CONTOSO.EXAMPLE
END
}

# The domain: out of the cache, or made (in two seconds) and put there.  What is in it does not depend on
# the folder.  Who comes meanwhile waits and then finds it.
samba_domain() {
        local mark
        [ -n "$cache" ] || { samba_provision; return; }
        mark=$(samba --version; cksum <"${BASH_SOURCE[0]%/*}/samba-provision.py"; id -u)
        (
                flock 9 || exit 1
                if [ "$(cat "$cache.mark" 2>/dev/null)" = "$mark" ] && tar -xf "$cache" -C "$folder"; then exit 0; fi
                samba_provision || exit 1
                rm -f "$cache.mark"
                (umask 077; tar -cf "$cache" -C "$folder" private state muster.secret reader.secret muster.keytab) &&
                        printf '%s\n' "$mark" >"$cache.mark" || rm -f "$cache"
        ) 9>"$cache.lock"
}

samba_provision() {
        local python name
        # The Python that Samba's own tools use has its modules.
        python=$(sed -n '1s/^#! *//p' "$(command -v samba-tool)")
        # A password that is complex enough for a domain.
        for name in muster reader; do
                (umask 077; printf 'Aa1.%s' "$(head -c 15 /dev/urandom | base64 | tr -d '\n')" >"$folder/$name.secret")
        done
        TDB_NO_FSYNC=1 $python "${BASH_SOURCE[0]%/*}/samba-provision.py" "$folder" >"$folder/log" 2>&1 && return
        echo "no domain could be made:" >&2
        tail -n 20 "$folder/log" >&2
        return 1
}

samba_ldb() {
        local folder=$1 tool=$2
        shift 2
        TDB_NO_FSYNC=1 "$tool" --configfile="$folder/smb.conf" -H "$folder/private/sam.ldb" "$@"
}

samba_start() {
        local folder=$1 pid
        TDB_NO_FSYNC=1 setsid samba -F --no-process-group -M single -s "$folder/smb.conf" -l "$folder" \
                >>"$folder/log" 2>&1 </dev/null &
        pid=$!
        echo $pid >"$folder/pid"
        for _ in $(seq 600); do
                kill -0 $pid 2>/dev/null || break
                ldapsearch -x -H "$(cat "$folder/uri")" -b '' -s base dn >/dev/null 2>&1 && return
                sleep 0.05
        done
        samba_stop "$folder"
        echo "Samba did not start:" >&2
        tail -n 10 "$folder/log" >&2
        return 1
}

samba_stop() {
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

samba_kill() {
        local pid
        pid=$(cat "$1/pid" 2>/dev/null) || return 0
        rm -f "$1/pid"
        kill -9 "$pid" 2>/dev/null
        { wait "$pid"; } 2>/dev/null
        while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
}
