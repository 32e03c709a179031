#include "report/analysis_sections.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT}, {"arm", "arm", SECTION_TEXT},   {"users", "users", SECTION_COUNT},
	{"expected", "expected", SECTION_NUMBER},   {"chi2", "chi²", SECTION_NUMBER}, {"df", "df", SECTION_WHOLE},
	{"p", "p", SECTION_P},
};

static void add_rows(struct section *s, const struct analysis_experiment *x)
{
	const struct arm_sizes *sizes = &x->sizes;

	for (size_t i = 0; i < sizes->n; i++) {
		section_text(s, x->name);
		section_text(s, sizes->names[i]);
		section_count(s, sizes->users[i]);
		section_number(s, sizes->expected[i]);
		section_number(s, sizes->chi2);
		section_number(s, sizes->df);
		section_number(s, sizes->p);
	}
	if (sizes->p < ARM_SIZES_ALARM)
		s->usual = false;
}

#define CONSEQUENCE "Where it is small, users got lost in one arm more than in another, and no effect can be trusted."

void analysis_srm(struct section *s, const struct analysis *a)
{
	section_init(s, "srm", "Sample ratio mismatch: are the arms as large as planned?",
		     a->options->effects.sequential
			     ? "p: that of a test that may be looked at as often as one likes. " CONSEQUENCE
			     : "p: how often chance alone would split the users so unevenly. " CONSEQUENCE,
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 1, NULL);
	s->usual = true;
	s->level = ARM_SIZES_ALARM;
	for (size_t i = 0; i < a->n; i++)
		add_rows(s, &a->experiments[i]);
}
