#include "world/users.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"
#include "text/json_keys.h"
#include "text/ndjson.h"
#include "world/trackset.h"

static const char *const known_keys[] = {
	"user", "interests", "interest_neighbours", "consume_bias", "consume_sharpness", "session_budget",
	"artist_discount_gamma", "hype", "return_days", "churn", NULL,
};

void users_clear(struct users *u)
{
	free(u->list);
	free(u->interests);
	idmap_clear(&u->index);
	*u = (struct users){0};
}

struct loading {
	struct users *users;
	const struct catalog *catalog;
	struct trackset seen;
};

/* A number that may be absent, or null. */
static int read_number(const json_t *object, const char *key, double min, double max, double *x, struct errmsg *e)
{
	const json_t *value = json_object_get(object, key);

	if (!value || json_is_null(value))
		return 0;
	*x = json_number_value(value);
	if (!json_is_number(value) || !(*x >= min && *x <= max))
		return errmsg_set(e, "\"%s\" is not a number from %g to %g", key, min, max);
	return 0;
}

static int read_count(const json_t *object, const char *key, uint32_t *n, struct errmsg *e)
{
	double x = *n;

	if (read_number(object, key, 1, INT32_MAX, &x, e) < 0)
		return -1;
	*n = (uint32_t)x;
	return x == floor(x) ? 0 : errmsg_set(e, "\"%s\" is not a whole number", key);
}

static int read_numbers(const json_t *object, struct user *u, struct errmsg *e)
{
	if (read_number(object, "consume_bias", -1e9, 1e9, &u->consume_bias, e) < 0 ||
	    read_number(object, "consume_sharpness", 0, 1e9, &u->consume_sharpness, e) < 0 ||
	    read_number(object, "artist_discount_gamma", 0, 1, &u->artist_discount_gamma, e) < 0 ||
	    read_number(object, "hype", 0, 1e9, &u->hype, e) < 0 ||
	    read_number(object, "return_days", 1e-3, 1e6, &u->return_days, e) < 0 ||
	    read_number(object, "churn", 0, 1, &u->churn, e) < 0 ||
	    read_count(object, "interest_neighbours", &u->interest_neighbours, e) < 0)
		return -1;
	return read_count(object, "session_budget", &u->session_budget, e);
}

static int read_interests(struct loading *ld, const json_t *array, struct user *u, struct errmsg *e)
{
	struct users *users = ld->users;
	size_t n = json_array_size(array);
	uint32_t *interests;

	if (!json_is_array(array) || n == 0)
		return errmsg_set(e, "user %u has no interests", u->id);
	interests = grow(users->interests, &users->interests_cap, users->n_interests + n, sizeof *interests);
	if (interests)
		users->interests = interests;
	if (!interests || users->n_interests + n > UINT32_MAX)
		return errmsg_nomem(e);
	u->first_interest = (uint32_t)users->n_interests;
	u->n_interests = (uint32_t)n;
	users->n_interests += n;
	return trackset_read(&ld->seen, array, "interests", interests + u->first_interest, e);
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct loading *ld = ctx;
	struct users *users = ld->users;
	struct user *list = grow(users->list, &users->cap, users->n + 1, sizeof *list), *u;
	uint32_t *place;

	if (!list)
		return errmsg_nomem(e);
	users->list = list;
	u = &list[users->n];
	*u = (struct user){
		.interest_neighbours = 10,
		.session_budget = 5,
		.consume_bias = 5,
		.consume_sharpness = 1,
		.artist_discount_gamma = 0.8,
		.hype = 1,
		.return_days = NAN,
		.churn = NAN,
	};
	if (json_keys_check_typos(line->object, known_keys, e) < 0 ||
	    ndjson_id(json_object_get(line->object, "user"), "user", &u->id, e) < 0)
		return -1;
	if (idmap_get(&users->index, u->id, IDMAP_NONE) != IDMAP_NONE)
		return errmsg_set(e, "user %u twice", u->id);
	if (read_interests(ld, json_object_get(line->object, "interests"), u, e) < 0 ||
	    read_numbers(line->object, u, e) < 0)
		return -1;
	if (u->interest_neighbours > ld->catalog->n_tracks)
		u->interest_neighbours = (uint32_t)ld->catalog->n_tracks;
	place = idmap_at(&users->index, u->id);
	if (!place)
		return errmsg_nomem(e);
	*place = (uint32_t)users->n++;
	return 0;
}

int users_load(struct users *u, const char *path, const struct catalog *c, struct errmsg *e)
{
	struct loading ld = {.users = u, .catalog = c};
	int status;

	*u = (struct users){0};
	if (trackset_init(&ld.seen, c) < 0)
		return errmsg_nomem(e);
	status = ndjson_each(path, read_line, &ld, e);
	if (status == 0 && u->n == 0)
		status = errmsg_set(e, "%s: no user in it", ndjson_name(path));
	trackset_clear(&ld.seen);
	if (status < 0)
		users_clear(u);
	return status;
}
