#include "log_team.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grow.h"
#include "log.h"


/*
 * The blocks are a ring. Those from `first` on are underway, `n` of them; of these, the first `begun` are being parsed or
 * done. All counters are guarded by the mutex; a block belongs to whoever has begun it, until it is done.
 */
struct log_team {
	struct log_block *blocks;
	size_t n_blocks, first, n, begun;
	pthread_t threads[LOG_THREADS_MAX];
	size_t n_threads; /* without the caller's */
	bool ending;
	pthread_mutex_t mutex;
	pthread_cond_t work, done;
};

/* A line at the end of the block. NULL: no memory. */
static struct log_line *add_line(struct log_block *b)
{
	struct log_line *lines = grow(b->lines, &b->cap, b->n + 1, sizeof *lines), *line;

	if (!lines)
		return NULL;
	b->lines = lines;
	line = &lines[b->n++];
	line->reason = NULL;
	line->file_failed = false;
	return line;
}

int log_block_add(struct log_block *b, const char *text, size_t len, unsigned long number, const char *file)
{
	char *moved = grow(b->text, &b->text_cap, b->text_len + len, 1);
	struct log_line *line = moved ? add_line(b) : NULL;

	if (moved)
		b->text = moved;
	if (!line)
		return -1;
	line->start = b->text_len;
	line->len = len;
	line->number = number;
	line->file = file;
	memcpy(moved + b->text_len, text, len);
	b->text_len += len;
	return 0;
}

static char *keep(struct log_block *b, const struct errmsg *reason)
{
	static char no_memory[] = "out of memory";
	char *text = arena_copy(&b->parser.arena, reason->text, strlen(reason->text) + 1);

	return text ? text : no_memory;
}

int log_block_add_problem(struct log_block *b, const struct errmsg *reason, bool file_failed)
{
	struct log_line *line = add_line(b);

	if (!line)
		return -1;
	line->reason = keep(b, reason);
	line->file_failed = file_failed;
	return 0;
}

static void parse_line(struct log_block *b, struct log_line *line)
{
	struct errmsg e;

	if (line->reason || event_parse(&b->parser, b->text + line->start, line->len, &line->event, &e) == 0)
		return;
	errmsg_prefix(&e, "%s:%lu", line->file, line->number);
	line->reason = keep(b, &e);
}

/* Parses the next block that nobody has begun. The mutex is held, before and after. */
static void parse_one(struct log_team *t)
{
	struct log_block *b = &t->blocks[(t->first + t->begun++) % t->n_blocks];

	pthread_mutex_unlock(&t->mutex);
	for (size_t i = 0; i < b->n; i++)
		parse_line(b, &b->lines[i]);
	pthread_mutex_lock(&t->mutex);
	b->done = true;
	pthread_cond_signal(&t->done);
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
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (!t)
		return NULL;
	if (threads == 0)
		threads = processors > 0 ? (unsigned)processors : 1;
	if (threads > LOG_THREADS_MAX)
		threads = LOG_THREADS_MAX;
	pthread_mutex_init(&t->mutex, NULL);
	pthread_cond_init(&t->work, NULL);
	pthread_cond_init(&t->done, NULL);
	t->n_blocks = threads == 1 ? 1 : 2 * threads + 1;
	t->blocks = calloc(t->n_blocks, sizeof *t->blocks);
	/* where a thread cannot be had, the others do its work */
	while (t->blocks && t->n_threads + 1 < threads &&
	       pthread_create(&t->threads[t->n_threads], NULL, work, t) == 0)
		t->n_threads++;
	if (t->blocks)
		return t;
	log_team_free(t);
	return NULL;
}

static void block_clear(struct log_block *b)
{
	event_parser_clear(&b->parser);
	free(b->text);
	free(b->lines);
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
		block_clear(&t->blocks[i]);
	free(t->blocks);
	pthread_cond_destroy(&t->work);
	pthread_cond_destroy(&t->done);
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
	struct log_block *b = &t->blocks[t->first];

	if (t->n == 0)
		return NULL;
	pthread_mutex_lock(&t->mutex);
	while (!b->done) {
		if (t->begun < t->n)
			parse_one(t);
		else
			pthread_cond_wait(&t->done, &t->mutex);
	}
	pthread_mutex_unlock(&t->mutex);
	return b;
}

void log_team_recycle(struct log_team *t)
{
	struct log_block *b = &t->blocks[t->first];

	event_parser_reset(&b->parser);
	b->text_len = b->n = 0;
	b->done = false;
	pthread_mutex_lock(&t->mutex);
	t->first = (t->first + 1) % t->n_blocks;
	t->n--;
	t->begun--;
	pthread_mutex_unlock(&t->mutex);
}
