/*
 * ope_report: off-policy estimates, as a document: the verdict, the estimates, how much of the log speaks of the
 * policy, and what of the log did not count.
 */
#ifndef BOTIFY_OPE_REPORT_H
#define BOTIFY_OPE_REPORT_H

#include "base/errmsg.h"
#include "report/document.h"
#include "report/section.h"
#include "study/ope.h"

struct ope_report {
	struct document document;

	/* private */
	const struct ope *ope;
	const char *policy;
	struct section sections[3];
	char *lead, *verdict, *remark;
	const char *remarks[2];
};

/*
 * Makes the document of estimates for a policy, which is named as it was given. The estimates and the sums are
 * borrowed. Returns 0, or -1 where there is no memory; clear in either case.
 */
int ope_report_make(struct ope_report *r, const struct ope *o, const struct ope_sums *s, const char *policy,
		    bool machine, struct errmsg *e);
void ope_report_clear(struct ope_report *r);

/* A verdict in a few words. */
const char *ope_verdict_words(enum ope_verdict verdict);

#endif
