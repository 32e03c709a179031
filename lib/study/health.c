#include "study/health.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/proportions.h"
#include "text/humanize.h"

static uint64_t malformed_lines(const struct study *s)
{
	return s->malformed;
}

static void weigh_malformed(const struct study *s, struct health_finding *f, struct errmsg *words)
{
	double lines = (double)s->events + (double)s->malformed;

	f->grave = f->loud = (double)s->malformed > HEALTH_MALFORMED_GRAVE * lines;
	if (f->grave)
		errmsg_set(words, "left out, %.3g %% of all lines", 100 * (double)s->malformed / lines);
}

static uint64_t unread_files(const struct study *s)
{
	return s->unread;
}

static uint64_t out_of_order_events(const struct study *s)
{
	return s->out_of_order;
}

static uint64_t unfinished_sessions(const struct study *s)
{
	return s->unfinished;
}

static uint64_t events_after_end(const struct study *s)
{
	return s->after_end;
}

static uint64_t duplicate_events(const struct study *s)
{
	return s->duplicates;
}

static uint64_t users_in_one_arm(const struct study_experiment *x)
{
	uint64_t users = 0;

	for (size_t i = 0; i < x->arms.n; i++)
		users += x->summary.arms[i].seen;
	return users;
}

static int users_in_two_arms(const struct health_subject *of, struct health_finding *f, struct errmsg *words)
{
	const struct study_experiment *x = of->experiment;
	double two = (double)x->summary.two_arms, all = two + (double)users_in_one_arm(x),
	       share = all > 0 ? two / all : 0;

	f->count = x->summary.two_arms;
	f->usual = share < HEALTH_TWO_ARMS_WARNING;
	f->grave = share >= HEALTH_TWO_ARMS_GRAVE;
	if (f->grave)
		errmsg_set(words, "left out, %.1f %% of all users", 100 * share);
	return 0;
}

/* Users who were left out, or not whole, by arm. */
struct losses {
	uint32_t *arms; /* in order of their names, so that the parts of a log have the same sums as the whole */
	uint64_t *lost, *seen;
	size_t n;
};

static void losses_clear(struct losses *l)
{
	free(l->arms);
	free(l->lost);
	free(l->seen);
}

static int losses_init(struct losses *l, const struct study_experiment *x,
		       uint64_t (*lost)(const struct metrics_arm *arm))
{
	*l = (struct losses){.n = x->arms.n,
			     .arms = intern_sorted(&x->arms),
			     .lost = calloc(x->arms.n + 1, sizeof *l->lost),
			     .seen = calloc(x->arms.n + 1, sizeof *l->seen)};
	if (!l->arms || !l->lost || !l->seen)
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		l->lost[i] = lost(&x->summary.arms[l->arms[i]]);
		l->seen[i] = x->summary.arms[l->arms[i]].seen;
	}
	return 0;
}

static struct proportions losses_test(const struct losses *l, const struct effects_options *o)
{
	return o->sequential ? proportions_sequential(l->lost, l->seen, l->n, o->tune, o->alpha)
				  : proportions_test(l->lost, l->seen, l->n);
}

static void say_losses(const struct losses *l, const struct study_experiment *x, const struct proportions *test,
		       struct errmsg *words)
{
	uint64_t lost = 0, seen = 0;

	for (size_t i = 0; i < l->n; i++) {
		lost += l->lost[i];
		seen += l->seen[i];
	}
	errmsg_set(words,
		   "left out, not alike in the arms (%s): %" PRIu64 " of %" PRIu64 " users of %s, %" PRIu64
		   " of %" PRIu64 " of the others",
		   humanize_p_said(test->p, HEALTH_ALARM).text, l->lost[test->arm], l->seen[test->arm],
		   humanize_name(intern_text(&x->arms, l->arms[test->arm])), lost - l->lost[test->arm],
		   seen - l->seen[test->arm]);
}

/* Tests whether as many were lost in each arm, and says so where not. Returns 0, or -1 where there is no memory. */
static int judge_losses(const struct health_subject *of, struct health_finding *f, struct errmsg *words,
			uint64_t (*lost)(const struct metrics_arm *arm))
{
	const struct study_experiment *x = of->experiment;
	struct losses l;
	int status = losses_init(&l, x, lost);

	if (status == 0) {
		struct proportions test = losses_test(&l, of->options);

		f->p = test.p;
		f->grave = test.p < HEALTH_ALARM;
		f->usual = !f->grave;
		if (f->grave)
			say_losses(&l, x, &test, words);
	}
	losses_clear(&l);
	return status;
}

static uint64_t open_of(const struct metrics_arm *arm)
{
	return arm->open;
}

static int unfinished_in(const struct health_subject *of, struct health_finding *f, struct errmsg *words)
{
	f->count = of->experiment->summary.unfinished;
	return judge_losses(of, f, words, open_of);
}

static uint64_t without_session(const struct metrics_arm *arm)
{
	return arm->seen - arm->users;
}

static int users_without_session(const struct health_subject *of, struct health_finding *f, struct errmsg *words)
{
	const struct study_experiment *x = of->experiment;

	for (size_t i = 0; i < x->arms.n; i++)
		f->count += without_session(&x->summary.arms[i]);
	return judge_losses(of, f, words, without_session);
}

static int missing_arms(const struct health_subject *of, struct health_finding *f, struct errmsg *words)
{
	f->count = of->planned ? allocation_missing(of->planned, &of->experiment->arms, words) : 0;
	f->grave = f->count > 0;
	return 0;
}

static int unplanned_arms(const struct health_subject *of, struct health_finding *f, struct errmsg *words)
{
	f->count = of->planned ? allocation_unplanned(of->planned, &of->experiment->arms, words) : 0;
	f->grave = f->count > 0;
	return 0;
}

static int early_events(const struct health_subject *of, struct health_finding *f, struct errmsg *words)
{
	f->count = of->experiment->early;
	f->grave = f->count > 0;
	if (f->grave)
		errmsg_set(words, "nothing was adjusted, for the covariate would hold part of the effect");
	return 0;
}

static int unbalanced_covariates(const struct health_subject *of, struct health_finding *f, struct errmsg *words)
{
	for (size_t i = 0; i < BALANCE_N; i++)
		if (of->balance->p[i] < HEALTH_ALARM)
			errmsg_set(words, "%s%s%s", words->text, f->count++ > 0 ? ", " : "",
				   balance_name(i, of->options->samples.file));
	f->p = balance_p(of->balance);
	f->grave = f->count > 0;
	if (f->grave)
		errmsg_set(words, "%s (%s)", words->text, humanize_p_said(f->p, HEALTH_ALARM).text);
	return 0;
}

const struct health_entry health_table[HEALTH_N] = {
	{.key = "malformed_lines",
	 .one = "malformed line",
	 .many = "malformed lines",
	 .heard = true,
	 .in_log = malformed_lines,
	 .weigh = weigh_malformed,
	 .help = "Lines that are not events, left out."},
	{.key = "unread_files",
	 .one = "file not read, or not to the end",
	 .many = "files not read, or not to the end",
	 .fate = HEALTH_SAID,
	 .grave = true,
	 .heard = true,
	 .in_log = unread_files,
	 .help = "Files not read, or not to the end."},
	{.key = "out_of_order_events",
	 .one = "event out of order",
	 .many = "events out of order",
	 .fate = HEALTH_ORDER,
	 .grave = true,
	 .heard = true,
	 .in_log = out_of_order_events,
	 .help = "Events for which an earlier event of the same user has a later timestamp."},
	{.key = "unfinished_sessions",
	 .one = "unfinished session",
	 .many = "unfinished sessions",
	 .usual = true,
	 .in_log = unfinished_sessions,
	 .help = "Sessions without an end."},
	{.key = "events_after_end",
	 .one = "event not later than the end of a session before it",
	 .many = "events not later than the end of a session before them",
	 .fate = HEALTH_ORDER,
	 .in_log = events_after_end,
	 .help = "Events not later than the end of a session before them."},
	{.key = "duplicate_events",
	 .one = "event delivered twice",
	 .many = "events delivered twice",
	 .in_log = duplicate_events,
	 .help = "Events delivered twice, left out."},

	{.key = "users_in_two_arms",
	 .one = "user seen in more than one arm",
	 .many = "users seen in more than one arm",
	 .in_experiment = users_in_two_arms,
	 .help = "Users seen in more than one arm, left out."},
	{.key = "unfinished_sessions",
	 .p_key = "unfinished_p",
	 .one = "unfinished session",
	 .many = "unfinished sessions",
	 .usual = true,
	 .in_experiment = unfinished_in,
	 .help = "Sessions without an end, left out.",
	 .p_help = "p of the users whose session has not ended, if arms are alike."},
	{.key = "missing_arms",
	 .one = "arm of the planned split never appears",
	 .many = "arms of the planned split never appear",
	 .fate = HEALTH_SAID,
	 .in_experiment = missing_arms,
	 .help = "Arms of the planned split that never appear."},
	{.key = "unplanned_arms",
	 .one = "arm is not in the planned split",
	 .many = "arms are not in the planned split",
	 .fate = HEALTH_SAID,
	 .in_experiment = unplanned_arms,
	 .help = "Arms that the planned split does not name."},
	{.key = "users_without_session",
	 .p_key = "attrition_p",
	 .one = "user finished no session",
	 .many = "users finished no session",
	 .usual = true,
	 .in_experiment = users_without_session,
	 .help = "Users who finished no session, left out.",
	 .p_help = "p of the users who finished no session, if arms lose them alike."},
	{.key = "early_events",
	 .one = "event before --covariate-before names an arm of it",
	 .many = "events before --covariate-before name an arm of it",
	 .fate = HEALTH_SAID,
	 .in_experiment = early_events,
	 .help = "Events before --covariate-before that name an arm; where there are any, nothing is adjusted."},
	{.key = "unbalanced_covariates",
	 .p_key = "covariate_p",
	 .one = "covariate differs between the arms",
	 .many = "covariates differ between the arms",
	 .fate = HEALTH_SAID,
	 .in_experiment = unbalanced_covariates,
	 .help = "Covariates that differ between the arms.",
	 .p_help = "p of the covariates, if they are alike in all arms."},
};

/* What becomes of the things that an entry counts, where the finding has no words of its own. */
static const char *fate_of(const struct health_entry *entry, bool sorted)
{
	switch (entry->fate) {
	case HEALTH_LEFT_OUT:
		return "left out";
	case HEALTH_ORDER:
		return sorted ? "sorted by timestamp" : "taken as they came, so sessions may be wrong";
	case HEALTH_SAID:
		break;
	}
	return "";
}

/* Gives a finding its words: those it has, or else its fate. Returns 0, or -1 where there is no memory. */
static int word_finding(struct health_finding *f, const char *words, bool sorted)
{
	const char *said = *words ? words : fate_of(f->entry, sorted);

	f->fate = *said ? strdup(said) : NULL;
	return *said && !f->fate ? -1 : 0;
}

int health_of_log(struct health_finding *list, const struct study *s, struct errmsg *e)
{
	int status = 0;

	memset(list, 0, HEALTH_LOG_N * sizeof *list);
	for (size_t i = 0; status == 0 && i < HEALTH_LOG_N; i++) {
		const struct health_entry *entry = &health_table[i];
		struct health_finding *f = &list[i];
		struct errmsg words = {0};

		*f = (struct health_finding){
			.entry = entry, .count = entry->in_log(s), .usual = entry->usual, .p = NAN};
		f->grave = f->count > 0 && entry->grave && !(entry->fate == HEALTH_ORDER && s->sorted);
		if (entry->weigh)
			entry->weigh(s, f, &words);
		status = word_finding(f, words.text, s->sorted);
	}
	return status < 0 ? errmsg_nomem(e) : 0;
}

int health_of_experiment(struct health_finding *list, const struct health_subject *of, struct errmsg *e)
{
	int status = 0;

	memset(list, 0, HEALTH_EXPERIMENT_N * sizeof *list);
	for (size_t i = 0; status == 0 && i < HEALTH_EXPERIMENT_N; i++) {
		const struct health_entry *entry = &health_table[HEALTH_LOG_N + i];
		struct errmsg words = {0};

		list[i] = (struct health_finding){.entry = entry, .usual = entry->usual, .p = NAN};
		status = entry->in_experiment(of, &list[i], &words);
		if (status == 0)
			status = word_finding(&list[i], words.text, true);
	}
	return status < 0 ? errmsg_nomem(e) : 0;
}

void health_clear(struct health_finding *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i].fate);
		list[i].fate = NULL;
	}
}

const struct health_entry *health_find(const char *key)
{
	for (size_t i = 0; i < HEALTH_N; i++)
		if (strcmp(health_table[i].key, key) == 0)
			return &health_table[i];
	return NULL;
}

const char *health_say(const struct health_finding *f, struct errmsg *e)
{
	errmsg_set(e, "%" PRIu64 " %s%s%s.", f->count, f->count == 1 ? f->entry->one : f->entry->many,
		   f->fate ? ": " : "", f->fate ? f->fate : "");
	return e->text;
}
