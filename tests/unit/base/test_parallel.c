#include "base/parallel.h"

#include <stdint.h>

#include "unit/check.h"

enum { N = 1003, CHUNK = 10 };

struct marks {
	unsigned count[N]; /* how often each index was done */
	double sums[(N + CHUNK - 1) / CHUNK];
	unsigned threads;
	int outside; /* chunks that are not where they should be */
};

static void mark(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct marks *m = ctx;
	double sum = 0;

	if (begin % CHUNK != 0 || end - begin > CHUNK || (end - begin < CHUNK && end != N) || thread >= m->threads)
		m->outside = 1;
	for (size_t i = begin; i < end; i++) {
		m->count[i]++;
		sum += 1 / (1. + (double)i);
	}
	m->sums[begin / CHUNK] = sum;
}

static void each_index_is_done_once_and_sums_do_not_depend_on_threads(void)
{
	double first = 0;

	for (unsigned threads = 1; threads <= 5; threads++) {
		struct marks m = {.threads = threads};
		double sum = 0;

		parallel_for(N, CHUNK, threads, mark, &m);
		CHECK(!m.outside);
		for (size_t i = 0; i < N; i++)
			CHECK(m.count[i] == 1);
		for (size_t i = 0; i < parallel_chunks(N, CHUNK); i++)
			sum += m.sums[i];
		if (threads == 1)
			first = sum;
		CHECK(sum == first);
	}
}

static void never(void *ctx, size_t begin, size_t end, unsigned thread)
{
	(void)begin, (void)end, (void)thread;
	++*(int *)ctx;
}

static void an_empty_range_is_no_work(void)
{
	int calls = 0;

	parallel_for(0, 1, 3, never, &calls);
	CHECK(calls == 0);
	parallel_for(1, SIZE_MAX, 3, never, &calls);
	CHECK(calls == 1);
}

static void the_number_of_threads_has_bounds(void)
{
	CHECK(parallel_threads(0) >= 1);
	CHECK(parallel_threads(3) == 3);
	CHECK(parallel_threads(1000) == PARALLEL_THREADS_MAX);
	CHECK(parallel_chunks(0, 7) == 0 && parallel_chunks(7, 7) == 1 && parallel_chunks(8, 7) == 2);
}

int main(void)
{
	RUN(each_index_is_done_once_and_sums_do_not_depend_on_threads);
	RUN(an_empty_range_is_no_work);
	RUN(the_number_of_threads_has_bounds);
	return DONE();
}
