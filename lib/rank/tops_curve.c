#include "rank/tops_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/svg.h"
#include "render/table.h"
#include "render/text_chart.h"
#include "text/number.h"

/* The scores of each list, best first. */
struct curves {
	double **scores; /* of n lists */
	size_t *lengths; /* likewise */
	size_t n, ranks; /* the longest */
};

static void curves_clear(struct curves *c)
{
	for (size_t i = 0; c->scores && i < c->n; i++)
		free(c->scores[i]);
	free(c->scores);
	free(c->lengths);
}

static double *scores_of(const struct tops *t, const struct tops_list *list, size_t n)
{
	struct tops_row *rows = tops_ranked(t, list);
	double *scores = rows ? malloc((n + 1) * sizeof *scores) : NULL;

	for (size_t i = 0; scores && i < n; i++)
		scores[i] = rows[i].score;
	free(rows);
	return scores;
}

/* Free with curves_clear, also after a failure. Returns 0, or -1 where there is no memory. */
static int curves_make(struct curves *c, const struct tops *t, size_t limit)
{
	*c = (struct curves){.n = t->n_lists};
	c->scores = calloc(c->n + 1, sizeof *c->scores);
	c->lengths = calloc(c->n + 1, sizeof *c->lengths);
	for (size_t i = 0; i < c->n; i++) {
		size_t n = t->lists[i].popularity.n;

		if (!c->scores || !c->lengths)
			return -1;
		c->lengths[i] = n < limit ? n : limit;
		c->scores[i] = scores_of(t, &t->lists[i], c->lengths[i]);
		if (!c->scores[i])
			return -1;
		if (c->lengths[i] > c->ranks)
			c->ranks = c->lengths[i];
	}
	return c->scores && c->lengths ? 0 : -1;
}

/* After 1: 2, 5, 10, 20 and so on; and at the end the last rank of all. */
static size_t next_rank(size_t rank, size_t last)
{
	size_t power = 1, next;

	if (rank >= last)
		return last + 1;
	while (rank / power >= 10)
		power *= 10;
	next = rank < 2 * power ? 2 * power : rank < 5 * power ? 5 * power : 10 * power;
	return next < last ? next : last;
}

/* What the scores are called. */
static const char *score_name_of(const struct tops *t)
{
	return t->choice.by == SCORE_TIME && !counting_weighs(&t->choice.counting) ? "time" : "score";
}

static void table_rank(const struct curves *c, size_t rank, struct table *table)
{
	table_add(table, TABLE_DIM, "%zu", rank);
	for (size_t i = 0; i < c->n; i++)
		if (rank <= c->lengths[i])
			table_add(table, TABLE_PLAIN, "%.2f", c->scores[i][rank - 1]);
		else
			table_add(table, TABLE_DIM, "-");
}

static int write_table(const struct tops *t, const struct curves *c, struct tops_output *out, FILE *f)
{
	struct table table;
	char *align = malloc(c->n + 2);
	int status;

	if (!align)
		return -1;
	memset(align, 'r', c->n + 1);
	align[c->n + 1] = '\0';
	table_init(&table, align);
	table_add(&table, TABLE_BOLD, "rank");
	for (size_t i = 0; i < c->n; i++)
		table_add(&table, TABLE_BOLD, "%s", t->choice.by_arm ? t->lists[i].arm : score_name_of(t));
	for (size_t rank = 1; rank <= c->ranks; rank = next_rank(rank, c->ranks))
		table_rank(c, rank, &table);
	status = table_print(&table, f, out->colour);
	table_clear(&table);
	free(align);
	return status;
}

static int write_ndjson(const struct tops *t, const struct curves *c, struct tops_output *out, FILE *f)
{
	char score[NUMBER_SIZE];
	int status = 0;

	(void)out;
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; status == 0 && k < c->lengths[i]; k++) {
			fputc('{', f);
			if (t->choice.by_arm) {
				fputs("\"arm\":", f);
				status = tops_put_string(f, t->lists[i].arm);
				fputc(',', f);
			}
			fprintf(f, "\"rank\":%zu,\"%s\":%.*s}\n", k + 1, score_name_of(t),
				(int)number_write(score, c->scores[i][k]), score);
		}
	return status;
}

static int write_chart(const struct tops *t, const struct curves *c, struct tops_output *out, FILE *f)
{
	struct text_series *series = calloc(c->n + 1, sizeof *series);

	(void)out;
	if (!series)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		series[i] = (struct text_series){.name = t->lists[i].arm, .y = c->scores[i], .n = c->lengths[i]};
	text_chart(series, c->n, score_name_of(t), f);
	free(series);
	return 0;
}

enum { SVG_POINTS = 200 };

/* The ranks that a line goes through: all of the first, and then ever fewer. Returns how many. */
static size_t choose_ranks(size_t last, size_t ranks[SVG_POINTS])
{
	size_t n = 0;

	for (size_t i = 0; i < SVG_POINTS && last > 0; i++) {
		size_t rank = (size_t)llround(exp(log((double)last) * (double)i / (SVG_POINTS - 1)));

		if (n == 0 || rank > ranks[n - 1])
			ranks[n++] = rank;
	}
	return n;
}

/* One series an arm, each with its n values in `values`. */
static void fill_series(const struct tops *t, const struct curves *c, const size_t *ranks, size_t n, double *values,
			struct svg_series *series)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < n; k++)
			values[i * n + k] = ranks[k] <= c->lengths[i] ? c->scores[i][ranks[k] - 1] : NAN;
		series[i] = (struct svg_series){.name = t->choice.by_arm ? t->lists[i].arm : NULL, .y = values + i * n};
	}
}

static int write_svg(const struct tops *t, const struct curves *c, struct tops_output *out, FILE *f)
{
	size_t ranks[SVG_POINTS], n = choose_ranks(c->ranks, ranks);
	double x[SVG_POINTS] = {0}, *values = malloc((c->n * n + 1) * sizeof *values);
	struct svg_series *series = calloc(c->n + 1, sizeof *series);
	bool allocated = values && series;

	(void)out;
	for (size_t k = 0; k < n; k++)
		x[k] = log10((double)ranks[k]);
	if (allocated) {
		const struct svg_chart chart = {
			.title = "Popularity by rank", .description = "The score of the track at each rank.",
			.x_label = "rank (power of ten)", .y_label = score_name_of(t), .x = x, .n = n,
			.series = series, .n_series = c->n, .first = t->choice.by_arm ? 0 : 1, .zero = true};

		fill_series(t, c, ranks, n, values, series);
		svg_file_begin(f);
		svg_lines(&chart, f);
		svg_file_end(f);
	}
	free(values);
	free(series);
	return allocated ? 0 : -1;
}

/* Makes the curves and has them written. */
static int write_curves(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e,
			int (*write)(const struct tops *t, const struct curves *c, struct tops_output *out, FILE *f))
{
	struct curves c;
	int status = curves_make(&c, t, out->limit);

	if (status == 0)
		status = write(t, &c, out, f);
	curves_clear(&c);
	return status < 0 ? errmsg_nomem(e) : 0;
}

static int curve_table(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e)
{
	return write_curves(t, out, f, e, write_table);
}

static int curve_ndjson(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e)
{
	return write_curves(t, out, f, e, write_ndjson);
}

static int curve_chart(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e)
{
	return write_curves(t, out, f, e, write_chart);
}

static int curve_svg(const struct tops *t, struct tops_output *out, FILE *f, struct errmsg *e)
{
	return write_curves(t, out, f, e, write_svg);
}

static const struct tops_format formats[] = {
	{"table", curve_table},
	{"ndjson", curve_ndjson},
	{"chart", curve_chart},
	{"svg", curve_svg},
};

const struct tops_format *tops_curve_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}
