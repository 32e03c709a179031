#include <jansson.h>
#include <stdlib.h>

#include "rank/tops.h"

/* What the part says of how it was counted, with arms that are borrowed from it. Returns 0, or -1: no memory. */
static int read_choice(const json_t *head, struct tops_choice *c, char ***arms)
{
	const json_t *list = json_object_get(head, "arms");

	*c = (struct tops_choice){.experiment = json_string_value(json_object_get(head, "experiment")),
				  .partial = true};
	*arms = calloc(json_array_size(list) + 1, sizeof **arms);
	if (!*arms)
		return -1;
	/* those that are no names are told where it is read */
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_is_string(json_array_get(list, i)))
			(*arms)[c->n_arms++] = (char *)json_string_value(json_array_get(list, i));
	c->arms = *arms;
	return 0;
}

int tops_cut(struct part_file *file, const struct part_cut *cut, struct part_file *pieces, struct errmsg *e)
{
	size_t begin = file->at;
	struct tops_choice choice;
	struct tops tops = {0};
	struct part_file one;
	struct part part;
	char **arms = NULL;
	int got = part_next(file, &tops_part_kind, &part, e);

	if (got <= 0)
		return got;
	one = (struct part_file){.name = file->name, .bytes = file->bytes + begin, .n = file->at - begin,
				 .checked = file->at - begin};
	if (read_choice(part.head, &choice, &arms) < 0) {
		got = errmsg_nomem(e);
	} else {
		tops_init(&tops, &choice);
		got = tops_merge(&tops, &one, e) < 0 ? -1 : 1;
	}
	for (size_t i = 0; got > 0 && i < cut->n; i++)
		if (tops_pack_piece(&tops, cut, i, file->name, &pieces[i], e) < 0)
			got = -1;
	tops_clear(&tops);
	free(arms);
	part_clear(&part);
	return got;
}
