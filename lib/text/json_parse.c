#include "text/json_parse.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

/* A piece of memory that jansson has, in a list of all of them, the newest first. */
struct piece {
	struct piece *older, *newer;
	alignas(max_align_t) char bytes[];
};

/* Jansson's functions for memory take no context: what they work on can only be a variable of the thread. */
static _Thread_local struct piece *newest;
static _Thread_local jmp_buf *exit_of_parse; /* of the one that is going on; NULL: there is none */

static void *allocate_piece(size_t size)
{
	struct piece *p = size < SIZE_MAX - sizeof *p ? malloc(sizeof *p + size) : NULL;

	if (!p) {
		if (exit_of_parse)
			longjmp(*exit_of_parse, 1);
		return NULL;
	}
	p->older = newest;
	p->newer = NULL;
	if (p->older)
		p->older->newer = p;
	newest = p;
	return p->bytes;
}

static void release_piece(void *bytes)
{
	struct piece *p;

	if (!bytes)
		return;
	p = (struct piece *)((char *)bytes - offsetof(struct piece, bytes));
	if (p->older)
		p->older->newer = p->newer;
	if (p->newer)
		p->newer->older = p->older;
	else
		newest = p->older;
	free(p);
}

/* Before main: nothing may be freed in another way than it was allocated. */
__attribute__((constructor)) static void give_memory(void)
{
	json_set_alloc_funcs(allocate_piece, release_piece);
}

json_t *json_parse(const char *text, size_t len, size_t flags, json_error_t *why, bool *no_memory)
{
	struct piece *const before = newest;
	jmp_buf way_out;
	json_t *value;

	*no_memory = setjmp(way_out) != 0;
	if (*no_memory) {
		exit_of_parse = NULL;
		while (newest != before)
			release_piece(newest->bytes);
		return NULL;
	}
	exit_of_parse = &way_out;
	value = json_loadb(text, len, flags, why);
	exit_of_parse = NULL;
	return value;
}
