/*
 * prompt (private to lib/sim): asks a person for a line. At a terminal the line can be edited, and earlier ones come
 * back, by libedit (editline(7)); elsewhere lines are read as they come.
 */
#ifndef BOTIFY_PROMPT_H
#define BOTIFY_PROMPT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/lines.h"
#include "base/slice.h"

enum prompt_status {
	PROMPT_LINE,
	PROMPT_END,  /* of the input */
	PROMPT_STOP, /* the stop descriptor became readable */
	PROMPT_FAILED
};

struct prompt_editor; /* private */

struct prompt {
	struct lines *in; /* borrowed, as the next */
	FILE *dialogue;
	struct prompt_editor *editor; /* NULL: there is none */
};

/*
 * Lines are edited where `terminal` says that both standard input, which `in` reads then, and the dialogue are
 * terminals. stop_fd is as in stop.h. Returns 0, or -1 where there is no memory. Close it, or the terminal stays as it
 * is while a line is edited.
 */
int prompt_open(struct prompt *p, struct lines *in, FILE *dialogue, bool terminal, int stop_fd);
void prompt_close(struct prompt *p);

/* Shows a question, and reads the line that answers it: valid until the next call. */
enum prompt_status prompt_ask(struct prompt *p, const char *question, struct slice *line, struct errmsg *e);

#endif
