#include "report/report.h"

#include <math.h>
#include <string.h>

#include "text/number.h"
#include "text/sanitize.h"

/* What makes a spreadsheet take a cell for a formula where it stands first; the last four are as wide as letters of Chinese. */
static const char *const formula[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};

static bool is_formula(const char *text)
{
	for (size_t i = 0; i < sizeof formula / sizeof *formula; i++)
		if (strncmp(text, formula[i], strlen(formula[i])) == 0)
			return true;
	return false;
}

static void put_characters(FILE *f, const char *text, bool terminal)
{
	while (*text) {
		size_t wild = terminal ? sanitize_wild(text) : 0;

		if (*text == '"')
			fputc('"', f);
		fputc(wild > 0 ? '?' : *text, f);
		text += wild > 0 ? wild : 1;
	}
}

/* RFC 4180, section 2, rules 5 to 7. Lines end with LF, as those of every other tool here. */
static void put_text(FILE *f, const struct report *r, const char *text)
{
	bool quoted = r->spreadsheet || text[strcspn(text, r->terminal ? ",\"" : ",\"\r\n")];

	if (quoted)
		fputc('"', f);
	if (r->spreadsheet && is_formula(text))
		fputc('\'', f);
	put_characters(f, text, r->terminal);
	if (quoted)
		fputc('"', f);
}

static void put_number(FILE *f, double x)
{
	char text[NUMBER_SIZE] = "";
	size_t len = isfinite(x) ? number_write(text, x) : 0;

	fwrite(text, 1, len, f);
}

static const struct report_syntax csv = {.number = put_number};

static void put_value(FILE *f, const struct report *r, const struct report_column *c, const struct effect *x)
{
	if (c->kind == REPORT_TEXT)
		put_text(f, r, report_text(c, x));
	else
		report_put_value(f, c, x, &csv);
}

int report_csv(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	(void)colour;
	(void)e;
	for (size_t i = 0; i < REPORT_COLUMNS_N; i++)
		fprintf(f, "%s%s", i > 0 ? "," : "", report_columns[i].key);
	fputc('\n', f);
	for (size_t i = 0; i < r->effects->n; i++) {
		for (size_t j = 0; j < REPORT_COLUMNS_N; j++) {
			if (j > 0)
				fputc(',', f);
			put_value(f, r, &report_columns[j], &r->effects->list[i]);
		}
		fputc('\n', f);
	}
	return 0;
}
