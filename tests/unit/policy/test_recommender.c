#include "policy/recommender.h"

#include "base/out.h"
#include "unit/fixture.h"

static struct tables tables; /* 20 tracks with ids 0, 2 … 38; 4 artists */

struct desk {
	struct experiments experiments;
	struct policy policy;
	struct recommender recommender;
	struct event_parser parser;
	struct out out;
};

static void open_desk(struct desk *d, const char *policy, const char *experiments, uint64_t seed)
{
	struct errmsg e = {0};

	*d = (struct desk){0};
	CHECK(policy_parse(&d->policy, policy, &e) == 0 && policy_bind(&d->policy, &tables, &e) == 0);
	if (experiments)
		CHECK(experiments_load(&d->experiments, fixture_file("file", experiments), &e) == 0 &&
		      experiments_bind(&d->experiments, &tables, &e) == 0);
	CHECK_STR(e.text, "");
	CHECK(recommender_init(&d->recommender, &tables, &d->experiments, &d->policy, seed) == 0);
	out_init(&d->out, -1, "nowhere");
}

static void close_desk(struct desk *d)
{
	event_parser_clear(&d->parser);
	recommender_clear(&d->recommender);
	policy_clear(&d->policy);
	experiments_clear(&d->experiments);
	out_clear(&d->out);
}

/* Reads a request, answers it and writes the event. */
static void answer_line(struct desk *d, const char *line)
{
	struct errmsg e;
	struct event ev;

	event_parser_reset(&d->parser);
	CHECK(event_parse(&d->parser, line, strlen(line), &ev, &e) == 0);
	CHECK(recommender_answer(&d->recommender, &ev, &e) == 0);
	event_write(&d->out, &ev, true);
	sessions_written(&d->recommender.sessions, out_total(&d->out));
}

/* The answer to one line; valid until the next call. */
static const char *answer_to(struct desk *d, const char *line)
{
	d->out.head = d->out.len = 0;
	answer_line(d, line);
	out_put(&d->out, "", 1);
	return d->out.buf;
}

static const char *next(struct desk *d, uint32_t user, uint32_t track, double time)
{
	char line[128];

	snprintf(line, sizeof line, "{\"message\":\"next\",\"timestamp\":1,\"user\":%u,\"track\":%u,\"time\":%g}", user,
		 track, time);
	return answer_to(d, line);
}

static const char *last(struct desk *d, uint32_t user)
{
	char line[128];

	snprintf(line, sizeof line, "{\"message\":\"last\",\"timestamp\":1,\"user\":%u,\"track\":0,\"time\":0}", user);
	return answer_to(d, line);
}

static void requests_become_events(void)
{
	struct desk d;

	open_desk(&d, "random+unseen+artist:1", NULL, 0);
	/* artist 0 has the tracks 0, 8, 16, 24, 32; what is left are 15, of which all but two are excluded */
	CHECK_STR(answer_to(&d,
			    "{\"user\":3,\"time\":0.5,\"track\":0,\"message\":\"next\",\"timestamp\":-5,\"x\":[1],"
			    "\"exclude\":[2,4,10,12,14,18,20,22,26,28,30,34,36,38,1,99]}"),
		  "{\"message\":\"next\",\"timestamp\":-5,\"user\":3,\"track\":0,\"time\":0.5,\"recommendation\":6,"
		  "\"source\":\"random\",\"pool\":1,\"experiments\":{}}\n");
	CHECK_STR(answer_to(&d, "{\"message\":\"last\",\"timestamp\":9,\"user\":3,\"track\":6,\"time\":1}"),
		  "{\"message\":\"last\",\"timestamp\":9,\"user\":3,\"track\":6,\"time\":1,\"recommendation\":null,"
		  "\"experiments\":{}}\n");
	close_desk(&d);
}

/* An old log, replayed: what it says of its own answers is replaced. */
static void old_events_are_requests(void)
{
	struct desk d;

	open_desk(&d, "artist+unseen", NULL, 0);
	for (int i = 0; i < 4; i++)
		next(&d, 1, (uint32_t)(8 * i), 0);
	CHECK_STR(answer_to(&d,
			    "{\"message\":\"next\",\"timestamp\":1,\"user\":1,\"track\":24,\"time\":0,\"latency\":0.5,"
			    "\"recommendation\":4,\"source\":\"old\",\"pool\":77,\"experiments\":{\"OLD\":\"T\"}}"),
		  "{\"message\":\"next\",\"timestamp\":1,\"user\":1,\"track\":24,\"time\":0,\"recommendation\":32,"
		  "\"source\":\"artist\",\"pool\":1,\"experiments\":{}}\n");
	CHECK_STR(answer_to(&d,
			    "{\"message\":\"last\",\"timestamp\":1,\"user\":1,\"track\":24,\"time\":0,\"latency\":0.5,"
			    "\"recommendation\":4,\"source\":\"old\",\"pool\":77,\"experiments\":{\"OLD\":\"T\"}}"),
		  "{\"message\":\"last\",\"timestamp\":1,\"user\":1,\"track\":24,\"time\":0,\"recommendation\":null,"
		  "\"experiments\":{}}\n");
	close_desk(&d);
}

static void the_history_is_the_sessions(void)
{
	struct desk d;

	open_desk(&d, "random+unseen", NULL, 1);
	CHECK(strstr(next(&d, 1, 0, 1), "\"pool\":19,"));
	CHECK(strstr(next(&d, 1, 2, 1), "\"pool\":18,"));
	CHECK(strstr(next(&d, 1, 2, 1), "\"pool\":18,"));
	CHECK(strstr(next(&d, 2, 2, 1), "\"pool\":19,"));
	CHECK(strstr(next(&d, 1, 1, 1), "\"pool\":18,")); /* an unknown track */
	last(&d, 1);
	CHECK(strstr(next(&d, 1, 2, 1), "\"pool\":19,"));
	CHECK(strstr(next(&d, 2, 4, 1), "\"pool\":18,"));
	close_desk(&d);
}

/* What is excluded is so for one request. */
static void exclusions_are_forgotten(void)
{
	struct desk d;

	open_desk(&d, "random", NULL, 1);
	CHECK(strstr(answer_to(&d, "{\"message\":\"next\",\"user\":1,\"track\":0,\"time\":1,\"exclude\":[2,4,2,3]}"),
		     "\"pool\":18,"));
	CHECK(strstr(next(&d, 1, 0, 1), "\"pool\":20,"));
	close_desk(&d);
}

/* Draws are by seed, user, session and step: the same place gives the same track, every other one another. */
static void draws_are_by_place(void)
{
	struct desk a, b, c;
	uint32_t same = 0;

	open_desk(&a, "random", NULL, 1);
	open_desk(&b, "random", NULL, 1);
	open_desk(&c, "random", NULL, 2);
	for (uint32_t user = 0; user < 20; user++) {
		/* in another order, with others between */
		for (uint32_t other = 0; other < user; other++)
			next(&b, 100 + other, 0, 0);
		for (int step = 0; step < 10; step++) {
			char *got = strdup(next(&a, user, 0, 0));

			CHECK_STR(next(&b, user, 0, 0), got);
			same += strcmp(next(&c, user, 0, 0), got) == 0;
			free(got);
		}
	}
	CHECK(same < 30); /* 10 are to be expected of 200 */
	close_desk(&a);
	close_desk(&b);
	close_desk(&c);
}

static void sessions_draw_anew(void)
{
	struct desk d;
	uint32_t counts[20] = {0};

	open_desk(&d, "random", NULL, 1);
	for (int i = 0; i < 4000; i++) {
		unsigned track = 0;

		CHECK(sscanf(strstr(next(&d, 1, 0, 0), "recommendation"), "recommendation\":%u", &track) == 1);
		counts[track / 2 % 20]++;
		last(&d, 1);
	}
	CHECK(fixture_chi_square(counts, 20) > 1e-3);
	close_desk(&d);
}

/* All are logged, in their order; the last that has policies serves. */
static void experiments_are_logged(void)
{
	struct desk d;
	bool seen[2] = {false, false};

	open_desk(&d, "random",
		  "{\"experiments\":[{\"name\":\"Z \\\"q\\\"\",\"arms\":[\"C\"]},{\"name\":\"P\","
		  "\"arms\":{\"C\":\"artist\",\"T\":\"artist\"}},"
		  "{\"name\":\"Q\",\"arms\":{\"C\":\"random\",\"T\":\"artist\"}},"
		  "{\"name\":\"B\",\"arms\":[\"only\"]}]}",
		  0);
	for (uint32_t user = 0; user < 50; user++) {
		size_t p = assignment_arm(d.experiments.list[1].assignment, user);
		size_t q = assignment_arm(d.experiments.list[2].assignment, user);
		char want[128];
		const char *got = next(&d, user, 0, 1);

		snprintf(want, sizeof want,
			 "\"experiments\":{\"Z \\\"q\\\"\":\"C\",\"P\":\"%s\",\"Q\":\"%s\",\"B\":\"only\"}}\n",
			 p ? "T" : "C", q ? "T" : "C");
		CHECK(strstr(got, want) != NULL);
		CHECK(strstr(got,
			     q ? "\"source\":\"artist\",\"pool\":5," : "\"source\":\"random\",\"pool\":20,") != NULL);
		CHECK(strstr(last(&d, user), want) != NULL);
		seen[q] = true;
	}
	CHECK(seen[0] && seen[1]);
	close_desk(&d);
}

static void without_policies_the_command_line_serves(void)
{
	struct desk d;

	open_desk(&d, "artist", "{\"experiments\":[{\"name\":\"AA\",\"arms\":[\"C\",\"T\"]}]}", 0);
	CHECK(strstr(next(&d, 1, 0, 1), "\"source\":\"artist\",\"pool\":5,\"experiments\":{\"AA\":"));
	close_desk(&d);
}

static void the_clock_is_added(void)
{
	struct event ev = event_of(EVENT_NEXT, 1, 0, 1);
	struct desk d;
	struct errmsg e;

	open_desk(&d, "random", NULL, 0);
	CHECK(recommender_answer(&d.recommender, &ev, &e) == 0);
	CHECK(ev.timestamp > INT64_C(1500000000000) && ev.timestamp < INT64_C(10000000000000)); /* ms, not s or us */
	close_desk(&d);
}

/* How many plays of open sessions, and how many ended ones, are remembered of a user. */
static void check_memory(struct desk *d, uint32_t user, size_t plays, uint32_t ended)
{
	const struct session *session = sessions_open(&d->recommender.sessions, user);

	CHECK(session->history->n == plays && session->number == ended);
}

/* A full disk takes a part of what is written to it: all events that it has no end of are undone. */
static void what_was_not_written_is_not_remembered(void)
{
	static const char next_line[] = "{\"message\":\"next\",\"timestamp\":1,\"user\":4,\"track\":2,\"time\":1}";
	static const char last_line[] = "{\"message\":\"last\",\"timestamp\":1,\"user\":4,\"track\":2,\"time\":1}";
	struct desk d;
	uint64_t end[5];

	open_desk(&d, "random", NULL, 0);
	for (int i = 0; i < 5; i++) {
		answer_line(&d, i == 2 ? last_line : next_line);
		end[i] = out_total(&d.out);
	}
	sessions_undo(&d.recommender.sessions, &tables.catalog, end[4]);
	check_memory(&d, 4, 2, 1);
	sessions_undo(&d.recommender.sessions, &tables.catalog, end[4] - 1);
	check_memory(&d, 4, 1, 1);
	sessions_undo(&d.recommender.sessions, &tables.catalog, end[2]);
	check_memory(&d, 4, 0, 1);
	sessions_undo(&d.recommender.sessions, &tables.catalog, end[2] - 1);
	check_memory(&d, 4, 2, 0);
	sessions_undo(&d.recommender.sessions, &tables.catalog, 0);
	check_memory(&d, 4, 0, 0);
	close_desk(&d);
}

/* The time stamp of the answer to a request of a user, which carries this one, or none where it is 0. */
static int64_t stamped(struct desk *d, uint32_t user, int64_t timestamp)
{
	struct event_parser parser = {0};
	char line[160], own[64] = "";
	const char *reply;
	struct event ev;
	struct errmsg e;

	if (timestamp != 0)
		snprintf(own, sizeof own, "\"timestamp\":%lld,", (long long)timestamp);
	snprintf(line, sizeof line, "{\"message\":\"%s\",%s\"user\":%u,\"track\":0,\"time\":1}",
		 timestamp == 5 ? "last" : "next", own, user);
	reply = answer_to(d, line);
	CHECK(event_parse(&parser, reply, strlen(reply) - 1, &ev, &e) == 0);
	event_parser_clear(&parser);
	return ev.timestamp;
}

/* However many come in a millisecond: a log that is put in order of time is in the order of the requests. */
static void no_two_events_of_a_user_share_a_time_stamp(void)
{
	int64_t now, before = 0;
	struct desk d;

	open_desk(&d, "random", NULL, 1);
	for (int i = 0; i < 20000; i++) {
		int64_t t = stamped(&d, 1, 0);

		CHECK(t > before);
		before = t;
	}
	/* another user has a clock of their own */
	now = stamped(&d, 2, 0);
	CHECK(now < before && now > before - 20000);
	/* a time stamp that a request brings is kept, and what follows is later than the latest of them */
	CHECK(stamped(&d, 2, 9000000000000) == 9000000000000 && stamped(&d, 2, 5) == 5);
	CHECK(stamped(&d, 2, 0) == 9000000000001 && stamped(&d, 2, 0) == 9000000000002);
	CHECK(stamped(&d, 2, INT64_MAX) == INT64_MAX && stamped(&d, 2, 0) == INT64_MAX);
	CHECK(stamped(&d, 3, -7) == -7 && stamped(&d, 3, 0) >= now);
	close_desk(&d);
}

int main(void)
{
	char directory[32];
	struct catalog c;
	struct errmsg e;

	fixture_enter(directory);
	fixture_catalog(&c, 20, 4, 2);
	catalog_clear(&c);
	CHECK(tables_load_catalog(&tables, "catalog", &e) == 0);
	RUN(requests_become_events);
	RUN(old_events_are_requests);
	RUN(the_history_is_the_sessions);
	RUN(exclusions_are_forgotten);
	RUN(draws_are_by_place);
	RUN(sessions_draw_anew);
	RUN(experiments_are_logged);
	RUN(without_policies_the_command_line_serves);
	RUN(the_clock_is_added);
	RUN(what_was_not_written_is_not_remembered);
	RUN(no_two_events_of_a_user_share_a_time_stamp);
	tables_clear(&tables);
	fixture_leave(directory);
	return DONE();
}
