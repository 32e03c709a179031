/*
 * report_words (private to lib/report): what all formats for people say of the effects, in the same words.
 */
#ifndef BOTIFY_REPORT_WORDS_H
#define BOTIFY_REPORT_WORDS_H

#include <stdbool.h>

#include "report/analysis.h"
#include "text/humanize.h"

/* What p of the effects is: "adjusted" for all comparisons, "sequential", "adjusted, sequential", or "". */
const char *report_p_kind(const struct analysis *a);

/* The heading of a column of it: "p", or "p (adjusted)" */
struct humanized report_p_heading(const struct analysis *a);

/*
 * What the means of effects are, followed by `rest`: "Means over users (ratios of their sums: time_per_session)". The
 * names of metrics are `words` or as in the log. New; NULL: no memory.
 */
char *report_means(bool words, const char *rest);

/*
 * By what an experiment's effects are other than plain means with Welch intervals, in sentences: capped values, the
 * covariate with the variance that it removed, Fieller's intervals, metrics of which no interval can be told; "" where
 * they are plain. The names of metrics are as above. New; NULL: no memory.
 */
char *report_methods(const struct analysis_experiment *x, bool words);

#endif
