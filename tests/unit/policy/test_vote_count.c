#include "policy/vote_count.h"

#include "policy/kept.h"
#include "policy/policy.h"
#include "policy/votes.h"
#include "unit/fixture.h"

enum { TRACKS = 400, ARTISTS = 60, LIST = 12, PLAYS = 300 };

/* A catalog, and for every track a list of others that it votes for. */
static void make_tables(struct tables *t)
{
	struct rng r = rng_at(7, RNG_WORLD, 0, 0, 0);
	struct catalog c;
	struct errmsg e;
	FILE *f;

	fixture_catalog(&c, TRACKS, ARTISTS, 1);
	catalog_clear(&c);
	CHECK(tables_load_catalog(t, "catalog", &e) == 0);
	f = fopen("similar", "w");
	for (uint32_t i = 0; i < TRACKS; i++) {
		uint32_t first = rng_below(&r, TRACKS);

		fprintf(f, "{\"track\":%u,\"recommendations\":[%u", i, first);
		for (uint32_t j = 1; j < LIST; j++)
			fprintf(f, ",%u", (first + j * j) % TRACKS);
		fprintf(f, "]}\n");
	}
	fclose(f);
	CHECK(tables_load(t, TABLE_SIMILAR, "similar", &e) == 0);
	remove("similar");
}

/* A session, what is kept of it, and room for the answers of both ways. */
struct stage {
	struct history history;
	struct idmap excluded;
	struct kept kept;
	struct scored scratch, told[2];
};

static void exclude_some(struct stage *s, struct rng *r)
{
	idmap_reset(&s->excluded);
	for (uint32_t i = rng_below(r, 3) ? 0 : rng_below(r, 100); i > 0; i--)
		*idmap_at(&s->excluded, rng_below(r, TRACKS)) = 1;
}

static struct recommendation ask(const struct policy *p, struct stage *s, int way, size_t explain)
{
	struct rng r = rng_at(1, RNG_POLICY, 0, 0, (uint32_t)s->history.n);
	struct policy_request q = {.time = 1, .track = CATALOG_NONE, .history = &s->history, .excluded = &s->excluded,
				   .kept = way ? &s->kept : NULL, .scratch = &s->scratch, .explain = explain,
				   .candidates = &s->told[way]};
	struct recommendation a;

	scored_reset(&s->told[way]);
	CHECK(policy_recommend(p, &q, &r, &a) == 0);
	return a;
}

/* The same track of the same candidates with the same scores, to the last bit, whether counts are kept or not. */
static void answer_both_ways(const struct policy *p, struct stage *s, size_t explain)
{
	struct recommendation anew = ask(p, s, 0, explain), kept = ask(p, s, 1, explain);

	CHECK_STR(kept.source, anew.source);
	CHECK(kept.choice.track == anew.choice.track && kept.choice.pool == anew.choice.pool);
	CHECK(s->told[0].n == s->told[1].n);
	for (size_t i = 0; i < s->told[0].n && i < s->told[1].n; i++)
		CHECK(s->told[0].list[i].track == s->told[1].list[i].track &&
		      s->told[0].list[i].score == s->told[1].list[i].score);
}

static void check_policy(const struct tables *t, const char *text, size_t explain)
{
	struct rng r = rng_at(3, RNG_LISTENER, 0, 0, 0);
	struct stage s = {0};
	struct policy p;
	struct errmsg e;

	CHECK(policy_parse(&p, text, &e) == 0 && policy_bind(&p, t, &e) == 0);
	for (int i = 0; i < PLAYS; i++) {
		uint32_t track = rng_below(&r, 20) ? rng_below(&r, TRACKS) : CATALOG_NONE;

		CHECK(history_add(&s.history, &t->catalog, track, rng_below(&r, 4) ? rng_uniform(&r) : 0) == 0);
		kept_add(&s.kept, &s.history);
		exclude_some(&s, &r);
		answer_both_ways(&p, &s, explain);
		CHECK(s.history.n < 2 * VOTES_KEPT_FROM / LIST || s.kept.votes);
		if (rng_below(&r, 60) == 0) { /* as sessions do where plays are taken back */
			kept_drop(&s.kept);
			history_undo(&s.history, &t->catalog);
		}
	}
	policy_clear(&p);
	history_clear(&s.history);
	idmap_clear(&s.excluded);
	kept_drop(&s.kept);
	scored_clear(&s.scratch);
	scored_clear(&s.told[0]);
	scored_clear(&s.told[1]);
}

static void kept_counts_answer_as_new_ones(void)
{
	struct tables t = {0};

	make_tables(&t);
	check_policy(&t, "votes,random", 0);
	check_policy(&t, "votes:3,random+unseen", 0);
	check_policy(&t, "votes:10,random+unseen+artist:2", 0);
	check_policy(&t, "votes:5,random+artist:3", 25);
	check_policy(&t, "votes:400,random+unseen", 400);
	tables_clear(&t);
}

/* A short session takes no memory for counts. */
static void few_votes_are_not_kept(void)
{
	struct tables t = {0};
	struct stage s = {0};
	struct policy p;
	struct errmsg e;

	make_tables(&t);
	CHECK(policy_parse(&p, "votes:3,random", &e) == 0 && policy_bind(&p, &t, &e) == 0);
	for (uint32_t i = 0; i < VOTES_KEPT_FROM / LIST; i++) {
		CHECK(history_add(&s.history, &t.catalog, i, 1) == 0);
		ask(&p, &s, 1, 0);
		CHECK(!s.kept.votes);
	}
	CHECK(history_add(&s.history, &t.catalog, 9, 1) == 0);
	ask(&p, &s, 1, 0);
	CHECK(s.kept.votes && s.kept.votes->counted == s.history.n);
	kept_drop(&s.kept);
	CHECK(!s.kept.votes);
	policy_clear(&p);
	history_clear(&s.history);
	scored_clear(&s.scratch);
	scored_clear(&s.told[1]);
	tables_clear(&t);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(kept_counts_answer_as_new_ones);
	RUN(few_votes_are_not_kept);
	fixture_leave(directory);
	return DONE();
}
