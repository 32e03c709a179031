#include "study/partial.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/grow.h"
#include "study/partial_code.h"
#include "study/partial_head.h"
#include "study/partial_values.h"
#include "study/study_internal.h"

const struct part_kind partial_kind = {PARTIAL_OF, PARTIAL_VERSION};

/* A part that is being read: its users come in ascending order of their ids. */
struct source {
	const char *name;
	struct part_numbers in;
	struct partial_shape shape;
	struct partial_numbers to;
	uint64_t left, before; /* users, and the id of the last one plus 1 */
	uint32_t id;	       /* of the next one */
	bool unsorted;	       /* its events were taken as they came, out of order */
};

/* All that are read. */
struct reading {
	struct study *study;
	bool ordered;		/* the parts are, in time */
	struct source *sources; /* n of them */
	size_t n, cap;
	size_t *heap; /* n_heap places of sources that have users left: the one with the lowest next id comes first */
	size_t n_heap;
	struct partial_user *users;   /* of one id, */
	const struct source **of; /* and the parts that they are of: n_users */
	size_t n_users, users_cap, of_cap;
};

static void clear_reading(struct reading *r)
{
	for (size_t i = 0; i < r->n; i++)
		partial_numbers_clear(&r->sources[i].to);
	for (size_t i = 0; i < r->users_cap; i++)
		partial_user_clear(&r->users[i]);
	free(r->sources);
	free(r->heap);
	free(r->users);
	free(r->of);
}

/* Room for the arms of an event, where sets of them are read. Returns 0, or -1 where there is no memory. */
static int make_room_for_arms(struct study *s, size_t n)
{
	struct study_arm *arms = grow(s->arms, &s->arms_cap, n + 1, sizeof *arms);

	if (!arms)
		return -1;
	s->arms = arms;
	return 0;
}

/* The k-th arm of a set, which is left out where its experiment is. */
static size_t read_set_arm(struct source *p, struct study *s, bool early, size_t n)
{
	uint64_t number = part_take_up_to(&p->in, UINT32_MAX), place = early ? 0 : part_take_up_to(&p->in, UINT32_MAX);

	if (early ? number >= p->to.n_early : number >= p->to.n_experiments || place >= p->to.n_arms[number]) {
		p->in.wrong = true;
		return n;
	}
	if (early)
		s->arms[n++] = (struct study_arm){.experiment = p->to.early[number], .arm = STUDY_EARLY};
	else if (p->to.experiments[number] != PARTIAL_LEFT_OUT)
		s->arms[n++] = (struct study_arm){p->to.experiments[number], p->to.arms[number][place]};
	return n;
}

static int read_set(struct source *p, struct study *s, uint32_t *set)
{
	uint64_t key = part_take(&p->in), n_all = key >> 1;
	size_t n = 0;

	if (n_all > (size_t)(p->in.end - p->in.at)) {
		p->in.wrong = true;
		return 0;
	}
	if (make_room_for_arms(s, (size_t)n_all) < 0)
		return -1;
	for (uint64_t i = 0; i < n_all && !p->in.wrong; i++)
		n = read_set_arm(p, s, key & 1, n);
	*set = study_arm_set(s, s->arms, n, 0);
	return *set == INTERN_NONE ? -1 : 0;
}

static int read_sets(struct source *p, struct study *s, struct errmsg *e)
{
	size_t n = part_take_length(&p->in, 1);

	p->to.sets = calloc(n + 1, sizeof *p->to.sets);
	if (!p->to.sets || make_room_for_arms(s, 0) < 0)
		return errmsg_nomem(e);
	for (p->to.n_sets = 0; p->to.n_sets < n && !p->in.wrong; p->to.n_sets++)
		if (read_set(p, s, &p->to.sets[p->to.n_sets]) < 0)
			return errmsg_nomem(e);
	return p->in.wrong ? part_refuse(e) : 0;
}

/* Adds the answers of a source and an arm. Returns 0, or -1 where there is no memory. */
static int read_answers(struct source *p, struct study *s)
{
	uint64_t x = part_take_up_to(&p->in, UINT32_MAX), arm = part_take_up_to(&p->in, UINT32_MAX);
	uint64_t source = part_take_up_to(&p->in, UINT32_MAX);
	struct recommendations_count count;

	partial_get_answers(&p->in, &count);
	/* of parts by time it is not known what repeats an artist of the part before without the catalog */
	if (!*s->keep.artists)
		count.with_artist = count.repeated_artists = 0;
	if (x >= p->to.n_experiments || arm >= p->to.n_arms[x] || source >= p->to.n_sources)
		p->in.wrong = true;
	if (p->in.wrong || !s->keep.recommendations || p->to.experiments[x] == PARTIAL_LEFT_OUT)
		return 0;
	return recommendations_add(&s->recommendations, p->to.experiments[x], p->to.arms[x][arm], p->to.sources[source],
				   &count);
}

static int read_all_answers(struct source *p, struct study *s, struct errmsg *e)
{
	size_t n = part_take_length(&p->in, 3 + PARTIAL_ANSWERS_N);

	for (size_t i = 0; i < n && !p->in.wrong; i++)
		if (read_answers(p, s) < 0)
			return errmsg_nomem(e);
	return p->in.wrong ? part_refuse(e) : 0;
}

/* Reads what a part says of the whole log; its users follow. */
static int read_whole(struct reading *r, struct source *p, const struct part *part, struct errmsg *e)
{
	uint64_t out_of_order = 0;
	bool sorted = false;

	p->in = part->numbers;
	if (partial_read_head(r->study, part->head, p->name, &p->shape, &p->to, &p->left, e) < 0)
		return -1;
	if (partial_read_count(part->head, "out_of_order_events", INT64_MAX, &out_of_order, e) < 0 ||
	    partial_read_truth(part->head, "sorted", &sorted, e) < 0)
		return -1;
	p->unsorted = out_of_order > 0 && !sorted;
	if (read_all_answers(p, r->study, e) < 0 || read_sets(p, r->study, e) < 0)
		return -1;
	p->id = partial_next_id(&p->in, 0);
	return p->left == 0 && p->in.at != p->in.end ? part_refuse(e) : 0;
}

static int add_source(void *reading, const struct part_file *f, struct part *part, struct errmsg *e)
{
	struct reading *r = reading;
	struct source *sources = grow(r->sources, &r->cap, r->n + 1, sizeof *sources);

	if (!sources)
		return errmsg_nomem(e);
	r->sources = sources;
	sources[r->n] = (struct source){.name = f->name};
	return read_whole(r, &sources[r->n++], part, e);
}

/* Whether the next user of a source comes before that of another. */
static bool comes_before(const struct reading *r, size_t a, size_t b)
{
	const struct source *x = &r->sources[r->heap[a]], *y = &r->sources[r->heap[b]];

	return x->id != y->id ? x->id < y->id : x < y;
}

static void sift_down(struct reading *r, size_t i)
{
	for (;;) {
		size_t least = i, place;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < r->n_heap; child++)
			if (comes_before(r, child, least))
				least = child;
		if (least == i)
			return;
		place = r->heap[i];
		r->heap[i] = r->heap[least];
		r->heap[least] = place;
		i = least;
	}
}

static int make_heap(struct reading *r)
{
	r->heap = calloc(r->n + 1, sizeof *r->heap);
	if (!r->heap)
		return -1;
	for (size_t i = 0; i < r->n; i++)
		if (r->sources[i].left > 0)
			r->heap[r->n_heap++] = i;
	for (size_t i = r->n_heap; i-- > 0;)
		sift_down(r, i);
	return 0;
}

/* Room for one more user of the same id. NULL where there is no memory. */
static struct partial_user *room_for_user(struct reading *r)
{
	size_t had = r->users_cap;
	struct partial_user *users = grow(r->users, &r->users_cap, r->n_users + 1, sizeof *users);
	const struct source **of;

	if (!users)
		return NULL;
	r->users = users;
	for (size_t i = had; i < r->users_cap; i++)
		users[i] = (struct partial_user){0};
	of = grow(r->of, &r->of_cap, r->n_users + 1, sizeof *of);
	if (!of)
		return NULL;
	r->of = of;
	return &users[r->n_users];
}

/* Takes the next user of the first source. Returns 0, or -1 with the reason. */
static int take_user(struct reading *r, struct errmsg *e)
{
	struct source *p = &r->sources[r->heap[0]];
	struct partial_user *user = room_for_user(r);

	if (!user)
		return errmsg_nomem(e);
	if (partial_get_user(&p->in, user, &p->shape, &p->to, &r->study->keep, p->before, e) < 0)
		return errmsg_prefix(e, "%s", p->name);
	r->study->apart = r->study->apart || user->ends.from == EVENT_NO_TIMESTAMP || partial_user_is_sorted(user);
	r->of[r->n_users++] = p;
	p->before = (uint64_t)user->id + 1;
	p->left--;
	p->id = partial_next_id(&p->in, p->before);
	if (p->left == 0)
		r->heap[0] = r->heap[--r->n_heap];
	sift_down(r, 0);
	if (p->left > 0 || p->in.at == p->in.end)
		return 0;
	part_refuse(e);
	return errmsg_prefix(e, "%s", p->name);
}

/* Whether a user of one part comes after that of another. */
static bool comes_later(const struct partial_user *a, const struct partial_user *b)
{
	return a->ends.from != b->ends.from ? a->ends.from > b->ends.from : a->latest > b->latest;
}

/* Puts what the parts have of a user in order of time; of equal times, in that of the parts. They are few. */
static void order_users(struct reading *r)
{
	for (size_t i = 1; i < r->n_users; i++)
		for (size_t k = i; k > 0 && comes_later(&r->users[k - 1], &r->users[k]); k--) {
			struct partial_user user = r->users[k];
			const struct source *of = r->of[k];

			r->users[k] = r->users[k - 1];
			r->of[k] = r->of[k - 1];
			r->users[k - 1] = user;
			r->of[k - 1] = of;
		}
}

/* Whether the (k + 1)-th can be joined to the k-th. Returns 0, or -1 with the reason. */
static int check_order(const struct reading *r, size_t k, struct errmsg *e)
{
	const struct partial_user *a = &r->users[k], *b = &r->users[k + 1];
	const char *first = r->of[k]->name, *second = r->of[k + 1]->name;

	if (a->ends.from == EVENT_NO_TIMESTAMP || b->ends.undated)
		return errmsg_set(e, "user %" PRIu32 " is in %s and %s, and what comes first in one of them has no "
				  "timestamp: such a log can be split by user only", a->id, first, second);
	if (r->of[k]->unsorted || r->of[k + 1]->unsorted)
		return errmsg_set(e,
				  "user %" PRIu32 " is in %s and %s, and events of %s were out of order and taken as "
				  "they came: read its log from a file",
				  a->id, first, second, r->of[k]->unsorted ? first : second);
	if (b->ends.from < a->latest)
		return errmsg_set(e,
				  "user %" PRIu32 ": the events in %s begin at %" PRId64 ", before those in %s end, at "
				  "%" PRId64 ": of a user, one log has to follow another in time",
				  a->id, second, b->ends.from, first, a->latest);
	return 0;
}

/* Joins what the parts have of the next user, and puts it into the study. */
static int read_user(struct reading *r, struct errmsg *e)
{
	uint32_t id = r->sources[r->heap[0]].id;

	r->n_users = 0;
	do
		if (take_user(r, e) < 0)
			return -1;
	while (r->n_heap > 0 && r->sources[r->heap[0]].id == id);
	if (!r->ordered)
		order_users(r);
	for (size_t k = 0; k + 1 < r->n_users; k++)
		if (check_order(r, k, e) < 0)
			return -1;
	for (size_t k = 1; k < r->n_users; k++)
		if (partial_user_join(&r->users[0], &r->users[k], r->study) < 0)
			return errmsg_nomem(e);
	return partial_user_put(&r->users[0], r->study) < 0 ? errmsg_nomem(e) : 0;
}

int partial_merge(struct study *s, struct part_file *files, size_t n, bool ordered, struct errmsg *e)
{
	struct reading r = {.study = s, .ordered = ordered};
	int status = 0;

	s->merged = true;
	if (partial_find_catalog(&s->keep) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; status == 0 && i < n; i++)
		status = part_file_each(&files[i], &partial_kind, add_source, &r, e);
	if (status == 0 && make_heap(&r) < 0)
		status = errmsg_nomem(e);
	while (status == 0 && r.n_heap > 0)
		status = read_user(&r, e);
	clear_reading(&r);
	return status;
}

int partial_read(struct study *s, char *const *paths, size_t n_paths, struct errmsg *e)
{
	char standard_input[] = "-", *const only[] = {standard_input}, *const *list = n_paths > 0 ? paths : only;
	size_t n = n_paths > 0 ? n_paths : 1;
	struct part_file *files = calloc(n, sizeof *files);
	int status = files ? 0 : errmsg_nomem(e);

	for (size_t i = 0; status == 0 && i < n; i++)
		status = part_file_load(&files[i], list[i], e);
	if (status == 0)
		status = partial_merge(s, files, n, false, e);
	for (size_t i = 0; files && i < n; i++)
		part_file_clear(&files[i]);
	free(files);
	return status;
}
