#include "report/findings.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/grow.h"
#include "report/sections.h"
#include "stats/proportions.h"
#include "study/clock.h"
#include "study/health.h"
#include "text/humanize.h"

/* Adds a finding about an experiment or, where it is NULL, about the log. Returns 0, or -1 where there is no memory. */
__attribute__((format(printf, 4, 5))) static int add(struct findings *all, enum finding_level level, const char *experiment,
						     const char *format, ...)
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
static int add_missing_values(struct findings *all, const struct study_experiment *x, const char *name, uint32_t arm)
{
	const struct metrics_arm *a = &x->summary.arms[arm];
	int status = 0;

	for (size_t i = 0; i < METRICS_N && status == 0; i++)
		if (a->values[i].n > 0 && a->values[i].n < a->users)
			status = add(all, FINDING_NOTE, name, "%s: %" PRIu64 " of the %" PRIu64 " user%s of %s have a value.",
				     metrics_table[i].name, a->values[i].n, a->users, humanize_plural(a->users),
				     humanize_name(intern_text(&x->arms, arm)));
	return status;
}

/*
 * Puts the p of how many users of each arm have a value of the i-th metric into *p; NaN where there is nothing to test.
 * Returns 0, or -1 where there is no memory.
 */
static int compare_values(const struct report *r, const struct study_experiment *x, size_t i, double *p)
{
	const struct effects_options *o = r->analysis ? r->analysis->options : NULL;
	uint64_t *having = calloc(x->arms.n + 1, sizeof *having), *users = calloc(x->arms.n + 1, sizeof *users);
	int status = having && users ? 0 : -1;

	*p = NAN;
	for (size_t arm = 0; having && users && arm < x->arms.n; arm++) {
		having[arm] = x->summary.arms[arm].values[i].n;
		users[arm] = x->summary.arms[arm].users;
	}
	if (having && users)
		*p = o && o->sequential ? proportions_sequential(having, users, x->arms.n, o->tune, o->alpha).p
					: proportions_test(having, users, x->arms.n).p;
	free(having);
	free(users);
	return status;
}

/* Users without a value are left out of one metric, as users without a session are of all. */
static int add_unlike_values(struct findings *all, const struct report *r, const struct study_experiment *x, const char *name)
{
	int status = 0;

	for (size_t i = 0; i < METRICS_N && status == 0; i++) {
		double p;

		status = compare_values(r, x, i, &p);
		if (p < HEALTH_ALARM)
			status = add(all, FINDING_WARNING, name, "%s: not as many users of each arm have a value (%s), so do not "
				     "compare them.", metrics_table[i].name, humanize_p_said(p, HEALTH_ALARM).text);
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
static int add_mismatch(struct findings *all, const struct report *r, size_t experiment, const char *name)
{
	struct errmsg no_memory;
	double p = NAN;

	if (r->analysis && sections_srm_p(r->analysis, experiment, &p, &no_memory) < 0)
		return -1;
	if (!(p < SECTIONS_SRM_ALARM))
		return 0;
	return add(all, FINDING_ALARM, name, "Users are not split between the arms as planned (%s).", humanize_p_said(p, SECTIONS_SRM_ALARM).text);
}

/* Sequential intervals are right in the limit of many users; of so few, nobody knows how their values vary. */
enum { FEW_USERS = 30 };

static int add_few_users(struct findings *all, const struct report *r, const struct study_experiment *x, const char *name,
			 const uint32_t *arms)
{
	struct errmsg few = {0};

	if (!(r->analysis && r->analysis->options->sequential) || x->arms.n < 2)
		return 0;
	for (size_t i = 0; i < x->arms.n; i++) {
		uint64_t users = x->summary.arms[arms[i]].users;

		if (users < FEW_USERS)
			errmsg_set(&few, "%s%s%s (%" PRIu64 ")", few.text, *few.text ? ", " : "",
				   humanize_name(intern_text(&x->arms, arms[i])), users);
	}
	if (*few.text == '\0')
		return 0;
	return add(all, FINDING_WARNING, name, "With --sequential, arms of fewer than %d users are not to be relied on: %s.",
		   FEW_USERS, few.text);
}

static int add_experiment(struct findings *all, const struct report *r, const struct health *h, size_t number, const uint32_t *arms)
{
	const struct study_experiment *x = &r->study->experiments[number];
	const char *name = intern_text(&r->study->names, number);
	int status = 0;

	if (x->arms.n == 1)
		status = add(all, FINDING_WARNING, name, "There is only one arm: nothing to compare.");
	if (status == 0)
		status = add_mismatch(all, r, number, name);
	if (status == 0)
		status = add_few_users(all, r, x, name, arms);
	if (status == 0)
		status = add_unlike_values(all, r, x, name);
	for (size_t i = 0; i < x->arms.n && status == 0; i++)
		status = add_missing_values(all, x, name, arms[i]);
	return status < 0 ? -1 : add_health(all, health_of(h, (uint32_t)number), HEALTH_EXPERIMENT_N, name);
}

/* Those that are loud, or the others. Unfinished sessions stand with the experiments that they are missing from. */
static int add_log(struct findings *all, const struct health *h, bool loud)
{
	int status = 0;

	for (size_t i = 0; i < HEALTH_LOG_N && status == 0; i++)
		if (!h->list[i].entry->usual && h->list[i].loud == loud)
			status = add_health(all, &h->list[i], 1, NULL);
	return status;
}

/* Days, the order of a user's events and --covariate-before depend on it. */
static int add_unit(struct findings *all, const struct study *s)
{
	const char *unit = clock_unit(s);

	if (!unit)
		return 0;
	if (add(all, FINDING_WARNING, NULL, "Timestamps look like %s, and are taken as milliseconds: days are wrong.", unit) < 0)
		return -1;
	all->list[all->n - 1].heard = true;
	return 0;
}

static int add_all(struct findings *all, const struct report *r, const struct health *h, struct errmsg *e)
{
	if (add_log(all, h, true) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < r->study->names.n; i++) {
		uint32_t *arms;
		int status;

		if (!r->study->experiments[i].wanted)
			continue;
		arms = effects_arms(&r->study->experiments[i], r->control, e);
		if (!arms)
			return -1;
		status = add_experiment(all, r, h, i, arms);
		free(arms);
		if (status < 0)
			return errmsg_nomem(e);
	}
	return add_unit(all, r->study) < 0 || add_log(all, h, false) < 0 ? errmsg_nomem(e) : 0;
}

int findings_of(struct findings *all, const struct report *r, struct errmsg *e)
{
	struct health h;
	int status = report_health(&h, r, e);

	*all = (struct findings){0};
	if (status == 0)
		status = add_all(all, r, &h, e);
	health_clear(&h);
	return status;
}

void findings_clear(struct findings *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->list[i].text);
	free(all->list);
	*all = (struct findings){0};
}
