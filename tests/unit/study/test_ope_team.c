#include "study/ope_team.h"

#include <stdlib.h>

#include "base/rng.h"
#include "study/ope_part.h"
#include "unit/fixture.h"

enum { TRACKS = 40, USERS = 60, EVENTS = 1500 };

static struct tables tables;
static struct policy target, logging;

static void load(void)
{
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, TRACKS, 7, 3);
	catalog_clear(&c);
	CHECK(tables_load_catalog(&tables, "catalog", &e) == 0);
	CHECK(policy_parse(&target, "artist:other@0.3,random+unseen+artist:2", &e) == 0);
	CHECK(policy_parse(&logging, "random", &e) == 0);
	CHECK(policy_bind(&target, &tables, &e) == 0 && policy_bind(&logging, &tables, &e) == 0);
}

/*
 * The next event of a log with all that a log may have: recommendations that are followed and others, tracks that the
 * catalog does not have, propensities that are told in three ways or not, exclusions, sessions that do not end.
 */
static struct event next_event(struct rng *r, uint32_t *follows, uint32_t exclude[2])
{
	uint32_t user = rng_below(r, USERS), id = 3 * rng_below(r, TRACKS + 1);
	struct event ev = event_of(rng_below(r, 8) == 0 ? EVENT_LAST : EVENT_NEXT, user, id, rng_below(r, 101) / 100.0);

	if (follows[user] != EVENT_NO_TRACK && rng_below(r, 10) > 0)
		ev.track = follows[user];
	if (ev.message == EVENT_NEXT && rng_below(r, 20) > 0) {
		ev.recommendation = 3 * rng_below(r, TRACKS + 1);
		ev.pool = rng_below(r, 3) == 0 ? TRACKS : 0;
		ev.propensity = rng_below(r, 2) == 0 ? 0.02 : NAN;
	}
	for (int i = 0; i < 2; i++)
		exclude[i] = 3 * rng_below(r, TRACKS);
	ev.exclude = exclude;
	ev.n_exclude = rng_below(r, 3);
	follows[user] = ev.recommendation;
	return ev;
}

/* Calls add(ctx, event) for each event of the log. What an event points at is gone after the call. */
static void each_event(int (*add)(void *ctx, const struct event *ev, struct errmsg *e), void *ctx)
{
	struct rng r = rng_at(5, RNG_EVALUATE, 0, 0, 0);
	uint32_t follows[USERS], exclude[2];
	struct errmsg e;

	for (size_t i = 0; i < USERS; i++)
		follows[i] = EVENT_NO_TRACK;
	for (int i = 0; i < EVENTS; i++) {
		struct event ev = next_event(&r, follows, exclude);

		CHECK(add(ctx, &ev, &e) == 0);
		exclude[0] = exclude[1] = UINT32_MAX - 1;
	}
}

static struct ope_question question_of(bool with_logging)
{
	return (struct ope_question){.tables = &tables,
				     .target = {&target, .1},
				     .logging = {with_logging ? &logging : NULL, 0},
				     .draws = 3,
				     .seed = 11};
}

/* Sums as a part holds them, to the last bit. New. */
static char *written(const struct ope_sums *s, size_t *size)
{
	struct errmsg e;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	CHECK(f && ope_part_write(s, "P", "asked", f, &e) == 0);
	fclose(f);
	return text;
}

static int add_to_replay(void *replay, const struct event *ev, struct errmsg *e)
{
	return ope_replay_add(replay, ev, e);
}

/* The log read by one replay. New. */
static char *replayed(bool with_logging, size_t *size)
{
	const struct ope_choice choice = ope_choice_of(NAN, NAN, 5);
	const struct ope_question q = question_of(with_logging);
	struct ope_sums sums;
	struct ope_replay replay;
	char *text;

	ope_sums_init(&sums, &choice);
	ope_replay_init(&replay, &q, &sums);
	each_event(add_to_replay, &replay);
	ope_replay_end(&replay);
	ope_replay_clear(&replay);
	ope_sums_sort(&sums);
	CHECK(sums.events == EVENTS && sums.n == USERS && sums.left_out.open > 0 && sums.left_out.other_track > 0 &&
	      sums.left_out.unknown > 0 && (with_logging || sums.left_out.no_propensity > 0));
	text = written(&sums, size);
	ope_sums_clear(&sums);
	return text;
}

static int add_to_team(void *team, const struct event *ev, struct errmsg *e)
{
	return ope_team_add(team, ev, e);
}

static char *replayed_by(unsigned threads, size_t block, bool with_logging, size_t *size)
{
	const struct ope_choice choice = ope_choice_of(NAN, NAN, 5);
	const struct ope_question q = question_of(with_logging);
	struct ope_sums sums;
	struct ope_team team;
	struct errmsg e;
	char *text;

	ope_sums_init(&sums, &choice);
	CHECK(ope_team_init(&team, &q, &choice, threads, block) == 0 && team.n == threads);
	each_event(add_to_team, &team);
	CHECK(ope_team_end(&team, &sums, &e) == 0);
	ope_team_clear(&team);
	text = written(&sums, size);
	ope_sums_clear(&sums);
	return text;
}

static void sums_are_the_same_for_any_threads_and_blocks(void)
{
	static const unsigned threads[] = {1, 2, 3, 7};
	static const size_t blocks[] = {1, 2, 100, EVENTS - 1, EVENTS, EVENTS + 1};

	for (int with_logging = 0; with_logging < 2; with_logging++) {
		size_t size, got_size;
		char *want = replayed(with_logging, &size);

		for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
			for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
				char *got = replayed_by(threads[i], blocks[k], with_logging, &got_size);

				CHECK(got_size == size && memcmp(got, want, size) == 0);
				free(got);
			}
		free(want);
	}
}

static void a_log_without_events_has_no_sums(void)
{
	const struct ope_choice choice = ope_choice_of(NAN, NAN, 5);
	const struct ope_question q = question_of(false);
	struct ope_sums sums;
	struct ope_team team;
	struct errmsg e;

	ope_sums_init(&sums, &choice);
	CHECK(ope_team_init(&team, &q, &choice, 3, 10) == 0 && ope_team_end(&team, &sums, &e) == 0);
	CHECK(sums.n == 0 && sums.events == 0);
	ope_team_clear(&team);
	ope_sums_clear(&sums);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	load();
	RUN(sums_are_the_same_for_any_threads_and_blocks);
	RUN(a_log_without_events_has_no_sums);
	policy_clear(&target);
	policy_clear(&logging);
	tables_clear(&tables);
	fixture_leave(directory);
	return DONE();
}
