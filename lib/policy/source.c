#include "policy/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policy/i2i.h"
#include "policy/session_play.h"
#include "policy/votes.h"
#include "text/number.h"

/* What may follow the name of a source: :word, :number, :name of its table, in this order. */
struct source_kind {
	const char *name;
	const char *word;	 /* NULL: none */
	bool counted;		 /* whether it takes a number */
	uint32_t count;		 /* which one it takes where none is given; 0: one has to be */
	enum table_kind table;	 /* what it draws from */
	/* one of the two: what it offers, to be drawn from; or what it chooses (see source_choose) */
	struct candidates (*offer)(const struct source *s, const struct tables *t, const struct policy_request *q);
	int (*choose)(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		      struct rng *r, struct choice *c);
};

static struct candidates offer_random(const struct source *s, const struct tables *t, const struct policy_request *q)
{
	(void)s, (void)q;
	return (struct candidates){.n = t->catalog.n_tracks};
}

static struct candidates offer_artist(const struct source *s, const struct tables *t, const struct policy_request *q)
{
	const struct catalog *c = &t->catalog;
	const struct artist *a;

	if (q->track == CATALOG_NONE)
		return (struct candidates){0};
	a = &c->artists[c->tracks[q->track].artist];
	return (struct candidates){.tracks = c->by_artist + a->first, .n = a->n, .artist = a,
				   .without = s->word ? &q->track : NULL};
}

/* How many of a table it takes. */
static size_t table_depth(const struct source *s)
{
	const struct top *top = &s->table->top;

	return s->count < top->n ? s->count : top->n;
}

static struct candidates offer_toppop(const struct source *s, const struct tables *t, const struct policy_request *q)
{
	const struct top *top = &s->table->top;

	(void)t, (void)q;
	return (struct candidates){.tracks = top->tracks, .place = top->place, .n = table_depth(s)};
}

static struct candidates offer_list(struct span span)
{
	return (struct candidates){.tracks = span.tracks, .n = span.n};
}

static struct candidates offer_collaborative(const struct source *s, const struct tables *t,
					     const struct policy_request *q)
{
	(void)t;
	return offer_list(candidate_lists_get(&s->table->lists, q->user));
}

static struct candidates offer_similar(const struct source *s, const struct tables *t, const struct policy_request *q)
{
	(void)t;
	return offer_list(candidate_lists_get(&s->table->lists, q->track));
}

static const struct source_kind kinds[] = {
	{.name = "random", .table = TABLE_NONE, .offer = offer_random},
	{.name = "artist", .word = "other", .table = TABLE_NONE, .offer = offer_artist},
	{.name = "toppop", .counted = true, .table = TABLE_TOP, .offer = offer_toppop},
	{.name = "collaborative", .table = TABLE_USER_TRACKS, .offer = offer_collaborative},
	{.name = "similar", .table = TABLE_SIMILAR, .offer = offer_similar},
	{.name = "votes", .counted = true, .count = 1, .table = TABLE_SIMILAR, .choose = votes_choose},
	{.name = "i2i", .word = "session", .counted = true, .count = 10, .table = TABLE_SIMILAR, .choose = i2i_choose},
	{.name = "session", .word = "live", .counted = true, .count = 1000, .table = TABLE_SESSION,
	 .choose = session_choose},
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

/* Takes the next argument off, up to a colon. NULL where there is none. */
static char *next_argument(char **rest)
{
	return *rest ? strsep(rest, ":") : NULL;
}

static void parse_word(struct source *s, char **rest)
{
	const char *word = s->kind->word;
	size_t len = word ? strlen(word) : 0;

	if (word && *rest && strncmp(*rest, word, len) == 0 && ((*rest)[len] == ':' || !(*rest)[len])) {
		s->word = true;
		next_argument(rest);
	}
}

static int parse_count(struct source *s, char **rest, struct errmsg *e)
{
	const struct source_kind *kind = s->kind;
	char *text = kind->counted ? next_argument(rest) : NULL;
	int64_t n = kind->count;

	if (kind->counted && kind->count == 0 && !(text && *text))
		return errmsg_set(e, "%s takes how many tracks, as in %s:100", kind->name, kind->name);
	if (text && number_parse_int(kind->name, text, 1, INT32_MAX, &n, e) < 0)
		return -1;
	s->count = (uint32_t)n;
	return 0;
}

static int parse_name(struct source *s, char **rest, struct errmsg *e)
{
	if (!*rest)
		return 0;
	if (s->kind->table == TABLE_NONE)
		return errmsg_set(e, "%s takes no argument%s%s, not '%s'", s->kind->name, s->kind->word ? " but " : "",
				  s->kind->word ? s->kind->word : "", *rest);
	free(s->name);
	s->name = strdup(*rest);
	return s->name ? 0 : errmsg_nomem(e);
}

/* Cuts the text at the last '@' and reads what follows it. */
static int parse_min_time(struct source *s, char *text, struct errmsg *e)
{
	char *at = strrchr(text, '@');

	if (!at)
		return 0;
	if (strchr(at, ':'))
		return errmsg_set(e, "'@' comes last in a source, as in toppop:100@0.65");
	*at = '\0';
	return number_parse("@", at + 1, 0, 1, &s->min_time, e);
}

/* Parses what is cut up. */
static int parse_parts(struct source *s, char *text, struct errmsg *e)
{
	char *rest = text, *name;

	if (parse_min_time(s, text, e) < 0)
		return -1;
	name = strsep(&rest, ":");
	s->kind = find_kind(name);
	if (!s->kind && strchr(name, '@'))
		return errmsg_set(e, "'@' comes once in a source, as in toppop:100@0.65");
	if (!s->kind)
		return errmsg_set(e, "unknown source '%s'", name);
	parse_word(s, &rest);
	return parse_count(s, &rest, e) < 0 || parse_name(s, &rest, e) < 0 ? -1 : 0;
}

int source_parse(struct source *s, const char *text, struct errmsg *e)
{
	char *copy = strdup(text);
	int status;

	*s = (struct source){.name = strdup("")};
	status = copy && s->name ? parse_parts(s, copy, e) : errmsg_nomem(e);
	free(copy);
	return status;
}

void source_clear(struct source *s)
{
	free(s->name);
	*s = (struct source){0};
}

enum table_kind source_reads(const struct source *s)
{
	return s->kind->table;
}

int source_bind(struct source *s, const struct tables *t, struct pools *pools, struct errmsg *e)
{
	const struct top *top;

	if (s->kind->table == TABLE_NONE)
		return 0;
	s->table = tables_find(t, s->kind->table, s->name, e);
	if (!s->table)
		return errmsg_prefix(e, "source %s", s->kind->name);
	if (s->kind->table == TABLE_SESSION && session_player_prepare(s->table->player, s->count) < 0)
		return errmsg_nomem(e);
	if (s->kind->table != TABLE_TOP)
		return 0;
	top = &s->table->top;
	s->pool = pools->n;
	return pools_add(pools, top->tracks, top->place, (uint32_t)table_depth(s)) < 0 ? errmsg_nomem(e) : 0;
}

size_t source_recent(const struct source *s)
{
	return s->kind->choose == i2i_choose && !s->word ? s->count : 0;
}

/* Tells of candidates that all have the same chance. */
static int explain_draw(const struct candidates *all, const struct policy_request *q, const struct filter_chain *chain,
			uint32_t pool)
{
	for (size_t i = 0; i < all->n && q->candidates->n < q->explain; i++) {
		uint32_t track = candidates_nth(all, (uint32_t)i);

		if (candidates_passes(all, chain, track) && scored_add(q->candidates, track, 1.0 / pool) < 0)
			return -1;
	}
	return 0;
}

/* Has a source choose for itself. One that draws says how likely the considered track was. */
static int choose_one(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		      struct rng *r, struct choice *c)
{
	int status;

	*c = (struct choice){.propensity = NAN};
	status = s->kind->choose(s, q, chain, r, c);
	if (status > 0 && q->considered && c->pool == 0 && isnan(c->propensity))
		c->considered = c->track == *q->considered;
	return status;
}

int source_choose(const struct source *s, const struct tables *t, const struct policy_request *q,
		  const struct filter_chain *chain, struct rng *r, struct choice *c)
{
	struct candidates all;

	if (s->kind->choose)
		return choose_one(s, q, chain, r, c);
	all = s->kind->offer(s, t, q);
	if (chain->pools && all.n > 0 && (all.place || !all.tracks))
		all.pool = &chain->pools->list[s->pool];
	*c = (struct choice){.propensity = NAN};
	c->pool = draw(chain, all, r, &c->track);
	if (c->pool > 0 && q->considered && candidates_have(&all, chain, *q->considered))
		c->considered = 1.0 / c->pool;
	return c->pool == 0 ? 0 : q->explain > 0 && explain_draw(&all, q, chain, c->pool) < 0 ? -1 : 1;
}
