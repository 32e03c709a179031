#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/save.h"
#include "text/json_put.h"
#include "text/npy.h"
#include "text/number.h"
#include "world/names.h"
#include "world/world_steps.h"

static uint32_t id_of(const struct world *w, uint32_t track)
{
	return w->catalog ? w->catalog->tracks[track].id : track;
}

static void write_catalog(FILE *f, const struct catalog *c)
{
	for (size_t t = 0; t < c->n_tracks; t++) {
		const char *title = c->tracks[t].title;

		fprintf(f, "{\"track\":%" PRIu32 ",\"artist\":", c->tracks[t].id);
		json_put_string(f, c->artists[c->tracks[t].artist].name);
		fputs(",\"title\":", f);
		json_put_string(f, title ? title : "");
		fputs("}\n", f);
	}
}

/* Invented names need no escape in JSON; see names.h. */
static void write_tracks(FILE *f, const struct world *w)
{
	if (w->catalog) {
		write_catalog(f, w->catalog);
		return;
	}
	for (uint32_t t = 0; t < w->options.n_tracks; t++) {
		struct rng r = world_draw(w, WORLD_TITLE, t);
		char title[NAMES_SIZE];

		names_title(&r, title);
		fprintf(f, "{\"track\":%" PRIu32 ",\"artist\":\"%s\",\"title\":\"%s\"}\n", t,
			w->artists[w->artist_of[t]].name, title);
	}
}

static void write_users(FILE *f, const struct world *w)
{
	for (uint32_t i = 0; i < w->options.n_users; i++) {
		const struct world_user *u = &w->users[i];
		char bias[NUMBER_SIZE], sharpness[NUMBER_SIZE];
		int n_bias = (int)number_write(bias, u->bias), n_sharpness = (int)number_write(sharpness, u->sharpness);

		fprintf(f, "{\"user\":%" PRIu32 ",\"interests\":[", i);
		for (size_t k = 0; k < u->n_interests; k++)
			fprintf(f, "%s%" PRIu32, k > 0 ? "," : "", id_of(w, u->interests[k]));
		fprintf(f, "],\"consume_bias\":%.*s,\"consume_sharpness\":%.*s}\n", n_bias, bias, n_sharpness,
			sharpness);
	}
}

static void write_embeddings(FILE *f, const struct world *w)
{
	const struct npy m = {
		.type = NPY_FLOAT32, .rows = w->options.n_tracks, .columns = w->options.dim, .data = w->embeddings};

	npy_write(f, &m);
}

static const struct {
	const char *name;
	void (*write)(FILE *f, const struct world *w);
} files[] = {
	{"tracks.ndjson", write_tracks},
	{"users.ndjson", write_users},
	{"tracks.npy", write_embeddings},
};

int world_save(const struct world *w, const char *directory, struct errmsg *e)
{
	int status = 0;

	if (mkdir(directory, 0777) < 0 && errno != EEXIST)
		return errmsg_set(e, "%s: %s", directory, strerror(errno));
	for (size_t i = 0; i < sizeof files / sizeof *files && status == 0; i++) {
		struct save s;
		char *path;

		if (asprintf(&path, "%s/%s", directory, files[i].name) < 0)
			return errmsg_nomem(e);
		status = save_open(&s, path, e);
		if (status == 0) {
			files[i].write(s.file, w);
			status = save_commit(&s, e);
		}
		free(path);
	}
	return status;
}
