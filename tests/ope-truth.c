/*
 * Grades botify-evaluate policy by the truth, which a simulator knows: `make ope-truth`.
 *
 *   ope-truth WORLD MODEL [LOGS [SESSIONS [PAIR]...]]
 *
 * WORLD is a directory of tables (see tests/ope-truth); MODEL a session model of it. For each pair of a policy that
 * makes logs and one that is evaluated on them, LOGS logs of SESSIONS sessions each are made, and each is evaluated as
 * the command would. It prints, for each estimator,
 *
 *     truth     of the step value: the expected time of what the policy would have given in each context of these logs,
 *               by the listeners' hidden interests, as a mean over all contexts of all logs; of the session value: the
 *               mean over the policy's own sessions of their first times
 *     error     the mean over logs of |estimate - truth| / truth, in percent
 *     bias      the mean over logs of (estimate - truth) / truth, in percent
 *     covers    in how many of the logs the interval of 95 % has the truth, in percent
 *     usable    in how many it was judged usable, and
 *     covers    in how many of those it has the truth
 *
 * and exits 1 where an estimate is judged usable in 20 logs or more and covers less than 90 % of them, as far as their
 * number can tell (more than two standard errors below), or where random's logs are judged to tell of session.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/recommender.h"
#include "sim/listener.h"
#include "sim/simulation.h"
#include "study/ope.h"
#include "study/ope_replay.h"
#include "world/embeddings.h"

static const struct pair {
	const char *logging;
	double epsilon;
	const char *target;
} pairs[] = {
	{"contextual", .5, "contextual"},
	{"contextual", .2, "similar,random+unseen"},
	{"contextual", .1, "random"},
	{"toppop", 0, "toppop:50,random"},
	{"toppop", 0, "toppop:20,random"},
	{"toppop", .2, "toppop:100,random+unseen+artist:2"},
	{"sticky-artist", .2, "artist:other,random"},
	{"contextual-toppop", .2, "contextual"},
	{"contextual", 0, "contextual-toppop"},
	{"session", .5, "session"},
	{"random", 0, "toppop"},
	{"random", 0, "session"},
};

enum { PAIRS = sizeof pairs / sizeof *pairs, HORIZON = 5, DRAWS = 8, TRUE_SESSIONS = 200000 };

struct world {
	struct tables tables;
	struct users users;
	struct npy embeddings;
};

static void die(const struct errmsg *e)
{
	fprintf(stderr, "ope-truth: %s\n", e->text);
	exit(1);
}

static const char *path_in(const char *directory, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

static void load_table(struct world *w, enum table_kind kind, const char *path)
{
	struct errmsg e;

	if (tables_load(&w->tables, kind, path, &e) < 0)
		die(&e);
}

static void load_world(struct world *w, const char *directory, const char *model)
{
	struct errmsg e;

	if (tables_load_catalog(&w->tables, path_in(directory, "tracks.ndjson"), &e) < 0)
		die(&e);
	load_table(w, TABLE_SIMILAR, path_in(directory, "similar.ndjson"));
	load_table(w, TABLE_TOP, path_in(directory, "top.json"));
	load_table(w, TABLE_SESSION, model);
	if (users_load(&w->users, path_in(directory, "users.ndjson"), &w->tables.catalog, &e) < 0 ||
	    embeddings_load(&w->embeddings, path_in(directory, "tracks.npy"), &w->tables.catalog, &e) < 0)
		die(&e);
}

static void load_policy(struct policy *p, const struct world *w, const char *text)
{
	struct errmsg e;

	if (policy_parse(p, text, &e) < 0 || policy_bind(p, &w->tables, &e) < 0)
		die(&e);
}

/* Sessions of listeners whom a policy answers. */
struct run {
	const struct world *world;
	struct simulation simulation;
	struct recommender recommender;
	/* Is shown each event, before the listener listens. */
	void (*show)(void *ctx, const struct sim_session *session, const struct event *ev);
	void *ctx;
};

static const struct experiments none;

static void begin_run(struct run *r, const struct world *w, const struct policy *p, double epsilon, uint64_t sessions,
		      uint64_t seed)
{
	const struct simulation_options options = {.sessions = sessions, .seed = seed, .days = 1, .in_flight = 1,
						   .max_tracks = 5000};
	struct errmsg e;

	r->world = w;
	if (simulation_init(&r->simulation, &w->tables.catalog, &w->users, &w->embeddings, &options, &e) < 0 ||
	    recommender_init(&r->recommender, &w->tables, &none, p, seed) < 0)
		die(&e);
	recommender_explore(&r->recommender, epsilon);
}

static void end_run(struct run *r)
{
	simulation_clear(&r->simulation);
	recommender_clear(&r->recommender);
}

static void play_session(struct run *r)
{
	struct sim_session *session;
	struct errmsg e;
	bool leaving;

	if (simulation_begin(&r->simulation, &session) != 1) {
		errmsg_set(&e, "no session can begin");
		die(&e);
	}
	do {
		struct event ev = simulation_request(&r->simulation, session);

		leaving = session->leaving;
		if (recommender_answer(&r->recommender, &ev, &e) < 0)
			die(&e);
		sessions_delivered(&r->recommender.sessions);
		r->show(r->ctx, session, &ev);
		if (!leaving)
			simulation_listen(&r->simulation, session,
					  catalog_find(&r->world->tables.catalog, ev.recommendation));
	} while (!leaving);
	simulation_end(&r->simulation, session);
}

struct sum {
	double sum, n;
};

static double mean(const struct sum *s)
{
	return s->sum / s->n;
}

/* What the session value is: its first times, without the one that was the listener's own choice. */
static void add_reward(void *ctx, const struct sim_session *session, const struct event *ev)
{
	struct sum *s = ctx;

	if (ev->message != EVENT_LAST)
		return;
	s->n++;
	for (size_t t = 1; t < session->history.n && t <= HORIZON; t++)
		s->sum += session->history.plays[t].time;
}

static double session_truth(const struct world *w, const struct policy *p)
{
	struct sum s = {0};
	struct run r = {.show = add_reward, .ctx = &s};

	begin_run(&r, w, p, 0, TRUE_SESSIONS, 77);
	for (int i = 0; i < TRUE_SESSIONS; i++)
		play_session(&r);
	end_run(&r);
	return mean(&s);
}

/* A log that is evaluated while it is made, and the truth of its contexts. */
struct graded {
	const struct world *world;
	struct chances target;
	struct ope_sums sums;
	struct ope_replay replay;
	struct sum truth;
	struct idmap excluded;
	struct scored scratch, candidates;
};

struct expected {
	const struct world *world;
	const struct sim_session *session;
	double time;
};

/* The expected time of a track, by hidden interests. */
static void add_expected(void *ctx, uint32_t track, double weight)
{
	struct expected *x = ctx;
	const struct history *h = &x->session->history;
	const struct world *w = x->world;

	if (history_track_plays(h, track) == 0)
		x->time += weight *
			   listener_time(&w->users.list[x->session->user],
					 embeddings_dot(&w->embeddings, track, x->session->interest),
					 history_artist_plays(h, w->tables.catalog.tracks[track].artist));
}

static void grade_event(void *ctx, const struct sim_session *session, const struct event *ev)
{
	struct graded *g = ctx;
	struct expected x = {.world = g->world, .session = session};
	struct rng rng = rng_at(99, RNG_EVALUATE, ev->user, session->number, (uint32_t)session->history.n);
	struct policy_request q = {.user = ev->user, .track = session->track, .time = session->time,
				   .history = &session->history, .excluded = &g->excluded, .scratch = &g->scratch,
				   .candidates = &g->candidates};
	struct errmsg e;
	double ignored;

	if (ope_replay_add(&g->replay, ev, &e) < 0)
		die(&e);
	if (ev->message == EVENT_LAST)
		return;
	if (chances_each(&g->target, &q, 0, &ignored, DRAWS, &rng, add_expected, &x) < 0)
		exit(1);
	g->truth.sum += x.time;
	g->truth.n++;
}

struct grade {
	double *value;
	bool *usable;
	double *lower, *upper;
};

static void print_grade(const struct pair *p, const char *name, const struct grade *g, int logs, double truth,
			bool *bad)
{
	double error = 0, bias = 0;
	int covers = 0, usable = 0, good = 0, known = 0;
	char share[16] = "-", of_all[64] = "-\t-\t-";

	for (int i = 0; i < logs; i++) {
		bool has = g->lower[i] <= truth && truth <= g->upper[i];

		if (isnan(g->value[i]))
			continue;
		known++;
		error += fabs(g->value[i] - truth) / truth;
		bias += (g->value[i] - truth) / truth;
		covers += has;
		usable += g->usable[i];
		good += g->usable[i] && has;
	}
	/* an estimate may be none in any of the logs */
	if (known > 0)
		snprintf(of_all, sizeof of_all, "%.2f\t%+.2f\t%.1f", 100 * error / known, 100 * bias / known,
			 100.0 * covers / known);
	if (usable > 0)
		snprintf(share, sizeof share, "%.1f", 100.0 * good / usable);
	if (usable >= 20 && good < usable * (.9 - 2 * sqrt(.09 / usable)))
		*bad = true;
	printf("%s\t%g\t%s\t%s\t%.4f\t%s\t%d/%d\t%s\n", p->logging, p->epsilon, p->target, name, truth, of_all, usable,
	       logs, share);
	if (usable > 0 && strcmp(p->logging, "random") == 0 && strcmp(p->target, "session") == 0)
		*bad = true;
}

static void note_estimates(struct grade *g, const struct ope *o, int log)
{
	for (int i = 0; i < OPE_ESTIMATORS; i++) {
		const struct ope_estimate *x = &o->estimates[i];

		g[i].value[log] = x->at.value;
		g[i].lower[log] = x->at.lower;
		g[i].upper[log] = x->at.upper;
		g[i].usable[log] = x->verdict == OPE_USABLE;
	}
}

static void grade_log(struct run *r, struct graded *g, const struct ope_question *q, int sessions, struct grade *grades,
		      int log)
{
	const struct ope_choice choice = ope_choice_of(NAN, NAN, HORIZON);
	struct ope ope;
	struct errmsg e;

	ope_sums_init(&g->sums, &choice);
	ope_replay_init(&g->replay, q, &g->sums);
	for (int i = 0; i < sessions; i++)
		play_session(r);
	ope_replay_end(&g->replay);
	ope_sums_sort(&g->sums);
	if (ope_estimate(&ope, &g->sums, .05, &e) < 0)
		die(&e);
	note_estimates(grades, &ope, log);
	ope_replay_clear(&g->replay);
	ope_sums_clear(&g->sums);
}

static void new_grades(struct grade grades[OPE_ESTIMATORS], int logs)
{
	for (int i = 0; i < OPE_ESTIMATORS; i++) {
		double *values = calloc((size_t)logs * 3, sizeof *values);

		grades[i] = (struct grade){values, calloc((size_t)logs, sizeof(bool)), values ? values + logs : NULL,
					   values ? values + 2 * logs : NULL};
		if (!values || !grades[i].usable)
			exit(1);
	}
}

static void grade_pair(const struct world *w, const struct pair *p, int logs, int sessions, bool *bad)
{
	struct policy logging, target;
	struct graded g = {.world = w};
	struct run r = {.show = grade_event, .ctx = &g};
	struct ope_question q;
	struct grade grades[OPE_ESTIMATORS];
	double truth;

	load_policy(&logging, w, p->logging);
	load_policy(&target, w, p->target);
	g.target = (struct chances){&target, 0};
	q = (struct ope_question){.tables = &w->tables, .target = g.target, .logging = {&logging, p->epsilon},
				  .draws = DRAWS, .seed = 1};
	new_grades(grades, logs);
	begin_run(&r, w, &logging, p->epsilon, (uint64_t)logs * (uint64_t)sessions, 1 + (uint64_t)(p - pairs));
	for (int i = 0; i < logs; i++)
		grade_log(&r, &g, &q, sessions, grades, i);
	end_run(&r);
	truth = session_truth(w, &target);
	for (int i = OPE_IPS; i < OPE_ESTIMATORS; i++) {
		const char *const names[] = {"logged", "ips", "snips", "clipped", "dm", "dr", "switch-dr", "mips",
					     "logged-session", "pdwis"};

		if (i != OPE_LOGGED_SESSION)
			print_grade(p, names[i], &grades[i], logs, i < OPE_LOGGED_SESSION ? mean(&g.truth) : truth, bad);
	}
	fflush(stdout);
	for (int i = 0; i < OPE_ESTIMATORS; i++) {
		free(grades[i].value);
		free(grades[i].usable);
	}
	idmap_clear(&g.excluded);
	scored_clear(&g.scratch);
	scored_clear(&g.candidates);
	policy_clear(&logging);
	policy_clear(&target);
}

int main(int argc, char **argv)
{
	struct world w = {0};
	int logs = argc > 3 ? atoi(argv[3]) : 200, sessions = argc > 4 ? atoi(argv[4]) : 10000;
	bool bad = false;

	if (argc < 3 || logs < 1 || sessions < 1) {
		fputs("usage: ope-truth WORLD MODEL [LOGS [SESSIONS [PAIR]...]]\n", stderr);
		return 2;
	}
	load_world(&w, argv[1], argv[2]);
	printf("logging\tepsilon\ttarget\testimator\ttruth\terror %%\tbias %%\tcovers %%\tusable\tcovers %%\n");
	for (int i = 0; i < PAIRS && argc < 6; i++)
		grade_pair(&w, &pairs[i], logs, sessions, &bad);
	for (int i = 5; i < argc; i++)
		if (atoi(argv[i]) >= 1 && atoi(argv[i]) <= PAIRS)
			grade_pair(&w, &pairs[atoi(argv[i]) - 1], logs, sessions, &bad);
	tables_clear(&w.tables);
	users_clear(&w.users);
	npy_clear(&w.embeddings);
	return bad;
}
