/*
 * csr (private to lib/train): sparse matrices, row after row: users x tracks, sessions x tracks, users x artists.
 *
 * Within a row, entries are in ascending order of their columns.
 */
#ifndef BOTIFY_CSR_H
#define BOTIFY_CSR_H

#include <stddef.h>
#include <stdint.h>

struct csr {
	size_t n_rows, n_columns;
	size_t *start;	  /* n_rows + 1: row r has the entries start[r] .. start[r + 1] - 1 */
	uint32_t *column; /* of each entry */
	float *value;	  /* of each entry */
};

struct csr_entry {
	uint32_t row, column;
	float value;
};

/*
 * Entries as they come, in any order. Zero-initialise, set the sizes: all rows and columns are below them. Free with
 * csr_builder_clear.
 */
struct csr_builder {
	size_t n_rows, n_columns;
	struct csr_entry *entries;
	size_t n, cap;
};

/* Returns 0, or -1 where there is no memory. */
int csr_add(struct csr_builder *b, uint32_t row, uint32_t column, float value);
void csr_builder_clear(struct csr_builder *b);

/* What becomes of several entries of one place. */
enum csr_join {
	CSR_KEEP, /* they stay several, in the order in which they came */
	CSR_SUM
};

/*
 * Makes a matrix of the entries, which are gone then. Returns 0, or -1 where there is no memory. Free with csr_clear in
 * either case.
 */
int csr_make(struct csr *m, struct csr_builder *b, enum csr_join join);
void csr_clear(struct csr *m);

/* Makes the transposed matrix. Returns 0, or -1 where there is no memory. Free with csr_clear in either case. */
int csr_transpose(struct csr *t, const struct csr *m);

static inline size_t csr_entries(const struct csr *m)
{
	return m->start ? m->start[m->n_rows] : 0;
}

static inline size_t csr_row_length(const struct csr *m, size_t row)
{
	return m->start[row + 1] - m->start[row];
}

/* Replaces each value x, a number of plays, by log2(1 + x): the tenth play says less than the first. */
void csr_dampen(struct csr *m);

/* Adds row `row` of a, times b, to the b->n_columns numbers at `sum`. */
void csr_add_row_product(const struct csr *a, size_t row, const struct csr *b, float *sum);

#endif
