/*
 * train-options: the command line of botify-train, but for the modes that have options of their own.
 */
#ifndef BOTIFY_TRAIN_OPTIONS_H
#define BOTIFY_TRAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "train.h"
#include "train/trainer.h"

struct options {
	const struct trainer_kind *kind; /* NULL: a session model */
	const char *model;
	struct trainer_options trainer;
	size_t limit; /* 0: that of the kind */
	const char *tracks, *output, *metrics, *previous;
	bool tune, dry_run;
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths; /* n_paths of them, perhaps none */
	size_t n_paths;
};

extern const struct command train_command;

/* The mode that a word is the name of, which comes before its options; NULL where it is none of these. */
train_mode *train_find_mode(const char *word);

/*
 * Parses the command line, and sees whether its options go together. Returns -1 to go on, or the exit status. There is
 * nothing to free.
 */
int train_options_parse(struct options *o, int argc, char **argv);

#endif
