#include "report/sections.h"

#include <math.h>
#include <stdlib.h>

#include "stats/srm.h"

/* The arms of an experiment as the tests take them. */
struct arms {
	const char **names; /* borrowed */
	uint64_t *users;
	double *weights, *expected;
	size_t n;
};

static void arms_clear(struct arms *a)
{
	free(a->names);
	free(a->users);
	free(a->weights);
	free(a->expected);
}

static void add_arm(struct arms *a, const struct interned *name, uint64_t users, const struct allocation *allocation)
{
	a->names[a->n] = name->text;
	a->users[a->n] = users;
	a->weights[a->n++] = allocation_weight(allocation, (struct slice){.text = name->text, .len = name->len});
}

/* The arms of the log in the order of the report, then those that were planned and have nobody, in that of the plan. */
static void add_arms(struct arms *a, const struct study_experiment *x, const uint32_t *order, const struct allocation *allocation)
{
	for (size_t i = 0; i < x->arms.n; i++) {
		const struct interned *name = &x->arms.list[order[i]];

		if (!split_leaves_out(allocation, (struct slice){.text = name->text, .len = name->len}))
			add_arm(a, name, x->summary.arms[order[i]].seen, allocation);
	}
	for (size_t i = 0; allocation && i < allocation->arms.n; i++) {
		const struct interned *name = &allocation->arms.list[i];
		struct slice text = {.text = name->text, .len = name->len};

		if (allocation->weights[i] > 0 && intern_find(&x->arms, text) == INTERN_NONE)
			add_arm(a, name, 0, allocation);
	}
}

static int arms_init(struct arms *a, const struct sections_subject *subject, size_t experiment, struct errmsg *e)
{
	const struct study_experiment *x = &subject->study->experiments[experiment];
	const struct allocation *allocation = allocation_of(subject->allocation, slice_of(intern_text(&subject->study->names, experiment)));
	size_t most = x->arms.n + (allocation ? allocation->arms.n : 0);
	uint32_t *order = effects_arms(x, subject->options->control, e);

	*a = (struct arms){.names = calloc(most + 1, sizeof *a->names), .users = calloc(most + 1, sizeof *a->users),
			   .weights = calloc(most + 1, sizeof *a->weights), .expected = calloc(most + 1, sizeof *a->expected)};
	if (order && a->names && a->users && a->weights && a->expected) {
		add_arms(a, x, order, allocation);
		srm_expected(a->users, a->weights, a->n, a->expected);
		free(order);
		return 0;
	}
	/* without an order, the reason has been told */
	if (order)
		errmsg_nomem(e);
	free(order);
	return -1;
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

static void add_rows(struct section *s, const struct sections_subject *subject, size_t experiment, const struct arms *a)
{
	struct srm test = srm_test(a->users, a->weights, a->n);
	double p = p_of(a, subject->options->sequential);

	for (size_t i = 0; i < a->n; i++) {
		section_text(s, intern_text(&subject->study->names, experiment));
		section_text(s, a->names[i]);
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
	s->level = SECTIONS_SRM_ALARM;
	for (size_t x = 0; x < study->names.n && status == 0; x++) {
		struct arms a = {0};

		if (!study->experiments[x].wanted)
			continue;
		status = arms_init(&a, subject, x, e);
		if (status == 0)
			add_rows(s, subject, x, &a);
		arms_clear(&a);
	}
	return status;
}
