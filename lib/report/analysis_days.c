#include "report/analysis_sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "study/arm_samples.h"
#include "study/days.h"
#include "study/user_values.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT},
	{"treatment", "arm", SECTION_TEXT},
	{"metric", "metric", SECTION_TEXT},
	{"day", "day", SECTION_TEXT},
	{"control_users", "control\nusers", SECTION_COUNT},
	{"treatment_users", "arm\nusers", SECTION_COUNT},
	{"control_mean", "control", SECTION_NUMBER},
	{"treatment_mean", "arm", SECTION_NUMBER},
	{"effect", "effect", SECTION_CHANGE},
	{"lower", "from", SECTION_BOUND},
	{"upper", "to", SECTION_BOUND},
	{"cumulative_control_mean", "control\nuntil then", SECTION_NUMBER},
	{"cumulative_treatment_mean", "arm\nuntil then", SECTION_NUMBER},
	{"cumulative_effect", "effect\nuntil then", SECTION_CHANGE},
	{"cumulative_lower", "from", SECTION_BOUND},
	{"cumulative_upper", "to", SECTION_BOUND},
};

/* The samples on one day, by number of the arm: of that day, and after them of all days until then. */
struct row {
	int32_t day;
	struct moments *arms;
};

/* All days of an experiment, and what it takes to take their samples. */
struct day_table {
	struct row *rows;
	size_t n, cap;
	size_t metric;
	double quantile; /* to cap at */
	bool adjust;
	struct user_values users; /* with the values of some days instead of those of all */
	struct arm_samples samples;
};

static int day_table_init(struct day_table *t, const struct analysis_experiment *x, size_t metric, struct errmsg *e)
{
	const struct arm_samples_options *o = &x->of->options->effects.samples;

	*t = (struct day_table){.metric = metric, .quantile = o->cap, .adjust = o->adjust};
	if (user_values_init(&t->users, x->of->study, x->number, o->file, e) < 0)
		return -1;
	return arm_samples_init(&t->samples, x->is->arms.n, &x->is->arms, e);
}

static void day_table_clear(struct day_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].arms);
	free(t->rows);
	arm_samples_clear(&t->samples);
	user_values_clear(&t->users);
}

/* Takes the samples of what the users did. */
static int take(struct day_table *t, const struct metrics_user *did, struct moments *arms, struct errmsg *e)
{
	for (size_t i = 0; i < t->users.n; i++)
		user_values_set(&t->users, t->metric, i, &did[i]);
	if (user_values_cap(&t->users, t->metric, t->quantile, e) < 0)
		return -1;
	arm_samples_take(&t->samples, &t->users, t->metric, t->adjust);
	memcpy(arms, t->samples.metrics[t->metric].arms, t->samples.n_arms * sizeof *arms);
	return 0;
}

static int add_row(struct day_table *t, const struct days_walk *walk, struct errmsg *e)
{
	size_t n = t->samples.n_arms;
	struct row *rows = grow(t->rows, &t->cap, t->n + 1, sizeof *rows), *row;

	if (!rows)
		return errmsg_nomem(e);
	t->rows = rows;
	row = &rows[t->n];
	*row = (struct row){.day = walk->day, .arms = calloc(2 * n + 1, sizeof *row->arms)};
	if (!row->arms)
		return errmsg_nomem(e);
	t->n++;
	return take(t, walk->today, row->arms, e) < 0 || take(t, walk->so_far, row->arms + n, e) < 0 ? -1 : 0;
}

static int fill(struct day_table *t, const struct study *study, struct errmsg *e)
{
	struct days_walk walk;
	int status = days_walk_init(&walk, study, &t->users, e);

	while (status == 0 && days_walk_next(&walk))
		status = add_row(t, &walk, e);
	days_walk_clear(&walk);
	return status;
}

/*
 * Means, effect and interval, in percent of the control's mean; what rests on fewer than `least` users of an arm is
 * left out.
 */
static void put_comparison(struct section *s, const struct moments *control, const struct moments *treatment,
			   const struct effects_options *o, uint64_t least)
{
	struct comparison w = effects_compare(control, treatment, o);
	struct lift lift = effects_lift(control, treatment, &w, o);
	bool both = control->n >= least && treatment->n >= least;

	section_number(s, control->n >= least ? moments_mean(control) : NAN);
	section_number(s, treatment->n >= least ? moments_mean(treatment) : NAN);
	section_number(s, both ? lift.percent : NAN);
	section_number(s, both ? lift.lower : NAN);
	section_number(s, both ? lift.upper : NAN);
}

static void put_arm(struct section *s, const struct analysis_experiment *x, uint32_t arm, const struct day_table *t)
{
	const struct effects_options *o = &x->of->options->effects;

	for (size_t i = 0; i < t->n; i++) {
		const struct moments *daily = t->rows[i].arms, *cumulative = daily + t->samples.n_arms;

		section_text(s, x->name);
		section_text(s, analysis_arm(x, arm));
		section_text(s, metrics_name(t->metric));
		section_day(s, t->rows[i].day);
		section_count(s, daily[x->arms[0]].n);
		section_count(s, daily[arm].n);
		put_comparison(s, &daily[x->arms[0]], &daily[arm], o, ANALYSIS_DAY_USERS);
		put_comparison(s, &cumulative[x->arms[0]], &cumulative[arm], o, 0);
	}
}

/* The metric that the days are told of: the primary one, or else the first. */
static size_t day_metric(const struct effects_options *o)
{
	return o->primary ? metrics_find(o->primary) : 0;
}

static int add_experiment(struct section *s, const struct analysis_experiment *x, struct errmsg *e)
{
	struct day_table t;
	int status = day_table_init(&t, x, day_metric(&x->of->options->effects), e);

	if (status == 0)
		status = fill(&t, x->of->study, e);
	for (size_t i = 1; status == 0 && i < x->is->arms.n; i++)
		put_arm(s, x, x->arms[i], &t);
	day_table_clear(&t);
	return status;
}

#define NOTE \
	"Of each day alone, where 30 users of an arm have a value, and of all days until then. A session belongs to " \
	"the day (UTC) on which it ended."
#define ONE_LOOK " Intervals are those of one look: to decide on the day that looks best, use --sequential."

int analysis_days(struct section *s, const struct analysis *a, struct errmsg *e)
{
	int status = 0;

	section_init(s, "days", "Effects by day", a->options->effects.sequential ? NOTE : NOTE ONE_LOOK, columns,
		     sizeof columns / sizeof *columns);
	section_layout(s, 3, "cumulative_control_mean");
	for (size_t i = 0; status == 0 && i < a->n; i++)
		status = add_experiment(s, &a->experiments[i], e);
	return status;
}
