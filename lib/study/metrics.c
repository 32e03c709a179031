#include "study/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double total_time(const struct metrics_user *u)
{
	return metrics_tracks(u->finished.billionths);
}

static double tracks(const struct metrics_user *u)
{
	return u->finished.events;
}

static double sessions(const struct metrics_user *u)
{
	return u->sessions;
}

static double mean_request_latency(const struct metrics_user *u)
{
	const struct metrics_sums *sums = &u->finished;

	if (sums->latencies == 0)
		return NAN;
	return sums->nanoseconds == METRICS_ENDLESS ? INFINITY : (double)sums->nanoseconds / 1e6 / sums->latencies;
}

static double mean_tracks_per_session(const struct metrics_user *u)
{
	return (double)u->finished.events / u->sessions;
}

static double mean_time_per_session(const struct metrics_user *u)
{
	return metrics_tracks(u->finished.billionths) / u->sessions;
}

const struct metric metrics_table[METRICS_N] = {
	{"time", "tracks", total_time, 1},
	{"sessions", "", sessions, 1},
	{"mean_request_latency", "ms", mean_request_latency, -1},
	{"mean_tracks_per_session", "", mean_tracks_per_session, 1},
	{"mean_time_per_session", "tracks", mean_time_per_session, 1},
};

const struct metrics_ratio metrics_ratios[METRICS_RATIOS_N] = {
	{"time_per_session", "tracks", total_time, sessions, 1},
	{"time_per_track", "part of a track", total_time, tracks, 1},
};

const char *metrics_name(size_t number)
{
	return number < METRICS_N ? metrics_table[number].name : metrics_ratios[number - METRICS_N].name;
}

const char *metrics_unit(size_t number)
{
	return number < METRICS_N ? metrics_table[number].unit : metrics_ratios[number - METRICS_N].unit;
}

const char *metrics_method(size_t number)
{
	return number < METRICS_N ? "mean" : "ratio";
}

int metrics_better(size_t number)
{
	return number < METRICS_N ? metrics_table[number].better : metrics_ratios[number - METRICS_N].better;
}

size_t metrics_find(const char *name)
{
	size_t i = 0;

	while (i < METRICS_ALL_N && strcmp(metrics_name(i), name) != 0)
		i++;
	return i;
}

int64_t metrics_billionths(double time)
{
	return llrint(time * 1e9);
}

double metrics_tracks(int64_t billionths)
{
	return (double)billionths / 1e9;
}

int64_t metrics_nanoseconds(double latency)
{
	const double longest = 9e9;

	if (isnan(latency))
		return METRICS_NO_LATENCY;
	return latency < longest ? llrint(latency * 1e9) : METRICS_ENDLESS;
}

struct metrics_sums metrics_sums_of(const struct metrics_event *ev)
{
	bool has_latency = ev->nanoseconds != METRICS_NO_LATENCY;

	return (struct metrics_sums){
		.billionths = ev->billionths, .nanoseconds = has_latency ? ev->nanoseconds : 0,
		.events = 1, .latencies = has_latency,
	};
}

static int64_t add_nanoseconds(int64_t a, int64_t b)
{
	return a > METRICS_ENDLESS - b ? METRICS_ENDLESS : a + b;
}

void metrics_sums_add(struct metrics_sums *sum, const struct metrics_sums *other)
{
	/* a part that was made up may overflow */
	sum->billionths = (int64_t)((uint64_t)sum->billionths + (uint64_t)other->billionths);
	sum->nanoseconds = add_nanoseconds(sum->nanoseconds, other->nanoseconds);
	sum->events += other->events;
	sum->latencies += other->latencies;
}

void metrics_sums_subtract(struct metrics_sums *sum, const struct metrics_sums *other)
{
	sum->billionths = (int64_t)((uint64_t)sum->billionths - (uint64_t)other->billionths);
	if (sum->nanoseconds != METRICS_ENDLESS)
		sum->nanoseconds -= other->nanoseconds;
	sum->events -= other->events;
	sum->latencies -= other->latencies;
}

void metrics_close(struct metrics_user *u)
{
	metrics_sums_add(&u->finished, &u->open);
	u->sessions++;
	u->open = (struct metrics_sums){0};
}

void metrics_play(struct metrics_user *u, const struct metrics_event *ev)
{
	if (u->arm != ev->arm)
		u->arm = METRICS_TWO_ARMS;
	u->open.events++;
	u->open.billionths += ev->billionths;
	if (ev->nanoseconds != METRICS_NO_LATENCY) {
		u->open.nanoseconds = add_nanoseconds(u->open.nanoseconds, ev->nanoseconds);
		u->open.latencies++;
	}
}

int metrics_summary_init(struct metrics_summary *s, size_t n_arms, struct errmsg *e)
{
	*s = (struct metrics_summary){.n_arms = n_arms, .arms = calloc(n_arms + 1, sizeof *s->arms)};
	return s->arms ? 0 : errmsg_nomem(e);
}

void metrics_summary_clear(struct metrics_summary *s)
{
	free(s->arms);
	*s = (struct metrics_summary){0};
}

void metrics_summarise(struct metrics_summary *s, const struct metrics_user *u)
{
	struct metrics_arm *arm;

	s->unfinished += u->open.events > 0;
	s->two_arms += u->arm == METRICS_TWO_ARMS;
	if (u->arm == METRICS_TWO_ARMS)
		return;
	arm = &s->arms[u->arm];
	arm->seen++;
	arm->open += u->open.events > 0;
	if (u->sessions == 0)
		return;
	arm->users++;
	for (size_t i = 0; i < METRICS_N; i++) {
		double value = metrics_table[i].value(u);

		if (!isnan(value))
			moments_add(&arm->values[i], value);
	}
	for (size_t i = 0; i < METRICS_RATIOS_N; i++)
		comoments_add(&arm->ratios[i], metrics_ratios[i].denominator(u), metrics_ratios[i].numerator(u));
}
