#include "study/partial.h"

#include <stdlib.h>

#include "base/rng.h"
#include "report/analysis.h"
#include "report/report.h"
#include "study/effects.h"
#include "study/user_values.h"
#include "unit/fixture.h"

static struct errmsg e;
static struct catalog catalog;
static const struct study_keep everything = {
	.before = true, .moment = 150000000, .days = true, .sessions = true, .recommendations = true,
	.catalog = &catalog,
};

/* The events of a log: users in several experiments, of which some begin late, and with all that is wrong in a log. */
static void add_event(struct study *s, uint32_t i)
{
	static const char *const arms[] = {"C", "T1", "T\"2"}, *const sources[] = {"random", "", "similar"};
	struct rng r = rng_at(5, RNG_WORLD, i, 0, 0);
	uint32_t user = rng_below(&r, 97) * 31;
	struct event_arm in[3] = {{slice_of("ü X"), slice_of(arms[user % 3])},
				  {slice_of("late"), slice_of(arms[user % 2])},
				  {slice_of("AA"), slice_of(arms[(user + (rng_below(&r, 500) == 0)) % 3])}};
	struct event ev = event_of(rng_below(&r, 4) == 0 ? EVENT_LAST : EVENT_NEXT, user, rng_below(&r, 12),
				   rng_uniform(&r));
	bool early;

	ev.timestamp = rng_below(&r, 50) == 0 ? EVENT_NO_TIMESTAMP : rng_below(&r, 20) == 0 ? i - 30 : i * 100000;
	ev.latency = rng_below(&r, 9) == 0 ? NAN : rng_uniform(&r) / 1000;
	ev.recommendation = ev.message == EVENT_LAST ? EVENT_NO_TRACK : rng_below(&r, 12);
	ev.source = slice_of(sources[rng_below(&r, 3)]);
	ev.pool = rng_below(&r, 20);
	/* AA began before the moment; the others did not, whatever the time that an event gives */
	early = i < 2000 || (ev.timestamp != EVENT_NO_TIMESTAMP && ev.timestamp < everything.moment);
	ev.arms = early ? in + 2 : in;
	ev.n_arms = early || user % 5 == 0 ? 1 : 3;
	for (uint32_t again = 0; again < 1 + (rng_below(&r, 40) == 0); again++)
		CHECK(study_add(s, &ev, &e) == 0);
}

/* A study of the users that fall on part `part` of `parts`. */
static void read_part(struct study *s, enum study_order order, const struct study_keep *keep, uint32_t part,
		      uint32_t parts)
{
	study_init(s, order, NULL, 0);
	study_keep(s, keep);
	s->malformed = part == 0 ? 3 : 0;
	s->unread = part == 0;
	for (uint32_t i = 0; i < 8000; i++) {
		struct rng r = rng_at(5, RNG_WORLD, i, 0, 0);

		if (rng_below(&r, 97) * 31 % parts == part)
			add_event(s, i);
	}
	CHECK(study_end(s, &e) == 0);
}

static char *part_of(const struct study *s)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	CHECK(partial_write(s, f, &e) == 0);
	fclose(f);
	return text;
}

static char *report_of(const struct study *s, const char *format)
{
	struct analysis_options options = analysis_defaults();
	const struct report_style plain = {.colour = false};
	struct analysis analysis;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	options.effects.samples.adjust = s->keep.before;
	CHECK(analysis_run(&analysis, s, &options, &e) == 0);
	CHECK(report_format_find(format)->write(&analysis, &plain, f, &e) == 0);
	fclose(f);
	analysis_clear(&analysis);
	return text;
}

static void merge(struct study *s, const struct study_keep *keep, char *const *paths, size_t n)
{
	e.text[0] = 0;
	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, keep);
	CHECK(partial_read(s, paths, n, &e) == 0);
	CHECK_STR(e.text, "");
	CHECK(study_end(s, &e) == 0);
}

/* The users of an experiment one by one: what they did, did before, and did on each day and in each session. */
static void check_same_users(const struct study *whole, const struct study *merged, uint32_t x)
{
	struct user_values a, b;

	CHECK(user_values_init(&a, whole, x, NULL, &e) == 0 && user_values_init(&b, merged, x, NULL, &e) == 0);
	CHECK(a.n == b.n && memcmp(a.ids, b.ids, a.n * sizeof *a.ids) == 0);
	for (size_t k = 0; k < METRICS_N; k++) {
		CHECK(memcmp(a.values[k], b.values[k], a.n * sizeof(double)) == 0);
		CHECK((a.covariates[k] != NULL) == (whole->keep.before && whole->experiments[x].early == 0));
		CHECK(a.covariates[k] ? memcmp(a.covariates[k], b.covariates[k], a.n * sizeof(double)) == 0
				      : !b.covariates[k]);
	}
	for (size_t i = 0; i < a.n; i++) {
		const struct days_sums *p = days_latest(&whole->days, a.participants[i]);
		const struct days_sums *q = days_latest(&merged->days, b.participants[i]);

		for (; p && q; p = days_earlier(&whole->days, p), q = days_earlier(&merged->days, q))
			CHECK(p->day == q->day && p->sessions == q->sessions &&
			      memcmp(&p->did, &q->did, sizeof p->did) == 0);
		CHECK(!p && !q);
	}
	CHECK(whole->days.n == merged->days.n && whole->sessions.n == merged->sessions.n);
	CHECK(whole->recommendations.keys.n == merged->recommendations.keys.n);
	user_values_clear(&a);
	user_values_clear(&b);
}

/* How many experiments began before the moment, and how many did not. */
static void check_early(const struct study *s, size_t early, size_t others)
{
	for (size_t i = 0; i < s->names.n; i++) {
		early -= s->experiments[i].early > 0;
		others -= s->experiments[i].early == 0;
	}
	CHECK(early == 0 && others == 0);
}

static void check_same(const struct study *whole, const struct study *merged)
{
	static const char *const formats[] = {"json", "csv", "table"};
	char *want = part_of(whole), *got = part_of(merged);

	for (uint32_t x = 0; x < whole->names.n; x++)
		check_same_users(whole, merged, x);
	CHECK_STR(got, want);
	free(want);
	free(got);
	for (size_t i = 0; i < 3; i++) {
		want = report_of(whole, formats[i]);
		got = report_of(merged, formats[i]);
		CHECK_STR(got, want);
		free(want);
		free(got);
	}
}

/* The parts are written to files of their own, and read from the last to the first. */
static void check_split(const struct study *whole, enum study_order order, const struct study_keep *keep,
			uint32_t parts)
{
	char names[100][16], *paths[100];
	struct study s;

	for (uint32_t i = 0; i < parts; i++) {
		char *text;

		read_part(&s, order, keep, i, parts);
		text = part_of(&s);
		snprintf(names[i], sizeof names[i], "part%u", i);
		paths[parts - 1 - i] = names[i];
		fixture_file(names[i], text);
		free(text);
		study_clear(&s);
	}
	merge(&s, keep, paths, parts);
	check_same(whole, &s);
	study_clear(&s);
	for (uint32_t i = 0; i < parts; i++)
		unlink(names[i]);
}

static void any_split_by_user_merges_to_the_whole(void)
{
	static const struct study_keep nothing;
	static const uint32_t parts[] = {1, 2, 7, 100};

	for (int order = STUDY_STREAM; order <= STUDY_HOLD; order++)
		for (int keep = 0; keep < 2; keep++) {
			struct study whole;

			read_part(&whole, (enum study_order)order, keep ? &everything : &nothing, 0, 1);
			CHECK(whole.names.n == 3 && whole.duplicates > 20 && whole.out_of_order > 100 &&
			      whole.after_end > 100);
			CHECK(whole.experiments[0].summary.two_arms > 0 && whole.unfinished > 20);
			for (size_t i = 0; i < 4; i++)
				check_split(&whole, (enum study_order)order, keep ? &everything : &nothing, parts[i]);
			study_clear(&whole);
		}
}

/* What was kept besides what is asked for now is passed over. */
static void a_part_may_have_more_than_is_asked_for(void)
{
	const struct study_keep days = {.days = true}, more = {.days = true, .sessions = true, .recommendations = true};
	char name[] = "file", *paths[] = {name}, *text;
	struct study whole, merged;

	read_part(&whole, STUDY_STREAM, &more, 0, 1);
	text = part_of(&whole);
	fixture_file("file", text);
	free(text);
	study_clear(&whole);
	merge(&merged, &days, paths, 1);
	CHECK(merged.sessions.n == 0 && merged.recommendations.keys.n == 0 && merged.days.n > 100);
	read_part(&whole, STUDY_STREAM, &days, 0, 1);
	check_same(&whole, &merged);
	study_clear(&whole);
	study_clear(&merged);
}

/* Concatenated and sorted as text, which puts what the parts are first. */
static void parts_may_be_concatenated_and_sorted(void)
{
	char name[] = "file", *paths[] = {name}, *text;
	struct study whole, part, merged;
	FILE *f = fopen("state", "w");

	read_part(&whole, STUDY_STREAM, &everything, 0, 1);
	for (uint32_t i = 0; i < 3; i++) {
		read_part(&part, STUDY_STREAM, &everything, i, 3);
		text = part_of(&part);
		fputs(text, f);
		free(text);
		study_clear(&part);
	}
	fclose(f);
	CHECK(system("LC_ALL=C sort -o file state") == 0);
	merge(&merged, &everything, paths, 1);
	check_same(&whole, &merged);
	study_clear(&whole);
	study_clear(&merged);
}

#define HEAD_UP_TO(rows) \
	"{\"partial\":\"botify-abtest\",\"version\":1,\"events\":1,\"duplicate_events\":0," \
	"\"out_of_order_events\":0,\"sorted\":false," \
	"\"events_after_end\":0,\"malformed_lines\":0,\"unread_files\":0,\"undated_sessions\":0," \
	"\"covariate_before\":null," \
	"\"days\":false,\"sessions\":false,\"answers\":false,\"artists\":false," \
	"\"experiments\":[{\"experiment\":\"X\",\"first\":null," \
	"\"place\":0,\"arms\":[\"C\"]}," \
	"{\"experiment\":\"Y\",\"first\":5,\"place\":1,\"arms\":null}],\"rows\":" rows "}\n"
#define MEMBER "\"arm\":\"C\",\"sessions\":1,\"time\":0.5,\"tracks\":1,\"latency\":0,\"latencies\":0,\"open\":false"
#define USER(id) "{\"user\":" id ",\"open\":false,\"experiments\":{\"X\":{" MEMBER "}}}\n"

static int try(const char *text, const struct study_keep *keep, char *const *wanted, size_t n_wanted)
{
	char name[] = "file", *paths[] = {name};
	struct study s;
	int status;

	fixture_file("file", text);
	study_init(&s, STUDY_STREAM, wanted, n_wanted);
	study_keep(&s, keep);
	status = partial_read(&s, paths, 1, &e);
	if (status == 0)
		CHECK(study_end(&s, &e) == 0 && s.n_users == 1);
	study_clear(&s);
	return status;
}

static void what_is_wrong_is_told(void)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"", "file: empty: not written by --partial, or cut"},
		{USER("1"), "file:1: not a part of a log: it does not begin as what --partial writes"},
		{"{\"partial\":\"botify-toppop\"}", "file:1: a part of something else than botify-abtest"},
		{"{\"partial\":7}", "file:1: a part of something else than botify-abtest"},
		{"{\"partial\":\"botify-abtest\",\"version\":2}",
		 "file:1: was written in version 2 of the format; this is 1"},
		{"{\"partial\":\"botify-abtest\",\"version\":1}",
		 "file:1: not a part of a log: \"days\" is neither true nor false"},
		{HEAD_UP_TO("1"), "file: 0 rows instead of 1: cut, or incomplete"},
		{HEAD_UP_TO("2") USER("1"), "file: 1 rows instead of 2: cut, or incomplete"},
		{HEAD_UP_TO("1") USER("1") USER("2"), "file: 2 rows instead of 1: cut, or incomplete"},
		{HEAD_UP_TO("2") USER("1") "{\"user\":2,\"open", NULL},
		{HEAD_UP_TO("2") USER("1") USER("1"), "file:3: user 1 is in file too: parts must be split by user"},
		{HEAD_UP_TO("1") USER("-1"),
		 "file:2: not a part of a log: \"user\" is not an id (a whole number from 0 to 2147483647)"},
		{HEAD_UP_TO("1") "{\"user\":1}", "file:2: not a part of a log: \"open\" is neither true nor false"},
		{HEAD_UP_TO("1") "{\"user\":1,\"open\":true}",
		 "file:2: not a part of a log: \"experiments\" is not an object"},
		{HEAD_UP_TO("1") "{\"user\":1,\"open\":true,\"experiments\":{\"Z\":{}}}",
		 "file:2: not a part of a log: experiment 'Z' was not named before"},
		{HEAD_UP_TO("1") "{\"user\":1,\"open\":true,"
		 "\"experiments\":{\"X\":{\"arm\":\"T\"}}}",
		 "file:2: not a part of a log: \"arm\" is none of those named before"},
		{HEAD_UP_TO("1") "{\"user\":1,\"open\":true,"
		 "\"experiments\":{\"X\":{\"arm\":\"C\",\"open\":false,\"sessions\":-1}}}",
		 "file:2: not a part of a log: \"sessions\" is not a count"},
		{HEAD_UP_TO("1") "{\"user\":1,\"open\":true,"
		 "\"experiments\":{\"X\":{\"arm\":\"C\",\"open\":false,\"sessions\":4294967296}}}",
		 "file:2: not a part of a log: \"sessions\" is not a count"},
		{HEAD_UP_TO("1") "{\"user\":1,\"open\":true,"
		 "\"experiments\":{\"X\":{\"arm\":null,\"open\":false,\"sessions\":1,\"time\":\"1\"}}}",
		 "file:2: not a part of a log: \"time\" is not a number"},
		{HEAD_UP_TO("1") "{\"source\":\"x\",\"experiment\":\"Z\"}",
		 "file:2: not a part of a log: answers of no source or of no experiment"},
	};
	static const struct study_keep nothing;
	char x[] = "X", *wanted[] = {x};

	CHECK(try(HEAD_UP_TO("1") USER("1"), &nothing, wanted, 1) == 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(try(cases[i].text, &nothing, wanted, 1) < 0);
		if (cases[i].reason)
			CHECK_STR(e.text, cases[i].reason);
	}
}

static void a_part_of_another_study_is_refused(void)
{
	static const struct {
		struct study_keep keep;
		const char *reason;
	} cases[] = {
		{{.days = true}, "file:1: was written without days, which cannot be made up for here"},
		{{.sessions = true}, "file:1: was written without sessions, which cannot be made up for here"},
		{{.recommendations = true}, "file:1: was written without answers, which cannot be made up for here"},
		{{.before = true, .moment = 5}, "file:1: was written without --covariate-before"},
		{{0}, "file:1: was written without experiment 'Y': name the same with --experiment"},
	};
	static const struct study_keep other = {.before = true, .moment = 4};
	char x[] = "X", *wanted[] = {x};
	struct study s;
	char *text;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(try(HEAD_UP_TO("1") USER("1"), &cases[i].keep, wanted, i < 4) < 0);
		CHECK_STR(e.text, cases[i].reason);
	}
	read_part(&s, STUDY_STREAM, &everything, 0, 1);
	check_early(&s, 1, 2);
	text = part_of(&s);
	CHECK(try(text, &other, NULL, 0) < 0);
	CHECK_STR(e.text, "file:1: was written with --covariate-before 150000000: give that here too");
	/* what began before is to be told */
	memcpy(strstr(text, "\"events_before\""), "\"events_behind\"", strlen("\"events_behind\""));
	CHECK(try(text, &everything, NULL, 0) < 0);
	CHECK_STR(e.text, "file:1: not a part of a log: \"events_before\" is not an object");
	free(text);
	study_clear(&s);
}

static void a_user_in_two_files_is_told_with_both(void)
{
	char first[] = "file", second[] = "state", *paths[] = {first, second};
	struct study s;
	char x[] = "X", *wanted[] = {x};

	fixture_file("file", HEAD_UP_TO("1") USER("7"));
	fixture_file("state", HEAD_UP_TO("2") USER("8") USER("7"));
	study_init(&s, STUDY_STREAM, wanted, 1);
	CHECK(partial_read(&s, paths, 2, &e) < 0);
	CHECK_STR(e.text, "state:3: user 7 is in file too: parts must be split by user");
	study_clear(&s);
}

/* The whole is sorted where all that had to be was. */
static void sorted_is_what_all_parts_say(void)
{
	static const struct {
		int a_late, a_sorted, b_late, b_sorted, sorted;
	} cases[] = {
		{0, 0, 0, 0, 0}, {1, 1, 0, 0, 1}, {0, 0, 1, 1, 1}, {1, 1, 1, 1, 1}, {1, 0, 1, 1, 0}, {1, 1, 1, 0, 0},
		{1, 0, 0, 0, 0},
	};
	char first[] = "file", second[] = "state", *paths[] = {first, second};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct study part, s;

		for (int k = 0; k < 2; k++) {
			char *text;

			study_init(&part, STUDY_STREAM, NULL, 0);
			part.out_of_order = (uint64_t)(k ? cases[i].b_late : cases[i].a_late);
			part.sorted = k ? cases[i].b_sorted : cases[i].a_sorted;
			CHECK(study_end(&part, &e) == 0);
			text = part_of(&part);
			fixture_file(paths[k], text);
			free(text);
			study_clear(&part);
		}
		study_init(&s, STUDY_STREAM, NULL, 0);
		CHECK(partial_read(&s, paths, 2, &e) == 0);
		CHECK(s.sorted == cases[i].sorted && s.out_of_order == (uint64_t)(cases[i].a_late + cases[i].b_late));
		study_clear(&s);
	}
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	fixture_catalog(&catalog, 10, 3, 1);
	RUN(any_split_by_user_merges_to_the_whole);
	RUN(a_part_may_have_more_than_is_asked_for);
	RUN(parts_may_be_concatenated_and_sorted);
	RUN(what_is_wrong_is_told);
	RUN(a_part_of_another_study_is_refused);
	RUN(a_user_in_two_files_is_told_with_both);
	RUN(sorted_is_what_all_parts_say);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}
