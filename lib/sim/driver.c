#include "sim/driver.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/eager.h"
#include "base/lines.h"
#include "base/now.h"
#include "base/stop.h"
#include "event/event.h"
#include "text/number.h"

enum { GOING_ON = -1 }; /* where a function would return how the exchange ended */

enum { QUIET_MS = 2 }; /* without a reply, after which there is time for other things */

#define PROGRESS_SECONDS 0.2

struct driver {
	struct simulation *s;
	const struct driver_options *options;
	struct out requests;
	struct lines replies;
	struct event_parser parser;
	struct sim_session **due; /* a ring of the sessions whose request has been sent */
	size_t first_due, n_due;
	struct eager eager;
	double last_reply, next_progress; /* s, monotonic */
	bool stopping;			  /* no more requests are made */
};

static void send_request(struct driver *x, struct sim_session *session)
{
	struct event request = simulation_request(x->s, session);

	event_write(&x->requests, &request, false);
	x->due[(x->first_due + x->n_due++) % x->s->options.in_flight] = session;
}

/* Begins as many sessions as can be. */
static int begin_sessions(struct driver *x, struct errmsg *e)
{
	struct sim_session *session;
	int status;

	while ((status = simulation_begin(x->s, &session)) > 0)
		send_request(x, session);
	return status < 0 ? errmsg_nomem(e) : 0;
}

/* Whether a reply gives back the time and the timestamp of its request: another log would not be that of this run. */
static int check_times(const struct event *request, const struct event *reply, struct errmsg *e)
{
	char got[NUMBER_SIZE], want[NUMBER_SIZE];
	int got_len, want_len;

	if (reply->timestamp == EVENT_NO_TIMESTAMP)
		return errmsg_set(e, "no timestamp in a reply to user %u, where the request says %" PRId64,
				  request->user, request->timestamp);
	if (reply->timestamp != request->timestamp)
		return errmsg_set(e, "the timestamp %" PRId64 " in a reply to user %u, where the request says %" PRId64,
				  reply->timestamp, request->user, request->timestamp);
	if (reply->time == request->time)
		return 0;
	got_len = (int)number_write(got, reply->time);
	want_len = (int)number_write(want, request->time);
	return errmsg_set(e, "the time %.*s in a reply to user %u, where the request says %.*s", got_len, got,
			  request->user, want_len, want);
}

/* Whether a reply belongs to a request: what it echoes is what went out. */
static int check_echo(const struct event *request, const struct event *reply, struct errmsg *e)
{
	if (reply->user != request->user)
		return errmsg_set(e, "a reply for user %u where user %u is due", reply->user, request->user);
	if (reply->track != request->track || reply->message != request->message)
		return errmsg_set(e, "a reply to another request of user %u than the one that is due", request->user);
	return check_times(request, reply, e);
}

/* Takes the track that a reply recommends: one that exists where one is due, none where the user has left. */
static int check_recommendation(const struct driver *x, const struct event *reply, uint32_t *track, struct errmsg *e)
{
	*track = catalog_find(x->s->catalog, reply->recommendation);
	if (reply->message == EVENT_LAST && reply->recommendation != EVENT_NO_TRACK)
		return errmsg_set(e, "track %u recommended to user %u, who has left", reply->recommendation,
				  reply->user);
	if (reply->message == EVENT_LAST)
		return 0;
	if (reply->recommendation == EVENT_NO_TRACK)
		return errmsg_set(e, "no recommendation for user %u", reply->user);
	if (*track == CATALOG_NONE)
		return errmsg_set(e, "unknown track %u recommended to user %u", reply->recommendation, reply->user);
	return 0;
}

/* Takes the reply that stands in `replies`: logs it, and lets its session go on. */
static int take_reply(struct driver *x, struct errmsg *e)
{
	const char *text = x->replies.text;
	size_t len = x->replies.len;
	struct sim_session *session = x->due[x->first_due];
	struct event reply, request;
	uint32_t track = CATALOG_NONE;

	if (x->n_due == 0)
		return errmsg_set(e, "a reply that nobody asked for");
	request = simulation_request(x->s, session);
	if (event_parse(&x->parser, text, len, &reply, e) < 0 || check_echo(&request, &reply, e) < 0 ||
	    check_recommendation(x, &reply, &track, e) < 0)
		return -1;
	if (x->options->log) {
		out_put(x->options->log, text, len);
		out_put(x->options->log, "\n", 1);
	}
	x->first_due = (x->first_due + 1) % x->s->options.in_flight;
	x->n_due--;
	if (request.message == EVENT_LAST)
		simulation_end(x->s, session);
	if (x->stopping)
		return 0;
	if (request.message == EVENT_LAST)
		return begin_sessions(x, e);
	if (simulation_listen(x->s, session, track) < 0)
		return errmsg_nomem(e);
	send_request(x, session);
	return 0;
}

static void show_progress(struct driver *x)
{
	const struct simulation_watch *watch = &x->options->watch;
	double time;

	if (!watch->progress || (time = now_seconds()) < x->next_progress)
		return;
	x->next_progress = time + PROGRESS_SECONDS;
	watch->progress(watch->ctx, x->s);
}

/* Whether a reply came that nobody asked for, now that all sessions have ended. */
static int check_surplus(struct driver *x, struct errmsg *e)
{
	enum lines_status status;

	while ((status = lines_next(&x->replies, e)) == LINES_LINE && lines_blank(&x->replies))
		;
	if (status == LINES_LINE)
		return errmsg_set(e, "%s:%lu: a reply that nobody asked for", x->replies.name, x->replies.number);
	return status == LINES_BAD ? -1 : 0;
}

/* The end of the replies, in the middle of one or not. It is not a failure where one signal has ended both sides. */
static int end_of_replies(const struct driver *x, struct errmsg *e)
{
	if (stop_told(x->options->watch.stop_fd))
		return SIMULATION_STOPPED;
	return errmsg_set(e, "%zu %s due", x->n_due, x->n_due == 1 ? "reply was" : "replies were"), SIMULATION_CUT_OFF;
}

/* Writes what has been logged. Returns how the exchange ended, or GOING_ON. */
static int flush_log(struct driver *x, struct errmsg *e)
{
	int flushed = x->options->log ? out_flush(x->options->log, e) : 0;

	return flushed == 0 ? GOING_ON : flushed == OUT_STOPPED ? SIMULATION_STOPPED : SIMULATION_FAILED;
}

/* Takes what lines_next gave. Returns how the exchange ended, or GOING_ON. */
static int take_line(struct driver *x, enum lines_status status, struct errmsg *e)
{
	if (status == LINES_END)
		return end_of_replies(x, e);
	if (status != LINES_LINE)
		return SIMULATION_FAILED;
	if (lines_blank(&x->replies))
		return GOING_ON;
	if (take_reply(x, e) < 0) {
		if (lines_cut(&x->replies)) /* its writer died in the middle */
			return end_of_replies(x, e);
		return errmsg_prefix(e, "%s:%lu", x->replies.name, x->replies.number), SIMULATION_FAILED;
	}
	x->last_reply = 0;
	return x->options->log && out_full(x->options->log) ? flush_log(x, e) : GOING_ON;
}

/*
 * Takes the replies of one read. Then there are requests to send, and it is time to look at other things: a quick
 * recommender might never make this wait.
 */
static int take_replies(struct driver *x, struct errmsg *e)
{
	/* once for all of them, as they mostly are in the same experiments, which the parser knows until then */
	event_parser_reset(&x->parser);
	do {
		enum lines_status status = lines_next(&x->replies, e);
		int how = status == LINES_WAIT ? GOING_ON : take_line(x, status, e);

		if (how != GOING_ON || status == LINES_WAIT)
			return how;
	} while (!simulation_done(x->s) && lines_ready(&x->replies));
	if (!simulation_done(x->s))
		return GOING_ON;
	return check_surplus(x, e) < 0 ? SIMULATION_FAILED : SIMULATION_DONE;
}

/* Nothing has come for too long. */
static int give_up(const struct driver *x, double timeout, struct errmsg *e)
{
	const struct driver_options *o = x->options;

	if (x->requests.error)
		errmsg_set(e, "%s: %s", o->to_name, strerror(x->requests.error));
	else
		errmsg_set(e, "%s: no reply for %g s, %zu %s due", o->from_name, timeout, x->n_due,
			   x->n_due == 1 ? "is" : "are");
	return SIMULATION_FAILED;
}

/* Waits until there is something to read or room to write, or it has taken too long. */
static int wait_for_replies(struct driver *x, struct errmsg *e)
{
	const struct driver_options *o = x->options;
	bool more = !x->requests.error && out_pending(&x->requests) > 0;
	struct pollfd p[] = {
		{.fd = o->watch.stop_fd, .events = POLLIN},
		{.fd = o->from, .events = POLLIN},
		{.fd = more ? o->to : -1, .events = POLLOUT},
	};
	/* where nobody reads the requests any more, only those replies can come that are on their way */
	double timeout = x->requests.error ? fmin(o->timeout, 1) : o->timeout;
	double time = now_seconds(), left, until_progress = x->next_progress - time;
	int ready;

	if (x->last_reply == 0)
		x->last_reply = time;
	left = x->last_reply + timeout - time;
	if (left <= 0)
		return give_up(x, timeout, e);
	if (o->watch.progress && until_progress < left)
		left = until_progress > 0 ? until_progress : 0;
	ready = eager_poll(&x->eager, p, 3, QUIET_MS);
	if (ready == 0) {
		/* what came in so far can be read by others while this waits */
		int how = flush_log(x, e);

		if (how != GOING_ON)
			return how;
		ready = poll(p, 3, (int)(left * 1000) + 1);
	}
	if (ready < 0)
		return errno == EINTR ? GOING_ON : (errmsg_set(e, "poll: %s", strerror(errno)), SIMULATION_FAILED);
	return p[0].revents ? SIMULATION_STOPPED : GOING_ON;
}

static int run_exchange(struct driver *x, struct errmsg *e)
{
	if (begin_sessions(x, e) < 0)
		return SIMULATION_FAILED;
	for (;;) {
		int how;

		/* a reader that has gone away shows as the end of its replies, which are still to be read */
		if (out_push(&x->requests, e) < 0 && x->requests.error != EPIPE)
			return SIMULATION_FAILED;
		how = wait_for_replies(x, e);
		show_progress(x);
		if (how == GOING_ON)
			how = take_replies(x, e);
		if (how != GOING_ON)
			return how;
	}
}

/* Takes the replies that are still due. */
static void take_rest(struct driver *x, struct driver_rest *rest)
{
	double end = now_seconds() + rest->seconds;
	struct errmsg ignored;

	x->stopping = true;
	close(*rest->to);
	*rest->to = -1;
	while (x->n_due > 0 && rest->seconds > 0) {
		enum lines_status status = lines_next(&x->replies, &ignored);
		struct pollfd p = {.fd = x->options->from, .events = POLLIN};

		if (status == LINES_WAIT)
			poll(&p, 1, (int)(rest->seconds * 1000) + 1);
		else if (take_line(x, status, &ignored) != GOING_ON)
			break;
		rest->seconds = end - now_seconds();
	}
}

enum simulation_outcome driver_run(struct simulation *s, const struct driver_options *options, struct errmsg *e)
{
	struct driver x = {.s = s, .options = options};
	enum simulation_outcome status = SIMULATION_FAILED;
	struct errmsg ignored;

	out_init(&x.requests, options->to, options->to_name);
	lines_init(&x.replies, options->from, options->from_name);
	x.due = calloc(s->options.in_flight, sizeof *x.due);
	if (x.due)
		status = (enum simulation_outcome)run_exchange(&x, e);
	else
		errmsg_nomem(e);
	if (status == SIMULATION_STOPPED && options->rest)
		take_rest(&x, options->rest);
	if (options->log)
		out_flush(options->log, &ignored);
	event_parser_clear(&x.parser);
	lines_clear(&x.replies);
	out_clear(&x.requests);
	free(x.due);
	return status;
}
