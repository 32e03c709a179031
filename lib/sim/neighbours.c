#include "sim/neighbours.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/parallel.h"
#include "sim/rotation.h"
#include "world/embeddings.h"

/*
 * Products of so many tracks with so many others are made at once; they fit into the cache of one processor. Large
 * blocks are quicker, and small ones can be shared between more processors where there are not many. Products are
 * looked through in groups.
 */
enum { BLOCK = 384, SMALL_BLOCK = 128, MANY = 16 * BLOCK, TILE = 512, GROUP = 8 };

/*
 * Fewer searches than this for a column do not make up for the rotation, which takes about as long as one for a column
 * does; nor do fewer columns let any of them go.
 */
enum { SEARCHES_PER_COLUMN = 16, LEAST_COLUMNS = 32 };

struct neighbour {
	double score;
	uint32_t track;
};

struct search {
	const struct npy *m;
	/*
	 * All rows in single precision, times `scale`. As long as they are not turned, the vectors are those of the
	 * matrix itself, or a copy, and the prefix is all columns.
	 */
	struct rotation rows;
	double scale;	      /* a power of two, such that products are within the range of single precision */
	double longest;	      /* the largest norm of a row, times `scale` */
	const uint32_t *tracks;
	size_t n, k;
	uint32_t *found; /* n x k */
	struct worker *workers[PARALLEL_THREADS_MAX]; /* by thread */
	atomic_bool failed;			      /* out of memory */
	atomic_size_t done;			      /* tracks whose neighbours are found */
	const struct neighbours_watch *watch;
};

/* The search for the neighbours of one track, while the tiles pass by. */
struct seeker {
	float *heap; /* the k largest products so far, the least of them first */
	float bar;   /* what is below is not among the k nearest */
	float rest;  /* the norm of what is not in the prefix */
	double margin;
	struct neighbour *near; /* what may be among them */
	size_t n_near, near_cap;
};

/* What one thread needs. */
struct worker {
	const struct search *search;
	float *block;	 /* BLOCK rows, those whose neighbours are looked for */
	float *products; /* BLOCK x TILE */
	float *heaps;	 /* BLOCK x k */
	struct seeker seekers[BLOCK];
};

/* Nearest first; of equally near tracks the lower first. */
static int nearest_first(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->track > y->track) - (x->track < y->track);
}

/* Puts x in the place of the least. */
static void replace_least(float *heap, size_t k, float x)
{
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= k)
			break;
		child += child + 1 < k && heap[child + 1] < heap[child];
		if (heap[child] >= x)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = x;
}

/*
 * How far a product in single precision may be from the true one: n columns, rows of norms |a| and |b|, gives at most
 * n u / (1 - n u) |a| |b| with u = 2^-24 (Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 3.1),
 * and a little for the rounding of the values themselves, of the bound of what the prefix leaves, and of the sum of
 * both. To that comes what the rotation does to the products. Where values or products come near the least number that
 * there is, errors are absolute: at most 2^-150 each.
 */
static double product_error(const struct search *s, double norm)
{
	double n = (double)s->m->columns;

	return ((n + 10) * 1.01 * 0x1p-24 + s->rows.error) * norm * s->longest +
	       n * 0x1p-147 * (1 + norm + s->longest);
}

static double norm_of(const struct npy *m, size_t row)
{
	return sqrt(embeddings_dot(m, row, row));
}

/* Drops what has turned out to be below the bar. */
static void drop_below_bar(struct seeker *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_near; i++)
		if (s->near[i].score >= s->bar)
			s->near[kept++] = s->near[i];
	s->n_near = kept;
}

static int add_near(struct seeker *s, size_t k, uint32_t track, float product)
{
	struct neighbour *near;

	if (s->n_near == s->near_cap && s->n_near > 0)
		drop_below_bar(s);
	near = grow(s->near, &s->near_cap, s->n_near + 1, sizeof *near);
	if (!near)
		return -1;
	s->near = near;
	near[s->n_near++] = (struct neighbour){.score = product, .track = track};
	if (product > s->heap[0]) {
		replace_least(s->heap, k, product);
		/* rounded down, so as not to lose one that is just at the bar */
		s->bar = nextafterf((float)(s->heap[0] - s->margin), -INFINITY);
	}
	return 0;
}

/* Four numbers in one register, or four answers; compilers do not make them of a loop that has to compare. */
typedef float four_floats __attribute__((vector_size(4 * sizeof(float))));
typedef int32_t four_truths __attribute__((vector_size(4 * sizeof(int32_t))));

/* Whether any of a group may be at the bar or above. */
static bool any_near(const struct seeker *s, const float *products, const float *rests)
{
	four_truths any = {0};

	for (size_t i = 0; i < GROUP; i += 4) {
		four_floats product, rest;

		memcpy(&product, products + i, sizeof product);
		memcpy(&rest, rests + i, sizeof rest);
		any |= product + s->rest * rest >= s->bar;
	}
	return any[0] | any[1] | any[2] | any[3];
}

/* Looks at one track, of which the product of the prefixes is known. */
static int seek_at(const struct search *s, struct seeker *seeker, const float *row, uint32_t track, float product)
{
	const struct rotation *rows = &s->rows;

	if (product + seeker->rest * rows->rests[track] < seeker->bar)
		return 0;
	if (rows->prefix < rows->columns)
		product += rotation_rest(rows, row, rows->vectors + track * rows->columns);
	return product >= seeker->bar ? add_near(seeker, s->k, track, product) : 0;
}

/* Looks through the products of one track, whose row is given, with the tracks from `first` on. */
static int seek_in_tile(const struct search *s, struct seeker *seeker, const float *row, const float *products,
			size_t n, uint32_t first)
{
	const float *rests = s->rows.rests + first;

	for (size_t i = 0; i < n; i += GROUP) {
		if (n - i >= GROUP && !any_near(seeker, products + i, rests + i))
			continue;
		for (size_t j = i; j < n && j < i + GROUP; j++)
			if (seek_at(s, seeker, row, first + (uint32_t)j, products[j]) < 0)
				return -1;
	}
	return 0;
}

static void begin_block(struct worker *w, const uint32_t *tracks, size_t n)
{
	const struct search *s = w->search;
	size_t d = s->m->columns;

	for (size_t i = 0; i < n; i++) {
		struct seeker *seeker = &w->seekers[i];

		memcpy(w->block + i * d, s->rows.vectors + tracks[i] * d, d * sizeof *w->block);
		seeker->heap = w->heaps + i * s->k;
		for (size_t j = 0; j < s->k; j++)
			seeker->heap[j] = -FLT_MAX;
		seeker->bar = -FLT_MAX;
		seeker->margin = 2 * product_error(s, s->scale * norm_of(s->m, tracks[i]));
		seeker->rest = s->rows.rests[tracks[i]];
		seeker->n_near = 0;
	}
}

/* Weighs what came near again, and keeps the k nearest. */
static void rank_near(const struct search *s, struct seeker *seeker, uint32_t track, uint32_t *found)
{
	drop_below_bar(seeker);
	for (size_t j = 0; j < seeker->n_near; j++)
		seeker->near[j].score = embeddings_dot(s->m, track, seeker->near[j].track);
	qsort(seeker->near, seeker->n_near, sizeof *seeker->near, nearest_first);
	for (size_t j = 0; j < s->k; j++)
		found[j] = seeker->near[j].track;
}

/* Finds the neighbours of at most BLOCK tracks. */
static int find_block(struct worker *w, size_t first, size_t n)
{
	const struct search *s = w->search;
	size_t d = s->m->columns, rows = s->m->rows;

	begin_block(w, s->tracks + first, n);
	for (size_t t = 0; t < rows; t += TILE) {
		size_t tile = rows - t < TILE ? rows - t : TILE;

		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)tile, (int)s->rows.prefix, 1,
			    w->block, (int)d, s->rows.vectors + t * d, (int)d, 0, w->products, TILE);
		for (size_t i = 0; i < n; i++)
			if (seek_in_tile(s, &w->seekers[i], w->block + i * d, w->products + i * TILE, tile,
					 (uint32_t)t) < 0)
				return -1;
	}
	for (size_t i = 0; i < n; i++)
		rank_near(s, &w->seekers[i], s->tracks[first + i], s->found + (first + i) * s->k);
	return 0;
}

static void free_worker(struct worker *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < BLOCK; i++)
		free(w->seekers[i].near);
	free(w->block);
	free(w->products);
	free(w->heaps);
	free(w);
}

/* New, or NULL where there is no memory. */
static struct worker *new_worker(const struct search *s)
{
	struct worker *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->search = s;
	w->block = malloc(BLOCK * s->m->columns * sizeof *w->block);
	w->products = malloc((size_t)BLOCK * TILE * sizeof *w->products);
	w->heaps = malloc(BLOCK * s->k * sizeof *w->heaps);
	if (w->block && w->products && w->heaps)
		return w;
	free_worker(w);
	return NULL;
}

static void find_chunk(void *search, size_t begin, size_t end, unsigned thread)
{
	struct search *s = search;
	struct worker **w = &s->workers[thread];

	if (s->failed)
		return;
	if (!*w)
		*w = new_worker(s);
	if (!*w || find_block(*w, begin, end - begin) < 0)
		s->failed = true;
	s->done += end - begin;
	if (thread == 0 && s->watch)
		s->watch->show(s->watch->ctx, s->done, s->n);
}

static void find_all(struct search *s)
{
	parallel_for(s->n, s->n < MANY ? SMALL_BLOCK : BLOCK, 0, find_chunk, s);
	for (size_t i = 0; i < PARALLEL_THREADS_MAX; i++)
		free_worker(s->workers[i]);
}

/* Looks at the size of the values. */
static void measure_norms(struct search *s)
{
	int exponent = 0;

	for (size_t i = 0; i < s->m->rows; i++)
		s->longest = fmax(s->longest, norm_of(s->m, i));
	frexp(s->longest, &exponent);
	s->scale = abs(exponent) < 50 ? 1 : ldexp(1, -exponent);
	s->longest *= s->scale;
}

/* All rows in single precision; new where they are not yet. NULL: no memory. */
static float *to_floats(const struct search *s)
{
	const struct npy *m = s->m;
	size_t size = m->rows * m->columns;
	float *vectors;

	if (m->type == NPY_FLOAT32 && s->scale == 1)
		return m->data;
	vectors = malloc(size * sizeof *vectors);
	for (size_t i = 0; vectors && i < size; i++)
		vectors[i] = (float)(s->scale * (m->type == NPY_FLOAT32 ? ((const float *)m->data)[i]
									: ((const double *)m->data)[i]));
	return vectors;
}

/* Remembers in which row the neighbours of each track are. */
static int index_rows(struct neighbours *nb, const uint32_t *tracks)
{
	for (size_t i = 0; i < nb->n; i++) {
		uint32_t *row = id_index_at(&nb->rows, tracks[i]);

		if (!row)
			return -1;
		*row = (uint32_t)i + 1;
	}
	return 0;
}

/* Whether turning the rows may pay. */
static bool may_prune(const struct search *s)
{
	size_t d = s->m->columns;

	return d >= LEAST_COLUMNS && s->n >= d * SEARCHES_PER_COLUMN && s->m->rows >= d * SEARCHES_PER_COLUMN;
}

/* Turns the rows, where a prefix is asked for or may pay. Where they cannot be turned the search goes without. */
static void turn_rows(struct search *s, size_t prefix)
{
	struct rotation turned;

	if ((prefix == NEIGHBOURS_BEST && !may_prune(s)) || prefix >= s->m->columns ||
	    rotation_init(&turned, s->rows.vectors, s->m->rows, s->m->columns) < 0)
		return;
	if (prefix == NEIGHBOURS_BEST)
		prefix = rotation_best_prefix(&turned, s->tracks, s->n, s->k);
	rotation_set_prefix(&turned, prefix);
	if ((const void *)s->rows.vectors == s->m->data)
		s->rows.vectors = NULL;
	rotation_clear(&s->rows);
	s->rows = turned;
}

/* Looking through the products takes time too, so the threads are our own, and OpenBLAS shall use one in each. */
static void search_rows(struct search *s, size_t prefix)
{
	int before = openblas_get_num_threads();

	openblas_set_num_threads(1);
	turn_rows(s, prefix);
	find_all(s);
	openblas_set_num_threads(before);
}

int neighbours_find_by(struct neighbours *nb, const struct npy *m, const uint32_t *tracks, size_t n, size_t k,
		       size_t prefix, const struct neighbours_watch *watch, struct errmsg *e)
{
	struct search s = {.m = m, .tracks = tracks, .n = n, .k = k, .watch = watch};

	measure_norms(&s);
	s.rows = (struct rotation){
		.rows = m->rows,
		.columns = m->columns,
		.prefix = m->columns,
		.vectors = to_floats(&s),
		.rests = calloc(m->rows, sizeof *s.rows.rests),
	};
	*nb = (struct neighbours){.n = n, .k = k, .tracks = malloc((n * k + 1) * sizeof *nb->tracks)};
	s.found = nb->tracks;
	s.failed = !s.rows.vectors || !s.rows.rests || !nb->tracks || index_rows(nb, tracks) < 0;
	if (!s.failed)
		search_rows(&s, prefix);
	if ((const void *)s.rows.vectors == m->data)
		s.rows.vectors = NULL;
	rotation_clear(&s.rows);
	if (!s.failed)
		return 0;
	neighbours_clear(nb);
	return errmsg_nomem(e);
}

int neighbours_find(struct neighbours *nb, const struct npy *m, const uint32_t *tracks, size_t n, size_t k,
		    const struct neighbours_watch *watch, struct errmsg *e)
{
	return neighbours_find_by(nb, m, tracks, n, k, NEIGHBOURS_BEST, watch, e);
}

void neighbours_clear(struct neighbours *nb)
{
	free(nb->tracks);
	id_index_clear(&nb->rows);
	*nb = (struct neighbours){0};
}

const uint32_t *neighbours_of(const struct neighbours *nb, uint32_t track)
{
	return nb->tracks + (id_index_get(&nb->rows, track) - 1) * nb->k;
}
