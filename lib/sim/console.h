/*
 * console: lets a person be the recommender of a simulation.
 *
 * It shows artist and title of what the listener has heard and how much of it, and asks for the next track: an id, or
 * words to search for in artists and titles.
 */
#ifndef BOTIFY_CONSOLE_H
#define BOTIFY_CONSOLE_H

#include <stdio.h>

#include "base/errmsg.h"
#include "base/lines.h"
#include "base/out.h"
#include "sim/simulation.h"

struct console {
	struct lines *in;  /* the person's lines */
	FILE *dialogue;	   /* what they are shown */
	struct out *log;   /* the events, or NULL */
};

enum console_status {
	CONSOLE_DONE,	 /* all sessions have ended */
	CONSOLE_QUIT,	 /* the person quit, or their input ended */
	CONSOLE_STOPPED, /* the descriptor that their lines watch became readable */
	CONSOLE_FAILED	 /* with the reason */
};

/* Plays all sessions, one after the other. */
enum console_status console_play(struct simulation *s, const struct console *c, struct errmsg *e);

#endif
