#include "world/world_plays.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/ndjson.h"
#include "world/embeddings.h"
#include "world/world_steps.h"

/* Lines of the catalog as they come. */
struct link {
	uint32_t item, track; /* a track's id at first */
};

struct linker {
	const struct plays *plays;
	struct link *links;
	size_t n, cap;
	bool has_items; /* a line has the key */
};

void item_tracks_clear(struct item_tracks *t)
{
	free(t->first);
	free(t->tracks);
	*t = (struct item_tracks){0};
}

static int add_link(struct linker *l, const char *item, uint32_t track, struct errmsg *e)
{
	size_t place = plays_find(l->plays, item);
	struct link *links;

	if (place == l->plays->n_items)
		return 0;
	links = grow(l->links, &l->cap, l->n + 1, sizeof *links);
	if (!links)
		return errmsg_nomem(e);
	l->links = links;
	links[l->n++] = (struct link){(uint32_t)place, track};
	return 0;
}

static int take_track(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct linker *l = ctx;
	const json_t *item = json_object_get(line->object, "item");
	char number[24];
	int64_t n;
	uint32_t track;

	if (!item)
		return 0;
	l->has_items = true;
	if (ndjson_id(json_object_get(line->object, "track"), "track", &track, e) < 0)
		return -1;
	if (json_is_string(item))
		return add_link(l, json_string_value(item), track, e);
	if (!ndjson_whole(item, &n))
		return errmsg_set(e, "\"item\" is neither a whole number nor text");
	snprintf(number, sizeof number, "%" PRId64, n);
	return add_link(l, number, track, e);
}

/* Where the catalog does not tell of items, they are tracks. */
static int link_ids(struct linker *l, const struct catalog *c, struct errmsg *e)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < c->n_tracks; i++) {
		char number[16];

		snprintf(number, sizeof number, "%" PRIu32, c->tracks[i].id);
		status = add_link(l, number, c->tracks[i].id, e);
	}
	return status;
}

static int compare_links(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	return (x->track > y->track) - (x->track < y->track);
}

static int group_links(struct item_tracks *t, struct linker *l, const struct catalog *c)
{
	size_t n_items = l->plays->n_items, at = 0;

	t->first = calloc(n_items + 1, sizeof *t->first);
	t->tracks = calloc(l->n + 1, sizeof *t->tracks);
	if (!t->first || !t->tracks)
		return -1;
	if (l->n > 0)
		qsort(l->links, l->n, sizeof *l->links, compare_links);
	for (size_t i = 0; i < n_items; i++) {
		t->first[i] = (uint32_t)at;
		for (; at < l->n && l->links[at].item == i; at++)
			t->tracks[at] = catalog_find(c, l->links[at].track);
		if (at == t->first[i] && t->unknown++ == 0)
			t->first_unknown = (uint32_t)i;
	}
	t->first[n_items] = (uint32_t)at;
	return 0;
}

int item_tracks_load(struct item_tracks *t, struct catalog *c, const char *path, const struct plays *p,
		     struct errmsg *e)
{
	struct linker l = {.plays = p};
	int status;

	*t = (struct item_tracks){0};
	status = catalog_load_each(c, path, take_track, &l, e);
	if (status == 0 && !l.has_items)
		status = link_ids(&l, c, e);
	if (status == 0 && group_links(t, &l, c) < 0)
		status = errmsg_nomem(e);
	free(l.links);
	return status;
}

static uint32_t count_tracks(const struct item_tracks *t, size_t item)
{
	return t->first[item + 1] - t->first[item];
}

/* The plays of each user that are of the catalog, added up over the users. New. */
static double *sum_users(const struct plays *p, const struct item_tracks *t)
{
	double *sums = calloc(p->n_users, sizeof *sums), sum = 0;

	for (size_t u = 0; sums && u < p->n_users; u++) {
		for (size_t i = p->user_first[u]; i < p->user_first[u + 1]; i++)
			if (count_tracks(t, p->list[i].item) > 0)
				sum += p->list[i].count;
		sums[u] = sum;
	}
	return sums;
}

/* How many of an item's tracks are interests already. */
static uint32_t count_drawn(const struct world_user *u, const struct item_tracks *t, size_t item)
{
	uint32_t n = 0;

	for (uint32_t i = t->first[item]; i < t->first[item + 1]; i++)
		for (uint32_t k = 0; k < u->n_interests; k++)
			n += u->interests[k] == t->tracks[i];
	return n;
}

/* The plays of those tracks of an item that are not interests yet. */
static double plays_left(const struct world_user *u, const struct play *x, const struct item_tracks *t)
{
	double n = count_tracks(t, x->item);

	return n == 0 ? 0 : x->count * (n - count_drawn(u, t, x->item)) / n;
}

/* Takes one of an item's tracks that are not interests yet, each with the same chance. */
static void add_interest(struct world_user *u, const struct item_tracks *t, size_t item, struct rng *r)
{
	uint32_t nth = rng_below(r, count_tracks(t, item) - count_drawn(u, t, item)), i = t->first[item];

	for (;; i++) {
		bool drawn = false;

		for (uint32_t k = 0; k < u->n_interests; k++)
			drawn = drawn || u->interests[k] == t->tracks[i];
		if (!drawn && nth-- == 0)
			break;
	}
	u->interests[u->n_interests++] = t->tracks[i];
}

/* Draws another interest from the plays of a user. Returns whether there is one left. */
static bool draw_interest(struct world_user *u, const struct play *list, size_t n, const struct item_tracks *t,
			  struct rng *r)
{
	double total = 0, x;
	size_t last = n;

	for (size_t i = 0; i < n; i++)
		total += plays_left(u, &list[i], t);
	x = rng_uniform(r) * total;
	for (size_t i = 0; i < n && x >= 0; i++) {
		double left = plays_left(u, &list[i], t);

		if (left > 0) {
			last = i;
			x -= left;
		}
	}
	if (last == n)
		return false;
	add_interest(u, t, list[last].item, r);
	return true;
}

static void draw_user(struct world_user *u, const struct plays *p, const struct item_tracks *t, const double *sums,
		      struct rng *r)
{
	size_t user = world_find_sum(sums, (uint32_t)p->n_users, rng_uniform(r) * sums[p->n_users - 1]);
	double sharpness;

	while (user > 0 && sums[user] == sums[user - 1]) /* the last one, by rounding */
		user--;
	u->bias = nearbyint(10 * rng_uniform(r) * 1e4) / 1e4;
	sharpness = 1 + rng_uniform(r);
	u->sharpness = nearbyint((rng_below(r, 2) ? sharpness : 1 / sharpness) * 1e4) / 1e4;
	while (u->n_interests < WORLD_INTERESTS &&
	       draw_interest(u, p->list + p->user_first[user], p->user_first[user + 1] - p->user_first[user], t, r))
		;
}

static int draw_users(struct world *w, const struct plays *p, const struct item_tracks *t, struct errmsg *e)
{
	double *sums = sum_users(p, t);

	w->users = calloc(w->options.n_users, sizeof *w->users);
	if (!sums || !w->users) {
		free(sums);
		return errmsg_nomem(e);
	}
	if (sums[p->n_users - 1] > 0)
		for (uint32_t i = 0; i < w->options.n_users; i++) {
			struct rng r = world_draw(w, WORLD_USER, i);

			draw_user(&w->users[i], p, t, sums, &r);
		}
	else
		errmsg_set(e, "nobody played a track of the catalog");
	free(sums);
	return w->users[0].n_interests > 0 ? 0 : -1;
}

/* The embeddings as floats, with a mean square of their lengths of 1, from where a factor is soon found. */
static int copy_embeddings(struct world *w, const struct npy *m, struct errmsg *e)
{
	size_t n = m->rows * m->columns;
	double square = 0;

	w->embeddings = malloc((n + 1) * sizeof *w->embeddings);
	if (!w->embeddings)
		return errmsg_nomem(e);
	for (size_t i = 0; i < m->rows; i++)
		square += embeddings_dot(m, i, i) / (double)m->rows;
	if (!(square > 0 && isfinite(square)))
		return errmsg_set(e, "the embeddings are %s", square > 0 ? "too large" : "all 0");
	for (size_t i = 0; i < n; i++) {
		double x = m->type == NPY_FLOAT32 ? ((const float *)m->data)[i] : ((const double *)m->data)[i];

		w->embeddings[i] = (float)(x / sqrt(square));
	}
	return 0;
}

int world_from_plays(struct world *w, const struct world_options *o, const struct catalog *c,
		     const struct npy *embeddings, const struct plays *p, const struct item_tracks *t,
		     struct errmsg *e)
{
	const double near = .05; /* of what is aimed at */
	double reward;

	*w = (struct world){.options = *o, .catalog = c};
	w->options.n_tracks = (uint32_t)c->n_tracks;
	w->options.dim = (uint32_t)embeddings->columns;
	if (copy_embeddings(w, embeddings, e) < 0 || draw_users(w, p, t, e) < 0)
		return -1;
	if (world_stretch(w, &reward) < 0)
		return errmsg_nomem(e);
	if (fabs(reward - WORLD_REWARD) > near)
		return errmsg_set(e, "no factor of the embeddings makes random tracks worth %g tracks' time a session; "
				     "the nearest is %.3g: too few tracks, or all alike", WORLD_REWARD, reward);
	return 0;
}
