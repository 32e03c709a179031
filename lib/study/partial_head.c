#include "study/partial_head.h"

#include <inttypes.h>
#include <string.h>

#include "study/partial_file.h"
#include "study/partial_values.h"
#include "study/study_internal.h"
#include "text/ndjson.h"

static int check_moment(const struct study_keep *keep, const json_t *object, struct errmsg *e)
{
	const json_t *theirs = json_object_get(object, "covariate_before");
	int64_t moment;

	if (json_is_null(theirs))
		return keep->before ? errmsg_set(e, "was written without --covariate-before") : 0;
	if (!ndjson_whole(theirs, &moment))
		return errmsg_set(e, "not a part of a log: \"covariate_before\" is not a moment");
	if (!keep->before || moment != keep->moment)
		return errmsg_set(e, "was written with --covariate-before %" PRId64 ": give that here too", moment);
	return 0;
}

/* Checks that the part has what the study is to keep. */
static int check_kept(const struct study_keep *keep, const json_t *object, struct errmsg *e)
{
	const struct {
		const char *key;
		bool wanted;
	} kept[] = {
		{"days", keep->days}, {"sessions", keep->sessions}, {"answers", keep->recommendations},
		{"artists", keep->recommendations && keep->catalog},
	};

	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		bool there = false;

		if (partial_read_truth(object, kept[i].key, &there, e) < 0)
			return -1;
		if (kept[i].wanted && !there)
			return errmsg_set(e, "was written without %s, which cannot be made up for here", kept[i].key);
	}
	return check_moment(keep, object, e);
}

/* Adds the events before the moment, by the experiments that they name. */
static int read_early(struct study *s, const json_t *object, struct errmsg *e)
{
	json_t *counts = json_object_get(object, "events_before"), *value;
	const char *name;

	if (!s->keep.before)
		return 0;
	if (!json_is_object(counts))
		return errmsg_set(e, "not a part of a log: \"events_before\" is not an object");
	json_object_foreach(counts, name, value) {
		uint64_t events = 0;

		if (partial_read_count(counts, name, INT64_MAX, &events, e) < 0)
			return -1;
		if (study_add_early(s, slice_of(name), INTERN_NONE, events) < 0)
			return errmsg_nomem(e);
	}
	return 0;
}

/* Makes the arms of an experiment known, also those that have no user. */
static int read_arms(struct study_experiment *x, const json_t *arms, struct errmsg *e)
{
	const json_t *arm;
	size_t i;

	json_array_foreach(arms, i, arm) {
		struct slice name = {.text = json_string_value(arm), .len = json_string_length(arm)};

		if (!name.text)
			return errmsg_set(e, "not a part of a log: an arm is not a string");
		if (intern_add(&x->arms, name, INTERN_NONE) == INTERN_NONE)
			return errmsg_nomem(e);
	}
	return 0;
}

static int read_experiment(struct study *s, const json_t *object, struct errmsg *e)
{
	const json_t *arms = json_object_get(object, "arms"), *first = json_object_get(object, "first");
	struct slice name = partial_string_at(object, "experiment");
	int64_t seen = EVENT_NO_TIMESTAMP;
	struct study_experiment *x;
	uint32_t number, place;

	if (!name.text || (!json_is_array(arms) && !json_is_null(arms)) ||
	    (!json_is_null(first) && !ndjson_whole(first, &seen)))
		return errmsg_set(e, "not a part of a log: an experiment is not right");
	if (partial_read_small(object, "place", &place, e) < 0)
		return -1;
	number = study_experiment_at(s, name, INTERN_NONE);
	if (number == INTERN_NONE || s->n_reported > STUDY_EXPERIMENTS_MAX)
		return study_fail(s, e);
	x = &s->experiments[number];
	if (x->wanted && json_is_null(arms))
		return errmsg_set(e, "was written without experiment '%s': name the same with --experiment", name.text);
	study_seen(x, seen, place);
	return x->wanted ? read_arms(x, arms, e) : 0;
}

static int read_experiments(struct study *s, const json_t *list, struct errmsg *e)
{
	const json_t *object;
	size_t i;

	if (!json_is_array(list))
		return errmsg_set(e, "not a part of a log: \"experiments\" is not an array");
	json_array_foreach(list, i, object)
		if (read_experiment(s, object, e) < 0)
			return -1;
	return 0;
}

/* Whether the events of a part are in order now. */
static int read_order(struct study *s, const json_t *object, struct errmsg *e)
{
	uint64_t out_of_order = 0;
	bool sorted = false;

	if (partial_read_count(object, "out_of_order_events", INT64_MAX, &out_of_order, e) < 0 ||
	    partial_read_truth(object, "sorted", &sorted, e) < 0)
		return -1;
	s->unsorted = s->unsorted || (out_of_order > 0 && !sorted);
	s->sorted = (s->sorted || sorted) && !s->unsorted;
	return partial_add_count(object, "out_of_order_events", &s->out_of_order, e);
}

static int read_counts(struct study *s, const json_t *object, struct errmsg *e)
{
	const struct {
		const char *key;
		uint64_t *sum;
	} counts[] = {
		{"events", &s->events}, {"duplicate_events", &s->duplicates}, {"events_after_end", &s->after_end},
		{"malformed_lines", &s->malformed}, {"unread_files", &s->unread},
		{"undated_sessions", &s->days.undated},
	};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (partial_add_count(object, counts[i].key, counts[i].sum, e) < 0)
			return -1;
	return 0;
}

int partial_read_head(struct study *s, const json_t *object, uint64_t *rows, struct errmsg *e)
{
	struct slice what = partial_string_at(object, "partial");
	uint64_t version = 0;

	if (!what.text || strcmp(what.text, PARTIAL_OF) != 0)
		return errmsg_set(e, "a part of something else than " PARTIAL_OF);
	if (partial_read_count(object, "version", INT64_MAX, &version, e) < 0)
		return -1;
	if (version != PARTIAL_VERSION)
		return errmsg_set(e, "was written in version %" PRIu64 " of the format; this is %d", version,
				  PARTIAL_VERSION);
	if (check_kept(&s->keep, object, e) < 0 || read_counts(s, object, e) < 0 || read_order(s, object, e) < 0)
		return -1;
	if (read_early(s, object, e) < 0 || read_experiments(s, json_object_get(object, "experiments"), e) < 0)
		return -1;
	return partial_add_count(object, "rows", rows, e);
}
