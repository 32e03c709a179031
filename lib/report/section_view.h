/*
 * section_view (private to lib/report): what people see of a section, whichever format shows it to them.
 */
#ifndef BOTIFY_SECTION_VIEW_H
#define BOTIFY_SECTION_VIEW_H

#include "report/section.h"
#include "text/humanize.h"

/* The tables: one of all columns, or those of section_layout, from SECTION_ABOVE to the last one. */
enum section_part { SECTION_ALL, SECTION_ABOVE, SECTION_BELOW };
enum section_part section_last_part(const struct section *s);

/* What is said of a section without rows, and whether it is one. */
#define SECTION_NOTHING "There is nothing to tell."
bool section_is_empty(const struct section *s);

/* The columns of a table of which something is known. */
struct section_view {
	size_t *columns; /* n of them, in their order */
	size_t n;
};

/* Returns 0, or -1 where there is no memory, or was none for the section. Free v->columns in either case. */
int section_view_init(struct section_view *v, const struct section *s, enum section_part part, struct errmsg *e);

/* 'l' or 'r' for column k of the view. The first one names its row, whatever it is. */
char section_align(const struct section *s, const struct section_view *v, size_t k);

/* Whether the values that head rows are others here than those of the row before. */
bool section_has_head(const struct section *s, size_t row);

/* These values: "POLICY · T1". New; NULL: no memory. */
char *section_head(const struct section *s, size_t row);

/* Whether the cells of a column are text. */
bool section_is_text(const struct section *s, size_t column);

/* A cell that is not text. */
struct humanized section_shown(const struct section *s, size_t row, size_t column);

/* Any cell as a page has it: its text, or what is put into `memory`. */
const char *section_typeset(const struct section *s, size_t row, size_t column, struct humanized *memory);

#endif
