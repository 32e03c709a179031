#include "world/embeddings.h"

#include <math.h>

/*
 * Eight running sums, so that they can be kept in vector registers; the rest of a row goes to the first of them. The
 * two kernels differ in type alone.
 */
#define DEFINE_DOT(name, type) \
	static double name(const type *a, const type *b, size_t n) \
	{ \
		double sums[8] = {0}; \
		size_t i = 0; \
		for (; i + 8 <= n; i += 8) \
			for (size_t j = 0; j < 8; j++) \
				sums[j] += (double)a[i + j] * (double)b[i + j]; \
		for (; i < n; i++) \
			sums[0] += (double)a[i] * (double)b[i]; \
		return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])); \
	}

DEFINE_DOT(dot_float, float)
DEFINE_DOT(dot_double, double)

double embeddings_dot(const struct npy *m, size_t a, size_t b)
{
	size_t n = m->columns;

	if (m->type == NPY_FLOAT32)
		return dot_float((const float *)m->data + a * n, (const float *)m->data + b * n, n);
	return dot_double((const double *)m->data + a * n, (const double *)m->data + b * n, n);
}

/* Products of rows are finite if each row's product with itself is. */
static int check_products(const struct npy *m, struct errmsg *e)
{
	for (size_t i = 0; i < m->rows; i++)
		if (!isfinite(embeddings_dot(m, i, i)))
			return errmsg_set(e, "row %zu: the values are too large; their squares add up to infinity", i);
	return 0;
}

static int check_shape(const struct npy *m, const struct catalog *c, struct errmsg *e)
{
	if (m->rows != c->n_tracks)
		return errmsg_set(e, "%zu rows for a catalog of %zu tracks", m->rows, c->n_tracks);
	return check_products(m, e);
}

int embeddings_load(struct npy *m, const char *path, const struct catalog *c, struct errmsg *e)
{
	if (npy_load(m, path, e) < 0)
		return -1;
	if (check_shape(m, c, e) == 0)
		return 0;
	npy_clear(m);
	return errmsg_prefix(e, "%s", path);
}
