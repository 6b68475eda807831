# testca.sh - a certificate authority for one test.  Sourced, never run.
#
#   testca_new FOLDER                        a CA in FOLDER: ca.pem, ca.key
#   testca_issue FOLDER NAME SAN [SUBJECT]   NAME.pem and NAME.key, signed by it; SAN as openssl
#                                            has it (IP:127.0.0.1,DNS:localhost), SUBJECT as /CN=x/O=y
#
# Servers are given a folder with ca.pem, server.pem and server.key.

testca_new() {
        mkdir -p "$1" && openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1/ca.key" -out "$1/ca.pem" -days 2 \
                -subj "/CN=Muster test CA" >"$1/log" 2>&1 && return
        cat "$1/log" >&2
        return 1
}

testca_issue() {
        local folder=$1 name=$2 san=$3 subject=${4-/CN=$2}
        {
                openssl req -newkey rsa:2048 -nodes -keyout "$folder/$name.key" -out "$folder/$name.csr" -subj "$subject" &&
                openssl x509 -req -in "$folder/$name.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -days 2 \
                        -CAcreateserial -extfile <(printf 'subjectAltName=%s' "$san") -out "$folder/$name.pem"
        } >>"$folder/log" 2>&1 && return
        cat "$folder/log" >&2
        return 1
}
