#include "metrics.h"

#include <math.h>
#include <stdlib.h>

#include "grow.h"

static double total_time(const struct metrics_user *u)
{
	return u->finished.time;
}

static double sessions(const struct metrics_user *u)
{
	return u->sessions;
}

static double mean_request_latency(const struct metrics_user *u)
{
	return u->finished.latencies > 0 ? 1000 * (u->finished.latency / u->finished.latencies) : NAN;
}

static double mean_tracks_per_session(const struct metrics_user *u)
{
	return (double)u->finished.events / u->sessions;
}

static double mean_time_per_session(const struct metrics_user *u)
{
	return u->finished.time / u->sessions;
}

const struct metric metrics_table[METRICS_N] = {
	{"time", total_time, 1},
	{"sessions", sessions, 1},
	{"mean_request_latency", mean_request_latency, -1},
	{"mean_tracks_per_session", mean_tracks_per_session, 1},
	{"mean_time_per_session", mean_time_per_session, 1},
};

void metrics_clear(struct metrics *m)
{
	idmap_clear(&m->index);
	free(m->users);
	*m = (struct metrics){0};
}

static int add_user(struct metrics *m, uint32_t arm)
{
	struct metrics_user *users = grow(m->users, &m->cap, m->n + 1, sizeof *users);

	if (!users)
		return -1;
	m->users = users;
	users[m->n++] = (struct metrics_user){.arm = arm};
	return 0;
}

/* The record of a user, made where there is none. NULL where there is no memory. */
static struct metrics_user *user_at(struct metrics *m, const struct metrics_event *ev)
{
	uint32_t *place = idmap_at(&m->index, ev->user);

	if (!place)
		return NULL;
	if (*place == 0) {
		if (add_user(m, ev->arm) < 0)
			return NULL;
		*place = (uint32_t)m->n;
	}
	return &m->users[*place - 1];
}

static void close_session(struct metrics_user *u)
{
	u->finished.time += u->open.time;
	u->finished.latency += u->open.latency;
	u->finished.events += u->open.events;
	u->finished.latencies += u->open.latencies;
	u->sessions++;
	u->open = (struct metrics_sums){0};
}

int metrics_add(struct metrics *m, const struct metrics_event *ev, struct errmsg *e)
{
	struct metrics_user *u = user_at(m, ev);

	if (!u)
		return errmsg_nomem(e);
	if (u->arm != ev->arm)
		u->arm = METRICS_TWO_ARMS;
	u->open.events++;
	u->open.time += ev->time;
	if (!isnan(ev->latency)) {
		u->open.latency += ev->latency;
		u->open.latencies++;
	}
	if (ev->last)
		close_session(u);
	return 0;
}

static int by_key(const void *a, const void *b)
{
	uint32_t x = ((const struct idmap_entry *)a)->key, y = ((const struct idmap_entry *)b)->key;

	return (x > y) - (x < y);
}

/* The entries of the index in ascending order of users. Returns a new array, or NULL where there is no memory. */
static struct idmap_entry *in_order(const struct metrics *m)
{
	struct idmap_entry *entries = malloc((m->n + 1) * sizeof *entries);
	size_t n = 0;

	if (!entries)
		return NULL;
	for (size_t i = 0; m->n > 0 && i <= m->index.mask; i++)
		if (m->index.slots[i].key != IDMAP_NONE)
			entries[n++] = m->index.slots[i];
	qsort(entries, n, sizeof *entries, by_key);
	return entries;
}

static void count_user(struct metrics_summary *s, const struct metrics_user *u)
{
	struct metrics_arm *arm;

	s->unfinished += u->open.events > 0;
	s->two_arms += u->arm == METRICS_TWO_ARMS;
	if (u->arm == METRICS_TWO_ARMS || u->sessions == 0)
		return;
	arm = &s->arms[u->arm];
	arm->users++;
	for (size_t i = 0; i < METRICS_N; i++) {
		double value = metrics_table[i].value(u);

		if (!isnan(value))
			stats_add(&arm->values[i], value);
	}
}

int metrics_summarise(const struct metrics *m, size_t n_arms, struct metrics_summary *s, struct errmsg *e)
{
	struct idmap_entry *entries = in_order(m);

	*s = (struct metrics_summary){.n_arms = n_arms, .arms = calloc(n_arms + 1, sizeof *s->arms)};
	if (!entries || !s->arms) {
		free(entries);
		metrics_summary_clear(s);
		return errmsg_nomem(e);
	}
	for (size_t i = 0; i < m->n; i++)
		count_user(s, &m->users[entries[i].value - 1]);
	free(entries);
	return 0;
}

void metrics_summary_clear(struct metrics_summary *s)
{
	free(s->arms);
	*s = (struct metrics_summary){0};
}
