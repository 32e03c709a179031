/* Parts of the log of an experiment. */
#include "part_file.h"
#include "study/partial.h"

static int read_study(void *study, char *path)
{
	char *const paths[] = {path};
	struct errmsg e;

	return partial_read(study, paths, 1, &e) < 0 || study_end(study, &e) < 0 ? -1 : 0;
}

static int write_study(void *study, FILE *f)
{
	struct errmsg e;

	return partial_write(study, f, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct part_format format = {read_study, write_study};
	const struct study_keep keep = {.days = size & 1, .sessions = size & 2, .recommendations = size & 4,
					.before = size & 8, .moment = 1, .joinable = true};
	struct study s, again;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &keep);
	study_init(&again, STUDY_STREAM, NULL, 0);
	study_keep(&again, &keep);
	part_round_trip(&format, data, size, &s, &again);
	study_clear(&s);
	study_clear(&again);
	return 0;
}
