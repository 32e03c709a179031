/*
 * watch: a place in which others can look in while something is trained.
 */
#ifndef BOTIFY_WATCH_H
#define BOTIFY_WATCH_H

/* An epoch that is over: a pass over the data, or a step of what has none. */
struct watch_epoch {
	const char *stage;     /* what the fit is for: "tune" or "fit"; or a phase of a model */
	const char *model;     /* "als" */
	unsigned epoch, epochs; /* from 1; how many there are to be, at most */
	double loss;	       /* on the held-out part while tuning, on the data afterwards; NaN where there is none */
	double metric;	       /* the metric of the ranking on the held-out part; NaN where it was not taken */
};

struct watch {
	void (*epoch)(void *ctx, const struct watch_epoch *epoch); /* NULL: nobody looks */
	void *ctx;
};

#endif
