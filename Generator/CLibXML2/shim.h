/* What the schema compiler sees of libxml2: its SAX2 parser, its schema parser and its XSD regular expressions.
 * Debian's libxml2 is built with ICU, whose types clash with Foundation's copy of ICU when one Swift file sees both;
 * no structure that mentions ICU is read here, so its headers are left out. */
#ifndef TUNGSTEN_CLIBXML2_SHIM_H
#define TUNGSTEN_CLIBXML2_SHIM_H

#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlregexp.h>

/* Bytes of the document that the parser has passed when a SAX callback runs. The input is one memory buffer in UTF-8, so the
 * distance from its start is the offset in the file; -1 when the parser is inside an entity, which we refuse anyway. */
static inline long tungsten_xml_offset(xmlParserCtxtPtr context) {
    if (context == NULL || context->inputNr != 1 || context->input == NULL)
        return -1;
    return (long)(context->input->consumed + (unsigned long)(context->input->cur - context->input->base));
}

/* xmlFree is a global variable holding a function, which Swift 6 refuses to read. */
static inline void tungsten_xml_free(void *pointer) {
    if (pointer != NULL)
        xmlFree(pointer);
}

static inline const char *tungsten_xml_error_message(const xmlError *error) {
    return error != NULL && error->message != NULL ? error->message : "";
}

#endif
