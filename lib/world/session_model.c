#include "world/session_model.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/save_directory.h"
#include "text/json_put.h"
#include "text/ndjson.h"
#include "text/npy.h"

enum { VERSION = 2, USER_COLUMNS = 5, OPENING_COLUMNS = 3 };

enum matrix { TRACKS, TRACKS_VAR, ROWS, ROWS_VAR, USERS, OPENINGS, N_MATRICES };

/* The files of a model, its matrices first. */
static const char *const matrices[] = {
	"tracks.npy", "tracks_var.npy", "rows.npy", "rows_var.npy", "users.npy", "openings.npy", "model.json", NULL,
};

static const struct directory_kind directory = {"a model", matrices};

void session_model_clear(struct session_model *m)
{
	free(m->tracks);
	free(m->tracks_var);
	free(m->rows);
	free(m->rows_var);
	free(m->users);
	free(m->openings);
	*m = (struct session_model){0};
}

size_t session_model_user(const struct session_model *m, uint32_t id)
{
	size_t low = 0, high = m->n_users;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (m->users[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->n_users && m->users[low].id == id ? low : m->n_users;
}

/* dir/name. New; NULL where there is no memory. */
static char *join_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static int read_number(const json_t *o, const char *key, double min, double max, double *x, struct errmsg *e)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_number(v))
		return errmsg_set(e, "\"%s\" is missing or not a number", key);
	*x = json_number_value(v);
	if (!(*x >= min && *x <= max))
		return errmsg_set(e, "\"%s\" is out of range", key);
	return 0;
}

static int read_variances(const json_t *o, const char *key, double variances[SESSION_DIM], struct errmsg *e)
{
	const json_t *v = json_object_get(o, key);

	if (json_array_size(v) != SESSION_DIM)
		return errmsg_set(e, "\"%s\" is not an array of %d numbers", key, SESSION_DIM);
	for (size_t i = 0; i < SESSION_DIM; i++) {
		variances[i] = json_number_value(json_array_get(v, i));
		if (!(variances[i] > 0 && variances[i] < 1e12))
			return errmsg_set(e, "\"%s\" holds what is not a variance", key);
	}
	return 0;
}

static int read_factors(const json_t *o, double factors[SESSION_PLAYS_MAX + 1], struct errmsg *e)
{
	const json_t *v = json_object_get(o, "factors");

	if (json_array_size(v) != SESSION_PLAYS_MAX + 1)
		return errmsg_set(e, "\"factors\" is not an array of %d numbers", SESSION_PLAYS_MAX + 1);
	for (size_t i = 0; i <= SESSION_PLAYS_MAX; i++) {
		factors[i] = json_number_value(json_array_get(v, i));
		if (!(factors[i] >= 0 && factors[i] <= (i == 0 ? 1 : factors[i - 1])))
			return errmsg_set(e, "\"factors\" do not go down from 1");
	}
	return 0;
}

static int read_size(const json_t *o, const char *key, size_t *n, struct errmsg *e)
{
	uint64_t count;

	if (ndjson_count(o, key, INT32_MAX, &count, e) < 0)
		return -1;
	*n = (size_t)count;
	return 0;
}

static int read_head(struct session_model *m, const json_t *o, const struct catalog *c, struct errmsg *e)
{
	const char *digest = json_string_value(json_object_get(o, "catalog"));
	char own[CATALOG_DIGEST];
	double version = json_number_value(json_object_get(o, "botify-session"));
	size_t dim;

	if (!json_is_number(json_object_get(o, "botify-session")) || !digest)
		return errmsg_set(e, "this is not a session model");
	if (version != VERSION)
		return errmsg_set(e, "a session model of version %g; this botify knows version %d", version, VERSION);
	if (catalog_digest(c, own) < 0)
		return errmsg_nomem(e);
	if (strcmp(own, digest) != 0)
		return errmsg_set(e, "the model was learned with another catalog (digest %.16s, not %s)", digest, own);
	if (read_size(o, "dim", &dim, e) < 0 || read_size(o, "tracks", &m->n_tracks, e) < 0 ||
	    read_size(o, "users", &m->n_users, e) < 0 || read_size(o, "rows", &m->n_rows, e) < 0 ||
	    read_size(o, "openings", &m->n_openings, e) < 0)
		return -1;
	if (dim != SESSION_DIM || m->n_tracks != c->n_tracks)
		return errmsg_set(e, "%zu tracks with %zu dimensions; %zu with %d are wanted", m->n_tracks, dim,
				  c->n_tracks, SESSION_DIM);
	if (read_number(o, "gamma", 0, 1, &m->gamma, e) < 0 || read_number(o, "noise", 1e-9, 1e12, &m->noise, e) < 0 ||
	    read_number(o, "near", 1e-9, 1e12, &m->near, e) < 0 ||
	    read_number(o, "s", 1e-6, 1e6, &m->s, e) < 0 || read_number(o, "b", -1e6, 1e6, &m->b, e) < 0 ||
	    read_number(o, "b_var", 1e-9, 1e12, &m->b_var, e) < 0)
		return -1;
	if (read_factors(o, m->factors, e) < 0)
		return -1;
	if (read_variances(o, "first", m->first, e) < 0 || read_variances(o, "artist", m->artist, e) < 0 ||
	    read_variances(o, "track", m->track, e) < 0)
		return -1;
	return 0;
}

/* Loads a matrix of this shape and type. Where it is to have no rows, no file is read. */
static int load_matrix(struct npy *a, const char *dir, enum matrix which, size_t rows, size_t columns,
		       enum npy_type type, struct errmsg *e)
{
	char *path = join_path(dir, matrices[which]);
	int status = -1;

	*a = (struct npy){.type = type};
	if (!path)
		errmsg_nomem(e);
	else if (rows == 0)
		status = 0;
	else if (npy_load(a, path, e) == 0) {
		if (a->rows != rows || a->columns != columns)
			errmsg_set(e, "%s: a matrix of %zu x %zu; model.json says %zu x %zu", path, a->rows, a->columns,
				   rows, columns);
		else if (a->type != type)
			errmsg_set(e, "%s: %s is wanted", path,
				   type == NPY_FLOAT32 ? "float32 ('<f4')" : "float64 ('<f8')");
		else
			status = 0;
	}
	free(path);
	if (status < 0)
		npy_clear(a);
	return status;
}

static int load_floats(float **dst, const char *dir, enum matrix which, size_t rows, size_t columns, struct errmsg *e)
{
	struct npy a;

	if (load_matrix(&a, dir, which, rows, columns, NPY_FLOAT32, e) < 0)
		return -1;
	*dst = a.data;
	return 0;
}

static int check_variances(const float *v, size_t n, const char *dir, enum matrix which, struct errmsg *e)
{
	for (size_t i = 0; i < n; i++)
		if (!(v[i] > 0))
			return errmsg_set(e, "%s/%s: row %zu is not a variance", dir, matrices[which], i);
	return 0;
}

static int fill_users(struct session_model *m, const double *x, const char *dir, struct errmsg *e)
{
	m->users = calloc(m->n_users + 1, sizeof *m->users);
	if (!m->users)
		return errmsg_nomem(e);
	for (size_t i = 0; i < m->n_users; i++, x += USER_COLUMNS) {
		if (!(x[0] >= 0 && x[0] <= INT32_MAX && x[0] == floor(x[0])) || (i > 0 && x[0] <= m->users[i - 1].id))
			return errmsg_set(e, "%s/%s: row %zu: ids of users are wanted, ascending", dir, matrices[USERS],
					  i);
		if (!(x[1] > 1e-6 && x[1] < 1e6 && fabs(x[2]) < 1e6 && x[3] >= 0 && x[4] >= 0 && x[4] < 1e12))
			return errmsg_set(e, "%s/%s: row %zu: a value is out of range", dir, matrices[USERS], i);
		m->users[i] = (struct session_user){
			.id = (uint32_t)x[0], .s = (float)x[1], .b = (float)x[2],
			.s_var = (float)x[3], .b_var = (float)x[4],
		};
	}
	return 0;
}

static int fill_openings(struct session_model *m, const double *x, const struct catalog *c, const char *dir,
			 struct errmsg *e)
{
	size_t user = 0;

	m->openings = calloc(m->n_openings + 1, sizeof *m->openings);
	if (!m->openings)
		return errmsg_nomem(e);
	for (size_t i = 0; i < m->n_openings; i++, x += OPENING_COLUMNS) {
		uint32_t track;

		while (user < m->n_users && m->users[user].id < x[0])
			m->users[++user].first_opening = (uint32_t)i;
		track = x[1] >= 0 && x[1] <= INT32_MAX ? catalog_find(c, (uint32_t)x[1]) : CATALOG_NONE;
		if (user == m->n_users || m->users[user].id != x[0] || track == CATALOG_NONE ||
		    !(x[2] >= 0 && x[2] < (double)m->n_rows))
			return errmsg_set(e,
					  "%s/%s: row %zu: a user, a track and a row of the model are wanted, in order",
					  dir, matrices[OPENINGS], i);
		m->openings[i] = (struct session_start){track, (uint32_t)x[2]};
	}
	while (user < m->n_users)
		m->users[++user].first_opening = (uint32_t)m->n_openings;
	return 0;
}

static int load_matrices(struct session_model *m, const char *dir, const struct catalog *c, struct errmsg *e)
{
	struct npy users = {0}, openings = {0};
	int status = -1;

	if (load_floats(&m->tracks, dir, TRACKS, m->n_tracks, SESSION_DIM, e) == 0 &&
	    load_floats(&m->tracks_var, dir, TRACKS_VAR, m->n_tracks, 1, e) == 0 &&
	    load_floats(&m->rows, dir, ROWS, m->n_rows, SESSION_DIM, e) == 0 &&
	    load_floats(&m->rows_var, dir, ROWS_VAR, m->n_rows, 1, e) == 0 &&
	    check_variances(m->tracks_var, m->n_tracks, dir, TRACKS_VAR, e) == 0 &&
	    check_variances(m->rows_var, m->n_rows, dir, ROWS_VAR, e) == 0 &&
	    load_matrix(&users, dir, USERS, m->n_users, USER_COLUMNS, NPY_FLOAT64, e) == 0 &&
	    load_matrix(&openings, dir, OPENINGS, m->n_openings, OPENING_COLUMNS, NPY_FLOAT64, e) == 0 &&
	    fill_users(m, users.data, dir, e) == 0)
		status = fill_openings(m, openings.data, c, dir, e);
	npy_clear(&users);
	npy_clear(&openings);
	return status;
}

int session_model_load(struct session_model *m, const char *path, const struct catalog *c, struct errmsg *e)
{
	char *head = join_path(path, "model.json");
	json_t *o = NULL;
	int status;

	*m = (struct session_model){0};
	if (!head)
		return errmsg_nomem(e);
	o = ndjson_load(head, e);
	status = o ? read_head(m, o, c, e) : -1;
	if (o && status < 0)
		errmsg_prefix(e, "%s", head);
	if (status == 0)
		status = load_matrices(m, path, c, e);
	json_decref(o);
	free(head);
	if (status < 0)
		session_model_clear(m);
	return status;
}


static int write_users(const struct session_model *m, struct npy *a)
{
	double *x = malloc((m->n_users * USER_COLUMNS + 1) * sizeof *x);

	*a = (struct npy){NPY_FLOAT64, m->n_users, USER_COLUMNS, x};
	for (size_t i = 0; x && i < m->n_users; i++) {
		const struct session_user *u = &m->users[i];
		const double values[] = {u->id, u->s, u->b, u->s_var, u->b_var};

		memcpy(x + i * USER_COLUMNS, values, sizeof values);
	}
	return x ? 0 : -1;
}

static int write_openings(const struct session_model *m, const struct catalog *c, struct npy *a)
{
	double *x = malloc((m->n_openings * OPENING_COLUMNS + 1) * sizeof *x), *at = x;

	*a = (struct npy){NPY_FLOAT64, m->n_openings, OPENING_COLUMNS, x};
	for (size_t u = 0; x && u < m->n_users; u++)
		for (uint32_t i = m->users[u].first_opening; i < m->users[u + 1].first_opening; i++) {
			*at++ = m->users[u].id;
			*at++ = c->tracks[m->openings[i].track].id;
			*at++ = m->openings[i].row;
		}
	return x ? 0 : -1;
}

static void put_numbers(FILE *f, const char *key, const double *v, int n)
{
	fprintf(f, ",\"%s\":[", key);
	for (int i = 0; i < n; i++) {
		if (i > 0)
			putc(',', f);
		json_put_number(f, v[i]);
	}
	putc(']', f);
}

static void put_number(FILE *f, const char *key, double x)
{
	fprintf(f, ",\"%s\":", key);
	json_put_number(f, x);
}

static int save_head(const struct session_model *m, FILE *f, const struct catalog *c, struct errmsg *e)
{
	char digest[CATALOG_DIGEST];

	if (catalog_digest(c, digest) < 0)
		return errmsg_nomem(e);
	fprintf(f, "{\"botify-session\":%d,\"catalog\":\"%s\",\"dim\":%d,\"tracks\":%zu,\"users\":%zu,\"rows\":%zu"
		   ",\"openings\":%zu",
		VERSION, digest, SESSION_DIM, m->n_tracks, m->n_users, m->n_rows, m->n_openings);
	put_number(f, "gamma", m->gamma);
	put_numbers(f, "factors", m->factors, SESSION_PLAYS_MAX + 1);
	put_number(f, "noise", m->noise);
	put_number(f, "near", m->near);
	put_number(f, "s", m->s);
	put_number(f, "b", m->b);
	put_number(f, "b_var", m->b_var);
	put_numbers(f, "first", m->first, SESSION_DIM);
	put_numbers(f, "artist", m->artist, SESSION_DIM);
	put_numbers(f, "track", m->track, SESSION_DIM);
	fputs("}\n", f);
	return 0;
}

/* What is saved. */
struct saved {
	const struct session_model *model;
	const struct catalog *catalog;
	struct npy matrices[N_MATRICES];
};

static int save_one(FILE *f, size_t which, void *ctx, struct errmsg *e)
{
	const struct saved *s = ctx;

	if (which == N_MATRICES)
		return save_head(s->model, f, s->catalog, e);
	npy_write(f, &s->matrices[which]);
	return 0;
}

int session_model_check_place(const char *path, struct errmsg *e)
{
	return save_directory_check(&directory, path, e);
}

int session_model_save(const struct session_model *m, const char *path, const struct catalog *c, struct errmsg *e)
{
	struct saved s = {
		.model = m,
		.catalog = c,
		.matrices = {
			[TRACKS] = {NPY_FLOAT32, m->n_tracks, SESSION_DIM, m->tracks},
			[TRACKS_VAR] = {NPY_FLOAT32, m->n_tracks, 1, m->tracks_var},
			[ROWS] = {NPY_FLOAT32, m->n_rows, SESSION_DIM, m->rows},
			[ROWS_VAR] = {NPY_FLOAT32, m->n_rows, 1, m->rows_var},
		},
	};
	int status = -1;

	if (write_users(m, &s.matrices[USERS]) < 0 || write_openings(m, c, &s.matrices[OPENINGS]) < 0)
		errmsg_nomem(e);
	else
		status = save_directory(&directory, path, save_one, &s, e);
	free(s.matrices[USERS].data);
	free(s.matrices[OPENINGS].data);
	return status;
}
