#include "train/trainer.h"

#include <string.h>

/* Adds what a user liked in a session to all, and to one of the parts. */
static int add_session(const struct listens *l, const struct trainer_options *o, size_t session,
		       struct csr_builder *all, struct csr_builder *part, struct csr_builder *heard)
{
	uint32_t user = l->session_user[session];

	for (size_t i = l->session_first[session]; i < l->session_first[session + 1]; i++) {
		const struct listen *x = &l->list[i];

		if (o->unheard && csr_add(heard, user, x->track, 1) < 0)
			return -1;
		if (x->time > o->liked && (csr_add(all, user, x->track, 1) < 0 || csr_add(part, user, x->track, 1) < 0))
			return -1;
	}
	return 0;
}

static int make(struct trainer_data *d, struct csr_builder *all, struct csr_builder *part, struct csr_builder *held,
		struct csr_builder *heard)
{
	if (csr_make(&d->x, all, CSR_SUM) < 0 || csr_make(&d->part, part, CSR_SUM) < 0 ||
	    csr_make(&d->held, held, CSR_SUM) < 0 || csr_make(&d->heard, heard, CSR_SUM) < 0)
		return -1;
	csr_dampen(&d->x);
	csr_dampen(&d->part);
	return csr_transpose(&d->xt, &d->x) < 0 || csr_transpose(&d->part_t, &d->part) < 0 ? -1 : 0;
}

/* Leaves only those held-out tracks that the rest does not have: others could not be ranked. */
static void keep_new(struct csr *held, const struct csr *part)
{
	size_t kept = 0;

	for (size_t r = 0, begin = 0; r < held->n_rows; r++) {
		size_t end = held->start[r + 1], at = part->start[r];

		for (size_t i = begin; i < end; i++) {
			while (at < part->start[r + 1] && part->column[at] < held->column[i])
				at++;
			if (at < part->start[r + 1] && part->column[at] == held->column[i])
				continue;
			held->column[kept] = held->column[i];
			held->value[kept++] = held->value[i];
		}
		begin = end;
		held->start[r + 1] = kept;
	}
}

static int prepare_user_tracks(struct trainer_data *d, const struct listens *l, const struct trainer_options *o,
			       struct errmsg *e)
{
	struct csr_builder b[4];
	int status = 0;

	for (size_t i = 0; i < 4; i++)
		b[i] = (struct csr_builder){.n_rows = l->n_users, .n_columns = l->n_tracks};
	for (size_t s = 0; status == 0 && s < l->n_sessions; s++) {
		uint32_t user = l->session_user[s];
		bool held = trainer_holds_out(o, l->user_ids[user], (uint32_t)s - l->user_first[user]);

		status = add_session(l, o, s, &b[0], &b[held ? 2 : 1], &b[3]);
	}
	if (status == 0)
		status = make(d, &b[0], &b[1], &b[2], &b[3]);
	for (size_t i = 0; i < 4; i++)
		csr_builder_clear(&b[i]);
	if (status < 0)
		return errmsg_nomem(e);
	keep_new(&d->held, &d->part);
	return csr_entries(&d->x) > 0 ? 0 : errmsg_set(e, "no listen is longer than %g (--liked)", o->liked);
}

static bool has_model(const char *name)
{
	static const char *const names[] = {"als", "bpr", "warp", "ease", "userknn"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

const struct trainer_kind trainer_user_tracks = {
	.name = "user-tracks",
	.models = "als, bpr, warp, ease or userknn",
	.key = "user",
	.list = "tracks",
	.limit = 100,
	.has_model = has_model,
	.prepare = prepare_user_tracks,
};
