/*
 * Packets from labelled fields: a line a header, lengths, types and checksums filled in unless the line says otherwise. The
 * lines are described in Tests/Vectors/packets/README.md.
 */
#ifndef BUILD_H
#define BUILD_H

#include <stdbool.h>
#include <stdint.h>

#define BUILD_BYTES 70000u
#define BUILD_LAYERS 24u

struct layer {
    char kind[12];
    uint8_t header[128];
    uint8_t mask[128];
    uint32_t length;
    /* Fields that were given, and so are not filled in. */
    bool type_given, length_given, checksum_given;
    uint32_t data_bytes;
};

struct build {
    struct layer layers[BUILD_LAYERS];
    uint32_t count;
    /* Cut off after so many bytes; UINT32_MAX: not. */
    uint32_t cut;
};

/* Adds the header that the words describe. NULL, or what is wrong with them. */
const char *build_line(struct build *build, char **words, unsigned int count);
/* Writes the packet; mask (may be NULL) has 0 where any byte will do. The length. */
uint32_t build_bytes(const struct build *build, uint8_t *bytes, uint8_t *mask);

bool read_number(const char *text, uint64_t *number);
bool read_mac(const char *text, uint8_t *mac);
bool read_ipv4(const char *text, uint8_t *address);

#endif
