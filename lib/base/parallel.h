/*
 * parallel: a loop over indices that several threads share.
 *
 * The range is cut into chunks whose size the caller fixes; threads take the next chunk when they have done one.
 * Which thread does a chunk, and when, is chance; where chunks begin and end never is. So a result is the same for
 * any number of threads where
 *
 * - the chunk's size does not depend on the number of threads,
 * - a chunk writes only to places of its own (rows begin .. end, or a slot begin / chunk of partial sums), and
 * - partial sums are added by the caller afterwards, in the order of the chunks.
 *
 * What is kept by thread may only be scratch space: nothing that outlives a chunk.
 */
#ifndef BOTIFY_PARALLEL_H
#define BOTIFY_PARALLEL_H

#include <stddef.h>

enum { PARALLEL_THREADS_MAX = 64 };

/* Does the indices begin .. end - 1. `thread` is below the number of threads: an index of scratch space. */
typedef void parallel_work(void *ctx, size_t begin, size_t end, unsigned thread);

/* How many threads `threads` means: 0 is one for each processor; at most PARALLEL_THREADS_MAX. */
unsigned parallel_threads(unsigned threads);

/* How many chunks there are of 0 .. n - 1. */
size_t parallel_chunks(size_t n, size_t chunk);

/*
 * Calls work(ctx, begin, end, thread) for each chunk of 0 .. n - 1, with `threads` (as in parallel_threads) threads,
 * the caller's own included. The last chunk may be smaller. chunk > 0. Where a thread cannot be had, the others do
 * its work.
 */
void parallel_for(size_t n, size_t chunk, unsigned threads, parallel_work *work, void *ctx);

#endif
