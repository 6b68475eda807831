/* xml.h - libxml2, loaded when the first file is read.
 *
 * The library brings ICU and the C++ runtime along: loading it takes longer than all else
 * of the program, and `muster --version` has no use for it.  So it is not linked but opened
 * by the first mstc_xml_load(), and its functions are found in a table, under their own
 * names.  Where configure could not learn what the library's file is called, it is linked
 * as ever and the table holds what the linker found.  One thread. */
#ifndef MSTC_CONFIG_XML_H
#define MSTC_CONFIG_XML_H

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <muster/error.h>

struct mstc_xml {
        __typeof__(&xmlCtxtReadMemory) ctxt_read_memory;
        __typeof__(&xmlDocGetRootElement) doc_get_root_element;
        __typeof__(&xmlFree) free;           /* where the library keeps its free()     */
        __typeof__(&xmlFreeDoc) free_doc;
        __typeof__(&xmlFreeParserCtxt) free_parser_ctxt;
        __typeof__(&xmlGetNoNsProp) get_no_ns_prop;
        __typeof__(&xmlHasProp) has_prop;
        __typeof__(&xmlNewParserCtxt) new_parser_ctxt;
        __typeof__(&xmlRelaxNGFree) relaxng_free;
        __typeof__(&xmlRelaxNGFreeParserCtxt) relaxng_free_parser_ctxt;
        __typeof__(&xmlRelaxNGFreeValidCtxt) relaxng_free_valid_ctxt;
        __typeof__(&xmlRelaxNGNewMemParserCtxt) relaxng_new_mem_parser_ctxt;
        __typeof__(&xmlRelaxNGNewValidCtxt) relaxng_new_valid_ctxt;
        __typeof__(&xmlRelaxNGParse) relaxng_parse;
        __typeof__(&xmlRelaxNGSetValidStructuredErrors) relaxng_set_valid_structured_errors;
        __typeof__(&xmlRelaxNGValidateDoc) relaxng_validate_doc;
        __typeof__(&xmlSetExternalEntityLoader) set_external_entity_loader;
        __typeof__(&xmlStopParser) stop_parser;
};

extern struct mstc_xml mstc_xml;             /* filled by mstc_xml_load(), for good    */

/* Must have succeeded before anything of libxml2 is called.  Cheap after the first time. */
int mstc_xml_load(struct mst_error *err);

#ifndef MSTC_XML_ITSELF
#undef xmlFree
#define xmlCtxtReadMemory mstc_xml.ctxt_read_memory
#define xmlDocGetRootElement mstc_xml.doc_get_root_element
#define xmlFree (*mstc_xml.free)
#define xmlFreeDoc mstc_xml.free_doc
#define xmlFreeParserCtxt mstc_xml.free_parser_ctxt
#define xmlGetNoNsProp mstc_xml.get_no_ns_prop
#define xmlHasProp mstc_xml.has_prop
#define xmlNewParserCtxt mstc_xml.new_parser_ctxt
#define xmlRelaxNGFree mstc_xml.relaxng_free
#define xmlRelaxNGFreeParserCtxt mstc_xml.relaxng_free_parser_ctxt
#define xmlRelaxNGFreeValidCtxt mstc_xml.relaxng_free_valid_ctxt
#define xmlRelaxNGNewMemParserCtxt mstc_xml.relaxng_new_mem_parser_ctxt
#define xmlRelaxNGNewValidCtxt mstc_xml.relaxng_new_valid_ctxt
#define xmlRelaxNGParse mstc_xml.relaxng_parse
#define xmlRelaxNGSetValidStructuredErrors mstc_xml.relaxng_set_valid_structured_errors
#define xmlRelaxNGValidateDoc mstc_xml.relaxng_validate_doc
#define xmlSetExternalEntityLoader mstc_xml.set_external_entity_loader
#define xmlStopParser mstc_xml.stop_parser
#endif

#endif
