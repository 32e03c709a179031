#include "policy/session_live.h"

#include <stdint.h>
#include <stdlib.h>

#include "unit/fixture.h"

enum { D = SESSION_DIM, TRACKS = 5000, K = 2 };

static struct catalog catalog;
static float tracks[TRACKS * D], tracks_var[TRACKS], norms[TRACKS];

/* A model without rows: every session is one of a stranger. */
static void make_player(struct session_player *p)
{
	*p = (struct session_player){
		.catalog = &catalog,
		.model = {.n_tracks = TRACKS, .tracks = tracks, .tracks_var = tracks_var, .s = 1},
		.norms = norms,
	};
	for (size_t i = 0; i < TRACKS; i++) {
		tracks[i * D + i % D] = norms[i] = 1;
		tracks_var[i] = 0.1f;
	}
	p->most_norm = 1;
	CHECK(session_plans_init(&p->plans, p, K, 1) == 0);
}

static const struct session_plan *plan_of(struct session_player *p, uint32_t track)
{
	struct session_aim a = {.row = SESSION_NO_ROW, .track = track, .q = tracks + (size_t)track * D, .s = 1};
	const struct session_plan *plan = session_plans_get(&p->plans, 0, &a);

	CHECK(plan && plan->track == track && plan->n == K && plan->row == SESSION_NO_ROW);
	return plan;
}

/* As strangers come who begin with one of 2,000 tracks: each plan is made once. */
static void plans_of_strangers_are_kept(void)
{
	static uintptr_t before[2000];
	struct session_player p;
	size_t again = 0;

	make_player(&p);
	for (uint32_t i = 0; i < 2000; i++)
		before[i] = (uintptr_t)plan_of(&p, i);
	for (uint32_t i = 0; i < 2000; i++)
		again += (uintptr_t)plan_of(&p, i) != before[i];
	CHECK(again == 0);
	printf("# %zu of 2000 plans were made again\n", again);
	session_plans_clear(&p.plans);
}

/* More than there is room for: those that were asked for of late stay. */
static void what_is_asked_for_again_and_again_stays(void)
{
	struct session_player p;
	uintptr_t before;

	make_player(&p);
	before = (uintptr_t)plan_of(&p, 0);
	for (uint32_t i = 1; i < TRACKS; i++) {
		plan_of(&p, i);
		CHECK((uintptr_t)plan_of(&p, 0) == before);
	}
	session_plans_clear(&p.plans);
}

static const struct session_plan *plan_of_row(struct session_player *p, size_t worker, uint32_t row)
{
	struct session_aim a = {.user = row, .row = row, .q = tracks + (size_t)row * D, .s = 1};
	const struct session_plan *plan = session_plans_get(&p->plans, worker, &a);

	CHECK(plan && plan->row == row && plan->n == K);
	return plan;
}

/* Rows that have one place: a worker's plan stays while others ask for plans that take the place. */
static void plans_are_lent_to_one_worker(void)
{
	struct session_player p;
	const struct session_plan *first;
	struct session_plan copy;

	make_player(&p);
	session_plans_clear(&p.plans);
	CHECK(session_plans_init(&p.plans, &p, K, 2) == 0);
	p.plans.n_rows = 1;
	first = plan_of_row(&p, 0, 1);
	copy = *first;
	for (uint32_t row = 2; row < 10; row++)
		CHECK(plan_of_row(&p, 1, row) != first);
	CHECK(memcmp(&copy, first, sizeof copy) == 0);
	CHECK(plan_of_row(&p, 0, 1) == first);
	session_plans_clear(&p.plans);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	fixture_catalog(&catalog, TRACKS, TRACKS, 1);
	RUN(plans_of_strangers_are_kept);
	RUN(what_is_asked_for_again_and_again_stays);
	RUN(plans_are_lent_to_one_worker);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}
