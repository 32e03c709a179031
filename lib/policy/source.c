#include "policy/source.h"

#include <stdlib.h>
#include <string.h>

#include "text/number.h"

struct source_kind {
	const char *name;
	/* takes what stands behind the name and its colon, NULL where there is no colon */
	int (*parse)(struct source *s, const char *args, struct errmsg *e);
	int (*bind)(struct source *s, const struct tables *t, struct errmsg *e);
	struct candidates (*offer)(const struct source *s, const struct tables *t, const struct question *q);
};

static int parse_nothing(struct source *s, const char *args, struct errmsg *e)
{
	return args ? errmsg_set(e, "%s takes no argument, not '%s'", s->kind->name, args) : 0;
}

static int bind_nothing(struct source *s, const struct tables *t, struct errmsg *e)
{
	(void)s, (void)t, (void)e;
	return 0;
}

static struct candidates offer_random(const struct source *s, const struct tables *t, const struct question *q)
{
	(void)s, (void)q;
	return (struct candidates){.n = t->catalog.n_tracks};
}

static struct candidates offer_artist(const struct source *s, const struct tables *t, const struct question *q)
{
	const struct catalog *c = &t->catalog;
	const struct artist *a;

	(void)s;
	if (q->track == CATALOG_NONE)
		return (struct candidates){0};
	a = &c->artists[c->tracks[q->track].artist];
	return (struct candidates){.tracks = c->by_artist + a->first, .n = a->n};
}

/* N[:NAME] */
static int parse_toppop(struct source *s, const char *args, struct errmsg *e)
{
	char *limit = strdup(args ? args : "");
	char *colon = limit ? strchr(limit, ':') : NULL;
	int64_t n = 0;
	int status;

	if (!limit)
		return errmsg_nomem(e);
	if (colon) {
		*colon = '\0';
		free(s->table);
		s->table = strdup(colon + 1);
	}
	if (!*limit)
		status = errmsg_set(e, "toppop takes how many tracks, as in toppop:100");
	else if (!s->table)
		status = errmsg_nomem(e);
	else
		status = number_parse_int("toppop", limit, 1, INT32_MAX, &n, e);
	s->limit = (uint32_t)n;
	free(limit);
	return status;
}

static int bind_toppop(struct source *s, const struct tables *t, struct errmsg *e)
{
	s->top = tables_top(t, s->table, e);
	return s->top ? 0 : -1;
}

static struct candidates offer_toppop(const struct source *s, const struct tables *t, const struct question *q)
{
	size_t n = s->limit < s->top->n ? s->limit : s->top->n;

	(void)t, (void)q;
	return (struct candidates){.tracks = s->top->tracks, .place = s->top->place, .n = n};
}

static struct candidates listed(struct span span)
{
	return (struct candidates){.tracks = span.tracks, .n = span.n};
}

static int bind_collaborative(struct source *s, const struct tables *t, struct errmsg *e)
{
	(void)s;
	return t->has_user_tracks ? 0 : errmsg_set(e, "it needs the users' tracks (--user-tracks)");
}

static struct candidates offer_collaborative(const struct source *s, const struct tables *t, const struct question *q)
{
	(void)s;
	return listed(lists_get(&t->user_tracks, q->user));
}

static int bind_similar(struct source *s, const struct tables *t, struct errmsg *e)
{
	(void)s;
	return t->has_similar ? 0 : errmsg_set(e, "it needs a table of similar tracks (--similar)");
}

static struct candidates offer_similar(const struct source *s, const struct tables *t, const struct question *q)
{
	(void)s;
	return listed(lists_get(&t->similar, q->track));
}

static const struct source_kind kinds[] = {
	{"random", parse_nothing, bind_nothing, offer_random},
	{"artist", parse_nothing, bind_nothing, offer_artist},
	{"toppop", parse_toppop, bind_toppop, offer_toppop},
	{"collaborative", parse_nothing, bind_collaborative, offer_collaborative},
	{"similar", parse_nothing, bind_similar, offer_similar},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

const char *source_kind_name(size_t i)
{
	return i < N_KINDS ? kinds[i].name : NULL;
}

const char *source_name(const struct source *s)
{
	return s->kind->name;
}

static const struct source_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < N_KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Cuts the text at the last '@' and reads what stands behind it. */
static int parse_min_time(struct source *s, char *text, struct errmsg *e)
{
	char *at = strrchr(text, '@');

	if (!at)
		return 0;
	*at = '\0';
	return number_parse("@", at + 1, 0, 1, &s->min_time, e);
}

int source_parse(struct source *s, const char *text, struct errmsg *e)
{
	char *copy = strdup(text), *args;
	int status = -1;

	*s = (struct source){.table = strdup("")};
	if (!copy || !s->table) {
		errmsg_nomem(e);
	} else if (parse_min_time(s, copy, e) == 0) {
		args = strchr(copy, ':');
		if (args)
			*args++ = '\0';
		s->kind = find_kind(copy);
		status = s->kind ? s->kind->parse(s, args, e) : errmsg_set(e, "unknown source '%s'", copy);
	}
	free(copy);
	return status;
}

void source_clear(struct source *s)
{
	free(s->table);
	*s = (struct source){0};
}

int source_bind(struct source *s, const struct tables *t, struct errmsg *e)
{
	if (s->kind->bind(s, t, e) < 0)
		return errmsg_prefix(e, "source %s", s->kind->name);
	return 0;
}

struct candidates source_offer(const struct source *s, const struct tables *t, const struct question *q)
{
	return s->kind->offer(s, t, q);
}
