/*
 * tops: the most popular tracks of a log, or of each arm of an experiment in it: what botify-toppop counts and prints.
 *
 * Life cycle: tops_init; tops_add or tops_pass for each event; or tops_read_partial for each file of partial counts, in
 * any order, and tops_join_partials; then either tops_write_partial, or tops_end and one tops_format's write;
 * tops_clear.
 *
 * With an experiment, counts are kept for each arm. Memory grows with the tracks that occur, times the arms, and not
 * with the events; with `recommended`, with the users too. What else takes memory says so in its own header.
 */
#ifndef BOTIFY_TOPS_H
#define BOTIFY_TOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/intern.h"
#include "event/event.h"
#include "event/input_logs.h"
#include "rank/counting.h"
#include "rank/decayed.h"
#include "rank/expected.h"
#include "rank/popularity.h"
#include "rank/score.h"
#include "rank/tops_users.h"
#include "rank/track_users.h"
#include "text/part.h"

struct catalog;

/* Which events count. All pointers are borrowed. */
struct tops_choice {
	const char *experiment; /* NULL: all events, in one list */
	char *const *arms;	/* n_arms; none: all arms of the experiment */
	size_t n_arms;
	bool by_arm; /* a list for each arm, instead of one for all of them together */
	/* only plays that the user's event before had recommended: not the first track of a session */
	bool recommended;
	bool partial; /* it is to become a part: what that needs is kept too */
	struct counting counting; /* where parts are read, it is that of the parts */
	enum score_by by;
	double prior; /* of a mean: see score.h */
};

/* The counts of one arm; of everything where there is no experiment. */
struct tops_list {
	const char *arm; /* "" where there is no experiment */
	struct slice name; /* the same; its length is asked for at every event */
	struct popularity popularity;
	struct decayed decayed;	  /* of the same events, where counting_sums */
	struct track_users users; /* likewise, where counting.users */
};

/* Events that were left out. */
struct tops_left {
	int64_t outside;       /* held out, or before `since`, or not before `until` */
	int64_t undated;       /* without a timestamp, where one is needed */
	int64_t unrecommended; /* with `debias`: of a track that was not recommended */
	int64_t unweighed;     /* with `debias`: of one that was, with a probability that is not known */
};

/* What parts say of how they were counted. All that are merged have to say the same. */
struct tops_parts {
	const char *file; /* the first that was read; NULL: none */
	size_t n;	  /* that were read */
	bool recommended, all_arms;
	struct counting counting;
	struct intern arms;	  /* where not all */
	struct input_logs logs;	  /* that were counted */
	struct tops_users users;  /* with `recommended` or `debias` */
	struct intern first_arms; /* of their first events */
};

struct tops {
	struct tops_choice choice;
	struct tops_list *lists;
	size_t n_lists, cap;
	struct intern arms; /* of the lists: an arm's number is the place of its list, until they are sorted */
	int64_t events;	 /* seen */
	int64_t outside; /* of these, events that are not in the experiment */
	struct tops_left left;
	int64_t newest; /* timestamp of the events that count in time, or EVENT_NO_TIMESTAMP */
	struct expected expected; /* for `recommended` and `debias` */
	struct tops_parts parts;
};

void tops_init(struct tops *t, const struct tops_choice *choice);
void tops_clear(struct tops *t);

/* Counts an event. Returns 0, or -1 with the reason. */
int tops_add(struct tops *t, const struct event *ev, struct errmsg *e);

/* Takes note of an event that is held out: the next one of its user may listen to what it recommended. Likewise. */
int tops_pass(struct tops *t, const struct event *ev, struct errmsg *e);

/*
 * Whether there are events but none of the experiment, or none of an arm that was named: a name that was mistyped would
 * else give an empty list. Returns 0; or -1 with the reason. A log without events gives empty lists.
 */
int tops_check_names(const struct tops *t, struct errmsg *e);

/*
 * Makes the lists that the choice asks for, ordered by arm (bytewise). Returns 0; or -1 with the reason, also that. A
 * log of which all events are left out is an error. So are counts that cannot be ranked as the choice asks for.
 */
int tops_end(struct tops *t, struct errmsg *e);

/* A track of a list. */
struct tops_row {
	struct popularity_count count;
	double score;
};

/*
 * The list->popularity.n tracks of a list, after tops_end: best first, ties by lower id. New; NULL where there is no
 * memory.
 */
struct tops_row *tops_ranked(const struct tops *t, const struct tops_list *list);

/* How the lists are printed. */
struct tops_output {
	const struct catalog *catalog; /* borrowed, or NULL; tracks that it does not have are left out */
	size_t limit;		       /* tracks in a list, at most */
	bool colour;
	int64_t unknown_plays; /* counted on the way: plays of tracks that were left out */
	uint32_t unknown;      /* and the lowest of their ids */
};

struct tops_format {
	const char *name;
	/* Returns 0, or -1 with the reason. Errors of f are for ferror to tell. */
	int (*write)(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e);
};

/* json, ndjson, table. NULL: there is no such format. */
const struct tops_format *tops_format_find(const char *name);

/*
 * Begins another log; its name is borrowed. For parts, which keep a digest of each. Returns 0, or -1 where there is no
 * memory.
 */
int tops_begin_log(struct tops *t, const char *name);

/*
 * Partial counts, as a file (text/part.h) whose first line is
 *
 *     {"partial":"botify-toppop","version":3,"experiment":"FILTERS","arms":["C"],"recommended":false,"events":10,
 *         "outside":0,"lists":["C"],"parts":1,"inputs":[{"digest":…}],"users":0,"bytes":9}
 *
 * "arms" is null where all were counted. Its numbers are, for each of the lists, how many tracks, and for each of them,
 * in ascending order, how much the id is above the one before, plays and billionths; and with `recommended` the users
 * (tops_users.h), in ascending order of ids. Where the choice has a `counting`, "how" says which (counting.h), "newest"
 * and "left" what the struct tops says, and after the billionths of each track there are its sums (decayed.h) and its
 * users, and in those of tops_users.h the weight of what they wait for.
 *
 * tops_write_partial wants no tops_end before, but a choice with `partial`. Returns 0, or -1 with the reason.
 */
int tops_write_partial(struct tops *t, FILE *f, struct errmsg *e);

/* Makes such a file in memory, called `name` (borrowed) in messages. Returns 0, or -1 with the reason. */
int tops_pack_partial(struct tops *t, const char *name, struct part_file *file, struct errmsg *e);

extern const struct part_kind tops_part_kind;

/*
 * Cuts the next part of a file by user into pieces, as partial_cut of study/partial.h does. Counts of tracks are of no
 * user: they go to the first piece. Returns 1; 0 where there is no more; or -1 with the reason.
 */
int tops_cut(struct part_file *file, const struct part_cut *cut, struct part_file *pieces, struct errmsg *e);

/* As tops_pack_partial, of a piece. */
int tops_pack_piece(struct tops *t, const struct part_cut *cut, size_t piece, const char *name,
		    struct part_file *file, struct errmsg *e);

/*
 * Adds a file of partial counts, "-" for standard input; `path` is borrowed until tops_clear. Returns 0, or -1 with
 * file and reason; the counts are worth nothing then. What was cut or damaged is an error; so is a part of another
 * version, one that was counted for another experiment, or otherwise than the parts before it or than the choice asks
 * for (of `recommended` and the arms, what the choice does not ask for is as in the parts), and one whose log has been
 * counted already.
 */
int tops_read_partial(struct tops *t, const char *path, struct errmsg *e);

/* The same from a file that is in memory. */
int tops_merge(struct tops *t, struct part_file *file, struct errmsg *e);

/*
 * After the last part: joins the users that are in several, with `recommended` (see tops_users_join). Returns 0, or -1
 * with the reason.
 */
int tops_join_partials(struct tops *t, bool ordered, struct errmsg *e);

/* Whether a state, whose first line is `head`, counts as the choice asks for. Returns 0, or -1 with the reason. */
int tops_check_state(const struct tops_choice *choice, const json_t *head, struct errmsg *e);

/* For tops_*.c: the list of an arm, made where it is new. NULL where there is no memory. */
struct tops_list *tops_list_of(struct tops *t, struct slice arm);

/* For tops_*.c: whether the choice takes this arm. */
bool tops_chosen(const struct tops *t, struct slice arm);

/* A listen that counts. */
struct tops_listen {
	uint32_t user, track; /* ids */
	int64_t timestamp, billionths;
	double weight; /* with `debias`: 1 / the probability of its recommendation, or NaN */
};

/* For tops_*.c: counts it for an arm. Returns 0, or -1 with the reason. */
int tops_count(struct tops *t, struct slice arm, const struct tops_listen *l, struct errmsg *e);

/* For tops_*.c: whether it matters what users were recommended. */
static inline bool tops_follows(const struct tops *t)
{
	return t->choice.recommended || t->choice.counting.debias;
}

/* For tops_*.c: orders the lists by arm. */
void tops_sort(struct tops *t);

/* For tops_*.c: writes a JSON string. Returns 0, or -1 where there is no memory. */
int tops_put_string(FILE *f, const char *text);

#endif
