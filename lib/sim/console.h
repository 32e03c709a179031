/*
 * console: lets a person be the recommender of a simulation, as a game.
 *
 * It shows artist and title of what the listener has heard and how much of it, how much patience is left and the score
 * so far, and asks for the next track: an id, or words to search for in artists and titles; "?" tells what else there
 * is. After a session it tells what others would have made of it.
 */
#ifndef BOTIFY_CONSOLE_H
#define BOTIFY_CONSOLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/lines.h"
#include "base/out.h"
#include "sim/rivals.h"
#include "sim/simulation.h"

struct console {
	struct lines *in;  /* the person's lines */
	FILE *dialogue;	   /* what they are shown */
	bool terminal;	   /* `in` is standard input, and both are terminals: lines can be edited */
	int stop_fd;	   /* see stop.h; that which `in` is watched with */
	struct out *log;   /* the events, or NULL */
	struct rivals rivals;
};

/* Plays all sessions, one after the other. */
enum simulation_outcome console_play(struct simulation *s, const struct console *c, struct errmsg *e);

#endif
