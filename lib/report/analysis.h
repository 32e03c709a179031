/*
 * analysis: everything that a report on a study says: the effects, and the sections beside them that are asked for.
 */
#ifndef BOTIFY_ANALYSIS_H
#define BOTIFY_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "report/section.h"
#include "report/sections.h"
#include "study/allocation.h"
#include "study/effects.h"
#include "study/study.h"

enum { ANALYSIS_SECTIONS_MAX = 6, ANALYSIS_QUANTILES_MAX = 32 };

struct analysis_options {
	struct effects_options effects;
	const struct allocation *allocation;
	bool with_power;
	double power, mde;	 /* 0 .. 1; percent, NaN: not asked for */
	double quantiles[ANALYSIS_QUANTILES_MAX]; /* n_quantiles of them, of the time of a session; none: not asked for */
	size_t n_quantiles;
	bool sources, days;
	bool sentences; /* whether the format of the report has them, which are about the primary metric */
	uint32_t aa; /* runs; 0: not asked for */
};

struct analysis {
	struct sections_subject subject; /* the study and the options, borrowed, and the effects here */
	struct effects effects;
	struct section sections[ANALYSIS_SECTIONS_MAX]; /* that of srm first */
	size_t n_sections;
};

/* The options as they are to begin with: Welch intervals of 95 %, nothing adjusted, no sections but that of srm. */
struct analysis_options analysis_defaults(void);

/*
 * Sets an option by its name on the command line, without the dashes; `text` is its argument, borrowed, or NULL. Returns
 * 0, or -1 with the reason.
 */
int analysis_set(struct analysis_options *o, const char *name, const char *text, struct errmsg *e);

/* Whether options contradict each other. Returns 0, or -1 with the reason. */
int analysis_check(const struct analysis_options *o, struct errmsg *e);

/* What the study has to keep for these options; the rest of `keep` stays as it is. */
void analysis_keep(const struct analysis_options *o, struct study_keep *keep);

/* Analyses a study that has ended. Returns 0, or -1 with the reason. Free with analysis_clear in either case. */
int analysis_run(struct analysis *a, const struct study *s, const struct analysis_options *o, struct errmsg *e);
void analysis_clear(struct analysis *a);

/* The section of this key, or NULL. */
const struct section *analysis_section(const struct section *sections, size_t n, const char *key);

#endif
