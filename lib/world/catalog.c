#include "world/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/memstream.h"
#include "base/murmur3.h"
#include "text/ndjson.h"
#include "text/scan.h"

/* A line of the file. Its strings are offsets, because the text still moves while it grows. */
struct row {
	uint32_t id;
	size_t artist, title;
};

/* The file as it is being read. */
struct loading {
	struct row *rows;
	char *text;
	struct id_index line_of; /* id to the line it stands on */
	size_t n, rows_cap, text_len, text_cap;
	int (*each)(const struct ndjson_line *line, void *ctx, struct errmsg *e); /* NULL: none */
	void *ctx;
};

/* Keeps a copy of a string value and leaves its offset in `place`. A missing value is the empty string. */
static int keep_text(struct loading *f, const json_t *value, size_t *place, struct errmsg *e)
{
	size_t size = json_string_length(value) + 1;
	char *text = grow(f->text, &f->text_cap, f->text_len + size, 1);

	if (!text)
		return errmsg_nomem(e);
	f->text = text;
	*place = f->text_len;
	memcpy(text + f->text_len, value ? json_string_value(value) : "", size);
	f->text_len += size;
	return 0;
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct loading *f = ctx;
	const json_t *artist = json_object_get(line->object, "artist"), *title = json_object_get(line->object, "title");
	struct row *rows = grow(f->rows, &f->rows_cap, f->n + 1, sizeof *rows), *row;
	uint32_t *seen;

	if (!rows)
		return errmsg_nomem(e);
	f->rows = rows;
	row = &rows[f->n];
	if (ndjson_id(json_object_get(line->object, "track"), "track", &row->id, e) < 0)
		return -1;
	if (!artist)
		return errmsg_set(e, "\"artist\" is missing");
	if (!json_is_string(artist))
		return errmsg_set(e, "\"artist\" is not a string");
	if (json_is_null(title))
		title = NULL;
	if (title && !json_is_string(title))
		return errmsg_set(e, "\"title\" is not a string");
	seen = id_index_at(&f->line_of, row->id);
	if (!seen)
		return errmsg_nomem(e);
	if (*seen)
		return errmsg_set(e, "track %u is already on line %u", row->id, *seen);
	*seen = (uint32_t)line->number;
	f->n++;
	if (keep_text(f, artist, &row->artist, e) < 0 || keep_text(f, title, &row->title, e) < 0)
		return -1;
	return f->each ? f->each(line, f->ctx, e) : 0;
}

/* What a line of the usual form says. */
struct scanned {
	bool all; /* whether others may want to see what else is in it */
	uint32_t id;
	bool has_id, has_artist;
	struct slice artist, title;
};

static bool scan_value_of(struct scan *s, struct slice key, void *ctx)
{
	struct scanned *row = ctx;

	if (slice_equal(key, SCAN_WORD("track")))
		return row->has_id = scan_id(s, &row->id);
	if (slice_equal(key, SCAN_WORD("artist")))
		return row->has_artist = scan_string(s, &row->artist);
	if (slice_equal(key, SCAN_WORD("title")))
		return scan_is_next(s, 'n') ? scan_word(s, SCAN_WORD("null")) : scan_string(s, &row->title);
	return !row->all && scan_skip(s);
}

/* Writes a string to the end of the text, where there is room. Returns its offset. */
static size_t put_text(struct loading *f, struct slice string)
{
	size_t at = f->text_len;

	if (string.len > 0)
		memcpy(f->text + at, string.text, string.len);
	f->text[at + string.len] = '\0';
	f->text_len += string.len + 1;
	return at;
}

/* Takes a line by the quick means; see read_line. */
static bool scan_line(const char *text, size_t len, unsigned long number, void *ctx)
{
	struct loading *f = ctx;
	struct scanned row = {.all = f->each};
	struct row *rows;
	uint32_t *seen;
	char *moved;

	if (!scan_object(text, len, scan_value_of, &row) || !row.has_id || !row.has_artist)
		return false;
	rows = grow(f->rows, &f->rows_cap, f->n + 1, sizeof *rows);
	if (rows)
		f->rows = rows;
	moved = grow(f->text, &f->text_cap, f->text_len + row.artist.len + row.title.len + 2, 1);
	if (moved)
		f->text = moved;
	if (!rows || !moved || id_index_get(&f->line_of, row.id) || !(seen = id_index_at(&f->line_of, row.id)))
		return false;
	*seen = (uint32_t)number;
	rows[f->n].id = row.id;
	rows[f->n].artist = put_text(f, row.artist);
	rows[f->n++].title = put_text(f, row.title);
	return true;
}

static int read_file(struct loading *f, const char *path, struct errmsg *e)
{
	if (ndjson_each_quick(path, scan_line, read_line, f, e) < 0)
		return -1;
	return f->n > 0 ? 0 : errmsg_set(e, "%s: no track in it", ndjson_name(path));
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct row *)a)->id, y = ((const struct row *)b)->id;

	return (x > y) - (x < y);
}

/* Mostly they are in order. */
static void sort_rows(struct row *rows, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (rows[i - 1].id > rows[i].id) {
			qsort(rows, n, sizeof *rows, by_id);
			return;
		}
}

/*
 * Artists by name: a map from the hash of a name to 1 + the first artist that has it, and a chain through the
 * others.
 */
struct artist_names {
	struct idmap first;
	uint32_t *next; /* 1 + the next artist with the same hash, 0 at the end */
};

/* The index of the artist of this name, which is made where it is new. CATALOG_NONE: no memory. */
static uint32_t artist_of(struct catalog *c, struct artist_names *names, const char *name)
{
	uint32_t hash = murmur3(name, strlen(name), 0), *first = idmap_at(&names->first, hash == IDMAP_NONE ? 0 : hash);
	uint32_t new = (uint32_t)c->n_artists;

	if (!first)
		return CATALOG_NONE;
	for (uint32_t a = *first; a > 0; a = names->next[a - 1])
		if (strcmp(c->artists[a - 1].name, name) == 0)
			return a - 1;
	c->artists[new] = (struct artist){.name = name};
	c->n_artists++;
	names->next[new] = *first;
	*first = new + 1;
	return new;
}

static int number_tracks(struct catalog *c, const struct row *rows, size_t n, struct artist_names *names)
{
	for (uint32_t i = 0; i < n; i++) {
		struct track *t = &c->tracks[i];
		uint32_t *place = id_index_at(&c->index, rows[i].id);

		*t = (struct track){.id = rows[i].id, .title = c->text + rows[i].title};
		t->artist = artist_of(c, names, c->text + rows[i].artist);
		if (!place || t->artist == CATALOG_NONE)
			return -1;
		*place = i + 1;
		c->artists[t->artist].n++;
	}
	c->n_tracks = n;
	return 0;
}

static void gather_by_artist(struct catalog *c)
{
	uint32_t first = 0;

	for (size_t a = 0; a < c->n_artists; a++) {
		c->artists[a].first = first;
		first += c->artists[a].n;
		c->artists[a].n = 0;
	}
	for (uint32_t i = 0; i < c->n_tracks; i++) {
		struct artist *a = &c->artists[c->tracks[i].artist];

		c->by_artist[a->first + a->n++] = i;
	}
}

/* Puts what was read in order. Takes the text. */
static int build_catalog(struct catalog *c, struct loading *f, struct errmsg *e)
{
	struct artist_names names = {.next = calloc(f->n, sizeof *names.next)};
	int status;

	sort_rows(f->rows, f->n);
	c->text = f->text;
	f->text = NULL;
	c->tracks = calloc(f->n, sizeof *c->tracks);
	c->artists = calloc(f->n, sizeof *c->artists);
	c->by_artist = calloc(f->n, sizeof *c->by_artist);
	if (!names.next || !c->tracks || !c->artists || !c->by_artist
	    || number_tracks(c, f->rows, f->n, &names) < 0) {
		status = errmsg_nomem(e);
	} else {
		gather_by_artist(c);
		status = 0;
	}
	idmap_clear(&names.first);
	free(names.next);
	return status;
}

int catalog_load_each(struct catalog *c, const char *path,
		      int (*each)(const struct ndjson_line *line, void *ctx, struct errmsg *e), void *ctx,
		      struct errmsg *e)
{
	struct loading f = {.each = each, .ctx = ctx};
	int status;

	*c = (struct catalog){0};
	status = read_file(&f, path, e) < 0 ? -1 : build_catalog(c, &f, e);
	if (status < 0)
		catalog_clear(c);
	free(f.rows);
	free(f.text);
	id_index_clear(&f.line_of);
	return status;
}

int catalog_load(struct catalog *c, const char *path, struct errmsg *e)
{
	return catalog_load_each(c, path, NULL, NULL, e);
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int catalog_make(struct catalog *c, uint32_t *ids, size_t n, struct errmsg *e)
{
	*c = (struct catalog){
		.tracks = calloc(n, sizeof *c->tracks),
		.artists = calloc(n, sizeof *c->artists),
		.by_artist = calloc(n, sizeof *c->by_artist),
		.text = calloc(1, 1),
	};
	qsort(ids, n, sizeof *ids, ascending);
	for (size_t i = 0; c->tracks && c->artists && c->by_artist && c->text && i < n; i++) {
		uint32_t *place = id_index_at(&c->index, ids[i]), track = (uint32_t)c->n_tracks;

		if (!place)
			break;
		if (*place > 0)
			continue;
		*place = track + 1;
		c->tracks[track] = (struct track){.id = ids[i], .artist = track, .title = c->text};
		c->artists[track] = (struct artist){.name = c->text, .first = track, .n = 1};
		c->by_artist[track] = track;
		c->n_tracks = ++c->n_artists;
	}
	if (c->n_tracks > 0 && c->tracks[c->n_tracks - 1].id == ids[n - 1])
		return 0;
	catalog_clear(c);
	return errmsg_nomem(e);
}

void catalog_clear(struct catalog *c)
{
	free(c->tracks);
	free(c->artists);
	free(c->by_artist);
	free(c->text);
	id_index_clear(&c->index);
	*c = (struct catalog){0};
}

int catalog_digest(const struct catalog *c, char digest[CATALOG_DIGEST])
{
	struct memstream m;
	FILE *f = memstream_open(&m);
	char *text;

	if (!f)
		return -1;
	for (size_t i = 0; i < c->n_tracks; i++)
		fprintf(f, "%" PRIu32 "\t%s\n", c->tracks[i].id, c->artists[c->tracks[i].artist].name);
	text = memstream_close(&m);
	if (!text)
		return -1;
	snprintf(digest, CATALOG_DIGEST, "%08" PRIx32 "%08" PRIx32, murmur3(text, m.len, 0), murmur3(text, m.len, 1));
	free(text);
	return 0;
}
