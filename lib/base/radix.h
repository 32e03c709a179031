/*
 * radix: puts many things that have a key of 32 bits in order, an id mostly: quicker than qsort where they are many.
 */
#ifndef BOTIFY_RADIX_H
#define BOTIFY_RADIX_H

#include <stddef.h>
#include <stdint.h>

/* An item: its key, and what stands for the thing, as its place in an array. */
static inline uint64_t radix_item(uint32_t key, uint32_t place)
{
	return (uint64_t)key << 32 | place;
}

static inline uint32_t radix_key(uint64_t item)
{
	return (uint32_t)(item >> 32);
}

static inline uint32_t radix_place(uint64_t item)
{
	return (uint32_t)item;
}

/* Sorts n items by key; those of equal keys stay in the order in which they are. `other` is room for n more. */
void radix_sort(uint64_t *items, uint64_t *other, size_t n);

#endif
