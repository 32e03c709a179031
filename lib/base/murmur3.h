/*
 * murmur3: the 32-bit MurmurHash3 for x86 (Austin Appleby, 2011, public domain algorithm), by which users are
 * assigned to the arms of an experiment.
 */
#ifndef BOTIFY_MURMUR3_H
#define BOTIFY_MURMUR3_H

#include <stddef.h>
#include <stdint.h>

uint32_t murmur3(const void *key, size_t len, uint32_t seed);

#endif
