/*
 * recommender_link: the recommender that a simulation is played against: a command that is started for it, or
 * whatever the shell has wired to standard input and output.
 */
#ifndef BOTIFY_RECOMMENDER_LINK_H
#define BOTIFY_RECOMMENDER_LINK_H

#include "base/errmsg.h"
#include "base/out.h"
#include "sim/driver.h"
#include "sim/simulation.h"

/*
 * Starts `argv` (which ends with NULL) and plays the simulation against it. Replies go to the log. When all sessions
 * have ended, it is given `timeout` seconds to end too, with status 0. Where the outcome is SIMULATION_CUT_OFF or
 * SIMULATION_FAILED, the reason tells what became of the command.
 *
 * SIGPIPE is ignored meanwhile: a recommender that closes its input must not end this process. Errors of the log
 * stick to it, EPIPE among them.
 */
enum simulation_outcome recommender_link_play_command(struct simulation *s, char *const argv[], double timeout,
						      struct out *log, const struct simulation_watch *watch,
						      struct errmsg *e);

/*
 * Plays the simulation over standard output and input, which nothing else may use meanwhile. SIGPIPE is ignored
 * here too.
 */
enum simulation_outcome recommender_link_play_wired(struct simulation *s, double timeout,
						    const struct simulation_watch *watch, struct errmsg *e);

#endif
