/*
 * ranking_report: an evaluation of rankings, as a document.
 */
#ifndef BOTIFY_RANKING_REPORT_H
#define BOTIFY_RANKING_REPORT_H

#include "base/errmsg.h"
#include "rank/evaluation.h"
#include "report/document.h"
#include "report/section.h"
#include "study/ranking_study.h"

struct ranking_report {
	struct document document;

	/* private */
	const struct ranking_study *study;
	const struct evaluation *evaluation;
	struct section sections[2];
	struct told_row *told; /* the rows as the sections read them */
	char *lead, **remarks;
};

/*
 * Makes the document of a study. For machines each row has all that is known of it; for people the comparisons stand
 * apart. `liked` is what a listen was liked from. The study and the evaluation are borrowed. Returns 0, or -1 where
 * there is no memory; clear in either case.
 */
int ranking_report_make(struct ranking_report *r, const struct ranking_study *s, const struct evaluation *v,
			double liked, double alpha, bool machine, struct errmsg *e);
void ranking_report_clear(struct ranking_report *r);

#endif
