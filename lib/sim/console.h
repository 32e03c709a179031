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

/* Plays all sessions, one after the other. */
enum simulation_outcome console_play(struct simulation *s, const struct console *c, struct errmsg *e);

#endif
