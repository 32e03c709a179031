/*
 * tops: the most popular tracks of a log, or of each arm of an experiment in it: what botify-toppop counts and prints.
 *
 * Life cycle: tops_init; tops_add for each event; or tops_read_partial for each file of partial counts, in any order,
 * and tops_check_partials; then either tops_write_partial, or tops_end and one tops_format's write; tops_clear.
 *
 * With an experiment, counts are kept for each arm. Memory grows with the tracks that occur, times the arms, and not
 * with the events; with `recommended`, with the users too.
 */
#ifndef BOTIFY_TOPS_H
#define BOTIFY_TOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/idmap.h"
#include "base/intern.h"
#include "event/event.h"
#include "rank/popularity.h"
#include "rank/tops_users.h"

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
};

/* The counts of one arm; of everything where there is no experiment. */
struct tops_list {
	const char *arm; /* "" where there is no experiment */
	struct slice name; /* the same; its length is asked for at every event */
	struct popularity popularity;
};

/* What parts say of how they were counted. All that are merged have to say the same. */
struct tops_parts {
	const char *file; /* the first that was read; NULL: none */
	bool recommended, all_arms;
	struct intern arms;	/* where not all */
	struct intern digests; /* of the logs of the parts */
	const char **files;	/* by their numbers: where each was read */
	size_t files_cap;
	uint64_t digest; /* of all events */
	struct tops_users users; /* with `recommended` */
};

struct tops {
	struct tops_choice choice;
	struct tops_list *lists;
	size_t n_lists, cap;
	struct intern arms; /* of the lists: an arm's number is the place of its list, until they are sorted */
	int64_t events;	 /* seen */
	int64_t outside; /* of these, events that are not in the experiment */
	struct idmap expected; /* for `recommended`: by user, 1 + the track that was recommended last; 0: none */
	struct tops_parts parts;
};

void tops_init(struct tops *t, const struct tops_choice *choice);
void tops_clear(struct tops *t);

/* Counts an event. Returns 0, or -1 with the reason. */
int tops_add(struct tops *t, const struct event *ev, struct errmsg *e);

/*
 * Makes the lists that the choice asks for, ordered by arm (bytewise). Returns 0; or -1 with the reason where there are
 * events but none of the experiment, or none of an arm that was named: a name that was mistyped would else give an
 * empty list. A log without events gives empty lists.
 */
int tops_end(struct tops *t, struct errmsg *e);

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
 * Partial counts, NDJSON. A row is {"track":7,"plays":3,"billionths":2110000000}, with "arm" before "track" where there
 * is an experiment. With `recommended` a row is also {"user":1,"first":7,"at":1000,"until":2000,"waits":3} for each
 * user and part (tops_users.h; what is not known is absent). Each file has one line of totals,
 *
 *     {"partial":"botify-toppop","version":2,"digest":"0123456789abcdef","experiment":"FILTERS","arms":["C"],
 *         "recommended":false,"events":10,"outside":0,"rows":2}
 *
 * which stands first but may be anywhere: files may be concatenated and their lines sorted on the way. "digest" is that
 * of the events (event_digest.h), "arms" is null where all were counted. Rows are ordered by arm and track, and by
 * user.
 *
 * tops_write_partial wants no tops_end before, but a choice with `partial`. Returns 0, or -1 with the reason.
 */
int tops_write_partial(struct tops *t, FILE *f, struct errmsg *e);

/*
 * Adds a file of partial counts, "-" for standard input; `path` is borrowed until tops_clear. Returns 0, or -1 with
 * file, line and reason; the counts are worth nothing then. A file whose rows are not as many as its totals say was
 * cut, and is an error; so is one without totals, one of another version, one that was counted for another experiment,
 * or otherwise than the parts before it or than the choice asks for (of `recommended` and the arms, what the choice
 * does not ask for is as in the parts), and one whose log has been counted already.
 */
int tops_read_partial(struct tops *t, const char *path, struct errmsg *e);

/*
 * After the last part: whether with `recommended` the log was split so that parts can be merged (see tops_users_check).
 * Returns 0, or -1 with the reason.
 */
int tops_check_partials(struct tops *t, struct errmsg *e);

/* For tops_*.c: the list of an arm, made where it is new. NULL where there is no memory. */
struct tops_list *tops_list_of(struct tops *t, struct slice arm);

/* For tops_*.c: whether the choice takes this arm. */
bool tops_chosen(const struct tops *t, struct slice arm);

/* For tops_*.c: orders the lists by arm. */
void tops_sort(struct tops *t);

/* For tops_*.c: writes a JSON string. Returns 0, or -1 where there is no memory. */
int tops_put_string(FILE *f, const char *text);

#endif
