#include "train/csr.h"

#include <math.h>
#include <stdlib.h>

#include "base/grow.h"

int csr_add(struct csr_builder *b, uint32_t row, uint32_t column, float value)
{
	struct csr_entry *entries = grow(b->entries, &b->cap, b->n + 1, sizeof *entries);

	if (!entries)
		return -1;
	b->entries = entries;
	entries[b->n++] = (struct csr_entry){.row = row, .column = column, .value = value};
	return 0;
}

void csr_builder_clear(struct csr_builder *b)
{
	free(b->entries);
	*b = (struct csr_builder){0};
}

void csr_clear(struct csr *m)
{
	free(m->start);
	free(m->column);
	free(m->value);
	*m = (struct csr){0};
}

static int allocate(struct csr *m, size_t n_rows, size_t n_columns, size_t n)
{
	*m = (struct csr){
		.n_rows = n_rows,
		.n_columns = n_columns,
		.start = calloc(n_rows + 2, sizeof *m->start),
		.column = malloc((n + 1) * sizeof *m->column),
		.value = malloc((n + 1) * sizeof *m->value),
	};
	return m->start && m->column && m->value ? 0 : -1;
}

/*
 * Where rows begin, from how many entries each has (that of row r in start[r + 2]); start[r + 1] is then where the next
 * entry of row r goes, and becomes what it should be as they are put there.
 */
static void make_room(struct csr *m)
{
	for (size_t r = 2; r <= m->n_rows + 1; r++)
		m->start[r] += m->start[r - 1];
}

static void put(struct csr *m, uint32_t row, uint32_t column, float value)
{
	size_t at = m->start[row + 1]++;

	m->column[at] = column;
	m->value[at] = value;
}

/* The entries as they came, row after row. */
static int group_by_row(struct csr *m, const struct csr_builder *b)
{
	if (allocate(m, b->n_rows, b->n_columns, b->n) < 0)
		return -1;
	for (size_t i = 0; i < b->n; i++)
		m->start[b->entries[i].row + 2]++;
	make_room(m);
	for (size_t i = 0; i < b->n; i++)
		put(m, b->entries[i].row, b->entries[i].column, b->entries[i].value);
	return 0;
}

int csr_transpose(struct csr *t, const struct csr *m)
{
	if (allocate(t, m->n_columns, m->n_rows, csr_entries(m)) < 0)
		return -1;
	for (size_t i = 0; i < csr_entries(m); i++)
		t->start[m->column[i] + 2]++;
	make_room(t);
	for (size_t r = 0; r < m->n_rows; r++)
		for (size_t i = m->start[r]; i < m->start[r + 1]; i++)
			put(t, m->column[i], (uint32_t)r, m->value[i]);
	return 0;
}

/* Adds up entries of the same place, which stand next to each other. */
static void sum_places(struct csr *m)
{
	size_t kept = 0;

	for (size_t r = 0, begin = 0; r < m->n_rows; r++) {
		size_t end = m->start[r + 1], first = kept;

		for (size_t i = begin; i < end; i++) {
			if (kept > first && m->column[kept - 1] == m->column[i]) {
				m->value[kept - 1] += m->value[i];
				continue;
			}
			m->column[kept] = m->column[i];
			m->value[kept++] = m->value[i];
		}
		begin = end;
		m->start[r + 1] = kept;
	}
}

/* Grouping by row twice, with a transposition between, is a stable sort by row and column. */
int csr_make(struct csr *m, struct csr_builder *b, enum csr_join join)
{
	struct csr grouped = {0}, transposed = {0};
	int status = -1;

	*m = (struct csr){0};
	if (group_by_row(&grouped, b) == 0) {
		csr_builder_clear(b);
		if (csr_transpose(&transposed, &grouped) == 0) {
			csr_clear(&grouped);
			status = csr_transpose(m, &transposed);
		}
	}
	if (status == 0 && join == CSR_SUM)
		sum_places(m);
	csr_clear(&grouped);
	csr_clear(&transposed);
	csr_builder_clear(b);
	return status;
}

void csr_dampen(struct csr *m)
{
	for (size_t i = 0; i < csr_entries(m); i++)
		m->value[i] = log2f(1 + m->value[i]);
}

void csr_add_row_product(const struct csr *a, size_t row, const struct csr *b, float *sum)
{
	for (size_t i = a->start[row]; i < a->start[row + 1]; i++) {
		float x = a->value[i];

		for (size_t j = b->start[a->column[i]]; j < b->start[a->column[i] + 1]; j++)
			sum[b->column[j]] += x * b->value[j];
	}
}
