#include "event/event_digest.h"

#include <stdlib.h>

#include "unit/check.h"

static const uint32_t excluded[] = {1, 2, 3};
static const struct event_arm arms[] = {{{"AA", 2}, {"C", 1}}, {{"FILTERS", 7}, {"T1", 2}}};

static struct event some_event(void)
{
	struct event ev = event_of(EVENT_NEXT, 42, 796, 0.81);

	ev.timestamp = 1704067200000;
	ev.latency = 0.0000021;
	ev.recommendation = 3859;
	ev.source = slice_of("similar");
	ev.pool = 9;
	ev.propensity = 0.25;
	ev.exclude = excluded;
	ev.n_exclude = 2;
	ev.arms = arms;
	ev.n_arms = 2;
	return ev;
}

/* Of many events that differ in one field, or in one byte of one, no two have the same digest. */
static void every_field_counts(void)
{
	enum { N = 64 };
	static const struct event_arm other_arms[][2] = {
		{{{"AA", 2}, {"T1", 2}}, {{"FILTERS", 7}, {"T1", 2}}},
		{{{"FILTERS", 7}, {"T1", 2}}, {{"AA", 2}, {"C", 1}}},
		{{{"AA", 2}, {"", 0}}, {{"FILTERS", 7}, {"T1", 2}}},
		{{{"A", 1}, {"AC", 2}}, {{"FILTERS", 7}, {"T1", 2}}},
		{{{"AAC", 3}, {"", 0}}, {{"FILTERS", 7}, {"T1", 2}}},
		{{{"AA", 2}, {"C", 1}}, {{"FILTERS", 7}, {"T1\0", 3}}},
	};
	static const uint32_t other_excluded[] = {2, 1, 3};
	struct event list[N];
	size_t n = 0;

	for (size_t i = 0; i < N; i++)
		list[i] = some_event();
	n++;
	list[n++].message = EVENT_LAST;
	list[n++].timestamp++;
	list[n++].timestamp = EVENT_NO_TIMESTAMP;
	list[n++].user = 43;
	list[n++].track = 797;
	list[n].track = 3859, list[n++].recommendation = 796;
	list[n++].time = nextafter(0.81, 1);
	list[n++].time = 0;
	list[n++].latency = 0;
	list[n++].latency = NAN;
	list[n].latency = 0.81, list[n++].time = 0.0000021;
	list[n++].recommendation = 3858;
	list[n++].recommendation = EVENT_NO_TRACK;
	list[n++].source = slice_of("similaR");
	list[n++].source = slice_of("similars");
	list[n++].source = slice_of("");
	list[n++].pool = 8;
	list[n++].pool = 0;
	list[n++].propensity = NAN;
	list[n++].propensity = 0.5;
	list[n++].n_exclude = 0;
	list[n++].n_exclude = 1;
	list[n++].n_exclude = 3;
	list[n++].exclude = other_excluded;
	list[n++].n_arms = 0;
	list[n++].n_arms = 1;
	for (size_t i = 0; i < sizeof other_arms / sizeof *other_arms; i++)
		list[n++].arms = other_arms[i];
	CHECK(n < N);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			CHECK(event_digest(&list[i]) != event_digest(&list[j]));
}

static void texts_count_to_the_last_byte(void)
{
	struct event a = some_event(), b = a;

	for (size_t len = 1; len <= 40; len++) {
		/* just as much memory as there is text: ASan looks on */
		char *one = malloc(len), *other = malloc(len);

		memset(one, 'x', len);
		a.source = (struct slice){one, len};
		b.source = (struct slice){other, len};
		for (size_t i = 0; i < len; i++) {
			memset(other, 'x', len);
			CHECK(event_digest(&a) == event_digest(&b));
			other[i] = 'y';
			CHECK(event_digest(&a) != event_digest(&b));
		}
		free(one);
		free(other);
	}
}

static void what_is_the_same_has_the_same(void)
{
	static const char line[] =
		"{\"message\":\"next\",\"timestamp\":1704067200000,\"user\":42,\"track\":796,\"time\":0.81,"
		"\"latency\":0.0000021,"
		"\"recommendation\":3859,\"source\":\"similar\",\"pool\":9,\"propensity\":0.25,\"exclude\":[1,2],"
		"\"experiments\":{\"AA\":\"C\",\"FILTERS\":\"T1\"}}";
	struct event ev = some_event(), parsed;
	struct event zero = event_of(EVENT_NEXT, 1, 1, 0), minus = event_of(EVENT_NEXT, 1, 1, -0.0);
	struct event_parser p = {0};
	struct errmsg e;

	CHECK(event_parse(&p, line, sizeof line - 1, &parsed, &e) == 0);
	CHECK(event_digest(&parsed) == event_digest(&ev));
	CHECK(event_digest(&zero) == event_digest(&minus));
	zero.latency = -NAN;
	CHECK(event_digest(&zero) == event_digest(&minus));
	event_parser_clear(&p);
}

/* Events that differ as little as can be: half of the bits of their digests differ. */
static void digests_are_spread(void)
{
	enum { N = 4000 };
	double bits = 0;

	for (uint32_t i = 0; i < N; i++) {
		struct event a = some_event(), b;

		a.track = i;
		b = a;
		if (i % 2)
			b.track ^= 1;
		else
			b.timestamp ^= 1;
		bits += __builtin_popcountll(event_digest(&a) ^ event_digest(&b));
	}
	/* the sum of 256,000 coins, within five standard deviations */
	CHECK(fabs(bits / N - 32) < 5 * 4 / sqrt(N));
}

int main(void)
{
	RUN(every_field_counts);
	RUN(texts_count_to_the_last_byte);
	RUN(what_is_the_same_has_the_same);
	RUN(digests_are_spread);
	return DONE();
}
