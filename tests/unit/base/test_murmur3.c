#include "base/murmur3.h"

#include "unit/check.h"

/* From Digest::MurmurHash3::PurePerl 1.01 (Debian libdigest-murmurhash3-pureperl-perl), function murmur32. */
static void the_hashes_are_the_known_ones(void)
{
	static const struct {
		const char *key;
		size_t len;
		uint32_t seed, hash;
	} known[] = {
		{"", 0, 0, 0},
		{"", 0, 1, 0x514e28b7},
		{"", 0, 0xffffffff, 0x81f16f39},
		{"a", 1, 0, 0x3c2569b2},
		{"ab", 2, 0, 0x9bbfd75f},
		{"abc", 3, 0, 0xb3dd93fa},
		{"abcd", 4, 0, 0x43ed676a},
		{"abcde", 5, 0, 0xe89b9af6},
		{"foo", 3, 0, 0xf6a5c420},
		{"hello", 5, 123, 1573043710},
		{"CONTEXTUAL_COMPARISON", 21, 0, 0x2036087e},
		{"9999", 4, 0x12345678, 0xfa29a568},
		{"The quick brown fox jumps over the lazy dog", 43, 0x9747b28c, 0x2fa826cd},
		{"\xc3\xa9\xe2\x82\xac", 5, 7, 0x2cc1407e},
		{"\0a\0\xf0\x9f\x8e\xb5\0", 8, 42, 0x53a4c367},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		CHECK(murmur3(known[i].key, known[i].len, known[i].seed) == known[i].hash);
}

/* The split that existing logs were made with. */
static void users_fall_on_two_arms_as_published(void)
{
	uint32_t seed = murmur3("CONTEXTUAL_COMPARISON", 21, 0);
	unsigned arms[2] = {0};

	for (int user = 0; user < 10000; user++) {
		char key[16];

		arms[murmur3(key, (size_t)sprintf(key, "%d", user), seed) % 2]++;
	}
	CHECK(arms[0] == 4925 && arms[1] == 5075);
}

int main(void)
{
	RUN(the_hashes_are_the_known_ones);
	RUN(users_fall_on_two_arms_as_published);
	return DONE();
}
