/*
 * findings: what was wrong with a log, or is worth knowing about it, in words.
 *
 * Each is a whole sentence on one line, the same in every format for people. A new one is a line in findings.c.
 */
#ifndef BOTIFY_FINDINGS_H
#define BOTIFY_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"

struct analysis;

enum finding_level {
	FINDING_NOTE,	 /* usual, and nothing is wrong with the result */
	FINDING_WARNING, /* something was left out that should not be there */
	FINDING_ALARM,	 /* the result may be wrong */
};

struct finding {
	enum finding_level level;
	bool heard; /* as of health.h */
	bool loud;  /* likewise */
	const char *experiment; /* borrowed from the study; NULL: the whole log */
	char *text;
};

/* Those that are loud, then those of the experiments, in the order of the log, then those of the whole log. */
struct findings {
	struct finding *list;
	size_t n, cap;
};

/*
 * Looks for findings in what an analysis computed of the log and its experiments. Returns 0, or -1 with the reason;
 * free with findings_clear in either case.
 */
int findings_of(struct findings *all, const struct analysis *a, struct errmsg *e);
void findings_clear(struct findings *all);

#endif
