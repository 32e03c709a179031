#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "report/findings.h"
#include "report/section.h"
#include "study/health.h"
#include "text/json_put.h"

static const struct report_syntax json = {.text = json_put_string, .number = json_put_number};

static void put_effect(FILE *f, const struct effect *effect)
{
	for (size_t i = 0; i < REPORT_COLUMNS_N; i++) {
		fprintf(f, "%c\"%s\":", i > 0 ? ',' : '{', report_columns[i].key);
		report_put_value(f, &report_columns[i], effect, &json);
	}
	fputc('}', f);
}

int report_ndjson(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	(void)colour;
	(void)e;
	for (size_t i = 0; i < r->effects->n; i++) {
		put_effect(f, &r->effects->list[i]);
		fputc('\n', f);
	}
	return 0;
}

static void put_arms(FILE *f, const struct study_experiment *x, const uint32_t *arms)
{
	for (size_t i = 0; i < x->arms.n; i++) {
		fputs(i > 0 ? ",{\"arm\":" : "{\"arm\":", f);
		json_put_string(f, intern_text(&x->arms, arms[i]));
		fprintf(f, ",\"users\":%" PRIu64 "}", x->summary.arms[arms[i]].users);
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

static int put_experiment(FILE *f, const struct report *r, const struct health *h, size_t number, struct errmsg *e)
{
	const struct study_experiment *x = &r->study->experiments[number];
	uint32_t *arms = effects_arms(x, r->control, e);

	if (!arms)
		return -1;
	fputs("{\"experiment\":", f);
	json_put_string(f, intern_text(&r->study->names, number));
	fputs(",\"control\":", f);
	json_put_string(f, intern_text(&x->arms, arms[0]));
	fputs(",\"arms\":[", f);
	put_arms(f, x, arms);
	fputc(']', f);
	put_findings(f, health_of(h, (uint32_t)number), HEALTH_EXPERIMENT_N);
	put_tests(f, health_of(h, (uint32_t)number), HEALTH_EXPERIMENT_N);
	fputc('}', f);
	free(arms);
	return 0;
}

static int put_experiments(FILE *f, const struct report *r, const struct health *h, struct errmsg *e)
{
	const char *separator = "\n";

	for (size_t i = 0; i < r->study->names.n; i++) {
		if (!r->study->experiments[i].wanted)
			continue;
		fputs(separator, f);
		separator = ",\n";
		if (put_experiment(f, r, h, i, e) < 0)
			return -1;
	}
	return 0;
}

/* Keys that are newer stand behind the older ones. */
static int put_health(FILE *f, const struct report *r, struct errmsg *e)
{
	enum { BEFORE_SORTED = 3, OLDER = 4 };
	const struct study *s = r->study;
	struct health h;
	int status = report_health(&h, r, e);

	if (status == 0) {
		fprintf(f, "{\"events\":%" PRIu64 ",\"users\":%" PRIu64, s->events, (uint64_t)s->n_users);
		put_findings(f, h.list, BEFORE_SORTED);
		fprintf(f, ",\"sorted\":%s", s->sorted ? "true" : "false");
		put_findings(f, h.list + BEFORE_SORTED, OLDER - BEFORE_SORTED);
		fputs(",\"experiments\":[", f);
		status = put_experiments(f, r, &h, e);
		fputs("\n]", f);
		put_findings(f, h.list + OLDER, HEALTH_LOG_N - OLDER);
		fputc('}', f);
	}
	health_clear(&h);
	return status;
}

/* "alarms":[…], with what the report has to begin with; nothing where there is nothing. */
static int put_alarms(FILE *f, const struct report *r, struct errmsg *e)
{
	struct findings all;
	int status = findings_of(&all, r, e);
	bool any = false;

	for (size_t i = 0; status == 0 && i < all.n; i++) {
		if (!all.list[i].loud)
			continue;
		fputs(any ? "," : "\"alarms\":[", f);
		json_put_string(f, all.list[i].text);
		any = true;
	}
	fputs(any ? "],\n" : "", f);
	findings_clear(&all);
	return status;
}

/* One document, but one effect a line: it can be read, and compared with diff. */
int report_json(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	(void)colour;
	fputc('{', f);
	if (put_alarms(f, r, e) < 0)
		return -1;
	fputs("\"effects\":[", f);
	for (size_t i = 0; i < r->effects->n; i++) {
		fputs(i > 0 ? ",\n" : "\n", f);
		put_effect(f, &r->effects->list[i]);
	}
	fputs("\n],\n\"health\":", f);
	if (put_health(f, r, e) < 0)
		return -1;
	for (size_t i = 0; i < r->n_sections; i++) {
		fputs(",\n", f);
		if (section_put_json(&r->sections[i], f, e) < 0)
			return -1;
	}
	fputs("}\n", f);
	return 0;
}
