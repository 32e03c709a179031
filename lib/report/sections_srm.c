#include "report/sections.h"

#include <math.h>
#include <stdlib.h>

#include "stats/srm.h"

/* The arms of an experiment as the tests take them, in the order of the report. */
struct arms {
	uint32_t *numbers;
	uint64_t *users;
	double *weights, *expected;
	size_t n;
};

static void arms_clear(struct arms *a)
{
	free(a->numbers);
	free(a->users);
	free(a->weights);
	free(a->expected);
}

static int arms_init(struct arms *a, const struct sections_subject *subject, size_t experiment, struct errmsg *e)
{
	const struct study_experiment *x = &subject->study->experiments[experiment];

	*a = (struct arms){.n = x->arms.n};
	a->numbers = effects_arms(x, subject->options->control, e);
	a->users = calloc(a->n + 1, sizeof *a->users);
	a->weights = calloc(a->n + 1, sizeof *a->weights);
	a->expected = calloc(a->n + 1, sizeof *a->expected);
	if (!a->numbers)
		return -1;
	if (!a->users || !a->weights || !a->expected)
		return errmsg_nomem(e);
	for (size_t i = 0; i < a->n; i++) {
		const struct symbol *name = &x->arms.list[a->numbers[i]];

		a->users[i] = x->summary.arms[a->numbers[i]].seen;
		a->weights[i] = split_weight(subject->split, (struct slice){.text = name->text, .len = name->len});
	}
	srm_expected(a->users, a->weights, a->n, a->expected);
	return 0;
}

static double p_of(const struct arms *a, bool sequential)
{
	return sequential ? srm_sequential(a->users, a->weights, a->n, SRM_CONCENTRATION).p
			  : srm_test(a->users, a->weights, a->n).p;
}

int sections_srm_p(const struct sections_subject *subject, size_t experiment, double *p, struct errmsg *e)
{
	struct arms a;
	int status = arms_init(&a, subject, experiment, e);

	*p = status == 0 ? p_of(&a, subject->options->sequential) : NAN;
	arms_clear(&a);
	return status;
}

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT}, {"arm", "arm", SECTION_TEXT},   {"users", "users", SECTION_COUNT},
	{"expected", "expected", SECTION_NUMBER},   {"chi2", "chi²", SECTION_NUMBER}, {"df", "df", SECTION_WHOLE},
	{"p", "p", SECTION_P},
};

static void add_arms(struct section *s, const struct sections_subject *subject, size_t experiment, const struct arms *a)
{
	const struct study *study = subject->study;
	struct srm test = srm_test(a->users, a->weights, a->n);
	double p = p_of(a, subject->options->sequential);

	for (size_t i = 0; i < a->n; i++) {
		section_text(s, symbols_text(&study->names, experiment));
		section_text(s, symbols_text(&study->experiments[experiment].arms, a->numbers[i]));
		section_count(s, a->users[i]);
		section_number(s, a->expected[i]);
		section_number(s, test.chi2);
		section_number(s, test.df);
		section_number(s, p);
	}
	if (p < SECTIONS_SRM_ALARM)
		s->usual = false;
}

int sections_srm(struct section *s, const struct sections_subject *subject, struct errmsg *e)
{
	const struct study *study = subject->study;
	int status = 0;

	section_init(s, "srm", "Are the arms as large as planned?",
		     subject->options->sequential
			     ? "p: that of a test that may be looked at as often as one likes. Where it is small, users got lost in one arm "
			       "more than in another, and no effect can be trusted."
			     : "p: how often chance alone would split the users so unevenly. Where it is small, users got lost in one arm "
			       "more than in another, and no effect can be trusted.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 1, NULL);
	s->usual = true;
	for (size_t x = 0; x < study->names.n && status == 0; x++) {
		struct arms a = {0};

		if (!study->experiments[x].wanted)
			continue;
		status = arms_init(&a, subject, x, e);
		if (status == 0)
			add_arms(s, subject, x, &a);
		arms_clear(&a);
	}
	return status;
}
