/*
 * analysis: everything that a report on a study says, computed once: each experiment with its arms, the split of its
 * users, what is wrong with it and its effects; and the sections beside them that are asked for. Formats (report.h),
 * the exit status (fail_on.h) and the sections (analysis_sections.h) read it from here.
 */
#ifndef BOTIFY_ANALYSIS_H
#define BOTIFY_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "report/findings.h"
#include "report/section.h"
#include "study/allocation.h"
#include "study/arm_samples.h"
#include "study/arm_sizes.h"
#include "study/balance.h"
#include "study/effects.h"
#include "study/health.h"
#include "study/study.h"

enum { ANALYSIS_SECTIONS_MAX = 6, ANALYSIS_QUANTILES_MAX = 32 };

struct analysis_options {
	struct effects_options effects;
	const struct allocation *allocation; /* as planned; NULL, or one of no arms: equal */
	bool tuned; /* whether effects.tune was asked for */
	bool with_power;
	double mde; /* percent; NaN: not asked for */
	/* n_quantiles of them, of the time of a session; none: not asked for */
	double quantiles[ANALYSIS_QUANTILES_MAX];
	size_t n_quantiles;
	bool sources, days;
	bool sentences; /* whether the format of the report has them, which are about the primary metric */
	uint32_t aa; /* runs; 0: not asked for */
};

struct analysis;

/* An experiment as it is reported. All pointers are borrowed but `arms`. */
struct analysis_experiment {
	const struct analysis *of;
	const struct study_experiment *is;
	uint32_t number; /* in the study */
	const char *name;
	uint32_t *arms;			   /* is->arms.n numbers in the order of the report, the control first */
	const struct allocation *planned;  /* for it; NULL: nothing was */
	struct arm_sizes sizes;		   /* the split of its users */
	struct balance balance;		   /* of its covariates; all NaN where nothing was to be adjusted */
	struct health_finding health[HEALTH_EXPERIMENT_N];
	struct arm_samples samples;   /* what its arms are compared by; none where it has one arm */
	const struct effect *effects; /* n_effects of them; none where it has one arm */
	size_t n_effects;
};

struct analysis {
	const struct study *study;		/* ended; borrowed, as the options */
	const struct analysis_options *options;
	struct analysis_experiment *experiments; /* the n that are wanted, in the order of the log */
	size_t n;
	struct health_finding health[HEALTH_LOG_N];
	struct effects all;	/* those of all experiments, in their order, */
	struct section effects; /* and as a table for machines */
	struct section sections[ANALYSIS_SECTIONS_MAX]; /* beside the effects: that of srm first */
	size_t n_sections;
	struct findings findings;
};

/* The options as they are to begin with: Welch intervals of 95 %, nothing adjusted, no sections but that of srm. */
struct analysis_options analysis_defaults(void);

/*
 * Sets an option by its name on the command line, without the dashes; `text` is its argument, borrowed, or NULL.
 * Returns 0, or -1 with the reason.
 */
int analysis_set(struct analysis_options *o, const char *name, const char *text, struct errmsg *e);

/* Whether options contradict each other. Returns 0, or -1 with the reason. */
int analysis_check(const struct analysis_options *o, struct errmsg *e);

/* What the study has to keep for these options; the rest of `keep` stays as it is. */
void analysis_keep(const struct analysis_options *o, struct study_keep *keep);

/*
 * Analyses a study that has ended. An experiment that has no arm of the control's name is an error, and the reason
 * names its arms. Returns 0, or -1 with the reason. Free with analysis_clear in either case; until then it must not be
 * moved.
 */
int analysis_run(struct analysis *a, const struct study *s, const struct analysis_options *o, struct errmsg *e);
void analysis_clear(struct analysis *a);

/* The name of an arm, by its number in the experiment. */
const char *analysis_arm(const struct analysis_experiment *x, uint32_t arm);

/* The section of this key, or NULL. */
const struct section *analysis_section(const struct analysis *a, const char *key);

#endif
