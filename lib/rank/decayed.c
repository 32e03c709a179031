#include "rank/decayed.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "base/grow.h"

enum { BILLION = 1000000000 };

void decayed_clear(struct decayed *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->list[i].sums);
	free(d->list);
	id_index_clear(&d->index);
	*d = (struct decayed){0};
}

double amount_value(struct amount a)
{
	return (double)a.whole + (double)a.billionths / BILLION;
}

/* Returns -1 where it is too much. */
static int amount_add(struct amount *a, struct amount b)
{
	uint32_t billionths = a->billionths + b.billionths, carry = billionths >= BILLION;

	if (b.whole > UINT64_MAX - 1 - a->whole)
		return -1;
	a->whole += b.whole + carry;
	a->billionths = billionths - carry * BILLION;
	return 0;
}

static struct amount amount_of(double x)
{
	struct amount a = {.whole = (uint64_t)x};
	uint32_t billionths = (uint32_t)llrint((x - (double)a.whole) * BILLION);

	a.whole += billionths == BILLION;
	a.billionths = billionths == BILLION ? 0 : billionths;
	return a;
}

static struct decayed_track *track_at(struct decayed *d, uint32_t track)
{
	uint32_t *place = id_index_at(&d->index, track);
	struct decayed_track *list;

	if (!place)
		return NULL;
	if (*place > 0)
		return &d->list[*place - 1];
	list = grow(d->list, &d->cap, d->n + 1, sizeof *list);
	if (!list)
		return NULL;
	d->list = list;
	list[d->n] = (struct decayed_track){.track = track};
	*place = (uint32_t)++d->n;
	return &list[d->n - 1];
}

/* The sum of a period, made where it is new. Mostly it is the last one, as logs are in order. */
static struct decayed_sum *sum_at(struct decayed_track *t, int64_t period)
{
	struct decayed_sum *sums;
	size_t i = t->n;

	while (i > 0 && t->sums[i - 1].period > period)
		i--;
	if (i > 0 && t->sums[i - 1].period == period)
		return &t->sums[i - 1];
	sums = grow(t->sums, &t->cap, t->n + 1, sizeof *sums);
	if (!sums)
		return NULL;
	t->sums = sums;
	for (size_t k = t->n++; k > i; k--)
		sums[k] = sums[k - 1];
	sums[i] = (struct decayed_sum){.period = period};
	return &sums[i];
}

int decayed_add_sum(struct decayed *d, uint32_t track, const struct decayed_sum *sum, struct errmsg *e)
{
	struct decayed_track *t = track_at(d, track);
	struct decayed_sum *mine = t ? sum_at(t, sum->period) : NULL;

	if (!mine)
		return errmsg_nomem(e);
	if (amount_add(&mine->weight, sum->weight) < 0 || amount_add(&mine->value, sum->value) < 0)
		return errmsg_set(e, "the plays or the time of track %u are more than can be counted", track);
	return 0;
}

/* The whole half-lives until a moment, rounded down, and in *rest what is left, 0 to 1. */
static int64_t half_lives(int64_t moment, int64_t half_life, double *rest)
{
	int64_t k = 0, ms = 0;

	if (half_life > 0) {
		k = moment / half_life - (moment % half_life < 0);
		ms = moment % half_life + (moment % half_life < 0 ? half_life : 0);
	}
	*rest = half_life > 0 ? (double)ms / (double)half_life : 0;
	return k;
}

int decayed_add(struct decayed *d, uint32_t track, int64_t timestamp, int64_t half_life, double weight, double value,
		struct errmsg *e)
{
	double rest;
	struct decayed_sum sum = {.period = half_lives(timestamp, half_life, &rest)};

	if (!(weight <= 1e15))
		return errmsg_set(e, "a play of track %u weighs more than 1e15", track);
	weight *= exp2(rest);
	sum.weight = amount_of(weight);
	sum.value = amount_of(weight * value);
	return decayed_add_sum(d, track, &sum, e);
}

int decayed_merge(struct decayed *d, const struct decayed *from, struct errmsg *e)
{
	for (size_t i = 0; i < from->n; i++)
		for (size_t k = 0; k < from->list[i].n; k++)
			if (decayed_add_sum(d, from->list[i].track, &from->list[i].sums[k], e) < 0)
				return -1;
	return 0;
}

const struct decayed_track *decayed_of(const struct decayed *d, uint32_t track)
{
	uint32_t place = id_index_get(&d->index, track);

	return place > 0 ? &d->list[place - 1] : NULL;
}

/* 2^k, for any k. */
static double power_of_two(int64_t k)
{
	return ldexp(1, k < -5000 ? -5000 : k > 5000 ? 5000 : (int)k);
}

struct decayed_total decayed_total(const struct decayed_track *t, int64_t moment, int64_t half_life)
{
	struct decayed_total total = {0};
	double rest;
	int64_t now = half_lives(moment, half_life, &rest);

	for (size_t i = 0; t && i < t->n; i++) {
		double scale = power_of_two(t->sums[i].period - now);

		total.weight += scale * amount_value(t->sums[i].weight);
		total.value += scale * amount_value(t->sums[i].value);
	}
	total.weight *= exp2(-rest);
	total.value *= exp2(-rest);
	return total;
}
