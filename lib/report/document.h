/*
 * document: a report that consists of sections and of remarks, in a format: for what is not the study of an experiment,
 * which report.h is for.
 *
 * ndjson and csv have one shape of rows and nothing else: those of the first section.
 */
#ifndef BOTIFY_DOCUMENT_H
#define BOTIFY_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "report/section.h"

/* All pointers are borrowed. */
struct document {
	const char *title;	    /* of a page, and of Markdown */
	const char *lead;	    /* what was read: a sentence, or "" */
	const char *const *remarks; /* n_remarks sentences that nobody should miss */
	size_t n_remarks;
	const struct section *sections; /* n_sections > 0 of them */
	size_t n_sections;
	/* Draws figures for a page (html_figure), before its sections; or NULL. Returns 0, or -1 with the reason. */
	int (*draw)(const void *ctx, FILE *f, struct errmsg *e);
	const void *ctx;
};

struct document_style {
	bool terminal; /* it is shown on one */
	bool colour;
};

struct document_format {
	const char *name; /* table, json, ndjson, csv, markdown or html */
	bool machine;	  /* names are as they are, for programs, and not for a terminal */
	/* Returns 0, or -1 with the reason where there is no memory; errors of f are for ferror to tell. */
	int (*write)(const struct document *d, const struct document_style *style, FILE *f, struct errmsg *e);
};

/* The style for a stream: whether it is a terminal, and is to be coloured. */
struct document_style document_style_of(FILE *f);

/* The format of this name, or NULL. */
const struct document_format *document_format_find(const char *name);

#endif
