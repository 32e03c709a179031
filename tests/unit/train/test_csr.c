#include "train/csr.h"

#include <stdbool.h>

#include "unit/check.h"

static void fill(struct csr_builder *b)
{
	static const struct csr_entry entries[] = {{2, 1, 1}, {0, 3, 2}, {2, 0, 3}, {0, 3, 4}, {2, 1, 5}, {0, 0, 6}};

	*b = (struct csr_builder){.n_rows = 4, .n_columns = 5};
	for (size_t i = 0; i < 6; i++)
		CHECK(csr_add(b, entries[i].row, entries[i].column, entries[i].value) == 0);
}

static bool is(const struct csr *m, const struct csr_entry *want, size_t n)
{
	size_t at = 0;

	for (uint32_t r = 0; r < m->n_rows; r++)
		for (size_t i = m->start[r]; i < m->start[r + 1]; i++, at++)
			if (at >= n || want[at].row != r || want[at].column != m->column[i] ||
			    want[at].value != m->value[i])
				return false;
	return at == n && csr_entries(m) == n;
}

static void entries_are_sorted_and_summed(void)
{
	static const struct csr_entry want[] = {{0, 0, 6}, {0, 3, 6}, {2, 0, 3}, {2, 1, 6}};
	static const struct csr_entry transposed[] = {{0, 0, 6}, {0, 2, 3}, {1, 2, 6}, {3, 0, 6}};
	struct csr_builder b;
	struct csr m, t;

	fill(&b);
	CHECK(csr_make(&m, &b, CSR_SUM) == 0 && !b.entries);
	CHECK(is(&m, want, 4) && m.n_rows == 4 && m.n_columns == 5 && csr_row_length(&m, 2) == 2);
	CHECK(csr_transpose(&t, &m) == 0);
	CHECK(is(&t, transposed, 4) && t.n_rows == 5 && t.n_columns == 4);
	csr_clear(&m);
	csr_clear(&t);
}

static void entries_of_a_place_may_stay(void)
{
	static const struct csr_entry want[] = {{0, 0, 6}, {0, 3, 2}, {0, 3, 4}, {2, 0, 3}, {2, 1, 1}, {2, 1, 5}};
	struct csr_builder b;
	struct csr m;

	fill(&b);
	CHECK(csr_make(&m, &b, CSR_KEEP) == 0 && is(&m, want, 6));
	csr_clear(&m);
}

static void an_empty_matrix_has_no_entries(void)
{
	struct csr_builder b = {0};
	struct csr m;

	CHECK(csr_make(&m, &b, CSR_SUM) == 0 && csr_entries(&m) == 0);
	csr_clear(&m);
	CHECK(csr_entries(&m) == 0);
}

static void plays_are_dampened(void)
{
	struct csr_builder b = {.n_rows = 1, .n_columns = 2};
	struct csr m;

	CHECK(csr_add(&b, 0, 0, 1) == 0 && csr_add(&b, 0, 1, 7) == 0 && csr_make(&m, &b, CSR_SUM) == 0);
	csr_dampen(&m);
	CHECK(m.value[0] == 1 && m.value[1] == 3);
	csr_clear(&m);
}

static void rows_are_multiplied(void)
{
	struct csr_builder b;
	struct csr m, t;
	float sum[4] = {1, 0, 0, 0};

	fill(&b);
	CHECK(csr_make(&m, &b, CSR_SUM) == 0 && csr_transpose(&t, &m) == 0);
	csr_add_row_product(&m, 0, &t, sum);
	/* (6,0,0,6) with rows 0 and 2: 72 and 18 */
	CHECK(sum[0] == 73 && sum[1] == 0 && sum[2] == 18 && sum[3] == 0);
	csr_clear(&m);
	csr_clear(&t);
}

int main(void)
{
	RUN(entries_are_sorted_and_summed);
	RUN(entries_of_a_place_may_stay);
	RUN(an_empty_matrix_has_no_entries);
	RUN(plays_are_dampened);
	RUN(rows_are_multiplied);
	return DONE();
}
