#include "rank/evaluation_part.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/memstream.h"
#include "rank/popularity_part.h"
#include "text/json_put.h"
#include "text/ndjson.h"

const struct part_kind evaluation_part_kind = {"botify-evaluate ranking", 1};

static const char *const units[] = {[QUERY_USER] = "user", [QUERY_SESSION] = "session", [QUERY_LISTEN] = "listen"};

static void put_truth(FILE *f, const char *key, bool truth)
{
	fprintf(f, ",\"%s\":%s", key, truth ? "true" : "false");
}

static void put_sizes(FILE *f, const char *key, const size_t *list, size_t n)
{
	fprintf(f, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++)
		if (list[i] == RANKING_WHOLE)
			fprintf(f, "%snull", i > 0 ? "," : "");
		else
			fprintf(f, "%s%zu", i > 0 ? "," : "", list[i]);
	fputc(']', f);
}

static void put_choice(FILE *f, const struct evaluation *v, const struct queries_choice *q)
{
	const struct evaluation_choice *c = &v->choice;

	fprintf(f, ",\"choice\":{\"query\":\"%s\",\"liked\":", units[c->unit]);
	json_put_number(f, q->liked);
	put_truth(f, "recommended", q->recommended);
	put_truth(f, "graded", q->graded);
	put_sizes(f, "at", c->at, c->n_at);
	put_sizes(f, "shuffle", c->shuffles, c->n_shuffles);
	fputs(",\"min_time\":[", f);
	for (size_t i = 0; i < c->n_sweeps; i++) {
		fputs(i > 0 ? "," : "", f);
		json_put_number(f, c->min_times[i]);
	}
	fputs("],\"log_base\":", f);
	json_put_number(f, c->rules.log_base);
	put_truth(f, "short_by_length", c->rules.short_by_length);
	put_truth(f, "capped", c->rules.capped);
	put_truth(f, "count_nothing", c->count_nothing);
	put_truth(f, "skip_missing", c->skip_missing);
	put_truth(f, "artists", c->artists);
	put_truth(f, "top", v->reference != SIZE_MAX);
	fputc('}', f);
}

static void put_head(FILE *f, const struct evaluation *v, const struct queries_choice *q)
{
	fprintf(f, "{\"partial\":\"%s\",\"version\":%d,\"tables\":[", evaluation_part_kind.of,
		evaluation_part_kind.version);
	for (size_t i = 0; i < v->rankers->n; i++) {
		fputs(i > 0 ? "," : "", f);
		json_put_string(f, v->rankers->list[i].name);
	}
	fputc(']', f);
	put_choice(f, v, q);
	fprintf(f,
		",\"tracks\":%zu,\"queries\":%" PRIu64 ",\"relevant\":%" PRIu64 ",\"held_out\":%" PRIu64
		",\"liked\":%" PRIu64 ",\"missing\":[",
		v->n_tracks, v->queries, v->with_relevant, v->held_out, v->liked);
	for (size_t i = 0; i < v->rankers->n; i++)
		fprintf(f, "%s%" PRIu64, i > 0 ? "," : "", v->missing[i]);
	fputs("],\"users\":", f);
	fprintf(f, "%zu,\"parts\":1", v->n_users);
}

static int by_user(const void *a, const void *b, void *ctx)
{
	const struct evaluation *v = ctx;
	uint32_t x = v->users[*(const size_t *)a], y = v->users[*(const size_t *)b];

	return (x > y) - (x < y);
}

static int pack_users(struct part_bytes *b, const struct evaluation *v)
{
	size_t *order = malloc((v->n_users + 1) * sizeof *order);
	uint32_t before = 0;

	if (!order)
		return -1;
	for (size_t i = 0; i < v->n_users; i++)
		order[i] = i;
	qsort_r(order, v->n_users, sizeof *order, by_user, (void *)v);
	for (size_t i = 0; i < v->n_users; i++) {
		size_t user = order[i];

		part_put_id(b, v->users[user], &before);
		for (size_t j = 0; j < v->n_counts; j++)
			part_put(b, v->counts[user * v->n_counts + j]);
		for (size_t j = 0; j < v->n_values; j++)
			part_put_signed(b, v->sums[user * v->n_values + j]);
	}
	free(order);
	return 0;
}

int evaluation_write_part(const struct evaluation *v, const struct queries_choice *queries, FILE *f, struct errmsg *e)
{
	struct part_bytes bytes = {0};
	struct memstream m;
	FILE *head = memstream_open(&m);
	char *text = NULL;
	int status = head ? 0 : -1;

	if (status == 0) {
		put_head(head, v, queries);
		text = memstream_close(&m);
	}
	if (!text || pack_users(&bytes, v) < 0 || popularity_pack(&bytes, &v->popularity) < 0)
		status = -1;
	for (size_t i = 0; status == 0 && i < evaluation_cells(v); i++)
		status = popularity_pack(&bytes, &v->exposed[i]);
	if (status == 0)
		status = part_write(text, m.len, &bytes, f);
	free(text);
	part_bytes_clear(&bytes);
	return status < 0 ? errmsg_nomem(e) : 0;
}

void evaluation_parts_clear(struct evaluation_parts *p)
{
	evaluation_clear(&p->evaluation);
	rankers_clear(&p->rankers);
	json_decref(p->head);
	*p = (struct evaluation_parts){0};
}

static int read_sizes(const json_t *list, size_t *sizes, size_t *n)
{
	*n = json_array_size(list);
	if (*n > EVALUATION_LIST_MAX)
		return -1;
	for (size_t i = 0; i < *n; i++) {
		const json_t *value = json_array_get(list, i);
		int64_t whole = 0;

		if (!json_is_null(value) && (!ndjson_whole(value, &whole) || whole <= 0))
			return -1;
		sizes[i] = json_is_null(value) ? RANKING_WHOLE : (size_t)whole;
	}
	return 0;
}

/* Takes over how a part was made. */
static int read_choice(struct evaluation_choice *c, struct queries_choice *q, const json_t *from)
{
	const char *query = json_string_value(json_object_get(from, "query"));
	const json_t *times = json_object_get(from, "min_time");

	*c = (struct evaluation_choice){
		.rules = {.short_by_length = json_is_true(json_object_get(from, "short_by_length")),
			  .capped = json_is_true(json_object_get(from, "capped")),
			  .log_base = json_number_value(json_object_get(from, "log_base"))},
		.n_sweeps = json_array_size(times),
		.count_nothing = json_is_true(json_object_get(from, "count_nothing")),
		.skip_missing = json_is_true(json_object_get(from, "skip_missing")),
		.artists = json_is_true(json_object_get(from, "artists")),
	};
	*q = (struct queries_choice){.liked = json_number_value(json_object_get(from, "liked")),
				     .recommended = json_is_true(json_object_get(from, "recommended")),
				     .graded = json_is_true(json_object_get(from, "graded"))};
	if (!query || query_unit_by_name(&c->unit, query) < 0 || c->n_sweeps > EVALUATION_LIST_MAX ||
	    c->n_sweeps == 0 || read_sizes(json_object_get(from, "at"), c->at, &c->n_at) < 0 || c->n_at == 0 ||
	    read_sizes(json_object_get(from, "shuffle"), c->shuffles, &c->n_shuffles) < 0)
		return -1;
	for (size_t i = 0; i < c->n_sweeps; i++)
		c->min_times[i] = json_number_value(json_array_get(times, i));
	q->unit = c->unit;
	return 0;
}

/* The first part says of which tables and how. */
static int begin(struct evaluation_parts *p, json_t *head, struct errmsg *e)
{
	const json_t *tables = json_object_get(head, "tables"), *choice = json_object_get(head, "choice");
	struct evaluation_choice c;
	uint64_t tracks;

	if (read_choice(&c, &p->queries, choice) < 0 || json_array_size(tables) == 0)
		return errmsg_set(e, "not a part of an evaluation: it does not say how it was made");
	for (size_t i = 0; i < json_array_size(tables); i++) {
		const char *name = json_string_value(json_array_get(tables, i));

		if (!name)
			return errmsg_set(e, "not a part of an evaluation: a table has no name");
		if (rankers_add_name(&p->rankers, name, e) < 0)
			return -1;
	}
	if (ndjson_count(head, "tracks", UINT32_MAX, &tracks, e) < 0 ||
	    evaluation_init(&p->evaluation, &c, &p->rankers, e) < 0)
		return -1;
	p->evaluation.n_tracks = (size_t)tracks;
	/* which one it was is in the sums already */
	p->evaluation.reference = json_is_true(json_object_get(choice, "top")) ? 0 : SIZE_MAX;
	p->head = json_incref(head);
	return 0;
}

static int agree(const struct evaluation_parts *p, const json_t *head, struct errmsg *e)
{
	static const char *const keys[] = {"tables", "choice", "tracks"};
	static const char *const what[] = {"of other tables than", "with other options than",
					   "with another catalog than"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!json_equal(json_object_get(p->head, keys[i]), json_object_get(head, keys[i])))
			return errmsg_set(e, "made %s %s", what[i], p->file);
	return 0;
}

static int add_count(const json_t *head, const char *key, uint64_t *sum, struct errmsg *e)
{
	uint64_t n;

	if (ndjson_count(head, key, INT64_MAX, &n, e) < 0)
		return -1;
	*sum += n;
	return 0;
}

static int add_head(struct evaluation_parts *p, const json_t *head, struct errmsg *e)
{
	struct evaluation *v = &p->evaluation;
	const json_t *missing = json_object_get(head, "missing");

	for (size_t i = 0; i < p->rankers.n; i++)
		v->missing[i] += (uint64_t)json_integer_value(json_array_get(missing, i));
	return add_count(head, "queries", &v->queries, e) < 0 ||
			       add_count(head, "relevant", &v->with_relevant, e) < 0 ||
			       add_count(head, "held_out", &v->held_out, e) < 0 ||
			       add_count(head, "liked", &v->liked, e) < 0 || add_count(head, "parts", &p->parts, e) < 0
		       ? -1
		       : 0;
}

static int read_user(struct evaluation_parts *p, struct part_numbers *in, uint32_t *user, struct errmsg *e)
{
	struct evaluation *v = &p->evaluation;
	size_t before = v->n_users, at;

	part_take_id(in, user);
	if (in->wrong)
		return part_refuse(e);
	at = evaluation_user(v, *user);
	if (at == SIZE_MAX)
		return errmsg_nomem(e);
	if (at < before)
		return part_refuse_user(*user, e);
	for (size_t j = 0; j < v->n_counts; j++)
		v->counts[at * v->n_counts + j] = (uint32_t)part_take_up_to(in, UINT32_MAX);
	for (size_t j = 0; j < v->n_values; j++)
		v->sums[at * v->n_values + j] = part_take_signed(in);
	return in->wrong ? part_refuse(e) : 0;
}

static int read_numbers(struct evaluation_parts *p, struct part *part, struct errmsg *e)
{
	struct part_numbers *in = &part->numbers;
	uint64_t users;
	uint32_t user = 0;

	if (ndjson_count(part->head, "users", UINT32_MAX, &users, e) < 0)
		return -1;
	for (uint64_t i = 0; i < users; i++)
		if (read_user(p, in, &user, e) < 0)
			return -1;
	if (popularity_unpack(in, &p->evaluation.popularity, e) < 0)
		return -1;
	for (size_t i = 0; i < evaluation_cells(&p->evaluation); i++)
		if (popularity_unpack(in, &p->evaluation.exposed[i], e) < 0)
			return -1;
	return 0;
}

static int add_part(void *parts, const struct part_file *f, struct part *part, struct errmsg *e)
{
	struct evaluation_parts *p = parts;

	if (!p->head)
		p->file = f->name;
	if ((p->head ? agree(p, part->head, e) : begin(p, part->head, e)) < 0)
		return -1;
	return add_head(p, part->head, e) < 0 ? -1 : read_numbers(p, part, e);
}

int evaluation_parts_read(struct evaluation_parts *p, const char *path, struct errmsg *e)
{
	return part_file_read(path, &evaluation_part_kind, add_part, p, e);
}
