#!/bin/bash
# kaizala-files.sh - the kaizala sink without a portal door: numbered files for an admin,
# removals apart, what the admin's export tells, and groups that leavers leave.
. "$srcdir/tests/scenario/kaizala-kit.sh"
begin
finance='<group name="finance" title="Finance">user.department -eq "Finance"</group>'
ada='u1,Ada L,Ada,Lovelace,+14255550102,Redmond,Finance,Clerk'
bob='u2,Bob K,Bob,"Kahn, ""B""",+14255550103,Oslo,Finance,=1+1'
export=$dir/export.csv
map_options='<map to="Job Title">[jobTitle]</map>'
files() { (cd "$outbox" && printf '%s\n' * | sort -t- -k2 | tr '\n' ' '); }
# content FILE: without what every file has
content() { head -c 3 "$outbox/$1" | od -An -tx1 | grep -q 'ef bb bf' || fail "$1 has no byte order mark"; tail -c +4 "$outbox/$1" | tr -d '\r' | tail -n +2 | sort; }

people "$ada" "$bob"
configure "<export-path>$export</export-path>" "$finance"
expect 0 check --online; says "import them in the portal in the order of their numbers"; says "there is no export of the Directory at"
expect 0 sync
same "files" 'import-000001.csv ' "$(files)"
same "head" $'\xef\xbb\xbfPhoneNumber,First Name,Last Name,City,Job Title\r' "$(head -1 "$outbox/import-000001.csv")"
same "rows" '+14255550102,Ada,Lovelace,Redmond,Clerk
+14255550103,Bob,"Kahn, ""B""",Oslo,=1+1' "$(content import-000001.csv)"
same "mode" 600 "$(stat -c %a "$outbox/import-000001.csv")"
same "groups need no import" '+14255550102 +14255550103 ' "$(in_group Finance)"
expect 0 sync; same "nothing new, no file" 'import-000001.csv ' "$(files)"
expect 0 reset s; expect 0 sync; same "nor after a reset" 'import-000001.csv ' "$(files)"

# Removals are apart, and who leaves leaves every group, ours or not; a stranger stays.
control group '{"name":"by hand"}'
control join '{"group":"by hand","numbers":["+14255550103","+14255550199"]}'
control group '{"name":"of Bob","admin":"+14255550103"}'
people "${ada/Redmond/Oslo}"
expect 0 sync
same "by one read nobody is removed" 'import-000001.csv import-000002.csv ' "$(files)"
expect 0 sync --full
same "files" 'import-000001.csv import-000002.csv removals-000003.csv ' "$(files)"
same "removals" '+14255550103' "$(content removals-000003.csv)"
same "all groups" '+14255550102 |+14255550199 |+14255550103* ' "$(in_group Finance)|$(in_group by%20hand)|$(in_group of%20Bob)"
expect 0 log; says "+14255550103 leaves the Directory and stays in the group 'of Bob', as its admin"

# ---- the export: what it lacks is written once more, what it has is not -------------------------------
{ printf '\xef\xbb\xbf'; printf '%s\r\n' 'Last Name,PhoneNumber,City,First Name,Job Title,Kaizala status' \
        'Lovelace,+14255550102,Redmond,Ada,Clerk,Registered' 'Kahn,+14255550103,Oslo,Bob,,' 'X,+14255550150,Rome,Eve,Boss,'; } >"$export"
expect 0 check --online; says "2 people are not in the export as files should have brought them in"
eve='u3,Eve X,Eve,X,+14255550150,Rome,Sales,Boss'
people "${ada/Redmond/Oslo}" "$eve"
expect 1 sync; complains "Eve X is a duplicate in 'kaizala': the object is not ours"
same "a stranger is left alone" 'import-000001.csv import-000002.csv removals-000003.csv ' "$(files)"
sed -i 's,<match attribute="PhoneNumber"/>,<match attribute="PhoneNumber" on-existing="adopt"/>,' "$MUSTER_CONFIG"
people "${ada/Redmond/Oslo}" "${eve/Boss/Clerk}"
expect 3 sync
expect 0 approve 1
expect 0 sync
same "files" 'import-000001.csv import-000002.csv removals-000003.csv import-000004.csv removals-000005.csv ' "$(files)"
same "once more, and the change" '+14255550102,Ada,Lovelace,Oslo,Clerk
+14255550150,Eve,X,Rome,Clerk' "$(content import-000004.csv)"
same "once more" '+14255550103' "$(content removals-000005.csv)"
people "${ada/Redmond/Oslo}" "${eve/Boss/Manager}"
expect 0 sync
same "then only what differs" '+14255550150,Eve,X,Rome,Manager' "$(content import-000006.csv)"

# ---- 1 MB, and folders that cannot be written to ---------------------------------------------------------
configure '' ''
for ((i = 0; i < 6000; i++)); do
        printf 'p%d,Name of a person %d,%0150d,Surname,+1425555%04d,City,Dept,Title\n' $i $i $i $((i + 1000))
done >"$dir/many"
{ echo 'id,displayName,givenName,surname,mobilePhone,city,department,jobTitle'; cat "$dir/many"; } >"$dir/people.csv"
expect 0 sync
same "under 1 MB each" '' "$(find "$outbox" -size +1048575c)"
same "all of them" 6000 "$(cat "$outbox"/import-*.csv | grep -c '^+')"
[ "$(find "$outbox" -name 'import-*.csv' | wc -l)" -lt 10 ] || fail "wanted few files: $(files)"
if [ "$(id -u)" != 0 ]; then
        chmod 500 "$outbox"
        sed -i '2s/Surname/Changed/' "$dir/people.csv"
        expect 4 sync; complains "cannot be written"
        chmod 700 "$outbox"
fi
rm -rf "$outbox"
expect 4 check --online; says "make the folder, for the user who runs Muster"

# ---- columns that the admin orders, names with a space among them -------------------------------------
configure "<columns>PhoneNumber</columns><columns>Job Title</columns><columns>First Name</columns>
        <columns>Last Name</columns><columns>City</columns>" '<group name="order" title="Order">user.city -eq "Redmond"</group>'
people "$ada"
expect 0 sync
same "head" $'\xef\xbb\xbfPhoneNumber,Job Title,First Name,Last Name,City\r' "$(head -1 "$outbox/import-000001.csv")"
same "row" '+14255550102,Clerk,Ada,Lovelace,Redmond' "$(content import-000001.csv)"
