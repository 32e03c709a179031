#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/grow.h"
#include "study/partial.h"
#include "study/partial_file.h"
#include "text/json_put.h"

#define AT(name) offsetof(struct recommendations_count, name)

const struct partial_count partial_answers[PARTIAL_ANSWERS_N] = {
	{"answers", AT(recommendations)}, {"pools", AT(pools)}, {"pool", AT(pool)},
	{"repeated_tracks", AT(repeated_tracks)}, {"with_artist", AT(with_artist)},
	{"repeated_artists", AT(repeated_artists)},
};

static void put_name(const struct intern *symbols, size_t number, FILE *f)
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
		PARTIAL_VERSION, s->events, s->duplicates, s->out_of_order, truth(s->sorted), s->after_end,
		s->malformed, s->unread, s->days.undated);
}

/* ,"covariate_before":moment,"events_before":{name:count,…} Returns 0, or -1 where there is no memory. */
static int put_before(const struct study *s, FILE *f)
{
	uint32_t *names = intern_sorted(&s->early);

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
		truth(s->keep.sessions), truth(s->keep.recommendations),
		truth(s->keep.recommendations && s->keep.catalog));
	for (size_t i = 0; status == 0 && i < s->names.n; i++) {
		fputs(i > 0 ? "," : "", f);
		status = put_experiment(s, i, f);
	}
	fprintf(f, "],\"rows\":%zu}\n", s->n_users + s->recommendations.keys.n);
	return status;
}

static void put_sums(const struct metrics_sums *sums, uint32_t sessions, FILE *f)
{
	fprintf(f, "\"sessions\":%" PRIu32 ",\"time\":", sessions);
	json_put_number(f, metrics_tracks(sums->billionths));
	fprintf(f, ",\"tracks\":%" PRIu32 ",\"latency\":", sums->events);
	json_put_number(f, sums->picoseconds == METRICS_ENDLESS ? INFINITY : (double)sums->picoseconds / 1e12);
	fprintf(f, ",\"latencies\":%" PRIu32, sums->latencies);
}

static void put_days(const struct days *days, uint32_t participant, FILE *f)
{
	const struct days_sums *latest = days_latest(days, participant);

	fputs(",\"days\":[", f);
	for (const struct days_sums *day = latest; day; day = days_earlier(days, day)) {
		fprintf(f, "%s{\"day\":%" PRId32 ",", day == latest ? "" : ",", day->day);
		put_sums(&day->did, day->sessions, f);
		fputc('}', f);
	}
	fputc(']', f);
}

static void put_times(const struct study_sessions *sessions, uint32_t participant, FILE *f)
{
	fputs(",\"times\":[", f);
	for (size_t k = sessions->first[participant]; k < sessions->first[participant + 1]; k++) {
		fputs(k > sessions->first[participant] ? "," : "", f);
		json_put_number(f, sessions->times[k]);
	}
	fputc(']', f);
}

static void put_participant(const struct study *s, const struct study_participant *m, FILE *f)
{
	uint32_t participant = (uint32_t)(m - s->participants);

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
		put_days(&s->days, participant, f);
	if (s->keep.sessions)
		put_times(&s->sessions, participant, f);
	fputc('}', f);
}

/* The records of a user. */
struct participants {
	const struct study_participant **list;
	size_t n, cap;
};

static int by_experiment(const void *a, const void *b)
{
	const struct study_participant *x = *(const struct study_participant *const *)a;
	const struct study_participant *y = *(const struct study_participant *const *)b;

	return (x->experiment > y->experiment) - (x->experiment < y->experiment);
}

/*
 * Experiments stand in the order of the report, so that the same study gives the same bytes. Returns 0, or -1: no
 * memory.
 */
static int gather_participants(const struct study *s, const struct study_user *u, struct participants *all)
{
	all->n = 0;
	for (uint32_t link = u->participant; link != 0; link = s->participants[link - 1].next) {
		const struct study_participant **list = grow(all->list, &all->cap, all->n + 1, sizeof *list);

		if (!list)
			return -1;
		all->list = list;
		if (s->participants[link - 1].experiment != STUDY_BEFORE)
			list[all->n++] = &s->participants[link - 1];
	}
	if (all->n > 1)
		qsort(all->list, all->n, sizeof *all->list, by_experiment);
	return 0;
}

static int put_user(const struct study *s, const struct idmap_entry *id, struct participants *all, FILE *f)
{
	size_t user = id->value - 1;
	const struct study_participant *before = study_participant(s, user, STUDY_BEFORE);

	if (gather_participants(s, &s->users[user], all) < 0)
		return -1;
	fprintf(f, "{\"user\":%" PRIu32 ",\"open\":%s,", id->key, truth(s->users[user].in_session));
	if (before) {
		fputs("\"before\":{", f);
		put_sums(&before->did.finished, before->did.sessions, f);
		fputs("},", f);
	}
	fputs("\"experiments\":{", f);
	for (size_t i = 0; i < all->n; i++) {
		fputs(i > 0 ? "," : "", f);
		put_participant(s, all->list[i], f);
	}
	fputs("}}\n", f);
	return 0;
}

static void put_answers(const struct study *s, const struct recommendations_row *row, FILE *f)
{
	struct recommendations_count count = *row->count;

	fputs("{\"source\":", f);
	put_name(&s->recommendations.sources, row->source, f);
	fputs(",\"experiment\":", f);
	put_name(&s->names, row->experiment, f);
	fputs(",\"arm\":", f);
	put_name(&s->experiments[row->experiment].arms, row->arm, f);
	for (size_t i = 0; i < PARTIAL_ANSWERS_N; i++)
		fprintf(f, ",\"%s\":%" PRIu64, partial_answers[i].key, *partial_answers_at(&count, i));
	fputs("}\n", f);
}

/* Sources and arms stand in the order of their names. Returns 0, or -1 where there is no memory. */
static int put_all_answers(const struct study *s, FILE *f)
{
	struct recommendations_row *counted = recommendations_sorted(&s->recommendations);
	int status = counted ? 0 : -1;

	for (uint32_t x = 0; status == 0 && x < s->names.n; x++) {
		const struct intern *names = &s->experiments[x].arms;
		uint32_t *arms = intern_sorted(names);

		for (size_t i = 0; arms && i < names->n; i++) {
			size_t n;
			const struct recommendations_row *rows;

			rows = recommendations_of_arm(&s->recommendations, counted, x, arms[i], &n);
			for (size_t k = 0; k < n; k++)
				put_answers(s, &rows[k], f);
		}
		status = arms ? 0 : -1;
		free(arms);
	}
	free(counted);
	return status;
}

int partial_write(const struct study *s, FILE *f, struct errmsg *e)
{
	struct participants all = {0};
	int status = put_head(s, f) < 0 || put_all_answers(s, f) < 0 ? -1 : 0;

	for (size_t i = 0; status == 0 && i < s->n_users; i++)
		status = put_user(s, &s->ids[i], &all, f);
	free(all.list);
	return status < 0 ? errmsg_nomem(e) : 0;
}
