#include "policy/recommender.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"
#include "base/now.h"
#include "base/rng.h"
#include "policy/explore.h"

/* How many listens of a user the policies that may answer look back over sessions. */
static size_t most_recent_listens(const struct recommender *r)
{
	size_t most = r->serving ? 0 : policy_recent(r->policy);

	for (size_t i = 0; r->serving && i < r->serving->n_arms; i++)
		if (policy_recent(&r->serving->arms[i].policy) > most)
			most = policy_recent(&r->serving->arms[i].policy);
	return most;
}

int recommender_init(struct recommender *r, const struct tables *tables, const struct experiments *experiments,
		     const struct policy *policy, uint64_t seed)
{
	*r = (struct recommender){
		.tables = tables,
		.experiments = experiments,
		.serving = experiments_serving(experiments),
		.policy = policy,
		.seed = seed,
		.arms = calloc(experiments->n + 1, sizeof *r->arms),
	};
	for (size_t i = 0; r->arms && i < experiments->n; i++)
		r->arms[i].experiment = slice_of(experiments->list[i].name);
	r->sessions.remembered = most_recent_listens(r);
	return r->arms ? 0 : -1;
}

void recommender_explore(struct recommender *r, double epsilon)
{
	r->epsilon = epsilon;
}

void recommender_explain(struct recommender *r, size_t n)
{
	r->explain = n;
}

void recommender_clear(struct recommender *r)
{
	sessions_clear(&r->sessions);
	request_memory_clear(&r->memory);
	free(r->told);
	free(r->arms);
	*r = (struct recommender){0};
}

/* Puts the user's arms into the event. Returns the policy that serves them. */
static const struct policy *assign_arms(struct recommender *r, struct event *ev)
{
	const struct policy *policy = r->policy;

	for (size_t i = 0; i < r->experiments->n; i++) {
		const struct experiment *x = &r->experiments->list[i];
		const struct arm *arm = &x->arms[assignment_arm(x->assignment, ev->user)];

		r->arms[i].arm = slice_of(arm->name);
		if (x == r->serving)
			policy = &arm->policy;
	}
	ev->arms = r->arms;
	ev->n_arms = r->experiments->n;
	ev->arms_digest = 0;
	return policy;
}

/* What an old event said of its own answer. */
static void forget_old_answer(struct event *ev)
{
	ev->latency = NAN;
	ev->recommendation = EVENT_NO_TRACK;
	ev->source = (struct slice){0};
	ev->pool = 0;
	ev->propensity = NAN;
}

/* Has the event tell of the candidates. Returns 0, or -1 where there is no memory. */
static int tell_candidates(struct recommender *r, struct event *ev)
{
	const struct scored *candidates = &r->memory.candidates;
	struct event_candidate *told = grow(r->told, &r->told_cap, r->explain, sizeof *told);

	if (!told)
		return -1;
	r->told = told;
	for (size_t i = 0; i < candidates->n; i++)
		told[i] = (struct event_candidate){.track = r->tables->catalog.tracks[candidates->list[i].track].id,
						   .score = candidates->list[i].score};
	ev->candidates = told;
	ev->n_candidates = candidates->n;
	return 0;
}

/* Puts the next track into the event. Returns 0, or -1 where there is no memory. */
static int recommend_track(struct recommender *r, const struct policy *policy, struct session *session,
			   struct event *ev)
{
	uint32_t step = (uint32_t)history_steps(session->history);
	struct rng rng = rng_at(r->seed, RNG_POLICY, ev->user, session->number, step);
	struct rng coin = rng_at(r->seed, RNG_EXPLORE, ev->user, session->number, step);
	struct policy_request q;
	struct recommendation a;

	if (request_make(&q, &r->memory, session, &r->tables->catalog, ev) < 0)
		return -1;
	q.explain = r->explain;
	if (r->epsilon > 0 ? explore_recommend(policy, r->epsilon, &q, &coin, &rng, &a) < 0
			   : policy_recommend(policy, &q, &rng, &a) < 0)
		return -1;
	ev->recommendation = r->tables->catalog.tracks[a.choice.track].id;
	ev->source = slice_of(a.source);
	ev->pool = a.choice.pool;
	ev->propensity = a.choice.propensity;
	return r->explain > 0 ? tell_candidates(r, ev) : 0;
}

/*
 * An event that has no time stamp yet gets one. Many events of a user may come within a millisecond, and clocks go
 * back: whatever happens, the time stamp is later than that of the user's latest event, so that it tells their order.
 */
static void stamp_event(struct session *session, struct event *ev)
{
	if (ev->timestamp == EVENT_NO_TIMESTAMP) {
		ev->timestamp = now_epoch_ms();
		if (ev->timestamp <= session->timestamp)
			ev->timestamp = session->timestamp + (session->timestamp < INT64_MAX);
	}
	if (ev->timestamp > session->timestamp)
		session->timestamp = ev->timestamp;
}

/* Notes a listen and answers it. Returns 0, or -1 where there is no memory. */
static int answer_listen(struct recommender *r, struct event *ev)
{
	const struct policy *policy = assign_arms(r, ev);
	struct session *session = sessions_open(&r->sessions, ev->user);
	struct play play = {.track = catalog_find(&r->tables->catalog, ev->track), .id = ev->track, .time = ev->time};

	if (!session || sessions_add(&r->sessions, session, &r->tables->catalog, play) < 0)
		return -1;
	stamp_event(session, ev);
	if (ev->message == EVENT_LAST)
		return sessions_end(&r->sessions, session);
	return recommend_track(r, policy, session, ev);
}

int recommender_answer(struct recommender *r, struct event *ev, struct errmsg *e)
{
	forget_old_answer(ev);
	if (answer_listen(r, ev) < 0) {
		/* the listen may be noted already */
		sessions_undo(&r->sessions, &r->tables->catalog, UINT64_MAX - 1);
		return errmsg_nomem(e);
	}
	ev->exclude = NULL;
	ev->n_exclude = 0;
	return 0;
}
