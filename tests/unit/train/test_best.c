#include "train/best.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

enum { N = 1000 };

static int best_first(const void *a, const void *b)
{
	const struct best_item *x = a, *y = b;

	return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
				    : (x->item > y->item) - (x->item < y->item);
}

/* Scores of many ties, some of them no candidates. */
static void the_best_are_those_of_a_sort(void)
{
	struct rng r = rng_at(1, RNG_TRAIN, 0, 0, 0);
	struct best_item all[N], heap[N] = {{0}};
	float scores[N];

	for (uint32_t i = 0; i < N; i++) {
		scores[i] = rng_below(&r, 10) == 0 ? -INFINITY : (float)rng_below(&r, 50) - 25;
		all[i] = (struct best_item){.score = scores[i], .item = i};
	}
	qsort(all, N, sizeof *all, best_first);
	for (size_t k = 0; k <= N; k += k < 5 ? 1 : 199) {
		struct best b = {.heap = heap, .limit = k};

		best_add_all(&b, scores, N);
		best_sort(&b);
		CHECK(b.n <= k && (b.n == k || all[b.n].score == -INFINITY));
		for (size_t i = 0; i < b.n; i++)
			CHECK(heap[i].item == all[i].item && heap[i].score == all[i].score);
	}
}

int main(void)
{
	RUN(the_best_are_those_of_a_sort);
	return DONE();
}
