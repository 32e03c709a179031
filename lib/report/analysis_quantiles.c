#include "report/analysis_sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/quantile.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT},
	{"arm", "arm", SECTION_TEXT},
	{"quantile", "quantile", SECTION_PLAIN},
	{"value", "time", SECTION_NUMBER},
	{"lower", "from", SECTION_NUMBER},
	{"upper", "to", SECTION_NUMBER},
	{"difference", "difference", SECTION_NUMBER},
	{"difference_lower", "from", SECTION_NUMBER},
	{"difference_upper", "to", SECTION_NUMBER},
	{"p", "p", SECTION_P},
};

/* The sessions of the users of an arm. */
struct arm {
	double *grouped, *sorted; /* n times, user after user, and in order */
	size_t *sizes;		  /* sessions of each user */
	size_t n, users;
};

static void arm_clear(struct arm *a)
{
	free(a->grouped);
	free(a->sorted);
	free(a->sizes);
}

/* The users of an experiment: those of arm i are the study's participants[first[i]] .. participants[first[i + 1]]. */
struct users {
	uint32_t *participants;
	size_t *first;
};

static void users_clear(struct users *u)
{
	free(u->participants);
	free(u->first);
}

/* In ascending order of ids. Returns 0, or -1 where there is no memory. */
static int users_init(struct users *u, const struct study *study, uint32_t experiment)
{
	size_t arms = study->experiments[experiment].arms.n;

	/*
	 * first[arm + 2] counts those of an arm; then first[arm + 1] is where the next one goes, and in the end where
	 * they end
	 */
	*u = (struct users){
		.participants = calloc(study->n_users + 1, sizeof *u->participants),
		.first = calloc(arms + 2, sizeof *u->first),
	};
	if (!u->participants || !u->first)
		return -1;
	for (size_t i = 0; i < study->n_users; i++) {
		const struct study_participant *m = study_counted(study, i, experiment);

		if (m)
			u->first[m->did.arm + 2]++;
	}
	for (size_t i = 1; i < arms + 2; i++)
		u->first[i] += u->first[i - 1];
	for (size_t i = 0; i < study->n_users; i++) {
		const struct study_participant *m = study_counted(study, i, experiment);

		if (m)
			u->participants[u->first[m->did.arm + 1]++] = (uint32_t)(m - study->participants);
	}
	return 0;
}

/* Gathers the sessions of so many participants. */
static void fill(struct arm *a, const struct study_sessions *all, const uint32_t *participants, size_t users)
{
	a->users = users;
	for (size_t i = 0; i < users; i++) {
		size_t first = all->first[participants[i]];

		a->sizes[i] = all->first[participants[i] + 1] - first;
		memcpy(a->grouped + a->n, all->times + first, a->sizes[i] * sizeof *a->grouped);
		a->n += a->sizes[i];
	}
	memcpy(a->sorted, a->grouped, a->n * sizeof *a->sorted);
	quantile_sort(a->sorted, a->n);
}

static int arm_init(struct arm *a, const struct study_sessions *all, const uint32_t *participants, size_t users)
{
	size_t n = 0;

	for (size_t i = 0; i < users; i++)
		n += all->first[participants[i] + 1] - all->first[participants[i]];
	*a = (struct arm){
		.grouped = calloc(n + 1, sizeof *a->grouped), .sorted = calloc(n + 1, sizeof *a->sorted),
		.sizes = calloc(users + 1, sizeof *a->sizes),
	};
	if (!a->grouped || !a->sorted || !a->sizes)
		return -1;
	fill(a, all, participants, users);
	return 0;
}

/* The rows of an arm; `control` has the quantiles of the control, which those of the control itself are put into. */
static void add_rows(struct section *s, const struct analysis_experiment *x, uint32_t number, const struct arm *a,
		     struct quantile *control)
{
	const struct analysis_options *o = x->of->options;
	double alpha = o->effects.alpha;

	for (size_t i = 0; i < o->n_quantiles; i++) {
		double p = o->quantiles[i];
		struct quantile q = quantile_clustered(a->sorted, a->grouped, a->sizes, a->users, p, alpha);
		struct comparison w = {.difference = NAN, .lower = NAN, .upper = NAN, .p = NAN};

		if (number == x->arms[0]) {
			control[i] = q;
		} else {
			struct moments c = quantile_sample(&control[i]), t = quantile_sample(&q);

			w = comparison_welch(&c, &t, alpha);
		}
		section_text(s, x->name);
		section_text(s, analysis_arm(x, number));
		section_number(s, p);
		section_number(s, q.value);
		section_number(s, q.lower);
		section_number(s, q.upper);
		section_number(s, w.difference);
		section_number(s, w.lower);
		section_number(s, w.upper);
		section_number(s, w.p);
	}
}

static int add_experiment(struct section *s, const struct analysis_experiment *x, struct errmsg *e)
{
	const struct study *study = x->of->study;
	struct quantile *control = calloc(x->of->options->n_quantiles + 1, sizeof *control);
	struct users users;
	int status = users_init(&users, study, x->number) < 0 || !control ? errmsg_nomem(e) : 0;

	for (size_t i = 0; status == 0 && i < x->is->arms.n; i++) {
		size_t first = users.first[x->arms[i]];
		struct arm a;

		if (arm_init(&a, &study->sessions, users.participants + first, users.first[x->arms[i] + 1] - first) < 0)
			status = errmsg_nomem(e);
		else
			add_rows(s, x, x->arms[i], &a, control);
		arm_clear(&a);
	}
	users_clear(&users);
	free(control);
	return status;
}

int analysis_quantiles(struct section *s, const struct analysis *a, struct errmsg *e)
{
	int status = 0;

	section_init(s, "quantiles", "Time of a session in tracks, by quantile",
		     "Intervals know that sessions of a user belong together. Where many sessions have the very same "
		     "time, the error of a quantile is told too small.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 2, NULL);
	s->level = a->options->effects.alpha;
	for (size_t i = 0; status == 0 && i < a->n; i++)
		status = add_experiment(s, &a->experiments[i], e);
	return status;
}
