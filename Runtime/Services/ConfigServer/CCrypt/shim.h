// Password hashes (libxcrypt, what /etc/shadow uses) and message authentication (libcrypto) for Swift.

#pragma once
#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/// HMAC-SHA-256 (RFC 2104) into 32 bytes; 0 when it fails.
static inline int tungsten_hmac_sha256(
    const void *key, int key_length, const void *bytes, size_t length, unsigned char *code) {
    unsigned int written = 0;
    return HMAC(EVP_sha256(), key, key_length, (const unsigned char *)bytes, length, code, &written) != NULL && written == 32;
}
