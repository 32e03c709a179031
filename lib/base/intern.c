#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/murmur3.h"

void intern_clear(struct intern *symbols)
{
	for (size_t i = 0; i < symbols->n; i++)
		free(symbols->list[i].text);
	free(symbols->list);
	free(symbols->slots);
	*symbols = (struct intern){0};
}

static int is_string(const struct interned *name, struct slice s)
{
	return name->len == s.len && (s.len == 0 || memcmp(name->text, s.text, s.len) == 0);
}

/* The slot of `s`, or the free one where it belongs. There is always a free one. */
static size_t find_slot(const struct intern *symbols, struct slice s)
{
	size_t i = murmur3(s.text, s.len, 0) & symbols->mask;

	while (symbols->slots[i] != 0 && !is_string(&symbols->list[symbols->slots[i] - 1], s))
		i = (i + 1) & symbols->mask;
	return i;
}

uint32_t intern_find(const struct intern *symbols, struct slice s)
{
	return symbols->n > 0 ? symbols->slots[find_slot(symbols, s)] - 1 : INTERN_NONE;
}

/* Keeps the table at most half full. */
static int make_room(struct intern *symbols)
{
	size_t size = symbols->slots ? symbols->mask + 1 : 0;
	struct interned *list = grow(symbols->list, &symbols->cap, symbols->n + 1, sizeof *list);
	uint32_t *slots;

	if (!list)
		return -1;
	symbols->list = list;
	if (symbols->n >= INTERN_NONE - 1)
		return -1;
	if (2 * (symbols->n + 1) <= size)
		return 0;
	size = size ? 2 * size : 16;
	slots = calloc(size, sizeof *slots);
	if (!slots)
		return -1;
	free(symbols->slots);
	symbols->slots = slots;
	symbols->mask = size - 1;
	for (size_t i = 0; i < symbols->n; i++) {
		struct slice s = {.text = list[i].text, .len = list[i].len};

		slots[find_slot(symbols, s)] = (uint32_t)i + 1;
	}
	return 0;
}

uint32_t intern_add(struct intern *symbols, struct slice s, uint32_t guess)
{
	uint32_t number;
	char *text;

	if (guess < symbols->n && is_string(&symbols->list[guess], s))
		return guess;
	number = intern_find(symbols, s);
	if (number != INTERN_NONE)
		return number;
	text = make_room(symbols) == 0 ? malloc(s.len + 1) : NULL;
	if (!text)
		return INTERN_NONE;
	if (s.len > 0)
		memcpy(text, s.text, s.len);
	text[s.len] = '\0';
	symbols->list[symbols->n] = (struct interned){.text = text, .len = s.len};
	symbols->slots[find_slot(symbols, s)] = (uint32_t)++symbols->n;
	return (uint32_t)symbols->n - 1;
}

int intern_compare(const struct interned *a, const struct interned *b)
{
	int difference = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	return difference != 0 ? difference : (a->len > b->len) - (a->len < b->len);
}

static int by_bytes(const void *a, const void *b)
{
	return intern_compare(*(const struct interned *const *)a, *(const struct interned *const *)b);
}

uint32_t *intern_sorted(const struct intern *symbols)
{
	const struct interned **order = malloc((symbols->n + 1) * sizeof *order);
	uint32_t *numbers = malloc((symbols->n + 1) * sizeof *numbers);

	if (!order || !numbers) {
		free(order);
		free(numbers);
		return NULL;
	}
	for (size_t i = 0; i < symbols->n; i++)
		order[i] = &symbols->list[i];
	qsort(order, symbols->n, sizeof *order, by_bytes);
	for (size_t i = 0; i < symbols->n; i++)
		numbers[i] = (uint32_t)(order[i] - symbols->list);
	free(order);
	return numbers;
}

uint32_t *intern_places(const struct intern *symbols)
{
	uint32_t *sorted = intern_sorted(symbols), *places = sorted ? calloc(symbols->n + 1, sizeof *places) : NULL;

	for (size_t i = 0; places && i < symbols->n; i++)
		places[sorted[i]] = (uint32_t)i;
	free(sorted);
	return places;
}
