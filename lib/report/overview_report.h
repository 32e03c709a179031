/*
 * overview_report: the first look at a log, on one screen or as a document.
 */
#ifndef BOTIFY_OVERVIEW_REPORT_H
#define BOTIFY_OVERVIEW_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "report/document.h"
#include "report/section.h"
#include "study/overview.h"

enum { OVERVIEW_SECTIONS = 4, OVERVIEW_REMARKS = 8 };

struct overview_report {
	struct document document; /* sections log, sources, places and hours; remarks: what is missing, and for what */

	/* private */
	const struct overview *overview;
	struct section sections[OVERVIEW_SECTIONS];
	char *remarks[OVERVIEW_REMARKS];
	char *lead;
};

/* Makes it of an overview that has ended; borrowed. Returns 0, or -1 where there is no memory; clear in either case. */
int overview_report_make(struct overview_report *r, const struct overview *o, struct errmsg *e);
void overview_report_clear(struct overview_report *r);

/* Shows it within 80 columns and, but for very many remarks, 24 lines. Returns 0, or -1 where there is no memory. */
int overview_report_screen(const struct overview_report *r, FILE *f, bool colour, struct errmsg *e);

#endif
