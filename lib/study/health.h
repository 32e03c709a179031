/*
 * health: what is wrong with a log, as a table of entries and a list of what was found.
 *
 * An entry is what can be found, in general; a finding is an entry with the count of it in one log, or in one
 * experiment of it. Everything is counted, so the count of a finding may be 0. Formats walk the list, and so does
 * fail_on. A sample ratio mismatch is not a count, and not here: see arm_sizes.h.
 */
#ifndef BOTIFY_HEALTH_H
#define BOTIFY_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/allocation.h"
#include "study/balance.h"
#include "study/effects.h"
#include "study/study.h"

/* What became of the things that are counted. */
enum health_fate {
	HEALTH_LEFT_OUT,
	HEALTH_ORDER, /* sorted; or taken as they came, and then sessions may be wrong */
	HEALTH_SAID   /* the words of the entry, or of the finding, say it */
};

/* What the findings of an experiment are made of. */
struct health_subject {
	const struct study_experiment *experiment; /* of a study that has ended */
	const struct allocation *planned;	   /* for this experiment; NULL: nothing was */
	const struct effects_options *options;
	const struct balance *balance; /* of its covariates */
};

struct health_finding;

struct health_entry {
	const char *key;	/* as in JSON */
	const char *p_key;	/* likewise, of the p of its test; NULL: it has none */
	const char *help, *p_help; /* what count and p are, as a sentence */
	const char *one, *many; /* what is counted, in words, after the number 1 and after others */
	enum health_fate fate;
	/* in_log: effects are not to be relied on where there is any; of HEALTH_ORDER, where it was not sorted */
	bool grave;
	bool usual; /* sound logs have it too */
	bool heard; /* a run that reads the log has told of it already; one that reads parts has not */
	uint64_t (*in_log)(const struct study *s); /* NULL for those that are counted in each experiment */
	/* in_log: sets whether so many are grave, or loud, and perhaps `words`; as below. NULL: see `grave` */
	void (*weigh)(const struct study *s, struct health_finding *f, struct errmsg *words);
	/*
	 * Looks for it in an experiment, and sets its count, the p of its test, and whether that is grave, or is not
	 * usual. `words`, empty to begin with, may be set to what is to be said of it instead of its fate. Returns 0,
	 * or -1 where there is no memory.
	 */
	int (*in_experiment)(const struct health_subject *of, struct health_finding *f, struct errmsg *words);
};

/* Those of the whole log come first, then those of an experiment. */
enum { HEALTH_LOG_N = 6, HEALTH_EXPERIMENT_N = 7, HEALTH_N = HEALTH_LOG_N + HEALTH_EXPERIMENT_N };
extern const struct health_entry health_table[HEALTH_N];

struct health_finding {
	const struct health_entry *entry;
	uint64_t count;
	bool grave; /* there are some, and effects are not to be relied on */
	bool usual; /* so few, or these, are no reason to worry */
	bool loud;  /* so many that every report begins with it, in whatever format */
	double p;   /* of its test; NaN where there is none, or it cannot be known */
	char *fate; /* in words; NULL where there is nothing to say */
};

/* Lines that are not events are left out: above this share of all lines that is grave, and loud. */
#define HEALTH_MALFORMED_GRAVE 0.01

/*
 * Users who were seen in more than one arm are left out, and those are the ones who come often: from the first share of
 * all users of the experiment on that is worth a warning, and from the second the rest do not stand for all.
 */
#define HEALTH_TWO_ARMS_WARNING 0.005
#define HEALTH_TWO_ARMS_GRAVE 0.1

/*
 * Users who finished no session are left out (attrition), and so are sessions that have not ended. Where that happens
 * to more users of one arm, those who are left are no longer alike, and differ without an effect. So the users of each
 * arm who were seen are tested against those who finished a session, and against those who have an open one, by
 * proportions.h, the always-valid way where intervals are sequential; below this p the finding is grave. By the same
 * level, covariates are to be alike in the arms (balance.h). It is that of the test of the split: by each of these
 * tests, a report on an experiment in which nothing is wrong has an alarm once in 1,000 times at most.
 */
#define HEALTH_ALARM 0.001

/*
 * Makes the lists: that of a study that has ended has HEALTH_LOG_N findings, that of an experiment
 * HEALTH_EXPERIMENT_N, in the order of the table. Return 0, or -1 where there is no memory. Free with health_clear in
 * either case.
 */
int health_of_log(struct health_finding *list, const struct study *s, struct errmsg *e);
int health_of_experiment(struct health_finding *list, const struct health_subject *of, struct errmsg *e);
void health_clear(struct health_finding *list, size_t n);

/* The first entry of this key, or NULL. Another one of it is the same in each experiment. */
const struct health_entry *health_find(const char *key);

/* Puts a finding as a sentence into e->text: "3 malformed lines: left out." Returns e->text. */
const char *health_say(const struct health_finding *f, struct errmsg *e);

#endif
