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

bool section_is_text(const struct section *s, size_t i)
{
	return s->columns[i % s->n_columns].kind <= SECTION_METRIC;
}

struct humanized section_shown(const struct section *s, size_t i)
{
	const struct section_cell *cell = &s->cells[i];

	switch (s->columns[i % s->n_columns].kind) {
	case SECTION_COUNT: return humanize_count(cell->count);
	case SECTION_PLAIN: return isfinite(cell->number) ? humanize("%.10g", cell->number) : humanize("-");
	case SECTION_SHARE: return isfinite(cell->number) ? humanize("%.2f", cell->number) : humanize("-");
	case SECTION_PERCENT: return humanize_percent(cell->number);
	case SECTION_CHANGE: return humanize_change(cell->number, cell[1].number, cell[2].number);
	case SECTION_BOUND: return humanize_bound(cell->number);
	case SECTION_P: return humanize_p_against(cell->number, s->level);
	case SECTION_WHOLE: return isfinite(cell->number) && cell->number < 1e18 ? humanize_count((uint64_t)cell->number) : humanize("-");
	default: return humanize_mean(cell->number);
	}
}

char *section_head(const struct section *s, size_t row)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	for (size_t k = 0; k < s->heads; k++)
		fprintf(f, "%s%s", k > 0 ? " · " : "", humanize_name(s->cells[row + k].text));
	return memstream_close(&m);
}

bool section_has_head(const struct section *s, size_t row)
{
	for (size_t k = 0; k < s->heads; k++)
		if (row == 0 || strcmp(s->cells[row + k].text, s->cells[row + k - s->n_columns].text) != 0)
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
	bool number = !section_is_text(s, column) && s->columns[column].kind != SECTION_COUNT;

	for (size_t i = column; number && i < s->n; i += s->n_columns)
		if (isfinite(s->cells[i].number))
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

const char *section_typeset(const struct section *s, size_t i, struct humanized *memory)
{
	bool metric = s->columns[i % s->n_columns].kind == SECTION_METRIC;

	if (section_is_text(s, i) && !metric)
		return humanize_name(s->cells[i].text);
	*memory = metric ? headline_label(s->cells[i].text) : humanize_typeset(section_shown(s, i));
	return memory->text;
}
