#include "policy/session_live.h"

#include <stdlib.h>

#include "unit/check.h"

enum { D = SESSION_DIM };

/*
 * A first track of 0.8 in each coordinate with variance 0.2, where that of tracks is 1: it was observed with precision
 * 4 at 1. An interest at q explains it with variance 0.1 + 1/4 + 0.05, one that is not known with 0.1 + 1/4 + 1 around 0:
 * in each coordinate, the logarithm of the ratio of densities is half of 1 / 1.35 - (1 - q)^2 / 0.4 + log(1.35 / 0.4).
 */
static uint32_t row_for(float q)
{
	float tracks[2 * D], tracks_var[] = {0.2f, 0.2f}, row[D], row_var = 0.05f;
	struct session_user users[] = {{.id = 7, .s = 1, .b = 3}, {.first_opening = 1}};
	struct session_start opening = {.track = 0, .row = 0};
	struct session_worker worker = {.beginnings = calloc(SESSION_BEGINNINGS, sizeof *worker.beginnings)};
	struct session_player p = {.model = {.n_tracks = 2, .n_users = 1, .n_rows = 1, .n_openings = 1,
					     .tracks = tracks, .tracks_var = tracks_var, .rows = row,
					     .rows_var = &row_var, .users = users, .openings = &opening,
					     .near = 0.1},
				   .workers = &worker, .n_workers = 1, .n_beginnings = SESSION_BEGINNINGS};
	struct session_aim aim;

	for (int k = 0; k < D; k++) {
		tracks[k] = tracks[D + k] = 0.8f;
		row[k] = q;
		p.model.artist[k] = 0.6;
		p.model.track[k] = 0.4;
	}
	session_begin(&p, 0, 7, 1, &aim);
	CHECK(aim.user == 0 && aim.b == 3);
	free(worker.beginnings);
	return aim.row;
}

/* It is 0 at q = 0.115 and q = 1.885. */
static void a_first_track_is_of_the_interest_that_explains_it(void)
{
	CHECK(row_for(1) == 0 && row_for(0.12f) == 0 && row_for(1.88f) == 0);
	CHECK(row_for(0.11f) == SESSION_NO_ROW && row_for(1.89f) == SESSION_NO_ROW && row_for(-1) == SESSION_NO_ROW);
}

int main(void)
{
	RUN(a_first_track_is_of_the_interest_that_explains_it);
	return DONE();
}
