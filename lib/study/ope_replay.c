#include "study/ope_replay.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"
#include "event/assignment.h"

/* A recommendation whose listen has not come yet, and the session that it stands in. */
struct ope_waiting {
	struct ope_step step;
	uint32_t track; /* id, or EVENT_NO_TRACK: nothing is waited for */
	bool counts;	/* whether it is a step that counts */
	bool open, spoiled; /* the session: whether there is one, and whether a step of it does not count */
	double user_sum, user_n; /* times of the user's recommended tracks, so far */
	double product;	/* of the session's weights */
	double *w, *r;	/* of its first steps, up to the horizon */
	size_t n;
};

void ope_replay_init(struct ope_replay *r, const struct ope_question *q, struct ope_sums *sums)
{
	size_t target = policy_recent(q->target.policy), logging = 0;

	*r = (struct ope_replay){.question = *q, .sums = sums, .tables = ope_tables_of(q->tables)};
	if (q->logging.policy)
		logging = policy_recent(q->logging.policy);
	for (size_t i = 0; q->experiment && i < q->experiment->n_arms; i++)
		if (policy_recent(&q->experiment->arms[i].policy) > logging)
			logging = policy_recent(&q->experiment->arms[i].policy);
	r->sessions.remembered = target > logging ? target : logging;
}

void ope_replay_clear(struct ope_replay *r)
{
	for (size_t i = 0; i < r->n_waiting; i++)
		free(r->waiting[i].w);
	free(r->waiting);
	sessions_clear(&r->sessions);
	request_memory_clear(&r->memory);
	*r = (struct ope_replay){0};
}

/* The user's state; NULL where there is no memory. */
static struct ope_waiting *find_waiting(struct ope_replay *r, size_t user)
{
	struct ope_waiting *list;
	size_t horizon = r->sums->choice.horizon;

	if (user < r->n_waiting)
		return &r->waiting[user];
	list = grow(r->waiting, &r->waiting_cap, user + 1, sizeof *list);
	if (!list)
		return NULL;
	r->waiting = list;
	list[user] = (struct ope_waiting){.track = EVENT_NO_TRACK, .w = malloc(horizon * 2 * sizeof(double))};
	if (!list[user].w)
		return NULL;
	list[user].r = list[user].w + horizon;
	r->n_waiting = user + 1;
	return &list[user];
}

/* A step of the session whose weight and time are known now. */
static void extend_session(struct ope_waiting *w, size_t horizon)
{
	w->product *= w->step.w;
	if (w->n == horizon)
		return;
	w->w[w->n] = w->product;
	w->r[w->n] = w->step.r;
	w->n++;
}

/* Takes the listen to what was recommended. */
static int settle(struct ope_replay *r, size_t user, struct ope_waiting *w, const struct event *ev)
{
	struct ope_sums *s = r->sums;
	bool other = ev->track != w->track;

	w->track = EVENT_NO_TRACK;
	s->left_out.other_track += w->counts && other;
	if (!w->counts || other) {
		w->spoiled = true;
		return 0;
	}
	w->user_sum += ev->time;
	w->user_n++;
	w->step.r = ev->time;
	extend_session(w, s->choice.horizon);
	return ope_sums_step(s, user, &w->step);
}

static struct chances logging_chances(const struct ope_replay *r, uint32_t user)
{
	const struct experiment *x = r->question.experiment;
	struct chances c = r->question.logging;

	if (!c.policy && x)
		c.policy = &x->arms[assignment_arm(x->assignment, user)].policy;
	return c;
}

struct mean_x {
	const struct ope_context *context;
	double *sum;
};

static void add_features(void *ctx, uint32_t track, double weight)
{
	const struct mean_x *m = ctx;
	double x[OPE_FEATURES];

	ope_features(m->context, track, x);
	for (size_t i = 0; i < OPE_FEATURES; i++)
		m->sum[i] += weight * x[i];
}

/* What the log says of the propensity, or NaN. */
static double told_propensity(const struct event *ev)
{
	return ev->pool > 0 ? 1.0 / ev->pool : ev->propensity;
}

/*
 * Finds the propensity of the action, and counts why there is none. A step that counts is left where there is one.
 * `known` is what the logging policy has, NaN where it is not known.
 */
static double find_propensity(struct ope_left_out *out, double told, double known)
{
	if (isnan(told) && isnan(known)) {
		out->no_propensity++;
		return 0;
	}
	if (isnan(told) && !(known > 0)) {
		out->impossible++;
		return 0;
	}
	if (isnan(told))
		return known;
	if (!isnan(known) && fabs(known - told) > 1e-6 * told)
		out->told_otherwise++;
	return told;
}

/* The weight of the artist, where the logging policy is known. */
static int weigh_artist(const struct chances *target, const struct chances *logging, struct policy_request *q,
			uint32_t artist, double *w)
{
	double under_target, under_logging;

	*w = NAN;
	if (!logging->policy)
		return 0;
	if (chances_of_artist(target, q, artist, &under_target) < 0)
		return -1;
	q->kept = NULL; /* what is kept of the session is the target's */
	if (chances_of_artist(logging, q, artist, &under_logging) < 0)
		return -1;
	if (under_logging > 0)
		*w = under_target / under_logging;
	return 0;
}

/* Fills the step for an action. Returns 0, or -1 where there is no memory. */
static int weigh(struct ope_replay *r, struct ope_waiting *w, const struct session *session, const struct event *ev,
		 struct policy_request *q)
{
	const struct ope_question *ask = &r->question;
	const struct chances logging = logging_chances(r, ev->user);
	const struct ope_context context = {&r->tables, q, w->user_sum, w->user_n};
	struct rng rng = rng_at(ask->seed, RNG_EVALUATE, ev->user, session->number,
				(uint32_t)history_steps(session->history));
	uint32_t track = catalog_find(r->tables.catalog, ev->recommendation);
	struct kept *kept = q->kept;
	double known = NAN, propensity, chance;

	w->counts = false;
	if (track == CATALOG_NONE) {
		r->sums->left_out.unknown++;
		return 0;
	}
	q->kept = NULL;
	if (logging.policy && chances_of_track(&logging, q, track, &known) < 0)
		return -1;
	q->kept = kept;
	propensity = find_propensity(&r->sums->left_out, told_propensity(ev), known);
	if (propensity == 0)
		return 0;
	w->step = (struct ope_step){0};
	w->counts = true;
	if (chances_each(&ask->target, q, track, &chance, ask->draws, &rng, add_features,
			 &(struct mean_x){&context, w->step.mean_x}) < 0)
		return -1;
	w->step.w = chance / propensity;
	ope_features(&context, track, w->step.x);
	return weigh_artist(&ask->target, &logging, q, r->tables.catalog->tracks[track].artist, &w->step.artist_w);
}

static int ask_policies(struct ope_replay *r, struct ope_waiting *w, struct session *session, const struct event *ev)
{
	struct policy_request q;

	if (request_make(&q, &r->memory, session, r->tables.catalog, ev) < 0)
		return -1;
	q.worker = r->question.worker;
	w->track = ev->recommendation;
	return weigh(r, w, session, ev, &q);
}

static int end_session(struct ope_replay *r, size_t user, struct ope_waiting *w, struct session *session)
{
	int status = 0;

	if (w->spoiled)
		r->sums->left_out.sessions++;
	else
		status = ope_sums_session(r->sums, user, w->w, w->r, w->n);
	w->open = false;
	return status < 0 ? -1 : sessions_end(&r->sessions, session);
}

static int take(struct ope_replay *r, const struct event *ev)
{
	size_t user = ope_sums_user(r->sums, ev->user);
	struct ope_waiting *w = user == SIZE_MAX ? NULL : find_waiting(r, user);
	struct play play = {.track = catalog_find(r->tables.catalog, ev->track), .id = ev->track, .time = ev->time};
	struct session *session;

	if (!w || (w->track != EVENT_NO_TRACK && settle(r, user, w, ev) < 0))
		return -1;
	if (!w->open) {
		w->open = true;
		w->spoiled = false;
		w->product = 1;
		w->n = 0;
	}
	session = sessions_open(&r->sessions, ev->user);
	if (!session || sessions_add(&r->sessions, session, r->tables.catalog, play) < 0)
		return -1;
	if (ev->message == EVENT_LAST)
		return end_session(r, user, w, session);
	if (ev->recommendation == EVENT_NO_TRACK) {
		w->spoiled = true;
		return 0;
	}
	return ask_policies(r, w, session, ev);
}

int ope_replay_add(struct ope_replay *r, const struct event *ev, struct errmsg *e)
{
	int status = take(r, ev);

	sessions_delivered(&r->sessions);
	r->sums->events++;
	return status < 0 ? errmsg_nomem(e) : 0;
}

void ope_replay_end(struct ope_replay *r)
{
	for (size_t i = 0; i < r->n_waiting; i++) {
		const struct ope_waiting *w = &r->waiting[i];

		r->sums->left_out.open += w->track != EVENT_NO_TRACK && w->counts;
		r->sums->left_out.open_sessions += w->open;
	}
}
