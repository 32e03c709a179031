#include "sections.h"

#include <math.h>
#include <stdlib.h>

#include "power.h"

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

static void add_row(struct section *s, const struct sections_subject *subject, size_t x, uint32_t arm,
		    const struct samples_metric *metric, const struct stats *control, double power, double mde)
{
	const struct stats *treatment = &metric->arms[arm];
	double alpha = subject->options->alpha, mean = fabs(control->mean);
	double found = power_mde(power_arm(control), power_arm(treatment), alpha, power);
	struct power_users need = {0};
	bool enough = false;

	if (!isnan(mde) && control->n > 0)
		enough = power_need(stats_variance(control), stats_variance(treatment), (double)treatment->n / (double)control->n,
			   mde / 100 * mean, alpha, power, &need);
	section_text(s, symbols_text(&subject->study->names, x));
	section_text(s, symbols_text(&subject->study->experiments[x].arms, arm));
	section_text(s, metric->name);
	section_count(s, control->n);
	section_count(s, treatment->n);
	section_number(s, mean > 0 ? 100 * found / mean : NAN);
	section_number(s, mde);
	section_number(s, enough ? (double)need.control : NAN);
	section_number(s, enough ? (double)need.treatment : NAN);
}

static int add_experiment(struct section *s, const struct sections_subject *subject, size_t x, double power, double mde,
			  struct errmsg *e)
{
	const struct study_experiment *experiment = &subject->study->experiments[x];
	uint32_t *arms = effects_arms(experiment, subject->options->control, e);
	struct samples samples = {0};
	int status = arms ? samples_init(&samples, subject->study, (uint32_t)x, &subject->options->samples, e) : -1;

	for (size_t i = 1; status == 0 && i < experiment->arms.n; i++)
		for (size_t k = 0; k < SAMPLES_N; k++)
			add_row(s, subject, x, arms[i], &samples.metrics[k], &samples.metrics[k].arms[arms[0]], power, mde);
	samples_clear(&samples);
	free(arms);
	return status;
}

int sections_power(struct section *s, const struct sections_subject *subject, double power, double mde, struct errmsg *e)
{
	section_init(s, "power", "What could be found?",
		     "Detectable effect: the smallest that these users would have shown as significant with a probability of 80 %, "
		     "in one look and one comparison. Needs: users for the wanted effect (--mde), split as they are now.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 2, NULL);
	for (size_t x = 0; x < subject->study->names.n; x++)
		if (subject->study->experiments[x].wanted && add_experiment(s, subject, x, power, mde, e) < 0)
			return -1;
	return 0;
}
