/* config.c - what an admin reads when muster.xml has a mistake: where, what, what to do.
 *
 * A bad case is one line put into an otherwise good file, at one of four places; the
 * complaint must be the only one, so that no mistake has echoes. */
#include "config/config.h"

#include <stdio.h>
#include <string.h>

#include "muster-xml.h"
#include "unit.h"

/* ---- one mistake, one complaint ---- */

static const struct {
        enum where where;
        const char *line;
        unsigned at[2];                      /* line and column; line 3, 5 or 7 for a part */
        const char *says, *remedy;
} bad[] = {
        /* elements and attributes that there are not */
        { TOP, "  <sorce name='x' plugin='p'/>", { 3, 3 }, "<muster> has no element <sorce>", "did you mean 'source'?" },
        { TOP, "<frob/>", { 3, 1 }, "<muster> has no element <frob>", "there are: store, control, retention, log, plugins" },
        { SYNC, "<scop>true</scop>", { 5, 1 }, "<sync> has no element <scop>", "did you mean 'scope'?" },
        { TARGET, "<mapp to='x'>[y]</mapp>", { 7, 1 }, "<target> has no element <mapp>", "did you mean 'map'?" },
        { TARGET, "<include file='x'/>", { 7, 1 }, "<target> has no element <include>", "there are: " },
        { TARGET, "<map to='x'><b/>[y]</map>", { 7, 13 }, "<map> has no element <b>", "it takes no elements" },
        { TOP, "<sink name='x' plugin='p' pluign='q'/>", { 3, 27 }, "<sink> has no attribute 'pluign'", "did you mean 'plugin'?" },
        { SYNC, "<scope x='1'>true</scope>", { 5, 8 }, "<scope> has no attribute 'x'", "it takes no attributes" },
        { TOP, "<sink xml:lang='de' name='x' plugin='p'/>", { 3, 7 }, "<sink> has no attribute 'xml:lang'", "there are: name" },
        { TOP, "<x:sink xmlns:x='urn:other' name='x' plugin='p'/>", { 3, 1 }, "<sink> is in another namespace, urn:other", "urn:muster:config:1" },
        { TOP, "<source name='x' plugin='p'><a xmlns=''/></source>", { 3, 29 }, "<a> is in another namespace", "urn:muster:config:1" },
        /* what is missing */
        { TOP, "<sink plugin='p'/>", { 3, 1 }, "<sink> lacks the attribute 'name'", "write <sink name=\"...\" plugin=\"...\">" },
        { TOP, "<source name='x'/>", { 3, 1 }, "<source> lacks the attribute 'plugin'", "write <source" },
        { TOP, "<store/>", { 3, 1 }, "<store> lacks the attribute 'path'", "write <store path=" },
        { TARGET, "<match/>", { 7, 1 }, "<match> lacks the attribute 'attribute'", "write <match attribute=" },
        { TARGET, "<map>[x]</map>", { 7, 1 }, "<map> lacks the attribute 'to'", "write <map to=" },
        { TARGET, "<limit above='5'/>", { 7, 1 }, "<limit> lacks the attribute 'of'", "write <limit of=" },
        { SYNC, "<group name='h'/>", { 5, 1 }, "the group has no rule", "write <group name=\"...\">a rule</group>" },
        { SYNC, "<scope>  \n </scope>", { 5, 1 }, "<scope> is empty", "write <scope>a rule</scope>" },
        { SYNC, "<scope><!-- all --></scope>", { 5, 1 }, "<scope> is empty", "write <scope>" },
        { TARGET, "<map to='x'/>", { 7, 1 }, "<map> is empty", "write <map to=" },
        { TOP, "<never-touch sink='snk'/>", { 3, 1 }, "<never-touch> is empty", "write <never-touch" },
        { SYNC, "<test user='{}'/>", { 5, 1 }, "<test> expects nothing", "add in=" },
        { TARGET, "<limit of='gone'/>", { 7, 1 }, "<limit> sets no limit", "write <limit of=" },
        { SYNC, "<schedule/>", { 5, 1 }, "<schedule> says no time", "write <schedule every=" },
        { WHOLE, "<muster xmlns='urn:muster:config:1'/>", { 1, 1 }, "there is no <sync>", "add <sync" },
        { TOP, "<sync name='t' source='src'/>", { 3, 1 }, "sync 't' has no target", "add <target" },
        /* too much */
        { SYNC, "text", { 5, 1 }, "<sync> holds no text", "write <sync" },
        { SYNC, "<test user='{}' in='g'>x</test>", { 5, 24 }, "<test> holds no text", "write <test" },
        { SYNC, "<scope>true</scope><scope>true</scope>", { 5, 20 }, "<sync> has more than one <scope>", "keep one of them" },
        { TOP, "<retention days='6'/>", { 3, 18 }, "days", "" },
        { TOP, "<retention size='1k'/>", { 3, 18 }, "has no room for a store", "write 16M or more" },
        { TOP, "<log level='http=loud'/>", { 3, 13 }, "'http=loud' is no level", "write <log level=" },
        { TOP, "<log level='=info'/>", { 3, 13 }, "'=info' is no level", "write <log level=" },
        { TOP, "<log level=' '/>", { 3, 13 }, "says nothing", "write <log level=" },
        { TOP, "<log form='xml'/>", { 3, 12 }, "form", "" },
        { TOP, "<store path='/a'/><store path='/b'/>", { 3, 19 }, "<muster> has more than one <store>", "keep one" },
        { SYNC, "<schedule every='1h' at='02:00'/>", { 5, 1 }, "<schedule> says more than one thing", "write <schedule" },
        { TOP, "<sink name='x' plugin='p'><pw file='/a' env='B'/></sink>", { 3, 27 }, "<pw> is given in 2 ways at once", "keep one of text" },
        { TOP, "<sink name='x' plugin='p'><pw flie='/a'/></sink>", { 3, 31 }, "<pw> has no attribute 'flie'", "did you mean 'file'?" },
        /* twice */
        { TOP, "<source name='src' plugin='p'/>", { 3, 15 }, "there is a second source named 'src'", "the first is in " },
        { TOP, "<sink name='src' plugin='p'/>", { 3, 13 }, "there is a second source or sink named 'src'", "rename one" },
        { TOP, "<maps name='m'/>", { 3, 13 }, "there is a second <maps> named 'm'", "rename one" },
        { SYNC, "<group name='g'>false</group>", { 5, 14 }, "there is a second group named 'g'", "muster.xml:4" },
        { SYNC, "<target sink='snk'/>", { 6, 1 }, "there is a second target named 'snk' in this sync", "give each <target>" },
        { TARGET, "<map to='mail'>[a]</map><map to='MAIL'>[b]</map>", { 7, 34 }, "there is a second <map> to 'MAIL'", "the first is in line 7" },
        { TARGET, "<match attribute='a'/><match attribute='A'/>", { 7, 41 }, "there is a second <match> by 'A'", "keep one" },
        { TARGET, "<group use='g'/><group use='g'/>", { 7, 29 }, "the target uses group 'g' twice", "keep one" },
        { TARGET, "<limit of='gone' above='1'/><limit of='gone' above='2'/>", { 7, 40 }, "there is a second <limit> of 'gone'", "put both into one" },
        { TOP, "<sync name='s' source='src'><target sink='snk'/></sync>", { 4, 13 }, "there is a second sync named 's'", "muster.xml:3" },
        /* names that nobody has */
        { TOP, "<sync name='t' source='scr'><target sink='snk'/></sync>", { 3, 24 }, "there is no source named 'scr'", "did you mean 'src'?" },
        { TOP, "<sync name='t' source='snk'><target sink='snk'/></sync>", { 3, 24 }, "'snk' is a sink, not a source", "there is only one: src" },
        { SYNC, "<target name='t' sink='ldap'/>", { 5, 24 }, "there is no sink named 'ldap'", "there is only one: snk" },
        { TOP, "<never-touch sink='sink'>true</never-touch>", { 3, 20 }, "there is no sink named 'sink'", "did you mean 'snk'?" },
        { TARGET, "<maps use='mm'/>", { 7, 12 }, "there are no <maps> named 'mm'", "did you mean 'm'?" },
        /* values */
        { TOP, "<sink name='a b' plugin='p'/>", { 3, 13 }, "name=\"a b\" is not a name", "use letters" },
        { TOP, "<sink name='a:b' plugin='p'/>", { 3, 13 }, "name=\"a:b\" is not a name", "use letters" },
        { TOP, "<sink name='' plugin='p'/>", { 3, 13 }, "name=\"\" is not a name", "use letters" },
        { TOP, "<sink name='.x' plugin='p'/>", { 3, 13 }, "name=\".x\" is not a name", "a letter or digit first" },
        { SYNC, "<scope>true<filter><clause attribute='a' operator='b'/></filter></scope>", { 5, 1 }, "<scope> has a rule and filters", "keep one" },
        { SYNC, "<scope><filter/></scope>", { 5, 8 }, "a filter without clauses", "add a <clause>" },
        { SYNC, "<scope><filter><clause attribute='a'/></filter></scope>", { 5, 16 }, "<clause> lacks the attribute 'operator'", "" },
        { SYNC, "<group name='a' any-of=' '>true</group>", { 5, 25 }, "any-of=\"\" names no group", "leave it out" },
        { SYNC, "<group name='a' none-of='g'/>", { 5, 1 }, "the group has no rule, and is made of nothing else", "a rule" },
        { SYNC, "<group name='a'><include user='two words'/></group>", { 5, 32 }, "user=\"two words\" is no UPN", "write <include" },
        { SYNC, "<group name='a'><exclude user=''/></group>", { 5, 32 }, "user=\"\" is no UPN", "write <include" },
        { SYNC, "<group name='a'><include user='x' until='soon'/></group>", { 5, 42 }, "until=\"soon\" is no date", "2026-12-31" },
        { SYNC, "<group name='a'><include/></group>", { 5, 17 }, "<include> lacks the attribute 'user'", "" },
        { SYNC, "<group name='a'><include user='x'/>true</group>", { 5, 17 }, "the rule of a group stands before", "the rule first" },
        { SYNC, "<group name='a*'>true</group>", { 5, 14 }, "name=\"a*\" is not a group's name", "blanks between words only" },
        { SYNC, "<group name=' a'>true</group>", { 5, 14 }, "name=\" a\" is not a group's name", "" },
        { SYNC, "<group name='a '>true</group>", { 5, 14 }, "name=\"a \" is not a group's name", "" },
        { SYNC, "<group name=' '>true</group>", { 5, 14 }, "name=\" \" is not a group's name", "" },
        { SYNC, "<group name='a&#9;b'>true</group>", { 5, 14 }, "is not a group's name", "" },
        { SYNC, "<group name='a&#10;b'>true</group>", { 5, 14 }, "is not a group's name", "" },
        { SYNC, "<groups from='sink' name='{id}'/>", { 5, 15 }, "from=\"sink\" is not possible", "" },
        { SYNC, "<groups from='source' name='staff'/>", { 5, 29 }, "names no attribute", "{mailNickname}" },
        { SYNC, "<groups from='source' name='a{b'/>", { 5, 29 }, "a brace that stands alone", "{id}" },
        { SYNC, "<groups from='source' name='{a}}'/>", { 5, 29 }, "a brace that stands alone", "" },
        { SYNC, "<groups from='source' name='{}'/>", { 5, 29 }, "a brace that stands alone", "" },
        { SYNC, "<groups from='source' name='{a{b}}'/>", { 5, 29 }, "a brace that stands alone", "" },
        { SYNC, "<groups from='source' name='{a}' title='{'/>", { 5, 41 }, "a brace that stands alone", "" },
        { SYNC, "<groups from='source' name='{a} '/>", { 5, 29 }, "is not a group's name", "" },
        { SYNC, "<groups from='source'/>", { 5, 1 }, "name", "" },
        { SYNC, "<groups from='source' name='{a}' most='3'/>", { 5, 34 }, "most", "" },
        { SYNC, "<groups from='source' name='{a}' on-gone='disable'/>", { 5, 43 }, "on-gone=\"disable\" is not possible", "" },
        { SYNC, "<groups for-each='d' name='x'/>", { 5, 28 }, "it lacks {value}", "dept-{value}" },
        { SYNC, "<groups for-each='d' name='x{value}' most='0'/>", { 5, 44 }, "most=\"0\" is not possible", "from 1 to 1000000" },
        { SYNC, "<schedule every='often'/>", { 5, 18 }, "every=\"often\" is not a duration", "90s, 15m" },
        { SYNC, "<schedule every='1s'/>", { 5, 18 }, "every=\"1s\" is not possible", "from 10s to" },
        { SYNC, "<schedule at='24:00'/>", { 5, 15 }, "at=\"24:00\" is not a time of day", "00:00 to 23:59" },
        { SYNC, "<schedule at='2:00'/>", { 5, 15 }, "at=\"2:00\" is not a time of day", "hours and minutes" },
        { SYNC, "<schedule at='02:00' days='mon-frx'/>", { 5, 28 }, "days=\"mon-frx\" is not understood", "mon wed sat" },
        { SYNC, "<schedule at='02:00' days=''/>", { 5, 28 }, "days=\"\" is not understood", "mon wed sat" },
        { SYNC, "<schedule every='1h' days='mon'/>", { 5, 28 }, "days=\"...\" belongs to at=", "remove it" },
        { SYNC, "<schedule every='1h' jitter='2d'/>", { 5, 30 }, "jitter=\"2d\" is not possible", "to 1d" },
        { SYNC, "<schedule once='true'/>", { 5, 17 }, "once=\"true\" is not possible", "no|yes" },
        { TARGET, "<on-gone do='remove'/>", { 7, 14 }, "do=\"remove\" is not possible", "keep|disable|delete" },
        { TARGET, "<on-disabled do='delete'/>", { 7, 18 }, "do=\"delete\" is not possible", "keep|disable" },
        { TARGET, "<on-disabled do='keep' delete-after='1d'/>", { 7, 24 }, "<on-disabled> has no attribute 'delete-after'", "there is only one: do" },
        { TARGET, "<on-gone do='keep' delete-after='1d'/>", { 7, 34 }, "delete-after goes with do=\"disable\" only", "do=\"disable\"" },
        { TARGET, "<on-gone do='disable' delete-after='0'/>", { 7, 37 }, "delete-after=\"0\" is not possible", "from 1m to" },
        { TARGET, "<limit of='removal' above='5'/>", { 7, 12 }, "of=\"removal\" is not possible", "removals|creates" },
        { TARGET, "<limit of='removals' above='-5'/>", { 7, 29 }, "above=\"-5\" is not possible", "a whole number from 0" },
        { TARGET, "<limit of='removals' above='5x'/>", { 7, 29 }, "above=\"5x\" is not possible", "a whole number" },
        { TARGET, "<limit of='removals' above='99999999999999999999'/>", { 7, 29 }, "is not possible", "to 1000000000" },
        { TARGET, "<limit of='removals' and-percent='101'/>", { 7, 35 }, "and-percent=\"101\" is not possible", "0 to 100" },
        { TARGET, "<limit of='removals' and-percent='2,5'/>", { 7, 35 }, "and-percent=\"2,5\" is not possible", "such as 2.5" },
        { TARGET, "<limit of='removals' and-percent='2.'/>", { 7, 35 }, "and-percent=\"2.\" is not possible", "such as 2.5" },
        { TARGET, "<limit of='changes' and-percent='51'/>", { 7, 1 }, "this limit of changes lets nearly everything pass", "until=\"2026-12-31\" and reason=" },
        { TARGET, "<limit of='changes' above='100000'/>", { 7, 1 }, "lets nearly everything pass", "narrow it" },
        { TARGET, "<limit of='changes' and-percent='100' until='2030-01-01'/>", { 7, 1 }, "does not say until when and why", "reason=" },
        { TARGET, "<limit of='changes' and-percent='100' reason='r'/>", { 7, 1 }, "does not say until when and why", "until=" },
        { TARGET, "<limit of='changes' and-percent='100' until='2030-01-01' reason=' '/>", { 7, 1 }, "does not say until when and why", "reason=" },
        { TARGET, "<limit of='group-members' and-percent='91'/>", { 7, 1 }, "this limit of group-members lets", "until=" },
        { TARGET, "<limit of='removals' and-percent='51' never-above='1001'/>", { 7, 1 }, "this limit of removals lets", "until=" },
        { TARGET, "<limit of='gone' above='1' until='soon'/>", { 7, 35 }, "until=\"soon\" is no date", "2026-12-31" },
        { TARGET, "<limit of='removals' above='9' never-above='3'/>", { 7, 45 }, "never-above=\"3\" is below above=\"9\"", "the larger" },
        { TARGET, "<map to='x' when='later'>[y]</map>", { 7, 19 }, "when=\"later\" is not possible", "always|create|never" },
        { TARGET, "<map to='x' null='drop'>[y]</map>", { 7, 19 }, "null=\"drop\" is not possible", "clear|keep" },
        { TARGET, "<map to=''>[y]</map>", { 7, 10 }, "to=\"\" names no attribute", "write <map to=" },
        { TARGET, "<match attribute='a' on-existing='take'/>", { 7, 35 }, "on-existing=\"take\" is not possible", "duplicate|adopt" },
        { TARGET, "<groups use='  '/>", { 7, 14 }, "names no group", "write <groups use=" },
        { TARGET, "<groups use='g' on-existing='refuse'/>", { 7, 30 }, "on-existing=\"refuse\" is not possible", "duplicate|adopt|suffix" },
        { TARGET, "<group use='g' disabled='yes'/>", { 7, 26 }, "disabled=\"yes\" is not possible", "leave|stay" },
        { TARGET, "<on-empty do='disable'/>", { 7, 15 }, "do=\"disable\" is not possible", "keep|empty|delete" },
        { TARGET, "<on-empty/>", { 7, 1 }, "<on-empty> lacks the attribute 'do'", "do=" },
        { TARGET, "<on-empty do='empty' after='30d'/>", { 7, 29 }, "after goes with do=\"delete\" only", "remove it" },
        { TARGET, "<on-empty do='keep' after='30d'/>", { 7, 28 }, "after goes with do=\"delete\" only", "remove it" },
        { TARGET, "<on-empty do='delete' after='1s'/>", { 7, 30 }, "after=\"1s\" is not possible", "from 1m to" },
        { TARGET, "<on-empty do='keep'/><on-empty do='empty'/>", { 7, 22 }, "more than one <on-empty>", "keep one" },
        { TARGET, "<on-empty do='keep'>x</on-empty>", { 7, 21 }, "<on-empty>", "" },
        { TARGET, "<on-vanished do='keep' after='30d'/>", { 7, 31 }, "after goes with do=\"empty\" and", "remove it" },
        { TARGET, "<on-vanished do='delete' delete-after='30d'/>", { 7, 26 }, "<on-vanished> has no attribute 'delete-after'", "" },
        { TARGET, "<group use='g'><on-empty do='all'/></group>", { 7, 30 }, "do=\"all\" is not possible", "keep|empty|delete" },
        { TARGET, "<groups use='g'><on-gone do='keep'/></groups>", { 7, 17 }, "<on-gone>", "" },
        { TARGET, "<group use='g h*' as='x'/>", { 7, 13 }, "use=\"g h*\" is not a group's name", "" },
        { TARGET, "<group use=' g h' as='x'/>", { 7, 13 }, "use=\" g h\" is not a group's name", "" },
        { TARGET, "<group use='g' as=''/>", { 7, 20 }, "as=\"\" is no name", "leave 'as' out" },
        { SYNC, "<test user='{}' in='g' scope='maybe'/>", { 5, 31 }, "scope=\"maybe\" is not possible", "in|out" },
        { TOP, "<store path='state.db'/>", { 3, 14 }, "path=\"state.db\" is not absolute", "from /" },
        { TOP, "<plugins folder='here'/>", { 3, 18 }, "folder=\"here\" is not absolute", "from /" },
        { TOP, "<sync name='t' source='src' was='s'><target sink='snk'/></sync>", { 3, 1 }, "was=\"s\" names a sync that is still there", "remove was" },
        { TOP, "<include file='nope.xml'/>", { 3, 16 }, "there is no file '", "create it" },
        { TOP, "<include file=''/>", { 3, 16 }, "file=\"\" is not a file's name", "write <include" },
        /* columns count characters, not bytes */
        { TOP, "<!-- \xc3\xbc\xe2\x82\xac --><frob/>", { 3, 12 }, "no element <frob>", "there are" },
        { TOP, "<sink name='\xc3\xbc' plugin='p'/>", { 3, 13 }, "is not a name", "use letters" },
        /* not XML, not ours, not harmless */
        { WHOLE, "", { 1, 1 }, "not well-formed XML: ", "begin with <muster" },
        { WHOLE, "muster", { 1, 1 }, "not well-formed XML: ", "begin with <muster" },
        { WHOLE, "<muster>\n</muster>", { 1, 1 }, "the root element is <muster> in no namespace", "begin with" },
        { WHOLE, "\n<config xmlns='urn:muster:config:1'/>", { 2, 1 }, "the root element is <config>", "begin with" },
        { WHOLE, "<muster xmlns='urn:muster:config:2'/>", { 1, 1 }, "in the namespace urn:muster:config:2", "begin with" },
        { WHOLE, "<!DOCTYPE muster>\n<muster/>", { 1, 1 }, "DOCTYPE) is not accepted", "remove it" },
        { WHOLE, "<?xml version='1.0'?>\n<!-- x -->\n  <!DOCTYPE m SYSTEM 'file:///etc/passwd'><m/>", { 3, 3 }, "DOCTYPE) is not accepted", "entities are never expanded" },
        { WHOLE, "<!DOCTYPE m [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><m>&b;</m>", { 1, 1 }, "DOCTYPE) is not accepted", "remove it" },
        { WHOLE, "<m/><!DOCTYPE m>", { 1, 5 }, "not well-formed XML: ", "" },
        { WHOLE, "<?xml version='1.0' encoding='ISO-8859-1'?>\n<m/>", { 1, 31 }, "the encoding 'ISO-8859-1' is not accepted", "save it as UTF-8" },
        { WHOLE, "<m>\n a\xe4z</m>", { 2, 3 }, "the byte 0xe4 here is not UTF-8", "save it as UTF-8" },
        { WHOLE, "\xff\xfe<\1m\1", { 1, 1 }, "not UTF-8 but UTF-16", "save it as UTF-8" },
};

START_TEST(mistake)
{
        struct mstc_report *report = mstc_report_new();
        char text[4096];
        struct mstc_config *config;
        const struct mstc_complaint *c;

        xml_build(bad[_i].where, bad[_i].line, text, sizeof text);
        config = xml_read(text, report);
        ck_assert_msg(config == NULL, "accepted: %s", bad[_i].line);
        ck_assert_msg(mstc_report_count(report) == 1, "%s\n%s", bad[_i].line, xml_complaints(report));
        c = mstc_report_at(report, 0);
        ck_assert_msg(!c->warning && strcmp(c->place.file, xml_file) == 0, "%s", xml_complaints(report));
        ck_assert_msg(c->place.line == bad[_i].at[0] && c->place.column == bad[_i].at[1], "%s\n%s", bad[_i].line, xml_complaints(report));
        ck_assert_msg(strstr(c->text, bad[_i].says) != NULL, "%s", xml_complaints(report));
        ck_assert_msg(bad[_i].remedy[0] == '\0' || (c->remedy != NULL && strstr(c->remedy, bad[_i].remedy) != NULL), "%s",
                      xml_complaints(report));
        mstc_report_free(report);
}
END_TEST

/* Several complaints of the parser for one mistake; the first is the one that counts. */
static const struct {
        const char *text;
        unsigned line;
        const char *says, *remedy;
} broken[] = {
        { "<muster>\n<a></b></muster>", 2, "tag mismatch", "close every element" },
        { "<muster>\n<a>", 2, "not well-formed XML", "" },
        { "<muster>\n<a b=c/></muster>", 2, "not well-formed XML", "" },
        { "<muster>\n\n&foo;</muster>", 3, "'foo' not defined", "only &lt;" },
        { "<muster>a < b</muster>", 1, "not well-formed XML", "write &lt;" },
        { "<muster><a x='1' x='2'/></muster>", 1, "redefined", "give each attribute once" },
        { "<p:muster/>", 1, "p", "without a prefix" },
        { "<muster/>\n<muster/>", 2, "not well-formed XML", "" },
        { "<muster>\x01</muster>", 1, "not well-formed XML", "" },
        { "<muster>]]></muster>", 1, "not well-formed XML", "" },
};

START_TEST(not_well_formed)
{
        struct mstc_report *report = mstc_report_new();
        const struct mstc_complaint *c;

        ck_assert_ptr_null(xml_read(broken[_i].text, report));
        ck_assert_uint_ge(mstc_report_count(report), 1);
        ck_assert_uint_le(mstc_report_count(report), 3);
        c = mstc_report_at(report, 0);
        ck_assert_msg(c->place.line == broken[_i].line, "%s\n%s", broken[_i].text, xml_complaints(report));
        ck_assert_msg(strstr(c->text, broken[_i].says) != NULL, "%s\n%s", broken[_i].text, xml_complaints(report));
        ck_assert_msg(broken[_i].remedy[0] == '\0' || (c->remedy != NULL && strstr(c->remedy, broken[_i].remedy) != NULL),
                      "%s\n%s", broken[_i].text, xml_complaints(report));
        mstc_report_free(report);
}
END_TEST

START_TEST(all_at_once)
{
        struct mstc_report *report = mstc_report_new();
        static const unsigned lines[] = { 2, 3, 4, 5, 6, 7 };

        ck_assert_ptr_null(xml_read("<muster xmlns='urn:muster:config:1'>\n"
                                     "<sorce/>\n<sink name='a'\n plugin='p' x='y'/>\n"
                                     "<sync name='s' source='nobody'>\n<scope/>\n<target sink='b'/>\n</sync></muster>", report));
        ck_assert_msg(mstc_report_count(report) == 5, "%s", xml_complaints(report));
        for (size_t i = 0, k = 0; i < 5; i++, k++) {
                if (lines[k] == 3)
                        k++;
                ck_assert_msg(mstc_report_at(report, i)->place.line == lines[k], "%s", xml_complaints(report));
        }
        mstc_report_free(report);
}
END_TEST

/* ---- what is right ---- */

static void
check_target(const struct mstc_config *c, const struct mstc_config_target *t)
{
        ck_assert_str_eq(t->name, "corporate");
        ck_assert_ptr_eq(t->sink, &c->instances[1]);
        ck_assert(t->exact_members && t->defaults);
        ck_assert_uint_eq(t->match_count, 2);
        ck_assert(!t->matches[0].adopt && t->matches[1].adopt);
        ck_assert_uint_eq(t->map_count, 3);
        ck_assert_str_eq(t->maps[0].expression.text, "[displayName]");
        ck_assert(t->maps[0].when == MSTC_ON_CREATE && t->maps[0].keep_null && t->maps[0].own_values);
        ck_assert(t->maps[1].when == MSTC_NEVER && t->maps[1].expression.text == NULL);
        ck_assert_str_eq(t->maps[2].to, "sn");
        ck_assert_uint_eq(t->use_count, 3);
        ck_assert_str_eq(t->uses[2].pattern, "dept-*");
        ck_assert_str_eq(t->uses[0].as, "F I N");
        ck_assert_uint_eq(t->uses[0].map_count, 1);
        ck_assert(t->on_gone.what == MSTC_DISABLE && t->on_gone.given);
        ck_assert_int_eq(t->on_gone.delete_after_ms, INT64_C(30) * 86400000);
        ck_assert(t->on_out_of_scope.what == MSTC_DELETE && t->on_disabled.what == MSTC_KEEP);
        ck_assert_uint_eq(t->limit_count, 1);
        ck_assert_int_eq(t->limits[0].above, 5);
        ck_assert_double_eq_tol(t->limits[0].percent, 2.25, 1e-9);
        ck_assert_int_eq(t->limits[0].never_above, 100);
}

/* Where nothing is said of it, the store is in the state folder. */
START_TEST(store_by_default)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *c = xml_read("<muster xmlns='urn:muster:config:1'><source name='a' plugin='p'/><sink name='b' plugin='p'/>"
                                         "<sync name='s' source='a'><target sink='b'><match attribute='mail'/></target></sync></muster>",
                                         report);

        ck_assert_msg(c != NULL, "%s", xml_complaints(report));
        ck_assert_str_eq(c->store_path, MST_LOCALSTATEDIR "/lib/muster/state.db");
        mstc_config_free(c);
        mstc_report_free(report);
}
END_TEST

START_TEST(everything_is_read)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *c = xml_read(xml_good, report);
        const struct mstc_given *o;

        ck_assert_msg(c != NULL && mstc_report_count(report) == 0, "%s", xml_complaints(report));
        ck_assert_str_eq(c->file, xml_file);
        ck_assert(c->strict && !c->private_file);
        ck_assert_str_eq(c->store_path, "/var/lib/muster/state.db");
        ck_assert_uint_eq(c->plugin_folder_count, 2);
        ck_assert_str_eq(c->plugin_folders[1], "/opt/b");
        ck_assert_uint_eq(c->instance_count, 2);
        ck_assert_str_eq(c->instances[0].was, "old");
        o = c->instances[0].options;
        ck_assert_str_eq(o->text, "contoso.example");
        ck_assert_uint_eq(o->place.line, 7);
        ck_assert_uint_eq(o->place.column, 5);
        ck_assert_str_eq(o->next->file, "/etc/muster/s");
        ck_assert_str_eq(o->next->next->text, "a & b");
        ck_assert_str_eq(o->next->next->next->text, "");
        ck_assert_ptr_null(o->next->next->next->next);
        ck_assert_str_eq(c->instances[1].options->credential, "pw");
        ck_assert_str_eq(c->instances[1].options->next->env, "X");
        ck_assert_uint_eq(c->never_count, 1);
        ck_assert_uint_eq(c->sync_count, 1);
        ck_assert(c->syncs[0].expired_stop && c->syncs[0].schedule.every_ms == 900000 && c->syncs[0].source == &c->instances[0]);
        ck_assert_str_eq(c->syncs[0].groups[0].title, "Finance: all");
        ck_assert_int_eq(c->syncs[0].families[0].most, 50);
        ck_assert_ptr_null(c->syncs[0].families[0].rule.text);
        ck_assert_uint_eq(c->syncs[0].target_count, 2);
        check_target(c, &c->syncs[0].targets[0]);
        ck_assert(!c->syncs[0].targets[1].defaults && c->syncs[0].targets[1].on_gone.what == MSTC_DISABLE);
        ck_assert_str_eq(c->syncs[0].tests[0].user, "{\"a\":1}");
        ck_assert_str_eq(c->syncs[0].tests[0].scope, "out");
        mstc_config_free(c);
        mstc_report_free(report);
}
END_TEST

/* The example that is installed has no mistakes (its plugins are setup's affair). */
START_TEST(example)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *config;
        const char *top = getenv("top_srcdir");
        static char text[65536];
        char path[4096];
        FILE *in;
        size_t length;

        (void)snprintf(path, sizeof path, "%s/conf/muster.xml.example", top != NULL ? top : ".");
        in = fopen(path, "r");
        ck_assert_ptr_nonnull(in);
        length = fread(text, 1, sizeof text - 1, in);
        fclose(in);
        text[length] = '\0';
        config = xml_read(text, report);
        ck_assert_msg(config != NULL && mstc_report_count(report) == 0, "%s", xml_complaints(report));
        ck_assert_uint_eq(config->sync_count, 1);
        mstc_config_free(config);
        mstc_report_free(report);
}
END_TEST

/* ---- the way back from an expression's text ---- */

/* In 'xml' a scope's text; byte 'offset' of what it decodes to stands at line:column. */
static const struct {
        const char *xml, *text;
        size_t offset;
        unsigned line, column;
} places[] = {
        { "abc", "abc", 0, 5, 8 }, { "abc", "abc", 2, 5, 10 }, { "abc", "abc", 3, 5, 11 }, { "abc", "abc", 99, 5, 11 },
        { "  \n  abc", "abc", 1, 6, 4 },
        { "a &lt; b", "a < b", 2, 5, 10 }, { "a &lt; b", "a < b", 3, 5, 14 }, { "a &lt; b", "a < b", 4, 5, 15 },
        { "&amp;&amp;x", "&&x", 2, 5, 18 }, { "&quot;&apos;&gt;x", "\"'>x", 3, 5, 24 },
        { "a&#98;c", "abc", 2, 5, 14 }, { "a&#x20AC;c", "a\xe2\x82\xac" "c", 4, 5, 17 }, { "a&#xe4;c", "a\xc3\xa4" "c", 3, 5, 15 },
        { "a\xc3\xa4" "c", "a\xc3\xa4" "c", 3, 5, 10 },
        { "<![CDATA[a < b]]>", "a < b", 0, 5, 17 }, { "<![CDATA[a < b]]>", "a < b", 4, 5, 21 },
        { "x<![CDATA[ & ]]>&lt;y", "x & <y", 2, 5, 19 }, { "x<![CDATA[ & ]]>&lt;y", "x & <y", 5, 5, 28 },
        { "<![CDATA[]]>x", "x", 0, 5, 20 },
        { "a\r\nb", "a\nb", 2, 6, 1 }, { "a\rb", "a\nb", 2, 5, 10 }, { "a\n\n  b", "a\n\n  b", 5, 7, 3 },
        { "a<!-- no -->b", "ab", 1, 5, 20 }, { "a<?pi x?>b", "ab", 1, 5, 17 },
        { " \xc2\xa0x", "\xc2\xa0x", 2, 5, 10 },
};

START_TEST(place_of_a_byte)
{
        struct mstc_report *report = mstc_report_new();
        char text[4096], scope[200];
        struct mstc_config *config;
        struct mstc_place place;

        (void)snprintf(scope, sizeof scope, "<scope>%s</scope>", places[_i].xml);
        xml_build(SYNC, scope, text, sizeof text);
        config = xml_read(text, report);
        ck_assert_msg(config != NULL, "%s", xml_complaints(report));
        ck_assert_str_eq(config->syncs[0].scope.rule.text, places[_i].text);
        ck_assert_uint_eq(config->syncs[0].scope.rule.length, strlen(places[_i].text));
        place = mstc_config_place(&config->syncs[0].scope.rule, places[_i].offset);
        ck_assert_str_eq(place.file, xml_file);
        ck_assert_msg(place.line == places[_i].line && place.column == places[_i].column, "%s: %u:%u", places[_i].xml,
                      place.line, place.column);
        mstc_config_free(config);
        mstc_report_free(report);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("config");
        TCase *mistakes = tcase_create("mistakes"), *right = tcase_create("right");

        tcase_add_checked_fixture(mistakes, xml_setup, xml_teardown);
        tcase_add_checked_fixture(right, xml_setup, xml_teardown);
        tcase_add_loop_test(mistakes, mistake, 0, UNIT_COUNT(bad));
        tcase_add_loop_test(mistakes, not_well_formed, 0, UNIT_COUNT(broken));
        tcase_add_test(mistakes, all_at_once);
        tcase_add_test(right, store_by_default);
        tcase_add_test(right, everything_is_read);
        tcase_add_test(right, example);
        tcase_add_loop_test(right, place_of_a_byte, 0, UNIT_COUNT(places));
        suite_add_tcase(s, mistakes);
        suite_add_tcase(s, right);
        return s;
}

UNIT_MAIN(suite)
