/* A catalog: what is loaded is in order and whole. */
#include "memory_file.h"
#include "world/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[MEMORY_FILE_PATH];
	int fd = memory_file(data, size, path);
	struct catalog c;
	struct errmsg e;

	if (catalog_load(&c, path, &e) == 0) {
		require(c.n_tracks > 0 && c.n_artists > 0 && c.n_artists <= c.n_tracks);
		for (uint32_t i = 0; i < c.n_tracks; i++) {
			require(catalog_find(&c, c.tracks[i].id) == i && (i == 0 || c.tracks[i - 1].id < c.tracks[i].id));
			require(c.tracks[i].artist < c.n_artists && c.tracks[i].title);
			require(c.tracks[c.by_artist[i]].artist < c.n_artists);
		}
		catalog_clear(&c);
	}
	close(fd);
	return 0;
}
