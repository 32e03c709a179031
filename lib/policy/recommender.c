#include "policy/recommender.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"
#include "base/now.h"
#include "base/out.h"
#include "base/rng.h"

/* How many listens of a user the policies that may answer look back over sessions. */
static size_t remembered(const struct recommender *r)
{
	size_t most = r->serving ? 0 : policy_recent(r->policy);

	for (size_t i = 0; r->serving && i < r->serving->n_arms; i++)
		if (policy_recent(&r->serving->arms[i].policy) > most)
			most = policy_recent(&r->serving->arms[i].policy);
	return most;
}

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
	r->sessions.remembered = remembered(r);
	return r->arms ? 0 : -1;
}

void recommender_explain(struct recommender *r, size_t n)
{
	r->explain = n;
}

void recommender_clear(struct recommender *r)
{
	sessions_clear(&r->sessions);
	event_parser_clear(&r->parser);
	idmap_clear(&r->excluded);
	scored_clear(&r->scratch);
	scored_clear(&r->candidates);
	free(r->told);
	free(r->arms);
	*r = (struct recommender){0};
}

/* Notes the arms of a user. Returns the policy that serves them. */
static const struct policy *assign(struct recommender *r, uint32_t user)
{
	const struct policy *policy = r->policy;

	for (size_t i = 0; i < r->experiments->n; i++) {
		const struct experiment *x = &r->experiments->list[i];
		const struct arm *arm = &x->arms[assignment_arm(x->assignment, user)];

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

/* Has the event tell of the candidates. Returns 0, or -1 where there is no memory. */
static int tell_candidates(struct recommender *r, struct event *ev)
{
	struct event_candidate *told = grow(r->told, &r->told_cap, r->explain, sizeof *told);

	if (!told)
		return -1;
	r->told = told;
	for (size_t i = 0; i < r->candidates.n; i++)
		told[i] = (struct event_candidate){.track = r->tables->catalog.tracks[r->candidates.list[i].track].id,
						   .score = r->candidates.list[i].score};
	ev->candidates = told;
	ev->n_candidates = r->candidates.n;
	return 0;
}

static int recommend(struct recommender *r, const struct policy *policy, const struct session *session,
		     const struct policy_request *q, struct event *ev)
{
	uint32_t step = (uint32_t)history_steps(session->history);
	struct rng rng = rng_at(r->seed, RNG_POLICY, ev->user, session->number, step);
	struct recommendation a;

	scored_reset(&r->candidates);
	if (policy_answer(policy, q, &rng, &a) < 0)
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
static void stamp(struct session *session, struct event *ev)
{
	if (ev->timestamp == EVENT_NO_TIMESTAMP) {
		ev->timestamp = now_epoch_ms();
		if (ev->timestamp <= session->timestamp)
			ev->timestamp = session->timestamp + (session->timestamp < INT64_MAX);
	}
	if (ev->timestamp > session->timestamp)
		session->timestamp = ev->timestamp;
}

/* Turns a request into its event. */
static int answer(struct recommender *r, struct event *ev, struct errmsg *e)
{
	uint32_t track = catalog_find(&r->tables->catalog, ev->track);
	const struct policy *policy = assign(r, ev->user);
	struct session *session = sessions_open(&r->sessions, ev->user);
	struct play play = {.track = track, .id = ev->track, .time = ev->time};
	struct policy_request q;

	/* whatever an old event said of its own answer */
	ev->recommendation = EVENT_NO_TRACK;
	ev->source = (struct slice){0};
	ev->pool = 0;
	ev->propensity = NAN;
	ev->arms = r->arms;
	ev->n_arms = r->experiments->n;
	ev->arms_digest = 0;
	if (!session || note_excluded(r, ev) < 0 || sessions_add(&r->sessions, session, &r->tables->catalog, play) < 0)
		return errmsg_nomem(e);
	stamp(session, ev);
	if (ev->message == EVENT_LAST) {
		sessions_end(&r->sessions, session);
		return 0;
	}
	q = (struct policy_request){
		.user = ev->user, .track = track, .time = ev->time, .history = session->history, .recent = session->recent,
		.n_recent = session->n_recent, .excluded = &r->excluded, .scratch = &r->scratch, .explain = r->explain,
		.candidates = &r->candidates,
	};
	return recommend(r, policy, session, &q, ev) < 0 ? errmsg_nomem(e) : 0;
}

int recommender_answer(struct recommender *r, const char *text, size_t len, unsigned long line, struct out *o,
		       struct errmsg *e)
{
	int64_t start = r->latency ? now_ns() : 0;
	struct event ev;

	if (out_pending(o) == 0 && !o->error)
		sessions_delivered(&r->sessions);
	event_parser_reset(&r->parser);
	if (event_parse(&r->parser, text, len, &ev, e) < 0 || answer(r, &ev, e) < 0) {
		/* where it was memory that was missing, the listen may be noted already */
		sessions_undo(&r->sessions, &r->tables->catalog, UINT64_MAX - 1);
		event_write_error(o, e->text, line);
		return -1;
	}
	ev.exclude = NULL;
	ev.n_exclude = 0;
	ev.latency = r->latency ? (double)(now_ns() - start) / 1e9 : 0;
	event_write(o, &ev, true);
	if (!o->error)
		sessions_written(&r->sessions, out_total(o));
	return 0;
}

void recommender_undo(struct recommender *r, const struct out *o)
{
	sessions_undo(&r->sessions, &r->tables->catalog, o->written);
}
