#include "event/holdout.h"

void holdout_init(struct holdout *h, const struct route_choice *choice)
{
	route_init(&h->route, choice);
}

void holdout_clear(struct holdout *h)
{
	route_clear(&h->route);
}

int holdout_has(struct holdout *h, const struct event *ev, struct slice text, struct errmsg *e)
{
	size_t shard = 0;

	if (!holdout_is_on(h))
		return 0;
	return route_event(&h->route, ev, text, &shard, e) == ROUTE_ONE ? (int)shard : -1;
}

int holdout_parse_by(struct route_choice *c, const char *what, const char *name, struct errmsg *e)
{
	if (route_by_name(&c->by, name) < 0 ||
	    (c->by != ROUTE_EVENT && c->by != ROUTE_SESSION && c->by != ROUTE_USER))
		return errmsg_set(e, "%s takes event, session or user, not '%s'", what, name);
	return 0;
}
