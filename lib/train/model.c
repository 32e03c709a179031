#include "train/model.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/als.h"
#include "train/ease.h"
#include "train/knn.h"
#include "train/mf.h"
#include "train/pairwise.h"

const struct hyper_kind hyper_kinds[N_HYPER] = {
	[HYPER_FACTORS] = {"factors", 1, 1024, true},
	[HYPER_EPOCHS] = {"epochs", 1, 10000, true},
	[HYPER_REGULARISATION] = {"regularisation", 0, 1e9, false},
	[HYPER_UNOBSERVED] = {"unobserved", 0, 1e6, false},
	[HYPER_RATE] = {"rate", 0, 1e6, false},
	[HYPER_SHRINKAGE] = {"shrinkage", 0, 1e9, false},
	[HYPER_NEIGHBOURS] = {"neighbours", 1, 1e6, true},
};

static const struct model_kind kinds[] = {
	{"itemknn", {{HYPER_SHRINKAGE, 100, 5}}, 1, knn_fit_items, knn_cost},
	{"ease", {{HYPER_REGULARISATION, 300, 4}}, 1, ease_fit, ease_cost},
	{"mf", {{HYPER_FACTORS, 32, 1}, {HYPER_EPOCHS, 10, 1}, {HYPER_REGULARISATION, 8, 3}}, 3, mf_fit, als_cost},
	{"als",
	 {{HYPER_FACTORS, 64, 1}, {HYPER_EPOCHS, 10, 1}, {HYPER_REGULARISATION, .01, 10}, {HYPER_UNOBSERVED, .1, 4}},
	 4,
	 als_fit,
	 als_cost},
	{"bpr",
	 {{HYPER_FACTORS, 64, 1}, {HYPER_EPOCHS, 50, 1}, {HYPER_RATE, .1, 3}, {HYPER_REGULARISATION, .01, 3}},
	 4,
	 pairwise_fit_bpr,
	 pairwise_cost},
	{"warp",
	 {{HYPER_FACTORS, 64, 1}, {HYPER_EPOCHS, 50, 1}, {HYPER_RATE, .1, 3}, {HYPER_REGULARISATION, .01, 3}},
	 4,
	 pairwise_fit_warp,
	 pairwise_cost},
	{"userknn", {{HYPER_NEIGHBOURS, 100, 2}, {HYPER_SHRINKAGE, 10, 3}}, 2, knn_fit_users, knn_cost},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

struct hypers hypers_none(void)
{
	struct hypers none;

	for (size_t i = 0; i < N_HYPER; i++)
		none.value[i] = NAN;
	return none;
}

const struct model_kind *model_find(const char *name)
{
	for (size_t i = 0; i < N_KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *model_name(size_t i)
{
	return i < N_KINDS ? kinds[i].name : NULL;
}

struct hypers model_hypers(const struct model_kind *k, const struct hypers *given)
{
	struct hypers h = hypers_none();

	for (size_t i = 0; i < k->n_hypers; i++) {
		double set = given->value[k->hypers[i].which];

		h.value[k->hypers[i].which] = isnan(set) ? k->hypers[i].start : set;
	}
	return h;
}

int model_fit(struct model *m, const struct model_kind *k, const struct fit *f, struct errmsg *e)
{
	bool of_items = m->of_items;

	*m = (struct model){.kind = k, .x = f->x, .loss = NAN, .of_items = of_items};
	return k->fit(m, f, e);
}

void model_clear(struct model *m)
{
	free(m->rows);
	free(m->columns);
	csr_clear(&m->weights);
	ease_free(m->ease);
	*m = (struct model){.of_items = m->of_items};
}

size_t model_rows(const struct model *m)
{
	return m->of_items ? m->x->n_columns : m->x->n_rows;
}

bool model_knows(const struct model *m, size_t row)
{
	if (m->knows_all)
		return true;
	if (m->left && m->positive)
		return csr_row_length(m->left, row) > 0;
	if (m->ease && m->of_items)
		return csr_row_length(m->ease->xt, row) > 0;
	return csr_row_length(m->x, row) > 0;
}

static void score_sparse(const struct model *m, size_t row, float *scores)
{
	size_t n = m->x->n_columns;

	memset(scores, 0, n * sizeof *scores);
	if (m->right)
		csr_add_row_product(m->left, row, m->right, scores);
	else
		for (size_t a = m->left->start[row]; a < m->left->start[row + 1]; a++)
			scores[m->left->column[a]] = m->left->value[a];
	for (size_t j = 0; j < n; j++)
		if (scores[j] <= 0)
			scores[j] = -INFINITY;
}

int model_score(const struct model *m, size_t begin, size_t end, float *scores)
{
	size_t n = m->x->n_columns;

	if (m->ease)
		return m->of_items ? ease_score_items(m->ease, begin, end, scores)
				   : ease_score_rows(m->ease, begin, end, scores);
	if (m->left) {
		for (size_t r = begin; r < end; r++)
			score_sparse(m, r, scores + (r - begin) * n);
		return 0;
	}
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(end - begin), (int)n, (int)m->d, 1,
		    m->rows + begin * m->d, (int)m->d, m->columns, (int)m->d, 0, scores, (int)n);
	return 0;
}
