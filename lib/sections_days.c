#include "sections.h"

#include <math.h>
#include <stdlib.h>

#include "columns.h"
#include "day.h"
#include "days.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT},
	{"treatment", "arm", SECTION_TEXT},
	{"metric", "metric", SECTION_TEXT},
	{"day", "day", SECTION_TEXT},
	{"control_mean", "control", SECTION_NUMBER},
	{"treatment_mean", "arm", SECTION_NUMBER},
	{"effect", "effect", SECTION_PERCENT},
	{"lower", "from", SECTION_PERCENT},
	{"upper", "to", SECTION_PERCENT},
	{"cumulative_control_mean", "control\nuntil then", SECTION_NUMBER},
	{"cumulative_treatment_mean", "arm\nuntil then", SECTION_NUMBER},
	{"cumulative_effect", "effect\nuntil then", SECTION_PERCENT},
	{"cumulative_lower", "from", SECTION_PERCENT},
	{"cumulative_upper", "to", SECTION_PERCENT},
};

/* Means, effect and interval, in percent of the control's mean. */
static void add_comparison(struct section *s, const struct metrics_summary *arms, const uint32_t *pair, size_t metric,
			   const struct effects_options *o)
{
	const struct stats *control = &arms->arms[pair[0]].values[metric], *treatment = &arms->arms[pair[1]].values[metric];
	struct stats_welch w = effects_compare(control, treatment, o);
	bool turned = control->mean < 0;
	double unit = control->mean != 0 ? 100 / control->mean : NAN;

	section_number(s, stats_mean(control));
	section_number(s, stats_mean(treatment));
	section_number(s, unit * w.difference);
	section_number(s, unit * (turned ? w.upper : w.lower));
	section_number(s, unit * (turned ? w.lower : w.upper));
}

static int add_days(struct section *s, const struct sections_subject *subject, size_t x, const struct columns *c,
		    const uint32_t *pair, size_t metric, struct errmsg *e)
{
	const struct study *study = subject->study;
	struct days_walk walk = {0};
	char day[DAY_SIZE];
	int more = days_walk_init(&walk, study, c, e);

	while (more >= 0 && (more = days_walk_next(&walk, e)) > 0) {
		section_text(s, symbols_text(&study->names, x));
		section_text(s, symbols_text(&study->experiments[x].arms, pair[1]));
		section_text(s, metrics_table[metric].name);
		section_text(s, day_format(day, walk.day * (int64_t)DAY_MS));
		add_comparison(s, &walk.daily, pair, metric, subject->options);
		add_comparison(s, &walk.cumulative, pair, metric, subject->options);
	}
	days_walk_clear(&walk);
	return more;
}

static int add_experiment(struct section *s, const struct sections_subject *subject, size_t x, size_t metric, struct errmsg *e)
{
	const struct study_experiment *experiment = &subject->study->experiments[x];
	uint32_t *arms = effects_arms(experiment, subject->options->control, e);
	struct columns c = {0};
	int status = arms ? columns_init(&c, subject->study, (uint32_t)x, NULL, e) : -1;

	for (size_t i = 1; status == 0 && i < experiment->arms.n; i++)
		status = add_days(s, subject, x, &c, (uint32_t[]){arms[0], arms[i]}, metric, e);
	columns_clear(&c);
	free(arms);
	return status;
}

int sections_days(struct section *s, const struct sections_subject *subject, size_t metric, struct errmsg *e)
{
	section_init(s, "days", "Over time",
		     subject->options->sequential
			     ? "Of each day alone, and of all days until then. A session belongs to the day (UTC) on which it ended."
			     : "Of each day alone, and of all days until then. A session belongs to the day (UTC) on which it ended. "
			       "Intervals are those of one look: who decides on the day that looks best needs --sequential.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 3, "cumulative_control_mean");
	for (size_t x = 0; x < subject->study->names.n; x++)
		if (subject->study->experiments[x].wanted && add_experiment(s, subject, x, metric, e) < 0)
			return -1;
	return 0;
}
