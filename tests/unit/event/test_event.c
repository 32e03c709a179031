#include "event/event.h"

#include <stdlib.h>

#include "base/out.h"
#include "base/rng.h"
#include "unit/check.h"

static int parse(struct event_parser *p, const char *text, struct event *ev, struct errmsg *e)
{
	return event_parse(p, text, strlen(text), ev, e);
}

static int slice_is(struct slice s, const char *want)
{
	return slice_equal(s, slice_of(want));
}

static void every_key_is_read(void)
{
	static const char line[] =
		"{\"message\":\"next\",\"timestamp\":1704067200000,\"user\":42,\"track\":796,\"time\":0.81,"
		"\"latency\":0.0000021,\"recommendation\":3859,\"source\":\"similar\",\"pool\":9,\"exclude\":[7,8],"
		"\"experiments\":{\"AA\":\"T1\",\"FILTERS\":\"C\"}}";
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;

	CHECK(parse(&p, line, &ev, &e) == 0);
	CHECK(ev.message == EVENT_NEXT && ev.timestamp == 1704067200000);
	CHECK(ev.user == 42 && ev.track == 796 && ev.time == 0.81 && ev.latency == 0.0000021);
	CHECK(ev.recommendation == 3859 && slice_is(ev.source, "similar") && ev.pool == 9);
	CHECK(ev.n_exclude == 2 && ev.exclude[0] == 7 && ev.exclude[1] == 8);
	CHECK(ev.n_arms == 2);
	CHECK(slice_is(ev.arms[0].experiment, "AA") && slice_is(ev.arms[0].arm, "T1"));
	CHECK(slice_is(ev.arms[1].experiment, "FILTERS") && slice_is(ev.arms[1].arm, "C"));
	event_parser_clear(&p);
}

static void what_is_absent_has_its_default(void)
{
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;

	/* after a rich one, of which nothing may be left */
	CHECK(parse(&p,
		    "{\"message\":\"next\",\"timestamp\":1,\"user\":1,\"track\":1,\"time\":1,\"latency\":1,"
		    "\"recommendation\":1,\"source\":\"s\",\"pool\":1,\"exclude\":[1],\"experiments\":{\"E\":\"A\"}}",
		    &ev, &e) == 0);
	CHECK(parse(&p, "{\"time\":0,\"track\":0,\"user\":2147483647,\"message\":\"last\"}", &ev, &e) == 0);
	CHECK(ev.message == EVENT_LAST && ev.timestamp == EVENT_NO_TIMESTAMP);
	CHECK(ev.user == 2147483647 && ev.track == 0 && ev.time == 0 && isnan(ev.latency));
	CHECK(ev.recommendation == EVENT_NO_TRACK && ev.source.len == 0 && ev.pool == 0);
	CHECK(ev.n_exclude == 0 && ev.n_arms == 0);
	CHECK(parse(&p,
		    "{\"message\":\"last\",\"user\":1,\"track\":1,\"time\":1,\"latency\":null,\"recommendation\":null,"
		    "\"exclude\":[],\"experiments\":{},\"source\":\"\"}",
		    &ev, &e) == 0);
	CHECK(isnan(ev.latency) && ev.recommendation == EVENT_NO_TRACK && ev.n_exclude == 0 && ev.n_arms == 0);
	event_parser_clear(&p);
}

/*
 * The same experiments, and others that look alike, one after the other; the text of a line is gone when the next
 * is parsed.
 */
static void experiments_are_those_of_the_line(void)
{
	static const char *const arms[] = {"C", "T1", "C", "T2", "C", "T1", "T10", "T1"};
	struct event events[8], again;
	struct event_parser p = {0};
	struct errmsg e;
	char line[128];

	for (size_t i = 0; i < 8; i++) {
		snprintf(line, sizeof line, "{\"message\":\"next\",\"user\":1,\"track\":1,\"time\":1,"
					    "\"experiments\":{\"E\":\"%s\"}}",
			 arms[i]);
		CHECK(parse(&p, line, &events[i], &e) == 0);
	}
	memset(line, 'x', sizeof line);
	for (size_t i = 0; i < 8; i++)
		CHECK(events[i].n_arms == 1 && slice_is(events[i].arms[0].experiment, "E") &&
		      slice_is(events[i].arms[0].arm, arms[i]));
	event_parser_reset(&p);
	CHECK(parse(&p, "{\"message\":\"next\",\"user\":1,\"track\":1,\"time\":1,\"experiments\":{\"E\":\"T1\"}}",
		    &again, &e) == 0);
	CHECK(slice_is(again.arms[0].arm, "T1"));
	event_parser_clear(&p);
}

/*
 * Digits are taken in eights: any number of them, at any distance from the end of the line, makes what strtod makes
 * of it.
 */
static void numbers_are_read_exactly(void)
{
	static const char digits[] = "12345678901234567890";
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;
	char line[128], number[40];

	for (int n = 1; n <= 18; n++) {
		snprintf(line, sizeof line, "{\"message\":\"next\",\"user\":1,\"track\":1,\"time\":0.%.*s}", n, digits);
		snprintf(number, sizeof number, "0.%.*s", n, digits);
		CHECK(parse(&p, line, &ev, &e) == 0 && ev.time == strtod(number, NULL));
		snprintf(line, sizeof line, "{\"message\":\"next\",\"user\":1,\"track\":1,\"time\":1,"
					    "\"timestamp\":%.*s}", n, digits);
		CHECK(parse(&p, line, &ev, &e) == 0 && ev.timestamp == strtoll(strrchr(line, ':') + 1, NULL, 10));
		snprintf(line, sizeof line, "{\"message\":\"next\",\"user\":1,\"track\":1,\"time\":1,"
					    "\"latency\":%.*s.%s}", n, digits, digits);
		snprintf(number, sizeof number, "%.*s.%s", n, digits, digits);
		CHECK(parse(&p, line, &ev, &e) == 0 && ev.latency == strtod(number, NULL));
	}
	event_parser_clear(&p);
}

/* As pandas writes columns that have gaps: numbers that are real, and null where there is nothing. */
static void whole_numbers_and_gaps_may_be_written_otherwise(void)
{
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;

	CHECK(parse(&p,
		    "{\"message\":\"next\",\"timestamp\":1704067200000.0,\"user\":42.0,\"track\":7.96e2,\"time\":1,"
		    "\"latency\":0,\"recommendation\":3859.0,\"source\":\"similar\",\"pool\":9.0,\"exclude\":[7.0,8],"
		    "\"experiments\":{\"AA\":\"T1\"}}",
		    &ev, &e) == 0);
	CHECK(ev.timestamp == 1704067200000 && ev.user == 42 && ev.track == 796 && ev.recommendation == 3859 &&
	      ev.pool == 9);
	CHECK(ev.n_exclude == 2 && ev.exclude[0] == 7 && ev.exclude[1] == 8 && ev.n_arms == 1);
	CHECK(parse(&p,
		    "{\"message\":\"last\",\"timestamp\":null,\"user\":1,\"track\":2,\"time\":1.0,\"latency\":null,"
		    "\"recommendation\":null,\"source\":null,\"pool\":null,\"exclude\":null,"
		    "\"experiments\":null,\"error\":null}",
		    &ev, &e) == 0);
	CHECK(ev.timestamp == EVENT_NO_TIMESTAMP && isnan(ev.latency) && ev.recommendation == EVENT_NO_TRACK);
	CHECK(ev.source.len == 0 && ev.pool == 0 && ev.n_exclude == 0 && ev.n_arms == 0);
	event_parser_clear(&p);
}

static void unknown_keys_are_ignored(void)
{
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;

	CHECK(parse(&p,
		    "{\"Message\":5,\"device\":{\"user\":1,\"nested\":[[]]},"
		    "\"message\":\"next\",\"user\":3,\"track\":4,"
		    "\"time\":1e-2,\"\":null}",
		    &ev, &e) == 0);
	CHECK(ev.user == 3 && ev.track == 4 && ev.time == 0.01);
	event_parser_clear(&p);
}

/* A key that is required, or what it would have to be, is in the reason. */
static void every_mistake_has_its_reason(void)
{
#define WITH(rest) "{\"message\":\"next\",\"user\":1,\"track\":2,\"time\":0.5," rest "}"
#define NO_ID " is not an id (a whole number from 0 to 2147483647)"
	static const struct {
		const char *line, *reason;
	} known[] = {
		{"{}", "\"message\" is missing"},
		{"{\"message\":\"next\",\"track\":2,\"time\":0.5}", "\"user\" is missing"},
		{"{\"message\":\"next\",\"user\":1,\"time\":0.5}", "\"track\" is missing"},
		{"{\"message\":\"next\",\"user\":1,\"track\":2}", "\"time\" is missing"},
		{"{\"message\":\"first\",\"user\":1,\"track\":2,\"time\":1}",
		 "\"message\" is neither \"next\" nor \"last\""},
		{"{\"message\":1,\"user\":1,\"track\":2,\"time\":1}", "\"message\" is neither \"next\" nor \"last\""},
		{"{\"message\":\"next\",\"user\":-1,\"track\":2,\"time\":1}", "\"user\"" NO_ID},
		{"{\"message\":\"next\",\"user\":\"1\",\"track\":2,\"time\":1}", "\"user\"" NO_ID},
		{"{\"message\":\"next\",\"user\":1,\"track\":2147483648,\"time\":1}", "\"track\"" NO_ID},
		{"{\"message\":\"next\",\"user\":1,\"track\":null,\"time\":1}", "\"track\"" NO_ID},
		{"{\"message\":\"next\",\"user\":1,\"track\":2,\"time\":1.01}", "\"time\" is not a number from 0 to 1"},
		{"{\"message\":\"next\",\"user\":1,\"track\":2,\"time\":-0.01}",
		 "\"time\" is not a number from 0 to 1"},
		{"{\"message\":\"next\",\"user\":1,\"track\":2,\"time\":null}", "\"time\" is not a number from 0 to 1"},
		{WITH("\"timestamp\":1.5"), "\"timestamp\" is not a whole number of milliseconds"},
		{WITH("\"timestamp\":\"1\""), "\"timestamp\" is not a whole number of milliseconds"},
		{WITH("\"timestamp\":1e300"), "\"timestamp\" is not a whole number of milliseconds"},
		{"{\"message\":\"next\",\"user\":1.5,\"track\":2,\"time\":1}", "\"user\"" NO_ID},
		{"{\"message\":\"next\",\"user\":1,\"track\":2147483648.0,\"time\":1}", "\"track\"" NO_ID},
		{WITH("\"recommendation\":-1.0"), "\"recommendation\"" NO_ID},
		{WITH("\"exclude\":[1.0,null]"), "\"exclude\"" NO_ID},
		{WITH("\"experiments\":{\"E\":null}"), "the arm of experiment \"E\" is not a string"},
		{WITH("\"timestamp\":-9223372036854775808"), "\"timestamp\" is not a whole number of milliseconds"},
		{WITH("\"latency\":-1"), "\"latency\" is not a number of seconds"},
		{WITH("\"latency\":\"1\""), "\"latency\" is not a number of seconds"},
		{WITH("\"latency\":622222222222222222222"), "not a JSON object: too big integer (column 79)"},
		{WITH("\"recommendation\":2147483648"), "\"recommendation\"" NO_ID},
		{WITH("\"recommendation\":false"), "\"recommendation\"" NO_ID},
		{WITH("\"source\":1"), "\"source\" is not a string"},
		{WITH("\"pool\":0"), "\"pool\" is not a count of candidates"},
		{WITH("\"pool\":1.5"), "\"pool\" is not a count of candidates"},
		{WITH("\"exclude\":7"), "\"exclude\" is not an array of track ids"},
		{WITH("\"exclude\":[7,-1]"), "\"exclude\"" NO_ID},
		{WITH("\"experiments\":[\"A\"]"), "\"experiments\" is not an object of arms"},
		{WITH("\"experiments\":{\"E\":1}"), "the arm of experiment \"E\" is not a string"},
		{WITH("\"error\":\"it broke\""), "an error, not an event: it broke"},
		{"{\"error\":\"\\\"time\\\" is missing\",\"line\":3}", "an error, not an event: \"time\" is missing"},
		{"{\"error\":5}", "an error, not an event: (no text)"},
		{WITH("\"user\":1"), "not a JSON object: duplicate object key near '\"user\"' (column 54)"},
		{"[]", "not a JSON object"},
		{"{\"message\":\"next\",\"user\":1,\"track\":2,\"time\":0.5} x",
		 "not a JSON object: end of file expected near 'x' (column 50)"},
	};
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(parse(&p, known[i].line, &ev, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		/* and the parser goes on */
		CHECK(parse(&p, WITH("\"pool\":3"), &ev, &e) == 0 && ev.pool == 3);
	}
	event_parser_clear(&p);
}

static void nul_bytes_are_refused(void)
{
	static const char line[] = "{\"message\":\"next\",\"user\":1,\"track\":2,\"time\":0.5\0}";
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;

	CHECK(event_parse(&p, line, sizeof line - 1, &ev, &e) == -1);
	CHECK_STR(e.text, "NUL byte");
	event_parser_clear(&p);
}

static void escapes_are_resolved(void)
{
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;

	CHECK(parse(&p,
		    "{\"\\u006dessage\":\"ne\\u0078t\",\"user\":1,\"track\":2,\"time\":1,"
		    "\"source\":\"a\\\"b\\\\c\\/\\n\\u00e9\","
		    "\"experiments\":{\"\\ud83c\\udfb5\":\"\xe2\x82\xac\"}}",
		    &ev, &e) == 0);
	CHECK(slice_is(ev.source, "a\"b\\c/\n\xc3\xa9"));
	CHECK(slice_is(ev.arms[0].experiment, "\xf0\x9f\x8e\xb5") && slice_is(ev.arms[0].arm, "\xe2\x82\xac"));
	event_parser_clear(&p);
}

/* What was written, with a NUL behind it. Valid until the next call. */
static const char *text_of(struct out *o)
{
	out_put(o, "", 1);
	return o->buf + o->head;
}

static const char *written(const struct event *ev, bool answered)
{
	static struct out o;

	out_clear(&o);
	out_init(&o, -1, "none");
	event_write(&o, ev, answered);
	return text_of(&o);
}

static void events_are_written_exactly(void)
{
	static const uint32_t exclude[] = {7, 2147483647};
	const struct event_arm arms[] = {{slice_of("AA"), slice_of("T1")}, {slice_of("F\"\n"), slice_of("C")}};
	struct event ev = event_of(EVENT_NEXT, 42, 796, 0.81);

	CHECK_STR(written(&ev, false), "{\"message\":\"next\",\"user\":42,\"track\":796,\"time\":0.81}\n");
	CHECK_STR(written(&ev, true),
		  "{\"message\":\"next\",\"user\":42,\"track\":796,\"time\":0.81,"
		  "\"recommendation\":null,\"experiments\":{}}\n");
	ev.timestamp = 1704067200000;
	ev.latency = 0.0000021;
	ev.recommendation = 3859;
	ev.source = slice_of("similar");
	ev.pool = 9;
	ev.exclude = exclude;
	ev.n_exclude = 2;
	ev.arms = arms;
	ev.n_arms = 2;
	CHECK_STR(written(&ev, true),
		  "{\"message\":\"next\",\"timestamp\":1704067200000,\"user\":42,\"track\":796,\"time\":0.81,"
		  "\"latency\":0.0000021,\"recommendation\":3859,\"source\":\"similar\",\"pool\":9,"
		  "\"exclude\":[7,2147483647],"
		  "\"experiments\":{\"AA\":\"T1\",\"F\\\"\\u000a\":\"C\"}}\n");
	ev = event_of(EVENT_NEXT, 1, 2, 0);
	ev.recommendation = 3;
	ev.source = slice_of("i2i");
	ev.propensity = 0.25;
	ev.candidates = (const struct event_candidate[]){{3, 0.75}, {9, 0.001}};
	ev.n_candidates = 2;
	CHECK_STR(written(&ev, true),
		  "{\"message\":\"next\",\"user\":1,\"track\":2,\"time\":0,\"recommendation\":3,"
		  "\"source\":\"i2i\",\"propensity\":0.25,"
		  "\"candidates\":[{\"track\":3,\"score\":0.75},{\"track\":9,\"score\":0.001}],\"experiments\":{}}\n");
	ev = event_of(EVENT_LAST, 0, 0, 0);
	ev.latency = 0;
	CHECK_STR(written(&ev, false), "{\"message\":\"last\",\"user\":0,\"track\":0,\"time\":0,\"latency\":0}\n");
	ev.time = NAN;
	CHECK_STR(written(&ev, false), "{\"message\":\"last\",\"user\":0,\"track\":0,\"time\":null,\"latency\":0}\n");
	written(&ev, false);
}

static void errors_are_written_exactly(void)
{
	struct out o;

	out_init(&o, -1, "none");
	event_write_error(&o, "\"time\" is \\ \x01 missing", 12);
	CHECK_STR(text_of(&o), "{\"error\":\"\\\"time\\\" is \\\\ \\u0001 missing\",\"line\":12}\n");
	out_clear(&o);
}

/* The room that the writer makes has to hold the longest there is: ASan looks on. */
static void the_longest_event_fits(void)
{
	enum { N = 100000 };
	char *controls = malloc(N);
	uint32_t *exclude = malloc(N * sizeof *exclude);
	struct event ev = event_of(EVENT_NEXT, UINT32_MAX - 1, UINT32_MAX - 1, -1.7976931348623157e308);
	struct event_arm arm;

	memset(controls, 1, N);
	memset(exclude, 0xff, N * sizeof *exclude);
	ev.timestamp = INT64_MIN + 1;
	ev.latency = -2.2250738585072014e-308;
	ev.recommendation = UINT32_MAX - 1;
	ev.pool = UINT32_MAX;
	ev.source = arm.experiment = arm.arm = (struct slice){.text = controls, .len = N};
	ev.exclude = exclude;
	ev.n_exclude = N;
	ev.arms = &arm;
	ev.n_arms = 1;
	CHECK(strlen(written(&ev, true)) == 3 * 6 * N + 11 * N + 248);
	free(controls);
	free(exclude);
}

static struct slice random_text(struct rng *r, char *room)
{
	static const char *const pieces[] = {"a", "Z", "\"", "\\", "\n", "\x7f", "\x1f", "/", "\xc3\xa9",
					     "\xf0\x9f\x8e\xb5", " "};
	size_t n = rng_below(r, 8);

	*room = 0;
	for (size_t i = 0; i < n; i++)
		strcat(room, pieces[rng_below(r, sizeof pieces / sizeof *pieces)]);
	return slice_of(room);
}

static bool same(const struct event *a, const struct event *b)
{
	bool equal = a->message == b->message && a->timestamp == b->timestamp && a->user == b->user &&
		     a->track == b->track &&
		     a->time == b->time &&
		     (a->latency == b->latency || (isnan(a->latency) && isnan(b->latency))) &&
		     a->recommendation == b->recommendation && slice_equal(a->source, b->source) &&
		     a->pool == b->pool && a->n_exclude == b->n_exclude && a->n_arms == b->n_arms;

	for (size_t i = 0; equal && i < a->n_exclude; i++)
		equal = a->exclude[i] == b->exclude[i];
	for (size_t i = 0; equal && i < a->n_arms; i++)
		equal = slice_equal(a->arms[i].experiment, b->arms[i].experiment) &&
			slice_equal(a->arms[i].arm, b->arms[i].arm);
	return equal;
}

static void what_was_written_is_read_back(void)
{
	struct event_parser p = {0};
	struct errmsg e;

	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(5, RNG_WORLD, i, 0, 0);
		char source[64], experiment[4][64], arm[4][64];
		uint32_t exclude[5];
		struct event_arm arms[4];
		struct event back, ev = event_of(i % 2 ? EVENT_NEXT : EVENT_LAST, rng_u32(&r) >> 1,
						 rng_u32(&r) >> rng_below(&r, 31) >> 1,
						 i % 3 ? rng_below(&r, 101) / 100. : rng_uniform(&r));
		const char *text;

		if (i % 5)
			ev.timestamp = (int64_t)((uint64_t)rng_u32(&r) << 32 | rng_u32(&r)) | 1;
		if (i % 7)
			ev.latency = rng_uniform(&r) * (i % 4 ? 1 : 1e-6);
		if (i % 11)
			ev.recommendation = rng_u32(&r) >> 1;
		ev.source = random_text(&r, source);
		ev.pool = i % 13 ? 1 + rng_below(&r, 1000) : 0;
		ev.exclude = exclude;
		ev.n_exclude = rng_below(&r, 6);
		for (size_t j = 0; j < ev.n_exclude; j++)
			exclude[j] = rng_u32(&r) >> 1;
		ev.arms = arms;
		ev.n_arms = rng_below(&r, 5);
		for (size_t j = 0; j < ev.n_arms; j++) {
			random_text(&r, experiment[j]);
			sprintf(experiment[j] + strlen(experiment[j]), "%zu", j);
			arms[j] = (struct event_arm){slice_of(experiment[j]), random_text(&r, arm[j])};
		}
		text = written(&ev, true);
		CHECK(event_parse(&p, text, strlen(text) - 1, &back, &e) == 0);
		if (!same(&ev, &back)) {
			printf("# %s", text);
			CHECK(!"the same event");
		}
	}
	event_parser_clear(&p);
}

static void slices_are_compared_by_their_bytes(void)
{
	CHECK(slice_equal((struct slice){NULL, 0}, slice_of("")));
	CHECK(!slice_equal(slice_of("a"), slice_of("b")));
	CHECK(!slice_equal(slice_of("a"), slice_of("ab")));
	CHECK(slice_equal(slice_of("ab"), (struct slice){"abc", 2}));
}

/* One request that excludes most of a catalog leaves no more memory behind than others. */
static void a_long_exclude_gives_its_memory_back(void)
{
	enum { IDS = 500000 };
	char *text = malloc(IDS * 8 + 200);
	struct event_parser p = {0};
	struct event ev;
	struct errmsg e;
	size_t len = (size_t)sprintf(text, "{\"message\":\"next\",\"timestamp\":1,\"user\":1,\"track\":1,\"time\":1,"
						 "\"exclude\":[0");

	for (int i = 1; i < IDS; i++)
		len += (size_t)sprintf(text + len, ",%d", i);
	strcpy(text + len, "]}");
	CHECK(parse(&p, text, &ev, &e) == 0 && ev.n_exclude == IDS && ev.exclude[IDS - 1] == IDS - 1);
	event_parser_reset(&p);
	CHECK(p.exclude_cap < 100000 && p.arena.chunks == NULL);
	CHECK(parse(&p, "{\"message\":\"next\",\"timestamp\":1,\"user\":1,\"track\":1,\"time\":1,\"exclude\":[7]}", &ev,
		    &e) == 0);
	CHECK(ev.n_exclude == 1 && ev.exclude[0] == 7);
	event_parser_clear(&p);
	free(text);
}

int main(void)
{
	RUN(every_key_is_read);
	RUN(a_long_exclude_gives_its_memory_back);
	RUN(what_is_absent_has_its_default);
	RUN(experiments_are_those_of_the_line);
	RUN(numbers_are_read_exactly);
	RUN(whole_numbers_and_gaps_may_be_written_otherwise);
	RUN(unknown_keys_are_ignored);
	RUN(every_mistake_has_its_reason);
	RUN(nul_bytes_are_refused);
	RUN(escapes_are_resolved);
	RUN(events_are_written_exactly);
	RUN(errors_are_written_exactly);
	RUN(the_longest_event_fits);
	RUN(what_was_written_is_read_back);
	RUN(slices_are_compared_by_their_bytes);
	return DONE();
}
