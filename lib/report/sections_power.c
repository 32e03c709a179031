#include "report/sections.h"

#include <math.h>

#include "stats/power.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT},
	{"treatment", "arm", SECTION_TEXT},
	{"metric", "metric", SECTION_METRIC},
	{"control_users", "control\nusers", SECTION_COUNT},
	{"treatment_users", "arm\nusers", SECTION_COUNT},
	{"mde", "detectable\neffect", SECTION_PERCENT},
	{"wanted", "wanted", SECTION_PERCENT},
	{"control_users_needed", "control\nneeds", SECTION_WHOLE},
	{"treatment_users_needed", "arm\nneeds", SECTION_WHOLE},
};

/* What the section is asked for. */
struct asked {
	double power, mde;
};

static void add_row(struct section *s, const struct sections_experiment *x, uint32_t arm, const struct arm_samples_metric *metric,
		    const struct asked *asked)
{
	const struct moments *control = &metric->arms[x->arms[0]], *treatment = &metric->arms[arm];
	double alpha = x->subject->options->alpha, mean = fabs(control->mean);
	double found = power_mde(power_arm(control), power_arm(treatment), alpha, asked->power);
	struct power_users need = {0};
	bool enough = false;

	if (!isnan(asked->mde) && control->n > 0)
		enough = power_need(moments_variance(control), moments_variance(treatment), (double)treatment->n / (double)control->n,
				    asked->mde / 100 * mean, alpha, asked->power, &need);
	section_text(s, sections_name(x));
	section_text(s, sections_arm(x, arm));
	section_text(s, metric->name);
	section_count(s, control->n);
	section_count(s, treatment->n);
	section_number(s, mean > 0 ? 100 * found / mean : NAN);
	section_number(s, asked->mde);
	section_number(s, enough ? (double)need.control : NAN);
	section_number(s, enough ? (double)need.treatment : NAN);
}

static int add_experiment(struct section *s, const struct sections_experiment *x, const void *asked, struct errmsg *e)
{
	struct arm_samples samples;
	int status = arm_samples_of(&samples, x->subject->study, x->number, &x->subject->options->samples, e);

	for (size_t i = 1; status == 0 && i < x->is->arms.n; i++)
		for (size_t k = 0; k < METRICS_ALL_N; k++)
			add_row(s, x, x->arms[i], &samples.metrics[k], asked);
	arm_samples_clear(&samples);
	return status;
}

int sections_power(struct section *s, const struct sections_subject *subject, double power, double mde, struct errmsg *e)
{
	section_init(s, "power", "What could be found?",
		     "Detectable effect: the smallest that these users would have shown as significant with a probability of 80 %, "
		     "in one look and one comparison. Needs: users for the wanted effect (--mde), split as they are now.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 2, NULL);
	return sections_each(s, subject, add_experiment, &(struct asked){power, mde}, e);
}
