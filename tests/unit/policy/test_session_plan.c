#include "policy/session_plan.h"

#include <math.h>
#include <stdlib.h>

#include "policy/session_live.h"
#include "unit/check.h"

enum { D = SESSION_DIM, TRACKS = 5000, ARTISTS = 20, K = 100 };

static struct track catalog_tracks[TRACKS];
static struct catalog catalog = {.tracks = catalog_tracks, .n_tracks = TRACKS, .n_artists = ARTISTS};
static float vectors[TRACKS * D], variances[TRACKS], norms[TRACKS];

static float any_number(void)
{
	return (float)rand() / (float)RAND_MAX - 0.5f;
}

/*
 * So much is left of the logarithm of a time, by each play of the artist. Tracks are like their artists: so where that
 * is much, artists are planned that have no track among those that would be best without.
 */
static void make_player(struct session_player *p, float discount)
{
	float artists[ARTISTS][D];

	*p = (struct session_player){
		.catalog = &catalog,
		.model = {.n_tracks = TRACKS, .tracks = vectors, .tracks_var = variances},
		.norms = norms,
		.discount = discount,
	};
	for (int i = 0; i < ARTISTS; i++)
		for (int k = 0; k < D; k++)
			artists[i][k] = any_number();
	for (int i = 0; i < TRACKS; i++) {
		catalog_tracks[i].artist = (uint32_t)rand() % ARTISTS;
		for (int k = 0; k < D; k++)
			vectors[i * D + k] = artists[catalog_tracks[i].artist][k] + 0.3f * any_number();
		norms[i] = session_dot(vectors + i * D, vectors + i * D);
		p->most_norm = fmaxf(p->most_norm, norms[i]);
		variances[i] = 0.01f + 0.1f * (float)rand() / (float)RAND_MAX;
	}
	for (int k = 0; k <= SESSION_PLAYS_MAX; k++)
		p->discounts[k] = (float)k * discount;
}

static int best_first(const void *a, const void *b)
{
	const struct session_ranked *x = a, *y = b;

	return x->score < y->score ? 1 : x->score > y->score ? -1 : x->track < y->track ? -1 : 1;
}

/* All tracks, by the definition of a plan. */
static void rank_all(const struct session_player *p, const struct session_aim *a, struct session_ranked *ranked)
{
	uint32_t plays[ARTISTS] = {0};
	float norm = session_dot(a->q, a->q);

	for (uint32_t i = 0; i < TRACKS; i++) {
		float own = session_log_time(p, a, norm, i, session_dot(a->q, vectors + (size_t)i * D));

		ranked[i] = (struct session_ranked){i, own, own};
	}
	qsort(ranked, TRACKS, sizeof *ranked, best_first);
	for (int i = 0; i < TRACKS; i++)
		ranked[i].score += session_discount(p, plays[catalog_tracks[ranked[i].track].artist]++);
	qsort(ranked, TRACKS, sizeof *ranked, best_first);
}

static void check_plan(float discount)
{
	static struct session_ranked ranked[TRACKS];
	struct session_player p;
	struct session_planner planner;
	struct session_plan *plan;
	float q[D];
	struct session_aim a = {.row = SESSION_NO_ROW, .q = q, .q_var = 0.01f, .s = 2, .b = 0.5f};

	make_player(&p, discount);
	for (int k = 0; k < D; k++)
		q[k] = any_number();
	CHECK(session_planner_init(&planner, &catalog, 1) == 0);
	session_dots(q, vectors, TRACKS, planner.products);
	plan = session_plan_make(&p, &planner, &a, planner.products, K);
	CHECK(plan && plan->n == K);
	rank_all(&p, &a, ranked);
	for (int i = 0; plan && i < K; i++)
		CHECK(plan->tracks[i].track == ranked[i].track && plan->tracks[i].own == ranked[i].own);
	free(plan);
	session_planner_clear(&planner);
}

/* From discounts so small that what is ranked first is enough, to those for which every track must be. */
static void a_plan_is_the_best_of_all_tracks(void)
{
	srand(3);
	for (float discount = 0; discount > -4; discount -= 0.1f)
		check_plan(discount);
}

int main(void)
{
	RUN(a_plan_is_the_best_of_all_tracks);
	return DONE();
}
