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

/* The offset of character data in the file: where the parser hands out a part of its input, the place of that part; where it hands out a
 * copy, which it does after having passed the original, as many bytes back. */
static inline long tungsten_xml_text_offset(xmlParserCtxtPtr context, const xmlChar *text, long length) {
    long passed = tungsten_xml_offset(context);
    if (passed < 0)
        return -1;
    if (text >= context->input->base && text < context->input->end)
        return (long)context->input->consumed + (long)(text - context->input->base);
    return passed - length;
}

#endif
