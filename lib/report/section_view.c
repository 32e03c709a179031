#include "report/section_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "report/headline.h"

bool section_is_empty(const struct section *s)
{
	return s->n == 0 && !s->failed;
}

bool section_is_text(const struct section *s, size_t column)
{
	return s->columns[column].kind <= SECTION_METRIC;
}

static struct humanized whole_number(double x)
{
	return isfinite(x) && x < 1e18 ? humanize_count((uint64_t)x) : humanize("-");
}

/* A change whose interval is in the next two columns. */
static struct humanized change_at(const struct section *s, size_t row, size_t column)
{
	return humanize_change(section_cell(s, row, column).number, section_cell(s, row, column + 1).number,
			       section_cell(s, row, column + 2).number);
}

struct humanized section_shown(const struct section *s, size_t row, size_t column)
{
	const struct section_cell cell = section_cell(s, row, column);
	double x = cell.number;

	switch (s->columns[column].kind) {
	case SECTION_COUNT: return humanize_count(cell.count);
	case SECTION_TRUTH: return humanize("%s", cell.count ? "yes" : "no");
	case SECTION_PLAIN: return isfinite(x) ? humanize("%.10g", x) : humanize("-");
	case SECTION_SHARE: return isfinite(x) ? humanize("%.2f", x) : humanize("-");
	case SECTION_PERCENT: return humanize_percent(x);
	case SECTION_CHANGE: return change_at(s, row, column);
	case SECTION_BOUND: return humanize_bound(x);
	case SECTION_P: return humanize_p_against(x, s->level);
	case SECTION_WHOLE: return whole_number(x);
	default: return humanize_mean(x);
	}
}

char *section_head(const struct section *s, size_t row)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	for (size_t k = 0; k < s->heads; k++)
		fprintf(f, "%s%s", k > 0 ? " · " : "", humanize_name(section_cell(s, row, k).text));
	return memstream_close(&m);
}

bool section_has_head(const struct section *s, size_t row)
{
	for (size_t k = 0; k < s->heads; k++)
		if (row == 0 || strcmp(section_cell(s, row, k).text, section_cell(s, row - 1, k).text) != 0)
			return true;
	return false;
}

static bool is_in(const struct section *s, enum section_part part, size_t column)
{
	switch (part) {
	case SECTION_ABOVE: return column >= s->heads && column < s->below;
	case SECTION_BELOW: return column == s->heads || column >= s->below;
	default: return true;
	}
}

enum section_part section_last_part(const struct section *s)
{
	return s->below < s->n_columns ? SECTION_BELOW : SECTION_ABOVE;
}

static bool is_known(const struct section *s, size_t column)
{
	enum section_kind kind = s->columns[column].kind;
	bool number = !section_is_text(s, column) && kind != SECTION_COUNT && kind != SECTION_TRUTH;

	if (!s->columns[column].heading)
		return false;
	for (size_t row = 0; number && row < section_rows(s); row++)
		if (isfinite(section_cell(s, row, column).number))
			return true;
	return !number || s->n == 0;
}

int section_view_init(struct section_view *v, const struct section *s, enum section_part part, struct errmsg *e)
{
	*v = (struct section_view){.columns = s->failed ? NULL : calloc(s->n_columns, sizeof *v->columns)};
	if (!v->columns)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->n_columns; i++)
		if (is_in(s, part, i) && is_known(s, i))
			v->columns[v->n++] = i;
	return 0;
}

char section_align(const struct section *s, const struct section_view *v, size_t k)
{
	return k == 0 || section_is_text(s, v->columns[k]) ? 'l' : 'r';
}

const char *section_typeset(const struct section *s, size_t row, size_t column, struct humanized *memory)
{
	bool metric = s->columns[column].kind == SECTION_METRIC;

	if (section_is_text(s, column) && !metric)
		return humanize_name(section_cell(s, row, column).text);
	*memory = metric ? headline_label(section_cell(s, row, column).text)
			 : humanize_typeset(section_shown(s, row, column));
	return memory->text;
}
