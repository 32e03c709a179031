#include "report/analysis_sections.h"

#include <math.h>
#include <stdlib.h>

#include "study/recommendations.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT},
	{"arm", "arm", SECTION_TEXT},
	{"source", "source", SECTION_TEXT},
	{"answers", "answers", SECTION_COUNT},
	{"share", "% of\nanswers", SECTION_SHARE},
	{"mean_pool", "mean\npool", SECTION_NUMBER},
	{"repeated_tracks", "% heard\nbefore", SECTION_SHARE},
	{"repeated_artists", "% artist\nheard before", SECTION_SHARE},
};

static double share(uint64_t part, uint64_t whole)
{
	return whole > 0 ? 100 * (double)part / (double)whole : NAN;
}

static void add_row(struct section *s, const char *experiment, const char *arm, const char *source,
		    const struct recommendations_count *c, uint64_t all)
{
	section_text(s, experiment);
	section_text(s, arm);
	section_text(s, *source ? source : "(none)");
	section_count(s, c->recommendations);
	section_number(s, share(c->recommendations, all));
	section_number(s, c->pools > 0 ? (double)c->pool / (double)c->pools : NAN);
	section_number(s, share(c->repeated_tracks, c->recommendations));
	section_number(s, share(c->repeated_artists, c->with_artist));
}

/* The sources of an arm by name, and where there are several, all together. */
static void add_arm(struct section *s, const struct analysis_experiment *x, uint32_t arm,
		    const struct recommendations_row *counted)
{
	const struct recommendations *a = &x->of->study->recommendations;
	const char *experiment = x->name, *name = analysis_arm(x, arm);
	struct recommendations_count all = {0};
	size_t n;
	const struct recommendations_row *rows = recommendations_of_arm(a, counted, x->number, arm, &n);

	for (size_t i = 0; i < n; i++)
		recommendations_sum(&all, rows[i].count);
	for (size_t i = 0; i < n; i++)
		add_row(s, experiment, name, intern_text(&a->sources, rows[i].source), rows[i].count,
			all.recommendations);
	if (n > 1)
		add_row(s, experiment, name, "(all)", &all, all.recommendations);
}

int analysis_sources(struct section *s, const struct analysis *a, struct errmsg *e)
{
	struct recommendations_row *counted = recommendations_sorted(&a->study->recommendations);

	section_init(s, "sources", "Sources of recommendations: where the answers came from",
		     "Pool: how many candidates an answer was drawn from. Heard before: the session had played the "
		     "track, or a track of its artist (where a catalog is given, --tracks).",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 1, NULL);
	if (!counted)
		return errmsg_nomem(e);
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < a->experiments[i].is->arms.n; k++)
			add_arm(s, &a->experiments[i], a->experiments[i].arms[k], counted);
	free(counted);
	return 0;
}
