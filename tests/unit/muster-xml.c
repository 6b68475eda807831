/* muster-xml.c - see muster-xml.h. */
#include "muster-xml.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

char xml_folder[] = "/tmp/muster-config-XXXXXX";
char xml_file[64];

void
xml_setup(void)
{
        memcpy(xml_folder + strlen(xml_folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(xml_folder));
        (void)snprintf(xml_file, sizeof xml_file, "%s/muster.xml", xml_folder);
}

void
xml_teardown(void)
{
        char command[100];

        (void)snprintf(command, sizeof command, "rm -rf '%s'", xml_folder);
        ck_assert_int_eq(system(command), 0);
}

void
xml_write(const char *path, const char *bytes, size_t length, mode_t mode)
{
        FILE *out = fopen(path, "wb");

        ck_assert_ptr_nonnull(out);
        ck_assert_uint_eq(fwrite(bytes, 1, length, out), length);
        ck_assert_int_eq(fclose(out), 0);
        ck_assert_int_eq(chmod(path, mode), 0);
}

struct mstc_config *
xml_read(const char *text, struct mstc_report *report)
{
        xml_write(xml_file, text, strlen(text), 0644);
        return mstc_config_read(xml_file, report);
}

const char *
xml_complaints(struct mstc_report *report)
{
        static char text[8192];
        size_t used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < mstc_report_count(report) && used < sizeof text; i++) {
                const struct mstc_complaint *c = mstc_report_at(report, i);

                used += (size_t)snprintf(text + used, sizeof text - used, "%s:%u:%u: %s [%s]\n",
                                         c->place.file != NULL ? c->place.file : "", c->place.line, c->place.column, c->text,
                                         c->remedy != NULL ? c->remedy : "");
        }
        return text;
}

void
xml_build(enum where where, const char *line, char *into, size_t room)
{
        if (where == WHOLE)
                (void)snprintf(into, room, "%s", line);
        else
                (void)snprintf(into, room,
                               "<muster xmlns=\"urn:muster:config:1\">\n"
                               "<source name=\"src\" plugin=\"p\"/> <sink name=\"snk\" plugin=\"p\"/> <maps name=\"m\"/>\n"
                               "%s\n"
                               "<sync name=\"s\" source=\"src\"><group name=\"g\">true</group>\n"
                               "%s\n"
                               "<target sink=\"snk\">\n"
                               "%s\n"
                               "</target></sync></muster>\n",
                               where == TOP ? line : "", where == SYNC ? line : "", where == TARGET ? line : "");
}

const char xml_good[] =
        "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<?xml-model href=\"muster.rng\"?>\n"
        "<muster xmlns=\"urn:muster:config:1\" strict=\"yes\">\n"
        "  <store path=\"/var/lib/muster/state.db\"/>\n"
        "  <plugins folder=\"/opt/acme/muster\"/> <plugins folder=\"/opt/b\"/>\n"
        "  <source name=\"contoso\" plugin=\"entra\" was=\"old\">\n"
        "    <tenant>  contoso.example </tenant><client-secret file=\"/etc/muster/s\"/>\n"
        "    <more><![CDATA[a & b]]></more><empty/>\n"
        "  </source>\n"
        "  <sink name=\"corporate\" plugin=\"ldap\"><password credential=\"pw\"/><x env=\"X\"/></sink>\n"
        "  <maps name=\"names\"><map to=\"cn\">[shared]</map><map to=\"sn\">[surname]</map></maps>\n"
        "  <never-touch sink=\"corporate\">[uid] -eq \"admin\"</never-touch>\n"
        "  <sync name=\"staff\" source=\"contoso\" on-expired=\"stop\">\n"
        "    <schedule every=\"15m\"/><scope>user.mail -ne null</scope>\n"
        "    <group name=\"fin\" title=\"Finance: all\">(user.department -eq \"Finance\")</group>\n"
        "    <groups for-each=\"department\" name=\"dept-{value}\" title=\"Department {value}\" most=\"50\"/>\n"
        "    <target sink=\"corporate\" members=\"exact\">\n"
        "      <scope>user.country -eq \"NO\"</scope>\n"
        "      <match attribute=\"employeeNumber\"/><match attribute=\"mail\" on-existing=\"adopt\"/>\n"
        "      <map to=\"cn\" when=\"create\" null=\"keep\" values=\"own\">[displayName]</map><maps use=\"names\"/>\n"
        "      <map to=\"description\" when=\"never\"/>\n"
        "      <groups use=\"fin dept-*\"/><group use=\"fin\" as=\"F I N\"><map to=\"cn\">[name]</map></group>\n"
        "      <on-gone do=\"disable\" delete-after=\"30d\"/><on-out-of-scope do=\"delete\"/><on-disabled do=\"keep\"/>\n"
        "      <limit of=\"removals\" above=\"5\" and-percent=\"2.25\" never-above=\"100\"/>\n"
        "    </target>\n"
        "    <target sink=\"corporate\" name=\"second\" defaults=\"no\"/>\n"
        "    <test user='{\"a\":1}' in=\"fin\" not-in=\"x y\" scope=\"out\"/>\n"
        "  </sync>\n"
        "</muster>\n";
const size_t xml_good_size = sizeof xml_good - 1;
