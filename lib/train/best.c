#include "train/best.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { STEP = 32 };

static bool is_worse(struct best_item a, struct best_item b)
{
	return a.score < b.score || (a.score == b.score && a.item > b.item);
}

/* Moves the item at place i down to where it belongs. */
static void sink(struct best_item *heap, size_t n, size_t i)
{
	struct best_item x = heap[i];

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		child += child + 1 < n && is_worse(heap[child + 1], heap[child]);
		if (!is_worse(heap[child], x))
			break;
		heap[i] = heap[child];
	}
	heap[i] = x;
}

static void rise(struct best_item *heap, size_t i)
{
	struct best_item x = heap[i];

	for (; i > 0 && is_worse(x, heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = x;
}

void best_add(struct best *b, uint32_t item, float score)
{
	struct best_item x = {.score = score, .item = item};

	if (score == -INFINITY || b->limit == 0)
		return;
	if (b->n < b->limit) {
		b->heap[b->n++] = x;
		rise(b->heap, b->n - 1);
	} else if (is_worse(b->heap[0], x)) {
		b->heap[0] = x;
		sink(b->heap, b->n, 0);
	}
}

/* Whether one of STEP scores is worth a look. Written so that compilers make a few vector instructions of it. */
static bool any_reaches(const float *scores, float bar)
{
	int any = 0;

	for (size_t i = 0; i < STEP; i++)
		any |= scores[i] >= bar;
	return any;
}

void best_add_all(struct best *b, const float *scores, size_t n)
{
	size_t i = 0;

	if (b->limit == 0)
		return;
	for (; i < n && b->n < b->limit; i++)
		best_add(b, (uint32_t)i, scores[i]);
	for (; i + STEP <= n; i += STEP)
		if (any_reaches(scores + i, b->heap[0].score))
			for (size_t k = i; k < i + STEP; k++)
				best_add(b, (uint32_t)k, scores[k]);
	for (; i < n; i++)
		best_add(b, (uint32_t)i, scores[i]);
}

static int best_first(const void *a, const void *b)
{
	const struct best_item *x = a, *y = b;

	return is_worse(*x, *y) - is_worse(*y, *x);
}

void best_sort(struct best *b)
{
	if (b->n > 0)
		qsort(b->heap, b->n, sizeof *b->heap, best_first);
}
