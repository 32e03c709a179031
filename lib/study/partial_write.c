#include <inttypes.h>
#include <stdlib.h>

#include "study/partial.h"
#include "study/partial_file.h"
#include "text/json_put.h"

#define COUNT(name) {#name, offsetof(struct answers_count, name)}

const struct partial_count partial_answers[PARTIAL_ANSWERS_N] = {
	COUNT(answers), COUNT(pools), COUNT(pool), COUNT(repeated_tracks), COUNT(with_artist), COUNT(repeated_artists),
};

static void put_name(const struct symbols *symbols, size_t number, FILE *f)
{
	json_put_bytes(f, symbols->list[number].text, symbols->list[number].len);
}

static const char *truth(bool x)
{
	return x ? "true" : "false";
}

/* ,"arms":[…], or null. Returns 0, or -1 where there is no memory. */
static int put_arms(const struct study_experiment *x, FILE *f)
{
	uint32_t *arms = symbols_sorted(&x->arms);

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
	if (x->first == EVENT_NO_TIMESTAMP)
		fputs(",\"first\":null", f);
	else
		fprintf(f, ",\"first\":%" PRId64, x->first);
	fprintf(f, ",\"place\":%" PRIu32, x->place);
	status = put_arms(x, f);
	fputc('}', f);
	return status;
}

static void put_counts(const struct study *s, FILE *f)
{
	fprintf(f, "{\"partial\":\"" PARTIAL_OF "\",\"version\":%d,\"events\":%" PRIu64 ",\"duplicate_events\":%" PRIu64
		   ",\"out_of_order_events\":%" PRIu64 ",\"sorted\":%s,\"events_after_end\":%" PRIu64
		   ",\"malformed_lines\":%" PRIu64 ",\"unread_files\":%" PRIu64 ",\"undated_sessions\":%" PRIu64,
		PARTIAL_VERSION, s->events, s->duplicates, s->out_of_order, truth(s->sorted), s->after_end, s->malformed,
		s->unread, s->days.undated);
}

/* ,"covariate_before":moment,"events_before":{name:count,…} Returns 0, or -1 where there is no memory. */
static int put_before(const struct study *s, FILE *f)
{
	uint32_t *names = symbols_sorted(&s->early);

	if (!names)
		return -1;
	fprintf(f, ",\"covariate_before\":%" PRId64 ",\"events_before\":{", s->keep.moment);
	for (size_t i = 0; i < s->early.n; i++) {
		fputs(i > 0 ? "," : "", f);
		put_name(&s->early, names[i], f);
		fprintf(f, ":%" PRIu64, s->early_events[names[i]]);
	}
	fputc('}', f);
	free(names);
	return 0;
}

/* Returns 0, or -1 where there is no memory. */
static int put_head(const struct study *s, FILE *f)
{
	int status = 0;

	put_counts(s, f);
	if (s->keep.before)
		status = put_before(s, f);
	else
		fputs(",\"covariate_before\":null", f);
	fprintf(f, ",\"days\":%s,\"sessions\":%s,\"answers\":%s,\"artists\":%s,\"experiments\":[", truth(s->keep.days),
		truth(s->keep.sessions), truth(s->keep.answers), truth(s->keep.answers && s->keep.catalog));
	for (size_t i = 0; status == 0 && i < s->names.n; i++) {
		fputs(i > 0 ? "," : "", f);
		status = put_experiment(s, i, f);
	}
	fprintf(f, "],\"rows\":%zu}\n", s->n_users + s->answers.keys.n);
	return status;
}

static void put_sums(const struct metrics_sums *sums, uint32_t sessions, FILE *f)
{
	fprintf(f, "\"sessions\":%" PRIu32 ",\"time\":", sessions);
	json_put_number(f, sums->time);
	fprintf(f, ",\"tracks\":%" PRIu32 ",\"latency\":", sums->events);
	json_put_number(f, sums->latency);
	fprintf(f, ",\"latencies\":%" PRIu32, sums->latencies);
}

static void put_days(const struct days *days, uint32_t member, FILE *f)
{
	fputs(",\"days\":[", f);
	for (const struct days_sums *day = days_latest(days, member), *first = day; day; day = days_earlier(days, day)) {
		fprintf(f, "%s{\"day\":%" PRId32 ",", day == first ? "" : ",", day->day);
		put_sums(&day->did, day->sessions, f);
		fputc('}', f);
	}
	fputc(']', f);
}

static void put_times(const struct study_sessions *sessions, uint32_t member, FILE *f)
{
	fputs(",\"times\":[", f);
	for (size_t k = sessions->first[member]; k < sessions->first[member + 1]; k++) {
		fputs(k > sessions->first[member] ? "," : "", f);
		json_put_number(f, sessions->times[k]);
	}
	fputc(']', f);
}

static void put_member(const struct study *s, const struct study_member *m, FILE *f)
{
	uint32_t member = (uint32_t)(m - s->members);

	put_name(&s->names, m->experiment, f);
	fputs(":{\"arm\":", f);
	if (m->did.arm == METRICS_TWO_ARMS)
		fputs("null", f);
	else
		put_name(&s->experiments[m->experiment].arms, m->did.arm, f);
	fputc(',', f);
	put_sums(&m->did.finished, m->did.sessions, f);
	fprintf(f, ",\"open\":%s", truth(m->did.open.events > 0));
	if (s->keep.days)
		put_days(&s->days, member, f);
	if (s->keep.sessions)
		put_times(&s->sessions, member, f);
	fputc('}', f);
}

/* Experiments stand in the order of the report, so that the same study gives the same bytes. */
static void put_user(const struct study *s, const struct idmap_entry *id, FILE *f)
{
	size_t user = id->value - 1;
	const struct study_member *before = study_member(s, user, STUDY_BEFORE), *m;
	const char *separator = "";

	fprintf(f, "{\"user\":%" PRIu32 ",\"open\":%s,", id->key, truth(s->users[user].in_session));
	if (before) {
		fputs("\"before\":{", f);
		put_sums(&before->did.finished, before->did.sessions, f);
		fputs("},", f);
	}
	fputs("\"experiments\":{", f);
	for (uint32_t x = 0; x < s->names.n; x++) {
		if (!(m = study_member(s, user, x)))
			continue;
		fputs(separator, f);
		separator = ",";
		put_member(s, m, f);
	}
	fputs("}}\n", f);
}

static void put_answers(const struct study *s, size_t experiment, size_t arm, size_t source, FILE *f)
{
	struct answers_count count = answers_find(&s->answers, (uint32_t)experiment, (uint32_t)arm, (uint32_t)source);

	if (count.answers == 0)
		return;
	fputs("{\"source\":", f);
	put_name(&s->answers.sources, source, f);
	fputs(",\"experiment\":", f);
	put_name(&s->names, experiment, f);
	fputs(",\"arm\":", f);
	put_name(&s->experiments[experiment].arms, arm, f);
	for (size_t i = 0; i < PARTIAL_ANSWERS_N; i++)
		fprintf(f, ",\"%s\":%" PRIu64, partial_answers[i].key, *partial_answers_at(&count, i));
	fputs("}\n", f);
}

/* Sources and arms stand in the order of their names. Returns 0, or -1 where there is no memory. */
static int put_all_answers(const struct study *s, FILE *f)
{
	uint32_t *sources = symbols_sorted(&s->answers.sources);
	int status = sources ? 0 : -1;

	for (size_t x = 0; status == 0 && x < s->names.n; x++) {
		const struct symbols *names = &s->experiments[x].arms;
		uint32_t *arms = symbols_sorted(names);

		for (size_t k = 0; arms && k < names->n * s->answers.sources.n; k++)
			put_answers(s, x, arms[k / s->answers.sources.n], sources[k % s->answers.sources.n], f);
		status = arms ? 0 : -1;
		free(arms);
	}
	free(sources);
	return status;
}

int partial_write(const struct study *s, FILE *f, struct errmsg *e)
{
	if (put_head(s, f) < 0 || put_all_answers(s, f) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->n_users; i++)
		put_user(s, &s->ids[i], f);
	return 0;
}
