/* Partial counts of tracks. */
#include "part_file.h"
#include "rank/tops.h"

static int read_tops(void *tops, char *path)
{
	struct errmsg e;

	return tops_read_partial(tops, path, &e);
}

static int write_tops(void *tops, FILE *f)
{
	struct errmsg e;

	return tops_write_partial(tops, f, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct part_format format = {read_tops, write_tops};
	const struct tops_choice choice = {.experiment = size % 2 ? "E" : NULL};
	struct tops t, again;

	tops_init(&t, &choice);
	tops_init(&again, &choice);
	part_round_trip(&format, data, size, &t, &again);
	tops_clear(&t);
	tops_clear(&again);
	return 0;
}
