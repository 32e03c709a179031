#include "report/analysis_sections.h"

/* Members of struct effect, which are the keys, with their kind and heading. */
#define MEMBERS(MEMBER) \
	MEMBER(experiment, SECTION_TEXT, "experiment") \
	MEMBER(control, SECTION_TEXT, "control") \
	MEMBER(treatment, SECTION_TEXT, "arm") \
	MEMBER(metric, SECTION_METRIC, "metric") \
	MEMBER(effect, SECTION_CHANGE, "effect") \
	MEMBER(lower, SECTION_BOUND, "from") \
	MEMBER(upper, SECTION_BOUND, "to") \
	MEMBER(control_mean, SECTION_NUMBER, "control") \
	MEMBER(treatment_mean, SECTION_NUMBER, "arm") \
	MEMBER(significant, SECTION_TRUTH, "significant") \
	MEMBER(control_users, SECTION_COUNT, "control\nusers") \
	MEMBER(treatment_users, SECTION_COUNT, "arm\nusers") \
	MEMBER(p, SECTION_P, "p") \
	MEMBER(t, SECTION_NUMBER, "t") \
	MEMBER(df, SECTION_NUMBER, "df") \
	MEMBER(difference, SECTION_NUMBER, "difference") \
	MEMBER(difference_lower, SECTION_NUMBER, "from") \
	MEMBER(difference_upper, SECTION_NUMBER, "to") \
	MEMBER(control_sd, SECTION_NUMBER, "control\nsd") \
	MEMBER(treatment_sd, SECTION_NUMBER, "arm\nsd") \
	MEMBER(alpha, SECTION_PLAIN, "alpha") \
	MEMBER(method, SECTION_TEXT, "method") \
	MEMBER(p_adjusted, SECTION_P, "p\nadjusted") \
	MEMBER(cap, SECTION_NUMBER, "cap") \
	MEMBER(theta, SECTION_NUMBER, "theta") \
	MEMBER(variance_removed, SECTION_NUMBER, "variance\nremoved")

#define COLUMN(member, kind, heading) {#member, heading, kind},
#define OFFSET(member, kind, heading) offsetof(struct effect, member),

static const struct section_column columns[] = {MEMBERS(COLUMN)};
static const size_t offsets[] = {MEMBERS(OFFSET)};

void analysis_effects(struct section *s, const struct effects *effects)
{
	section_of_rows(s, "effects", "Effects", columns, sizeof columns / sizeof *columns, offsets, effects->list,
			sizeof *effects->list, effects->n);
}
