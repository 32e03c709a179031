/*
 * section: a part of a report that is a table: effects, quantiles, days, sources, power, … One is built cell by cell,
 * or reads the rows that its maker has, and every format of the report can say it.
 *
 * What cannot be known is NaN, and is null, an empty field or "-". A column of which nothing is known is for machines
 * only.
 */
#ifndef BOTIFY_SECTION_H
#define BOTIFY_SECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"

enum section_kind {
	SECTION_TEXT,
	SECTION_METRIC,	 /* text: the name of a metric, which a page gives its unit */
	SECTION_NUMBER,	 /* shown with four digits */
	SECTION_PLAIN,	 /* shown as it is: what was asked for */
	SECTION_SHARE,	 /* a part in percent, shown with two decimals */
	SECTION_PERCENT, /* a change in percent, shown with its sign and two decimals */
	SECTION_CHANGE,	 /* one whose interval is in the next two columns, */
	SECTION_BOUND,	 /* of this kind: all with as many decimals as it takes to show their sign */
	SECTION_P,	 /* a probability, shown on its side of the section's level */
	SECTION_WHOLE,	 /* a number that is whole where it is known */
	SECTION_COUNT,
	SECTION_TRUTH
};

struct section_column {
	const char *key;     /* in JSON */
	const char *heading; /* for people; may be of two lines. NULL: it is for machines only */
	enum section_kind kind;
};

struct section_cell {
	char *text; /* SECTION_TEXT and SECTION_METRIC, else NULL */
	double number; /* also of a day, which is text */
	uint64_t count; /* also of SECTION_TRUTH: 0 or 1 */
};

struct section {
	const char *key;   /* in JSON */
	const char *title; /* for people */
	const char *note;  /* what it is and how to read it: a sentence or two, or "" */
	const struct section_column *columns;
	size_t n_columns;
	size_t heads, below; /* as given to section_layout */
	double level; /* below which a p tells something; 0 to begin with: none does */
	struct section_cell *cells; /* row after row; see section_cell */
	size_t n, cap; /* cells */
	const char *rows;	/* of section_of_rows, or NULL */
	size_t row_size;
	const size_t *offsets;
	bool usual;  /* all is as it should be: the table for a terminal leaves it out */
	bool failed; /* out of memory */
};

/* An empty section. All pointers are borrowed. */
void section_init(struct section *s, const char *key, const char *title, const char *note,
		  const struct section_column *columns, size_t n_columns);
void section_clear(struct section *s);

/*
 * A section whose cells are the members of n_rows structures of `row_size` bytes, of which each column has its offset:
 * of a const char *, uint64_t, bool or double, as its kind says. All pointers are borrowed.
 */
void section_of_rows(struct section *s, const char *key, const char *title, const struct section_column *columns,
		     size_t n_columns, const size_t *offsets, const void *rows, size_t row_size, size_t n_rows);

/*
 * How a terminal and a page show it: the values of the first `heads` columns, which are text, head the rows that share
 * them; and the columns from the key `below` on (NULL: none) stand in a second table below, after the first column of
 * the rows. To begin with, neither.
 */
void section_layout(struct section *s, size_t heads, const char *below);

/* The place of the column of this key, which there has to be. */
size_t section_column(const struct section *s, const char *key);

/* Each adds the next cell, of the kind that its column has. Text is copied. Failures are told by the writers. */
void section_text(struct section *s, const char *text);
void section_number(struct section *s, double x);
/* A day as text, 0 being 1970-01-01. */
void section_day(struct section *s, int64_t day);
void section_count(struct section *s, uint64_t n);

static inline size_t section_rows(const struct section *s)
{
	return s->n / s->n_columns;
}

/* A cell by its row and its column. Its text is borrowed. */
struct section_cell section_cell(const struct section *s, size_t row, size_t column);

/* The same by the key of the column, which there has to be. */
static inline struct section_cell section_cell_of(const struct section *s, size_t row, const char *key)
{
	return section_cell(s, row, section_column(s, key));
}

/* Writes a count or a truth, which all formats for machines write alike. Returns whether the cell is one. */
bool section_put_exact(const struct section_cell *cell, enum section_kind kind, FILE *f);

/*
 * Writers. For people, one without rows is said in words. Return 0, or -1 where memory ran out; errors of f are for
 * ferror to tell.
 */
int section_put_table(const struct section *s, FILE *f, bool colour, struct errmsg *e);
int section_put_markdown(const struct section *s, FILE *f, struct errmsg *e);
int section_put_html(const struct section *s, FILE *f, struct errmsg *e);
/* "key":[{…},{…}], an object a line */
int section_put_json(const struct section *s, FILE *f, struct errmsg *e);
/* an object a line */
int section_put_ndjson(const struct section *s, FILE *f, struct errmsg *e);

struct section_csv {
	bool terminal;	  /* it is shown on one: a text that has line ends stays on its line */
	bool spreadsheet; /* text is in quotes, with an apostrophe before what would be taken for a formula */
};

/* RFC 4180, but that lines end with LF: a line of keys, then a row a line. */
int section_put_csv(const struct section *s, const struct section_csv *how, FILE *f, struct errmsg *e);

#endif
