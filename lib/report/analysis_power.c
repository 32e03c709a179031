#include "report/analysis_sections.h"

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

static const double power = 0.8; /* as the section says */

static void add_row(struct section *s, const struct analysis_experiment *x, uint32_t arm, size_t metric)
{
	const struct moments *samples = x->samples.metrics[metric].arms;
	const struct moments *control = &samples[x->arms[0]], *treatment = &samples[arm];
	const struct analysis_options *o = x->of->options;
	double alpha = o->effects.alpha, mean = fabs(control->mean);
	double found = power_mde(power_arm(control), power_arm(treatment), alpha, power);
	struct power_users need = {0};
	bool enough = false;

	if (!isnan(o->mde) && control->n > 0)
		enough = power_need(moments_variance(control), moments_variance(treatment),
				    (double)treatment->n / (double)control->n, o->mde / 100 * mean, alpha, power,
				    &need);
	section_text(s, x->name);
	section_text(s, analysis_arm(x, arm));
	section_text(s, metrics_name(metric));
	section_count(s, control->n);
	section_count(s, treatment->n);
	section_number(s, mean > 0 ? 100 * found / mean : NAN);
	section_number(s, o->mde);
	section_number(s, enough ? (double)need.control : NAN);
	section_number(s, enough ? (double)need.treatment : NAN);
}

void analysis_power(struct section *s, const struct analysis *a)
{
	section_init(
		s, "power", "Minimum detectable effect: what could be found?",
		"Detectable effect: the smallest that these users would have shown as significant with a probability "
		"of 80 %, in one look and one comparison. Needs: users for the wanted effect (--mde), split as they "
		"are now.",
		columns, sizeof columns / sizeof *columns);
	section_layout(s, 2, NULL);
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 1; k < a->experiments[i].is->arms.n; k++)
			for (size_t metric = 0; metric < METRICS_ALL_N; metric++)
				add_row(s, &a->experiments[i], a->experiments[i].arms[k], metric);
}
