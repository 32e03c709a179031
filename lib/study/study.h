/*
 * study: a log read for its experiments: who was in which, what they did, and whether the log can be trusted.
 *
 * One study serves all experiments of a log in one pass. An event counts for an experiment only where it names an arm
 * of it. What was wrong with the log is counted, never printed; see health.h.
 *
 * A user's events have to be counted in the order of their timestamps. STUDY_STREAM counts them as they come, which is
 * right for a log as it was written, with memory linear in users; `out_of_order` tells whether it was right.
 * STUDY_HOLD keeps all events (48 bytes each) and sorts them in the end. An event without a timestamp is given that of
 * its user's latest event before it.
 *
 * An event that equals its user's previous event in every field (event_digest.h) was delivered twice: it is left out
 * and counted. The previous event is that in the order of the log, and where events are sorted, also that in the new
 * order, in which events of equal timestamps stay as they were in the log. Events without a timestamp are never taken
 * for one another.
 *
 * Life cycle: study_init; study_keep where more is wanted than the sums; study_add for each event, or partial_read
 * (partial.h) for the parts of a log; study_end. Then the numbers are there: the summaries here, the values of each
 * user in user_values.h, their days in days.h, where recommendations came from in recommendations.h. study_clear.
 *
 * A log that was split by user in any way gives the same numbers to the last bit, because users are summed up in
 * ascending order of their ids, and experiments are ordered by what is the same in any split; see study_end.
 */
#ifndef BOTIFY_STUDY_H
#define BOTIFY_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "base/idmap.h"
#include "base/intern.h"
#include "event/event.h"
#include "event/input_logs.h"
#include "study/days.h"
#include "study/metrics.h"
#include "study/recommendations.h"
#include "world/catalog.h"

enum study_order { STUDY_STREAM, STUDY_HOLD };

/* What is kept beside the sums of each user. All zero: nothing. */
struct study_keep {
	/*
	 * Events before this moment (ms since the epoch) do not count for the experiments that they name, but for what
	 * their user did before: the record in STUDY_BEFORE. A session that spans the moment counts for the
	 * experiments as if it had begun then, and not for the time before. An event without any timestamp is not
	 * before the moment.
	 *
	 * An experiment that an earlier event names had already begun, so what its users did before holds part of its
	 * effect: see `early` of struct study_experiment.
	 */
	bool before;
	int64_t moment;
	bool days;	/* the sums of each day; 40 bytes for a user, a day and an experiment */
	bool sessions;	/* the time of each session; 12 bytes for a session and an experiment, in the end 8 */
	bool recommendations;	/* where they came from, and repeats: the tracks of each open session */
	/* how each user's events begin, so that a part of it can be joined to one of earlier events (partial.h) */
	bool joinable;
	const struct catalog *catalog; /* for them: whose artist was repeated; NULL: only tracks. Borrowed. */
	/*
	 * The digest of that catalog, which parts carry: it is found where it is needed. Without a catalog: that of
	 * the parts that are read, to write them as they are; "": none.
	 */
	char artists[CATALOG_DIGEST];
};

struct study_experiment {
	bool wanted;	   /* if not, nothing but its name is known */
	uint32_t last_arm; /* of the event before; a guess */
	int64_t first;	   /* the earliest timestamp of an event that names it */
	uint32_t place;	   /* and the lowest place among the experiments of such an event */
	struct intern arms; /* in order of first appearance */
	uint64_t early; /* after study_end: events before the moment of struct study_keep that name it */
	struct metrics_summary summary; /* after study_end; users were taken in ascending order of their ids */
};

/*
 * A user of the log, and a user in an experiment. The latter are linked from the former, and those of a user are mostly
 * made by one event and so lie side by side: what an event touches is few lines of the cache.
 */
struct study_user {
	int64_t latest; /* timestamp, or EVENT_NO_TIMESTAMP */
	int64_t ended;	/* the latest timestamp of a `last`, or EVENT_NO_TIMESTAMP */
	/* of the event just before, as in the log; 0 where that has no timestamp, or there is none */
	uint64_t digest;
	uint32_t participant; /* place of the first in participants, plus 1; or 0 */
	bool in_session;
	bool counted, left; /* an event has been counted, and a `last`; where the study is joinable */
};

/*
 * How a user's events begin, which matters where earlier ones turn up: the event that was counted first may be the
 * last of those over again, and the session that it begins may have begun there. And the digest of the one that was
 * counted last.
 */
struct study_ends {
	int64_t from;	  /* the earliest timestamp, or EVENT_NO_TIMESTAMP */
	uint32_t at_from; /* events of that timestamp that are not among those of `after_end` */
	bool undated;	  /* what was counted first has no timestamp */
	bool last;	  /* it is a `last` */
	/* its answer repeats the track or the artist of that event, the artist being known; see recommendations.h */
	bool repeats_track, has_artist, repeats_artist;
	uint32_t arms;	  /* of that one: their number in arm_sets */
	struct metrics_sums one; /* what it added */
	uint64_t begins;  /* its digest */
	uint64_t ends;	  /* where events were sorted: the digest of the event that was counted last */
	uint64_t first;	  /* the digest of the first in the order of the log */
	struct answer answer; /* of what was counted first, where recommendations are kept */
	uint32_t opening, opening_end; /* places in openings, plus 1, of the first and the last of the user; or 0 */
};

/* An answer of a user's first session, which repeats what was heard before if the session had begun before. */
struct study_opening {
	uint32_t track; /* that it recommends */
	uint32_t arms;	/* their number in arm_sets */
	uint32_t source;
	uint32_t next; /* place of the next one of the user, plus 1; or 0 */
	bool repeats_track, has_artist, repeats_artist;
	bool is_first; /* it is the user's first event */
};

/* The experiment of a participant that is what a user did before the moment of struct study_keep. */
#define STUDY_BEFORE UINT32_MAX

struct study_participant {
	struct metrics_user did;
	uint32_t experiment;
	uint32_t next; /* place of another one of the same user, plus 1; or 0 */
};

/* An experiment and an arm of it, by their numbers. Or STUDY_EARLY, and the experiment is a number in `early`. */
struct study_arm {
	uint32_t experiment, arm;
};

#define STUDY_EARLY UINT32_MAX

/* The finished sessions, where they are kept. */
struct study_sessions {
	double *times; /* n of them: parts of tracks listened to; after study_end, participant after participant */
	/* after study_end: the sessions of participant m, in order, are times[first[m]] .. times[first[m + 1]] */
	size_t *first;
	uint32_t *participants; /* before: of whom each is */
	size_t n, times_cap, participants_cap;
};

/* What there was of some counts when logs were begun to be counted on top of a state (study_log.h). */
struct study_base {
	uint64_t events, malformed, unread;
	size_t n_logs;
};

struct study_held;

struct study {
	struct intern names; /* of the experiments */
	struct study_experiment *experiments; /* names.n; after study_end in the order of the report */
	uint64_t events; /* all that were read */
	uint64_t duplicates; /* of these, delivered again */
	uint64_t out_of_order; /* an event is out of order where an earlier one of its user has a later timestamp */
	/* events that are not later than a `last` of their user that stood before them in the log */
	uint64_t after_end;
	uint64_t unfinished; /* sessions; after study_end */
	uint64_t malformed, unread; /* lines and files, which the reader of the log counts here; see study_log.h */
	bool sorted; /* events were, or are to be, put in order: STUDY_HOLD, or the parts were made so */
	struct study_user *users;
	size_t n_users;
	struct idmap_entry *ids; /* n_users: id and place (plus 1), in ascending order of ids; after study_end */
	struct study_participant *participants;
	size_t n_participants;
	struct study_keep keep;
	struct intern early;	/* experiments that events before the moment of `keep` name */
	uint64_t *early_events; /* how many, by number in `early` */
	struct days days; /* by participant */
	struct input_logs logs; /* those that were read, where the study is joinable */
	bool resumed;		/* a state was read, and the logs on top of it */
	struct study_base base; /* then: of the state */
	struct study_ends *ends; /* by the user's place; likewise */
	struct study_opening *openings; /* likewise, where recommendations are kept */
	size_t n_openings;
	int32_t *first_days; /* by participant: that of the session that ended first; likewise, where days are kept */
	struct study_sessions sessions;
	struct recommendations recommendations;

	/* private */
	enum study_order order;
	char *const *wanted;
	size_t n_wanted, experiments_cap, users_cap, participants_cap, early_cap;
	size_t n_reported; /* experiments that are wanted */
	struct id_index index; /* of users, plus 1, by their ids */
	struct study_arm *arms; /* of this event */
	size_t arms_cap;
	struct intern arm_sets; /* arrays of struct study_arm, as bytes */
	struct study_held *held;
	size_t n_held, held_cap;
	struct answer *held_answers; /* of the events that are held, by their order */
	size_t held_answers_cap;
	bool merged;   /* parts were read */
	bool unsorted; /* a part (partial.h) was taken as it came, out of order */
	/* a user of a part has no timestamps, or events in another order than the log: none can follow */
	bool apart;
	size_t ends_cap, openings_cap, first_days_cap, n_first_days;
};

/* Starts a study of the experiments with these names, or of all where n_wanted is 0. `wanted` is borrowed. */
void study_init(struct study *s, enum study_order order, char *const *wanted, size_t n_wanted);
void study_clear(struct study *s);

/* Asks for more than the sums. To be called after study_init and before anything is added. */
void study_keep(struct study *s, const struct study_keep *keep);

/*
 * A report tells of so many experiments at most, because it goes through the users for each of them. Others may be
 * in the log where some are asked for by name.
 */
enum { STUDY_EXPERIMENTS_MAX = 1000 };

/* Takes an event. Returns 0; or -1 with the reason: no memory, or too many experiments. */
int study_add(struct study *s, const struct event *ev, struct errmsg *e);

/*
 * Sums up after the last event, and puts the experiments in order: by the earliest timestamp at which one occurs,
 * then by the place that it has in such an event, then by name (bytewise). In a log in order of time that is the
 * order in which they appear. Returns 0, or -1 where there is no memory.
 */
int study_end(struct study *s, struct errmsg *e);

/* The same without the sums over users: enough to write it as a part (partial.h). */
int study_settle(struct study *s, struct errmsg *e);

/* The record of the user at a place in users in an experiment (or in STUDY_BEFORE), or NULL where there is none. */
const struct study_participant *study_participant(const struct study *s, size_t user, uint32_t experiment);

/*
 * The record of the user who is the i-th by id (see `ids`), where the user counts: seen in one arm only, with at
 * least one finished session; NULL where not. For all i, these are the users of the summary, in its order.
 */
const struct study_participant *study_counted(const struct study *s, size_t i, uint32_t experiment);

#endif
