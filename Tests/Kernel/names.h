/*
 * The forwarder's functions, done by the module: see remote.c.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdint.h>

/* The name of an interface's device, where it is not one that the test makes. */
void remote_name(uint32_t interface, const char *name);

#endif
