/*
 * holdout: which events of a log are held out, so that what is learned from the others can be judged by them: those
 * that botify-split --holdout puts into its second part, test (see route.h).
 */
#ifndef BOTIFY_HOLDOUT_H
#define BOTIFY_HOLDOUT_H

#include <stdbool.h>

#include "base/errmsg.h"
#include "base/slice.h"
#include "event/event.h"
#include "event/route.h"

/* Zeroed: nothing is held out. Free with holdout_clear. */
struct holdout {
	struct route route;
};

/* Begins with what route_parse_holdout and route_by_name have set. */
void holdout_init(struct holdout *h, const struct route_choice *choice);
void holdout_clear(struct holdout *h);

static inline bool holdout_is_on(const struct holdout *h)
{
	return h->route.choice.holdout;
}

/*
 * Whether an event, whose line is `text`, is held out. To be asked of each event, in the order of the log. Returns 1 or
 * 0; or -1 where there is no memory.
 */
int holdout_has(struct holdout *h, const struct event *ev, struct slice text, struct errmsg *e);

/*
 * The ways of --holdout-by: "event", "session" or "user". Returns 0; or -1 with the reason, which begins with `what`.
 */
int holdout_parse_by(struct route_choice *c, const char *what, const char *name, struct errmsg *e);

#endif
