/*
 * driver: plays a simulation against a recommender that is reached over two descriptors, with many sessions in
 * flight.
 *
 * Requests are answered in the order in which they are sent. Neither side can block the other: both descriptors are
 * non-blocking, and whatever the size of the pipes, requests that do not fit wait here.
 */
#ifndef BOTIFY_DRIVER_H
#define BOTIFY_DRIVER_H

#include "base/errmsg.h"
#include "base/out.h"
#include "sim/simulation.h"

/*
 * What a recommender has answered it remembers, and so it should be in the log. Once the exchange is told to stop, it
 * closes `to` and takes the replies that are due until they end.
 */
struct driver_rest {
	int *to;	/* where it is kept; -1 is put there */
	double seconds; /* that this may take; what is left of them, afterwards */
};

struct driver_options {
	int to, from;	     /* requests go out, replies come in; non-blocking */
	struct driver_rest *rest; /* what to do once told to stop, or NULL: nothing */
	const char *to_name, *from_name; /* for messages */
	struct out *log;     /* where the replies go, or NULL */
	double timeout;	     /* s without a reply that is due */
	struct simulation_watch watch;
};

/*
 * Plays all sessions. However it ends, the log holds the whole lines of all replies that were good, flushed but for
 * errors of its own, which stick (see out.h), and for what its reader did not take after it was told to stop.
 */
enum simulation_outcome driver_run(struct simulation *s, const struct driver_options *options, struct errmsg *e);

#endif
