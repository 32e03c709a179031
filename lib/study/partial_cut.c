#include <stdlib.h>
#include <string.h>

#include "study/partial.h"
#include "study/partial_code.h"
#include "study/partial_values.h"
#include "text/ndjson.h"

/* A part on its way into pieces. */
struct cutting {
	struct study study;
	char **asked; /* n_asked names of experiments, borrowed from the part; as it was asked for */
	size_t n_asked;
};

static int read_asked(struct cutting *c, const json_t *head, struct errmsg *e)
{
	const json_t *list = json_object_get(head, "asked");

	c->asked = calloc(json_array_size(list) + 1, sizeof *c->asked);
	if (!c->asked)
		return errmsg_nomem(e);
	for (size_t i = 0; i < json_array_size(list); i++) {
		c->asked[i] = (char *)json_string_value(json_array_get(list, i));
		if (!c->asked[i])
			return errmsg_set(e, "not a part of a log: \"asked\" are not names");
		c->n_asked++;
	}
	return 0;
}

/* The digest of the catalog is all that is needed of it. */
static int read_catalog(const json_t *head, struct study_keep *keep, struct errmsg *e)
{
	const char *digest = json_string_value(json_object_get(head, "catalog"));
	bool artists = false;

	if (partial_read_truth(head, "artists", &artists, e) < 0)
		return -1;
	if (artists && (!digest || strlen(digest) >= sizeof keep->artists))
		return errmsg_set(e, "was written in an earlier version, which did not say with which catalog: make it "
				  "again from its logs");
	if (artists)
		strcpy(keep->artists, digest);
	return 0;
}

/* All that the part has is kept. */
static int read_kept(const json_t *head, struct study_keep *keep, struct errmsg *e)
{
	*keep = (struct study_keep){.joinable = true};
	if (partial_read_truth(head, "days", &keep->days, e) < 0 ||
	    partial_read_truth(head, "sessions", &keep->sessions, e) < 0 ||
	    partial_read_truth(head, "answers", &keep->recommendations, e) < 0 || read_catalog(head, keep, e) < 0)
		return -1;
	/* what is wrong with it is told where it is read */
	keep->before = ndjson_whole(json_object_get(head, "covariate_before"), &keep->moment);
	return 0;
}

static int read_part(struct cutting *c, const json_t *head, struct part_file *part, struct errmsg *e)
{
	struct study_keep keep;

	if (read_asked(c, head, e) < 0 || read_kept(head, &keep, e) < 0)
		return errmsg_prefix(e, "%s", part->name);
	study_init(&c->study, STUDY_STREAM, c->asked, c->n_asked);
	study_keep(&c->study, &keep);
	if (partial_merge(&c->study, part, 1, true, e) < 0)
		return -1;
	if (c->study.unsorted)
		return errmsg_set(e, "%s: cannot be cut, as events were out of order and taken as they came: read its "
				  "log from a file", part->name);
	return study_settle(&c->study, e);
}

int partial_cut(struct part_file *file, const struct part_cut *cut, struct part_file *pieces, struct errmsg *e)
{
	size_t begin = file->at;
	struct cutting c = {0};
	struct part_file one;
	struct part part;
	int got = part_next(file, &partial_kind, &part, e);

	if (got <= 0)
		return got;
	one = (struct part_file){.name = file->name, .bytes = file->bytes + begin, .n = file->at - begin,
				 .checked = file->at - begin};
	if (read_part(&c, part.head, &one, e) < 0)
		got = -1;
	for (size_t i = 0; got > 0 && i < cut->n; i++)
		if (partial_pack_piece(&c.study, cut, i, file->name, &pieces[i], e) < 0)
			got = -1;
	study_clear(&c.study);
	free(c.asked);
	part_clear(&part);
	return got;
}
