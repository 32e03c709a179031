#include "study/partial.h"

#include <stdlib.h>

#include "base/memstream.h"
#include "base/rng.h"
#include "event/event_digest.h"
#include "report/analysis.h"
#include "report/report.h"
#include "study/effects.h"
#include "study/user_values.h"
#include "unit/fixture.h"

static struct errmsg e;
static struct catalog catalog;
static int context, *const pieces_of_ctx = &context;
static const struct study_keep everything = {
	.before = true, .moment = 150000000, .days = true, .sessions = true, .recommendations = true,
	.catalog = &catalog,
};

/* An event of a log, with what it points at. */
struct drawn {
	struct event ev;
	struct event_arm in[3];
	uint32_t shard, slot; /* which part it falls on: of users, and of time */
};

enum { DRAWN = 8000, DRAWN_MAX = DRAWN * 2 };
static struct drawn drawn[DRAWN_MAX];
static size_t n_drawn;

/* What may be in a log: events that are late; and several of one moment. */
enum disorder { AS_IT_CAME, LATE, CROWDED };

/*
 * Draws the i-th event of a log: users in several experiments, of which some begin late, and with all that is wrong in
 * a log.
 */
static void draw_event(uint32_t i, enum disorder disorder)
{
	static const char *const arms[] = {"C", "T1", "T\"2"}, *const sources[] = {"random", "", "similar"};
	struct rng r = rng_at(5, RNG_WORLD, i, 0, 0);
	uint32_t user = rng_below(&r, 97) * 31;
	struct drawn *d = &drawn[n_drawn++];
	bool early;

	d->in[0] = (struct event_arm){slice_of("ü X"), slice_of(arms[user % 3])};
	d->in[1] = (struct event_arm){slice_of("late"), slice_of(arms[user % 2])};
	d->in[2] = (struct event_arm){slice_of("AA"), slice_of(arms[(user + (rng_below(&r, 500) == 0)) % 3])};
	d->ev = event_of(rng_below(&r, 4) == 0 ? EVENT_LAST : EVENT_NEXT, user, rng_below(&r, 12), rng_uniform(&r));
	d->ev.timestamp = rng_below(&r, 50) == 0 ? EVENT_NO_TIMESTAMP : i * 100000;
	if (rng_below(&r, 20) == 0 && disorder == LATE)
		d->ev.timestamp = i - 30;
	if (disorder == CROWDED && d->ev.timestamp != EVENT_NO_TIMESTAMP)
		d->ev.timestamp -= d->ev.timestamp % 30000000;
	d->ev.latency = rng_below(&r, 9) == 0 ? NAN : rng_uniform(&r) / 1000;
	d->ev.recommendation = d->ev.message == EVENT_LAST ? EVENT_NO_TRACK : rng_below(&r, 12);
	d->ev.source = slice_of(sources[rng_below(&r, 3)]);
	d->ev.pool = rng_below(&r, 20);
	/* AA began before the moment; the others did not, whatever the time that an event gives */
	early = i < 2000 || (d->ev.timestamp != EVENT_NO_TIMESTAMP && d->ev.timestamp < everything.moment);
	d->ev.arms = early ? d->in + 2 : d->in;
	d->ev.n_arms = early || user % 5 == 0 ? 1 : 3;
	if (rng_below(&r, 40) == 0) {
		drawn[n_drawn] = *d;
		drawn[n_drawn].ev.arms = drawn[n_drawn].in + (d->ev.arms - d->in);
		n_drawn++;
	}
}

static void draw_log(enum disorder disorder)
{
	n_drawn = 0;
	for (uint32_t i = 0; i < DRAWN; i++)
		draw_event(i, disorder);
}

/* Splits the log by user. */
static void split_by_user(uint32_t shards)
{
	for (size_t i = 0; i < n_drawn; i++) {
		drawn[i].shard = drawn[i].ev.user % shards;
		drawn[i].slot = 0;
	}
}

/* A study of the events of a part, or of all, in the order of their slots. */
static void read_part(struct study *s, enum study_order order, const struct study_keep *keep, uint32_t shard,
		      uint32_t slot)
{
	bool all = shard == UINT32_MAX;
	struct study_keep joinable = *keep;

	joinable.joinable = true;
	study_init(s, order, NULL, 0);
	study_keep(s, &joinable);
	s->malformed = all || (shard == 0 && slot == 0) ? 3 : 0;
	s->unread = all || (shard == 0 && slot == 0);
	for (uint32_t now = all ? 0 : slot; now < (all ? 1000 : slot + 1); now++)
		for (size_t i = 0; i < n_drawn; i++)
			if (drawn[i].slot == now && (all || drawn[i].shard == shard))
				CHECK(study_add(s, &drawn[i].ev, &e) == 0);
	CHECK(study_end(s, &e) == 0);
}

static void read_whole(struct study *s, enum study_order order, const struct study_keep *keep)
{
	read_part(s, order, keep, UINT32_MAX, 0);
}

static char *part_of(struct study *s, size_t *size)
{
	struct memstream m;
	char *text;

	CHECK(partial_write(s, memstream_open(&m), &e) == 0);
	text = memstream_close(&m);
	*size = m.len;
	return text;
}

static void write_part(const char *path, struct study *s)
{
	FILE *f = fopen(path, "w");

	CHECK(f && partial_write(s, f, &e) == 0 && fclose(f) == 0);
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
	struct study_keep joinable = *keep;

	e.text[0] = 0;
	joinable.joinable = true;
	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, &joinable);
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

/* The numbers of a part are the same for the same log; its first line says how that was split. */
static void check_same_parts(struct study *whole, struct study *merged)
{
	size_t n, m;
	char *want = part_of(whole, &n), *got = part_of(merged, &m);
	char *want_numbers = strchr(want, '\n'), *got_numbers = strchr(got, '\n');
	size_t want_n = n - (size_t)(want_numbers - want), got_n = m - (size_t)(got_numbers - got);

	CHECK(want_n == got_n && memcmp(want_numbers, got_numbers, want_n - 17) == 0);
	free(want);
	free(got);
}

static void check_same(struct study *whole, struct study *merged)
{
	static const char *const formats[] = {"json", "csv", "table"};

	for (uint32_t x = 0; x < whole->names.n; x++)
		check_same_users(whole, merged, x);
	check_same_parts(whole, merged);
	for (size_t i = 0; i < 3; i++) {
		char *want = report_of(whole, formats[i]), *got = report_of(merged, formats[i]);

		CHECK_STR(got, want);
		free(want);
		free(got);
	}
}

/* The parts are written to files of their own, and read from the last to the first, or as they were written. */
static void check_split(struct study *whole, enum study_order order, const struct study_keep *keep, uint32_t shards,
			uint32_t slots, bool backwards)
{
	char names[100][16], *paths[100] = {NULL};
	uint32_t parts = shards * slots;
	struct study s;

	for (uint32_t i = 0; i < parts; i++) {
		read_part(&s, order, keep, i % shards, i / shards);
		snprintf(names[i], sizeof names[i], "part%u", i);
		paths[backwards ? parts - 1 - i : i] = names[i];
		write_part(names[i], &s);
		study_clear(&s);
	}
	merge(&s, keep, paths, parts);
	CHECK(s.logs.parts == parts);
	check_same(whole, &s);
	study_clear(&s);
	for (uint32_t i = 0; i < parts; i++)
		unlink(names[i]);
}

static const struct study_keep nothing;

static void any_split_by_user_merges_to_the_whole(void)
{
	static const uint32_t parts[] = {1, 2, 7, 100};

	draw_log(LATE);
	for (int order = STUDY_STREAM; order <= STUDY_HOLD; order++)
		for (int keep = 0; keep < 2; keep++) {
			struct study whole;

			read_whole(&whole, (enum study_order)order, keep ? &everything : &nothing);
			CHECK(whole.names.n == 3 && whole.duplicates > 20 && whole.out_of_order > 100 &&
			      whole.after_end > 100);
			CHECK(whole.experiments[0].summary.two_arms > 0 && whole.unfinished > 20);
			for (size_t i = 0; i < 4; i++) {
				split_by_user(parts[i]);
				check_split(&whole, (enum study_order)order, keep ? &everything : &nothing, parts[i], 1,
					    true);
			}
			study_clear(&whole);
		}
}

/* The place of an event that was delivered again, after this one; or this one. */
static uint32_t next_again(uint32_t at)
{
	for (uint32_t i = at + 1; i < n_drawn; i++)
		if (drawn[i].ev.timestamp != EVENT_NO_TIMESTAMP &&
		    event_digest(&drawn[i - 1].ev) == event_digest(&drawn[i].ev))
			return i;
	return at;
}

/* Where the slots of a shard begin: in the order of the log, or by timestamp. */
static void split_by_time(struct rng *r, uint32_t shards, uint32_t slots, bool by_timestamp)
{
	uint32_t begins[10][10] = {{0}}, slot_of[97 * 31] = {0};
	size_t n = 0;

	for (uint32_t shard = 0; shard < shards; shard++)
		for (uint32_t slot = 1; slot < slots; slot++)
			begins[shard][slot] = next_again(rng_below(r, (uint32_t)n_drawn));
	for (size_t i = 0; i < n_drawn; i++) {
		struct drawn d = drawn[i];

		d.shard = d.ev.user / 31 % shards;
		/* an event without a time is of that of its user's event before; the first one of a user has to have one */
		if (d.ev.timestamp == EVENT_NO_TIMESTAMP && slot_of[d.ev.user] == 0)
			continue;
		d.slot = 0;
		for (uint32_t slot = 1; slot < slots; slot++)
			d.slot += by_timestamp ? d.ev.timestamp / 100000 >= begins[d.shard][slot]
					       : i >= begins[d.shard][slot];
		if (d.ev.timestamp == EVENT_NO_TIMESTAMP) {
			if (!by_timestamp && d.slot + 1 != slot_of[d.ev.user])
				continue;
			d.slot = slot_of[d.ev.user] - 1;
		}
		slot_of[d.ev.user] = d.slot + 1;
		drawn[n] = d;
		drawn[n].ev.arms = drawn[n].in + (drawn[i].ev.arms - drawn[i].in);
		n++;
	}
	n_drawn = n;
}

/* Every moment is the same for some: events at the end of a part and at the beginning of the next have one timestamp. */
static void any_split_by_user_and_time_merges_to_the_whole(void)
{
	uint64_t again = 0;

	for (uint32_t i = 0; i < 100; i++) {
		struct rng r = rng_at(7, RNG_WORLD, i, 0, 0);
		enum disorder disorder = (enum disorder)(i % 3);
		enum study_order order = disorder == LATE ? STUDY_HOLD : (enum study_order)(i / 3 % 2);
		const struct study_keep *keep = i % 2 ? &everything : &nothing;
		uint32_t shards = 1 + rng_below(&r, 9), slots = 2 + rng_below(&r, 8);
		struct study whole;

		draw_log(disorder);
		split_by_time(&r, shards, slots, disorder != CROWDED);
		read_whole(&whole, order, keep);
		again += whole.duplicates;
		check_split(&whole, order, keep, shards, slots, disorder != CROWDED);
		study_clear(&whole);
	}
	CHECK(again > 10000);
}

/* What was kept besides what is asked for now is passed over. */
static void a_part_may_have_more_than_is_asked_for(void)
{
	const struct study_keep days = {.days = true}, more = {.days = true, .sessions = true, .recommendations = true};
	char name[] = "file", *paths[] = {name};
	struct study whole, merged;

	draw_log(LATE);
	split_by_user(1);
	read_whole(&whole, STUDY_STREAM, &more);
	write_part("file", &whole);
	study_clear(&whole);
	merge(&merged, &days, paths, 1);
	CHECK(merged.sessions.n == 0 && merged.recommendations.keys.n == 0 && merged.days.n > 100);
	read_whole(&whole, STUDY_STREAM, &days);
	check_same(&whole, &merged);
	study_clear(&whole);
	study_clear(&merged);
}

static void parts_may_be_concatenated(void)
{
	char name[] = "file", *paths[] = {name};
	struct study whole, part, merged;
	FILE *f = fopen("file", "w");

	draw_log(LATE);
	read_whole(&whole, STUDY_STREAM, &everything);
	split_by_user(3);
	for (uint32_t i = 0; i < 3; i++) {
		read_part(&part, STUDY_STREAM, &everything, i, 0);
		CHECK(partial_write(&part, f, &e) == 0);
		study_clear(&part);
	}
	fclose(f);
	merge(&merged, &everything, paths, 1);
	check_same(&whole, &merged);
	study_clear(&whole);
	study_clear(&merged);
}

enum { PIECES = 3 };

/* cppcheck-suppress constParameter; its type is that of a callback */
static size_t piece_of(void *ctx, uint32_t user)
{
	CHECK(ctx == pieces_of_ctx);
	return user / 31 % PIECES;
}

static void write_file(const char *path, const struct part_file *file)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fwrite(file->bytes, 1, file->n, f) == file->n && fclose(f) == 0);
}

/* All that is kept, of events that were sorted and of such that were not; in any order. */
static void pieces_merge_to_what_was_cut(void)
{
	static char a[] = "piece2", b[] = "piece0", c[] = "piece1", *paths[] = {a, b, c};
	const struct part_cut cut = {piece_of, pieces_of_ctx, PIECES};

	for (int i = 0; i < 4; i++) {
		const struct study_keep *keep = i % 2 ? &everything : &nothing;
		struct part_file whole_file = {.name = "whole"}, pieces[PIECES] = {0};
		struct study whole, merged;

		draw_log(i < 2 ? AS_IT_CAME : LATE);
		split_by_user(1);
		read_whole(&whole, STUDY_HOLD, keep);
		whole_file.bytes = (unsigned char *)part_of(&whole, &whole_file.n);
		CHECK(partial_cut(&whole_file, &cut, pieces, &e) == 1);
		CHECK(partial_cut(&whole_file, &cut, pieces, &e) == 0);
		for (size_t k = 0; k < PIECES; k++) {
			write_file(k == 0 ? b : k == 1 ? c : a, &pieces[k]);
			part_file_clear(&pieces[k]);
		}
		merge(&merged, keep, paths, PIECES);
		CHECK(merged.logs.parts == PIECES);
		check_same(&whole, &merged);
		study_clear(&whole);
		study_clear(&merged);
		part_file_clear(&whole_file);
	}
	for (size_t k = 0; k < PIECES; k++)
		unlink(paths[k]);
}

#define HEAD(kept, experiments, users) \
	"{\"partial\":\"botify-abtest\",\"version\":2,\"events\":1,\"from\":null,\"until\":null," \
	"\"duplicate_events\":0,\"out_of_order_events\":0,\"sorted\":false," \
	"\"events_after_end\":0,\"malformed_lines\":0,\"unread_files\":0,\"undated_sessions\":0," \
	"\"covariate_before\":null," kept ",\"experiments\":" experiments ",\"parts\":1,\"inputs\":[],\"users\":" users
#define KEPT "\"days\":false,\"sessions\":false,\"answers\":false,\"artists\":false"
#define X "{\"experiment\":\"X\",\"first\":null,\"place\":0,\"arms\":[\"C\"]}"
#define Y "{\"experiment\":\"Y\",\"first\":5,\"place\":1,\"arms\":null}"
#define USUAL HEAD(KEPT, "[" X "," Y "]", "1")
/* no answers; one set of arms, of none; a user: id, flags, eight bytes twice, set, time, one participant: X, C, … */
#define NUMBERS "\0" "\1\0" "\7\0" "12345678" "12345678" "\0\0" "\1" "\2\1" "\1" "\1\2\1" "\0"

static void write_numbers(const char *head, const char *numbers, size_t n)
{
	const struct part_bytes bytes = {.bytes = (unsigned char *)numbers, .n = n};
	FILE *f = fopen("file", "w");

	CHECK(f && part_write(head, strlen(head), &bytes, f) == 0 && fclose(f) == 0);
}

static int try_file(const struct study_keep *keep, char *const *wanted, size_t n_wanted)
{
	char name[] = "file", *paths[] = {name};
	struct study s;
	int status;

	study_init(&s, STUDY_STREAM, wanted, n_wanted);
	study_keep(&s, keep);
	status = partial_read(&s, paths, 1, &e);
	if (status == 0)
		CHECK(study_end(&s, &e) == 0);
	study_clear(&s);
	return status;
}

static void what_is_wrong_is_told(void)
{
	static const char numbers[] = NUMBERS;
	static const struct {
		const char *head;
		size_t less; /* numbers than there are */
		const char *reason;
	} cases[] = {
		{USUAL, 0, ""},
		{USUAL, 1, "its numbers are not right"},
		{USUAL, 9, "its numbers are not right"},
		{HEAD(KEPT, "[" X "," Y "]", "0"), 0, "its numbers are not right"},
		{HEAD(KEPT, "[" X "," Y "]", "2"), 0, "its numbers are not right"},
		{HEAD(KEPT, "[" Y "," X "]", "1"), 0, "its numbers are not right"}, /* the arm of an experiment without */
		{HEAD(KEPT, "[]", "1"), 0, "its numbers are not right"},
		{HEAD(KEPT, "[" X "," Y "]", "-1"), 0, "\"users\" is not a count"},
		{HEAD(KEPT, "7", "1"), 0, "\"experiments\" is not an array"},
		{HEAD(KEPT, "[7]", "1"), 0, "an experiment is not right"},
		{HEAD(KEPT, "[{\"experiment\":\"X\",\"first\":null,\"place\":0,\"arms\":[7]}]", "1"), 0,
		 "\"arms\" are not names"},
		{HEAD("\"days\":0", "[" X "]", "1"), 0, "\"days\" is neither true nor false"},
		{"{\"partial\":\"botify-abtest\",\"version\":2", 0, "\"days\" is neither true nor false"},
	};
	char x[] = "X", *wanted[] = {x}, reason[128];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_numbers(cases[i].head, numbers, sizeof numbers - 1 - cases[i].less);
		CHECK(try_file(&nothing, wanted, 1) == (*cases[i].reason ? -1 : 0));
		snprintf(reason, sizeof reason, "file: not a part of a log: %s", cases[i].reason);
		if (*cases[i].reason)
			CHECK_STR(e.text, reason);
	}
}

/* With a right checksum, whatever its numbers are: they may have been made up. */
static void wrong_numbers_do_no_harm(void)
{
	struct study s;
	size_t size;
	char *text, *numbers;
	const char *end;

	draw_log(AS_IT_CAME);
	n_drawn = 300;
	split_by_user(1);
	read_whole(&s, STUDY_STREAM, &everything);
	text = part_of(&s, &size);
	numbers = strchr(text, '\n') + 1;
	end = text + size - 17;
	*strstr(text, ",\"bytes\"") = 0;
	for (uint32_t i = 0; i < 2000; i++) {
		struct rng r = rng_at(8, RNG_WORLD, i, 0, 0);
		char *at = numbers + rng_below(&r, (uint32_t)(end - numbers)), was = *at;

		*at = (char)rng_below(&r, 256);
		write_numbers(text, numbers, (size_t)(end - numbers));
		try_file(&everything, NULL, 0);
		*at = was;
	}
	free(text);
	study_clear(&s);
}

static void a_part_of_another_study_is_refused(void)
{
	static const struct {
		struct study_keep keep;
		const char *reason;
	} cases[] = {
		{{.days = true}, "file: was written without days, which cannot be made up for here"},
		{{.sessions = true}, "file: was written without sessions, which cannot be made up for here"},
		{{.recommendations = true}, "file: was written without answers, which cannot be made up for here"},
		{{.before = true, .moment = 5}, "file: was written without --covariate-before"},
		{{0}, "file: was written without experiment 'Y': name the same with --experiment"},
	};
	static const struct study_keep other = {.before = true, .moment = 4};
	static const char numbers[] = NUMBERS;
	char x[] = "X", *wanted[] = {x};
	struct study s;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_numbers(USUAL, numbers, sizeof numbers - 1);
		CHECK(try_file(&cases[i].keep, wanted, i < 4) < 0);
		CHECK_STR(e.text, cases[i].reason);
	}
	draw_log(LATE);
	read_whole(&s, STUDY_STREAM, &everything);
	check_early(&s, 1, 2);
	write_part("file", &s);
	CHECK(try_file(&other, NULL, 0) < 0);
	CHECK_STR(e.text, "file: was written with --covariate-before 150000000: give that here too");
	study_clear(&s);
}

/* Reads two parts, each of the events of user 7 at these moments, of which -1 is none. */
static int read_two(const int64_t first[2], const int64_t second[2], bool recommendations)
{
	char a[] = "file", b[] = "state", *paths[] = {a, b};
	const struct study_keep keep = {.joinable = true, .recommendations = recommendations};
	struct study s;
	int status;

	for (int part = 0; part < 2; part++) {
		const int64_t *at = part ? second : first;

		study_init(&s, STUDY_STREAM, NULL, 0);
		study_keep(&s, &keep);
		for (int i = 0; i < 2; i++) {
			struct event ev = event_of(EVENT_NEXT, 7, 1, (part + 1) / 4.0);

			ev.timestamp = at[i] < 0 ? EVENT_NO_TIMESTAMP : at[i];
			CHECK(study_add(&s, &ev, &e) == 0);
		}
		CHECK(study_end(&s, &e) == 0);
		write_part(paths[part], &s);
		study_clear(&s);
	}
	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &keep);
	e.text[0] = 0;
	status = partial_read(&s, paths, 2, &e);
	study_clear(&s);
	return status;
}

static void overlaps_in_time_are_told_with_user_and_files(void)
{
	CHECK(read_two((int64_t[]){10, 20}, (int64_t[]){20, 30}, true) == 0);
	CHECK(read_two((int64_t[]){20, 30}, (int64_t[]){10, 20}, true) == 0);
	CHECK(read_two((int64_t[]){10, 20}, (int64_t[]){19, 30}, false) < 0);
	CHECK_STR(e.text, "user 7: the events in state begin at 19, before those in file end, at 20: of a user, one "
			  "log has to follow another in time");
	CHECK(read_two((int64_t[]){15, 16}, (int64_t[]){10, 20}, false) < 0);
	CHECK_STR(e.text, "user 7: the events in file begin at 15, before those in state end, at 20: of a user, one "
			  "log has to follow another in time");
	CHECK(read_two((int64_t[]){10, 20}, (int64_t[]){-1, 30}, false) < 0);
	CHECK_STR(e.text, "user 7 is in file and state, and what comes first in one of them has no timestamp: such a log "
			  "can be split by user only");
	CHECK(read_two((int64_t[]){10, 20}, (int64_t[]){30, 25}, false) < 0);
	CHECK_STR(e.text, "user 7 is in file and state, and events of state were out of order and taken as they came: read "
			  "its log from a file");
	CHECK(read_two((int64_t[]){10, 20}, (int64_t[]){-1, -1}, false) < 0);
	unlink("state");
}

static void a_log_in_two_parts_is_told(void)
{
	char a[] = "file", b[] = "state", *paths[] = {a, b, a};
	struct study s;

	draw_log(AS_IT_CAME);
	split_by_user(2);
	for (uint32_t i = 0; i < 2; i++) {
		read_part(&s, STUDY_STREAM, &nothing, i, 0);
		write_part(paths[i], &s);
		study_clear(&s);
	}
	study_init(&s, STUDY_STREAM, NULL, 0);
	CHECK(partial_read(&s, paths, 3, &e) < 0);
	CHECK_STR(e.text, "file: a part of the same log as file: it would count twice");
	study_clear(&s);
	/* and the parts together are the whole */
	merge(&s, &nothing, paths, 2);
	write_part("state", &s);
	study_clear(&s);
	read_whole(&s, STUDY_STREAM, &nothing);
	write_part("file", &s);
	study_clear(&s);
	study_init(&s, STUDY_STREAM, NULL, 0);
	CHECK(partial_read(&s, paths, 2, &e) < 0);
	CHECK_STR(e.text, "state: a part of the same log as file: it would count twice");
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
			study_init(&part, STUDY_STREAM, NULL, 0);
			part.out_of_order = (uint64_t)(k ? cases[i].b_late : cases[i].a_late);
			part.sorted = k ? cases[i].b_sorted : cases[i].a_sorted;
			CHECK(study_end(&part, &e) == 0);
			write_part(paths[k], &part);
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
	RUN(any_split_by_user_and_time_merges_to_the_whole);
	RUN(a_part_may_have_more_than_is_asked_for);
	RUN(parts_may_be_concatenated);
	RUN(pieces_merge_to_what_was_cut);
	RUN(what_is_wrong_is_told);
	RUN(wrong_numbers_do_no_harm);
	RUN(a_part_of_another_study_is_refused);
	RUN(overlaps_in_time_are_told_with_user_and_files);
	RUN(a_log_in_two_parts_is_told);
	RUN(sorted_is_what_all_parts_say);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}
