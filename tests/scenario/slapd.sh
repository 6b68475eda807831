# slapd.sh - a directory server of one's own, for tests, the demo and the benchmark.
# Sourced, never run.  Loopback only, a free port, everything in one folder.
#
#   slapd_prepare FOLDER [NAME=VALUE...]     configuration and an empty organisation
#   slapd_start FOLDER                       starts it and waits until it answers
#   slapd_stop FOLDER                        ends it; the data stays
#   slapd_kill FOLDER                        the same at once, as by a power cut
#   slapd_caught_up CONSUMER PROVIDER        waits until one folder's server holds what the other's does
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
#   policy=no|yes|hash      with a policy: who is locked is refused, as after three wrong passwords; who is told
#                           to change his password must; hash: passwords are kept hashed
#   refint=no|yes           member, uniqueMember, owner, manager follow who is renamed or deleted
#   memberof=no|yes         who enters a group gets a memberOf
#   unique=                 an attribute whose value nobody else below ou=people may have
#   sync=no|yes             the syncprov overlay: RFC 4533, and for consumers
#   consumer=               the folder of a server with sync=yes, running: this one is its read-only
#                           copy and answers every write with a referral to it
#   kerberos=               a folder of krb5.sh: GSSAPI; muster@REALM is cn=muster
#   rights=own|all          own: cn=muster may write below ou=people and ou=groups; all: everywhere
#   tls=                    a folder with ca.pem, server.pem, server.key
#   extra=                  a file with more lines for slapd.conf (global part)
#   database=               a file with more lines for the database
#
# The organisation: ou=people, ou=groups, ou=services below the suffix, cn=muster in
# the last, which writes people and groups, and cn=admin,SUFFIX, the root of it.  Class
# musterObject (auxiliary, for people and groups) brings musterStamp, indexed.  With SASL EXTERNAL,
# whoever runs this is cn=muster over ldapi, and so is a client certificate with its DN as subject.

slapd_folder_of() {                          # where distributions keep NAME, of several
        for folder in "${@:2}"; do
                [ -e "$folder/$1" ] && echo "$folder" && return
        done
        return 1
}

slapd_prepare() {
        local folder=$1 suffix=dc=contoso,dc=example durable=yes data=$1/data maxsize=1073741824
        local index='' lock=yes tls='' extra='' database='' setting schema modules name
        local policy=no refint=no memberof=no unique='' sync=no consumer='' kerberos='' rights=own
        shift
        for setting in "$@"; do
                case $setting in
                suffix=*|durable=*|data=*|maxsize=*|index=*|lock=*|tls=*|extra=*|database=*|policy=*|\
                refint=*|memberof=*|unique=*|sync=*|consumer=*|kerberos=*|rights=*)
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
        printf '%s' "$consumer" >"$folder/consumer-of"
        printf '%s' "$kerberos" >"$folder/kerberos"
        # A consumer gets everything from its provider.
        [ -z "$consumer" ] || return 0
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
        # A consumer must know memberOf, and leaves writing it to its provider.
        [ -z "$consumer" ] || local memberof=yes
        for name in $(slapd_overlays); do
                [ -z "$modules" ] || echo "moduleload $name"
        done
        cat <<END
authz-regexp gidNumber=[0-9]+[+]uidNumber=$(id -u),cn=peercred,cn=external,cn=auth cn=muster,ou=services,$suffix
authz-regexp uid=muster,(cn=[^,]+,)?cn=gssapi,cn=auth cn=muster,ou=services,$suffix
END
        [ -z "$tls" ] || echo "TLSVerifyClient try"
        [ -z "$kerberos" ] || echo "sasl-host localhost"
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
END
        [ "$durable" = yes ] || echo "dbnosync"
        slapd_rights
        [ -z "$consumer" ] || cat <<END
syncrepl rid=001 provider=$(cat "$consumer/uri") type=refreshAndPersist retry="1 +" searchbase="$suffix"
  bindmethod=simple binddn="cn=admin,$suffix" credentials=$(cat "$consumer/admin.secret")
updateref $(cat "$consumer/uri")
END
        for name in $(slapd_overlays); do
                [ -z "$consumer" ] || [ "$name" != memberof ] || continue
                echo "overlay $name"
                case $name in
                ppolicy)
                        [ "$policy" = no ] || echo "ppolicy_default cn=policy,ou=services,$suffix"
                        [ "$policy" != hash ] || echo "ppolicy_hash_cleartext" ;;
                refint) echo "refint_attributes member uniqueMember owner manager" ;;
                unique) echo "unique_uri ldap:///ou=people,$suffix?$unique?sub" ;;
                esac
        done
        [ -z "$database" ] || cat "$database"
}

slapd_overlays() {
        [ "$lock" = no ] || echo ppolicy
        [ "$memberof" = no ] || echo memberof
        [ "$refint" = no ] || echo refint
        [ -z "$unique" ] || echo unique
        [ "$sync" = no ] || echo syncprov
}

slapd_rights() {
        local muster="dn.exact=cn=muster,ou=services,$suffix" unit
        if [ "$rights" = all ]; then
                printf 'access to attrs=userPassword by %s write by anonymous auth\n' "$muster"
                printf 'access to * by %s write by * read\n' "$muster"
                return
        fi
        for unit in people groups; do
                cat <<END
access to dn.exact=ou=$unit,$suffix attrs=children by $muster write by * read
access to dn.children=ou=$unit,$suffix attrs=userPassword by $muster write by self =xw by anonymous auth
access to dn.children=ou=$unit,$suffix by $muster write by * read
END
        done
        printf 'access to attrs=userPassword by anonymous auth\naccess to * by * read\n'
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
        [ "$policy" = no ] || cat <<END

dn: cn=policy,ou=services,$suffix
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 3
pwdLockoutDuration: 0
pwdMustChange: TRUE
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
        local folder=$1 binary port socket try pid schemes kerberos
        binary=$(slapd_binary "$folder") || return 1
        kerberos=$(cat "$folder/kerberos" 2>/dev/null)
        [ -z "$kerberos" ] || local -x KRB5_CONFIG=$kerberos/krb5.conf KRB5_KTNAME=$kerberos/service.keytab
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

slapd_kill() {
        local pid
        pid=$(cat "$1/pid" 2>/dev/null) || return 0
        rm -f "$1/pid"
        kill -9 "$pid" 2>/dev/null
        { wait "$pid"; } 2>/dev/null
        while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
}

slapd_csn() {
        ldapsearch -x -LLL -H "$(cat "$1/uri")" -b "$(cat "$1/suffix")" -s base contextCSN 2>/dev/null | grep contextCSN
}

slapd_caught_up() {
        local csn
        for _ in $(seq 1200); do
                csn=$(slapd_csn "$1")
                [ -z "$csn" ] || [ "$csn" != "$(slapd_csn "$2")" ] || return 0
                sleep 0.05
        done
        echo "the consumer did not catch up" >&2
        return 1
}
