#include "world/users.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/grow.h"
#include "text/json_keys.h"
#include "text/ndjson.h"
#include "text/scan.h"
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

/* A number that a line may give, and where it goes. */
static const struct number {
	struct slice key;
	double min, max;
	size_t offset; /* in struct user: of a uint32_t where it is a count, else of a double */
	bool count;
} numbers[] = {
	{SCAN_WORD("consume_bias"), -1e9, 1e9, offsetof(struct user, consume_bias), false},
	{SCAN_WORD("consume_sharpness"), 0, 1e9, offsetof(struct user, consume_sharpness), false},
	{SCAN_WORD("artist_discount_gamma"), 0, 1, offsetof(struct user, artist_discount_gamma), false},
	{SCAN_WORD("hype"), 0, 1e9, offsetof(struct user, hype), false},
	{SCAN_WORD("return_days"), 1e-3, 1e6, offsetof(struct user, return_days), false},
	{SCAN_WORD("churn"), 0, 1, offsetof(struct user, churn), false},
	{SCAN_WORD("interest_neighbours"), 1, INT32_MAX, offsetof(struct user, interest_neighbours), true},
	{SCAN_WORD("session_budget"), 1, INT32_MAX, offsetof(struct user, session_budget), true},
};

enum { NUMBERS = sizeof numbers / sizeof *numbers };

static void put_number(struct user *u, const struct number *n, double x)
{
	void *place = (char *)u + n->offset;

	if (n->count)
		*(uint32_t *)place = (uint32_t)x;
	else
		*(double *)place = x;
}

static bool is_in_range(const struct number *n, double x)
{
	return x >= n->min && x <= n->max;
}

/* It may be absent, or null. */
static int read_number(const json_t *object, const struct number *n, struct user *u, struct errmsg *e)
{
	const json_t *value = json_object_get(object, n->key.text);
	double x = json_number_value(value);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_number(value) || !is_in_range(n, x))
		return errmsg_set(e, "\"%s\" is not a number from %g to %g", n->key.text, n->min, n->max);
	if (n->count && x != floor(x))
		return errmsg_set(e, "\"%s\" is not a whole number", n->key.text);
	put_number(u, n, x);
	return 0;
}

static int read_numbers(const json_t *object, struct user *u, struct errmsg *e)
{
	for (size_t i = 0; i < NUMBERS; i++)
		if (read_number(object, &numbers[i], u, e) < 0)
			return -1;
	return 0;
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

/* The place of the next user, who does not count yet, with what a line need not say. NULL: no memory. */
static struct user *next_user(struct users *users)
{
	struct user *list = grow(users->list, &users->cap, users->n + 1, sizeof *list);

	if (!list)
		return NULL;
	users->list = list;
	list[users->n] = (struct user){
		.interest_neighbours = 10,
		.session_budget = 5,
		.consume_bias = 5,
		.consume_sharpness = 1,
		.artist_discount_gamma = 0.8,
		.hype = 1,
		.return_days = NAN,
		.churn = NAN,
	};
	return &list[users->n];
}

/* Has the user in that place count. Returns 0, or -1 where there is no memory. */
static int add_user(struct loading *ld, struct user *u)
{
	struct users *users = ld->users;
	uint32_t *place = idmap_at(&users->index, u->id);

	if (!place)
		return -1;
	if (u->interest_neighbours > ld->catalog->n_tracks)
		u->interest_neighbours = (uint32_t)ld->catalog->n_tracks;
	*place = (uint32_t)users->n++;
	return 0;
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct loading *ld = ctx;
	struct users *users = ld->users;
	struct user *u = next_user(users);

	if (!u)
		return errmsg_nomem(e);
	if (json_keys_check_typos(line->object, known_keys, e) < 0 ||
	    ndjson_id(json_object_get(line->object, "user"), "user", &u->id, e) < 0)
		return -1;
	if (idmap_get(&users->index, u->id, IDMAP_NONE) != IDMAP_NONE)
		return errmsg_set(e, "user %u twice", u->id);
	if (read_interests(ld, json_object_get(line->object, "interests"), u, e) < 0 ||
	    read_numbers(line->object, u, e) < 0)
		return -1;
	return add_user(ld, u) < 0 ? errmsg_nomem(e) : 0;
}

/* A line of the usual form, as far as it has been taken. */
struct scanned {
	struct users *users;
	struct user *user;
	bool has_id;
	size_t n_interests; /* after those of the users so far */
};

static bool scan_signed_number(struct scan *s, double *x)
{
	bool negative = scan_is_next(s, '-');

	s->at += negative;
	if (!scan_number(s, x))
		return false;
	if (negative)
		*x = -*x;
	/* of -0 jansson makes 0 or -0, as it is written */
	return !negative || *x != 0;
}

static bool scan_user_number(struct scan *s, const struct number *n, struct user *u)
{
	double x;

	if (scan_is_next(s, 'n'))
		return scan_word(s, SCAN_WORD("null"));
	if (!scan_signed_number(s, &x) || !is_in_range(n, x) || (n->count && x != floor(x)))
		return false;
	put_number(u, n, x);
	return true;
}

/* Keys that are not known may be typos. */
static bool scan_value_of(struct scan *s, struct slice key, void *ctx)
{
	struct scanned *row = ctx;
	struct users *u = row->users;
	size_t n = u->n_interests;

	if (slice_equal(key, SCAN_WORD("user")))
		return row->has_id = scan_id(s, &row->user->id);
	if (slice_equal(key, SCAN_WORD("interests"))) {
		bool taken = scan_ids(s, &u->interests, &n, &u->interests_cap);

		row->n_interests = n - u->n_interests;
		return taken;
	}
	for (size_t i = 0; i < NUMBERS; i++)
		if (slice_equal(key, numbers[i].key))
			return scan_user_number(s, &numbers[i], row->user);
	return false;
}

/* Takes a line by the quick means; see read_line. */
static bool scan_line(const char *text, size_t len, unsigned long number, void *ctx)
{
	struct loading *ld = ctx;
	struct users *users = ld->users;
	struct scanned row = {.users = users, .user = next_user(users)};
	size_t n = users->n_interests;
	struct errmsg e;

	(void)number;
	if (!row.user || !scan_object(text, len, scan_value_of, &row) || !row.has_id || row.n_interests == 0 ||
	    n + row.n_interests > UINT32_MAX ||
	    idmap_get(&users->index, row.user->id, IDMAP_NONE) != IDMAP_NONE ||
	    trackset_find(&ld->seen, users->interests + n, row.n_interests, "interests", &e) < 0)
		return false;
	row.user->first_interest = (uint32_t)n;
	row.user->n_interests = (uint32_t)row.n_interests;
	if (add_user(ld, row.user) < 0)
		return false;
	users->n_interests = n + row.n_interests;
	return true;
}

int users_load(struct users *u, const char *path, const struct catalog *c, struct errmsg *e)
{
	struct loading ld = {.users = u, .catalog = c};
	int status;

	*u = (struct users){0};
	if (trackset_init(&ld.seen, c) < 0)
		return errmsg_nomem(e);
	status = ndjson_each_quick(path, scan_line, read_line, &ld, e);
	if (status == 0 && u->n == 0)
		status = errmsg_set(e, "%s: no user in it", ndjson_name(path));
	trackset_clear(&ld.seen);
	if (status < 0)
		users_clear(u);
	return status;
}
