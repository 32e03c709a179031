/*
 * huge: memory for large arrays that are read at random.
 *
 * It begins at a cache line, so that what is as large as a line takes one; and where it is large, it is asked to lie in
 * huge pages (Linux, transparent_hugepage), so that the processor seldom has to look up where a page is.
 */
#ifndef BOTIFY_HUGE_H
#define BOTIFY_HUGE_H

#include <stddef.h>

/* New, free() it; NULL where there is no memory. */
__attribute__((malloc, warn_unused_result)) void *huge_new(size_t bytes);

#endif
