#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rank/tops.h"
#include "render/table.h"
#include "text/number.h"
#include "world/catalog.h"

/* One track of a list. */
struct row {
	const char *arm;
	size_t rank; /* from 1 */
	const struct popularity_count *count;
	double score;
	const struct track *track;   /* NULL where there is no catalog */
	const struct artist *artist; /* likewise */
};

/*
 * Calls each(row, ctx) for the first tracks of a list that the catalog has. Counts the plays of those that it does not
 * have, also after the limit. Returns 0, or -1 with the reason.
 */
static int each_row(const struct tops *t, const struct tops_list *list, struct tops_output *out,
		    int (*each)(const struct row *row, void *ctx), void *ctx, struct errmsg *e)
{
	struct tops_row *ranked = tops_ranked(t, list);
	struct row row = {.arm = list->arm};
	int status = ranked ? 0 : -1;

	for (size_t i = 0; status == 0 && i < list->popularity.n; i++) {
		const struct popularity_count *count = &ranked[i].count;
		uint32_t index = out->catalog ? catalog_find(out->catalog, count->track) : 0;

		if (index == CATALOG_NONE) {
			if (out->unknown_plays == 0 || count->track < out->unknown)
				out->unknown = count->track;
			out->unknown_plays += count->plays;
			continue;
		}
		if (row.rank == out->limit)
			continue;
		row.rank++;
		row.count = count;
		row.score = ranked[i].score;
		if (out->catalog) {
			row.track = &out->catalog->tracks[index];
			row.artist = &out->catalog->artists[row.track->artist];
		}
		status = each(&row, ctx);
	}
	free(ranked);
	return status < 0 ? errmsg_nomem(e) : 0;
}

int tops_put_string(FILE *f, const char *text)
{
	json_t *string = json_string(text);
	int status = string ? json_dumpf(string, f, JSON_ENCODE_ANY) : -1;

	json_decref(string);
	return status;
}

static int json_row(const struct row *row, void *ctx)
{
	fprintf(ctx, "%s%u", row->rank == 1 ? "" : ",", row->count->track);
	return 0;
}

static int json_list(const struct tops *t, const struct tops_list *list, struct tops_output *out, FILE *f,
		     struct errmsg *e)
{
	fputc('[', f);
	if (each_row(t, list, out, json_row, f, e) < 0)
		return -1;
	fputc(']', f);
	return 0;
}

/* [3,1,2], or by arm {"C":[3,1,2],"T1":[]} */
static int write_json(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e)
{
	bool by_arm = t->choice.by_arm;

	if (by_arm)
		fputc('{', f);
	for (size_t i = 0; i < t->n_lists; i++) {
		if (i > 0)
			fputc(',', f);
		if (by_arm) {
			if (tops_put_string(f, t->lists[i].arm) < 0)
				return errmsg_nomem(e);
			fputc(':', f);
		}
		if (json_list(t, &t->lists[i], out, f, e) < 0)
			return -1;
	}
	fputs(by_arm ? "}\n" : "\n", f);
	return 0;
}

/* Whether the score is something else than the time that is shown anyway. */
static bool shows_score(const struct tops *t)
{
	return t->choice.by != SCORE_TIME || counting_weighs(&t->choice.counting);
}

struct ndjson_context {
	FILE *f;
	bool by_arm, scored;
};

static void put_number(const char *key, double x, FILE *f)
{
	char text[NUMBER_SIZE];

	fprintf(f, "\"%s\":%.*s,", key, (int)number_write(text, x), text);
}

static int ndjson_row(const struct row *row, void *ctx)
{
	const struct ndjson_context *c = ctx;
	int status = 0;

	fputc('{', c->f);
	if (c->by_arm) {
		fputs("\"arm\":", c->f);
		status |= tops_put_string(c->f, row->arm);
		fputc(',', c->f);
	}
	fprintf(c->f, "\"track\":%u,", row->count->track);
	if (c->scored)
		put_number("score", row->score, c->f);
	put_number("time", popularity_time(row->count), c->f);
	fprintf(c->f, "\"plays\":%" PRId64, row->count->plays);
	if (row->track) {
		fputs(",\"artist\":", c->f);
		status |= tops_put_string(c->f, row->artist->name);
		fputs(",\"title\":", c->f);
		status |= tops_put_string(c->f, row->track->title);
	}
	fputs("}\n", c->f);
	return status;
}

static int write_ndjson(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e)
{
	struct ndjson_context c = {.f = f, .by_arm = t->choice.by_arm, .scored = shows_score(t)};

	for (size_t i = 0; i < t->n_lists; i++)
		if (each_row(t, &t->lists[i], out, ndjson_row, &c, e) < 0)
			return -1;
	return 0;
}

struct table_context {
	struct table table;
	bool by_arm, scored;
};

static int table_row(const struct row *row, void *ctx)
{
	struct table_context *c = ctx;

	if (c->by_arm)
		table_add(&c->table, TABLE_PLAIN, "%s", row->arm);
	table_add(&c->table, TABLE_DIM, "%zu", row->rank);
	table_add(&c->table, TABLE_PLAIN, "%u", row->count->track);
	if (c->scored)
		table_add(&c->table, TABLE_PLAIN, "%.4f", row->score);
	table_add(&c->table, TABLE_PLAIN, "%.2f", popularity_time(row->count));
	table_add(&c->table, TABLE_PLAIN, "%" PRId64, row->count->plays);
	if (row->track) {
		table_add(&c->table, TABLE_PLAIN, "%s", row->artist->name);
		table_add(&c->table, TABLE_PLAIN, "%s", row->track->title);
	}
	return c->table.failed ? -1 : 0;
}

/* The columns that there may be, and whether this table has them. */
struct column {
	const char *name;
	char align;
	bool shown;
};

static int write_table(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e)
{
	struct table_context c = {.by_arm = t->choice.by_arm, .scored = shows_score(t)};
	const struct column columns[] = {
		{"arm", 'l', c.by_arm}, {"#", 'r', true}, {"track", 'r', true}, {"score", 'r', c.scored},
		{"time", 'r', true}, {"plays", 'r', true}, {"artist", 'l', out->catalog}, {"title", 'l', out->catalog},
	};
	enum { N = sizeof columns / sizeof *columns };
	char align[N + 1] = "";
	int status = 0;

	for (size_t i = 0, n = 0; i < N; i++)
		if (columns[i].shown)
			align[n++] = columns[i].align;
	table_init(&c.table, align);
	for (size_t i = 0; i < N; i++)
		if (columns[i].shown)
			table_add(&c.table, TABLE_BOLD, "%s", columns[i].name);
	for (size_t i = 0; status == 0 && i < t->n_lists; i++)
		status = each_row(t, &t->lists[i], out, table_row, &c, e);
	if (status == 0 && table_print(&c.table, f, out->colour) < 0)
		status = errmsg_nomem(e);
	table_clear(&c.table);
	return status;
}

static const struct tops_format formats[] = {
	{"json", write_json},
	{"ndjson", write_ndjson},
	{"table", write_table},
};

const struct tops_format *tops_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}
