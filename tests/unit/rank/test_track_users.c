#include "rank/track_users.h"

#include "unit/check.h"

static void a_user_counts_once_for_each_track(void)
{
	struct track_users u = {0};
	size_t first;

	for (uint32_t i = 0; i < 300000; i++)
		CHECK(track_users_add(&u, i % 3 * 0x3fffffff, i % 1000) == 0);
	/* what came again is gone now and then: not after all */
	CHECK(u.cap < 200000);
	track_users_sort(&u);
	CHECK(u.n == 3000 && track_users_of(&u, 0, &first) == 1000 && first == 0);
	CHECK(track_users_of(&u, 0x7ffffffe, &first) == 1000 && first == 2000);
	CHECK(u.pairs[first] == (uint64_t)0x7ffffffe << 32 && (uint32_t)u.pairs[2999] == 999);
	CHECK(track_users_of(&u, 5, &first) == 0);
	track_users_clear(&u);
	CHECK(track_users_of(&u, 0, &first) == 0);
}

static void merged_they_are_the_whole(void)
{
	struct track_users u = {0}, v = {0};
	size_t first;

	CHECK(track_users_add(&u, 1, 5) == 0 && track_users_add(&u, 2, 5) == 0);
	CHECK(track_users_add(&v, 1, 5) == 0 && track_users_add(&v, 1, INT32_MAX) == 0);
	CHECK(track_users_merge(&u, &v) == 0);
	track_users_sort(&u);
	CHECK(track_users_of(&u, 1, &first) == 2 && track_users_of(&u, 2, &first) == 1);
	track_users_clear(&u);
	track_users_clear(&v);
}

int main(void)
{
	RUN(a_user_counts_once_for_each_track);
	RUN(merged_they_are_the_whole);
	return DONE();
}
