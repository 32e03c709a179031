/*
 * session_model: what listeners are after in a session, and what tracks are like, as learned from logs: a directory.
 *
 * A track has a vector e, and a user a few rows: vectors q, one for each of their interests. A listen to a track whose
 * artist was played k times before in the session is expected to last factors[k] sigmoid(s (q.e - b)), where s and b
 * are the user's, and factors[k] is gamma^k unless listens said otherwise. What is not known well is kept as
 * variances. botify-train session learns and writes a model, botify-recommend plays by it.
 *
 *     model.json          {"botify-session":1,"catalog":"…","dim":64,"tracks":N,"users":N,"rows":N,"openings":N,
 *                          "gamma":…,"factors":[…],…}
 *     tracks.npy          N x 64 float32, row i is track i of the catalog, in the order of ids
 *     tracks_var.npy      N x 1 float32: the variance of each coordinate of e
 *     rows.npy            N x 64 float32
 *     rows_var.npy        N x 1 float32
 *     users.npy           N x 5 float64: id, s, b, variance of log s, variance of b; ids ascend
 *     openings.npy        N x 3 float64: a user's id, a track's id, and the row that this user is after when they
 *                         begin with this track; ascending
 *
 * "catalog" is the digest of the catalog (catalog_digest), so that no other one is taken for it.
 */
#ifndef BOTIFY_SESSION_MODEL_H
#define BOTIFY_SESSION_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "world/catalog.h"

enum { SESSION_DIM = 64, SESSION_PLAYS_MAX = 15 };

struct session_user {
	uint32_t id;
	float s, b, s_var, b_var;
	uint32_t first_opening; /* their openings end where the next user's begin */
};

struct session_start {
	uint32_t track; /* index */
	uint32_t row;
};

struct session_model {
	size_t n_tracks, n_users, n_rows, n_openings;
	float *tracks, *tracks_var, *rows, *rows_var;
	struct session_user *users;    /* n_users and one more, whose first_opening is n_openings */
	struct session_start *openings;
	/* what is left of a time after k plays of the artist: of no more than before, and factors[0] is 1 */
	double factors[SESSION_PLAYS_MAX + 1];
	/* of what was left, for each play after these; factors[k] is gamma^k where nothing said otherwise */
	double gamma;
	double noise;		       /* variance of x around q.e */
	double near;		       /* variance of a coordinate of a first track around its interest */
	/* the same, as a row takes it: as far as first tracks speak for it beside what was listened to */
	double first[SESSION_DIM];
	double artist[SESSION_DIM], track[SESSION_DIM]; /* of an artist; of a track around its artist */
	double s, b, b_var;	       /* of a user about whom nothing is known */
};

/*
 * Reads a model of this catalog. Returns 0, or -1 with file and reason: a file that is missing, cut off or not a matrix
 * of the shape that model.json says, or a model of another catalog. Free with session_model_clear in either case.
 */
int session_model_load(struct session_model *m, const char *path, const struct catalog *c, struct errmsg *e);
void session_model_clear(struct session_model *m);

/*
 * Writes a model as the directory `path`, as a whole: beside its place, synced, and exchanged with what stood there,
 * which must be a model too, or an empty directory, and is removed. Returns 0, or -1 with the reason, and then what
 * stood there stays.
 */
int session_model_save(const struct session_model *m, const char *path, const struct catalog *c, struct errmsg *e);

/* Whether a model could be written there: for a look before the work. Returns 0, or -1 with the reason. */
int session_model_check_place(const char *path, struct errmsg *e);

/* The user's place among users, or n_users. */
size_t session_model_user(const struct session_model *m, uint32_t id);

#endif
