#include "sim/driver.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/lines.h"
#include "text/number.h"
#include "unit/small_world.h"

/* What a recommender does at the nth request, from 1; before that and, if it lives, after it, it answers well. */
enum trick {
	WELL,
	WITH_BLANKS,	/* blank lines around each reply, and CRLF */
	ONE_BY_ONE,	/* a byte a write */
	CUT_WELL,	/* the nth has no newline, and is the last */
	WRONG_USER,
	WRONG_TRACK,	/* echoes another track than the one it was told of */
	WRONG_MESSAGE,
	WRONG_TIME,	/* says that all of the track was listened to, or, where it was, nothing */
	WRONG_TIMESTAMP,
	NO_TIMESTAMP,
	LAST_TRACK,	/* recommends a track on `last` */
	UNKNOWN_TRACK,
	NO_TRACK,
	TWICE,
	AN_ERROR,
	GARBAGE,
	SWAPPED,	/* the nth after the one that follows it */
	ENDS,		/* before it */
	HALF_A_LINE,	/* and then ends */
	SILENT,		/* but alive */
	SLOW,		/* a tenth of a second for each of the first n */
	DEAF,		/* closes its input and is silent */
	MORE		/* one more at the end */
};

struct recommender {
	pid_t pid;
	int to, from;
};

static void put_reply(struct out *o, struct event ev, enum trick trick)
{
	uint32_t step = ev.user / 5 + ev.track / WORLD_STEP;

	ev.recommendation = ev.message == EVENT_LAST ? EVENT_NO_TRACK : (step * 7 + 1) % WORLD_TRACKS * WORLD_STEP;
	if (trick == WRONG_USER)
		ev.user++;
	if (trick == WRONG_TRACK)
		ev.track++;
	if (trick == WRONG_MESSAGE)
		ev.message = ev.message == EVENT_LAST ? EVENT_NEXT : EVENT_LAST;
	if (trick == WRONG_TIME)
		ev.time = ev.time < 1;
	if (trick == WRONG_TIMESTAMP)
		ev.timestamp++;
	if (trick == NO_TIMESTAMP)
		ev.timestamp = EVENT_NO_TIMESTAMP;
	if (trick == LAST_TRACK)
		ev.recommendation = WORLD_STEP;
	if (trick == UNKNOWN_TRACK)
		ev.recommendation = 1;
	if (trick == NO_TRACK)
		ev.recommendation = EVENT_NO_TRACK;
	event_write(o, &ev, true);
}

/* Does it. Returns whether it goes on. */
static bool do_trick(struct out *o, struct event ev, enum trick trick)
{
	static char half[] = "{\"message\":\"next\",\"user\":";
	struct errmsg e;

	switch (trick) {
	case TWICE: put_reply(o, ev, WELL); put_reply(o, ev, WELL); return true;
	case AN_ERROR: event_write_error(o, "no idea", 7); return true;
	case GARBAGE: out_put(o, "hello\n", 6); return true;
	case CUT_WELL: put_reply(o, ev, WELL); o->len--; return false;
	case HALF_A_LINE: out_put(o, half, sizeof half - 1); return false;
	case ENDS: return false;
	case DEAF: close(STDIN_FILENO); /* fall through */
	case SILENT:
		out_flush(o, &e);
		pause();
		return false;
	default: put_reply(o, ev, trick); return true;
	}
}

static void flush_slowly(struct out *o)
{
	for (; o->head < o->len; o->head++)
		if (write(o->fd, o->buf + o->head, 1) < 0)
			_exit(1);
}

/* The life of a recommender. */
static void recommend(enum trick trick, unsigned long nth)
{
	struct event_parser parser = {0};
	struct lines in;
	struct out out;
	struct errmsg e;
	struct event ev, held = {0};

	lines_init(&in, STDIN_FILENO, "requests");
	out_init(&out, STDOUT_FILENO, "replies");
	if (trick != ONE_BY_ONE)
		lines_tie(&in, &out);
	while (lines_next(&in, &e) == LINES_LINE) {
		if (event_parse(&parser, in.text, in.len, &ev, &e) < 0)
			_exit(2);
		if (trick == SLOW && in.number <= nth)
			usleep(100000);
		if (trick == SWAPPED && in.number == nth) {
			held = ev;
			continue;
		}
		if (trick == WITH_BLANKS)
			out_put(&out, "\n \t\r\n", 5);
		if (in.number == nth && !do_trick(&out, ev, trick))
			break;
		if (in.number != nth)
			put_reply(&out, ev, WELL);
		if (trick == SWAPPED && in.number == nth + 1)
			put_reply(&out, held, WELL);
		if (trick == WITH_BLANKS) {
			out.len--;
			out_put(&out, "\r\n\n", 3);
		}
		if (trick == ONE_BY_ONE)
			flush_slowly(&out);
	}
	if (trick == MORE)
		out_put(&out, "{}\n", 3);
	out_flush(&out, &e);
	_exit(0);
}

/* Pipes of one page: neither side can say much before the other listens. */
static struct recommender start(enum trick trick, unsigned long nth)
{
	int in[2], out[2];
	struct recommender r = {0};

	CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	CHECK(fcntl(in[1], F_SETPIPE_SZ, 4096) == 4096 && fcntl(out[1], F_SETPIPE_SZ, 4096) == 4096);
	fflush(stdout);
	r.pid = fork();
	if (r.pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[0]), close(in[1]), close(out[0]), close(out[1]);
		recommend(trick, nth);
	}
	close(in[0]);
	close(out[1]);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	r.to = in[1];
	r.from = out[0];
	return r;
}

static void finish(struct recommender *r)
{
	close(r->to);
	close(r->from);
	kill(r->pid, SIGKILL);
	CHECK(waitpid(r->pid, NULL, 0) == r->pid);
}

static struct world world;

struct result {
	enum simulation_outcome status;
	struct errmsg e;
	char *log; /* what was logged */
	size_t log_len, lines;
	uint64_t ended;
	struct summary all;
};

static char *read_log(FILE *f, size_t *len)
{
	char *text;

	fseek(f, 0, SEEK_END);
	*len = (size_t)ftell(f);
	text = malloc(*len + 1);
	rewind(f);
	CHECK(fread(text, 1, *len, f) == *len);
	text[*len] = 0;
	return text;
}

static struct result play(enum trick trick, unsigned long nth, struct simulation_options options, double timeout)
{
	struct recommender r = start(trick, nth);
	struct result result = {.e = {.text = ""}};
	struct simulation s;
	FILE *f = tmpfile();
	struct out log;
	struct driver_options x = {.to = r.to, .from = r.from, .to_name = "requests", .from_name = "replies",
				   .log = &log, .timeout = timeout, .watch = {.stop_fd = -1}};

	out_init(&log, fileno(f), "log");
	world_simulate(&s, &world, options);
	result.status = driver_run(&s, &x, &result.e);
	CHECK(out_pending(&log) == 0);
	result.log = read_log(f, &result.log_len);
	for (size_t i = 0; i < result.log_len; i++)
		result.lines += result.log[i] == '\n';
	CHECK(result.log_len == 0 || result.log[result.log_len - 1] == '\n'); /* whole lines */
	result.ended = s.ended;
	summary_merge(&result.all, &s.days[0]);
	summary_merge(&result.all, &s.days[1]);
	out_clear(&log);
	fclose(f);
	simulation_clear(&s);
	finish(&r);
	return result;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a log, sorted; new, as one string. */
static char *sorted(char *log, size_t lines)
{
	char **line = malloc((lines + 1) * sizeof *line), *text = malloc(strlen(log) + 1), *to = text;
	size_t n = 0;

	*to = 0;
	for (char *l = strtok(log, "\n"); l; l = strtok(NULL, "\n"))
		line[n++] = l;
	CHECK(n == lines);
	qsort(line, n, sizeof *line, by_text);
	for (size_t i = 0; i < n; i++)
		to += sprintf(to, "%s\n", line[i]);
	free(line);
	return text;
}

/* However many are in flight, through however narrow a pipe: the same events. */
static void sessions_in_flight_do_not_matter(void)
{
	static const uint32_t in_flight[] = {1, 7, 1000, 2000};
	char *want = NULL;

	for (size_t i = 0; i < sizeof in_flight / sizeof *in_flight; i++) {
		struct result r = play(WELL, 0, world_options(2000, in_flight[i]), 20);
		char *got = sorted(r.log, r.lines);

		CHECK(r.status == SIMULATION_DONE);
		CHECK(r.ended == 2000 && r.all.sessions == 2000 && r.all.events == r.lines);
		if (want)
			CHECK(strcmp(got, want) == 0);
		else
			want = strdup(got);
		free(got);
		free(r.log);
	}
	free(want);
}

static void it_is_not_particular(void)
{
	struct result r = play(WITH_BLANKS, 0, world_options(100, 10), 20), s;

	CHECK(r.status == SIMULATION_DONE && r.all.sessions == 100);
	CHECK(strchr(r.log, '\r') == NULL && strstr(r.log, "\n\n") == NULL && r.log[0] == '{');
	s = play(ONE_BY_ONE, 0, world_options(100, 10), 20);
	CHECK(s.status == SIMULATION_DONE);
	CHECK_STR(r.log, s.log);
	free(r.log);
	free(s.log);
}

/* With one session in flight it is known which request is the nth. */
static void check_trick(enum trick trick, unsigned long nth, enum simulation_outcome status, const char *reason)
{
	struct result r = play(trick, nth, world_options(100, 1), 0.2);

	CHECK(r.status == status);
	CHECK_STR(r.e.text, reason);
	CHECK(r.lines == nth - 1); /* all that were good before it, and nothing else */
	free(r.log);
}

/* Where the options are those of check_trick: the user and the kind of the nth request, and of the first `last`. */
static unsigned long first_last(char *log)
{
	unsigned long n = 1;

	for (char *l = strtok(log, "\n"); l && !strstr(l, "\"last\""); l = strtok(NULL, "\n"))
		n++;
	return n;
}

static void what_is_wrong_is_told(void)
{
	struct result r = play(WELL, 0, world_options(100, 1), 1);
	unsigned user = 0;
	char reason[128];
	unsigned long last;

	CHECK(sscanf(strstr(r.log, "\"user\""), "\"user\":%u", &user) == 1);
	last = first_last(r.log);
	CHECK(last > 2);
	for (unsigned long n = 1; n <= 2; n++) {
#define REASON(...) (snprintf(reason, sizeof reason, __VA_ARGS__), reason)
		check_trick(WRONG_USER, n, SIMULATION_FAILED,
			    REASON("replies:%lu: a reply for user %u where user %u is due", n, user + 1, user));
		check_trick(WRONG_TRACK, n, SIMULATION_FAILED,
			    REASON("replies:%lu: a reply to another request of user %u than the one that is due", n,
				   user));
		check_trick(WRONG_MESSAGE, n, SIMULATION_FAILED,
			    REASON("replies:%lu: a reply to another request of user %u than the one that is due", n,
				   user));
		check_trick(UNKNOWN_TRACK, n, SIMULATION_FAILED,
			    REASON("replies:%lu: unknown track 1 recommended to user %u", n, user));
		check_trick(NO_TRACK, n, SIMULATION_FAILED,
			    REASON("replies:%lu: no recommendation for user %u", n, user));
		check_trick(AN_ERROR, n, SIMULATION_FAILED, REASON("replies:%lu: an error, not an event: no idea", n));
		check_trick(ENDS, n, SIMULATION_CUT_OFF, "1 reply was due");
		check_trick(HALF_A_LINE, n, SIMULATION_CUT_OFF, "1 reply was due");
		check_trick(SILENT, n, SIMULATION_FAILED, "replies: no reply for 0.2 s, 1 is due");
		check_trick(DEAF, n, SIMULATION_FAILED, "replies: no reply for 0.2 s, 1 is due");
	}
	check_trick(GARBAGE, 3, SIMULATION_FAILED,
		    "replies:3: not a JSON object: '[' or '{' expected near 'hello' (column 5)");
	check_trick(WRONG_USER, last, SIMULATION_FAILED,
		    REASON("replies:%lu: a reply for user %u where user %u is due", last, user + 1, user));
	check_trick(WRONG_MESSAGE, last, SIMULATION_FAILED,
		    REASON("replies:%lu: a reply to another request of user %u than the one that is due", last, user));
	free(r.log);
}

/* The event of the nth line of a log. */
static struct event event_of_line(const char *log, unsigned long n)
{
	struct event_parser parser = {0};
	struct event ev;
	struct errmsg e;

	while (--n > 0)
		log = strchr(log, '\n') + 1;
	CHECK(event_parse(&parser, log, strcspn(log, "\n"), &ev, &e) == 0);
	event_parser_clear(&parser);
	return ev;
}

/* Readers of a log would believe what the recommender made up. */
static void what_was_asked_is_to_be_echoed(void)
{
	struct result r = play(WELL, 0, world_options(100, 1), 1);
	char reason[160], *copy = strdup(r.log);
	unsigned long last = first_last(copy);

	for (unsigned long n = 1; n <= last; n = n < last - 1 ? last - 1 : n + 1) {
		struct event ev = event_of_line(r.log, n);
		char time[NUMBER_SIZE] = "";

		number_write(time, ev.time);
		check_trick(WRONG_TIME, n, SIMULATION_FAILED,
			    REASON("replies:%lu: the time %s in a reply to user %u, where the request says %s", n,
				   ev.time < 1 ? "1" : "0", ev.user, time));
		check_trick(WRONG_TIMESTAMP, n, SIMULATION_FAILED,
			    REASON("replies:%lu: the timestamp %" PRId64 " in a reply to user %u, "
				   "where the request says %" PRId64, n, ev.timestamp + 1, ev.user, ev.timestamp));
		check_trick(NO_TIMESTAMP, n, SIMULATION_FAILED,
			    REASON("replies:%lu: no timestamp in a reply to user %u, where the request says %" PRId64,
				   n, ev.user, ev.timestamp));
	}
	check_trick(LAST_TRACK, last, SIMULATION_FAILED,
		    REASON("replies:%lu: track 3 recommended to user %u, who has left", last,
			   event_of_line(r.log, last).user));
	free(copy);
	free(r.log);
}

/* A second reply is one to the next request, which it does not fit. */
static void two_replies_are_one_too_many(void)
{
	struct result r = play(TWICE, 1, world_options(100, 1), 1);

	CHECK(r.status == SIMULATION_FAILED && r.lines == 1);
	CHECK(strncmp(r.e.text, "replies:2: a reply to another request of user ", 46) == 0);
	free(r.log);
	r = play(TWICE, 3, world_options(100, 7), 1);
	CHECK(r.status == SIMULATION_FAILED && r.lines == 3);
	CHECK(strncmp(r.e.text, "replies:4: a reply for user ", 28) == 0);
	free(r.log);
}

static void order_matters(void)
{
	struct result r = play(SWAPPED, 5, world_options(100, 7), 1);

	CHECK(r.status == SIMULATION_FAILED && r.lines == 4);
	CHECK(strncmp(r.e.text, "replies:5: a reply for user ", 28) == 0);
	free(r.log);
}

static void all_that_is_due_is_counted(void)
{
	struct result r = play(ENDS, 4, world_options(100, 7), 1);

	CHECK(r.status == SIMULATION_CUT_OFF);
	CHECK_STR(r.e.text, "7 replies were due");
	free(r.log);
}

static void a_last_newline_may_be_missing(void)
{
	struct result r = play(WELL, 0, world_options(20, 1), 1), s;

	s = play(CUT_WELL, r.lines, world_options(20, 1), 1);
	CHECK(s.status == SIMULATION_DONE && s.ended == 20);
	CHECK_STR(s.log, r.log);
	free(s.log);
	/* where it is not the last, what is missing are the others */
	s = play(CUT_WELL, 5, world_options(20, 1), 1);
	CHECK(s.status == SIMULATION_CUT_OFF && s.lines == 5);
	CHECK_STR(s.e.text, "1 reply was due");
	free(s.log);
	free(r.log);
}

/* One that is there already when the last session ends; what comes later is the business of coprocess.h. */
static void a_reply_too_many_is_told(void)
{
	struct result r = play(WELL, 0, world_options(20, 1), 1), s;
	char reason[64];

	s = play(TWICE, r.lines, world_options(20, 1), 1);
	snprintf(reason, sizeof reason, "replies:%zu: a reply that nobody asked for", r.lines + 1);
	CHECK(s.status == SIMULATION_FAILED && s.lines == r.lines);
	CHECK_STR(s.e.text, reason);
	free(s.log);
	free(r.log);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The time runs from the last reply, not from the start. */
static void silence_is_timed(void)
{
	double start_time = now();
	struct result r = play(SILENT, 400, world_options(5000, 100), 0.3);

	CHECK(r.status == SIMULATION_FAILED && r.lines == 399);
	CHECK_STR(r.e.text, "replies: no reply for 0.3 s, 100 are due");
	CHECK(now() - start_time > 0.29 && now() - start_time < 3);
	free(r.log);
	r = play(SLOW, 7, world_options(3, 1), 0.4);
	CHECK(r.status == SIMULATION_DONE);
	free(r.log);
}

static void count_looks(void *ctx, const struct simulation *s)
{
	CHECK(s->ended <= s->options.sessions);
	++*(int *)ctx;
}

static void it_stops_when_told(void)
{
	struct recommender r = start(SILENT, 50);
	struct simulation s;
	struct errmsg e;
	int looks = 0, stop[2];
	struct driver_options x = {.to = r.to, .from = r.from, .to_name = "requests", .from_name = "replies",
				   .timeout = 20};

	CHECK(pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
	x.watch = (struct simulation_watch){.stop_fd = stop[0], .progress = count_looks, .ctx = &looks};
	world_simulate(&s, &world, world_options(1000, 10));
	CHECK(driver_run(&s, &x, &e) == SIMULATION_STOPPED);
	CHECK(!simulation_done(&s) && looks > 0);
	simulation_clear(&s);
	finish(&r);
	close(stop[0]);
	close(stop[1]);
}

/* What has been answered is in the log: as many events as the recommender was asked for. */
static void the_rest_is_taken_when_told_to_stop(void)
{
	struct recommender r = start(SLOW, 3);
	struct simulation s;
	struct errmsg e;
	FILE *f = tmpfile();
	struct out log;
	int stop[2], closed = r.to, lines = 0;
	struct driver_rest rest = {.to = &closed, .seconds = 5};
	struct driver_options x = {.to = r.to, .from = r.from, .to_name = "requests", .from_name = "replies",
				     .log = &log, .timeout = 20, .rest = &rest};

	CHECK(pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
	x.watch.stop_fd = stop[0];
	out_init(&log, fileno(f), "log");
	world_simulate(&s, &world, world_options(1000, 20));
	CHECK(driver_run(&s, &x, &e) == SIMULATION_STOPPED);
	CHECK(closed == -1 && rest.seconds < 5 && rest.seconds > 0);
	rewind(f);
	for (int c; (c = getc(f)) != EOF;)
		lines += c == '\n';
	CHECK(lines == 20);
	CHECK(s.days[0].sessions + s.days[1].sessions == s.ended);
	simulation_clear(&s);
	out_clear(&log);
	fclose(f);
	r.to = dup(0); /* for finish to close */
	finish(&r);
	close(stop[0]);
	close(stop[1]);
}

/* The recommender and this process were told together, and the recommender was the quicker to end. */
static void an_end_is_no_failure_when_told_to_stop(void)
{
	int stop[2];
	struct recommender r = start(ENDS, 1);
	struct simulation s;
	struct errmsg e;
	struct driver_options x = {.to = r.to, .from = r.from, .to_name = "requests", .from_name = "replies",
				   .timeout = 20};

	CHECK(pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
	x.watch.stop_fd = stop[0];
	usleep(100000);
	world_simulate(&s, &world, world_options(10, 1));
	CHECK(driver_run(&s, &x, &e) == SIMULATION_STOPPED);
	simulation_clear(&s);
	finish(&r);
	close(stop[0]);
	close(stop[1]);
}

/* Nobody reads the requests any more, and nothing says that no replies will come. */
static void a_closed_pipe_is_told_soon(void)
{
	int requests[2], replies[2];
	struct simulation s;
	struct errmsg e;
	double start_time = now();
	struct driver_options x = {.to_name = "requests", .from_name = "replies", .timeout = 20,
				   .watch = {.stop_fd = -1}};

	CHECK(pipe2(requests, O_NONBLOCK) == 0 && pipe2(replies, O_NONBLOCK) == 0);
	close(requests[0]);
	x.to = requests[1];
	x.from = replies[0];
	world_simulate(&s, &world, world_options(10, 2));
	CHECK(driver_run(&s, &x, &e) == SIMULATION_FAILED);
	CHECK_STR(e.text, "requests: Broken pipe");
	CHECK(now() - start_time < 5);
	simulation_clear(&s);
	close(requests[1]);
	close(replies[0]);
	close(replies[1]);
}

static void a_log_that_fails_ends_it(void)
{
	struct recommender r = start(WELL, 0);
	struct simulation s;
	struct errmsg e;
	struct out log;
	struct driver_options x = {.to = r.to, .from = r.from, .to_name = "requests", .from_name = "replies",
				   .log = &log, .timeout = 20, .watch = {.stop_fd = -1}};

	out_init(&log, open("/dev/full", O_WRONLY), "log");
	world_simulate(&s, &world, world_options(1000, 10));
	CHECK(driver_run(&s, &x, &e) == SIMULATION_FAILED);
	CHECK_STR(e.text, "log: No space left on device");
	CHECK(log.error != 0);
	close(log.fd);
	out_clear(&log);
	simulation_clear(&s);
	finish(&r);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	signal(SIGPIPE, SIG_IGN);
	world_make(&world, 3000, "");
	RUN(sessions_in_flight_do_not_matter);
	RUN(it_is_not_particular);
	RUN(what_is_wrong_is_told);
	RUN(what_was_asked_is_to_be_echoed);
	RUN(two_replies_are_one_too_many);
	RUN(order_matters);
	RUN(all_that_is_due_is_counted);
	RUN(a_last_newline_may_be_missing);
	RUN(a_reply_too_many_is_told);
	RUN(silence_is_timed);
	RUN(it_stops_when_told);
	RUN(the_rest_is_taken_when_told_to_stop);
	RUN(an_end_is_no_failure_when_told_to_stop);
	RUN(a_closed_pipe_is_told_soon);
	RUN(a_log_that_fails_ends_it);
	world_clear(&world);
	fixture_leave(directory);
	return DONE();
}
