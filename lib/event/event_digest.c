#include "event/event_digest.h"

#include <math.h>
#include <string.h>

/* Odd numbers without a pattern: digits of the golden ratio, of the square roots of 2, 3, 5, 7 and 11. */
#define KEY_0 UINT64_C(0x9e3779b97f4a7c15)
#define KEY_1 UINT64_C(0x6a09e667f3bcc909)
#define KEY_2 UINT64_C(0xbb67ae8584caa73b)
#define KEY_3 UINT64_C(0x3c6ef372fe94f82b)
#define KEY_4 UINT64_C(0xa54ff53a5f1d36f1)
#define KEY_5 UINT64_C(0x510e527fade682d1)

/* Each bit of the result depends on all bits of both numbers: the product, its halves folded. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return word;
}

static uint64_t half_at(const char *at)
{
	uint32_t half;

	memcpy(&half, at, sizeof half);
	return half;
}

/* The last bytes of a text, fewer than eight if it is shorter; the length, which is mixed in too, tells them apart. */
static uint64_t tail_of(struct slice s)
{
	const unsigned char *bytes = (const unsigned char *)s.text;

	if (s.len >= 8)
		return word_at(s.text + s.len - 8);
	if (s.len >= 4)
		return half_at(s.text) << 32 | half_at(s.text + s.len - 4);
	return s.len == 0 ? 0 : (uint64_t)bytes[0] << 16 | (uint64_t)bytes[s.len / 2] << 8 | bytes[s.len - 1];
}

static uint64_t add_text(uint64_t digest, struct slice s)
{
	for (size_t i = 0; i + 8 < s.len; i += 8)
		digest = mix(digest ^ word_at(s.text + i), KEY_4);
	return mix(digest ^ tail_of(s), KEY_5 ^ s.len);
}

static uint64_t bits_of(double x)
{
	uint64_t bits;

	x = isnan(x) ? -1 : x + 0.0; /* no number of an event is -1; and -0 becomes 0 */
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

uint64_t event_digest_arms(const struct event_arm *arms, size_t n)
{
	uint64_t digest = n;

	for (size_t i = 0; i < n; i++)
		digest = add_text(add_text(digest, arms[i].experiment), arms[i].arm);
	return digest != 0 ? digest : KEY_0;
}

static uint64_t add_excluded(uint64_t digest, const struct event *ev)
{
	for (size_t i = 0; i < ev->n_exclude; i++)
		digest = mix(digest ^ ev->exclude[i], KEY_1);
	return digest;
}

uint64_t event_digest(const struct event *ev)
{
	uint64_t counts = (uint64_t)ev->pool << 1 | (ev->message == EVENT_LAST);
	uint64_t arms = ev->arms_digest != 0 ? ev->arms_digest : event_digest_arms(ev->arms, ev->n_arms);
	/* products that do not wait for each other */
	uint64_t digest = mix((uint64_t)ev->timestamp ^ KEY_0, bits_of(ev->time) ^ KEY_1) ^
			  mix(((uint64_t)ev->track << 32 | ev->recommendation) ^ KEY_2, bits_of(ev->latency) ^ KEY_3) ^
			  mix((counts << 31 ^ ev->user) ^ KEY_4, bits_of(ev->propensity) ^ KEY_5) ^
			  mix(arms ^ KEY_3, ev->n_exclude ^ KEY_0);

	return add_text(ev->n_exclude > 0 ? add_excluded(digest, ev) : digest, ev->source);
}
