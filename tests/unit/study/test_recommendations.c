#include "study/recommendations.h"

#include <stdlib.h>

#include "study/study.h"
#include "unit/fixture.h"

static struct errmsg e;

/* An event of a user in arm C of X, or in T of X and U of Y, that is answered by a track of a source. */
static void add(struct study *s, int64_t timestamp, uint32_t user, uint32_t track, uint32_t recommendation,
		const char *source, uint32_t pool)
{
	struct event_arm arms[2] = {{slice_of("X"), slice_of(user == 1 ? "C" : "T")}, {slice_of("Y"), slice_of("U")}};
	struct event ev = event_of(recommendation == EVENT_NO_TRACK ? EVENT_LAST : EVENT_NEXT, user, track, 0.5);

	ev.timestamp = timestamp;
	ev.recommendation = recommendation;
	ev.source = slice_of(source);
	ev.pool = pool;
	ev.arms = arms;
	ev.n_arms = user == 1 ? 1 : 2;
	CHECK(study_add(s, &ev, &e) == 0);
}

static struct recommendations_count count(const struct study *s, uint32_t experiment, uint32_t arm, const char *source)
{
	return recommendations_find(&s->recommendations, experiment, arm,
				    intern_find(&s->recommendations.sources, slice_of(source)));
}

/* The catalog of ten tracks has two artists: odd ids and even ids. Tracks from 10 on are unknown. */
static void fill(struct study *s, enum study_order order, const struct catalog *c)
{
	study_init(s, order, NULL, 0);
	study_keep(s, &(struct study_keep){.recommendations = true, .catalog = c});
	add(s, 1, 1, 0, 2, "artist", 5);  /* its artist has just been played */
	add(s, 2, 2, 1, 1, "random", 10); /* itself, and so its artist */
	add(s, 3, 1, 2, 3, "random", 10); /* neither */
	add(s, 4, 1, 3, 0, "random", 10); /* 0 was played first */
	add(s, 5, 1, 0, EVENT_NO_TRACK, "", 0);
	add(s, 6, 1, 5, 0, "top", 0); /* another session: neither */
	add(s, 7, 2, 1, 99, "random", 20); /* in no catalog */
	add(s, 8, 2, 99, 99, "", 0);
	CHECK(study_end(s, &e) == 0);
}

static void check_counts(const struct study *s, bool artists)
{
	struct recommendations_count n = count(s, 0, 0, "artist");

	CHECK(n.recommendations == 1 && n.pools == 1 && n.pool == 5 && n.repeated_tracks == 0);
	CHECK(n.with_artist == artists && n.repeated_artists == artists);
	n = count(s, 0, 0, "random");
	CHECK(n.recommendations == 2 && n.pools == 2 && n.pool == 20 && n.repeated_tracks == 1);
	CHECK(n.with_artist == (artists ? 2 : 0) && n.repeated_artists == artists);
	n = count(s, 0, 0, "top");
	CHECK(n.recommendations == 1 && n.pools == 0 && n.pool == 0 && n.repeated_tracks == 0 &&
	      n.repeated_artists == 0);
	for (uint32_t x = 0; x < 2; x++) {
		n = count(s, x, x == 0, "random");
		CHECK(n.recommendations == 2 && n.pools == 2 && n.pool == 30 && n.repeated_tracks == 1);
		CHECK(n.with_artist == artists && n.repeated_artists == artists);
		n = count(s, x, x == 0, "");
		CHECK(n.recommendations == 1 && n.pools == 0 && n.repeated_tracks == 1 && n.with_artist == 0);
	}
	CHECK(count(s, 0, 0, "").recommendations == 0 && count(s, 1, 0, "top").recommendations == 0 &&
	      count(s, 0, 0, "nonsense").recommendations == 0);
}

static void recommendations_are_counted_by_arm_and_source(void)
{
	struct catalog c;
	struct study s;

	fixture_catalog(&c, 10, 2, 1);
	for (int order = STUDY_STREAM; order <= STUDY_HOLD; order++) {
		fill(&s, (enum study_order)order, &c);
		check_counts(&s, true);
		study_clear(&s);
		fill(&s, (enum study_order)order, NULL);
		check_counts(&s, false);
		study_clear(&s);
	}
	catalog_clear(&c);
}

static void counts_add_up(void)
{
	struct recommendations_count sum = {1, 2, 3, 4, 5, 6};

	recommendations_sum(&sum, &(struct recommendations_count){10, 20, 30, 40, 50, 60});
	CHECK(memcmp(&sum, &(struct recommendations_count){11, 22, 33, 44, 55, 66}, sizeof sum) == 0);
}

static void nothing_is_kept_unasked(void)
{
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 1, 1, 0, 2, "artist", 5);
	CHECK(study_end(&s, &e) == 0);
	CHECK(s.recommendations.sources.n == 0 && s.recommendations.keys.n == 0 && s.recommendations.n_open == 0);
	study_clear(&s);
}

/* What happened before the moment was heard, but is counted for no arm. */
static void before_the_moment_is_heard(void)
{
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.recommendations = true, .before = true, .moment = 10});
	add(&s, 5, 1, 4, 8, "random", 10);
	add(&s, 15, 1, 8, 4, "random", 10);
	CHECK(study_end(&s, &e) == 0);
	CHECK(count(&s, 0, 0, "random").recommendations == 1 && count(&s, 0, 0, "random").repeated_tracks == 1);
	study_clear(&s);
}

static void counts_follow_an_experiment_that_moves(void)
{
	static const uint32_t to[] = {1, 0};
	struct recommendations a = {0};
	const struct recommendations_count one = {.recommendations = 1}, two = {.recommendations = 2};

	CHECK(recommendations_add(&a, 0, 7, 3, &one) == 0 && recommendations_add(&a, 1, 7, 3, &two) == 0 &&
	      recommendations_add(&a, 0, 7, 3, &one) == 0);
	CHECK(recommendations_find(&a, 0, 7, 3).recommendations == 2 &&
	      recommendations_find(&a, 1, 7, 3).recommendations == 2);
	CHECK(recommendations_add(&a, 0, 7, 3, &one) == 0);
	CHECK(recommendations_renumber(&a, to) == 0);
	CHECK(recommendations_find(&a, 1, 7, 3).recommendations == 3 &&
	      recommendations_find(&a, 0, 7, 3).recommendations == 2);
	recommendations_clear(&a);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(recommendations_are_counted_by_arm_and_source);
	RUN(counts_add_up);
	RUN(nothing_is_kept_unasked);
	RUN(before_the_moment_is_heard);
	RUN(counts_follow_an_experiment_that_moves);
	fixture_leave(directory);
	return DONE();
}
