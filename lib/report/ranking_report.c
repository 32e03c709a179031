#include "report/ranking_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "render/html.h"
#include "render/svg.h"
#include "text/humanize.h"

#define ROW(field) offsetof(struct ranking_row, field)

/* Names in rows are arrays: a copy of each row has pointers to them. */
struct told_row {
	const char *name;
	struct ranking_row row;
};

#define TOLD(field) (offsetof(struct told_row, row) + ROW(field))

static const struct section_column all[] = {
	{"table", "table", SECTION_TEXT},
	{"metric", "metric", SECTION_TEXT},
	{"of", NULL, SECTION_TEXT},
	{"k", NULL, SECTION_PLAIN},
	{"min_time", NULL, SECTION_PLAIN},
	{"shuffled", NULL, SECTION_PLAIN},
	{"value", "value", SECTION_NUMBER},
	{"lower", "from", SECTION_NUMBER},
	{"upper", "to", SECTION_NUMBER},
	{"queries", "queries", SECTION_COUNT},
	{"users", "users", SECTION_COUNT},
	{"versus", NULL, SECTION_TEXT},
	{"difference", "difference", SECTION_NUMBER},
	{"difference_lower", "from", SECTION_NUMBER},
	{"difference_upper", "to", SECTION_NUMBER},
	{"p", NULL, SECTION_P},
	{"p_adjusted", "p", SECTION_P},
	{"significant", "differs", SECTION_TRUTH},
};

static const size_t offsets[] = {
	TOLD(table), offsetof(struct told_row, name), TOLD(metric), TOLD(k), TOLD(min_time), TOLD(shuffled),
	TOLD(value), TOLD(lower), TOLD(upper), TOLD(queries), TOLD(users), TOLD(versus), TOLD(difference),
	TOLD(difference_lower), TOLD(difference_upper), TOLD(p), TOLD(p_adjusted), TOLD(significant),
};

enum { N_ALL = sizeof all / sizeof *all, N_VALUES = 9 };

static const struct section_column differences[] = {
	{"table", "table", SECTION_TEXT},
	{"metric", "metric", SECTION_TEXT},
	{"difference", "difference", SECTION_NUMBER},
	{"difference_lower", "from", SECTION_NUMBER},
	{"difference_upper", "to", SECTION_NUMBER},
	{"p_adjusted", "p", SECTION_P},
	{"significant", "differs", SECTION_TRUTH},
};

static const size_t difference_offsets[] = {
	TOLD(table), offsetof(struct told_row, name), TOLD(difference), TOLD(difference_lower), TOLD(difference_upper),
	TOLD(p_adjusted), TOLD(significant),
};

void ranking_report_clear(struct ranking_report *r)
{
	for (size_t i = 0; i < 2; i++)
		section_clear(&r->sections[i]);
	for (size_t i = 0; r->remarks && i < r->document.n_remarks; i++)
		free(r->remarks[i]);
	free(r->remarks);
	free(r->told);
	free(r->lead);
	*r = (struct ranking_report){0};
}

/* All rows, and after them once more those that were compared. Returns how many these are; -1: no memory. */
static ptrdiff_t tell_rows(struct ranking_report *r)
{
	const struct ranking_study *s = r->study;
	size_t n = s->n;

	r->told = calloc(2 * s->n + 1, sizeof *r->told);
	if (!r->told)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		r->told[i] = (struct told_row){s->rows[i].name, s->rows[i]};
	for (size_t i = 0; i < s->n; i++)
		if (*s->rows[i].versus)
			r->told[n++] = r->told[i];
	return (ptrdiff_t)(n - s->n);
}

static void make_sections(struct ranking_report *r, size_t compared, double alpha, bool machine)
{
	size_t n = r->study->n;

	section_of_rows(&r->sections[0], "metrics", "How well tables rank what was liked", all,
			machine ? N_ALL : N_VALUES, offsets, r->told, sizeof *r->told, n);
	r->sections[0].level = alpha;
	r->document.n_sections = 1;
	if (machine)
		return;
	section_layout(&r->sections[0], 1, NULL);
	if (compared == 0)
		return;
	section_of_rows(&r->sections[1], "differences", "Against the first table, over the same queries", differences,
			sizeof differences / sizeof *differences, difference_offsets, r->told + n, sizeof *r->told,
			compared);
	r->sections[1].level = alpha;
	section_layout(&r->sections[1], 1, NULL);
	r->document.n_sections = 2;
}

static char *make_lead(const struct evaluation *v, double liked)
{
	static const char *const units[] = {
		[QUERY_USER] = "a user", [QUERY_SESSION] = "a session", [QUERY_LISTEN] = "a listen that was liked"};
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	fprintf(f, "A query is %s. ", units[v->choice.unit]);
	fprintf(f, "Of %s listens that were judged by, %s were liked (time of %g or more), ",
		humanize_count(v->held_out).text, humanize_count(v->liked).text, liked);
	fprintf(f, "in %s quer%s", humanize_count(v->queries).text, v->queries == 1 ? "y" : "ies");
	if (v->with_relevant < v->queries)
		fprintf(f, ", of which %s had something relevant%s", humanize_count(v->with_relevant).text,
			v->choice.count_nothing ? "" : ", and count");
	fputs(".", f);
	return memstream_close(&m);
}

static char *make_remark(const struct evaluation *v, size_t table)
{
	uint64_t asked = v->choice.count_nothing ? v->queries : v->with_relevant;
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	fprintf(f, "%s has no tracks for %s of %s queries, which ", v->rankers->list[table].name,
		humanize_count(v->missing[table]).text, humanize_count(asked).text);
	fputs(v->choice.skip_missing ? "do not count for it." : "count 0 for it.", f);
	return memstream_close(&m);
}

static int make_remarks(struct ranking_report *r)
{
	const struct evaluation *v = r->evaluation;

	r->remarks = calloc(v->rankers->n + 1, sizeof *r->remarks);
	if (!r->remarks)
		return -1;
	for (size_t i = 0; i < v->rankers->n; i++) {
		if (v->missing[i] == 0)
			continue;
		r->remarks[r->document.n_remarks] = make_remark(v, i);
		if (!r->remarks[r->document.n_remarks])
			return -1;
		r->document.n_remarks++;
	}
	return 0;
}

/* Against the first table. */
static enum svg_verdict verdict_of(const struct ranking_row *x)
{
	return !x->significant ? SVG_UNSURE : x->difference > 0 ? SVG_BETTER : SVG_WORSE;
}

/* A forest of the tables for one metric at the first cutoff. */
static int draw_metric(const struct ranking_report *r, const char *metric, FILE *f)
{
	const struct ranking_study *s = r->study;
	struct svg_interval *rows = calloc(s->n, sizeof *rows);
	struct humanized *texts = calloc(s->n, sizeof *texts);
	struct svg_forest chart = {
		.title = metric, .description = metric, .x_label = "mean over queries", .rows = rows};

	for (size_t i = 0; rows && texts && i < s->n; i++) {
		const struct ranking_row *x = &s->rows[i];

		if (strcmp(x->name, metric) != 0)
			continue;
		texts[i] = humanize("%s (%s to %s)", humanize_mean(x->value).text, humanize_mean(x->lower).text,
				    humanize_mean(x->upper).text);
		rows[chart.n++] = (struct svg_interval){.name = x->table, .text = texts[i].text, .value = x->value,
							.lower = x->lower, .upper = x->upper,
							.verdict = verdict_of(x)};
	}
	if (rows && texts) {
		html_figure(f, metric);
		svg_forest(&chart, f);
		html_figure_end(f);
	}
	free(rows);
	free(texts);
	return rows && texts ? 0 : -1;
}

static int draw(const void *report, FILE *f, struct errmsg *e)
{
	const struct ranking_report *r = report;
	int status = 0;

	html_figures(f);
	for (size_t i = 0; i < RANKING_METRICS && i < r->study->n && status == 0; i++)
		status = draw_metric(r, r->study->rows[i].name, f);
	html_figures_end(f);
	return status < 0 ? errmsg_nomem(e) : 0;
}

int ranking_report_make(struct ranking_report *r, const struct ranking_study *s, const struct evaluation *v,
			double liked, double alpha, bool machine, struct errmsg *e)
{
	ptrdiff_t compared;

	*r = (struct ranking_report){.study = s, .evaluation = v};
	r->lead = make_lead(v, liked);
	compared = tell_rows(r);
	if (!r->lead || make_remarks(r) < 0 || compared < 0)
		return errmsg_nomem(e);
	make_sections(r, (size_t)compared, alpha, machine);
	r->document.title = "Evaluation of rankings";
	r->document.lead = r->lead;
	r->document.remarks = (const char *const *)r->remarks;
	r->document.sections = r->sections;
	r->document.draw = draw;
	r->document.ctx = r;
	return 0;
}
