#include "sim/returns.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "text/day.h"

enum { MINUTE_MS = 60000 };

/* The earliest first; of the same moment, the first in the list. */
static bool is_before(const struct returns_visit *a, const struct returns_visit *b)
{
	return a->time != b->time ? a->time < b->time : a->user < b->user;
}

static void push(struct returns *r, struct returns_visit visit)
{
	size_t i = r->n++;

	for (; i > 0 && is_before(&visit, &r->visits[(i - 1) / 2]); i = (i - 1) / 2)
		r->visits[i] = r->visits[(i - 1) / 2];
	r->visits[i] = visit;
}

static struct returns_visit pop(struct returns *r)
{
	struct returns_visit first = r->visits[0], last = r->visits[--r->n];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < r->n; i = child) {
		if (child + 1 < r->n && is_before(&r->visits[child + 1], &r->visits[child]))
			child++;
		if (!is_before(&r->visits[child], &last))
			break;
		r->visits[i] = r->visits[child];
	}
	r->visits[i] = last;
	return first;
}

static double days_of(const struct returns *r, uint32_t user)
{
	double own = r->users->list[user].return_days;

	return isnan(own) ? r->options.days : own;
}

static double churn_of(const struct returns *r, uint32_t user)
{
	double own = r->users->list[user].churn;

	return isnan(own) ? r->options.churn : own;
}

int returns_init(struct returns *r, const struct returns_options *options, const struct users *users, uint64_t seed,
		 int64_t start, uint32_t days)
{
	*r = (struct returns){.options = *options, .users = users, .seed = seed, .start = start,
			      .until = start + (int64_t)days * DAY_MS};
	if (options->days == 0)
		return 0;
	r->visits = calloc(users->n, sizeof *r->visits);
	if (!r->visits)
		return -1;
	for (uint32_t i = 0; i < users->n; i++) {
		struct rng draw = rng_at(seed, RNG_ARRIVAL, users->list[i].id, 0, RNG_STEP_RETURN);

		push(r, (struct returns_visit){
				.time = start + (int64_t)(rng_uniform(&draw) * fmin(days_of(r, i), days) * DAY_MS),
				.user = i});
	}
	return 0;
}

void returns_clear(struct returns *r)
{
	free(r->visits);
	*r = (struct returns){0};
}

bool returns_next(struct returns *r, struct arrival *a)
{
	struct returns_visit visit;

	if (r->n == 0)
		return false;
	visit = pop(r);
	*a = (struct arrival){.user = visit.user, .time = visit.time,
			      .day = (uint32_t)((visit.time - r->start) / DAY_MS)};
	return true;
}

void returns_over(struct returns *r, uint32_t user, uint32_t number, double time, int64_t now)
{
	const struct user *u = &r->users->list[user];
	struct rng draw = rng_at(r->seed, RNG_ARRIVAL, u->id, number + 1, RNG_STEP_RETURN);
	double dull = u->session_budget / (time + u->session_budget); /* 1 - x */
	double pause;

	if (rng_uniform(&draw) < churn_of(r, user) * dull) {
		r->left++;
		return;
	}
	pause = -log1p(-rng_uniform(&draw)) * 2 * days_of(r, user) * dull * DAY_MS;
	/* beyond the run, whose end is far from where numbers end */
	if (pause < (double)(r->until - r->start))
		now += pause < MINUTE_MS ? MINUTE_MS : (int64_t)pause;
	else
		now = r->until;
	if (now < r->until)
		push(r, (struct returns_visit){.time = now, .user = user});
}
