#include "rank/tops.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"

static char arm_c[] = "C", arm_t[] = "T1", arm_x[] = "X";

/* An event of one play, on an arm of experiment E unless arm is NULL. */
static void play_as(struct tops *t, uint32_t user, uint32_t track, double time, const char *arm)
{
	struct event_arm arms[] = {{slice_of("OTHER"), slice_of("C")}, {slice_of("E"), slice_of(arm ? arm : "")}};
	struct event ev = event_of(EVENT_NEXT, user, track, time);
	struct errmsg e;

	ev.arms = arms;
	ev.n_arms = arm ? 2 : 1;
	CHECK(tops_add(t, &ev, &e) == 0);
}

static void play(struct tops *t, uint32_t track, double time, const char *arm)
{
	play_as(t, 1, track, time, arm);
}

/* Some plays of a user, on two arms and on none. */
static void play_some_as(struct tops *t, uint32_t user)
{
	play_as(t, user, 5, 1, "T1");
	play_as(t, user, 1, 0.5, "C");
	play_as(t, user, 2, 0.75, "C");
	play_as(t, user, 1, 0.5, "C");
	play_as(t, user, 2, 0.5, "T1");
	play_as(t, user, 9, 1, NULL);
}

static void play_some(struct tops *t)
{
	play_some_as(t, 1);
}

/* What the lists print as, ending them first. Yours to free; clears the lists. */
static char *printed(struct tops *t, const char *format, size_t limit)
{
	struct tops_output out = {.limit = limit};
	struct errmsg e;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	CHECK(tops_end(t, &e) == 0);
	CHECK(tops_format_find(format)->write(t, &out, f, &e) == 0);
	fclose(f);
	tops_clear(t);
	return text;
}

static void check_printed(struct tops *t, const char *format, size_t limit, const char *want)
{
	char *got = printed(t, format, limit);

	CHECK_STR(got, want);
	free(got);
}

static void events_are_chosen_by_experiment_and_arm(void)
{
	char *const arms[] = {arm_t, arm_c}, *const only[] = {arm_t};
	const struct {
		struct tops_choice choice;
		const char *want;
	} known[] = {
		{{.experiment = NULL}, "[2,1,5,9]\n"},
		{{.experiment = "E"}, "[2,1,5]\n"},
		{{.experiment = "E", .arms = only, .n_arms = 1}, "[5,2]\n"},
		{{.experiment = "E", .arms = arms, .n_arms = 2}, "[2,1,5]\n"},
		{{.experiment = "E", .by_arm = true}, "{\"C\":[1,2],\"T1\":[5,2]}\n"},
		{{.experiment = "E", .arms = arms, .n_arms = 2, .by_arm = true}, "{\"C\":[1,2],\"T1\":[5,2]}\n"},
		{{.experiment = "E", .arms = only, .n_arms = 1, .by_arm = true}, "{\"T1\":[5,2]}\n"},
		{{.experiment = "OTHER", .by_arm = true}, "{\"C\":[2,1,5,9]}\n"},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct tops t;

		tops_init(&t, &known[i].choice);
		play_some(&t);
		CHECK(t.events == 6);
		CHECK(t.outside == (known[i].choice.experiment && known[i].choice.experiment[0] == 'E'));
		check_printed(&t, "json", 100, known[i].want);
	}
}

static void a_name_that_is_not_in_the_log_is_told(void)
{
	char *const arms[] = {arm_c, arm_x};
	const struct tops_choice unknown = {.experiment = "F"}, unused = {.experiment = "E", .arms = arms, .n_arms = 2};
	struct errmsg e;
	struct tops t;

	tops_init(&t, &unknown);
	play_some(&t);
	CHECK(tops_end(&t, &e) == -1);
	CHECK_STR(e.text, "no event is in experiment 'F'");
	tops_clear(&t);
	tops_init(&t, &unused);
	play_some(&t);
	CHECK(tops_end(&t, &e) == -1);
	CHECK_STR(e.text, "no event is on arm 'X' of experiment 'E'");
	tops_clear(&t);
}

static void a_log_without_events_gives_empty_lists(void)
{
	char *const arms[] = {arm_t, arm_c};
	struct tops_choice choice = {0};
	struct tops t;

	tops_init(&t, &choice);
	check_printed(&t, "json", 100, "[]\n");
	choice = (struct tops_choice){.experiment = "E", .by_arm = true};
	tops_init(&t, &choice);
	check_printed(&t, "json", 100, "{}\n");
	choice.arms = arms;
	choice.n_arms = 2;
	tops_init(&t, &choice);
	check_printed(&t, "json", 100, "{\"C\":[],\"T1\":[]}\n");
	tops_init(&t, &choice);
	check_printed(&t, "ndjson", 100, "");
	tops_init(&t, &choice);
	check_printed(&t, "table", 100, "arm  #  track  time  plays\n");
}

static void every_format_prints_the_first_of_each_list(void)
{
	const struct tops_choice choice = {.experiment = "E", .by_arm = true};
	struct tops t;

	tops_init(&t, &choice);
	play_some(&t);
	check_printed(&t, "json", 1, "{\"C\":[1],\"T1\":[5]}\n");
	tops_init(&t, &choice);
	play_some(&t);
	check_printed(&t, "ndjson", 1,
		      "{\"arm\":\"C\",\"track\":1,\"time\":1,\"plays\":2}\n"
		      "{\"arm\":\"T1\",\"track\":5,\"time\":1,\"plays\":1}\n");
	tops_init(&t, &choice);
	play_some(&t);
	check_printed(&t, "table", 1, "arm  #  track  time  plays\n"
				      "C    1      1  1.00      2\nT1   1      5  1.00      1\n");
	CHECK(tops_format_find("xml") == NULL);
}

static void arms_are_quoted(void)
{
	const struct tops_choice choice = {.experiment = "E", .by_arm = true};
	struct tops t;

	tops_init(&t, &choice);
	play(&t, 1, 1, "a\"\\\n\xc3\xa9");
	play(&t, 1, 1, "");
	check_printed(&t, "json", 9, "{\"\":[1],\"a\\\"\\\\\\n\xc3\xa9\":[1]}\n");
}

/* Partial counts in files: one of them for each of the texts. */
static char path[64];

static int read_text(struct tops *t, const char *text, size_t len, struct errmsg *e)
{
	int fd, status;

	strcpy(path, "/tmp/botify-test-XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	close(fd);
	status = tops_read_partial(t, path, e);
	unlink(path);
	return status;
}

static char *partial(struct tops *t, size_t *size)
{
	struct errmsg e;
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	CHECK(tops_write_partial(t, f, &e) == 0);
	fclose(f);
	tops_clear(t);
	return text;
}

static void a_part_says_how_it_was_counted(void)
{
	char *const arms[] = {arm_t, arm_c, arm_t};
	const struct tops_choice choice = {.experiment = "E", .arms = arms, .n_arms = 3, .recommended = true,
					   .partial = true};
	struct event ev = event_of(EVENT_NEXT, 4, 7, 1);
	struct errmsg e;
	struct tops t;
	size_t size;
	char *text;

	tops_init(&t, &choice);
	play(&t, 5, 1, "T1");
	ev.timestamp = 1000;
	ev.recommendation = 8;
	CHECK(tops_add(&t, &ev, &e) == 0);
	ev.track = 8;
	ev.timestamp = 2000;
	CHECK(tops_add(&t, &ev, &e) == 0);
	text = partial(&t, &size);
	CHECK(strstr(text, "{\"partial\":\"botify-toppop\",\"version\":3,\"experiment\":\"E\",\"arms\":[\"C\",\"T1\"],"
			   "\"recommended\":true,\"events\":3,\"outside\":2,\"from\":1000,\"until\":2000,\"lists\":[],"
			   "\"first_arms\":[\"T1\"],\"parts\":1,\"inputs\":[{\"digest\":\""));
	CHECK(strstr(text, "\",\"events\":3,\"from\":1000,\"until\":2000}],\"users\":2,\"bytes\":"));
	free(text);
}

static void merged_parts_are_the_whole(void)
{
	const struct tops_choice choice = {.experiment = "E", .by_arm = true, .partial = true};
	struct errmsg e;
	struct tops t, merged;
	char *parts[3], *want, *joined;
	size_t sizes[3], size = 0;

	tops_init(&t, &choice);
	for (uint32_t i = 0; i < 3; i++)
		play_some_as(&t, i);
	want = printed(&t, "ndjson", 100);

	for (uint32_t i = 0; i < 3; i++) {
		tops_init(&t, &choice);
		play_some_as(&t, i);
		parts[i] = partial(&t, &sizes[i]);
	}
	tops_init(&merged, &choice);
	for (int i = 0; i < 3; i++)
		CHECK(read_text(&merged, parts[i], sizes[i], &e) == 0);
	CHECK(tops_join_partials(&merged, false, &e) == 0);
	CHECK(merged.events == 18 && merged.outside == 3 && merged.parts.logs.parts == 3);
	check_printed(&merged, "ndjson", 100, want);

	joined = malloc(sizes[0] + sizes[1] + sizes[2]);
	for (int i = 2; i >= 0; i--) {
		memcpy(joined + size, parts[i], sizes[i]);
		size += sizes[i];
	}
	tops_init(&merged, &choice);
	CHECK(read_text(&merged, joined, size, &e) == 0);
	check_printed(&merged, "ndjson", 100, want);
	for (int i = 0; i < 3; i++)
		free(parts[i]);
	free(joined);
	free(want);
}

#define HEAD_OF(experiment, more) \
	"{\"partial\":\"botify-toppop\",\"version\":3,\"experiment\":" experiment ",\"recommended\":" more
#define TOTALS(experiment, lists, users) \
	HEAD_OF(experiment, "false,\"arms\":null,\"events\":2,\"outside\":0,\"from\":null,\"lists\":" lists \
			    ",\"first_arms\":[],\"parts\":1,\"inputs\":[],\"users\":" users)
#define NUMBERS "\1" "\2\1\1"

static char *part_with(const char *head, const char *numbers, size_t n, size_t *size)
{
	const struct part_bytes bytes = {.bytes = (unsigned char *)numbers, .n = n};
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	CHECK(part_write(head, strlen(head), &bytes, f) == 0);
	fclose(f);
	return text;
}

static void partial_counts_that_are_not_whole_are_refused(void)
{
	static const struct {
		const char *experiment, *head, *numbers, *reason;
	} known[] = {
		{NULL, TOTALS("null", "[\"\"]", "0"), NUMBERS, ""},
		{NULL, TOTALS("null", "[\"\"]", "0"), "\2\2\1\1", ": not a part of a log: its numbers are not right"},
		{NULL, TOTALS("null", "[\"\"]", "0"), NUMBERS "x", ": not a part of a log: its numbers are not right"},
		{NULL, TOTALS("null", "[\"\"]", "1"), NUMBERS, ": not a part of a log: its numbers are not right"},
		{NULL, TOTALS("null", "[\"\"]", "-1"), NUMBERS, ": not partial counts: \"users\" is not a count"},
		{NULL, TOTALS("null", "[\"C\"]", "0"), NUMBERS, ": not partial counts: \"lists\" are not arms"},
		{NULL, TOTALS("null", "7", "0"), "", ": not partial counts: \"lists\" are not arms"},
		{NULL, TOTALS("\"E\"", "[]", "0"), "", ": counted for experiment 'E': give --experiment here too"},
		{"E", TOTALS("null", "[]", "0"), "", ": counted without an experiment, so not for 'E'"},
		{"E", TOTALS("\"F\"", "[]", "0"), "", ": counted for experiment 'F', not for 'E'"},
		{NULL, "{\"partial\":\"botify-abtest\",\"version\":3", "", ": a part of something else than botify-toppop"},
		{NULL, "{\"partial\":\"botify-toppop\",\"version\":2", "",
		 ": was written in version 2 of the format; this is 3: make it again from its logs"},
		{NULL, HEAD_OF("null", "7"), "", ": not partial counts: \"recommended\" is neither true nor false"},
		{NULL, HEAD_OF("null", "false,\"arms\":7"), "", ": not partial counts: \"arms\" is not an array"},
		{NULL, HEAD_OF("null", "false,\"arms\":[7]"), "", ": not partial counts: an arm is not a string"},
		{NULL, HEAD_OF("null", "false,\"arms\":null,\"parts\":1"), "", ": not a part of a log: \"inputs\" are not logs"},
	};
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct tops_choice choice = {.experiment = known[i].experiment};
		size_t size;
		char *text = part_with(known[i].head, known[i].numbers, strlen(known[i].numbers), &size);
		struct tops t;

		tops_init(&t, &choice);
		CHECK(read_text(&t, text, size, &e) == (*known[i].reason ? -1 : 0));
		if (*known[i].reason) {
			CHECK(strncmp(e.text, path, strlen(path)) == 0);
			CHECK_STR(e.text + strlen(path), known[i].reason);
		}
		tops_clear(&t);
		free(text);
	}
}

/* An event that is held out does not count, but what it recommended was recommended. */
static void what_is_held_out_still_recommends(void)
{
	const struct tops_choice choice = {.counting.debias = true};
	struct event ev = event_of(EVENT_NEXT, 4, 7, 1);
	struct errmsg e;
	struct tops t;

	tops_init(&t, &choice);
	ev.recommendation = 8;
	ev.pool = 5;
	CHECK(tops_pass(&t, &ev, &e) == 0);
	ev.track = 8;
	ev.time = 0.5;
	CHECK(tops_add(&t, &ev, &e) == 0);
	CHECK(t.events == 1 && t.left.outside == 1 && t.left.unrecommended == 0 && t.left.unweighed == 0);
	check_printed(&t, "ndjson", 9, "{\"track\":8,\"score\":2.5,\"time\":0.5,\"plays\":1}\n");
}

int main(void)
{
	RUN(events_are_chosen_by_experiment_and_arm);
	RUN(a_name_that_is_not_in_the_log_is_told);
	RUN(a_log_without_events_gives_empty_lists);
	RUN(what_is_held_out_still_recommends);
	RUN(every_format_prints_the_first_of_each_list);
	RUN(arms_are_quoted);
	RUN(a_part_says_how_it_was_counted);
	RUN(merged_parts_are_the_whole);
	RUN(partial_counts_that_are_not_whole_are_refused);
	return DONE();
}
