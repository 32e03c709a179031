#include "event/log_team.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/parallel.h"

/*
 * The blocks are a ring. Those from `first` on are underway, `n` of them; of these, the first `begun` are being
 * parsed or done. All counters are guarded by the mutex; a block belongs to the thread that has begun it, until it
 * is done.
 */
struct log_team {
	struct log_block *blocks;
	bool *done; /* by block */
	size_t n_blocks, first, n, begun;
	pthread_t threads[PARALLEL_THREADS_MAX];
	size_t n_threads; /* without the caller's */
	bool ending;
	pthread_mutex_t mutex;
	pthread_cond_t work, parsed;
};

/* Parses the next block that nobody has begun. The mutex is held, before and after. */
static void parse_one(struct log_team *t)
{
	size_t place = (t->first + t->begun++) % t->n_blocks;

	pthread_mutex_unlock(&t->mutex);
	log_block_parse(&t->blocks[place]);
	pthread_mutex_lock(&t->mutex);
	t->done[place] = true;
	pthread_cond_signal(&t->parsed);
}

static void *work(void *team)
{
	struct log_team *t = team;

	pthread_mutex_lock(&t->mutex);
	while (!t->ending) {
		if (t->begun < t->n)
			parse_one(t);
		else
			pthread_cond_wait(&t->work, &t->mutex);
	}
	pthread_mutex_unlock(&t->mutex);
	return NULL;
}

struct log_team *log_team_new(unsigned threads)
{
	struct log_team *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	threads = parallel_threads(threads);
	pthread_mutex_init(&t->mutex, NULL);
	pthread_cond_init(&t->work, NULL);
	pthread_cond_init(&t->parsed, NULL);
	t->n_blocks = threads == 1 ? 1 : 2 * threads + 1;
	t->blocks = calloc(t->n_blocks, sizeof *t->blocks);
	t->done = calloc(t->n_blocks, sizeof *t->done);
	/* where a thread cannot be had, the others do its work */
	while (t->blocks && t->done && t->n_threads + 1 < threads &&
	       pthread_create(&t->threads[t->n_threads], NULL, work, t) == 0)
		t->n_threads++;
	if (t->blocks && t->done)
		return t;
	log_team_free(t);
	return NULL;
}

void log_team_free(struct log_team *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->mutex);
	t->ending = true;
	pthread_cond_broadcast(&t->work);
	pthread_mutex_unlock(&t->mutex);
	for (size_t i = 0; i < t->n_threads; i++)
		pthread_join(t->threads[i], NULL);
	for (size_t i = 0; t->blocks && i < t->n_blocks; i++)
		log_block_clear(&t->blocks[i]);
	free(t->blocks);
	free(t->done);
	pthread_cond_destroy(&t->work);
	pthread_cond_destroy(&t->parsed);
	pthread_mutex_destroy(&t->mutex);
	free(t);
}

/* Only the caller of these changes `first` and `n`, so they may be read without the mutex. */

struct log_block *log_team_empty(struct log_team *t)
{
	return t->n < t->n_blocks ? &t->blocks[(t->first + t->n) % t->n_blocks] : NULL;
}

void log_team_submit(struct log_team *t)
{
	pthread_mutex_lock(&t->mutex);
	t->n++;
	pthread_cond_signal(&t->work);
	pthread_mutex_unlock(&t->mutex);
}

struct log_block *log_team_take(struct log_team *t)
{
	if (t->n == 0)
		return NULL;
	pthread_mutex_lock(&t->mutex);
	while (!t->done[t->first]) {
		if (t->begun < t->n)
			parse_one(t);
		else
			pthread_cond_wait(&t->parsed, &t->mutex);
	}
	pthread_mutex_unlock(&t->mutex);
	return &t->blocks[t->first];
}

void log_team_recycle(struct log_team *t)
{
	log_block_reset(&t->blocks[t->first]);
	pthread_mutex_lock(&t->mutex);
	t->done[t->first] = false;
	t->first = (t->first + 1) % t->n_blocks;
	t->n--;
	t->begun--;
	pthread_mutex_unlock(&t->mutex);
}
