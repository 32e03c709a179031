#include "study/partial_head.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "study/partial.h"
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

int partial_find_catalog(struct study_keep *keep)
{
	return keep->catalog && !*keep->artists ? catalog_digest(keep->catalog, keep->artists) : 0;
}

/* Artists are those of a catalog, which has to be the same. */
static int check_catalog(const struct study_keep *keep, const json_t *object, bool artists, struct errmsg *e)
{
	const char *theirs = json_string_value(json_object_get(object, "catalog"));

	if (!artists || !keep->recommendations || !*keep->artists)
		return 0;
	if (!theirs)
		return errmsg_set(e, "was written in an earlier version, which did not say with which catalog: make it "
				  "again from its logs");
	if (strcmp(theirs, keep->artists) != 0)
		return errmsg_set(e, "was written with another catalog than that of --tracks (digest %.16s, not %s)",
				  theirs, keep->artists);
	return 0;
}

/* Checks that the part has what the study is to keep. */
static int check_kept(const struct study_keep *keep, const json_t *object, struct partial_shape *shape,
		      struct errmsg *e)
{
	const struct {
		const char *key;
		bool wanted, *there;
	} kept[] = {
		{"days", keep->days, &shape->days}, {"sessions", keep->sessions, &shape->sessions},
		{"answers", keep->recommendations, &shape->answers},
		{"artists", keep->recommendations && *keep->artists, &shape->artists},
	};

	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		if (partial_read_truth(object, kept[i].key, kept[i].there, e) < 0)
			return -1;
		if (kept[i].wanted && !*kept[i].there)
			return errmsg_set(e, "was written without %s, which cannot be made up for here", kept[i].key);
	}
	return check_catalog(keep, object, shape->artists, e) < 0 ? -1 : check_moment(keep, object, e);
}

/* Adds the events before the moment, by the experiments that they name. */
static int read_early(struct study *s, const json_t *object, struct partial_numbers *to, struct errmsg *e)
{
	json_t *counts = json_object_get(object, "events_before"), *value;
	const char *name;

	if (!s->keep.before)
		return 0;
	if (!json_is_object(counts))
		return errmsg_set(e, "not a part of a log: \"events_before\" is not an object");
	to->early = calloc(json_object_size(counts) + 1, sizeof *to->early);
	if (!to->early)
		return errmsg_nomem(e);
	json_object_foreach(counts, name, value) {
		uint64_t events = 0;
		uint32_t number;

		if (partial_read_count(counts, name, INT64_MAX, &events, e) < 0)
			return -1;
		number = study_add_early(s, slice_of(name), INTERN_NONE, events);
		if (number == INTERN_NONE)
			return errmsg_nomem(e);
		to->early[to->n_early++] = number;
	}
	return 0;
}

static int refuse_strings(const char *key, struct errmsg *e)
{
	return errmsg_set(e, "not a part of a log: \"%s\" are not names", key);
}

/* Interns all strings of an array: their numbers, new, *n of them. NULL with the reason. */
static uint32_t *read_names(const json_t *list, const char *key, struct intern *names, size_t *n, struct errmsg *e)
{
	uint32_t *numbers = calloc(json_array_size(list) + 1, sizeof *numbers);

	if (!numbers) {
		errmsg_nomem(e);
		return NULL;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *text = json_array_get(list, i);
		struct slice name = {.text = json_string_value(text), .len = json_string_length(text)};

		if (name.text)
			numbers[i] = intern_add(names, name, INTERN_NONE);
		if (!name.text || numbers[i] == INTERN_NONE) {
			if (name.text)
				errmsg_nomem(e);
			else
				refuse_strings(key, e);
			free(numbers);
			return NULL;
		}
	}
	*n = json_array_size(list);
	return numbers;
}

static int read_sources(struct study *s, const json_t *object, struct partial_numbers *to, struct errmsg *e)
{
	const json_t *list = json_object_get(object, "sources");

	if (!json_is_array(list))
		return refuse_strings("sources", e);
	to->sources = read_names(list, "sources", &s->recommendations.sources, &to->n_sources, e);
	return to->sources ? 0 : -1;
}

/* Makes the arms of an experiment known, also those that have no user; those of one that is left out, for nothing. */
static int read_arms(struct study_experiment *x, const json_t *arms, struct partial_numbers *to, size_t i,
		     struct errmsg *e)
{
	struct intern unwanted = {0};

	to->arms[i] = read_names(arms, "arms", x->wanted ? &x->arms : &unwanted, &to->n_arms[i], e);
	intern_clear(&unwanted);
	return to->arms[i] ? 0 : -1;
}

static int read_experiment(struct study *s, const json_t *object, struct partial_numbers *to, size_t i,
			   struct errmsg *e)
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
	to->experiments[i] = x->wanted ? number : PARTIAL_LEFT_OUT;
	return read_arms(x, arms, to, i, e);
}

static int read_experiments(struct study *s, const json_t *object, struct partial_numbers *to, struct errmsg *e)
{
	const json_t *list = json_object_get(object, "experiments");
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return errmsg_set(e, "not a part of a log: \"experiments\" is not an array");
	to->experiments = calloc(n + 1, sizeof *to->experiments);
	to->arms = calloc(n + 1, sizeof *to->arms);
	to->n_arms = calloc(n + 1, sizeof *to->n_arms);
	if (!to->experiments || !to->arms || !to->n_arms)
		return errmsg_nomem(e);
	to->n_experiments = n;
	for (size_t i = 0; i < n; i++)
		if (read_experiment(s, json_array_get(list, i), to, i, e) < 0)
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

static bool is_asked(const json_t *asked, const char *name)
{
	for (size_t i = 0; i < json_array_size(asked); i++) {
		const char *other = json_string_value(json_array_get(asked, i));

		if (other && strcmp(other, name) == 0)
			return true;
	}
	return false;
}

static bool is_among(char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A state is of the experiments with which it was begun, or of all. */
static int check_asked(const json_t *asked, char *const *wanted, size_t n_wanted, struct errmsg *e)
{
	if (json_is_null(asked) && n_wanted > 0)
		return errmsg_set(e,
				  "was begun without --experiment: leave it out, or begin another state from the logs");
	for (size_t i = 0; i < json_array_size(asked); i++) {
		const char *name = json_string_value(json_array_get(asked, i));

		if (!is_among(wanted, n_wanted, name))
			return errmsg_set(
				e,
				"was begun with --experiment '%s': give that here too, or begin another state "
				"from the logs",
				name ? name : "");
	}
	for (size_t i = 0; i < n_wanted; i++)
		if (!is_asked(asked, wanted[i]))
			return errmsg_set(e,
					  "was begun without --experiment '%s': leave it out, or begin another state "
					  "from the logs",
					  wanted[i]);
	return 0;
}

int partial_keep_as(struct study_keep *keep, const json_t *head, char *const *wanted, size_t n_wanted,
		    struct errmsg *e)
{
	struct partial_shape shape;

	if (partial_find_catalog(keep) < 0)
		return errmsg_nomem(e);
	if (check_asked(json_object_get(head, "asked"), wanted, n_wanted, e) < 0 ||
	    check_kept(keep, head, &shape, e) < 0)
		return -1;
	if (shape.artists && !keep->catalog)
		return errmsg_set(e, "was begun with --tracks: give that here too");
	if (!shape.artists && keep->catalog)
		return errmsg_set(e, "was begun without --tracks: leave it out, or begin another state from the logs");
	keep->days = shape.days;
	keep->sessions = shape.sessions;
	keep->recommendations = shape.answers;
	return 0;
}

int partial_read_head(struct study *s, const json_t *object, const char *file, struct partial_shape *shape,
		      struct partial_numbers *numbers, uint64_t *users, struct errmsg *e)
{
	const json_t *from = json_object_get(object, "from");

	*numbers = (struct partial_numbers){0};
	shape->from = EVENT_NO_TIMESTAMP;
	if (check_kept(&s->keep, object, shape, e) < 0 || input_logs_read(&s->logs, object, file, e) < 0)
		return -1;
	if (!json_is_null(from) && !ndjson_whole(from, &shape->from))
		return errmsg_set(e, "not a part of a log: \"from\" is not a moment");
	if (read_counts(s, object, e) < 0 || read_order(s, object, e) < 0 ||
	    partial_read_count(object, "users", UINT32_MAX, users, e) < 0)
		return -1;
	if (read_early(s, object, numbers, e) < 0 || read_experiments(s, object, numbers, e) < 0)
		return -1;
	return shape->answers ? read_sources(s, object, numbers, e) : 0;
}
