/*
 * train: what the modes of botify-train share, and those that have files and options of their own.
 */
#ifndef BOTIFY_TRAIN_H
#define BOTIFY_TRAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "base/save.h"
#include "command.h"
#include "train/trainer.h"

/* Runs the command line from the word of the mode on, which is argv[0]. Returns the exit status. */
typedef int train_mode(int argc, char **argv);

train_mode train_embed, train_project;

/* Sets the hyperparameter that a row of options is for, its `choice`. Returns 0, or -1 with the reason. */
int train_take_hyper(struct hypers *given, const struct option_row *row, const char *text, struct errmsg *e);

/* Whether SIGINT and SIGTERM say that nothing was written, before they end the process. */
void train_tell_of_interruption(bool on);

/* What shows how far it is: on a terminal, and in a file. */
struct train_display {
	struct save *metrics; /* or NULL */
	bool terminal;
	double begun, fit_begun; /* now_seconds */
};

/* For a watch (watch.h) and for struct tune; `display` is one. */
void train_show_epoch(void *display, const struct watch_epoch *now);
void train_print_tried(void *display, const struct model_kind *k, const struct hypers *h, double metric);

void train_print_hypers(FILE *f, const struct model_kind *k, const struct hypers *h);

#endif
