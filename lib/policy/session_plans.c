#include "policy/session_plans.h"

#include <cblas.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/murmur3.h"
#include "base/parallel.h"
#include "policy/session_live.h"
#include "world/session_math.h"

enum {
	D = SESSION_DIM,
	SETS = SESSION_STRANGE_SETS,
	WAYS = SESSION_STRANGE_WAYS,
	ROWS = 32,
	MOST_PRODUCTS = 1 << 21,
	LOWEST_PRIORITY = 19
};

static int init_worker(struct session_plans *s, struct session_plans_worker *w)
{
	w->strange = calloc(s->n_sets * WAYS, sizeof *w->strange);
	return session_planner_init(&w->planner, s->player->catalog, 1) < 0 || !w->strange ? -1 : 0;
}

static void clear_worker(struct session_plans *s, struct session_plans_worker *w)
{
	for (size_t i = 0; w->strange && i < s->n_sets * WAYS; i++)
		free(w->strange[i].plan);
	free(w->strange);
	free(w->lent);
	session_planner_clear(&w->planner);
}

int session_plans_init(struct session_plans *s, const struct session_player *p, size_t k, size_t workers)
{
	const struct session_model *m = &p->model;
	size_t planned = k < m->n_tracks ? k : m->n_tracks, room = SESSION_PLANS_ROOM / (planned + 1) + 1;

	*s = (struct session_plans){.player = p, .depth = k, .n_rows = m->n_rows < room ? m->n_rows : room,
				    .n_sets = SETS / workers};
	s->list = calloc(s->n_rows + 1, sizeof *s->list);
	s->workers = calloc(workers, sizeof *s->workers);
	if (!s->list || !s->workers)
		return -1;
	for (; s->n_workers < workers; s->n_workers++)
		if (init_worker(s, &s->workers[s->n_workers]) < 0) {
			clear_worker(s, &s->workers[s->n_workers]);
			return -1;
		}
	return 0;
}

void session_plans_clear(struct session_plans *s)
{
	if (s->running) {
		atomic_store(&s->stop, true);
		pthread_join(s->thread, NULL);
	}
	for (size_t i = 0; s->list && i < s->n_rows; i++)
		free(atomic_load(&s->list[i]));
	for (size_t i = 0; i < s->n_workers; i++)
		clear_worker(s, &s->workers[i]);
	free(s->list);
	free(s->workers);
	*s = (struct session_plans){0};
}

static struct session_plan *make_now(const struct session_plans *s, struct session_planner *planner,
				     const struct session_aim *a)
{
	const struct session_model *m = &s->player->model;

	session_dots(a->q, m->tracks, m->n_tracks, planner->products);
	return session_plan_make(s->player, planner, a, planner->products, s->depth);
}

/* The place of a plan for a session without a row: its own, or else that of the one asked for longest ago. */
static struct session_strange *strange_of(const struct session_plans *s, const struct session_plans_worker *w,
					  const struct session_aim *a)
{
	const uint32_t key[] = {(uint32_t)a->user, a->track};
	struct session_strange *set = w->strange + murmur3(key, sizeof key, 0) % s->n_sets * WAYS, *oldest = set;

	for (struct session_strange *x = set; x < set + WAYS; x++) {
		if (x->plan && x->user == a->user && x->track == a->track)
			return x;
		if (x->asked < oldest->asked)
			oldest = x;
	}
	return oldest;
}

static const struct session_plan *get_strange(const struct session_plans *s, struct session_plans_worker *w,
					      const struct session_aim *a)
{
	struct session_strange *x = strange_of(s, w, a);

	if (!x->plan || x->user != a->user || x->track != a->track) {
		struct session_plan *made = make_now(s, &w->planner, a);

		if (!made)
			return NULL;
		free(x->plan);
		*x = (struct session_strange){.plan = made, .user = a->user, .track = a->track};
	}
	x->asked = ++w->asked;
	return x->plan;
}

static bool is_for(const struct session_plan *plan, const struct session_aim *a)
{
	return plan && plan->user == a->user && plan->row == a->row;
}

/* Puts back the plan that was lent; what another thread has put there in the meantime goes. */
static void give_back(struct session_plans_worker *w)
{
	if (w->lent)
		free(atomic_exchange(w->place, w->lent));
	w->lent = NULL;
}

const struct session_plan *session_plans_get(struct session_plans *s, size_t worker, const struct session_aim *a)
{
	struct session_plans_worker *w = &s->workers[worker];

	if (a->row == SESSION_NO_ROW)
		return get_strange(s, w, a);
	if (is_for(w->lent, a))
		return w->lent;
	give_back(w);
	w->place = &s->list[a->row % s->n_rows];
	w->lent = atomic_exchange(w->place, NULL);
	if (!is_for(w->lent, a)) {
		free(w->lent);
		w->lent = make_now(s, &w->planner, a);
	}
	return w->lent;
}

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
