/*
 * catalog: the tracks that there are, with their artists.
 *
 * Inside botify a track is its index in the catalog: tracks are numbered 0 .. n-1 in ascending order of their ids,
 * which may be sparse. Where ids are 0 .. n-1, index and id are the same. Artists are numbered likewise, in the
 * order in which they appear there. Ids are turned into indices where data comes in, and back where it goes out.
 */
#ifndef BOTIFY_CATALOG_H
#define BOTIFY_CATALOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"

struct ndjson_line;

#define CATALOG_NONE UINT32_MAX /* no such track */

struct track {
	uint32_t id;
	uint32_t artist; /* index in artists */
	const char *title;
};

struct artist {
	const char *name;
	uint32_t first, n; /* its tracks are by_artist[first .. first + n), ascending */
};

struct catalog {
	struct track *tracks; /* n_tracks, ascending by id */
	struct artist *artists; /* n_artists */
	uint32_t *by_artist;	/* n_tracks track indices, artist after artist */
	size_t n_tracks, n_artists;
	struct id_index index; /* of tracks, plus 1, by their ids */
	char *text;	/* the names and titles */
};

/*
 * Reads NDJSON {"track":0,"artist":"…","title":"…"}; other keys are ignored, a title may be absent or null. A
 * duplicate id, an id out of range, an empty catalog are errors. Returns 0, or -1 with file, line and reason. Free
 * with catalog_clear.
 */
int catalog_load(struct catalog *c, const char *path, struct errmsg *e);

/*
 * The same; each(line, ctx, e) is called for each line that was taken and may have other keys than those three, and
 * may refuse it with a negative number and a reason.
 */
int catalog_load_each(struct catalog *c, const char *path,
		      int (*each)(const struct ndjson_line *line, void *ctx, struct errmsg *e), void *ctx,
		      struct errmsg *e);

/*
 * Makes one of tracks of which nothing is known but their ids: n of them, at least one, which are sorted here and may
 * occur several times. Each has an artist of its own, without a name. Returns 0, or -1 where there is no memory.
 */
int catalog_make(struct catalog *c, uint32_t *ids, size_t n, struct errmsg *e);

void catalog_clear(struct catalog *c);

/*
 * A digest of the ids of the tracks and the names of their artists, in 16 hexadecimal digits, by which what was made
 * with a catalog is told from what was made with another. Returns 0, or -1 where there is no memory.
 */
enum { CATALOG_DIGEST = 17 };
int catalog_digest(const struct catalog *c, char digest[CATALOG_DIGEST]);

/* The index of the track with this id, or CATALOG_NONE. */
static inline uint32_t catalog_find(const struct catalog *c, uint32_t id)
{
	return id_index_get(&c->index, id) - 1;
}

#endif
