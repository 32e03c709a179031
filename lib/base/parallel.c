#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct loop {
	size_t n, chunk;
	parallel_work *work;
	void *ctx;
	atomic_size_t next; /* the chunk that nobody has begun */
};

struct worker {
	struct loop *loop;
	unsigned number;
	pthread_t thread;
};

unsigned parallel_threads(unsigned threads)
{
	if (threads == 0) {
		long processors = sysconf(_SC_NPROCESSORS_ONLN);

		threads = processors > 0 ? (unsigned)processors : 1;
	}
	return threads < PARALLEL_THREADS_MAX ? threads : PARALLEL_THREADS_MAX;
}

size_t parallel_chunks(size_t n, size_t chunk)
{
	return n / chunk + (n % chunk > 0);
}

static void *run_chunks(void *worker)
{
	const struct worker *w = worker;
	struct loop *l = w->loop;
	size_t n_chunks = parallel_chunks(l->n, l->chunk), i;

	while ((i = atomic_fetch_add(&l->next, 1)) < n_chunks) {
		size_t begin = i * l->chunk, left = l->n - begin;

		l->work(l->ctx, begin, begin + (left < l->chunk ? left : l->chunk), w->number);
	}
	return NULL;
}

void parallel_for(size_t n, size_t chunk, unsigned threads, parallel_work *work, void *ctx)
{
	struct loop loop = {.n = n, .chunk = chunk, .work = work, .ctx = ctx};
	struct worker workers[PARALLEL_THREADS_MAX];
	size_t n_chunks = parallel_chunks(n, chunk);
	unsigned started = 1;

	threads = parallel_threads(threads);
	if (threads > n_chunks)
		threads = n_chunks > 0 ? (unsigned)n_chunks : 1;
	workers[0] = (struct worker){.loop = &loop};
	for (; started < threads; started++) {
		workers[started] = (struct worker){.loop = &loop, .number = started};
		if (pthread_create(&workers[started].thread, NULL, run_chunks, &workers[started]) != 0)
			break;
	}
	run_chunks(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}
