/*
 * table: an aligned table for people.
 *
 * Cells are added row by row, left to right; the first row is the header. Columns are as wide as their widest cell,
 * two spaces apart; no trailing spaces. Text is UTF-8 and measured in columns of a terminal; control characters are
 * shown as '?', so that a title cannot command the terminal.
 */
#ifndef BOTIFY_TABLE_H
#define BOTIFY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum table_style { TABLE_PLAIN, TABLE_BOLD, TABLE_DIM, TABLE_GREEN, TABLE_RED, TABLE_YELLOW };

struct table_cell {
	char *text;
	enum table_style style;
	bool line; /* it is the whole row */
};

struct table {
	const char *align; /* one letter a column: 'l' or 'r' */
	size_t columns;
	struct table_cell *cells;
	size_t n, cap;
	bool failed; /* out of memory: the table cannot be printed */
};

/* An empty table; `align` is borrowed. */
void table_init(struct table *t, const char *align);
void table_clear(struct table *t);

/*
 * Adds a cell. One that is longer than any column should be is cut (see cut.h); where there is one column only, words
 * of it are.
 */
__attribute__((format(printf, 3, 4))) void table_add(struct table *t, enum table_style style, const char *format, ...);

/* Adds a row that is one text, whatever the columns are; between two rows. Words of it are cut likewise. */
void table_line(struct table *t, enum table_style style, const char *text);

/* Prints the rows, in colour if `colour`. Returns 0, or -1 where memory ran out (errors of f are for ferror). */
int table_print(const struct table *t, FILE *f, bool colour);

/*
 * Prints a sentence or two beside a table, as they are, in lines of up to 78 columns broken at spaces; nothing for
 * "". In colour as above. Returns 0, or -1 where there is no memory.
 */
int table_prose(const char *text, enum table_style style, FILE *f, bool colour);

/* Whether f should be coloured: it is a terminal, NO_COLOR is unset or empty and TERM is not "dumb". */
bool table_wants_colour(FILE *f);

#endif
