# slapd.sh - a directory server of one's own, for tests, the demo and the benchmark.
# Sourced, never run.  Loopback only, a free port, everything in one folder.
#
#   slapd_prepare FOLDER [NAME=VALUE...]     configuration and an empty organisation
#   slapd_start FOLDER                       starts it and waits until it answers
#   slapd_stop FOLDER                        ends it; the data stays
#
# FOLDER then has: port, uri, ldaps-uri (with tls=), socket (ldapi), suffix, pid, admin.secret, muster.secret (both
# 0600) and slapd.log.  Names and their values, defaults first:
#
#   suffix=dc=contoso,dc=example
#   durable=yes|no          no: dbnosync, for speed; the data is then worth nothing
#   data=FOLDER/data        where the database is
#   maxsize=1073741824      how large it may become
#   index=                  more attributes with an equality index, comma-separated
#   lock=yes|no             the ppolicy overlay, for pwdAccountLockedTime
#   tls=                    a folder with ca.pem, server.pem, server.key
#   extra=                  a file with more lines for slapd.conf (global part)
#   database=               a file with more lines for the database
#
# The organisation: ou=people, ou=groups, ou=services below the suffix, cn=muster in
# the last, which may write everything, and cn=admin,SUFFIX, the root of it.  Class
# musterObject (auxiliary, for people and groups) brings musterStamp, indexed.

slapd_folder_of() {                          # where distributions keep NAME, of several
        for folder in "${@:2}"; do
                [ -e "$folder/$1" ] && echo "$folder" && return
        done
        return 1
}

slapd_prepare() {
        local folder=$1 suffix=dc=contoso,dc=example durable=yes data=$1/data maxsize=1073741824
        local index='' lock=yes tls='' extra='' database='' setting schema modules name
        shift
        for setting in "$@"; do
                case $setting in
                suffix=*|durable=*|data=*|maxsize=*|index=*|lock=*|tls=*|extra=*|database=*)
                        local "${setting%%=*}=${setting#*=}" ;;
                *) echo "slapd_prepare: what is '$setting'?" >&2; return 1 ;;
                esac
        done
        schema=$(slapd_folder_of core.schema /etc/ldap/schema /etc/openldap/schema) ||
                { echo "slapd's schema files were not found" >&2; return 1; }
        modules=$(slapd_folder_of back_mdb.so /usr/lib/ldap /usr/lib64/openldap /usr/lib/openldap)
        mkdir -p "$folder" "$data" || return 1
        (
                umask 077
                # Not secrets that anybody would miss, but none is in an argument or a log either.
                head -c 18 /dev/urandom | base64 | tr -d '\n' >"$folder/admin.secret"
                head -c 18 /dev/urandom | base64 | tr -d '\n' >"$folder/muster.secret"
                slapd_configuration >"$folder/slapd.conf"
        ) || return 1
        printf '%s' "$suffix" >"$folder/suffix"
        slapd_organisation "$folder" | slapd_tool "$folder" slapadd -q -f "$folder/slapd.conf"
}

slapd_configuration() {
        for name in core cosine inetorgperson; do
                echo "include $schema/$name.schema"
        done
        cat <<END
attributetype ( 1.3.6.1.4.1.4203.666.11.99.1 NAME 'musterStamp'
  DESC 'the record that this object belongs to'
  EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.11.99.2 NAME 'musterObject' SUP top AUXILIARY
  MAY ( musterStamp ) )
pidfile $folder/pid
argsfile $folder/args
threads 4
loglevel none
sizelimit unlimited
timelimit unlimited
END
        [ -z "$modules" ] || printf 'modulepath %s\nmoduleload back_mdb\n' "$modules"
        [ -z "$modules" ] || [ "$lock" = no ] || echo "moduleload ppolicy"
        [ -z "$tls" ] || printf '%s\n' "TLSCACertificateFile $tls/ca.pem" \
                "TLSCertificateFile $tls/server.pem" "TLSCertificateKeyFile $tls/server.key"
        [ -z "$extra" ] || cat "$extra"
        cat <<END
database mdb
suffix "$suffix"
rootdn "cn=admin,$suffix"
rootpw $(cat "$folder/admin.secret")
directory $data
maxsize $maxsize
index objectClass,uid,cn,mail,musterStamp,entryUUID${index:+,$index} eq
access to attrs=userPassword by dn.exact="cn=muster,ou=services,$suffix" write by anonymous auth
access to * by dn.exact="cn=muster,ou=services,$suffix" write by * read
END
        [ "$durable" = yes ] || echo "dbnosync"
        [ "$lock" = no ] || echo "overlay ppolicy"
        [ -z "$database" ] || cat "$database"
}

slapd_organisation() {
        local suffix domain
        suffix=$(cat "$1/suffix")
        domain=${suffix%%,*}
        cat <<END
dn: $suffix
objectClass: dcObject
objectClass: organization
dc: ${domain#dc=}
o: Contoso

END
        for unit in people groups services; do
                printf 'dn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n\n' $unit "$suffix" $unit
        done
        cat <<END
dn: cn=muster,ou=services,$suffix
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: muster
userPassword: $(cat "$1/muster.secret")
END
}

# The program itself.  Where AppArmor keeps the packaged one out of other folders, a copy
# of it is out of its reach.  One binary is all of slapd's tools.
slapd_binary() {
        local real
        real=$(PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin command -v slapd) ||
                { echo "slapd is not installed" >&2; return 1; }
        if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
                [ -x "$1/slapd" ] || cp "$(readlink -f "$real")" "$1/slapd"
                real=$1/slapd
        fi
        echo "$real"
}

slapd_tool() {                               # FOLDER slapadd|slapcat|slapindex ARGUMENT...
        local binary
        binary=$(slapd_binary "$1") && "$binary" -T "${2#slap}" "${@:3}"
}

slapd_start() {
        local folder=$1 binary port socket try pid schemes
        binary=$(slapd_binary "$folder") || return 1
        socket=ldapi://$(printf '%s' "$folder/socket" | sed 's,/,%2F,g')
        for try in 1 2 3 4 5 6 7 8 9 10; do
                # A server that is started again answers where it did before.
                port=$(cat "$folder/port" 2>/dev/null) || port=$((20000 + RANDOM % 12000))
                schemes="ldap://127.0.0.1:$port $socket"
                ! grep -q '^TLSCert' "$folder/slapd.conf" ||
                        schemes="$schemes ldaps://127.0.0.1:$((port + 12000))"
                setsid "$binary" -f "$folder/slapd.conf" -h "$schemes" -d 0 >>"$folder/slapd.log" 2>&1 &
                pid=$!
                for _ in $(seq 200); do
                        kill -0 $pid 2>/dev/null || break
                        if [ -s "$folder/pid" ] && ldapwhoami -x -H "$socket" >/dev/null 2>&1; then
                                echo "$port" >"$folder/port"
                                echo "ldap://127.0.0.1:$port" >"$folder/uri"
                                echo "ldaps://127.0.0.1:$((port + 12000))" >"$folder/ldaps-uri"
                                echo $pid >"$folder/pid"
                                return 0
                        fi
                        sleep 0.05
                done
                kill $pid 2>/dev/null
                wait $pid 2>/dev/null
                [ "$try" -lt 5 ] || rm -f "$folder/port"
                sleep 0.2
        done
        echo "slapd did not start:" >&2
        tail -n 5 "$folder/slapd.log" >&2
        return 1
}

slapd_stop() {
        local pid
        pid=$(cat "$1/pid" 2>/dev/null) || return 0
        kill "$pid" 2>/dev/null || return 0
        for _ in $(seq 200); do
                kill -0 "$pid" 2>/dev/null || { rm -f "$1/pid"; return 0; }
                sleep 0.05
        done
        kill -9 "$pid" 2>/dev/null
        rm -f "$1/pid"
}
