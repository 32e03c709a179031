#include "policy/policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "policy/draw.h"
#include "policy/kept.h"
#include "policy/policy_hint.h"

static const struct published {
	const char *name, *text;
} published[] = {
	{"random", "random"},
	{"sticky-artist", "artist,random"},
	{"toppop", "toppop:100,random"},
	{"collaborative", "collaborative,random"},
	{"contextual", "similar,random"},
	{"contextual-toppop", "similar@0.65,toppop:100,random+unseen+artist:2"},
};

enum { N_PUBLISHED = sizeof published / sizeof *published };

const char *policy_name(size_t i)
{
	return i < N_PUBLISHED ? published[i].name : NULL;
}

const char *policy_published(const char *name)
{
	for (size_t i = 0; i < N_PUBLISHED; i++)
		if (strcmp(published[i].name, name) == 0)
			return published[i].text;
	return NULL;
}

static int add_source(struct policy *p, const char *text, struct errmsg *e)
{
	struct source *sources = grow(p->sources, &p->sources_cap, p->n_sources + 1, sizeof *sources);

	if (!sources)
		return errmsg_nomem(e);
	p->sources = sources;
	/* counted at once: what a failed parse leaves is cleared with the policy */
	return source_parse(&sources[p->n_sources++], text, e);
}

static int add_filter(struct policy *p, const char *text, struct errmsg *e)
{
	struct filter *filters = grow(p->filters, &p->filters_cap, p->n_filters + 1, sizeof *filters);

	if (!filters)
		return errmsg_nomem(e);
	p->filters = filters;
	return filter_parse(&filters[p->n_filters++], text, e);
}

static char *trim_spaces(char *text)
{
	size_t len;

	text += strspn(text, " ");
	for (len = strlen(text); len > 0 && text[len - 1] == ' '; len--)
		text[len - 1] = '\0';
	return text;
}

/* Parses parts that stand between `separator`s. `text` is cut up. */
static int parse_parts(struct policy *p, char *text, char separator, struct errmsg *e)
{
	bool is_filter = separator == '+';

	for (char *rest = text; rest;) {
		char *part = rest;

		rest = strchr(part, separator);
		if (rest)
			*rest++ = '\0';
		part = trim_spaces(part);
		if (!*part)
			return errmsg_set(e, "a %s is missing", is_filter ? "filter after '+'" : "source");
		if ((is_filter ? add_filter : add_source)(p, part, e) < 0) {
			policy_hint_part(part, is_filter, e);
			return -1;
		}
	}
	return 0;
}

/* A copy of the text of a policy, with a published name replaced by what it stands for. New. */
static char *expand_published(const char *text)
{
	char *copy = strdup(text);
	const char *meaning = copy ? policy_published(trim_spaces(copy)) : NULL;

	if (!meaning)
		return copy;
	free(copy);
	return strdup(meaning);
}

/* Parses a whole policy, which is cut up. */
static int parse_policy(struct policy *p, char *text, struct errmsg *e)
{
	char *filters = strchr(text, '+');

	if (filters && strchr(filters, ','))
		return policy_hint_order(text, e);
	if (filters)
		*filters++ = '\0';
	return parse_parts(p, text, ',', e) < 0 || (filters && parse_parts(p, filters, '+', e) < 0) ? -1 : 0;
}

int policy_parse(struct policy *p, const char *text, struct errmsg *e)
{
	char *copy = expand_published(text);
	int status = 0;

	*p = (struct policy){0};
	if (!copy)
		return errmsg_nomem(e);
	if (parse_policy(p, copy, e) < 0) {
		status = errmsg_prefix(e, "policy '%s'", text);
		policy_clear(p);
	}
	free(copy);
	return status;
}

void policy_clear(struct policy *p)
{
	for (size_t i = 0; i < p->n_sources; i++)
		source_clear(&p->sources[i]);
	pools_clear(&p->pools);
	free(p->sources);
	free(p->filters);
	*p = (struct policy){0};
}

bool policy_reads(const struct policy *p, enum table_kind kind)
{
	for (size_t i = 0; i < p->n_sources; i++)
		if (source_reads(&p->sources[i]) == kind)
			return true;
	return false;
}

int policy_bind(struct policy *p, const struct tables *t, struct errmsg *e)
{
	p->tables = t;
	pools_clear(&p->pools);
	if (pools_init(&p->pools, &t->catalog, p->filters, p->n_filters) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < p->n_sources; i++)
		if (source_bind(&p->sources[i], t, &p->pools, e) < 0)
			return -1;
	return 0;
}

uint32_t policy_draw_any(const struct policy *p, const struct policy_request *q, struct rng *r, uint32_t *track)
{
	static const struct idmap nothing;
	const struct catalog *c = &p->tables->catalog;
	struct filter_chain chain = {.catalog = c, .history = q->history, .excluded = q->excluded};
	struct candidates all = {.n = c->n_tracks};
	uint32_t n = draw(&chain, all, r, track);

	if (n > 0)
		return n;
	chain.excluded = &nothing;
	return draw(&chain, all, r, track);
}

/* Nothing is left anywhere: any track that the request does not exclude, or any where it excludes all. */
static void draw_exhausted(const struct policy *p, const struct policy_request *q, struct rng *r,
			   struct recommendation *a)
{
	bool excluded = q->considered && idmap_get(q->excluded, *q->considered, 0);

	*a = (struct recommendation){.source = "exhausted", .choice.propensity = NAN};
	a->choice.pool = policy_draw_any(p, q, r, &a->choice.track);
	if (!excluded || idmap_get(q->excluded, a->choice.track, 0))
		a->choice.considered = 1.0 / a->choice.pool;
}

int policy_recommend(const struct policy *p, const struct policy_request *q, struct rng *r, struct recommendation *a)
{
	struct filter_chain chain = {
		.catalog = &p->tables->catalog,
		.history = q->history,
		.excluded = q->excluded,
		.filters = p->filters,
		.n_filters = p->n_filters,
		.pools = &p->pools,
		.tallies = q->kept ? &q->kept->tallies : NULL,
	};

	for (size_t i = 0; i < p->n_sources; i++) {
		const struct source *s = &p->sources[i];
		int status = q->time < s->min_time ? 0 : source_choose(s, p->tables, q, &chain, r, &a->choice);

		a->source = source_name(s);
		if (status != 0)
			return status < 0 ? -1 : 0;
	}
	draw_exhausted(p, q, r, a);
	return 0;
}

size_t policy_recent(const struct policy *p)
{
	size_t most = 0;

	for (size_t i = 0; i < p->n_sources; i++)
		if (source_recent(&p->sources[i]) > most)
			most = source_recent(&p->sources[i]);
	return most;
}
