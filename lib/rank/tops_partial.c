#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rank/tops.h"
#include "text/ndjson.h"
#include "text/part.h"

enum { HUNDREDTH = 10000000 };

/* 1 did not say its version, nor how it was counted; 2 was a line for each track and user */
const struct part_kind tops_part_kind = {"botify-toppop", 3};

/* A part as it is being read. */
struct reading {
	struct tops *tops;
	const char *file;
	struct part_numbers numbers;
	uint32_t *first_arms; /* n_first_arms: from numbers of the part to those of the tops */
	size_t n_first_arms;
};

/* Adds the count at `key` to *sum. */
static int add_count(const json_t *object, const char *key, int64_t *sum, struct errmsg *e)
{
	uint64_t count = 0;

	if (ndjson_count(object, key, INT64_MAX, &count, e) < 0)
		return errmsg_prefix(e, "not partial counts");
	if (count > (uint64_t)(POPULARITY_MAX - *sum))
		return errmsg_set(e, "\"%s\" are more than can be counted", key);
	*sum += (int64_t)count;
	return 0;
}

static int check_experiment(const struct tops *t, const json_t *object, struct errmsg *e)
{
	const char *theirs = json_string_value(json_object_get(object, "experiment")), *ours = t->choice.experiment;

	if (theirs && !ours)
		return errmsg_set(e, "counted for experiment '%s': give --experiment here too", theirs);
	if (!theirs && ours)
		return errmsg_set(e, "counted without an experiment, so not for '%s'", ours);
	if (theirs && strcmp(theirs, ours) != 0)
		return errmsg_set(e, "counted for experiment '%s', not for '%s'", theirs, ours);
	return 0;
}

/* Checks that a part counts only what was recommended if the choice asks for that, and that parts agree in it. */
static int check_recommended(struct reading *r, const json_t *object, struct errmsg *e)
{
	const json_t *value = json_object_get(object, "recommended");
	struct tops_parts *parts = &r->tops->parts;
	bool recommended = json_is_true(value);

	if (!json_is_boolean(value))
		return errmsg_set(e, "not partial counts: \"recommended\" is neither true nor false");
	if (r->tops->choice.recommended && !recommended)
		return errmsg_set(e, "counted without --recommended, which cannot be made up for here");
	if (parts->file && parts->recommended != recommended)
		return errmsg_set(e, "counted %s --recommended, and %s %s", recommended ? "with" : "without",
				  parts->file, recommended ? "without" : "with");
	parts->recommended = recommended;
	return 0;
}

static int read_arms(const json_t *list, struct intern *arms, struct errmsg *e)
{
	if (!json_is_array(list) && !json_is_null(list))
		return errmsg_set(e, "not partial counts: \"arms\" is not an array");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *arm = json_string_value(json_array_get(list, i));

		if (!arm)
			return errmsg_set(e, "not partial counts: an arm is not a string");
		if (intern_add(arms, slice_of(arm), INTERN_NONE) == INTERN_NONE)
			return errmsg_nomem(e);
	}
	return 0;
}

static bool has_all(const struct intern *arms, const struct intern *others)
{
	for (size_t i = 0; i < others->n; i++) {
		struct slice arm = {.text = others->list[i].text, .len = others->list[i].len};

		if (intern_find(arms, arm) == INTERN_NONE)
			return false;
	}
	return true;
}

/* Arms that are asked for have to be in every part; else the parts have to have the same. */
static int compare_arms(const struct tops *t, const struct intern *arms, bool all, struct errmsg *e)
{
	const struct tops_parts *parts = &t->parts;

	for (size_t i = 0; !all && i < t->choice.n_arms; i++)
		if (intern_find(arms, slice_of(t->choice.arms[i])) == INTERN_NONE)
			return errmsg_set(e, "counted without arm '%s'", t->choice.arms[i]);
	if (t->choice.n_arms > 0 || !parts->file)
		return 0;
	if (all != parts->all_arms || !has_all(arms, &parts->arms) || !has_all(&parts->arms, arms))
		return errmsg_set(e, "counted for other arms than %s: name those of both with --arm", parts->file);
	return 0;
}

static int check_arms(struct reading *r, const json_t *object, struct errmsg *e)
{
	const json_t *list = json_object_get(object, "arms");
	struct tops_parts *parts = &r->tops->parts;
	struct intern arms = {0};
	int status = read_arms(list, &arms, e);

	if (status == 0)
		status = compare_arms(r->tops, &arms, json_is_null(list), e);
	if (status == 0 && !parts->file) {
		parts->all_arms = json_is_null(list);
		parts->arms = arms;
		arms = (struct intern){0};
	}
	intern_clear(&arms);
	return status;
}

static int add_left(struct tops *t, const json_t *head, struct errmsg *e)
{
	const json_t *left = json_object_get(head, "left"), *value = json_object_get(head, "newest");
	int64_t newest = EVENT_NO_TIMESTAMP;

	if (!json_is_null(value) && !ndjson_whole(value, &newest))
		return errmsg_set(e, "not partial counts: \"newest\" is not a moment");
	if (newest > t->newest)
		t->newest = newest;
	if (add_count(left, "outside", &t->left.outside, e) < 0 || add_count(left, "undated", &t->left.undated, e) < 0)
		return -1;
	return add_count(left, "unrecommended", &t->left.unrecommended, e) < 0 ? -1 :
		add_count(left, "unweighed", &t->left.unweighed, e);
}

/* Checks that parts agree in how they count, which is how the tops do then. */
static int check_counting(struct reading *r, const json_t *head, struct errmsg *e)
{
	const json_t *how = json_object_get(head, "how");
	struct tops_parts *parts = &r->tops->parts;
	struct counting counting = {0};

	if (how && (counting_read(&counting, how, e) < 0 || add_left(r->tops, head, e) < 0))
		return -1;
	if (parts->file && !counting_same(&parts->counting, &counting))
		return errmsg_set(e, "counted otherwise than %s: see \"how\" in the first line of both", parts->file);
	parts->counting = r->tops->choice.counting = counting;
	return 0;
}

/* Checks how a part was counted. */
static int check_how(struct reading *r, const json_t *head, struct errmsg *e)
{
	struct tops *t = r->tops;

	if (check_experiment(t, head, e) < 0 || check_recommended(r, head, e) < 0 || check_arms(r, head, e) < 0 ||
	    check_counting(r, head, e) < 0 || input_logs_read(&t->parts.logs, head, r->file, e) < 0)
		return -1;
	if (!t->parts.file)
		t->parts.file = r->file;
	t->parts.n++;
	return add_count(head, "events", &t->events, e) < 0 ? -1 : add_count(head, "outside", &t->outside, e);
}

static struct amount read_amount(struct part_numbers *in)
{
	uint64_t whole = part_take(in);

	return (struct amount){.whole = whole, .billionths = (uint32_t)part_take_up_to(in, 999999999)};
}

/* The sums of a track, which are passed over where the list is NULL. */
static int read_sums(struct reading *r, struct tops_list *list, uint32_t track, struct errmsg *e)
{
	const int64_t most = INT64_MAX / COUNTING_HALF_LIFE_MIN + 1;
	struct part_numbers *in = &r->numbers;
	size_t n = part_take_length(in, 5);
	struct decayed_sum sum = {0};

	for (size_t i = 0; i < n && !in->wrong; i++) {
		int64_t step = part_take_signed(in);

		in->wrong = in->wrong || step < -2 * most || step > 2 * most;
		sum.period += in->wrong ? 0 : step;
		sum.weight = read_amount(in);
		sum.value = read_amount(in);
		in->wrong = in->wrong || sum.period < -most || sum.period > most;
		if (!in->wrong && list && decayed_add_sum(&list->decayed, track, &sum, e) < 0)
			return -1;
	}
	return in->wrong ? part_refuse(e) : 0;
}

/* Likewise the users of a track. */
static int read_track_users(struct reading *r, struct tops_list *list, uint32_t track, struct errmsg *e)
{
	struct part_numbers *in = &r->numbers;
	size_t n = part_take_length(in, 1);
	uint32_t user = 0;

	for (size_t i = 0; i < n && !in->wrong; i++) {
		part_take_id(in, &user);
		if (!in->wrong && list && track_users_add(&list->users, track, user) < 0)
			return errmsg_nomem(e);
	}
	return in->wrong ? part_refuse(e) : 0;
}

/* The next track of a list, which is passed over where it is NULL. */
static int read_count(struct reading *r, struct tops_list *list, uint32_t *track, struct errmsg *e)
{
	struct part_numbers *in = &r->numbers;
	struct popularity_count count = {.track = part_take_id(in, track)};

	count.plays = (int64_t)part_take_up_to(in, INT64_MAX);
	count.billionths = part_take_multiple(in, HUNDREDTH);
	if (in->wrong)
		return part_refuse(e);
	if (counting_sums(&r->tops->choice.counting) && read_sums(r, list, count.track, e) < 0)
		return -1;
	if (r->tops->choice.counting.users && read_track_users(r, list, count.track, e) < 0)
		return -1;
	return list ? popularity_add_count(&list->popularity, &count, e) : 0;
}

static int read_list(struct reading *r, const char *arm, struct errmsg *e)
{
	size_t n = part_take_length(&r->numbers, 3);
	struct tops_list *list = NULL;
	uint32_t track = 0;

	if (r->numbers.wrong)
		return part_refuse(e);
	if (tops_chosen(r->tops, slice_of(arm))) {
		list = tops_list_of(r->tops, slice_of(arm));
		if (!list)
			return errmsg_nomem(e);
	}
	for (size_t i = 0; i < n; i++)
		if (read_count(r, list, &track, e) < 0)
			return -1;
	return 0;
}

static int refuse_names(const char *key, struct errmsg *e)
{
	return errmsg_set(e, "not partial counts: \"%s\" are not arms", key);
}

static int read_lists(struct reading *r, const json_t *head, struct errmsg *e)
{
	const json_t *names = json_object_get(head, "lists");

	if (!json_is_array(names))
		return refuse_names("lists", e);
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *arm = json_string_value(json_array_get(names, i));

		if (!arm || (!r->tops->choice.experiment && *arm))
			return refuse_names("lists", e);
		if (read_list(r, arm, e) < 0)
			return -1;
	}
	return 0;
}

/* The arms of first events; those that are not chosen do not count. */
static int read_first_arms(struct reading *r, const json_t *head, struct errmsg *e)
{
	const json_t *names = json_object_get(head, "first_arms");

	if (!json_is_array(names))
		return refuse_names("first_arms", e);
	r->first_arms = calloc(json_array_size(names) + 1, sizeof *r->first_arms);
	if (!r->first_arms)
		return errmsg_nomem(e);
	for (; r->n_first_arms < json_array_size(names); r->n_first_arms++) {
		const char *arm = json_string_value(json_array_get(names, r->n_first_arms));
		uint32_t *number = &r->first_arms[r->n_first_arms];

		if (!arm)
			return refuse_names("first_arms", e);
		*number = TOPS_NO_ARM;
		if (!tops_chosen(r->tops, slice_of(arm)))
			continue;
		*number = intern_add(&r->tops->parts.first_arms, slice_of(arm), INTERN_NONE);
		if (*number == INTERN_NONE)
			return errmsg_nomem(e);
	}
	return 0;
}

static int read_user(struct reading *r, int64_t from, uint64_t *id, struct errmsg *e)
{
	struct part_numbers *in = &r->numbers;
	uint64_t key = part_take(in), track, arm;
	struct tops_user user = {.at = EVENT_NO_TIMESTAMP, .until = EVENT_NO_TIMESTAMP, .file = r->file,
				 .order = r->tops->parts.n};

	in->wrong = in->wrong || key >> 2 > INT32_MAX - *id;
	*id += in->wrong ? 0 : key >> 2;
	user.user = (uint32_t)*id;
	user.first = (uint32_t)part_take_up_to(in, INT32_MAX);
	track = part_take_up_to(in, UINT32_MAX);
	user.waits = track == 0 ? EVENT_NO_TRACK : (uint32_t)track - 1;
	if (key & 2)
		user.at = (int64_t)((uint64_t)from + (uint64_t)part_take_signed(in));
	if (key & 1)
		user.until = (int64_t)((uint64_t)(key & 2 ? user.at : from) + (uint64_t)part_take_signed(in));
	arm = part_take_up_to(in, r->n_first_arms);
	user.arm = arm == 0 ? TOPS_NO_ARM : r->first_arms[arm - 1];
	user.billionths = part_take_multiple(in, HUNDREDTH);
	if (r->tops->choice.counting.debias) {
		user.weight = part_take_real(in);
		in->wrong = in->wrong || user.weight < 1;
	}
	if (in->wrong)
		return part_refuse(e);
	return tops_users_add(&r->tops->parts.users, &user) < 0 ? errmsg_nomem(e) : 0;
}

static int read_users(struct reading *r, const json_t *head, struct errmsg *e)
{
	const json_t *value = json_object_get(head, "from");
	int64_t from = EVENT_NO_TIMESTAMP, n = 0;
	uint64_t id = 0;

	if (add_count(head, "users", &n, e) < 0)
		return -1;
	if (!json_is_null(value) && !ndjson_whole(value, &from))
		return errmsg_set(e, "not partial counts: \"from\" is not a moment");
	for (int64_t i = 0; i < n; i++)
		if (read_user(r, from, &id, e) < 0)
			return -1;
	return r->numbers.at == r->numbers.end ? 0 : part_refuse(e);
}

static int read_part(void *tops, const struct part_file *f, struct part *part, struct errmsg *e)
{
	struct reading r = {.tops = tops, .file = f->name, .numbers = part->numbers};
	const json_t *head = part->head;
	bool good = check_how(&r, head, e) == 0 && read_lists(&r, head, e) == 0 && read_first_arms(&r, head, e) == 0 &&
		    read_users(&r, head, e) == 0;

	free(r.first_arms);
	return good ? 0 : -1;
}

int tops_merge(struct tops *t, struct part_file *file, struct errmsg *e)
{
	return part_file_each(file, &tops_part_kind, read_part, t, e);
}

int tops_read_partial(struct tops *t, const char *path, struct errmsg *e)
{
	return part_file_read(path, &tops_part_kind, read_part, t, e);
}

/* Counts the first event of a part, which the part before had recommended. */
static int count_first(void *tops, const struct tops_user *user, double weight, struct errmsg *e)
{
	struct tops *t = tops;
	const struct interned *arm = &t->parts.first_arms.list[user->arm];
	struct tops_listen l = {.user = user->user, .track = user->first, .timestamp = user->at,
				.billionths = user->billionths, .weight = weight};

	t->left.unrecommended--;
	return tops_count(t, (struct slice){.text = arm->text, .len = arm->len}, &l, e);
}

int tops_join_partials(struct tops *t, bool ordered, struct errmsg *e)
{
	tops_users_sort(&t->parts.users);
	return tops_users_join(&t->parts.users, ordered, count_first, t, e);
}

int tops_check_state(const struct tops_choice *choice, const json_t *head, struct errmsg *e)
{
	struct tops t = {.choice = *choice};
	struct reading r = {.tops = &t};
	bool all = json_is_null(json_object_get(head, "arms"));
	int status = check_experiment(&t, head, e);

	if (status == 0)
		status = check_recommended(&r, head, e);
	if (status == 0 && t.parts.recommended != choice->recommended)
		status = errmsg_set(e, "was begun with --recommended: give that here too");
	if (status == 0)
		status = check_arms(&r, head, e);
	if (status == 0)
		status = check_counting(&r, head, e);
	if (status == 0 && !counting_same(&t.parts.counting, &choice->counting))
		status = errmsg_set(e,
				    "was begun with other options: see \"how\" in its first line, and give the same");
	if (status == 0 &&
	    (all != (choice->n_arms == 0) || json_array_size(json_object_get(head, "arms")) > choice->n_arms))
		status = errmsg_set(
			e, "was begun for other arms: name the same with --arm, or begin another state from the "
			   "logs");
	intern_clear(&t.parts.arms);
	return status;
}
