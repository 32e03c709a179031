#include "base/murmur3.h"

static uint32_t rotate(uint32_t x, int bits)
{
	return x << bits | x >> (32 - bits);
}

static uint32_t scramble(uint32_t k)
{
	return rotate(k * 0xcc9e2d51, 15) * 0x1b873593;
}

uint32_t murmur3(const void *key, size_t len, uint32_t seed)
{
	const unsigned char *p = key;
	uint32_t h = seed, rest = 0;
	size_t i;

	for (i = 0; i + 4 <= len; i += 4) {
		uint32_t k = p[i] | (uint32_t)p[i + 1] << 8 | (uint32_t)p[i + 2] << 16 | (uint32_t)p[i + 3] << 24;

		h = rotate(h ^ scramble(k), 13) * 5 + 0xe6546b64;
	}
	for (size_t j = len; j-- > i;)
		rest = rest << 8 | p[j];
	h ^= scramble(rest);
	h ^= (uint32_t)len;
	h = (h ^ h >> 16) * 0x85ebca6b;
	h = (h ^ h >> 13) * 0xc2b2ae35;
	return h ^ h >> 16;
}
