#include "report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "jsonout.h"
#include "section.h"

static void put_value(FILE *f, const struct report_column *c, const struct effect *effect)
{
	const void *value = report_value(c, effect);

	switch (c->kind) {
	case REPORT_TEXT:
		jsonout_string(f, *(const char *const *)value);
		break;
	case REPORT_NUMBER:
		jsonout_number(f, *(const double *)value);
		break;
	case REPORT_COUNT:
		fprintf(f, "%" PRIu64, *(const uint64_t *)value);
		break;
	case REPORT_TRUTH:
		fputs(*(const bool *)value ? "true" : "false", f);
		break;
	}
}

static void put_effect(FILE *f, const struct effect *effect)
{
	for (size_t i = 0; i < REPORT_COLUMNS_N; i++) {
		fprintf(f, "%c\"%s\":", i > 0 ? ',' : '{', report_columns[i].key);
		put_value(f, &report_columns[i], effect);
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
		jsonout_string(f, symbols_text(&x->arms, arms[i]));
		fprintf(f, ",\"users\":%" PRIu64 "}", x->summary.arms[arms[i]].users);
	}
}

static int put_experiment(FILE *f, const struct report *r, size_t number, struct errmsg *e)
{
	const struct study_experiment *x = &r->study->experiments[number];
	uint32_t *arms = effects_arms(x, r->control, e);

	if (!arms)
		return -1;
	fputs("{\"experiment\":", f);
	jsonout_string(f, symbols_text(&r->study->names, number));
	fputs(",\"control\":", f);
	jsonout_string(f, symbols_text(&x->arms, arms[0]));
	fputs(",\"arms\":[", f);
	put_arms(f, x, arms);
	fprintf(f, "],\"users_in_two_arms\":%" PRIu64 ",\"unfinished_sessions\":%" PRIu64 "}", x->summary.two_arms,
		x->summary.unfinished);
	free(arms);
	return 0;
}

static int put_health(FILE *f, const struct report *r, struct errmsg *e)
{
	const struct study *s = r->study;
	const char *separator = "\n";

	fprintf(f, "{\"events\":%" PRIu64 ",\"users\":%" PRIu64 ",\"malformed_lines\":%" PRIu64 ",\"unread_files\":%" PRIu64
		",\"out_of_order_events\":%" PRIu64 ",\"sorted\":%s,\"unfinished_sessions\":%" PRIu64 ",\"experiments\":[",
		s->events, (uint64_t)s->n_users, r->malformed_lines, r->unread_files, s->out_of_order,
		s->order == STUDY_HOLD ? "true" : "false", s->unfinished);
	for (size_t i = 0; i < s->names.n; i++) {
		if (!s->experiments[i].wanted)
			continue;
		fputs(separator, f);
		separator = ",\n";
		if (put_experiment(f, r, i, e) < 0)
			return -1;
	}
	fputs("\n]}", f);
	return 0;
}

/* One document, but one effect a line: it can be read, and compared with diff. */
int report_json(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	(void)colour;
	fputs("{\"effects\":[", f);
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
