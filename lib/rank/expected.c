#include "rank/expected.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"

void expected_clear(struct expected *x)
{
	id_index_clear(&x->users);
	free(x->list);
	*x = (struct expected){0};
}

double expected_weight(const struct event *ev)
{
	return ev->pool > 0 ? ev->pool : 1 / ev->propensity;
}

static struct expected_track *expected_of(struct expected *x, uint32_t user)
{
	uint32_t *place = id_index_at(&x->users, user);
	struct expected_track *list;

	if (!place)
		return NULL;
	if (*place > 0)
		return &x->list[*place - 1];
	list = grow(x->list, &x->cap, x->n + 1, sizeof *list);
	if (!list)
		return NULL;
	x->list = list;
	list[x->n] = (struct expected_track){.track = EVENT_NO_TRACK};
	*place = (uint32_t)++x->n;
	return &list[x->n - 1];
}

int expected_meets(struct expected *x, const struct event *ev, double *weight)
{
	struct expected_track *before = expected_of(x, ev->user);
	int met;

	if (!before)
		return -1;
	met = before->track == ev->track;
	*weight = before->weight;
	*before = (struct expected_track){.track = ev->recommendation, .weight = expected_weight(ev)};
	return met;
}
