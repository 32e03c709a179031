#include "report/sections.h"

#include <stdlib.h>

int sections_each(struct section *s, const struct sections_subject *subject, sections_add *add, const void *what, struct errmsg *e)
{
	const struct study *study = subject->study;
	int status = 0;

	for (size_t i = 0; i < study->names.n && status == 0; i++) {
		const struct study_experiment *experiment = &study->experiments[i];
		struct sections_experiment x = {.subject = subject, .is = experiment, .number = (uint32_t)i};
		uint32_t *arms;

		if (!experiment->wanted)
			continue;
		arms = effects_arms(experiment, subject->options->control, e);
		x.arms = arms;
		status = arms ? add(s, &x, what, e) : -1;
		free(arms);
	}
	return status;
}

const char *sections_name(const struct sections_experiment *x)
{
	return intern_text(&x->subject->study->names, x->number);
}

const char *sections_arm(const struct sections_experiment *x, uint32_t arm)
{
	return intern_text(&x->is->arms, arm);
}
