#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "study/partial.h"
#include "study/partial_code.h"
#include "study/partial_head.h"
#include "study/study_internal.h"
#include "text/json_put.h"

static void put_name(const struct intern *symbols, size_t number, FILE *f)
{
	json_put_bytes(f, symbols->list[number].text, symbols->list[number].len);
}

static const char *truth(bool x)
{
	return x ? "true" : "false";
}

/* What is being written. */
struct writing {
	const struct study *study;
	struct partial_shape shape;
	struct partial_numbers to;
	uint32_t *used_sets;	/* to.n_sets numbers of sets, in the order in which they stand in the part */
	uint32_t *used_sources; /* likewise */
	const struct part_cut *cut; /* of which this is a piece; NULL: of none */
	size_t piece;
};

/* Whether it has what is known of the whole log: it is that, or the first piece of it. */
static bool has_whole(const struct writing *w)
{
	return !w->cut || w->piece == 0;
}

/* Whether it has a user, the i-th by id. */
static bool has_user(const struct writing *w, size_t i)
{
	return !w->cut || w->cut->piece_of(w->cut->ctx, w->study->ids[i].key) == w->piece;
}

static void clear_writing(struct writing *w)
{
	partial_numbers_clear(&w->to);
	free(w->used_sets);
	free(w->used_sources);
}

/* Arms by their names. Returns 0, or -1 where there is no memory. */
static int number_arms(struct writing *w)
{
	const struct study *s = w->study;

	w->to.arms = calloc(s->names.n + 1, sizeof *w->to.arms);
	w->to.n_experiments = w->to.arms ? s->names.n : 0;
	for (size_t i = 0; i < w->to.n_experiments; i++) {
		w->to.arms[i] = intern_places(&s->experiments[i].arms);
		if (!w->to.arms[i])
			return -1;
	}
	return w->to.arms ? 0 : -1;
}

/* Marks a source that users have. */
static void mark_sources(const struct study *s, uint32_t *used)
{
	for (size_t i = 0; i < s->n_users; i++)
		if (s->ends[i].answer.recommendation != EVENT_NO_TRACK)
			used[s->ends[i].answer.source] = 1;
	for (size_t i = 0; i < s->n_openings; i++)
		used[s->openings[i].source] = 1;
	for (size_t i = 0; i < s->recommendations.keys.n; i++) {
		struct recommendations_key key = recommendations_key_of(&s->recommendations, i);

		used[key.source] = 1;
	}
}

/* Sources by their names, those that nobody has left out. Returns 0, or -1 where there is no memory. */
static int number_sources(struct writing *w)
{
	const struct intern *sources = &w->study->recommendations.sources;
	uint32_t *sorted = intern_sorted(sources);

	w->to.sources = calloc(sources->n + 1, sizeof *w->to.sources);
	w->used_sources = calloc(sources->n + 1, sizeof *w->used_sources);
	if (!sorted || !w->to.sources || !w->used_sources) {
		free(sorted);
		return -1;
	}
	if (w->study->keep.recommendations)
		mark_sources(w->study, w->to.sources);
	for (size_t i = 0; i < sources->n; i++) {
		if (!w->to.sources[sorted[i]])
			continue;
		w->to.sources[sorted[i]] = (uint32_t)w->to.n_sources;
		w->used_sources[w->to.n_sources++] = sorted[i];
	}
	free(sorted);
	return 0;
}

/* The i-th arm of a set, as it stands in the part. Names before the moment come after all others. */
static struct study_arm arm_of(const struct writing *w, uint32_t set, size_t i)
{
	struct study_arm arm;

	memcpy(&arm, w->study->arm_sets.list[set].text + i * sizeof arm, sizeof arm);
	if (arm.arm == STUDY_EARLY)
		arm.experiment = w->to.early[arm.experiment];
	else
		arm.arm = w->to.arms[arm.experiment][arm.arm];
	return arm;
}

static size_t arms_in(const struct writing *w, uint32_t set)
{
	return w->study->arm_sets.list[set].len / sizeof(struct study_arm);
}

static int by_arms(const void *a, const void *b, void *writing)
{
	const struct writing *w = writing;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	size_t n = arms_in(w, x), m = arms_in(w, y);

	for (size_t i = 0; i < n && i < m; i++) {
		struct study_arm p = arm_of(w, x, i), q = arm_of(w, y, i);

		if (p.arm != q.arm)
			return p.arm < q.arm ? -1 : 1;
		if (p.experiment != q.experiment)
			return p.experiment < q.experiment ? -1 : 1;
	}
	return (n > m) - (n < m);
}

/* Sets of arms that users have, in order. Returns 0, or -1 where there is no memory. */
static int number_sets(struct writing *w)
{
	const struct study *s = w->study;

	w->to.sets = calloc(s->arm_sets.n + 1, sizeof *w->to.sets);
	w->used_sets = calloc(s->arm_sets.n + 1, sizeof *w->used_sets);
	if (!w->to.sets || !w->used_sets)
		return -1;
	for (size_t i = 0; i < s->n_users; i++)
		w->to.sets[s->ends[i].arms] = 1;
	for (size_t i = 0; i < s->n_openings; i++)
		w->to.sets[s->openings[i].arms] = 1;
	for (uint32_t i = 0; i < s->arm_sets.n; i++)
		if (w->to.sets[i])
			w->used_sets[w->to.n_sets++] = i;
	qsort_r(w->used_sets, w->to.n_sets, sizeof *w->used_sets, by_arms, w);
	for (uint32_t i = 0; i < w->to.n_sets; i++)
		w->to.sets[w->used_sets[i]] = i;
	return 0;
}

static int begin_writing(struct writing *w, const struct study *s, const struct part_cut *cut, size_t piece)
{
	*w = (struct writing){.study = s, .cut = cut, .piece = piece,
			      .shape = {.days = s->keep.days, .sessions = s->keep.sessions,
					.answers = s->keep.recommendations,
					.artists = s->keep.recommendations && *s->keep.artists,
					.from = input_logs_from(&s->logs)}};
	w->to.early = intern_places(&s->early);
	if (!w->to.early || number_arms(w) < 0 || number_sources(w) < 0)
		return -1;
	return number_sets(w);
}

/* ,"arms":[…], or null. Returns 0, or -1 where there is no memory. */
static int put_arms(const struct study_experiment *x, FILE *f)
{
	uint32_t *arms = intern_sorted(&x->arms);

	if (!arms)
		return -1;
	fprintf(f, ",\"arms\":%s", x->wanted ? "[" : "null");
	for (size_t i = 0; i < x->arms.n; i++) {
		fputs(i > 0 ? "," : "", f);
		put_name(&x->arms, arms[i], f);
	}
	fputs(x->wanted ? "]" : "", f);
	free(arms);
	return 0;
}

static int put_experiment(const struct study *s, size_t number, FILE *f)
{
	const struct study_experiment *x = &s->experiments[number];
	int status;

	fputs("{\"experiment\":", f);
	put_name(&s->names, number, f);
	event_put_moment("first", x->first, f);
	fprintf(f, ",\"place\":%" PRIu32, x->place);
	status = put_arms(x, f);
	fputc('}', f);
	return status;
}

/* What is counted of the whole log. */
static void put_counts(const struct writing *w, FILE *f)
{
	static const struct study none = {0};
	const struct study *s = has_whole(w) ? w->study : &none;

	fprintf(f, "{\"partial\":\"" PARTIAL_OF "\",\"version\":%d,\"events\":%" PRIu64, PARTIAL_VERSION, s->events);
	event_put_moment("from", w->shape.from, f);
	event_put_moment("until", input_logs_until(&w->study->logs), f);
	fprintf(f, ",\"duplicate_events\":%" PRIu64 ",\"out_of_order_events\":%" PRIu64
		   ",\"sorted\":%s,\"events_after_end\":%" PRIu64 ",\"malformed_lines\":%" PRIu64
		   ",\"unread_files\":%" PRIu64 ",\"undated_sessions\":%" PRIu64,
		s->duplicates, s->out_of_order, truth(w->study->sorted), s->after_end, s->malformed, s->unread,
		s->days.undated);
}

/* ,"covariate_before":moment,"events_before":{name:count,…} Returns 0, or -1 where there is no memory. */
static int put_before(const struct writing *w, FILE *f)
{
	const struct study *s = w->study;
	uint32_t *names = intern_sorted(&s->early);

	if (!names)
		return -1;
	fprintf(f, ",\"covariate_before\":%" PRId64 ",\"events_before\":{", s->keep.moment);
	for (size_t i = 0; i < s->early.n; i++) {
		fputs(i > 0 ? "," : "", f);
		put_name(&s->early, names[i], f);
		fprintf(f, ":%" PRIu64, has_whole(w) ? s->early_events[names[i]] : 0);
	}
	fputc('}', f);
	free(names);
	return 0;
}

/* The experiments that were asked for; null: all. */
static void put_asked(const struct study *s, FILE *f)
{
	fprintf(f, ",\"asked\":%s", s->n_wanted > 0 ? "[" : "null");
	for (size_t i = 0; i < s->n_wanted; i++) {
		fputs(i > 0 ? "," : "", f);
		json_put_string(f, s->wanted[i]);
	}
	fputs(s->n_wanted > 0 ? "]" : "", f);
}

static void put_sources(const struct writing *w, FILE *f)
{
	fputs(",\"sources\":[", f);
	for (size_t i = 0; i < w->to.n_sources; i++) {
		fputs(i > 0 ? "," : "", f);
		put_name(&w->study->recommendations.sources, w->used_sources[i], f);
	}
	fputc(']', f);
}

static size_t users_in(const struct writing *w)
{
	size_t n = w->study->n_users;

	for (size_t i = 0; w->cut && i < w->study->n_users; i++)
		n -= !has_user(w, i);
	return n;
}

/* The first line, up to the bytes that follow. Returns 0, or -1 where there is no memory. */
static int put_head(const struct writing *w, struct input_logs *logs, FILE *f)
{
	const struct study *s = w->study;
	int status = 0;

	put_counts(w, f);
	if (s->keep.before)
		status = put_before(w, f);
	else
		fputs(",\"covariate_before\":null", f);
	fprintf(f, ",\"days\":%s,\"sessions\":%s,\"answers\":%s,\"artists\":%s", truth(w->shape.days),
		truth(w->shape.sessions), truth(w->shape.answers), truth(w->shape.artists));
	if (w->shape.artists)
		fprintf(f, ",\"catalog\":\"%s\"", s->keep.artists);
	if (w->shape.answers)
		put_sources(w, f);
	put_asked(s, f);
	fputs(",\"experiments\":[", f);
	for (size_t i = 0; status == 0 && i < s->names.n; i++) {
		fputs(i > 0 ? "," : "", f);
		status = put_experiment(s, i, f);
	}
	fputc(']', f);
	input_logs_write(logs, w->cut ? input_logs_piece(w->piece, w->cut->n) : 0, f);
	fprintf(f, ",\"users\":%zu", users_in(w));
	return status;
}

/* Sources and arms stand in the order of their names. Returns 0, or -1 where there is no memory. */
static int pack_answers(const struct writing *w, struct part_bytes *b)
{
	const struct recommendations *all = &w->study->recommendations;
	struct recommendations_row *rows = has_whole(w) ? recommendations_sorted(all) : NULL;

	if (!has_whole(w))
		part_put(b, 0);
	if (!rows)
		return has_whole(w) ? -1 : 0;
	part_put(b, all->keys.n);
	for (uint32_t x = 0; x < w->study->names.n; x++) {
		uint32_t *arms = intern_sorted(&w->study->experiments[x].arms);

		for (size_t i = 0; arms && i < w->study->experiments[x].arms.n; i++) {
			size_t n;
			const struct recommendations_row *row = recommendations_of_arm(all, rows, x, arms[i], &n);

			for (; n > 0; n--, row++) {
				part_put(b, x);
				part_put(b, i);
				part_put(b, w->to.sources[row->source]);
				partial_put_answers(b, row->count);
			}
		}
		b->no_memory = b->no_memory || !arms;
		free(arms);
	}
	free(rows);
	return 0;
}

static void pack_sets(const struct writing *w, struct part_bytes *b)
{
	part_put(b, w->to.n_sets);
	for (size_t i = 0; i < w->to.n_sets; i++) {
		size_t n = arms_in(w, w->used_sets[i]);
		bool early = n > 0 && arm_of(w, w->used_sets[i], 0).arm == STUDY_EARLY;

		part_put(b, n << 1 | early);
		for (size_t k = 0; k < n; k++) {
			struct study_arm arm = arm_of(w, w->used_sets[i], k);

			part_put(b, arm.experiment);
			if (!early)
				part_put(b, arm.arm);
		}
	}
}

/*
 * Users of ascending ids lie anywhere in memory: fetches those that will be needed soon. Always inline, or gcc takes it
 * for a function without effect and leaves its calls out.
 */
static inline __attribute__((always_inline)) void look_ahead(const struct study *s, size_t i)
{
	enum { NEAR = 12, FAR = 24, LINE = 64 };

	if (i + FAR < s->n_users) {
		uint32_t user = s->ids[i + FAR].value - 1;

		__builtin_prefetch(&s->users[user]);
		__builtin_prefetch(&s->ends[user]);
		__builtin_prefetch((const char *)&s->ends[user] + LINE);
	}
	if (i + NEAR < s->n_users) {
		uint32_t link = s->users[s->ids[i + NEAR].value - 1].participant;

		/* mostly the one after it is of the same user, or the one before */
		for (int line = -1; link != 0 && line < 2; line++)
			__builtin_prefetch((const char *)&s->participants[link - 1] + line * LINE);
	}
}

static int pack_users(const struct writing *w, struct part_bytes *b)
{
	struct partial_user user = {0};
	uint64_t before = 0;
	int status = 0;

	for (size_t i = 0; status == 0 && i < w->study->n_users; i++) {
		look_ahead(w->study, i);
		if (!has_user(w, i))
			continue;
		status = partial_user_take(&user, w->study, i);
		if (status == 0)
			partial_put_user(b, &user, &w->shape, &w->to, before);
		before = (uint64_t)user.id + 1;
	}
	partial_user_clear(&user);
	return status;
}

/*
 * Makes the first line and the numbers: of all, where `cut` is NULL, or of a piece. Returns 0, or -1 where there is no
 * memory.
 */
static int pack(struct study *s, const struct part_cut *cut, size_t piece, struct memstream *head,
		struct part_bytes *bytes)
{
	struct writing w;
	FILE *f = partial_find_catalog(&s->keep) == 0 ? memstream_open(head) : NULL;
	int status = f ? begin_writing(&w, s, cut, piece) : -1;

	if (!f)
		return -1;
	if (s->logs.parts == 0)
		s->logs.parts = 1;
	if (status == 0)
		status = pack_answers(&w, bytes);
	if (status == 0) {
		pack_sets(&w, bytes);
		status = pack_users(&w, bytes);
	}
	if (status == 0)
		status = put_head(&w, &s->logs, f);
	clear_writing(&w);
	/* which frees what it does not return */
	head->text = memstream_close(head);
	return head->text && !bytes->no_memory ? status : -1;
}

int partial_write(struct study *s, FILE *f, struct errmsg *e)
{
	struct part_bytes bytes = {0};
	struct memstream head = {0};
	int status = pack(s, NULL, 0, &head, &bytes);

	if (status == 0)
		status = part_write(head.text, head.len, &bytes, f);
	part_bytes_clear(&bytes);
	free(head.text);
	return status < 0 ? errmsg_nomem(e) : 0;
}

/* As partial_pack, of all or of a piece. */
static int pack_file(struct study *s, const struct part_cut *cut, size_t piece, const char *name,
		     struct part_file *file, struct errmsg *e)
{
	struct part_bytes bytes = {0};
	struct memstream head = {0};
	int status = pack(s, cut, piece, &head, &bytes);

	if (status == 0)
		status = part_file_pack(file, name, head.text, head.len, &bytes);
	part_bytes_clear(&bytes);
	free(head.text);
	return status < 0 ? errmsg_nomem(e) : 0;
}

int partial_pack(struct study *s, const char *name, struct part_file *file, struct errmsg *e)
{
	return pack_file(s, NULL, 0, name, file, e);
}

int partial_pack_piece(struct study *s, const struct part_cut *cut, size_t piece, const char *name,
		       struct part_file *file, struct errmsg *e)
{
	return pack_file(s, cut, piece, name, file, e);
}
