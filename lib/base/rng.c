#include "base/rng.h"

void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t block[4])
{
	uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
	uint32_t k0 = key[0], k1 = key[1];

	for (int round = 0; round < 10; round++) {
		uint64_t a = UINT64_C(0xD2511F53) * c0, b = UINT64_C(0xCD9E8D57) * c2;

		c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)b;
		c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)a;
		k0 += 0x9E3779B9;
		k1 += 0xBB67AE85;
	}
	block[0] = c0;
	block[1] = c1;
	block[2] = c2;
	block[3] = c3;
}

struct rng rng_at(uint64_t seed, enum rng_use use, uint32_t user, uint32_t session, uint32_t step)
{
	return (struct rng){
		.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
		.counter = {user, session, step, (uint32_t)use << 24},
	};
}

uint32_t rng_u32(struct rng *r)
{
	if (r->left == 0) {
		rng_philox(r->counter, r->key, r->block);
		r->counter[3]++;
		r->left = 4;
	}
	return r->block[4 - r->left--];
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	uint64_t product = (uint64_t)rng_u32(r) * n;

	if ((uint32_t)product < n) {
		uint32_t least = -n % n;

		while ((uint32_t)product < least)
			product = (uint64_t)rng_u32(r) * n;
	}
	return (uint32_t)(product >> 32);
}

double rng_uniform(struct rng *r)
{
	uint64_t high = rng_u32(r), low = rng_u32(r);

	return (double)((high << 32 | low) >> 11) * 0x1p-53;
}
