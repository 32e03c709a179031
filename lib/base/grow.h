/*
 * grow: arrays that grow by doubling, with checked sizes.
 */
#ifndef BOTIFY_GROW_H
#define BOTIFY_GROW_H

#include <stddef.h>

/*
 * Makes room for at least `need` elements of `size` bytes in the array `items` of `*cap` elements. Returns the array,
 * moved perhaps, and raises *cap; or NULL where there is no memory, with the array and *cap as they were.
 */
__attribute__((warn_unused_result)) void *grow(void *items, size_t *cap, size_t need, size_t size);

/*
 * Gives back what an array that was once large no longer needs: where *cap is more than `kept`, and more than four
 * times `need`, it has room for `need` and some more then. Returns the array, moved perhaps; it never fails.
 */
__attribute__((warn_unused_result)) void *grow_less(void *items, size_t *cap, size_t need, size_t kept, size_t size);

#endif
