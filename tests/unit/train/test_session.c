#include "train/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "unit/fixture.h"
#include "world/session_math.h"

/* A world whose truth is known: 300 tracks of 60 artists, 80 users with two interests each, in 4 dimensions. */
enum { TRACKS = 300, ARTISTS = 60, USERS = 80, DIMS = 4, SESSIONS = 20 };

#define GAMMA .9

static struct catalog catalog;
static double tracks[TRACKS][DIMS];

/* What most tests look at: listens to uniform draws, and the model that two threads learn of them by seed 1. */
static struct listens heard;
static struct session_model learned;
static struct session_report told;

static double gauss(struct rng *r)
{
	double radius = sqrt(-2 * log(1 - rng_uniform(r)));

	return radius * cos(2 * M_PI * rng_uniform(r));
}

static double product(const double *a, const double *b)
{
	double sum = 0;

	for (int k = 0; k < DIMS; k++)
		sum += a[k] * b[k];
	return sum;
}

static void make_tracks(void)
{
	double artists[ARTISTS][DIMS];
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);

	fixture_catalog(&catalog, TRACKS, ARTISTS, 3);
	for (int i = 0; i < ARTISTS; i++)
		for (int k = 0; k < DIMS; k++)
			artists[i][k] = gauss(&r);
	for (int i = 0; i < TRACKS; i++)
		for (int k = 0; k < DIMS; k++)
			tracks[i][k] = 1.2 * artists[i % ARTISTS][k] + 0.3 * gauss(&r);
}

/* One of the three tracks nearest to an interest. */
static uint32_t first_track(const double *q, struct rng *r)
{
	uint32_t rank = rng_below(r, 3), best = 0;
	bool taken[TRACKS] = {false};

	for (uint32_t n = 0; n <= rank; n++) {
		double most = -INFINITY;

		for (uint32_t i = 0; i < TRACKS; i++)
			if (!taken[i] && product(q, tracks[i]) > most) {
				most = product(q, tracks[i]);
				best = i;
			}
		taken[best] = true;
	}
	return best;
}

static void add(struct listens_reader *reader, uint32_t user, uint32_t track, double time, uint32_t next)
{
	struct event ev = event_of(next == CATALOG_NONE ? EVENT_LAST : EVENT_NEXT, user, track * 3, time);
	struct errmsg e;

	ev.recommendation = next == CATALOG_NONE ? EVENT_NO_TRACK : next * 3;
	ev.source = slice_of("random");
	ev.pool = TRACKS;
	CHECK(listens_add(reader, &ev, &e) == 0);
}

static void listen(struct listens_reader *reader, uint32_t user, const double *q, double bias, struct rng *r)
{
	uint32_t track = first_track(q, r), plays[ARTISTS] = {0};
	double time = 1;

	for (int i = 0; i < 12; i++) {
		uint32_t next = i == 11 ? CATALOG_NONE : rng_below(r, TRACKS);

		add(reader, user, track, time, next);
		plays[track % ARTISTS]++;
		if (next == CATALOG_NONE)
			return;
		time = pow(GAMMA, plays[next % ARTISTS]) / (1 + exp(bias - product(q, tracks[next])));
		time = nearbyint(100 * time) / 100;
		track = next;
	}
}

/* Every session comes so many times, with the same listens. */
static void make_listens(struct listens *l, int copies)
{
	struct listens_reader reader = {0};
	struct errmsg e;

	for (uint32_t user = 0; user < USERS; user++) {
		struct rng r = rng_at(2, RNG_WORLD, user, 0, 0);
		uint32_t interests[2] = {rng_below(&r, TRACKS), rng_below(&r, TRACKS)};
		double bias = 3 * rng_uniform(&r);

		for (int i = 0; i < SESSIONS; i++) {
			struct rng before = r;

			for (int j = 0; j < copies; j++) {
				r = before;
				listen(&reader, user * 7, tracks[interests[i % 2]], bias, &r);
			}
		}
	}
	CHECK(listens_make(l, &reader, &catalog, &e) == 0);
}

/* The correlation of what the model expects of tracks, at the beginning of the sessions, with the truth. */
static double agreement(const struct session_model *m)
{
	double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;

	for (uint32_t user = 0; user < USERS; user++) {
		struct rng r = rng_at(2, RNG_WORLD, user, 0, 0);
		uint32_t interests[2] = {rng_below(&r, TRACKS), rng_below(&r, TRACKS)};

		for (uint32_t i = m->users[user].first_opening; i < m->users[user + 1].first_opening; i++)
			for (int j = 0; j < 2 && m->openings[i].track == interests[j]; j++)
				for (uint32_t t = 0; t < TRACKS; t++) {
					double a = product(tracks[interests[j]], tracks[t]);
					double b = session_dot(m->rows + (size_t)m->openings[i].row * SESSION_DIM,
							       m->tracks + (size_t)t * SESSION_DIM);

					n++, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
				}
	}
	return (xy - x * y / n) / sqrt((xx - x * x / n) * (yy - y * y / n));
}

static void train_by(struct session_model *m, struct session_report *r, const struct listens *l,
		     const struct session_options *o)
{
	struct errmsg e = {.text = ""};

	CHECK(session_train(m, r, &catalog, l, o, &e) == 0);
	CHECK_STR(e.text, "");
}

static void train(struct session_model *m, struct session_report *r, const struct listens *l, unsigned threads,
		  uint64_t seed)
{
	train_by(m, r, l, &(struct session_options){.seed = seed, .threads = threads, .holdout = .1});
}

static void the_truth_is_found(void)
{
	train(&learned, &told, &heard, 2, 1);
	CHECK(fabs(learned.gamma - GAMMA) < .011);
	CHECK(told.interests > 1.5 && told.interests < 3);
	CHECK(told.uniform > 14000 && told.repeated > 700);
	CHECK(agreement(&learned) > .9);
	printf("# gamma %.2f, %.2f interests, agreement %.3f\n", learned.gamma, told.interests, agreement(&learned));
}

/* From a part of the sessions first, as with a large log; the part lacks some users. */
static void a_part_first_finds_the_truth_too(void)
{
	struct session_model m;
	struct session_report r;

	for (size_t part = 100; part <= 1000; part += 900) {
		train_by(&m, &r, &heard,
			 &(struct session_options){.seed = 1, .threads = 2, .holdout = .1, .part = part});
		CHECK(m.n_users == USERS);
		CHECK(part < 1000 || agreement(&m) > .9);
		printf("# a part of %zu first: agreement %.3f\n", part, agreement(&m));
		session_model_clear(&m);
	}
}

static double mean_of(const float *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

/* As in the log of a policy, which plays the same to a user again and again: eight times as many, and nothing new. */
static void what_was_heard_before_says_nothing(void)
{
	struct listens l;
	struct session_model m;
	struct session_report r;
	double once = mean_of(learned.tracks_var, TRACKS), often;

	make_listens(&l, 8);
	train(&m, &r, &l, 2, 1);
	often = mean_of(m.tracks_var, TRACKS);
	CHECK(fabs(often / once - 1) < .2);
	CHECK(fabs(agreement(&m) - agreement(&learned)) < .01);
	CHECK(fabs(r.log_likelihood - told.log_likelihood) < .2);
	printf("# variance of tracks %.4f and %.4f, agreement %.3f and %.3f, log likelihood %.3f and %.3f\n", once,
	       often, agreement(&learned), agreement(&m), told.log_likelihood, r.log_likelihood);
	session_model_clear(&m);
	listens_clear(&l);
}

/* It has heard what is held out now: were it begun with, that would not be foretold but remembered. */
static void what_the_log_tells_is_not_taken_from_a_model(void)
{
	struct session_model previous = learned, m; /* a copy, whose matrices are those of learned */
	struct session_report r;

	previous.gamma = .5;
	train_by(&m, &r, &heard,
		 &(struct session_options){.seed = 1, .threads = 2, .holdout = .1, .previous = &previous});
	CHECK(m.noise == learned.noise && m.near == learned.near && m.n_rows == learned.n_rows);
	CHECK(m.gamma == learned.gamma);
	CHECK(memcmp(m.tracks, learned.tracks, TRACKS * SESSION_DIM * sizeof(float)) == 0);
	session_model_clear(&m);
}

/* Sessions of two tracks, never of one artist. */
static void make_short_listens(struct listens *l)
{
	struct listens_reader reader = {0};
	struct errmsg e;

	for (uint32_t user = 0; user < USERS; user++) {
		struct rng r = rng_at(3, RNG_WORLD, user, 0, 0);

		for (int i = 0; i < SESSIONS; i++) {
			uint32_t track = rng_below(&r, TRACKS), next = (track + 1) % TRACKS;

			add(&reader, user * 7, track, 1, next);
			add(&reader, user * 7, next, .01 * rng_below(&r, 101), CATALOG_NONE);
		}
	}
	CHECK(listens_make(l, &reader, &catalog, &e) == 0);
}

static void what_the_log_does_not_tell_is_taken_from_a_model(void)
{
	struct listens l;
	struct session_model previous, m;
	struct session_report r;

	make_short_listens(&l);
	train(&previous, &r, &l, 1, 1);
	CHECK(r.repeated == 0 && previous.gamma == .8);
	previous.gamma = .9;
	for (int k = 1; k <= SESSION_PLAYS_MAX; k++)
		previous.factors[k] = .7 * pow(.9, k - 1);
	train_by(&m, &r, &l,
		 &(struct session_options){.seed = 2, .threads = 1, .holdout = .1, .previous = &previous});
	CHECK(m.gamma == .9 && m.factors[0] == 1 && m.factors[1] == .7);
	CHECK(m.factors[SESSION_PLAYS_MAX] == previous.factors[SESSION_PLAYS_MAX]);
	session_model_clear(&m);
	session_model_clear(&previous);
	listens_clear(&l);
}

static void threads_make_no_difference_and_seeds_do(void)
{
	struct session_model one, other;
	struct session_report r;

	train(&one, &r, &heard, 1, 1);
	train(&other, &r, &heard, 3, 2);
	CHECK(one.n_rows == learned.n_rows && one.noise == learned.noise);
	CHECK(memcmp(one.tracks, learned.tracks, TRACKS * SESSION_DIM * sizeof(float)) == 0);
	CHECK(memcmp(one.rows, learned.rows, one.n_rows * SESSION_DIM * sizeof(float)) == 0);
	CHECK(memcmp(one.tracks, other.tracks, TRACKS * SESSION_DIM * sizeof(float)) != 0);
	session_model_clear(&one);
	session_model_clear(&other);
}

static void bounds_say_what_a_time_says(void)
{
	static struct session_bounds b;
	const struct session_bound *o;
	double least, factors[SESSION_PLAYS_MAX + 1];

	session_factors_fill(factors, .8);
	session_bounds_make(&b, factors);
	CHECK(session_bound_of(&b, 0, 0)->kind == SESSION_BELOW &&
	      fabs(session_bound_of(&b, 0, 0)->z - log(.005 / .995)) < 1e-5);
	CHECK(session_bound_of(&b, 0, 100)->kind == SESSION_ABOVE);
	o = session_bound_of(&b, 1, 40); /* half of what it would be */
	CHECK(o->kind == SESSION_INSIDE && fabs(o->z) < 1e-3 &&
	      fabs(o->high - log((.405 / .8) / (1 - .405 / .8))) < 1e-5);
	CHECK(session_bound_of(&b, 1, 80)->kind == SESSION_ABOVE);
	CHECK(session_bound_of(&b, 1, 90)->kind == SESSION_NOTHING); /* it cannot be */
	/* more plays than are told apart count as the most that are */
	o = session_bound_of(&b, SESSION_PLAYS_MAX + 9, 2);
	least = .015 / pow(.8, SESSION_PLAYS_MAX);
	CHECK(o->kind == SESSION_INSIDE && fabs(o->low - log(least / (1 - least))) < 1e-5);
	session_bounds_forget_repeats(&b);
	CHECK(session_bound_of(&b, 1, 40)->kind == SESSION_NOTHING &&
	      session_bound_of(&b, 0, 40)->kind == SESSION_INSIDE);
	CHECK(fabs(session_hazard(0) - .7978845608) < 1e-9); /* sqrt(2 / pi) */
	CHECK(fabs(session_hazard(-13) - 13.0763) < 1e-3 && session_hazard(40) == 0);
}

static void logs_that_tell_nothing_are_refused(void)
{
	struct listens_reader reader = {0};
	struct listens l;
	struct session_model m;
	struct session_report r;
	struct session_options o = {.threads = 1, .holdout = .1};
	struct errmsg e;

	add(&reader, 1, 5, 1, CATALOG_NONE);
	CHECK(listens_make(&l, &reader, &catalog, &e) == 0);
	CHECK(session_train(&m, &r, &catalog, &l, &o, &e) < 0);
	CHECK_STR(e.text, "no listens in the logs were recommended: there is nothing to learn from but first tracks");
	listens_clear(&l);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	make_tracks();
	make_listens(&heard, 1);
	RUN(bounds_say_what_a_time_says);
	RUN(the_truth_is_found);
	RUN(a_part_first_finds_the_truth_too);
	RUN(what_was_heard_before_says_nothing);
	RUN(what_the_log_tells_is_not_taken_from_a_model);
	RUN(what_the_log_does_not_tell_is_taken_from_a_model);
	RUN(threads_make_no_difference_and_seeds_do);
	RUN(logs_that_tell_nothing_are_refused);
	session_model_clear(&learned);
	listens_clear(&heard);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}
