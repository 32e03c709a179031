#include "study/ope_part.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/memstream.h"
#include "text/json_put.h"
#include "text/ndjson.h"

const struct part_kind ope_part_kind = {"botify-evaluate policy", 1};

/* What was left out, in the order of the file. */
enum { N_LEFT_OUT = sizeof(struct ope_left_out) / sizeof(uint64_t) };

static const size_t left_out[N_LEFT_OUT] = {
	offsetof(struct ope_left_out, no_propensity), offsetof(struct ope_left_out, impossible),
	offsetof(struct ope_left_out, unknown),	      offsetof(struct ope_left_out, other_track),
	offsetof(struct ope_left_out, open),	      offsetof(struct ope_left_out, sessions),
	offsetof(struct ope_left_out, open_sessions), offsetof(struct ope_left_out, told_otherwise),
};

static uint64_t *left_out_at(struct ope_left_out *l, size_t i)
{
	return (uint64_t *)(void *)((char *)l + left_out[i]);
}

static void put_head(FILE *f, const struct ope_sums *s, const char *policy, const char *asked)
{
	const struct ope_choice *c = &s->choice;
	struct ope_left_out out = s->left_out;

	fprintf(f, "{\"partial\":\"%s\",\"version\":%d,\"policy\":", ope_part_kind.of, ope_part_kind.version);
	json_put_string(f, policy);
	fputs(",\"asked\":", f);
	json_put_string(f, asked);
	fputs(",\"choice\":{\"clip\":", f);
	json_put_number(f, c->clip);
	fputs(",\"switch\":", f);
	json_put_number(f, c->switch_at);
	fprintf(f, ",\"horizon\":%" PRIu32 "},\"events\":%" PRIu64 ",\"left_out\":[", c->horizon, s->events);
	for (size_t i = 0; i < N_LEFT_OUT; i++)
		fprintf(f, "%s%" PRIu64, i > 0 ? "," : "", *left_out_at(&out, i));
	fprintf(f, "],\"users\":%zu,\"parts\":1", s->n);
}

static void put_reals(struct part_bytes *b, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		part_put_real(b, x[i]);
}

static void put_exact(struct part_bytes *b, ope_exact x)
{
	part_put_word(b, (uint64_t)x);
	part_put_word(b, (uint64_t)(x >> 64));
}

static void pack_fold(struct part_bytes *b, const struct ope_fold *f)
{
	part_put(b, f->n);
	for (size_t i = 0; i < OPE_PRODUCTS; i++)
		put_exact(b, f->xx[i]);
	for (size_t i = 0; i < OPE_FEATURES; i++)
		put_exact(b, f->xr[i]);
}

static void pack_bin(struct part_bytes *b, const struct ope_bin *bin)
{
	const double sums[] = {bin->w, bin->r, bin->wr};

	part_put(b, bin->bin);
	part_put(b, bin->n);
	put_reals(b, sums, 3);
	if (bin->bin > 0)
		put_reals(b, bin->wx, OPE_FEATURES);
}

static void pack_user(struct part_bytes *b, const struct ope_user *u, const struct ope_choice *c)
{
	part_put(b, u->n);
	part_put_real(b, u->w2);
	put_reals(b, u->mean_x, OPE_FEATURES);
	part_put(b, u->artist_n);
	if (u->artist_n > 0)
		put_reals(b, (const double[]){u->artist_w, u->artist_wr}, 2);
	part_put(b, u->sessions);
	if (u->sessions > 0) {
		part_put_real(b, u->reward);
		put_reals(b, u->ahead, (size_t)c->horizon * 2);
	}
	part_put(b, u->n_bins);
	for (size_t i = 0; i < u->n_bins; i++)
		pack_bin(b, &u->bins[i]);
}

int ope_part_write(const struct ope_sums *s, const char *policy, const char *asked, FILE *f, struct errmsg *e)
{
	struct part_bytes bytes = {0};
	struct memstream m;
	FILE *head = memstream_open(&m);
	char *text = NULL;
	uint32_t before = 0;
	int status;

	if (head) {
		put_head(head, s, policy, asked);
		text = memstream_close(&m);
	}
	for (size_t i = 0; i < OPE_FOLDS; i++)
		pack_fold(&bytes, &s->folds[i]);
	for (size_t i = 0; i < s->n; i++) {
		part_put_id(&bytes, s->users[i].id, &before);
		pack_user(&bytes, &s->users[i], &s->choice);
	}
	status = text ? part_write(text, m.len, &bytes, f) : -1;
	free(text);
	part_bytes_clear(&bytes);
	return status < 0 ? errmsg_nomem(e) : 0;
}

void ope_parts_clear(struct ope_parts *p)
{
	ope_sums_clear(&p->sums);
	json_decref(p->head);
	*p = (struct ope_parts){0};
}

/* A number, NaN where it is null. */
static double real_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The first part says for what. */
static int begin(struct ope_parts *p, json_t *head, struct errmsg *e)
{
	const json_t *choice = json_object_get(head, "choice");
	struct ope_choice c;
	uint64_t horizon;

	p->policy = json_string_value(json_object_get(head, "policy"));
	if (!p->policy || !json_is_string(json_object_get(head, "asked")) || !json_is_object(choice))
		return errmsg_set(e, "not a part of an evaluation: it does not say how it was made");
	if (ndjson_count(choice, "horizon", OPE_HORIZON_MAX, &horizon, e) < 0)
		return -1;
	if (horizon == 0)
		return part_refuse(e);
	c = ope_choice_of(real_at(choice, "clip"), real_at(choice, "switch"), (uint32_t)horizon);
	ope_sums_init(&p->sums, &c);
	p->head = json_incref(head);
	return 0;
}

static int agree(const struct ope_parts *p, const json_t *head, struct errmsg *e)
{
	static const char *const keys[] = {"policy", "asked", "choice"};
	static const char *const what[] = {"for another policy than", "with other tables or options than",
					   "with other options than"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!json_equal(json_object_get(p->head, keys[i]), json_object_get(head, keys[i])))
			return errmsg_set(e, "made %s %s", what[i], p->file);
	return 0;
}

static int add_counts(struct ope_parts *p, const json_t *head, struct errmsg *e)
{
	const json_t *list = json_object_get(head, "left_out");
	uint64_t events, parts;

	if (ndjson_count(head, "events", INT64_MAX, &events, e) < 0 ||
	    ndjson_count(head, "parts", INT32_MAX, &parts, e) < 0)
		return -1;
	p->sums.events += events;
	p->parts += parts;
	for (size_t i = 0; i < N_LEFT_OUT; i++) {
		int64_t n = 0;

		if (!ndjson_whole(json_array_get(list, i), &n) || n < 0)
			return part_refuse(e);
		*left_out_at(&p->sums.left_out, i) += (uint64_t)n;
	}
	return 0;
}

static double take_real(struct part_numbers *in)
{
	double x = part_take_real(in);

	if (!isfinite(x))
		in->wrong = true;
	return x;
}

static void take_reals(struct part_numbers *in, double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = take_real(in);
}

static ope_exact take_exact(struct part_numbers *in)
{
	uint64_t low = part_take_word(in);
	int64_t high = (int64_t)part_take_word(in);

	/* so far from the limit that sums of many parts stay below it */
	if (high > INT32_MAX || high < INT32_MIN)
		in->wrong = true;
	if (in->wrong)
		return 0;
	return (ope_exact)high * ((ope_exact)1 << 64) + (ope_exact)low;
}

static void take_fold(struct part_numbers *in, struct ope_fold *to)
{
	struct ope_fold f = {.n = part_take_up_to(in, INT64_MAX)};

	for (size_t i = 0; i < OPE_PRODUCTS; i++)
		f.xx[i] = take_exact(in);
	for (size_t i = 0; i < OPE_FEATURES; i++)
		f.xr[i] = take_exact(in);
	ope_fold_merge(to, &f);
}

static int take_bin(struct part_numbers *in, struct ope_user *u, const struct ope_choice *c, struct errmsg *e)
{
	uint32_t bin = (uint32_t)part_take_up_to(in, c->n_thresholds + 1);
	struct ope_bin *b = ope_user_bin(u, bin);

	if (!b)
		return errmsg_nomem(e);
	b->n = part_take_up_to(in, INT64_MAX);
	b->w = take_real(in);
	b->r = take_real(in);
	b->wr = take_real(in);
	if (bin > 0)
		take_reals(in, b->wx, OPE_FEATURES);
	return 0;
}

static int take_user(struct part_numbers *in, struct ope_user *u, const struct ope_choice *c, struct errmsg *e)
{
	size_t bins;

	u->n = part_take_up_to(in, INT64_MAX);
	u->w2 = take_real(in);
	take_reals(in, u->mean_x, OPE_FEATURES);
	u->artist_n = part_take_up_to(in, INT64_MAX);
	if (u->artist_n > 0) {
		u->artist_w = take_real(in);
		u->artist_wr = take_real(in);
	}
	u->sessions = part_take_up_to(in, INT64_MAX);
	if (u->sessions > 0) {
		if (ope_user_sessions(u, c->horizon) < 0)
			return errmsg_nomem(e);
		u->reward = take_real(in);
		take_reals(in, u->ahead, (size_t)c->horizon * 2);
	}
	bins = part_take_up_to(in, c->n_thresholds + 2);
	for (size_t i = 0; i < bins && !in->wrong; i++)
		if (take_bin(in, u, c, e) < 0)
			return -1;
	return in->wrong ? part_refuse(e) : 0;
}

static int take_users(struct ope_parts *p, struct part *part, struct errmsg *e)
{
	struct part_numbers *in = &part->numbers;
	uint64_t users;
	uint32_t id = 0;

	if (ndjson_count(part->head, "users", UINT32_MAX, &users, e) < 0)
		return -1;
	for (uint64_t i = 0; i < users; i++) {
		size_t before = p->sums.n, at;

		part_take_id(in, &id);
		if (in->wrong)
			return part_refuse(e);
		at = ope_sums_user(&p->sums, id);
		if (at == SIZE_MAX)
			return errmsg_nomem(e);
		if (at < before)
			return part_refuse_user(id, e);
		if (take_user(in, &p->sums.users[at], &p->sums.choice, e) < 0)
			return -1;
	}
	return 0;
}

static int add_part(void *parts, const struct part_file *f, struct part *part, struct errmsg *e)
{
	struct ope_parts *p = parts;

	if (!p->head)
		p->file = f->name;
	if ((p->head ? agree(p, part->head, e) : begin(p, part->head, e)) < 0 || add_counts(p, part->head, e) < 0)
		return -1;
	for (size_t i = 0; i < OPE_FOLDS; i++)
		take_fold(&part->numbers, &p->sums.folds[i]);
	return part->numbers.wrong ? part_refuse(e) : take_users(p, part, e);
}

int ope_parts_read(struct ope_parts *p, const char *path, struct errmsg *e)
{
	return part_file_read(path, &ope_part_kind, add_part, p, e);
}
