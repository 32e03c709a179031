#include "study/ope_sums.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"

enum { POWERS = 9 };

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct ope_choice ope_choice_of(double clip, double switch_at, uint32_t horizon)
{
	struct ope_choice c = {.clip = clip, .switch_at = switch_at, .horizon = horizon};
	double power = 1, asked[] = {clip, switch_at};

	for (size_t i = 0; i < POWERS; i++, power *= 4)
		c.thresholds[c.n_thresholds++] = power;
	for (size_t i = 0; i < 2; i++) {
		size_t k = 0;

		while (k < c.n_thresholds && c.thresholds[k] != asked[i])
			k++;
		if (!isnan(asked[i]) && k == c.n_thresholds)
			c.thresholds[c.n_thresholds++] = asked[i];
	}
	qsort(c.thresholds, c.n_thresholds, sizeof *c.thresholds, by_size);
	return c;
}

void ope_sums_init(struct ope_sums *s, const struct ope_choice *choice)
{
	*s = (struct ope_sums){.choice = *choice};
}

void ope_sums_clear(struct ope_sums *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->users[i].ahead);
		free(s->users[i].bins);
	}
	free(s->users);
	id_index_clear(&s->index);
	s->users = NULL;
	s->n = s->cap = 0;
}

size_t ope_sums_user(struct ope_sums *s, uint32_t id)
{
	struct ope_user *users = grow(s->users, &s->cap, s->n + 1, sizeof *users);
	uint32_t *place;

	if (!users)
		return SIZE_MAX;
	s->users = users;
	place = id_index_at(&s->index, id);
	if (!place)
		return SIZE_MAX;
	if (*place == 0) {
		users[s->n] = (struct ope_user){.id = id};
		*place = (uint32_t)++s->n;
	}
	return *place - 1;
}

uint32_t ope_bin_of(const struct ope_choice *c, double w)
{
	uint32_t bin = 1;

	if (!(w > 0))
		return 0;
	while (bin <= c->n_thresholds && w > c->thresholds[bin - 1])
		bin++;
	return bin;
}

struct ope_bin *ope_user_bin(struct ope_user *u, uint32_t bin)
{
	struct ope_bin *bins;

	for (size_t i = 0; i < u->n_bins; i++)
		if (u->bins[i].bin == bin)
			return &u->bins[i];
	bins = grow(u->bins, &u->bins_cap, u->n_bins + 1, sizeof *bins);
	if (!bins)
		return NULL;
	u->bins = bins;
	bins[u->n_bins] = (struct ope_bin){.bin = bin};
	return &bins[u->n_bins++];
}

int ope_sums_step(struct ope_sums *s, size_t user, const struct ope_step *step)
{
	struct ope_user *u = &s->users[user];
	struct ope_bin *b = ope_user_bin(u, ope_bin_of(&s->choice, step->w));

	if (!b)
		return -1;
	u->n++;
	u->w2 += step->w * step->w;
	b->n++;
	b->w += step->w;
	b->r += step->r;
	b->wr += step->w * step->r;
	for (size_t i = 0; i < OPE_FEATURES; i++) {
		u->mean_x[i] += step->mean_x[i];
		b->wx[i] += step->w * step->x[i];
	}
	if (!isnan(step->artist_w)) {
		u->artist_n++;
		u->artist_w += step->artist_w;
		u->artist_wr += step->artist_w * step->r;
	}
	ope_fold_add(&s->folds[ope_fold_of(u->id)], step->x, step->r);
	return 0;
}

int ope_user_sessions(struct ope_user *u, uint32_t horizon)
{
	if (!u->ahead)
		u->ahead = calloc((size_t)horizon * 2, sizeof *u->ahead);
	return u->ahead ? 0 : -1;
}

int ope_sums_session(struct ope_sums *s, size_t user, const double *w, const double *r, size_t n)
{
	struct ope_user *u = &s->users[user];
	size_t horizon = s->choice.horizon;
	double so_far = 1;

	if (ope_user_sessions(u, s->choice.horizon) < 0)
		return -1;
	u->sessions++;
	for (size_t t = 0; t < horizon; t++) {
		if (t < n) {
			so_far = w[t];
			u->ahead[horizon + t] += w[t] * r[t];
			u->reward += r[t];
		}
		u->ahead[t] += so_far;
	}
	return 0;
}

static void add_left_out(struct ope_left_out *to, const struct ope_left_out *from)
{
	to->no_propensity += from->no_propensity;
	to->impossible += from->impossible;
	to->unknown += from->unknown;
	to->other_track += from->other_track;
	to->open += from->open;
	to->sessions += from->sessions;
	to->open_sessions += from->open_sessions;
	to->told_otherwise += from->told_otherwise;
}

int ope_sums_join(struct ope_sums *s, struct ope_sums *other)
{
	struct ope_user *users = grow(s->users, &s->cap, s->n + other->n + 1, sizeof *users);

	if (!users)
		return -1;
	s->users = users;
	id_index_clear(&s->index);
	for (size_t i = 0; i < other->n; i++)
		users[s->n++] = other->users[i];
	other->n = 0; /* what the users point at has gone over */
	for (size_t i = 0; i < OPE_FOLDS; i++)
		ope_fold_merge(&s->folds[i], &other->folds[i]);
	add_left_out(&s->left_out, &other->left_out);
	s->events += other->events;
	ope_sums_clear(other);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct ope_user *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int by_bin(const void *a, const void *b)
{
	const struct ope_bin *x = a, *y = b;

	return (x->bin > y->bin) - (x->bin < y->bin);
}

void ope_sums_sort(struct ope_sums *s)
{
	id_index_clear(&s->index);
	if (s->n > 0)
		qsort(s->users, s->n, sizeof *s->users, by_id);
	for (size_t i = 0; i < s->n; i++)
		if (s->users[i].n_bins > 0)
			qsort(s->users[i].bins, s->users[i].n_bins, sizeof *s->users[i].bins, by_bin);
}
