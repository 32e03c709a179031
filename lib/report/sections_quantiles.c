#include "report/sections.h"

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

static void count(struct arm *a, const struct study *study, uint32_t experiment, uint32_t number)
{
	for (size_t i = 0; i < study->n_users; i++) {
		const struct study_member *m = study_counted(study, i, experiment);

		if (m && m->did.arm == number) {
			a->users++;
			a->n += m->did.sessions;
		}
	}
}

static void fill(struct arm *a, const struct study *study, uint32_t experiment, uint32_t number)
{
	const struct study_sessions *all = &study->sessions;

	a->users = a->n = 0;
	for (size_t i = 0; i < study->n_users; i++) {
		const struct study_member *m = study_counted(study, i, experiment);
		size_t place, n;

		if (!m || m->did.arm != number)
			continue;
		place = (size_t)(m - study->members);
		n = all->first[place + 1] - all->first[place];
		memcpy(a->grouped + a->n, all->times + all->first[place], n * sizeof *a->grouped);
		a->sizes[a->users++] = n;
		a->n += n;
	}
	memcpy(a->sorted, a->grouped, a->n * sizeof *a->sorted);
	quantile_sort(a->sorted, a->n);
}

static int arm_init(struct arm *a, const struct study *study, uint32_t experiment, uint32_t number)
{
	*a = (struct arm){0};
	count(a, study, experiment, number);
	a->grouped = calloc(a->n + 1, sizeof *a->grouped);
	a->sorted = calloc(a->n + 1, sizeof *a->sorted);
	a->sizes = calloc(a->users + 1, sizeof *a->sizes);
	if (!a->grouped || !a->sorted || !a->sizes)
		return -1;
	fill(a, study, experiment, number);
	return 0;
}

/* What the section is asked for: n quantiles. */
struct asked {
	const double *quantiles;
	size_t n;
};

/* The rows of an arm; `control` has the quantiles of the control, which those of the control itself are put into. */
static void add_rows(struct section *s, const struct sections_experiment *x, uint32_t number, const struct arm *a,
		     const struct asked *asked, struct quantile *control)
{
	double alpha = x->subject->options->alpha;

	for (size_t i = 0; i < asked->n; i++) {
		double p = asked->quantiles[i];
		struct quantile q = quantile_clustered(a->sorted, a->grouped, a->sizes, a->users, p, alpha);
		struct stats_welch w = {.difference = NAN, .lower = NAN, .upper = NAN, .p = NAN};

		if (number == x->arms[0]) {
			control[i] = q;
		} else {
			struct stats c = quantile_sample(&control[i]), t = quantile_sample(&q);

			w = stats_welch(&c, &t, alpha);
		}
		section_text(s, sections_name(x));
		section_text(s, sections_arm(x, number));
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

static int add_experiment(struct section *s, const struct sections_experiment *x, const void *what, struct errmsg *e)
{
	const struct asked *asked = what;
	struct quantile *control = calloc(asked->n + 1, sizeof *control);
	int status = control ? 0 : errmsg_nomem(e);

	for (size_t i = 0; status == 0 && i < x->is->arms.n; i++) {
		struct arm a;

		if (arm_init(&a, x->subject->study, x->number, x->arms[i]) < 0)
			status = errmsg_nomem(e);
		else
			add_rows(s, x, x->arms[i], &a, asked, control);
		arm_clear(&a);
	}
	free(control);
	return status;
}

int sections_quantiles(struct section *s, const struct sections_subject *subject, const double *quantiles, size_t n,
		       struct errmsg *e)
{
	section_init(s, "quantiles", "Time of a session in tracks, by quantile",
		     "Intervals know that sessions of a user belong together. Where many sessions have the very same time, the error of a "
		     "quantile is told too small.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 2, NULL);
	s->level = subject->options->alpha;
	return sections_each(s, subject, add_experiment, &(struct asked){quantiles, n}, e);
}
