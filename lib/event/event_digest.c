#include "event/event_digest.h"

#include <math.h>
#include <string.h>

#include "base/murmur3.h"

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t digest, uint64_t value)
{
	digest = (digest ^ value) + UINT64_C(0x9e3779b97f4a7c15);
	digest = (digest ^ digest >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	digest = (digest ^ digest >> 27) * UINT64_C(0x94d049bb133111eb);
	return digest ^ digest >> 31;
}

static uint64_t bits(double x)
{
	uint64_t n;

	if (isnan(x))
		return UINT64_MAX; /* absent; there are many bits that say so */
	memcpy(&n, &x, sizeof n);
	return n;
}

static uint64_t text(struct slice s)
{
	return (uint64_t)murmur3(s.text, s.len, 0) << 32 | murmur3(s.text, s.len, 1);
}

uint64_t event_digest(const struct event *ev)
{
	uint64_t digest = mix(mix(0, ev->message), (uint64_t)ev->timestamp);

	digest = mix(digest, (uint64_t)ev->user << 32 | ev->track);
	digest = mix(digest, bits(ev->time));
	digest = mix(digest, bits(ev->latency));
	digest = mix(digest, (uint64_t)ev->recommendation << 32 | ev->pool);
	digest = mix(digest, bits(ev->propensity));
	digest = mix(digest, text(ev->source));
	for (size_t i = 0; i < ev->n_arms; i++)
		digest = mix(mix(digest, text(ev->arms[i].experiment)), text(ev->arms[i].arm));
	return digest;
}
