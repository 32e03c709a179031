/*
 * session_data (private to lib/train): the listens of a log as the session model sees them. Private to the trainer of
 * that model.
 *
 * What belongs together is an opening: all sessions of one user that began with the same track. Openings lie in the
 * order of user ids and, within a user, of first tracks; so the order in which sessions of different users stand in a
 * log, and how the log is cut into files, make no difference.
 */
#ifndef BOTIFY_SESSION_DATA_H
#define BOTIFY_SESSION_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "train/listens.h"
#include "world/catalog.h"
#include "world/session_math.h"

/* A listen to a recommended track that the session had not played before. */
struct session_listen {
	uint32_t opening;
	uint32_t track;
	uint8_t time;	 /* in hundredths */
	uint8_t plays;	 /* how often the session had played its artist before, at most SESSION_PLAYS_MAX */
	bool uniform : 1;  /* a uniform draw from the catalog */
	bool held_out : 1; /* not to be learned from */
	bool known : 1;	   /* held out, but another listen of the user to this track is learned from: proves nothing */
};

/* What the track's side looks at of a listen. */
struct session_track_listen {
	uint32_t opening;
	uint8_t time, plays;
	bool held_out;
};

struct session_opening {
	uint32_t user;	      /* place in users */
	uint32_t track;	      /* the first track */
	uint32_t first, n;    /* its listens */
	uint32_t sessions;    /* how many began so */
};

struct session_data {
	const struct catalog *catalog; /* borrowed */
	uint32_t *users;	       /* ids, ascending; users without openings are left out */
	uint32_t *user_openings;       /* n_users + 1: where each user's openings begin */
	struct session_opening *openings;
	struct session_listen *listens; /* opening after opening */
	uint32_t *track_listens;	/* n_tracks + 1: where each track's begin in by_track */
	struct session_track_listen *by_track; /* the listens, track after track */
	size_t n_users, n_openings, n_listens;
};

struct session_data_options {
	uint64_t seed;
	uint32_t most;	  /* listens of a session that are kept, drawn at random where it has more */
	uint32_t repeats; /* listens of an opening to the same track that are kept */
	double holdout; /* share of the sessions whose listens are held out */
	double share;	/* of the sessions that are taken at all, 0 .. 1 */
};

/* Returns 0, or -1 with the reason. Free with session_data_clear in either case. */
int session_data_make(struct session_data *d, const struct catalog *c, const struct listens *l,
		      const struct session_data_options *o, struct errmsg *e);
/* From now on, all is learned from. */
void session_data_hold_out_nothing(struct session_data *d);
void session_data_clear(struct session_data *d);

#endif
