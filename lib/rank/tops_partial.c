#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "rank/tops.h"
#include "rank/tops_partial_file.h"
#include "text/ndjson.h"

/* A file of partial counts as it is being read. */
struct reading {
	struct tops *tops;
	const char *file;
	int64_t rows, promised;
	bool totals; /* a line of them has been read */
};

static int read_count(const json_t *object, const char *key, int64_t *count, struct errmsg *e)
{
	uint64_t n = 0;

	if (ndjson_count(object, key, INT64_MAX, &n, e) < 0)
		return errmsg_prefix(e, "not partial counts");
	*count = (int64_t)n;
	return 0;
}

/* Adds the count at `key` to *sum. */
static int add_count(const json_t *object, const char *key, int64_t *sum, struct errmsg *e)
{
	int64_t count = 0;

	if (read_count(object, key, &count, e) < 0)
		return -1;
	if (count > POPULARITY_MAX - *sum)
		return errmsg_set(e, "\"%s\" are more than can be counted", key);
	*sum += count;
	return 0;
}

static int check_version(const json_t *object, struct errmsg *e)
{
	uint64_t version = 1;

	if (json_object_get(object, "version") && ndjson_count(object, "version", INT64_MAX, &version, e) < 0)
		return errmsg_prefix(e, "not partial counts");
	if (version != TOPS_PARTIAL_VERSION)
		return errmsg_set(e,
				  "was written in version %" PRIu64 " of the format; this is %d: count its log again",
				  version, TOPS_PARTIAL_VERSION);
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

/* The digest of a log; a log without events has none that matters. Returns 0, or -1 with the reason. */
static int read_digest(const json_t *object, uint64_t *digest, struct errmsg *e)
{
	const char *text = json_string_value(json_object_get(object, "digest"));

	if (!text || strlen(text) != TOPS_DIGEST_SIZE - 1 || strspn(text, "0123456789abcdef") != TOPS_DIGEST_SIZE - 1)
		return errmsg_set(e, "not partial counts: \"digest\" is not that of a log");
	*digest = strtoull(text, NULL, 16);
	return 0;
}

/* Notes whose log this is. A second part of the same log would count it twice. */
static int check_digest(struct reading *r, const json_t *object, struct errmsg *e)
{
	struct tops_parts *parts = &r->tops->parts;
	size_t known = parts->digests.n;
	const char **files;
	const char *text;
	uint64_t digest = 0;
	uint32_t number;

	if (read_digest(object, &digest, e) < 0)
		return -1;
	parts->digest += digest;
	if (json_integer_value(json_object_get(object, "events")) == 0)
		return 0;
	files = grow(parts->files, &parts->files_cap, known + 1, sizeof *files);
	if (!files)
		return errmsg_nomem(e);
	parts->files = files;
	text = json_string_value(json_object_get(object, "digest"));
	number = intern_add(&parts->digests, slice_of(text), INTERN_NONE);
	if (number == INTERN_NONE)
		return errmsg_nomem(e);
	if (parts->digests.n == known)
		return errmsg_set(e, "a part of the same log as %s: it would count twice", files[number]);
	files[number] = r->file;
	return 0;
}

static int read_totals(struct reading *r, const json_t *object, struct errmsg *e)
{
	const char *what = json_string_value(json_object_get(object, "partial"));

	if (!what || strcmp(what, TOPS_PARTIAL_OF) != 0)
		return errmsg_set(e, "partial counts of something else than " TOPS_PARTIAL_OF);
	r->totals = true;
	if (check_version(object, e) < 0 || check_experiment(r->tops, object, e) < 0 ||
	    check_recommended(r, object, e) < 0 ||
	    check_arms(r, object, e) < 0 || check_digest(r, object, e) < 0)
		return -1;
	if (!r->tops->parts.file)
		r->tops->parts.file = r->file;
	if (add_count(object, "events", &r->tops->events, e) < 0 ||
	    add_count(object, "outside", &r->tops->outside, e) < 0)
		return -1;
	return add_count(object, "rows", &r->promised, e);
}

/* A moment that may be absent. */
static int read_moment(const json_t *object, const char *key, int64_t *moment, struct errmsg *e)
{
	const json_t *value = json_object_get(object, key);

	*moment = value ? json_integer_value(value) : EVENT_NO_TIMESTAMP;
	if (value && !json_is_integer(value))
		return errmsg_set(e, "not partial counts: \"%s\" is not a moment", key);
	return 0;
}

static int read_user(struct reading *r, const json_t *object, struct errmsg *e)
{
	const json_t *waits = json_object_get(object, "waits");
	struct tops_user user = {.waits = EVENT_NO_TRACK, .file = r->file};

	r->rows++;
	if (ndjson_id(json_object_get(object, "user"), "user", &user.user, e) < 0 ||
	    ndjson_id(json_object_get(object, "first"), "first", &user.first, e) < 0 ||
	    (waits && ndjson_id(waits, "waits", &user.waits, e) < 0))
		return errmsg_prefix(e, "not partial counts");
	if (read_moment(object, "at", &user.at, e) < 0 || read_moment(object, "until", &user.until, e) < 0)
		return -1;
	return tops_users_add(&r->tops->parts.users, &user) < 0 ? errmsg_nomem(e) : 0;
}

static int read_row(struct reading *r, const json_t *object, struct errmsg *e)
{
	const json_t *arm = json_object_get(object, "arm");
	const char *name = r->tops->choice.experiment ? json_string_value(arm) : arm ? NULL : "";
	struct popularity_count count;
	struct tops_list *list;

	if (!name)
		return errmsg_set(e, arm ? "a row of another experiment, or of none"
					 : "not partial counts: \"arm\" is missing");
	if (ndjson_id(json_object_get(object, "track"), "track", &count.track, e) < 0)
		return errmsg_prefix(e, "not partial counts");
	if (read_count(object, "plays", &count.plays, e) < 0 ||
	    read_count(object, "billionths", &count.billionths, e) < 0)
		return -1;
	r->rows++;
	if (!tops_chosen(r->tops, slice_of(name)))
		return 0;
	list = tops_list_of(r->tops, slice_of(name));
	return list ? popularity_add_count(&list->popularity, &count, e) : errmsg_nomem(e);
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	const json_t *object = line->object;

	if (json_object_get(object, "partial"))
		return read_totals(ctx, object, e);
	return json_object_get(object, "first") ? read_user(ctx, object, e) : read_row(ctx, object, e);
}

int tops_read_partial(struct tops *t, const char *path, struct errmsg *e)
{
	struct reading r = {.tops = t, .file = ndjson_name(path)};

	if (ndjson_each(path, read_line, &r, e) < 0)
		return -1;
	if (!r.totals)
		return errmsg_set(e, "%s: no totals in it: not written by --partial, or cut", r.file);
	if (r.rows != r.promised)
		return errmsg_set(e, "%s: %" PRId64 " rows instead of %" PRId64 ": cut, or incomplete", r.file, r.rows,
				  r.promised);
	return 0;
}

int tops_check_partials(struct tops *t, struct errmsg *e)
{
	tops_users_sort(&t->parts.users);
	return tops_users_check(&t->parts.users, e);
}
