/* document.c - from a path to a tree that can be believed.
 *
 *   read       ourselves: owner, mode, at most 4 MB
 *   look       UTF-8 and nothing else; no DOCTYPE, before a parser sees it
 *   parse      no network, no entities, no limits lifted, no loader of any kind
 *   number     each element gets the offset of its start tag
 *
 * What libxml2 complains of is told with its line and column; after the first few
 * complaints of a file the rest are only echoes. */
#include "build.h"

#include "config/document.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <muster/secret.h>

#include "config/schema.h"
#include "util/alloc.h"
#include "util/trust.h"
#include "util/utf8.h"

#define ECHOES 3                             /* parser's complaints shown for a file   */

static void context_drop(xmlParserCtxt **context) { xmlFreeParserCtxt(*context); }
static void schema_context_drop(xmlRelaxNGParserCtxt **c) { xmlRelaxNGFreeParserCtxt(*c); }
static void schema_drop(xmlRelaxNG **s) { xmlRelaxNGFree(*s); }
static void valid_context_drop(xmlRelaxNGValidCtxt **c) { xmlRelaxNGFreeValidCtxt(*c); }

/* What the error handlers need; found through the parser's context. */
struct listener {
        struct mstc_document *document;
        struct mstc_report *report;
        int heard;
};

static xmlParserInput *
load_nothing(const char *url, const char *id, xmlParserCtxt *context)
{
        (void)url, (void)id, (void)context;
        return NULL;
}

static const char *
remedy_for(int code)
{
        switch (code) {
        case XML_ERR_TAG_NAME_MISMATCH:
        case XML_ERR_TAG_NOT_FINISHED:
                return "close every element with its own end tag, the innermost first";
        case XML_ERR_LT_IN_ATTRIBUTE:
        case XML_ERR_NAME_REQUIRED:
        case XML_ERR_ENTITYREF_SEMICOL_MISSING:
        case XML_ERR_INVALID_CHAR:
                return "write &lt; for < and &amp; for &, or put the text into <![CDATA[ ... ]]>";
        case XML_ERR_UNDECLARED_ENTITY:
        case XML_WAR_UNDECLARED_ENTITY:
                return "only &lt; &gt; &amp; &quot; and &apos; can be used, or the character itself";
        case XML_ERR_ATTRIBUTE_NOT_STARTED:
        case XML_ERR_ATTRIBUTE_WITHOUT_VALUE:
                return "write attributes as name=\"value\"";
        case XML_ERR_ATTRIBUTE_REDEFINED:
                return "give each attribute once";
        case XML_ERR_DOCUMENT_EMPTY:
                return "begin with <muster xmlns=\"" MSTC_CONFIG_SPACE "\">";
        case XML_NS_ERR_UNDEFINED_NAMESPACE:
                return "write elements and attributes without a prefix";
        default:
                return NULL;
        }
}

static void
hear(void *context, xmlError *error)
{
        struct listener *listener = ((xmlParserCtxt *)context)->_private;
        struct mstc_place place = { .file = listener->document->raw.file };
        size_t length = error->message == NULL ? 0 : strlen(error->message);

        if (error->level < XML_ERR_ERROR || listener->heard++ >= ECHOES)
                return;
        place.line = error->line > 0 ? (unsigned)error->line : 1;
        place.column = error->int2 > 0 ? (unsigned)error->int2 : 1;
        while (length > 0 && (error->message[length - 1] == '\n' || error->message[length - 1] == ' '))
                length--;
        mstc_report_error(listener->report, place, remedy_for(error->code), "not well-formed XML: %.*s",
                          (int)length, length > 0 ? error->message : "");
}

static const char refused_doctype[] = "a document type declaration (DOCTYPE) is not accepted";

/* A second net behind mstc_raw_doctype(), before anything in the DTD is looked at. */
static void
stop_at_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
        xmlParserCtxt *parser = context;
        struct listener *listener = parser->_private;

        (void)name, (void)external, (void)system;
        mstc_report_error(listener->report, mstc_raw_place(&listener->document->raw, 0), "remove it", "%s",
                          refused_doctype);
        listener->heard = ECHOES;
        xmlStopParser(parser);
}

/* ---- looking before parsing ---- */

static bool
look_at_encoding(const struct mstc_raw *raw, struct mstc_report *report)
{
        static const char *const good[] = { "UTF-8", "UTF8", "US-ASCII", "ASCII" };
        const char *remedy = "save it as UTF-8";
        size_t valid, offset = 0;
        char name[64];

        if (raw->length >= 2 && (memcmp(raw->bytes, "\xff\xfe", 2) == 0 || memcmp(raw->bytes, "\xfe\xff", 2) == 0)) {
                mstc_report_error(report, mstc_raw_place(raw, 0), remedy, "the file is not UTF-8 but UTF-16");
                return false;
        }
        valid = mstc_utf8_valid(raw->bytes, raw->length);
        if (valid < raw->length) {
                mstc_report_error(report, mstc_raw_place(raw, valid), remedy,
                                  "the byte 0x%02x here is not UTF-8", (unsigned char)raw->bytes[valid]);
                return false;
        }
        if (!mstc_raw_encoding(raw, name, sizeof name, &offset))
                return true;
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                if (strcasecmp(name, good[i]) == 0)
                        return true;
        mstc_report_error(report, mstc_raw_place(raw, offset), "save it as UTF-8 and say encoding=\"UTF-8\"",
                          "the encoding '%s' is not accepted", name);
        return false;
}

static bool
look(const struct mstc_raw *raw, struct mstc_report *report)
{
        size_t offset = 0;

        if (!look_at_encoding(raw, report))
                return false;
        if (mstc_raw_doctype(raw, &offset)) {
                mstc_report_error(report, mstc_raw_place(raw, offset),
                                  "remove it: nothing in it is needed, and entities are never expanded",
                                  "%s", refused_doctype);
                return false;
        }
        return true;
}

/* ---- parsing ---- */

static bool
number(xmlNode *node, const struct mstc_raw *raw, size_t *next)
{
        for (; node != NULL; node = node->next) {
                if (node->type != XML_ELEMENT_NODE)
                        continue;
                if (*next >= raw->tag_count)
                        return false;
                node->_private = &raw->tags[(*next)++];
                if (!number(node->children, raw, next))
                        return false;
        }
        return true;
}

static bool
parse(struct mstc_document *document, struct mst_arena *arena, struct mstc_report *report)
{
        MSTC_CLEANUP(context_drop) xmlParserCtxt *context = xmlNewParserCtxt();
        struct listener listener = { .document = document, .report = report };
        struct mstc_raw *raw = &document->raw;
        size_t next = 0;

        if (context == NULL || context->sax == NULL)
                return false;
        context->_private = &listener;
        context->sax->serror = hear;
        context->sax->internalSubset = stop_at_doctype;
        context->sax->externalSubset = stop_at_doctype;
        document->xml = xmlCtxtReadMemory(context, raw->bytes, (int)raw->length, NULL, "UTF-8",
                                          XML_PARSE_NONET);
        if (document->xml == NULL || !context->wellFormed) {
                if (listener.heard == 0)
                        mstc_report_error(report, mstc_raw_place(raw, 0), NULL, "not well-formed XML");
                return true;
        }
        document->xml->_private = document;
        if (!mstc_raw_tags(raw, arena))
                return false;
        if (!number(xmlDocGetRootElement(document->xml), raw, &next) || next != raw->tag_count) {
                mstc_report_error(report, mstc_raw_place(raw, 0), "please report this",
                                  "muster and libxml2 do not agree where the elements of this file begin");
                mstc_document_end_tree(document);
        }
        return true;
}

static struct mstc_document *
give_up(struct mstc_document *document)
{
        mstc_document_done(document);
        return NULL;
}

struct mstc_document *
mstc_document_read(const char *path, struct mstc_place wanted, struct mst_arena *arena,
                   struct mstc_report *report)
{
        struct mstc_document *document = mst_arena_alloc(arena, sizeof *document);
        struct mstc_buffer buffer = { 0 };
        struct mst_error err = { 0 };
        struct mstc_refusal no;
        size_t errors = mstc_report_errors(report);

        if (mstc_xml_load(&err) != MST_OK) {
                mstc_report_error(report, wanted, NULL, "%s", err.text);
                return NULL;
        }
        xmlSetExternalEntityLoader(load_nothing);
        if (document == NULL)
                return NULL;
        document->raw.file = mst_arena_strdup(arena, path);
        if (!mstc_trust_read(path, MSTC_TRUST_CONFIG, MSTC_CONFIG_MOST, &buffer, &document->is_private, &no)) {
                mstc_buffer_done(&buffer);
                mstc_report_error(report, wanted, no.remedy[0] != '\0' ? no.remedy : NULL, "%s", no.text);
                return NULL;
        }
        document->size = buffer.length;
        document->bytes = mstc_buffer_take(&buffer);
        if (document->bytes == NULL && document->size > 0)
                return NULL;
        document->raw.bytes = document->bytes != NULL ? document->bytes : "";
        document->raw.length = document->size;
        if (document->size >= 3 && memcmp(document->bytes, "\xef\xbb\xbf", 3) == 0) {
                document->raw.bytes += 3;
                document->raw.length -= 3;
        }
        if (document->raw.file == NULL || !mstc_raw_lines(&document->raw, arena)
            || !look(&document->raw, report) || !parse(document, arena, report)
            || mstc_report_errors(report) != errors || document->xml == NULL)
                return give_up(document);
        return document;
}

void
mstc_document_end_tree(struct mstc_document *document)
{
        xmlFreeDoc(document->xml);
        document->xml = NULL;
}

void
mstc_document_done(struct mstc_document *document)
{
        mstc_document_end_tree(document);
        if (document->bytes != NULL)
                mst_secret_wipe(document->bytes, document->size);
        mstc_free(document->bytes);
        document->bytes = NULL;
        document->raw = (struct mstc_raw){ .file = document->raw.file, .bytes = "" };
}

const struct mstc_document *
mstc_document_of(const xmlNode *node)
{
        return node->doc->_private;
}

size_t
mstc_document_tag(const xmlNode *node)
{
        const size_t *tag = node->_private;

        return *tag;
}

/* ---- the schema ---- */

struct verdict {
        const struct mstc_document *document;
        struct mstc_report *report;
        bool told;
};

static void
disagree(void *self, xmlError *error)
{
        struct verdict *verdict = self;
        const xmlNode *node = error->node;
        struct mstc_place place = { .file = verdict->document->raw.file, .line = (unsigned)error->line };
        size_t length = error->message == NULL ? 0 : strlen(error->message);

        if (verdict->told || verdict->report == NULL)
                return;
        verdict->told = true;
        if (node != NULL && node->type == XML_ELEMENT_NODE && node->_private != NULL)
                place = mstc_raw_place(&verdict->document->raw, mstc_document_tag(node));
        while (length > 0 && error->message[length - 1] == '\n')
                length--;
        mstc_report_error(verdict->report, place, "see muster.xml(5)", "not as the schema wants it: %.*s",
                          (int)length, length > 0 ? error->message : "");
}

bool
mstc_document_validate(const struct mstc_document *document, struct mstc_report *report)
{
        struct verdict verdict = { .document = document, .report = report };
        MSTC_CLEANUP(schema_context_drop) xmlRelaxNGParserCtxt *reader =
                xmlRelaxNGNewMemParserCtxt(mstc_config_schema, (int)mstc_config_schema_size);
        MSTC_CLEANUP(schema_drop) xmlRelaxNG *schema = NULL;
        MSTC_CLEANUP(valid_context_drop) xmlRelaxNGValidCtxt *judge = NULL;

        if (reader != NULL)
                schema = xmlRelaxNGParse(reader);
        if (schema != NULL)
                judge = xmlRelaxNGNewValidCtxt(schema);
        if (judge == NULL) {
                if (report != NULL)
                        mstc_report_error(report, mstc_raw_place(&document->raw, 0), NULL,
                                          "the schema of muster.xml could not be prepared");
                return false;
        }
        xmlRelaxNGSetValidStructuredErrors(judge, disagree, &verdict);
        return xmlRelaxNGValidateDoc(judge, document->xml) == 0;
}
