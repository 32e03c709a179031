#include <math.h>
#include <string.h>

#include "report/section.h"
#include "text/number.h"
#include "text/sanitize.h"

/*
 * What makes a spreadsheet take a cell for a formula where it stands first; the last four are as wide as letters of
 * Chinese.
 */
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

/* RFC 4180, section 2, rules 5 to 7. */
static void put_text(FILE *f, const struct section_csv *how, const char *text)
{
	bool quoted = how->spreadsheet || text[strcspn(text, how->terminal ? ",\"" : ",\"\r\n")];

	if (quoted)
		fputc('"', f);
	if (how->spreadsheet && is_formula(text))
		fputc('\'', f);
	put_characters(f, text, how->terminal);
	if (quoted)
		fputc('"', f);
}

static void put_number(FILE *f, double x)
{
	char text[NUMBER_SIZE] = "";
	size_t len = isfinite(x) ? number_write(text, x) : 0;

	fwrite(text, 1, len, f);
}

static void put_cell(const struct section *s, size_t row, size_t column, const struct section_csv *how, FILE *f)
{
	struct section_cell cell = section_cell(s, row, column);

	if (cell.text)
		put_text(f, how, cell.text);
	else if (!section_put_exact(&cell, s->columns[column].kind, f))
		put_number(f, cell.number);
}

int section_put_csv(const struct section *s, const struct section_csv *how, FILE *f, struct errmsg *e)
{
	if (s->failed)
		return errmsg_nomem(e);
	for (size_t column = 0; column < s->n_columns; column++)
		fprintf(f, "%s%s", column > 0 ? "," : "", s->columns[column].key);
	fputc('\n', f);
	for (size_t row = 0; row < section_rows(s); row++)
		for (size_t column = 0; column < s->n_columns; column++) {
			put_cell(s, row, column, how, f);
			fputc(column + 1 < s->n_columns ? ',' : '\n', f);
		}
	return 0;
}
