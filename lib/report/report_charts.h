/*
 * report_charts (private to lib/report): the charts of one experiment that are drawn from its days and its sessions.
 */
#ifndef BOTIFY_REPORT_CHARTS_H
#define BOTIFY_REPORT_CHARTS_H

#include <stdio.h>

#include "base/errmsg.h"
#include "report/analysis.h"

/*
 * Figures of the means by arm and of the effects, over the days until then, on an axis of time; nothing where the
 * analysis has no days, or less than two of the experiment. Days that are far off (period.h) have no place on the
 * axis, and the captions name them. Returns 0, or -1 where there is no memory.
 */
int report_charts_days(const struct analysis_experiment *x, FILE *f, struct errmsg *e);

/* A figure of how the time of a session is distributed, by arm; nothing where the study kept no sessions. Likewise. */
int report_charts_sessions(const struct analysis_experiment *x, FILE *f, struct errmsg *e);

#endif
