/*
 * trainer: from listens to a table: hyperparameters by what was held out, a fit to all of it, the best of each row.
 *
 * The held-out part is a share of the sessions, drawn by the seed, the user's id and which of their sessions it is: no
 * matter in which files they are. Where all hyperparameters are given, nothing is held out.
 *
 * similar: a row is a track that has been finished, a column the track that may come next. What each model learns from
 * stands in similar.c. user-tracks: rows are users, values how often a track was liked, dampened (csr.h).
 */
#ifndef BOTIFY_TRAINER_H
#define BOTIFY_TRAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "train/listens.h"
#include "train/model.h"
#include "train/ranking.h"
#include "train/tune.h"

struct trainer_options {
	const struct model_kind *kind;
	size_t limit;	/* of tracks in a row */
	double liked;	/* a listen is liked that is longer */
	double holdout; /* share of the sessions */
	/* tracks of an artist in a list of similar ones, at most, that of the track itself counted; 0: any */
	size_t per_artist;
	bool unheard;	/* user-tracks: leaves out what a user has listened to */
	const struct catalog *catalog; /* of the listens, or NULL */
	struct tune tune; /* seed, threads and the watch are those of the whole */
};

/* What is to be learned from. */
struct trainer_data {
	struct csr x, xt;	    /* all of it */
	struct csr part, part_t;    /* but for what was held out */
	struct csr held, ranked;    /* see tune.h; `ranked` without entries: as `held` */
	struct csr heard;	    /* what the rows are not to have, where that is wanted */
	uint32_t *group;	    /* the artist of each track; NULL: not known */
	size_t n_groups;
	bool by_loss; /* see tune.h */
	bool of_items;	       /* as in struct model */
	bool rows_are_columns; /* as in struct ranking_options */
};

/* A kind of table. */
struct trainer_kind {
	const char *name;   /* "similar" */
	const char *models; /* "itemknn, ease or mf" */
	const char *key, *list; /* of a line: "track", "recommendations" */
	bool keys_are_tracks;
	size_t limit; /* where none is given */
	bool (*has_model)(const char *name);
	/* Makes the data. Returns 0, or -1 with the reason: there is nothing to learn from. */
	int (*prepare)(struct trainer_data *d, const struct listens *l, const struct trainer_options *o,
		       struct errmsg *e);
};

extern const struct trainer_kind trainer_similar, trainer_user_tracks;

void trainer_data_clear(struct trainer_data *d);

/* What a run will take, about: bytes at once beside the listens, and seconds, from how fast this machine multiplies. */
struct trainer_estimate {
	size_t rows, columns, entries;
	unsigned fits;
	double bytes, seconds;
};

void trainer_estimate(struct trainer_estimate *t, const struct trainer_data *d, const struct trainer_options *o);

/*
 * Tunes, fits and ranks. `h` is what was chosen. Returns 0, or -1 with the reason. Free the ranking with ranking_clear
 * in either case.
 */
int trainer_run(struct ranking *r, struct hypers *h, const struct trainer_data *d, const struct trainer_options *o,
		struct errmsg *e);

/*
 * Writes a line for each row that has any: {"track":0,"recommendations":[…]} or {"user":0,"tracks":[…]}. Returns how
 * many. Errors of f are for ferror to tell.
 */
size_t trainer_write(FILE *f, const struct trainer_kind *k, const struct ranking *r, const struct listens *l);

/* Whether a session is held out. `nth`: which of its user's sessions. */
bool trainer_holds_out(const struct trainer_options *o, uint32_t user_id, uint32_t nth);

#endif
