/*
 * html: a report as one page that needs nothing else: no script, no file, no network.
 *
 * What is written is HTML5 and well-formed XML at the same time. All text is escaped; what comes as `const char *` is
 * plain text (UTF-8), never markup. Colours follow the reader's choice of light or dark, and paper. Errors of the
 * stream are for ferror to tell.
 */
#ifndef BOTIFY_HTML_H
#define BOTIFY_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Writes text for markup: in an element, or in an attribute within double quotes. Characters that XML does not know,
 * controls, and those that would turn the direction of what follows become U+FFFD.
 */
void html_text(FILE *f, const char *text);

/* Text in an element, in which options of the command line, such as "--mde", are not broken over two lines. */
void html_prose(FILE *f, const char *text);

/* Text in an element, formatted and escaped; cut at 1023 bytes. Names belong into html_text. */
__attribute__((format(printf, 2, 3))) void html_format(FILE *f, const char *format, ...);

/*
 * Begins and ends the page. The title is its <title> and its first heading; `css` is style for what the caller adds, or
 * "". The page forbids itself scripts and everything from elsewhere (Content-Security-Policy).
 */
void html_begin(FILE *f, const char *title, const char *css);
void html_end(FILE *f);

/* Begins and ends a section with a heading. Sections do not nest. */
void html_section(FILE *f, const char *heading);
void html_section_end(FILE *f);

/* The style of a paragraph, a list item or a cell. Never by colour alone: the text has to say it, too. */
enum html_style { HTML_PLAIN, HTML_MUTED, HTML_GOOD, HTML_BAD, HTML_WARNING, HTML_ALARM };

/* A paragraph of plain text. HTML_WARNING and HTML_ALARM make it a box. */
void html_paragraph(FILE *f, enum html_style style, const char *text);

/* The start tag of an element with a style; its end tag is for the caller to write. */
void html_open(FILE *f, const char *element, enum html_style style);

struct html_column {
	const char *heading; /* may be of several lines */
	char align; /* 'l' or 'r'; digits of numbers stand below each other */
};

/*
 * A table, which scrolls in a box of its own where it is wider than the page. Cells are added row by row; the first
 * of a row is its heading.
 */
struct html_table {
	FILE *f;
	const struct html_column *columns;
	size_t n, column; /* of the next cell */
	bool in_group;
};

/* The columns, n > 0, are borrowed until html_table_end. */
void html_table_begin(struct html_table *t, FILE *f, const char *caption, const struct html_column *columns, size_t n);
/* The same without a caption, for a table right below a heading, whose words name it for readers who cannot see it. */
void html_table_bare(struct html_table *t, FILE *f, const char *name, const struct html_column *columns, size_t n);
/* Heads the rows that follow, between two rows. */
void html_table_group(struct html_table *t, const char *heading);
void html_table_cell(struct html_table *t, enum html_style style, const char *text);
void html_table_end(struct html_table *t);

/*
 * A figure with a caption, for a chart of svg.h. Between html_figures and html_figures_end they fill two columns
 * where there is room.
 */
void html_figures(FILE *f);
void html_figures_end(FILE *f);
void html_figure(FILE *f, const char *caption);
void html_figure_end(FILE *f);

#endif
