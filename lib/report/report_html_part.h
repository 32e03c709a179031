/*
 * report_html_part: what the page of a report (report.h, format html) says of one experiment: its section, and the sentences
 * on top of the page that sum it up.
 */
#ifndef BOTIFY_REPORT_HTML_PART_H
#define BOTIFY_REPORT_HTML_PART_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "report/findings.h"
#include "report/report.h"

/* An experiment of the report; all is borrowed but `arms`. */
struct report_html_part {
	const struct report *r;
	const struct findings *findings;
	const struct study_experiment *x;
	const char *name;
	uint32_t *arms;		      /* numbers, the control first */
	const struct effect *effects; /* its own */
	size_t n_effects;
};

/* Its section: arms, effects, charts, notes. Returns 0, or -1 where there is no memory. */
int report_html_part(const struct report_html_part *p, FILE *f, struct errmsg *e);

/* Sentences on each experiment that has effects, below its name where there are several. Likewise. */
int report_html_summary(const struct report_html_part *parts, size_t n, FILE *f, struct errmsg *e);

/* The findings about an experiment, or where it is NULL about the log, as paragraphs. */
void report_html_notes(const struct findings *all, const char *experiment, FILE *f);

#endif
