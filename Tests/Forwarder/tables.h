/* Table entries from lines of text: Tests/Vectors/packets/README.md. */
#ifndef TABLES_H
#define TABLES_H

#include "router.h"

/* NULL, or what is wrong. -errno of a control function is text too. */
const char *tables_line(struct vr_router *router, char **words, unsigned int count);

#endif
