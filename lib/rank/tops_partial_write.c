#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memstream.h"
#include "rank/tops.h"
#include "text/part.h"

enum { HUNDREDTH = 10000000 };

/* What is being written: all, or a piece of what is cut by user. */
struct writing {
	struct tops *tops;
	const struct part_cut *cut; /* NULL: all */
	size_t piece;
};

/* Whether it has what is counted of no user. */
static bool has_whole(const struct writing *w)
{
	return !w->cut || w->piece == 0;
}

static bool has_user(const struct writing *w, const struct tops_user *u)
{
	return !w->cut || w->cut->piece_of(w->cut->ctx, u->user) == w->piece;
}

static size_t users_in(const struct writing *w)
{
	const struct tops_users *users = &w->tops->parts.users;
	size_t n = 0;

	for (size_t i = 0; i < users->n; i++)
		n += has_user(w, &users->list[i]);
	return n;
}

static void pack_amount(struct amount a, struct part_bytes *b)
{
	part_put(b, a.whole);
	part_put(b, a.billionths);
}

static void pack_sums(const struct decayed_track *t, struct part_bytes *b)
{
	int64_t before = 0;

	part_put(b, t ? t->n : 0);
	for (size_t i = 0; t && i < t->n; i++) {
		part_put_signed(b, t->sums[i].period - before);
		pack_amount(t->sums[i].weight, b);
		pack_amount(t->sums[i].value, b);
		before = t->sums[i].period;
	}
}

static void pack_track_users(const struct track_users *u, uint32_t track, struct part_bytes *b)
{
	size_t first, n = track_users_of(u, track, &first);
	uint32_t before = 0;

	part_put(b, n);
	for (size_t i = first; i < first + n; i++)
		part_put_id(b, (uint32_t)u->pairs[i], &before);
}

static int pack_list(const struct counting *how, struct tops_list *list, struct part_bytes *b)
{
	struct popularity_count *counts = popularity_by_track(&list->popularity);
	uint32_t before = 0;

	if (!counts)
		return -1;
	track_users_sort(&list->users);
	part_put(b, list->popularity.n);
	for (size_t i = 0; i < list->popularity.n; i++) {
		part_put_id(b, counts[i].track, &before);
		part_put(b, (uint64_t)counts[i].plays);
		part_put_multiple(b, counts[i].billionths, HUNDREDTH);
		if (counting_sums(how))
			pack_sums(decayed_of(&list->decayed, counts[i].track), b);
		if (how->users)
			pack_track_users(&list->users, counts[i].track, b);
	}
	free(counts);
	return 0;
}

static void pack_moment(struct part_bytes *b, int64_t moment, int64_t from)
{
	/* 0: none; differences may wrap around, and come back */
	if (moment == EVENT_NO_TIMESTAMP)
		part_put(b, 0);
	else
		part_put_signed(b, (int64_t)((uint64_t)moment - (uint64_t)from));
}

static void pack_user(const struct tops_user *u, uint32_t before, int64_t from, const uint32_t *arms,
		      struct part_bytes *b)
{
	bool at = u->at != EVENT_NO_TIMESTAMP, until = u->until != EVENT_NO_TIMESTAMP;

	part_put(b, (uint64_t)(u->user - before) << 2 | (uint64_t)at << 1 | until);
	part_put(b, u->first);
	part_put(b, u->waits == EVENT_NO_TRACK ? 0 : (uint64_t)u->waits + 1);
	if (at)
		pack_moment(b, u->at, from);
	if (until)
		pack_moment(b, u->until, at ? u->at : from);
	part_put(b, u->arm == TOPS_NO_ARM ? 0 : (uint64_t)arms[u->arm] + 1);
	part_put_multiple(b, u->billionths, HUNDREDTH);
}

static int pack_users(const struct writing *w, struct part_bytes *b)
{
	const struct tops *t = w->tops;
	const struct tops_users *users = &t->parts.users;
	uint32_t *arms = intern_places(&t->parts.first_arms), before = 0;
	int64_t from = input_logs_from(&t->parts.logs);

	for (size_t i = 0; arms && i < users->n; i++) {
		if (!has_user(w, &users->list[i]))
			continue;
		pack_user(&users->list[i], before, from, arms, b);
		if (t->choice.counting.debias)
			part_put_real(b, users->list[i].weight);
		before = users->list[i].user;
	}
	free(arms);
	return arms ? 0 : -1;
}

/* The name is the caller's, and may be any bytes; jansson takes UTF-8 only. */
static int check_name(const char *what, const char *text, struct errmsg *e)
{
	json_t *name = json_string(text);
	int status = name ? 0 : errmsg_set(e, "no UTF-8: %s '%s'", what, text);

	json_decref(name);
	return status;
}

static int check_names(const struct tops_choice *c, struct errmsg *e)
{
	int status = c->experiment ? check_name("experiment", c->experiment, e) : 0;

	for (size_t i = 0; status == 0 && i < c->n_arms; i++)
		status = check_name("arm", c->arms[i], e);
	return status;
}

/* The arms that were counted: those of the choice, or else of the parts. Returns 0, or -1 where there is no memory. */
static int counted_arms(const struct tops *t, struct intern *arms)
{
	const struct intern *parts = &t->parts.arms;
	uint32_t number = 0;

	for (size_t i = 0; i < t->choice.n_arms && number != INTERN_NONE; i++)
		number = intern_add(arms, slice_of(t->choice.arms[i]), INTERN_NONE);
	for (size_t i = 0; t->choice.n_arms == 0 && i < parts->n && number != INTERN_NONE; i++) {
		struct slice arm = {.text = parts->list[i].text, .len = parts->list[i].len};

		number = intern_add(arms, arm, INTERN_NONE);
	}
	return number == INTERN_NONE ? -1 : 0;
}

/* "[…]" in the order of the names. Returns 0, or -1 where there is no memory. */
static int write_names(const struct intern *names, FILE *f)
{
	uint32_t *order = intern_sorted(names);
	int status = order ? 0 : -1;

	fputc('[', f);
	for (size_t i = 0; status == 0 && i < names->n; i++) {
		fputs(i > 0 ? "," : "", f);
		status = tops_put_string(f, intern_text(names, order[i]));
	}
	fputc(']', f);
	free(order);
	return status;
}

/* ,"arms":[…], or null. Returns 0, or -1 where there is no memory. */
static int write_arms(const struct tops *t, FILE *f)
{
	struct intern arms = {0};
	bool all = t->choice.n_arms == 0 && (!t->parts.file || t->parts.all_arms);
	int status = counted_arms(t, &arms);

	fputs(",\"arms\":", f);
	if (all)
		fputs("null", f);
	else if (status == 0)
		status = write_names(&arms, f);
	intern_clear(&arms);
	return status;
}

/* ,"lists":[…] of the arms that have one, in their order; "" where there is no experiment. */
static int write_lists(const struct writing *w, FILE *f)
{
	const struct tops *t = w->tops;
	size_t n = has_whole(w) ? t->n_lists : 0;
	int status = 0;

	fputs(",\"lists\":[", f);
	for (size_t i = 0; status == 0 && i < n; i++) {
		fputs(i > 0 ? "," : "", f);
		status = tops_put_string(f, t->lists[i].arm);
	}
	fputs("],\"first_arms\":", f);
	return status < 0 ? -1 : write_names(&t->parts.first_arms, f);
}

/* ,"how":{…} and what it left out; nothing where all is counted. */
static void write_how(const struct writing *w, FILE *f)
{
	static const struct counting plain;
	static const struct tops none;
	const struct tops *t = w->tops, *left = has_whole(w) ? t : &none;

	if (counting_same(&t->choice.counting, &plain))
		return;
	fputs(",\"how\":", f);
	counting_write(&t->choice.counting, f);
	event_put_moment("newest", t->newest, f);
	fprintf(f, ",\"left\":{\"outside\":%" PRId64 ",\"undated\":%" PRId64 ",\"unrecommended\":%" PRId64
		",\"unweighed\":%" PRId64 "}", left->left.outside, left->left.undated, left->left.unrecommended,
		left->left.unweighed);
}

/* The first line. Returns 0, or -1 where there is no memory. */
static int write_head(const struct writing *w, FILE *f)
{
	struct tops *t = w->tops;
	bool recommended = t->parts.file ? t->parts.recommended : t->choice.recommended;
	int status = 0;

	fprintf(f, "{\"partial\":\"%s\",\"version\":%d,\"experiment\":", tops_part_kind.of, tops_part_kind.version);
	if (t->choice.experiment)
		status = tops_put_string(f, t->choice.experiment);
	else
		fputs("null", f);
	if (status == 0)
		status = write_arms(t, f);
	fprintf(f, ",\"recommended\":%s,\"events\":%" PRId64 ",\"outside\":%" PRId64, recommended ? "true" : "false",
		has_whole(w) ? t->events : 0, has_whole(w) ? t->outside : 0);
	write_how(w, f);
	event_put_moment("from", input_logs_from(&t->parts.logs), f);
	event_put_moment("until", input_logs_until(&t->parts.logs), f);
	if (status == 0)
		status = write_lists(w, f);
	if (t->parts.logs.parts == 0)
		t->parts.logs.parts = 1;
	input_logs_write(&t->parts.logs, w->cut ? input_logs_piece(w->piece, w->cut->n) : 0, f);
	fprintf(f, ",\"users\":%zu", users_in(w));
	return status;
}

/* Makes the first line and the numbers. Returns 0, or -1 with the reason. */
static int pack(const struct writing *w, struct memstream *head, struct part_bytes *bytes, struct errmsg *e)
{
	struct tops *t = w->tops;
	FILE *f = check_names(&t->choice, e) == 0 ? memstream_open(head) : NULL;
	int status = 0;

	if (!f)
		return *e->text ? -1 : errmsg_nomem(e);
	tops_sort(t);
	tops_users_sort(&t->parts.users);
	for (size_t i = 0; status == 0 && has_whole(w) && i < t->n_lists; i++)
		status = pack_list(&t->choice.counting, &t->lists[i], bytes);
	if (status == 0)
		status = pack_users(w, bytes);
	if (status == 0)
		status = write_head(w, f);
	/* which frees what it does not return */
	head->text = memstream_close(head);
	return head->text && !bytes->no_memory && status == 0 ? 0 : errmsg_nomem(e);
}

int tops_write_partial(struct tops *t, FILE *f, struct errmsg *e)
{
	struct part_bytes bytes = {0};
	struct memstream head = {0};
	int status;

	errmsg_set(e, "%s", "");
	status = pack(&(struct writing){.tops = t}, &head, &bytes, e);
	if (status == 0 && part_write(head.text, head.len, &bytes, f) < 0)
		status = errmsg_nomem(e);
	part_bytes_clear(&bytes);
	free(head.text);
	return status;
}

int tops_pack_piece(struct tops *t, const struct part_cut *cut, size_t piece, const char *name,
		    struct part_file *file, struct errmsg *e)
{
	const struct writing w = {.tops = t, .cut = cut, .piece = piece};
	struct part_bytes bytes = {0};
	struct memstream head = {0};
	int status;

	errmsg_set(e, "%s", "");
	status = pack(&w, &head, &bytes, e);
	if (status == 0 && part_file_pack(file, name, head.text, head.len, &bytes) < 0)
		status = errmsg_nomem(e);
	part_bytes_clear(&bytes);
	free(head.text);
	return status;
}

int tops_pack_partial(struct tops *t, const char *name, struct part_file *file, struct errmsg *e)
{
	return tops_pack_piece(t, NULL, 0, name, file, e);
}
