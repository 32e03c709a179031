#include "train/projector.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save_directory.h"
#include "world/embeddings.h"
#include "world/session_model.h"

static const char *const names[] = {"tensors.tsv", "metadata.tsv", NULL};
static const struct directory_kind directory = {"the projector", names};

static bool is_directory(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* Takes the vectors out of a session model. */
static int load_session(struct npy *vectors, const char *path, const struct catalog *c, struct errmsg *e)
{
	struct session_model m;

	if (session_model_load(&m, path, c, e) < 0)
		return -1;
	*vectors = (struct npy){NPY_FLOAT32, m.n_tracks, SESSION_DIM, m.tracks};
	m.tracks = NULL;
	session_model_clear(&m);
	return 0;
}

int projector_load(struct npy *vectors, const char *path, const struct catalog *c, struct errmsg *e)
{
	char *model = NULL, *matrix = NULL;
	int status = -1;

	*vectors = (struct npy){0};
	if (!is_directory(path))
		return embeddings_load(vectors, path, c, e);
	if (asprintf(&model, "%s/model.json", path) < 0 || asprintf(&matrix, "%s/tracks.npy", path) < 0)
		errmsg_nomem(e);
	else
		status = access(model, F_OK) == 0 ? load_session(vectors, path, c, e)
						  : embeddings_load(vectors, matrix, c, e);
	free(model);
	free(matrix);
	return status;
}

static void write_vector(FILE *f, const struct npy *m, size_t row)
{
	for (size_t k = 0; k < m->columns; k++) {
		size_t i = row * m->columns + k;
		double x = m->type == NPY_FLOAT32 ? ((const float *)m->data)[i] : ((const double *)m->data)[i];

		fprintf(f, "%s%.9g", k > 0 ? "\t" : "", x);
	}
	putc('\n', f);
}

/* U+0085, U+2028 and U+2029 end lines for some readers. */
static size_t length_of_break(const char *text)
{
	if (strchr("\t\n\v\f\r", *text))
		return 1;
	if (strncmp(text, "\xc2\x85", 2) == 0)
		return 2;
	return strncmp(text, "\u2028", 3) == 0 || strncmp(text, "\u2029", 3) == 0 ? 3 : 0;
}

static void write_name(FILE *f, const char *name)
{
	while (*name) {
		size_t n = length_of_break(name);

		putc(n > 0 ? ' ' : *name, f);
		name += n > 0 ? n : 1;
	}
}

static void write_metadata(FILE *f, const struct catalog *c)
{
	fputs("title\tartist\tid\n", f);
	for (size_t t = 0; t < c->n_tracks; t++) {
		write_name(f, c->tracks[t].title ? c->tracks[t].title : "");
		putc('\t', f);
		write_name(f, c->artists[c->tracks[t].artist].name);
		fprintf(f, "\t%" PRIu32 "\n", c->tracks[t].id);
	}
}

struct saved {
	const struct npy *vectors;
	const struct catalog *catalog;
};

static int write_file(FILE *f, size_t which, void *ctx, struct errmsg *e)
{
	const struct saved *s = ctx;

	(void)e;
	if (which == 1)
		write_metadata(f, s->catalog);
	for (size_t t = 0; which == 0 && t < s->vectors->rows; t++)
		write_vector(f, s->vectors, t);
	return 0;
}

int projector_check_place(const char *path, struct errmsg *e)
{
	return save_directory_check(&directory, path, e);
}

int projector_save(const struct npy *vectors, const struct catalog *c, const char *path, struct errmsg *e)
{
	struct saved s = {vectors, c};

	return save_directory(&directory, path, write_file, &s, e);
}
