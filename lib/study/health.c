#include "study/health.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t malformed_lines(const struct study *s)
{
	return s->malformed;
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

static uint64_t users_in_two_arms(const struct study_experiment *x, const struct split *split, struct errmsg *names)
{
	(void)split, (void)names;
	return x->summary.two_arms;
}

static uint64_t unfinished_in(const struct study_experiment *x, const struct split *split, struct errmsg *names)
{
	(void)split, (void)names;
	return x->summary.unfinished;
}

static uint64_t missing_arms(const struct study_experiment *x, const struct split *split, struct errmsg *names)
{
	return split_missing(split, &x->arms, names);
}

static uint64_t unplanned_arms(const struct study_experiment *x, const struct split *split, struct errmsg *names)
{
	return split_unplanned(split, &x->arms, names);
}

const struct health_entry health_table[HEALTH_N] = {
	{.key = "malformed_lines", .one = "malformed line", .many = "malformed lines", .heard = true,
	 .in_log = malformed_lines},
	{.key = "unread_files", .one = "file not read, or not to the end", .many = "files not read, or not to the end",
	 .fate = HEALTH_SAID, .grave = true, .heard = true, .in_log = unread_files},
	{.key = "out_of_order_events", .one = "event out of order", .many = "events out of order",
	 .fate = HEALTH_ORDER, .grave = true, .heard = true, .in_log = out_of_order_events},
	{.key = "unfinished_sessions", .one = "unfinished session", .many = "unfinished sessions", .usual = true,
	 .in_log = unfinished_sessions},
	{.key = "events_after_end", .one = "event not later than the end of a session before it",
	 .many = "events not later than the end of a session before them", .fate = HEALTH_ORDER,
	 .in_log = events_after_end},
	{.key = "duplicate_events", .one = "event delivered twice", .many = "events delivered twice", .in_log = duplicate_events},

	{.key = "users_in_two_arms", .one = "user seen in more than one arm", .many = "users seen in more than one arm",
	 .in_experiment = users_in_two_arms},
	{.key = "unfinished_sessions", .one = "unfinished session", .many = "unfinished sessions", .usual = true,
	 .in_experiment = unfinished_in},
	{.key = "missing_arms", .one = "arm of the planned split never appears", .many = "arms of the planned split never appear",
	 .fate = HEALTH_NAMED, .grave = true, .in_experiment = missing_arms},
	{.key = "unplanned_arms", .one = "arm is not in the planned split", .many = "arms are not in the planned split",
	 .fate = HEALTH_NAMED, .grave = true, .in_experiment = unplanned_arms},
};

/* Adds what was found. Returns 0, or -1 where there is no memory. */
static int add(struct health *h, const struct study *s, struct health_finding f, const char *names)
{
	const char *said = NULL;

	switch (f.entry->fate) {
	case HEALTH_LEFT_OUT: said = "left out"; break;
	case HEALTH_ORDER: said = s->sorted ? "sorted by timestamp" : "taken as they came, so sessions may be wrong"; break;
	case HEALTH_NAMED: said = names; break;
	case HEALTH_SAID: break;
	}
	f.grave = f.count > 0 && f.entry->grave && !(f.entry->fate == HEALTH_ORDER && s->sorted);
	f.fate = said ? strdup(said) : NULL;
	h->list[h->n++] = f;
	return said && !f.fate ? -1 : 0;
}

static int add_log(struct health *h, const struct study *s)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < HEALTH_LOG_N; i++) {
		const struct health_entry *entry = &health_table[i];

		status = add(h, s, (struct health_finding){.entry = entry, .experiment = HEALTH_LOG, .count = entry->in_log(s)}, "");
	}
	return status;
}

static int add_experiment(struct health *h, const struct study *s, uint32_t experiment, const struct split *split)
{
	int status = 0;

	for (size_t i = HEALTH_LOG_N; status == 0 && i < HEALTH_N; i++) {
		struct health_finding f = {.entry = &health_table[i], .experiment = experiment};
		struct errmsg names = {0};

		f.count = f.entry->in_experiment(&s->experiments[experiment], split, &names);
		status = add(h, s, f, names.text);
	}
	return status;
}

int health_init(struct health *h, const struct study *s, const struct split *split, struct errmsg *e)
{
	static const struct split none;
	int status;

	*h = (struct health){.list = calloc(HEALTH_LOG_N + s->names.n * HEALTH_EXPERIMENT_N, sizeof *h->list)};
	status = h->list ? add_log(h, s) : -1;
	for (size_t i = 0; status == 0 && i < s->names.n; i++)
		if (s->experiments[i].wanted)
			status = add_experiment(h, s, (uint32_t)i, split ? split : &none);
	return status < 0 ? errmsg_nomem(e) : 0;
}

void health_clear(struct health *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->list[i].fate);
	free(h->list);
	*h = (struct health){0};
}

const struct health_entry *health_find(const char *key)
{
	for (size_t i = 0; i < HEALTH_N; i++)
		if (strcmp(health_table[i].key, key) == 0)
			return &health_table[i];
	return NULL;
}

const struct health_finding *health_of(const struct health *h, uint32_t experiment)
{
	for (size_t i = HEALTH_LOG_N; i < h->n; i += HEALTH_EXPERIMENT_N)
		if (h->list[i].experiment == experiment)
			return &h->list[i];
	return NULL;
}

const char *health_say(const struct health_finding *f, struct errmsg *e)
{
	errmsg_set(e, "%" PRIu64 " %s%s%s.", f->count, f->count == 1 ? f->entry->one : f->entry->many, f->fate ? ": " : "",
		   f->fate ? f->fate : "");
	return e->text;
}
