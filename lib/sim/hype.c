#include "sim/hype.h"

#include <stdlib.h>

#include "base/rng.h"

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int hype_init(struct hype *h, uint64_t seed, uint32_t days, uint32_t n, size_t n_tracks)
{
	*h = (struct hype){.n = n};
	if (n == 0)
		return 0;
	h->tracks = calloc((size_t)days * n, sizeof *h->tracks);
	if (!h->tracks)
		return -1;
	for (uint32_t day = 0; day < days; day++) {
		struct rng r = rng_at(seed, RNG_ARRIVAL, day, 0, RNG_STEP_HYPE);
		uint32_t *of_day = h->tracks + (size_t)day * n;

		for (uint32_t i = 0; i < n; i++)
			of_day[i] = rng_below(&r, (uint32_t)n_tracks);
		qsort(of_day, n, sizeof *of_day, ascending);
	}
	return 0;
}

void hype_clear(struct hype *h)
{
	free(h->tracks);
	*h = (struct hype){0};
}

bool hype_has(const struct hype *h, uint32_t day, uint32_t track)
{
	return h->n > 0 && bsearch(&track, h->tracks + (size_t)day * h->n, h->n, sizeof track, ascending);
}
