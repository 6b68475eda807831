# ds389.sh - a 389 Directory Server of one's own, for tests.  Sourced, never run.
# Loopback only, free ports, everything in one folder, no instance that the machine knows.
#
#   ds389_prepare FOLDER [NAME=VALUE...]     configuration and an empty organisation
#   ds389_start FOLDER                       starts it and waits until it answers
#   ds389_stop FOLDER                        ends it, in two seconds; the data stays
#   ds389_kill FOLDER                        the same at once, as by a power cut
#
# FOLDER then has: port, uri, ldaps-uri (with tls=), socket (ldapi), suffix, pid, admin.secret (of
# cn=Directory Manager), muster.secret (both 0600) and log/errors.  Names and values, defaults first:
#
#   suffix=dc=contoso,dc=example
#   durable=no|yes          no: transactions are not synced; the data is then worth nothing
#   tls=                    a folder with ca.pem, server.pem, server.key (see testca.sh)
#   memberof=no|yes         the MemberOf plugin writes to people when a group changes
#   refint=no|yes           referential integrity: member, uniquemember, owner, manager
#   unique=                 an attribute that no two entries below the suffix may share
#   sync=no|yes             RFC 4533 content synchronization, with the retro changelog
#   usn=no|yes              entryUSN
#   lock=no|yes             a password policy that locks after three wrong passwords
#
# The organisation is slapd.sh's: ou=people, ou=groups, ou=services below the suffix and
# cn=muster in the last.  It may create, change, move and delete below ou=people and ou=groups, lock
# accounts there, and nothing else; everybody may read everything but passwords.  Class musterObject
# (auxiliary) brings musterStamp.  With the client certificate whose subject is cn=muster's DN, or as
# root over ldapi, SASL EXTERNAL is cn=muster too.
#
# dscreate wants systemd and folders of the machine; the server itself needs neither: it is given
# the package's own template of a configuration, filled in.

ds389_template() {                           # the package's, wherever the distribution has it
        for file in /usr/share/dirsrv/data/template-dse.ldif /usr/local/share/dirsrv/data/template-dse.ldif; do
                [ -r "$file" ] && echo "$file" && return
        done
        echo "389 Directory Server is not installed (no template-dse.ldif)" >&2
        return 1
}

ds389_prepare() {
        local folder=$1 suffix=dc=contoso,dc=example durable=no tls='' memberof=no refint=no unique='' sync=no
        local usn=no lock=no setting template port
        shift
        for setting in "$@"; do
                case $setting in
                suffix=*|durable=*|tls=*|memberof=*|refint=*|unique=*|sync=*|usn=*|lock=*)
                        local "${setting%%=*}=${setting#*=}" ;;
                *) echo "ds389_prepare: what is '$setting'?" >&2; return 1 ;;
                esac
        done
        template=$(ds389_template) || return 1
        mkdir -p "$folder"/{config/schema,db/userRoot,lock,log,run,ldif,bak,tmp,instance} || return 1
        port=$((20000 + RANDOM % 12000))
        (
                umask 077
                head -c 18 /dev/urandom | base64 | tr -d '\n' >"$folder/admin.secret"
                head -c 18 /dev/urandom | base64 | tr -d '\n' >"$folder/muster.secret"
                ds389_configuration | cat -s >"$folder/config/dse.ldif"
                ds389_organisation >"$folder/ldif/organisation.ldif"
        ) || return 1
        printf '%s' "$suffix" >"$folder/suffix"
        ds389_schema >"$folder/config/schema/99user.ldif"
        [ -z "$tls" ] || ds389_certificates
}

# Of a folder's own: the server writes its whole configuration anew, so it is a file of its own too.
ds389_configuration() {
        sed -e "s,%schema_dir%,$folder/config/schema," -e "s,%lock_dir%,$folder/lock," -e "s,%tmp_dir%,$folder/tmp," \
                -e "s,%cert_dir%,$folder/config," -e "s,%ldif_dir%,$folder/ldif," -e "s,%bak_dir%,$folder/bak," \
                -e "s,%run_dir%,$folder/run," -e "s,%inst_dir%,$folder/instance," -e "s,%log_dir%,$folder/log," \
                -e "s,%fqdn%,localhost," -e "s,%ds_port%,$port," -e "s,%ds_user%,$(id -un)," \
                -e "s,%rootdn%,cn=Directory Manager," -e "s,%ds_passwd%,{CLEAR}$(cat "$folder/admin.secret")," \
                -e "s,%ldapi_enabled%,on," -e "s,%ldapi%,$folder/socket," -e "s,%ldapi_autobind%,on," \
                -e "s,%config_dir%,$folder/config," -e "s,%db_dir%,$folder/db," -e "s,%db_home_dir%,$folder/db," \
                -e "s,%db_lib%,bdb," -e "s/%ds_suffix%/$suffix/" "$template" |
                ds389_settings | awk "$ds389_edit"
        # Each entry has one empty line before it: two would be an entry without a name.
        cat <<END

dn: cn=userRoot,cn=ldbm database,cn=plugins,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: userRoot
nsslapd-suffix: $suffix
nsslapd-directory: $folder/db/userRoot

dn: cn="$suffix",cn=mapping tree,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: "$suffix"
nsslapd-state: backend
nsslapd-backend: userRoot
END
        for name in musterStamp entryUUID; do
                cat <<END

dn: cn=$name,cn=default indexes,cn=config,cn=ldbm database,cn=plugins,cn=config
objectClass: top
objectClass: nsIndex
cn: $name
nsSystemIndex: false
nsIndexType: eq
END
        done
}

# What is to be said otherwise than in the template: "DN<tab>attribute<tab>value" first, then the template.
ds389_settings() {
        local plugins=cn=plugins,cn=config
        ds389_set() { printf '%s\t%s\t%s\n' "$@"; }
        ds389_on() { ds389_set "cn=$1,$plugins" nsslapd-pluginenabled on; }
        ds389_set cn=config nsslapd-listenhost 127.0.0.1
        ds389_set cn=config nsslapd-securelistenhost 127.0.0.1
        ds389_set cn=config nsslapd-ldapimaprootdn "cn=muster,ou=services,$suffix"
        ds389_set cn=config nsslapd-enable-upgrade-hash off
        ds389_set cn=config passwordStorageScheme SSHA256
        ds389_set cn=config nsslapd-threadnumber 8
        ds389_set cn=config nsslapd-maxdescriptors 1024
        # The collations are in a folder that only its own user may read.
        ds389_set "cn=Internationalization Plugin,$plugins" nsslapd-pluginenabled off
        ds389_set "cn=config,cn=ldbm database,$plugins" nsslapd-cache-autosize 0
        ds389_set "cn=config,cn=ldbm database,$plugins" nsslapd-dbcachesize 8000000
        [ "$durable" = yes ] ||
                ds389_set "cn=config,cn=ldbm database,$plugins" nsslapd-db-durable-transaction off
        [ -z "$tls" ] || { ds389_set cn=config nsslapd-security on
                ds389_set cn=config nsslapd-securePort $((port + 12000)); }
        [ "$memberof" = no ] || { ds389_on "MemberOf Plugin"
                ds389_set "cn=MemberOf Plugin,$plugins" memberofgroupattr member
                ds389_set "cn=MemberOf Plugin,$plugins" memberofattr memberOf; }
        [ "$refint" = no ] || { ds389_on "referential integrity postoperation"
                ds389_set "cn=referential integrity postoperation,$plugins" referint-membership-attr manager; }
        [ -z "$unique" ] || { ds389_on "attribute uniqueness"
                ds389_set "cn=attribute uniqueness,$plugins" uniqueness-attribute-name "$unique"; }
        [ "$sync" = no ] || { ds389_on "Retro Changelog Plugin"; ds389_on "Content Synchronization"
                ds389_set "cn=Retro Changelog Plugin,$plugins" nsslapd-attribute nsuniqueid:targetUniqueId; }
        [ "$usn" = no ] || ds389_on USN
        [ "$lock" = no ] || { ds389_set cn=config passwordLockout on
                ds389_set cn=config passwordMaxFailure 3; }
        echo
        cat
}

# Attributes that an entry has already are replaced, but referint-membership-attr: those have several.
# shellcheck disable=SC2016
ds389_edit='
BEGIN { FS = "\t" }
!begun { if ($0 == "") begun = 1; else { n++; of[n] = tolower($1); name[n] = $2; value[n] = $3 }; next }
function rest(i) {
        for (i = 1; i <= n; i++)
                if (of[i] == here) print name[i] ": " value[i]
        here = ""
}
/^$/ { rest(); print; next }
/^dn:/ { here = tolower($0); sub(/^dn: */, "", here) }
{ for (i = 1; i <= n; i++)
        if (of[i] == here && index(tolower($0), tolower(name[i]) ":") == 1 && name[i] != "referint-membership-attr")
                next
  print }
END { rest() }'

ds389_schema() {
        cat <<'END'
dn: cn=schema
objectClass: top
objectClass: ldapSubentry
objectClass: subschema
cn: schema
attributeTypes: ( 1.3.6.1.4.1.4203.666.11.99.1 NAME 'musterStamp'
  DESC 'the record that this object belongs to' EQUALITY caseExactMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE X-ORIGIN 'user defined' )
objectClasses: ( 1.3.6.1.4.1.4203.666.11.99.2 NAME 'musterObject' SUP top AUXILIARY
  MAY ( musterStamp ) X-ORIGIN 'user defined' )
END
}

ds389_organisation() {
        local domain=${suffix%%,*} muster="cn=muster,ou=services,$suffix" unit
        cat <<END
dn: $suffix
objectClass: top
objectClass: domain
dc: ${domain#dc=}
aci: (targetattr!="userPassword || aci")(version 3.0; acl "all may read";
  allow (read, search, compare) userdn="ldap:///anyone";)
END
        for unit in people groups services; do
                printf '\ndn: ou=%s,%s\nobjectClass: top\nobjectClass: organizationalUnit\nou: %s\n' $unit "$suffix" $unit
                [ $unit != services ] || continue
                cat <<END
aci: (targetattr!="aci")(version 3.0; acl "muster writes";
  allow (read, search, compare, write, add, delete) userdn="ldap:///$muster";)
aci: (target_to="ldap:///ou=$unit,$suffix")(target_from="ldap:///ou=$unit,$suffix")(version 3.0;
  acl "muster moves"; allow (moddn) userdn="ldap:///$muster";)
END
        done
        cat <<END

dn: $muster
objectClass: top
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: muster
userPassword: $(cat "$folder/muster.secret")
END
}

# NSS keeps keys and certificates in a database of its own.  Its password is empty.
ds389_certificates() {
        local nss=sql:$folder/config p12=$folder/tmp/server.p12
        : >"$folder/tmp/empty"
        {
                certutil -N -d "$nss" --empty-password &&
                openssl pkcs12 -export -in "$tls/server.pem" -inkey "$tls/server.key" -name Server-Cert \
                        -passout pass: -out "$p12" &&
                pk12util -i "$p12" -d "$nss" -W '' -k "$folder/tmp/empty" &&
                certutil -A -d "$nss" -n "Test CA" -t CT,C, -a -i "$tls/ca.pem"
        } >"$folder/log/nss" 2>&1 || { echo "no certificates for 389 DS:" >&2; cat "$folder/log/nss" >&2; return 1; }
        rm -f "$p12"
        # Who shows a certificate is the entry that its subject names.
        printf 'certmap default default\n' >"$folder/config/certmap.conf"
}

# The first start fills it: an import from a file allocates gigabytes.
ds389_fill() {
        [ -e "$1/ldif/organisation.ldif" ] || return 0
        ldapadd -x -H "$uri" -D "cn=Directory Manager" -y "$1/admin.secret" -f "$1/ldif/organisation.ldif" \
                >"$1/log/first" 2>&1 || { cat "$1/log/first" >&2; return 1; }
        rm "$1/ldif/organisation.ldif"
}

ds389_start() {
        local folder=$1 port pid try uri
        for try in 1 2 3 4 5; do
                port=$(sed -n 's/^nsslapd-port: //p' "$folder/config/dse.ldif")
                # A file of its own tells whether it is still there: it is no child once it runs.
                rm -f "$folder/run/pid"
                setsid ns-slapd -D "$folder/config" -i "$folder/run/pid" -d 0 >>"$folder/log/console" 2>&1 &
                pid=$!
                uri=ldap://127.0.0.1:$port
                for _ in $(seq 600); do
                        kill -0 $pid 2>/dev/null || break
                        if [ -s "$folder/run/pid" ] && ldapwhoami -x -H "$uri" >/dev/null 2>&1; then
                                echo "$port" >"$folder/port"
                                echo "$uri" >"$folder/uri"
                                echo "ldaps://127.0.0.1:$((port + 12000))" >"$folder/ldaps-uri"
                                echo $pid >"$folder/pid"
                                ds389_fill "$folder" && return
                                ds389_stop "$folder"
                                return 1
                        fi
                        sleep 0.05
                done
                kill $pid 2>/dev/null
                wait $pid 2>/dev/null
                # A server that is started again answers where it did before; a new one looks further.
                [ ! -s "$folder/port" ] || [ "$try" -gt 3 ] || { sleep 0.3; continue; }
                ds389_move_port $((20000 + RANDOM % 12000))
        done
        echo "389 DS did not start:" >&2
        tail -n 5 "$folder/log/errors" "$folder/log/console" >&2
        return 1
}

ds389_move_port() {
        sed -i -e "s/^nsslapd-port: .*/nsslapd-port: $1/" \
                -e "s/^nsslapd-securePort: .*/nsslapd-securePort: $(($1 + 12000))/I" "$folder/config/dse.ldif"
}

ds389_stop() {
        local pid
        pid=$(cat "$1/pid" 2>/dev/null) || return 0
        rm -f "$1/pid"
        kill "$pid" 2>/dev/null || return 0
        for _ in $(seq 600); do
                kill -0 "$pid" 2>/dev/null || return 0
                sleep 0.05
        done
        kill -9 "$pid" 2>/dev/null
}

ds389_kill() {
        local pid
        pid=$(cat "$1/pid" 2>/dev/null) || return 0
        rm -f "$1/pid"
        kill -9 "$pid" 2>/dev/null
        { wait "$pid"; } 2>/dev/null
        while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
}
