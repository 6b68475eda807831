#!/bin/bash
# messages.sh: makes conf/man/muster-messages.7 from the table of core/engine/event.c, on standard
# output.  In the folder of the sources:
#     bash conf/man/messages.sh >conf/man/muster-messages.7
# tests/lint/events.sh fails as long as the page is not what this prints.
set -eu
version=$(sed -n 's/^AC_INIT(\[muster\], \[\([^]]*\)\].*/\1/p' configure.ac)
cat <<EOF
.\\" muster-messages.7 - made by conf/man/messages.sh from core/engine/event.c: change it there.
.TH MUSTER-MESSAGES 7 "" "muster $version" "Muster"
EOF
cat <<'EOF'
.SH NAME
muster-messages \- what the log of Muster says, by number
.SH DESCRIPTION
Every line of a log ends with a number like
.BR [MST-1042] .
It names the event, whatever the sentence says about the case at hand, and stays
the same in every later version: look for it here, search for it, wait for it in
a script.
.B muster help MST-1042
prints the paragraph below; the number alone, or in small letters, does as well.
.B muster help messages
lists all of them.
.PP
A number is never given to anything else, also when its event is no more.
.SS Levels and components
An event has a level,
.BR error ", " warning ", " info " or " debug ,
and belongs to a component.
Those of the engine are
.BR run ", " pull ", " plan ", " apply ", " guards ", " groups " and " undo ;
.B engine
means all of them.
.B http
are calls to services over the web; what else a connector says is of
.B connector
and of its source or sink, by name.
.B service
is what
.B muster run
itself has to say.
.SS Forms
.TP
.B text
time, sync, level, sentence, number.
Under a service manager the priority stands in front, as it reads it, and no time.
.TP
.B json
one object a line:
.BR at ", " level ", " code ", " component ", " sync ", " run ", " text .
.TP
.B journald
fields of the journal:
.BR MESSAGE ", " PRIORITY ", " MST_CODE ", " MST_COMPONENT ", " MST_SYNC ,
.B MST_RUN
and
.BR MESSAGE_ID ,
which is 6d75737465724d535400a0e1 followed by the number in eight digits.
.PP
.nf
    journalctl MST_CODE=MST-1042
    journalctl MST_SYNC=staff -p warning
.fi
.SH MESSAGES
EOF
awk '
function say(text,   n, words, i, line) {        # a paragraph, in lines that an editor shows
        n = split(text, words, " ")
        line = words[1]
        for (i = 2; i <= n; i++)
                if (length(line) + 1 + length(words[i]) > 78) { print line; line = words[i] }
                else line = line " " words[i]
        print line
}
function flush(   n, f, i, between) {
        n = 0
        while (match(text, /"([^"\\]|\\.)*"/)) {
                between = substr(text, 1, RSTART - 1)
                if (n > 0 && between ~ /^ *$/) f[n] = f[n] substr(text, RSTART + 1, RLENGTH - 2)
                else f[++n] = substr(text, RSTART + 1, RLENGTH - 2)
                text = substr(text, RSTART + RLENGTH)
        }
        if (n != 4 || number[name] == "") { print "messages.sh: " name " has " n " texts" >"/dev/stderr"; exit 1 }
        for (i = 1; i <= 4; i++) { gsub(/\\"/, "\"", f[i]); gsub(/-/, "\\-", f[i]) }
        printf ".SS MST\\-%s\n.RI ( %s \", \" %s )\n", number[name], level, f[1]
        say(f[2])
        printf ".TP\n.B Cause\n"; say(f[3])
        printf ".TP\n.B Cure\n"; say(f[4])
}
BEGIN { words["E"] = "error"; words["W"] = "warning"; words["I"] = "info"; words["D"] = "debug" }
FILENAME ~ /event\.h$/ {
        if (match($0, /MSTC_EVENT_[A-Z_]+ = [0-9]+/)) {
                split(substr($0, RSTART, RLENGTH), part, " = ")
                number[part[1]] = part[2]
        }
        next
}
/^        \{ MSTC_EVENT_/ {
        name = $2; sub(/,$/, "", name)
        level = words[substr($3, 1, 1)]
        text = ""; inside = 1
        sub(/^[^"]*/, "")
}
inside {
        line = $0; sub(/^ +/, "", line)
        closing = sub(/ \},$/, "", line)
        text = text line " "
        if (closing) { inside = 0; flush() }
}
' core/engine/event.h core/engine/event.c
cat <<'EOF'
.SH SEE ALSO
.BR muster (1),
.BR muster (8),
.BR muster.xml (5)
EOF
