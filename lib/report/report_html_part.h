/*
 * report_html_part (private to lib/report): what the page of a report (report.h, format html) says of one experiment:
 * its section, and the sentences on top of the page that sum it up.
 */
#ifndef BOTIFY_REPORT_HTML_PART_H
#define BOTIFY_REPORT_HTML_PART_H

#include <stdio.h>

#include "base/errmsg.h"
#include "report/analysis.h"

/* Its section: arms, effects, charts, notes. Returns 0, or -1 where there is no memory. */
int report_html_part(const struct analysis_experiment *x, FILE *f, struct errmsg *e);

/* Sentences on each experiment that has effects, below its name where there are several. Likewise. */
int report_html_summary(const struct analysis *a, FILE *f, struct errmsg *e);

/* The findings about an experiment, or where it is NULL about the log, as paragraphs. */
void report_html_notes(const struct findings *all, const char *experiment, FILE *f);

#endif
