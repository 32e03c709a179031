#include "report/findings.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/grow.h"
#include "report/analysis.h"
#include "stats/proportions.h"
#include "study/clock.h"
#include "study/health.h"
#include "text/humanize.h"

/* Adds a finding about an experiment or, where it is NULL, about the log. Returns 0, or -1 where there is no memory. */
__attribute__((format(printf, 4, 5))) static int add(struct findings *all, enum finding_level level,
						     const char *experiment, const char *format, ...)
{
	struct finding *list = grow(all->list, &all->cap, all->n + 1, sizeof *list);
	char *text = NULL;
	va_list ap;

	if (!list)
		return -1;
	all->list = list;
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		return -1;
	list[all->n++] = (struct finding){.level = level, .experiment = experiment, .text = text};
	return 0;
}

/* Where nobody has a value the effects say it already: that is a log without latencies. */
static int add_missing_values(struct findings *all, const struct analysis_experiment *x, uint32_t arm)
{
	const struct metrics_arm *a = &x->is->summary.arms[arm];
	int status = 0;

	for (size_t i = 0; i < METRICS_N && status == 0; i++)
		if (a->values[i].n > 0 && a->values[i].n < a->users)
			status = add(all, FINDING_NOTE, x->name,
				     "%s: %" PRIu64 " of the %" PRIu64 " user%s of %s have a value.",
				     metrics_table[i].name, a->values[i].n, a->users, humanize_plural(a->users),
				     humanize_name(analysis_arm(x, arm)));
	return status;
}

/*
 * Puts the p of how many users of each arm have a value of the i-th metric into *p; NaN where there is nothing to test.
 * Returns 0, or -1 where there is no memory.
 */
static int compare_values(const struct analysis_experiment *x, size_t i, double *p)
{
	const struct effects_options *o = &x->of->options->effects;
	size_t n = x->is->arms.n;
	uint64_t *having = calloc(n + 1, sizeof *having), *users = calloc(n + 1, sizeof *users);
	int status = having && users ? 0 : -1;

	*p = NAN;
	for (size_t arm = 0; having && users && arm < n; arm++) {
		having[arm] = x->is->summary.arms[arm].values[i].n;
		users[arm] = x->is->summary.arms[arm].users;
	}
	if (having && users)
		*p = o->sequential ? proportions_sequential(having, users, n, o->tune, o->alpha).p
				   : proportions_test(having, users, n).p;
	free(having);
	free(users);
	return status;
}

/* Users without a value are left out of one metric, as users without a session are of all. */
static int add_unlike_values(struct findings *all, const struct analysis_experiment *x)
{
	int status = 0;

	for (size_t i = 0; i < METRICS_N && status == 0; i++) {
		double p;

		status = compare_values(x, i, &p);
		if (p < HEALTH_ALARM)
			status = add(all, FINDING_WARNING, x->name,
				     "%s: not as many users of each arm have a value (%s), so do not "
				     "compare them.",
				     metrics_table[i].name, humanize_p_said(p, HEALTH_ALARM).text);
	}
	return status;
}

/* What the health of the log has to say: whatever there is any of. */
static int add_health(struct findings *all, const struct health_finding *list, size_t n, const char *experiment)
{
	struct errmsg sentence;
	int status = 0;

	for (size_t i = 0; i < n && status == 0; i++) {
		enum finding_level level = list[i].grave ? FINDING_ALARM : FINDING_WARNING;

		if (list[i].usual || (list[i].entry->fate == HEALTH_ORDER && !list[i].grave))
			level = FINDING_NOTE;
		if (list[i].count > 0)
			status = add(all, level, experiment, "%s", health_say(&list[i], &sentence));
		if (list[i].count > 0 && status == 0) {
			all->list[all->n - 1].heard = list[i].entry->heard;
			all->list[all->n - 1].loud = list[i].loud;
		}
	}
	return status;
}

/* Users that are not split as planned: below this p an experiment is not to be trusted (see botify-abtest(1)). */
static int add_mismatch(struct findings *all, const struct analysis_experiment *x)
{
	if (!(x->sizes.p < ARM_SIZES_ALARM))
		return 0;
	return add(all, FINDING_ALARM, x->name, "Users are not split between the arms as planned (%s).",
		   humanize_p_said(x->sizes.p, ARM_SIZES_ALARM).text);
}

/* Sequential intervals are right in the limit of many users; of so few, nobody knows how their values vary. */
enum { FEW_USERS = 30 };

static int add_few_users(struct findings *all, const struct analysis_experiment *x)
{
	struct errmsg few = {0};

	if (!x->of->options->effects.sequential || x->is->arms.n < 2)
		return 0;
	for (size_t i = 0; i < x->is->arms.n; i++) {
		uint64_t users = x->is->summary.arms[x->arms[i]].users;

		if (users < FEW_USERS)
			errmsg_set(&few, "%s%s%s (%" PRIu64 ")", few.text, *few.text ? ", " : "",
				   humanize_name(analysis_arm(x, x->arms[i])), users);
	}
	if (*few.text == '\0')
		return 0;
	return add(all, FINDING_WARNING, x->name,
		   "With --sequential, arms of fewer than %d users are not to be relied on: %s.", FEW_USERS, few.text);
}

static int add_experiment(struct findings *all, const struct analysis_experiment *x)
{
	int status = 0;

	if (x->is->arms.n == 1)
		status = add(all, FINDING_WARNING, x->name, "There is only one arm: nothing to compare.");
	if (status == 0)
		status = add_mismatch(all, x);
	if (status == 0)
		status = add_few_users(all, x);
	if (status == 0)
		status = add_unlike_values(all, x);
	for (size_t i = 0; i < x->is->arms.n && status == 0; i++)
		status = add_missing_values(all, x, x->arms[i]);
	return status < 0 ? -1 : add_health(all, x->health, HEALTH_EXPERIMENT_N, x->name);
}

/* Those that are loud, or the others. Unfinished sessions stand with the experiments that they are missing from. */
static int add_log(struct findings *all, const struct analysis *a, bool loud)
{
	int status = 0;

	for (size_t i = 0; i < HEALTH_LOG_N && status == 0; i++)
		if (!a->health[i].entry->usual && a->health[i].loud == loud)
			status = add_health(all, &a->health[i], 1, NULL);
	return status;
}

/* Days, the order of a user's events and --covariate-before depend on it. */
static int add_unit(struct findings *all, const struct study *s)
{
	const char *unit = clock_unit(s);

	if (!unit)
		return 0;
	if (add(all, FINDING_WARNING, NULL, "Timestamps look like %s, and are taken as milliseconds: days are wrong.",
		unit) < 0)
		return -1;
	all->list[all->n - 1].heard = true;
	return 0;
}

int findings_of(struct findings *all, const struct analysis *a, struct errmsg *e)
{
	int status = add_log(all, a, true);

	for (size_t i = 0; i < a->n && status == 0; i++)
		status = add_experiment(all, &a->experiments[i]);
	if (status == 0)
		status = add_unit(all, a->study);
	if (status == 0)
		status = add_log(all, a, false);
	return status < 0 ? errmsg_nomem(e) : 0;
}

void findings_clear(struct findings *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->list[i].text);
	free(all->list);
	*all = (struct findings){0};
}
