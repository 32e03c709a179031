/* Plays: what is loaded is in order, whole and positive. */
#include <math.h>

#include "memory_file.h"
#include "world/plays.h"

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
	struct plays p;
	struct errmsg e;

	if (plays_load(&p, path, &e) == 0) {
		require(p.n > 0 && p.n_users > 0 && p.n_items > 0 && p.user_first[p.n_users] == p.n);
		for (size_t u = 0; u < p.n_users; u++) {
			require(p.user_first[u] < p.user_first[u + 1]);
			for (size_t i = p.user_first[u]; i < p.user_first[u + 1]; i++) {
				require(p.list[i].user == u && p.list[i].item < p.n_items && p.list[i].count > 0);
				require(isfinite(p.list[i].count) &&
					(i == p.user_first[u] || p.list[i - 1].item < p.list[i].item));
			}
		}
		for (size_t i = 0; i < p.n_items; i++)
			require(plays_find(&p, plays_item(&p, i)) == i && (i == 0 || p.item_ids[i - 1] < p.item_ids[i]));
	}
	plays_clear(&p);
	close(fd);
	return 0;
}
