#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "train/mf.h"

/*
 * What the models of similar tracks learn from:
 *
 * - mf, as published for the system that botify replaces: pairs of the first track of a session and a later one, with
 *   the time that the later one was listened to. Rows are first tracks.
 * - itemknn: sessions x tracks, with the time that each was listened to.
 * - ease: users x tracks, with how often each was liked, dampened.
 *
 * What is held out to choose hyperparameters is ranked by all of them alike: the later tracks that were liked, for the
 * first track of their session.
 */
enum { SAMPLE = 200000 };

struct pairs {
	const struct listens *l;
	const struct trainer_options *o;
	float *times; /* by listen, for mf */
	struct csr_builder all, part, held, ranked;
};

static bool is_held(const struct pairs *p, size_t session)
{
	uint32_t user = p->l->session_user[session];

	return trainer_holds_out(p->o, p->l->user_ids[user], (uint32_t)session - p->l->user_first[user]);
}

/* Whether the search looks at a session: SAMPLE of them tell as much as all. */
static bool is_sampled(const struct pairs *p, size_t session)
{
	uint32_t user = p->l->session_user[session];
	struct rng r = rng_at(p->o->tune.seed, RNG_TRAIN, p->l->user_ids[user],
			      (uint32_t)session - p->l->user_first[user], 3);

	return rng_uniform(&r) * (double)p->l->n_sessions < SAMPLE;
}

/* Where a session goes, beside to all. */
static struct csr_builder *part_of(struct pairs *p, size_t session)
{
	return !is_sampled(p, session) ? NULL : is_held(p, session) ? &p->held : &p->part;
}

static int add(struct pairs *p, struct csr_builder *part, uint32_t row, uint32_t column, float value)
{
	if (csr_add(&p->all, row, column, value) < 0)
		return -1;
	return part ? csr_add(part, row, column, value) : 0;
}

/* Goes through the later tracks of a session that has a first one. */
static int add_pairs(struct pairs *p, size_t session, bool of_times)
{
	const struct listens *l = p->l;
	size_t first = l->session_first[session], end = l->session_first[session + 1];
	struct csr_builder *part = part_of(p, session);

	if (first == end || l->list[first].position != 0)
		return 0;
	for (size_t i = first + 1; i < end; i++) {
		uint32_t row = l->list[first].track, column = l->list[i].track;

		if (row == column)
			continue;
		if (part == &p->held && l->list[i].time > p->o->liked && csr_add(&p->ranked, row, column, 1) < 0)
			return -1;
		if (of_times && add(p, part, row, column, p->times[i]) < 0)
			return -1;
	}
	return 0;
}

static int add_session(struct pairs *p, size_t session)
{
	const struct listens *l = p->l;
	struct csr_builder *part = part_of(p, session);

	for (size_t i = l->session_first[session]; i < l->session_first[session + 1]; i++)
		if (l->list[i].time > 0 && add(p, part, (uint32_t)session, l->list[i].track, l->list[i].time) < 0)
			return -1;
	return 0;
}

static int add_likes(struct pairs *p, size_t session)
{
	const struct listens *l = p->l;
	struct csr_builder *part = part_of(p, session);

	for (size_t i = l->session_first[session]; i < l->session_first[session + 1]; i++)
		if (l->list[i].time > p->o->liked && add(p, part, l->session_user[session], l->list[i].track, 1) < 0)
			return -1;
	return 0;
}

/* The artist of each track, where a catalog says so. */
static int take_artists(struct trainer_data *d, const struct catalog *c)
{
	if (!c)
		return 0;
	d->n_groups = c->n_artists;
	d->group = malloc((c->n_tracks + 1) * sizeof *d->group);
	for (size_t i = 0; d->group && i < c->n_tracks; i++)
		d->group[i] = c->tracks[i].artist;
	return d->group ? 0 : -1;
}

/*
 * How much a user listens on the whole says nothing of tracks: it is taken out of all times. Returns them by listen,
 * or NULL.
 */
static float *take_users(const struct listens *l)
{
	float *times = malloc((l->n + 1) * sizeof *times);
	uint32_t *users = malloc((l->n + 1) * sizeof *users);
	double *effects = calloc(l->n_users + 1, sizeof *effects), mean = 0;
	size_t n = 0;
	int status = times && users && effects ? 0 : -1;

	for (size_t i = 0; status == 0 && i < l->n; i++) {
		if (l->list[i].position == 0)
			continue;
		users[n] = l->session_user[l->list[i].session];
		mean += l->list[i].time;
		times[n++] = l->list[i].time;
	}
	for (size_t i = 0; status == 0 && i < n; i++)
		times[i] -= (float)(mean / (double)n);
	if (status == 0)
		status = mf_take_effects(times, users, n, effects, l->n_users);
	for (size_t i = 0; status == 0 && i < l->n; i++)
		times[i] = l->list[i].time - (float)effects[l->session_user[l->list[i].session]];
	free(users);
	free(effects);
	if (status == 0)
		return times;
	free(times);
	return NULL;
}

static int make(struct trainer_data *d, struct pairs *p, enum csr_join join, bool dampen)
{
	if (csr_make(&d->x, &p->all, join) < 0 || csr_make(&d->part, &p->part, join) < 0 ||
	    csr_make(&d->held, &p->held, join) < 0 || csr_make(&d->ranked, &p->ranked, CSR_SUM) < 0)
		return -1;
	if (dampen) {
		csr_dampen(&d->x);
		csr_dampen(&d->part);
	}
	return csr_transpose(&d->xt, &d->x) < 0 || csr_transpose(&d->part_t, &d->part) < 0 ? -1 : 0;
}

static void size(struct pairs *p, size_t n_rows)
{
	struct csr_builder *all[] = {&p->all, &p->part, &p->held, &p->ranked};

	for (size_t i = 0; i < 4; i++) {
		all[i]->n_rows = n_rows;
		all[i]->n_columns = p->l->n_tracks;
	}
	p->ranked.n_rows = p->l->n_tracks;
}

static int prepare_similar(struct trainer_data *d, const struct listens *l, const struct trainer_options *o,
			   struct errmsg *e)
{
	struct pairs p = {.l = l, .o = o};
	bool mf = strcmp(o->kind->name, "mf") == 0, knn = strcmp(o->kind->name, "itemknn") == 0;
	int status = 0;

	d->of_items = !mf;
	d->by_loss = mf;
	d->rows_are_columns = true;
	size(&p, mf ? l->n_tracks : knn ? l->n_sessions : l->n_users);
	status = take_artists(d, o->catalog);
	if (status == 0 && mf)
		status = (p.times = take_users(l)) ? 0 : -1;
	for (size_t s = 0; status == 0 && s < l->n_sessions; s++) {
		status = add_pairs(&p, s, mf);
		if (status == 0 && !mf)
			status = knn ? add_session(&p, s) : add_likes(&p, s);
	}
	if (status == 0)
		status = make(d, &p, mf ? CSR_KEEP : CSR_SUM, d->of_items && !knn);
	free(p.times);
	csr_builder_clear(&p.all);
	csr_builder_clear(&p.part);
	csr_builder_clear(&p.held);
	csr_builder_clear(&p.ranked);
	if (status < 0)
		return errmsg_nomem(e);
	if (csr_entries(&d->x) > 0)
		return 0;
	if (mf)
		return errmsg_set(e, "no session has another track after its first, so there is nothing to learn");
	return knn ? errmsg_set(e, "nothing was listened to")
		   : errmsg_set(e, "no listen is longer than %g (--liked)", o->liked);
}

static bool has_model(const char *name)
{
	return strcmp(name, "itemknn") == 0 || strcmp(name, "ease") == 0 || strcmp(name, "mf") == 0;
}

const struct trainer_kind trainer_similar = {
	.name = "similar",
	.models = "itemknn, ease or mf",
	.key = "track",
	.list = "recommendations",
	.keys_are_tracks = true,
	.limit = 10,
	.has_model = has_model,
	.prepare = prepare_similar,
};
