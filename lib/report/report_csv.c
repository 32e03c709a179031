#include "report/report.h"

#include <math.h>
#include <string.h>

#include "text/number.h"

/* RFC 4180, section 2, rules 5 to 7. Lines end with LF, as those of every other tool here. */
static void put_text(FILE *f, const char *text)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, f);
		return;
	}
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', f);
		fputc(*text, f);
	}
	fputc('"', f);
}

static void put_number(FILE *f, double x)
{
	char text[NUMBER_SIZE] = "";
	size_t len = isfinite(x) ? number_write(text, x) : 0;

	fwrite(text, 1, len, f);
}

static const struct report_syntax csv = {.text = put_text, .number = put_number};

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
			report_put_value(f, &report_columns[j], &r->effects->list[i], &csv);
		}
		fputc('\n', f);
	}
	return 0;
}
