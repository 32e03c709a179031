/*
 * botify-train project: vectors for the TensorBoard projector. See botify-train(1).
 */
#include <getopt.h>

#include "train.h"
#include "train/projector.h"

struct options {
	const char *tracks, *output;
};

static const struct option_row option_rows[] = {
	{"tracks", "FILE", "the catalog: whose vectors they are", OPTION_TEXT(tracks)},
	{"output", "DIR", "write tensors.tsv and metadata.tsv into DIR, which appears whole or not at all",
	 OPTION_TEXT(output), .letter = 'o'},
	{0},
};

static const struct command self = {
	.name = "botify-train",
	.usage = "project --tracks FILE -o DIRECTORY MODEL|FILE.npy",
	.purpose = "Write the vectors of tracks as the TensorBoard projector reads them.",
	.options = {.rows = option_rows},
};

static int check_options(const struct options *o, int operands, struct errmsg *e)
{
	if (operands != 1)
		return errmsg_set(e, operands == 0 ? "project: whose vectors? (a session model, or a .npy file)"
						   : "project: one model or .npy file only is wanted");
	if (!o->tracks)
		return errmsg_set(e, "project: no catalog given (--tracks FILE)");
	return o->output ? 0 : errmsg_set(e, "project: where shall the files go? (--output DIRECTORY)");
}

static int run(const struct options *o, const char *path, struct errmsg *e)
{
	struct catalog c = {0};
	struct npy vectors = {0};
	int status = projector_check_place(o->output, e);

	if (status == 0) {
		command_reads(&self, o->tracks);
		status = catalog_load(&c, o->tracks, e);
	}
	if (status == 0)
		status = projector_load(&vectors, path, &c, e);
	if (status == 0)
		status = projector_save(&vectors, &c, o->output, e);
	npy_clear(&vectors);
	catalog_clear(&c);
	return status;
}

int train_project(int argc, char **argv)
{
	struct options o = {0};
	struct errmsg e;
	int status = command_options(&self, argc, argv, &o, NULL);

	if (status >= 0)
		return status;
	if (check_options(&o, argc - optind, &e) < 0)
		return command_misused(&self, &e);
	status = run(&o, argv[optind], &e) < 0 ? command_fail(&self, &e) : 0;
	return command_finish(&self, NULL, status);
}
