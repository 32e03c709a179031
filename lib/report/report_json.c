#include "report/report.h"

#include <inttypes.h>

#include "text/json_put.h"

static void put_arms(FILE *f, const struct analysis_experiment *x)
{
	for (size_t i = 0; i < x->is->arms.n; i++) {
		fputs(i > 0 ? ",{\"arm\":" : "{\"arm\":", f);
		json_put_string(f, analysis_arm(x, x->arms[i]));
		fprintf(f, ",\"users\":%" PRIu64 "}", x->is->summary.arms[x->arms[i]].users);
	}
}

/* ,"key":count for n findings. */
static void put_findings(FILE *f, const struct health_finding *findings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(f, ",\"%s\":%" PRIu64, findings[i].entry->key, findings[i].count);
}

/* ,"key":p for those that have a test. */
static void put_tests(FILE *f, const struct health_finding *findings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!findings[i].entry->p_key)
			continue;
		fprintf(f, ",\"%s\":", findings[i].entry->p_key);
		json_put_number(f, findings[i].p);
	}
}

static void put_experiment(FILE *f, const struct analysis_experiment *x)
{
	fputs("{\"experiment\":", f);
	json_put_string(f, x->name);
	fputs(",\"control\":", f);
	json_put_string(f, analysis_arm(x, x->arms[0]));
	fputs(",\"arms\":[", f);
	put_arms(f, x);
	fputc(']', f);
	put_findings(f, x->health, HEALTH_EXPERIMENT_N);
	put_tests(f, x->health, HEALTH_EXPERIMENT_N);
	fputc('}', f);
}

/* Newer keys stand after the older ones. */
static void put_health(FILE *f, const struct analysis *a)
{
	enum { BEFORE_SORTED = 3, OLDER = 4 };
	const struct study *s = a->study;

	fprintf(f, "{\"events\":%" PRIu64 ",\"users\":%zu", s->events, s->n_users);
	put_findings(f, a->health, BEFORE_SORTED);
	fprintf(f, ",\"sorted\":%s", s->sorted ? "true" : "false");
	put_findings(f, a->health + BEFORE_SORTED, OLDER - BEFORE_SORTED);
	fputs(",\"experiments\":[", f);
	for (size_t i = 0; i < a->n; i++) {
		fputs(i > 0 ? ",\n" : "\n", f);
		put_experiment(f, &a->experiments[i]);
	}
	fputs("\n]", f);
	put_findings(f, a->health + OLDER, HEALTH_LOG_N - OLDER);
	fputc('}', f);
}

/* "alarms":[…], with what the report has to begin with; nothing where there is nothing. */
static void put_alarms(FILE *f, const struct findings *all)
{
	bool any = false;

	for (size_t i = 0; i < all->n; i++) {
		if (!all->list[i].loud)
			continue;
		fputs(any ? "," : "\"alarms\":[", f);
		json_put_string(f, all->list[i].text);
		any = true;
	}
	fputs(any ? "],\n" : "", f);
}

/* One document, but one effect a line: it can be read, and compared with diff. */
int report_json(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e)
{
	int status;

	(void)style;
	fputc('{', f);
	put_alarms(f, &a->findings);
	status = section_put_json(&a->effects, f, e);
	fputs(",\n\"health\":", f);
	put_health(f, a);
	for (size_t i = 0; i < a->n_sections && status == 0; i++) {
		fputs(",\n", f);
		status = section_put_json(&a->sections[i], f, e);
	}
	fputs("}\n", f);
	return status;
}
