#include "study/arm_sizes.h"

#include <stdlib.h>

#include "stats/srm.h"

static struct slice name_of(const struct interned *arm)
{
	return (struct slice){.text = arm->text, .len = arm->len};
}

static void add_arm(struct arm_sizes *a, const struct interned *arm, uint64_t users, const struct allocation *planned)
{
	a->names[a->n] = arm->text;
	a->users[a->n] = users;
	a->weights[a->n++] = allocation_weight(planned, name_of(arm));
}

static void add_arms(struct arm_sizes *a, const struct study_experiment *x, const uint32_t *arms,
		     const struct allocation *planned)
{
	for (size_t i = 0; i < x->arms.n; i++) {
		const struct interned *arm = &x->arms.list[arms[i]];

		if (!allocation_leaves_out(planned, name_of(arm)))
			add_arm(a, arm, x->summary.arms[arms[i]].seen, planned);
	}
	for (size_t i = 0; planned && i < planned->arms.n; i++) {
		const struct interned *arm = &planned->arms.list[i];

		if (planned->weights[i] > 0 && intern_find(&x->arms, name_of(arm)) == INTERN_NONE)
			add_arm(a, arm, 0, planned);
	}
}

static void test_sizes(struct arm_sizes *a, bool sequential)
{
	struct srm test = srm_test(a->users, a->weights, a->n);

	srm_expected(a->users, a->weights, a->n, a->expected);
	a->chi2 = test.chi2;
	a->df = test.df;
	a->p = sequential ? srm_sequential(a->users, a->weights, a->n, SRM_CONCENTRATION).p : test.p;
}

int arm_sizes_init(struct arm_sizes *a, const struct study_experiment *x, const uint32_t *arms,
		   const struct allocation *planned, bool sequential, struct errmsg *e)
{
	size_t most = x->arms.n + (planned ? planned->arms.n : 0);

	*a = (struct arm_sizes){.names = calloc(most + 1, sizeof *a->names),
				.users = calloc(most + 1, sizeof *a->users),
				.weights = calloc(most + 1, sizeof *a->weights),
				.expected = calloc(most + 1, sizeof *a->expected)};
	if (!a->names || !a->users || !a->weights || !a->expected)
		return errmsg_nomem(e);
	add_arms(a, x, arms, planned);
	test_sizes(a, sequential);
	return 0;
}

void arm_sizes_clear(struct arm_sizes *a)
{
	free(a->names);
	free(a->users);
	free(a->weights);
	free(a->expected);
	*a = (struct arm_sizes){0};
}
