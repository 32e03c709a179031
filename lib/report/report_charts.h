/*
 * report_charts: the charts of one experiment that are drawn from its days and its sessions.
 */
#ifndef BOTIFY_REPORT_CHARTS_H
#define BOTIFY_REPORT_CHARTS_H

#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "report/section.h"
#include "study/study.h"

/*
 * Figures of the means by arm and of the effects, over the days until then, on an axis of time; nothing where the section
 * (that of sections_days; or NULL) has less than two days of the experiment. Days that are far off (period.h) have no place
 * on the axis, and the captions name them. Returns 0, or -1 where there is no memory.
 */
int report_charts_days(const struct section *days, const char *experiment, const char *control, FILE *f, struct errmsg *e);

/*
 * A figure of how the time of a session is distributed, by arm; nothing where the study kept no sessions. `arms` are the
 * numbers of the arms in the order of the report. Likewise.
 */
int report_charts_sessions(const struct study *s, size_t experiment, const uint32_t *arms, FILE *f, struct errmsg *e);

#endif
