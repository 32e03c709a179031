#include "report/analysis.h"

#include <string.h>

void analysis_keep(const struct analysis_options *o, struct study_keep *keep)
{
	keep->days = keep->days || o->days;
	keep->sessions = keep->sessions || o->n_quantiles > 0;
	keep->recommendations = keep->recommendations || o->sources;
}

/* The metric that the days are told of: the primary one, or else the first. */
static size_t day_metric(const struct analysis_options *o)
{
	return o->effects.primary ? metrics_find(o->effects.primary) : 0;
}

int analysis_run(struct analysis *a, const struct study *s, const struct analysis_options *o, struct errmsg *e)
{
	int status;

	*a = (struct analysis){.subject = {.study = s, .options = &o->effects, .allocation = o->allocation, .effects = &a->effects}};
	status = effects_of(&a->effects, s, &o->effects, e);
	if (status == 0)
		status = sections_srm(&a->sections[a->n_sections++], &a->subject, e);
	if (status == 0 && o->with_power)
		status = sections_power(&a->sections[a->n_sections++], &a->subject, o->power, o->mde, e);
	if (status == 0 && o->n_quantiles > 0)
		status = sections_quantiles(&a->sections[a->n_sections++], &a->subject, o->quantiles, o->n_quantiles, e);
	if (status == 0 && o->days)
		status = sections_days(&a->sections[a->n_sections++], &a->subject, day_metric(o), e);
	if (status == 0 && o->sources)
		status = sections_sources(&a->sections[a->n_sections++], &a->subject, e);
	if (status == 0 && o->aa > 0)
		status = sections_aa(&a->sections[a->n_sections++], &a->subject, o->aa, e);
	/* a cell that is missing is not for those who read them to find */
	for (size_t i = 0; status == 0 && i < a->n_sections; i++)
		status = a->sections[i].failed ? errmsg_nomem(e) : 0;
	return status;
}

void analysis_clear(struct analysis *a)
{
	effects_clear(&a->effects);
	for (size_t i = 0; i < a->n_sections; i++)
		section_clear(&a->sections[i]);
	a->n_sections = 0;
}

const struct section *analysis_section(const struct section *sections, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(sections[i].key, key) == 0)
			return &sections[i];
	return NULL;
}
