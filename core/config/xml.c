/* xml.c - libxml2, loaded when the first file is read. */
#include "build.h"

#define MSTC_XML_ITSELF
#include "config/xml.h"

#include <string.h>

#ifdef MST_XML_LIBRARY

#include <dlfcn.h>

struct mstc_xml mstc_xml;

#define PLACE(member) offsetof(struct mstc_xml, member)

static const struct { const char *name; size_t place; } functions[] = {
        { "xmlCtxtReadMemory", PLACE(ctxt_read_memory) },
        { "xmlDocGetRootElement", PLACE(doc_get_root_element) },
        { "xmlFree", PLACE(free) },
        { "xmlFreeDoc", PLACE(free_doc) },
        { "xmlFreeParserCtxt", PLACE(free_parser_ctxt) },
        { "xmlGetNoNsProp", PLACE(get_no_ns_prop) },
        { "xmlHasProp", PLACE(has_prop) },
        { "xmlNewParserCtxt", PLACE(new_parser_ctxt) },
        { "xmlRelaxNGFree", PLACE(relaxng_free) },
        { "xmlRelaxNGFreeParserCtxt", PLACE(relaxng_free_parser_ctxt) },
        { "xmlRelaxNGFreeValidCtxt", PLACE(relaxng_free_valid_ctxt) },
        { "xmlRelaxNGNewMemParserCtxt", PLACE(relaxng_new_mem_parser_ctxt) },
        { "xmlRelaxNGNewValidCtxt", PLACE(relaxng_new_valid_ctxt) },
        { "xmlRelaxNGParse", PLACE(relaxng_parse) },
        { "xmlRelaxNGSetValidStructuredErrors", PLACE(relaxng_set_valid_structured_errors) },
        { "xmlRelaxNGValidateDoc", PLACE(relaxng_validate_doc) },
        { "xmlSetExternalEntityLoader", PLACE(set_external_entity_loader) },
        { "xmlStopParser", PLACE(stop_parser) },
};

int
mstc_xml_load(struct mst_error *err)
{
        size_t count = sizeof functions / sizeof functions[0];
        struct mstc_xml found;
        void *library;

        _Static_assert(sizeof functions / sizeof functions[0] == sizeof found / sizeof (void *),
                       "a function of the table has no name, or a name no place");
        if (mstc_xml.new_parser_ctxt != NULL)
                return MST_OK;
        library = dlopen(MST_XML_LIBRARY, RTLD_NOW | RTLD_LOCAL);
        if (library == NULL)
                return mst_fail(err, MST_EINTERNAL, "libxml2, which reads the configuration, cannot be loaded: %s; "
                                "install it", dlerror());
        for (size_t i = 0; i < count; i++) {
                void *symbol = dlsym(library, functions[i].name);

                if (symbol == NULL)
                        return mst_fail(err, MST_EINTERNAL, "libxml2 (%s) has no %s: it is not the one that "
                                        "muster was built with", MST_XML_LIBRARY, functions[i].name);
                memcpy((char *)&found + functions[i].place, &symbol, sizeof symbol);
        }
        mstc_xml = found;                    /* stays loaded to the end of the process */
        return MST_OK;
}

#else

struct mstc_xml mstc_xml = {
        .ctxt_read_memory = xmlCtxtReadMemory,
        .doc_get_root_element = xmlDocGetRootElement,
        .free = &xmlFree,
        .free_doc = xmlFreeDoc,
        .free_parser_ctxt = xmlFreeParserCtxt,
        .get_no_ns_prop = xmlGetNoNsProp,
        .has_prop = xmlHasProp,
        .new_parser_ctxt = xmlNewParserCtxt,
        .relaxng_free = xmlRelaxNGFree,
        .relaxng_free_parser_ctxt = xmlRelaxNGFreeParserCtxt,
        .relaxng_free_valid_ctxt = xmlRelaxNGFreeValidCtxt,
        .relaxng_new_mem_parser_ctxt = xmlRelaxNGNewMemParserCtxt,
        .relaxng_new_valid_ctxt = xmlRelaxNGNewValidCtxt,
        .relaxng_parse = xmlRelaxNGParse,
        .relaxng_set_valid_structured_errors = xmlRelaxNGSetValidStructuredErrors,
        .relaxng_validate_doc = xmlRelaxNGValidateDoc,
        .set_external_entity_loader = xmlSetExternalEntityLoader,
        .stop_parser = xmlStopParser,
};

int
mstc_xml_load(struct mst_error *err)
{
        (void)err;
        return MST_OK;
}

#endif
