#include "policy/request.h"

void request_memory_clear(struct request_memory *m)
{
	idmap_clear(&m->excluded);
	scored_clear(&m->scratch);
	scored_clear(&m->candidates);
}

static int exclude_tracks(struct idmap *excluded, const struct catalog *c, const struct event *ev)
{
	idmap_reset(excluded);
	for (size_t i = 0; i < ev->n_exclude; i++) {
		uint32_t track = catalog_find(c, ev->exclude[i]);
		uint32_t *place = track == CATALOG_NONE ? NULL : idmap_at(excluded, track);

		if (place)
			*place = 1;
		else if (track != CATALOG_NONE)
			return -1;
	}
	return 0;
}

int request_make(struct policy_request *q, struct request_memory *m, struct session *session, const struct catalog *c,
		 const struct event *ev)
{
	const struct history *h = session->history;

	scored_reset(&m->candidates);
	*q = (struct policy_request){
		.user = ev->user,
		.track = h->plays[h->n - 1].track,
		.time = ev->time,
		.history = h,
		.recent = session->recent,
		.n_recent = session->n_recent,
		.excluded = &m->excluded,
		.kept = &session->kept,
		.scratch = &m->scratch,
		.candidates = &m->candidates,
	};
	return exclude_tracks(&m->excluded, c, ev);
}
