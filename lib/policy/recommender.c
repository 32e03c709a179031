#include "policy/recommender.h"

#include <stdlib.h>
#include <time.h>

#include "base/out.h"
#include "base/rng.h"

int recommender_init(struct recommender *r, const struct tables *tables, const struct experiments *experiments,
		     const struct policy *policy, uint64_t seed, bool latency)
{
	*r = (struct recommender){
		.tables = tables,
		.experiments = experiments,
		.serving = experiments_serving(experiments),
		.policy = policy,
		.seed = seed,
		.latency = latency,
		.arms = calloc(experiments->n + 1, sizeof *r->arms),
	};
	for (size_t i = 0; r->arms && i < experiments->n; i++)
		r->arms[i].experiment = slice_of(experiments->list[i].name);
	return r->arms ? 0 : -1;
}

void recommender_clear(struct recommender *r)
{
	sessions_clear(&r->sessions);
	event_parser_clear(&r->parser);
	idmap_clear(&r->excluded);
	free(r->arms);
	*r = (struct recommender){0};
}

static int64_t nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Notes the arms of a user. Returns the policy that serves them. */
static const struct policy *assign(struct recommender *r, uint32_t user)
{
	const struct policy *policy = r->policy;

	for (size_t i = 0; i < r->experiments->n; i++) {
		const struct experiment *x = &r->experiments->list[i];
		const struct arm *arm = &x->arms[assignment_arm(&x->assignment, user)];

		r->arms[i].arm = slice_of(arm->name);
		if (x == r->serving)
			policy = &arm->policy;
	}
	return policy;
}

/* Ids that the catalog does not have exclude nothing. */
static int note_excluded(struct recommender *r, const struct event *ev)
{
	idmap_reset(&r->excluded);
	for (size_t i = 0; i < ev->n_exclude; i++) {
		uint32_t track = catalog_find(&r->tables->catalog, ev->exclude[i]);
		uint32_t *place = track == CATALOG_NONE ? NULL : idmap_at(&r->excluded, track);

		if (place)
			*place = 1;
		else if (track != CATALOG_NONE)
			return -1;
	}
	return 0;
}

static void recommend(struct recommender *r, const struct policy *policy, const struct session *session,
		      const struct question *q, struct event *ev)
{
	uint32_t step = (uint32_t)session->history->n;
	struct rng rng = rng_at(r->seed, RNG_POLICY, ev->user, session->number, step);
	struct recommendation a = policy_answer(policy, q, &rng);

	ev->recommendation = r->tables->catalog.tracks[a.track].id;
	ev->source = slice_of(a.source);
	ev->pool = a.pool;
}

/* Turns a request into its event. */
static int answer(struct recommender *r, struct event *ev, struct errmsg *e)
{
	uint32_t track = catalog_find(&r->tables->catalog, ev->track);
	const struct policy *policy = assign(r, ev->user);
	struct session *session = sessions_open(&r->sessions, ev->user);

	/* whatever an old event said of its own answer */
	ev->recommendation = EVENT_NO_TRACK;
	ev->source = (struct slice){0};
	ev->pool = 0;
	ev->arms = r->arms;
	ev->n_arms = r->experiments->n;
	if (!session || note_excluded(r, ev) < 0 ||
	    history_add(session->history, &r->tables->catalog, track, ev->time) < 0)
		return errmsg_nomem(e);
	if (ev->message == EVENT_LAST)
		sessions_end(&r->sessions, session);
	else
		recommend(r, policy, session,
			  &(struct question){.user = ev->user, .track = track, .time = ev->time,
					     .history = session->history, .excluded = &r->excluded},
			  ev);
	return 0;
}

int recommender_answer(struct recommender *r, const char *text, size_t len, unsigned long line, struct out *o,
		       struct errmsg *e)
{
	int64_t start = r->latency ? nanoseconds(CLOCK_MONOTONIC) : 0;
	struct event ev;

	event_parser_reset(&r->parser);
	if (event_parse(&r->parser, text, len, &ev, e) < 0 || answer(r, &ev, e) < 0) {
		event_write_error(o, e->text, line);
		return -1;
	}
	ev.exclude = NULL;
	ev.n_exclude = 0;
	if (ev.timestamp == EVENT_NO_TIMESTAMP)
		ev.timestamp = nanoseconds(CLOCK_REALTIME) / 1000000;
	ev.latency = r->latency ? (double)(nanoseconds(CLOCK_MONOTONIC) - start) / 1e9 : 0;
	event_write(o, &ev, true);
	return 0;
}
