#include "policy/session_plans.h"

#include <cblas.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/murmur3.h"
#include "base/parallel.h"
#include "policy/session_live.h"
#include "world/session_math.h"

enum { D = SESSION_DIM, N_STRANGE = 1 << 12, ROWS = 32, MOST_PRODUCTS = 1 << 21, LOWEST_PRIORITY = 19 };

int session_plans_init(struct session_plans *s, const struct session_player *p, size_t k)
{
	const struct session_model *m = &p->model;
	size_t planned = k < m->n_tracks ? k : m->n_tracks, room = SESSION_PLANS_ROOM / (planned + 1) + 1;

	*s = (struct session_plans){.player = p, .depth = k, .n_rows = m->n_rows < room ? m->n_rows : room};
	s->n = s->n_rows + N_STRANGE;
	s->list = calloc(s->n, sizeof *s->list);
	return session_planner_init(&s->planner, p->catalog, 1) < 0 || !s->list ? -1 : 0;
}

void session_plans_clear(struct session_plans *s)
{
	if (s->running) {
		atomic_store(&s->stop, true);
		pthread_join(s->thread, NULL);
	}
	for (size_t i = 0; s->list && i < s->n; i++)
		free(atomic_load(&s->list[i]));
	free(s->list);
	session_planner_clear(&s->planner);
	*s = (struct session_plans){0};
}

const struct session_plan *session_plans_get(struct session_plans *s, const struct session_aim *a)
{
	const uint32_t key[] = {(uint32_t)a->user, a->track};
	bool has_row = a->row != SESSION_NO_ROW && s->n_rows > 0;
	size_t slot = has_row ? a->row % s->n_rows : s->n_rows + murmur3(key, sizeof key, 0) % N_STRANGE;
	const struct session_model *m = &s->player->model;
	struct session_plan *plan = atomic_load_explicit(&s->list[slot], memory_order_acquire), *made;

	if (plan && plan->user == a->user && plan->row == a->row && (has_row || plan->track == a->track))
		return plan;
	session_dots(a->q, m->tracks, m->n_tracks, s->planner.products);
	made = session_plan_make(s->player, &s->planner, a, s->planner.products, s->depth);
	if (made) /* what another thread has put there in the meantime goes too */
		free(atomic_exchange(&s->list[slot], made));
	return made;
}

/* ---- before they are needed ---- */

struct all_rows {
	struct session_plans *plans;
	struct session_planner *planners; /* by thread */
	size_t *users;			  /* by row */
};

static void make_plan(const struct all_rows *all, struct session_planner *planner, size_t row, const float *products)
{
	struct session_plans *s = all->plans;
	struct session_plan *nothing = NULL, *made;
	struct session_aim a;

	if (all->users[row] == s->player->model.n_users || atomic_load(&s->list[row]))
		return;
	session_aim_at_row(s->player, all->users[row], (uint32_t)row, &a);
	made = session_plan_make(s->player, planner, &a, products, s->depth);
	if (!atomic_compare_exchange_strong(&s->list[row], &nothing, made))
		free(made);
}

static void make_plans(void *context, size_t begin, size_t end, unsigned thread)
{
	const struct all_rows *all = context;
	const struct session_model *m = &all->plans->player->model;
	struct session_planner *planner = &all->planners[thread];

	if (atomic_load(&all->plans->stop))
		return;
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(end - begin), (int)m->n_tracks, D, 1,
		    m->rows + begin * D, D, m->tracks, D, 0, planner->products, (int)m->n_tracks);
	for (size_t row = begin; row < end && !atomic_load(&all->plans->stop); row++)
		make_plan(all, planner, row, planner->products + (row - begin) * m->n_tracks);
}

/* Whose the rows are; n_users where they are nobody's. New, or NULL. */
static size_t *find_users(const struct session_model *m)
{
	size_t *users = malloc((m->n_rows + 1) * sizeof *users);

	for (size_t i = 0; users && i < m->n_rows; i++)
		users[i] = m->n_users;
	for (size_t u = 0; users && u < m->n_users; u++)
		for (uint32_t i = m->users[u].first_opening; i < m->users[u + 1].first_opening; i++)
			users[m->openings[i].row] = u;
	return users;
}

/* Products of so many rows with all tracks are made at once. */
static size_t rows_at_once(size_t n_tracks)
{
	return n_tracks < MOST_PRODUCTS / ROWS ? ROWS : MOST_PRODUCTS / (n_tracks + 1) + 1;
}

static void *make_all(void *plans)
{
	struct session_plans *s = plans;
	const struct session_model *m = &s->player->model;
	unsigned threads = parallel_threads(0);
	size_t rows = rows_at_once(m->n_tracks);
	struct all_rows all = {
		.plans = s, .users = find_users(m), .planners = calloc(threads, sizeof *all.planners)};
	bool ready = all.users && all.planners;

	setpriority(PRIO_PROCESS, 0, LOWEST_PRIORITY); /* on Linux: of this thread, and of those that it begins */
	for (unsigned i = 0; ready && i < threads; i++)
		ready = session_planner_init(&all.planners[i], s->player->catalog, rows) == 0;
	if (ready) {
		openblas_set_num_threads(1);
		parallel_for(s->n_rows, rows, threads, make_plans, &all);
	}
	for (unsigned i = 0; all.planners && i < threads; i++)
		session_planner_clear(&all.planners[i]);
	free(all.planners);
	free(all.users);
	return NULL;
}

void session_plans_begin(struct session_plans *s)
{
	sigset_t all, before;

	sigfillset(&all); /* signals are for the thread that waits for them */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	s->running = pthread_create(&s->thread, NULL, make_all, s) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
