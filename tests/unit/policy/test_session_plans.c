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
	CHECK(session_plans_init(&p->plans, p, K) == 0);
}

static const struct session_plan *plan_of(struct session_player *p, uint32_t track)
{
	struct session_aim a = {.row = SESSION_NO_ROW, .track = track, .q = tracks + (size_t)track * D, .s = 1};
	const struct session_plan *plan = session_plans_get(&p->plans, &a);

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

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	fixture_catalog(&catalog, TRACKS, TRACKS, 1);
	RUN(plans_of_strangers_are_kept);
	RUN(what_is_asked_for_again_and_again_stays);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}
