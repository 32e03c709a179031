#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "murmur3.h"

void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i].text);
	free(names->list);
	free(names->slots);
	*names = (struct names){0};
}

static int is(const struct name *name, struct slice s)
{
	return name->len == s.len && (s.len == 0 || memcmp(name->text, s.text, s.len) == 0);
}

/* The slot of `s`, or the free one where it belongs. There is always a free one. */
static size_t find(const struct names *names, struct slice s)
{
	size_t i = murmur3(s.text, s.len, 0) & names->mask;

	while (names->slots[i] != 0 && !is(&names->list[names->slots[i] - 1], s))
		i = (i + 1) & names->mask;
	return i;
}

uint32_t names_find(const struct names *names, struct slice s)
{
	return names->n > 0 ? names->slots[find(names, s)] - 1 : NAMES_NONE;
}

/* Keeps the table at most half full. */
static int make_room(struct names *names)
{
	size_t size = names->slots ? names->mask + 1 : 0;
	struct name *list = grow(names->list, &names->cap, names->n + 1, sizeof *list);
	uint32_t *slots;

	if (!list || names->n >= NAMES_NONE - 1)
		return -1;
	names->list = list;
	if (2 * (names->n + 1) <= size)
		return 0;
	size = size ? 2 * size : 16;
	slots = calloc(size, sizeof *slots);
	if (!slots)
		return -1;
	free(names->slots);
	names->slots = slots;
	names->mask = size - 1;
	for (size_t i = 0; i < names->n; i++) {
		struct slice s = {.text = list[i].text, .len = list[i].len};

		slots[find(names, s)] = (uint32_t)i + 1;
	}
	return 0;
}

uint32_t names_intern(struct names *names, struct slice s, uint32_t guess)
{
	uint32_t number;
	char *text;

	if (guess < names->n && is(&names->list[guess], s))
		return guess;
	number = names_find(names, s);
	if (number != NAMES_NONE)
		return number;
	text = make_room(names) == 0 ? malloc(s.len + 1) : NULL;
	if (!text)
		return NAMES_NONE;
	if (s.len > 0)
		memcpy(text, s.text, s.len);
	text[s.len] = '\0';
	names->list[names->n] = (struct name){.text = text, .len = s.len};
	names->slots[find(names, s)] = (uint32_t)++names->n;
	return (uint32_t)names->n - 1;
}

void names_list(const struct names *names, struct errmsg *e)
{
	errmsg_set(e, "there are none");
	for (size_t i = 0; i < names->n; i++)
		errmsg_set(e, "%s%s%s", i > 0 ? e->text : "there are ", i > 0 ? ", " : "", names->list[i].text);
}
