#include "study/partial.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/grow.h"
#include "study/partial_file.h"
#include "study/partial_head.h"
#include "study/partial_values.h"
#include "study/study_internal.h"
#include "text/ndjson.h"

/* The parts as they are being read. */
struct reading {
	struct study *study;
	const char *name;	/* of this file */
	bool begun;		/* its first line has been read */
	uint64_t rows, promised; /* in this file */
	const char **files; /* by the user's place: the file that has it */
	size_t files_cap;
};

static int read_sums(const json_t *object, struct metrics_sums *sums, uint32_t *sessions, struct errmsg *e)
{
	double time = 0, latency = 0;

	if (partial_read_small(object, "sessions", sessions, e) < 0 ||
	    partial_read_number(object, "time", &time, e) < 0)
		return -1;
	if (partial_read_small(object, "tracks", &sums->events, e) < 0 ||
	    partial_read_sum(object, "latency", &latency, e) < 0)
		return -1;
	sums->billionths = metrics_billionths(time);
	sums->picoseconds = metrics_picoseconds(latency);
	return partial_read_small(object, "latencies", &sums->latencies, e);
}

static int read_days(struct study *s, uint32_t participant, const json_t *list, struct errmsg *e)
{
	const json_t *object;
	size_t i;

	if (!json_is_array(list))
		return errmsg_set(e, "not a part of a log: \"days\" is not an array");
	json_array_foreach(list, i, object) {
		struct days_sums *day;
		int64_t number;

		if (!ndjson_whole(json_object_get(object, "day"), &number) || number < INT32_MIN || number > INT32_MAX)
			return errmsg_set(e, "not a part of a log: \"day\" is not a day");
		day = days_at(&s->days, participant, (int32_t)number);
		if (!day)
			return errmsg_nomem(e);
		if (read_sums(object, &day->did, &day->sessions, e) < 0)
			return -1;
	}
	return 0;
}

static int read_times(struct study *s, uint32_t participant, const json_t *list, struct errmsg *e)
{
	const json_t *time;
	size_t i;

	if (!json_is_array(list))
		return errmsg_set(e, "not a part of a log: \"times\" is not an array");
	json_array_foreach(list, i, time) {
		if (!json_is_number(time))
			return errmsg_set(e, "not a part of a log: a time is not a number");
		if (study_keep_session(s, participant, json_number_value(time)) < 0)
			return errmsg_nomem(e);
	}
	return 0;
}

/* The number of an arm that has been made known; METRICS_TWO_ARMS for null. Returns 0, or -1 with the reason. */
static int read_arm(const struct study_experiment *x, const json_t *object, uint32_t *arm, struct errmsg *e)
{
	const json_t *value = json_object_get(object, "arm");
	struct slice name = partial_string_at(object, "arm");

	*arm = METRICS_TWO_ARMS;
	if (json_is_null(value))
		return 0;
	if (name.text)
		*arm = intern_find(&x->arms, name);
	return *arm == INTERN_NONE ? errmsg_set(e, "not a part of a log: \"arm\" is none of those named before") : 0;
}

static int read_participant(struct study *s, uint32_t user, uint32_t experiment, const json_t *object, struct errmsg *e)
{
	struct study_arm in = {.experiment = experiment};
	struct study_participant *m;
	uint32_t participant;
	bool open = false;

	if (read_arm(&s->experiments[experiment], object, &in.arm, e) < 0 ||
	    partial_read_truth(object, "open", &open, e) < 0)
		return -1;
	m = study_participant_at(s, user, in);
	if (!m)
		return errmsg_nomem(e);
	participant = (uint32_t)(m - s->participants);
	m->did.open.events = open;
	if (read_sums(object, &m->did.finished, &m->did.sessions, e) < 0)
		return -1;
	if (s->keep.days && read_days(s, participant, json_object_get(object, "days"), e) < 0)
		return -1;
	return s->keep.sessions ? read_times(s, participant, json_object_get(object, "times"), e) : 0;
}

static int read_participants(struct study *s, uint32_t user, json_t *experiments, struct errmsg *e)
{
	const char *key;
	json_t *object;

	if (!json_is_object(experiments))
		return errmsg_set(e, "not a part of a log: \"experiments\" is not an object");
	json_object_foreach(experiments, key, object) {
		uint32_t experiment = intern_find(&s->names, slice_of(key));

		if (experiment == INTERN_NONE)
			return errmsg_set(e, "not a part of a log: experiment '%s' was not named before", key);
		if (s->experiments[experiment].wanted && read_participant(s, user, experiment, object, e) < 0)
			return -1;
	}
	return 0;
}

static int read_before(struct study *s, uint32_t user, const json_t *object, struct errmsg *e)
{
	struct study_participant *m;

	if (!object || !s->keep.before)
		return 0;
	m = study_participant_at(s, user, (struct study_arm){.experiment = STUDY_BEFORE});
	return m ? read_sums(object, &m->did.finished, &m->did.sessions, e) : errmsg_nomem(e);
}

/* Makes a user who was in no part so far. Returns the place, or STUDY_NO_USER with the reason. */
static uint32_t new_user(struct reading *r, uint32_t id, struct errmsg *e)
{
	size_t known = r->study->n_users;
	const char **files = grow(r->files, &r->files_cap, known + 1, sizeof *files);
	uint32_t user;

	if (files)
		r->files = files;
	user = files ? study_user_at(r->study, id) : STUDY_NO_USER;
	if (user == STUDY_NO_USER) {
		errmsg_nomem(e);
		return STUDY_NO_USER;
	}
	if (r->study->n_users == known) {
		errmsg_set(e, "user %u is in %s too: parts must be split by user", id, files[user]);
		return STUDY_NO_USER;
	}
	files[user] = r->name;
	return user;
}

static int read_user(struct reading *r, const json_t *object, struct errmsg *e)
{
	struct study *s = r->study;
	uint32_t id, user;

	if (ndjson_id(json_object_get(object, "user"), "user", &id, e) < 0)
		return errmsg_prefix(e, "not a part of a log");
	user = new_user(r, id, e);
	if (user == STUDY_NO_USER || partial_read_truth(object, "open", &s->users[user].in_session, e) < 0)
		return -1;
	if (read_before(s, user, json_object_get(object, "before"), e) < 0)
		return -1;
	return read_participants(s, user, json_object_get(object, "experiments"), e);
}

/* Reads counts, which must be small enough to be added to `sum`. */
static int read_answers_count(const json_t *object, struct recommendations_count *count,
			      struct recommendations_count sum, struct errmsg *e)
{
	for (size_t i = 0; i < PARTIAL_ANSWERS_N; i++) {
		const char *key = partial_answers[i].key;

		if (partial_read_count(object, key, INT64_MAX, partial_answers_at(count, i), e) < 0 ||
		    partial_add_count(object, key, partial_answers_at(&sum, i), e) < 0)
			return -1;
	}
	return 0;
}

static int read_answers(struct reading *r, const json_t *object, struct errmsg *e)
{
	struct study *s = r->study;
	struct slice name = partial_string_at(object, "experiment"), source = partial_string_at(object, "source");
	uint32_t experiment = name.text ? intern_find(&s->names, name) : INTERN_NONE, number, arm = METRICS_TWO_ARMS;
	struct recommendations_count count = {0}, sum;

	if (experiment == INTERN_NONE || !source.text)
		return errmsg_set(e, "not a part of a log: answers of no source or of no experiment");
	if (!s->keep.recommendations || !s->experiments[experiment].wanted)
		return 0;
	number = intern_add(&s->recommendations.sources, source, 0);
	if (number == INTERN_NONE)
		return errmsg_nomem(e);
	if (read_arm(&s->experiments[experiment], object, &arm, e) < 0)
		return -1;
	sum = recommendations_find(&s->recommendations, experiment, arm, number);
	if (read_answers_count(object, &count, sum, e) < 0)
		return -1;
	if (arm == METRICS_TWO_ARMS || count.recommendations == 0)
		return errmsg_set(e, "not a part of a log: answers of no arm, or none");
	return recommendations_add(&s->recommendations, experiment, arm, number, &count) < 0 ? errmsg_nomem(e) : 0;
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct reading *r = ctx;

	if (json_object_get(line->object, "partial")) {
		r->begun = true;
		return partial_read_head(r->study, line->object, &r->promised, e);
	}
	if (!r->begun)
		return errmsg_set(e, "not a part of a log: it does not begin as what --partial writes");
	r->rows++;
	if (json_object_get(line->object, "source"))
		return read_answers(r, line->object, e);
	return read_user(r, line->object, e);
}

static int read_file(struct reading *r, const char *path, struct errmsg *e)
{
	r->name = ndjson_name(path);
	r->begun = false;
	r->rows = r->promised = 0;
	if (ndjson_each(path, read_line, r, e) < 0)
		return -1;
	if (!r->begun)
		return errmsg_set(e, "%s: empty: not written by --partial, or cut", r->name);
	if (r->rows != r->promised)
		return errmsg_set(e, "%s: %" PRIu64 " rows instead of %" PRIu64 ": cut, or incomplete", r->name,
				  r->rows, r->promised);
	return 0;
}

int partial_read(struct study *s, char *const *paths, size_t n_paths, struct errmsg *e)
{
	struct reading r = {.study = s};
	int status = n_paths == 0 ? read_file(&r, "-", e) : 0;

	for (size_t i = 0; status == 0 && i < n_paths; i++)
		status = read_file(&r, paths[i], e);
	free(r.files);
	return status;
}
