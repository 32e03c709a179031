/*
 * drawn_log: a log of an experiment in which the arms do the same, drawn at random.
 *
 * Listeners differ, and each stays as they are: the keen come back sooner, hear more tracks in a session and more of
 * each track, and some have a slow line. A third of them was there before the experiment began, the others come as it
 * runs.
 *
 * Two things are as they are for the sake of quantiles, whose errors are right only where the density of the times of
 * sessions is smooth. No two parts of tracks are the same, for errors are too small where many sessions tie. And a
 * session of one track is no longer than 1, where the density falls by half: with so many tracks in a session, that is
 * at the 0.4-quantile. Where it is at the median, the median has 50 to 80 alarms of 2,000 instead of 100, and the
 * quantile just above it 150.
 */
#ifndef DRAWN_LOG_H
#define DRAWN_LOG_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/grow.h"
#include "base/idmap.h"
#include "base/rng.h"
#include "event/event.h"
#include "event/assignment.h"
#include "study/covariate.h"
#include "text/day.h"
#include "variates.h"

enum {
	DRAWN_LISTENERS = 1000,
	DRAWN_BEFORE = 30, /* days before the experiment */
	DRAWN_DAYS = 60,   /* days of it */
	DRAWN_ARMS = 3
};

static const char drawn_begin[] = "2024-03-01";

/* Zero-initialise; may be drawn again and again. */
struct drawn_log {
	int64_t begin;	      /* ms since the epoch */
	struct event *events; /* n of them, in the order of their timestamps */
	size_t n, cap;
	struct covariate known; /* what somebody knows of seven listeners of ten */
	char name[48];		/* of the experiment */
	struct event_arm arms[DRAWN_ARMS]; /* C, T1, T2 */
};

/* A failure is one of the test's: there is nothing to go on with. */
static inline void drawn_need(bool ok, const char *reason)
{
	if (ok)
		return;
	printf("Bail out! %s\n", reason);
	exit(1);
}

static inline void drawn_log_clear(struct drawn_log *log)
{
	free(log->events);
	covariate_clear(&log->known);
}

/* One listener. Days are counted from the beginning of the experiment, in parts. */
struct drawn_listener {
	uint32_t user;
	double keenness; /* of mean 0 and deviation 1 */
	double day;	 /* where they are in time */
	double gap;	 /* between sessions, on average */
	double latency;	 /* s, on average */
	const struct event_arm *arm;
};

static inline void drawn_track(struct drawn_log *log, struct drawn_listener *l, struct rng *r, bool last)
{
	static const char *const sources[] = {"similar", "random"};
	struct event *events = grow(log->events, &log->cap, log->n + 1, sizeof *events), *ev;

	drawn_need(events != NULL, "out of memory");
	log->events = events;
	ev = &events[log->n++];
	*ev = event_of(last ? EVENT_LAST : EVENT_NEXT, l->user, rng_below(r, 5000), 0);
	ev->time = pow(rng_uniform(r), exp(-0.4 * l->keenness));
	ev->timestamp = log->begin + (int64_t)(l->day * DAY_MS);
	if (rng_below(r, 10) > 0)
		ev->latency = l->latency * (0.5 + 0.5 * draw_exponential(r));
	if (!last) {
		ev->recommendation = rng_below(r, 5000);
		ev->source = slice_of(sources[rng_below(r, 2)]);
		ev->pool = 1 + rng_below(r, 100);
	}
	ev->arms = l->arm;
	ev->n_arms = l->day >= 0;
	l->day += (30 + 200 * rng_uniform(r)) / 86400;
}

static inline void drawn_session(struct drawn_log *log, struct drawn_listener *l, struct rng *r)
{
	double more = 1 / (1 + exp(-0.8 - 0.25 * l->keenness));

	while (rng_uniform(r) < more)
		drawn_track(log, l, r, false);
	drawn_track(log, l, r, true);
}

static inline struct drawn_listener drawn_listener(struct rng *r, uint32_t user)
{
	struct drawn_listener l = {.user = user, .keenness = draw_normal(r)};
	bool is_new = rng_below(r, 3) > 0;

	l.gap = 15 * exp(-0.5 * l.keenness + 0.3 * draw_normal(r));
	l.latency = 0.02 * exp(0.5 * draw_normal(r));
	l.day = is_new ? DRAWN_DAYS * rng_uniform(r) : DRAWN_BEFORE * (rng_uniform(r) - 1);
	return l;
}

static inline void drawn_know(struct covariate *known, uint32_t user, double value)
{
	double *values = grow(known->values, &known->cap, known->n + 1, sizeof *values);
	uint32_t *place = idmap_at(&known->index, user);

	drawn_need(values && place, "out of memory");
	known->values = values;
	*place = (uint32_t)known->n;
	values[known->n++] = value;
}

/* Those of one user are never at the same time. */
static inline int drawn_by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->timestamp != y->timestamp)
		return x->timestamp < y->timestamp ? -1 : 1;
	return (x->user > y->user) - (x->user < y->user);
}

/* Forgets what was drawn, and names the experiment: by another name, the same users fall on other arms. */
static inline void drawn_log_reset(struct drawn_log *log, uint64_t seed, uint32_t number)
{
	static const char *const names[DRAWN_ARMS] = {"C", "T1", "T2"};
	struct errmsg e;

	log->n = 0;
	covariate_clear(&log->known);
	drawn_need(day_parse_moment("begin", drawn_begin, &log->begin, &e) == 0, "the experiment begins on no day");
	snprintf(log->name, sizeof log->name, "AA %llu %u", (unsigned long long)seed, number);
	for (size_t i = 0; i < DRAWN_ARMS; i++)
		log->arms[i] = (struct event_arm){.experiment = slice_of(log->name), .arm = slice_of(names[i])};
}

/* Draws the log of this number. */
static inline void drawn_log_draw(struct drawn_log *log, uint64_t seed, uint32_t number)
{
	struct assignment x;

	drawn_log_reset(log, seed, number);
	x = assignment_of(log->name, DRAWN_ARMS);
	for (uint32_t user = 0; user < DRAWN_LISTENERS; user++) {
		struct rng r = rng_at(seed, RNG_WORLD, number, user, 0);
		struct drawn_listener l = drawn_listener(&r, user);

		l.arm = &log->arms[assignment_arm(&x, user)];
		if (rng_below(&r, 10) < 7)
			drawn_know(&log->known, user, exp(0.5 * l.keenness + 0.3 * draw_normal(&r)));
		for (; l.day < DRAWN_DAYS; l.day += l.gap * draw_exponential(&r))
			drawn_session(log, &l, &r);
	}
	qsort(log->events, log->n, sizeof *log->events, drawn_by_time);
}

#endif
