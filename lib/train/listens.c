#include "train/listens.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

/* Ids are below 2^31, which leaves a bit of each for a flag. */
struct listens_event {
	int64_t timestamp;
	uint32_t user : 31, last : 1; /* in order of appearance */
	uint32_t track : 31, uniform : 1;
	uint32_t recommendation; /* id, or EVENT_NO_TRACK */
	float time;
};

void listens_reader_clear(struct listens_reader *r)
{
	free(r->events);
	id_index_clear(&r->users);
	*r = (struct listens_reader){0};
}

void listens_clear(struct listens *l)
{
	free(l->list);
	free(l->session_first);
	free(l->session_user);
	free(l->user_first);
	free(l->user_ids);
	free(l->track_ids);
	*l = (struct listens){0};
}

/* What was explored has a propensity instead of a pool, as the policy might have given the same track. */
static bool is_uniform_draw(const struct event *ev)
{
	if (slice_equal(ev->source, slice_of("explore")))
		return true;
	return ev->pool > 0 &&
	       (slice_equal(ev->source, slice_of("random")) || slice_equal(ev->source, slice_of("exhausted")));
}

int listens_add(struct listens_reader *r, const struct event *ev, struct errmsg *e)
{
	struct listens_event *events = grow(r->events, &r->cap, r->n + 1, sizeof *events);
	uint32_t *user;

	if (!events)
		return errmsg_nomem(e);
	r->events = events;
	if (r->n >= UINT32_MAX - 1)
		return errmsg_set(e, "more than %u events", UINT32_MAX - 1);
	user = id_index_at(&r->users, ev->user);
	if (!user)
		return errmsg_nomem(e);
	if (*user == 0)
		*user = (uint32_t)r->users.n;
	events[r->n++] = (struct listens_event){
		.timestamp = ev->timestamp,
		.user = (*user - 1) & INT32_MAX,
		.last = ev->message == EVENT_LAST,
		.track = ev->track & INT32_MAX,
		.uniform = is_uniform_draw(ev),
		.recommendation = ev->recommendation,
		.time = (float)ev->time,
	};
	return 0;
}

/* What listens_make works with. */
struct making {
	struct listens *l;
	struct listens_event *events;
	size_t n;
	uint32_t *user_of;     /* number in order of appearance to index */
	uint32_t *first;       /* n_users + 1: where a user's events begin in `order` */
	uint32_t *order;       /* n events, user after user */
	uint32_t *scratch;     /* as many as a user has */
	const struct catalog *catalog;
	struct id_index tracks; /* where there is no catalog: index + 1 */
};

/* Numbers users by their ids. */
static int number_users(struct making *m, struct listens_reader *r)
{
	struct idmap_entry *users = id_index_take(&r->users, &m->l->n_users);
	size_t n = m->l->n_users;

	m->user_of = malloc((n + 1) * sizeof *m->user_of);
	m->l->user_ids = malloc((n + 1) * sizeof *m->l->user_ids);
	for (size_t i = 0; users && m->user_of && m->l->user_ids && i < n; i++) {
		m->l->user_ids[i] = users[i].key;
		m->user_of[users[i].value - 1] = (uint32_t)i;
	}
	free(users);
	return users && m->user_of && m->l->user_ids ? 0 : -1;
}

static int take_catalog_ids(struct making *m)
{
	m->l->n_tracks = m->catalog->n_tracks;
	m->l->track_ids = malloc((m->l->n_tracks + 1) * sizeof *m->l->track_ids);
	for (size_t i = 0; m->l->track_ids && i < m->l->n_tracks; i++)
		m->l->track_ids[i] = m->catalog->tracks[i].id;
	return m->l->track_ids ? 0 : -1;
}

/* Numbers the tracks that occur by their ids. */
static int number_tracks(struct making *m)
{
	struct idmap_entry *tracks;

	if (m->catalog)
		return take_catalog_ids(m);
	for (size_t i = 0; i < m->n; i++) {
		uint32_t *place = id_index_at(&m->tracks, m->events[i].track);

		if (!place)
			return -1;
		*place = 1;
	}
	tracks = id_index_take(&m->tracks, &m->l->n_tracks);
	m->l->track_ids = malloc((m->l->n_tracks + 1) * sizeof *m->l->track_ids);
	for (size_t i = 0; tracks && m->l->track_ids && i < m->l->n_tracks; i++) {
		uint32_t *place = id_index_at(&m->tracks, tracks[i].key);

		if (!place) {
			free(tracks);
			return -1;
		}
		m->l->track_ids[i] = tracks[i].key;
		*place = (uint32_t)i + 1;
	}
	free(tracks);
	return tracks && m->l->track_ids ? 0 : -1;
}

static uint32_t track_index(struct making *m, uint32_t id)
{
	return m->catalog ? catalog_find(m->catalog, id) : id_index_get(&m->tracks, id) - 1;
}

/* Puts the events of each user together, in the order of the log. */
static int group_by_user(struct making *m)
{
	size_t n_users = m->l->n_users;

	m->first = calloc(n_users + 2, sizeof *m->first);
	m->order = malloc((m->n + 1) * sizeof *m->order);
	if (!m->first || !m->order)
		return -1;
	for (size_t i = 0; i < m->n; i++)
		m->first[m->user_of[m->events[i].user] + 2]++;
	for (size_t u = 0; u < n_users; u++)
		m->first[u + 2] += m->first[u + 1];
	/* first[u + 1] is where the next event of u goes, and in the end where those of u + 1 begin */
	for (size_t i = 0; i < m->n; i++)
		m->order[m->first[m->user_of[m->events[i].user] + 1]++] = (uint32_t)i;
	return 0;
}

/* Whether a user's events have to be sorted: each has a timestamp, and they are not in order. */
static bool is_out_of_order(const struct making *m, const uint32_t *order, size_t n)
{
	bool descends = false;

	for (size_t i = 0; i < n; i++) {
		int64_t now = m->events[order[i]].timestamp;

		if (now == EVENT_NO_TIMESTAMP)
			return false;
		descends = descends || (i > 0 && now < m->events[order[i - 1]].timestamp);
	}
	return descends;
}

/* Merges the two sorted halves of a user's events; of equal timestamps, those of the first half come first. */
static void merge(const struct making *m, uint32_t *order, size_t half, size_t n)
{
	size_t a = 0, b = half, k = 0;

	memcpy(m->scratch, order, n * sizeof *order);
	while (k < n) {
		bool first = b == n ||
			     (a < half && m->events[m->scratch[a]].timestamp <= m->events[m->scratch[b]].timestamp);

		order[k++] = m->scratch[first ? a++ : b++];
	}
}

static void sort_by_time(const struct making *m, uint32_t *order, size_t n)
{
	if (n < 2)
		return;
	sort_by_time(m, order, n / 2);
	sort_by_time(m, order + n / 2, n - n / 2);
	merge(m, order, n / 2, n);
}

/* How many listens are not to what the event before them in their session recommended. */
static size_t count_breaks(const struct making *m, const uint32_t *order, size_t n)
{
	size_t breaks = 0;

	for (size_t i = 1; i < n; i++) {
		const struct listens_event *before = &m->events[order[i - 1]];

		breaks += !before->last && before->recommendation != EVENT_NO_TRACK &&
			  before->recommendation != m->events[order[i]].track;
	}
	return breaks;
}

static int compare_places(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Sorts by time, unless that tears sessions apart: they overlap, and the log has them one after another. */
static void sort_user(const struct making *m, uint32_t *order, size_t n)
{
	size_t breaks = count_breaks(m, order, n);

	sort_by_time(m, order, n);
	if (count_breaks(m, order, n) > breaks)
		qsort(order, n, sizeof *order, compare_places);
}

static int sort_users(struct making *m)
{
	size_t largest = 0;

	for (size_t u = 0; u < m->l->n_users; u++)
		if (m->first[u + 1] - m->first[u] > largest)
			largest = m->first[u + 1] - m->first[u];
	m->scratch = malloc((largest + 1) * sizeof *m->scratch);
	if (!m->scratch)
		return -1;
	for (size_t u = 0; u < m->l->n_users; u++) {
		uint32_t *order = m->order + m->first[u];
		size_t n = m->first[u + 1] - m->first[u];

		if (is_out_of_order(m, order, n))
			sort_user(m, order, n);
	}
	return 0;
}

/* How many sessions there are: each ends at `last`, or with the events of its user. */
static size_t count_sessions(const struct making *m)
{
	size_t sessions = 0;

	for (size_t u = 0; u < m->l->n_users; u++)
		for (size_t i = m->first[u]; i < m->first[u + 1]; i++)
			sessions += m->events[m->order[i]].last || i + 1 == m->first[u + 1];
	return sessions;
}

static int allocate(struct making *m)
{
	struct listens *l = m->l;
	size_t sessions = count_sessions(m);

	l->list = malloc((m->n + 1) * sizeof *l->list);
	l->session_first = malloc((sessions + 1) * sizeof *l->session_first);
	l->session_user = malloc((sessions + 1) * sizeof *l->session_user);
	l->user_first = malloc((l->n_users + 1) * sizeof *l->user_first);
	return l->list && l->session_first && l->session_user && l->user_first ? 0 : -1;
}

static enum listen_how how_recommended(const struct listens_event *before, const struct listens_event *ev)
{
	if (!before)
		return LISTEN_FIRST;
	return before->uniform && before->recommendation == ev->track ? LISTEN_UNIFORM : LISTEN_OTHER;
}

static void note_unknown(struct listens *l, uint32_t id)
{
	if (l->unknown++ == 0 || id < l->first_unknown)
		l->first_unknown = id;
}

/* Appends the listen of an event. `before` is the one before it in its session, or NULL. */
static void append(struct making *m, const struct listens_event *ev, const struct listens_event *before,
		   uint32_t position)
{
	struct listens *l = m->l;
	uint32_t track = track_index(m, ev->track);
	enum listen_how how = how_recommended(before, ev);

	if (track == CATALOG_NONE) {
		note_unknown(l, ev->track);
		return;
	}
	l->n_how[how]++;
	l->list[l->n++] = (struct listen){
		.track = track,
		.session = (uint32_t)l->n_sessions,
		.time = ev->time,
		.position = position & ((UINT32_C(1) << 30) - 1),
		.how = (unsigned)how & 3,
	};
}

static void append_user(struct making *m, size_t u)
{
	struct listens *l = m->l;
	const struct listens_event *before = NULL;
	uint32_t position = 0;

	l->user_first[u] = (uint32_t)l->n_sessions;
	for (size_t i = m->first[u]; i < m->first[u + 1]; i++) {
		const struct listens_event *ev = &m->events[m->order[i]];
		bool ends = ev->last || i + 1 == m->first[u + 1];

		if (position == 0) {
			l->session_first[l->n_sessions] = (uint32_t)l->n;
			l->session_user[l->n_sessions] = (uint32_t)u;
		}
		append(m, ev, before, position++);
		before = ends ? NULL : ev;
		if (ends) {
			position = 0;
			l->n_sessions++;
		}
	}
}

static int make(struct making *m, struct listens_reader *r)
{
	if (number_users(m, r) < 0 || number_tracks(m) < 0 || group_by_user(m) < 0 || sort_users(m) < 0 ||
	    allocate(m) < 0)
		return -1;
	for (size_t u = 0; u < m->l->n_users; u++)
		append_user(m, u);
	m->l->session_first[m->l->n_sessions] = (uint32_t)m->l->n;
	m->l->user_first[m->l->n_users] = (uint32_t)m->l->n_sessions;
	return 0;
}

int listens_make(struct listens *l, struct listens_reader *r, const struct catalog *catalog, struct errmsg *e)
{
	struct making m = {.l = l, .events = r->events, .n = r->n, .catalog = catalog};
	int status;

	*l = (struct listens){0};
	status = make(&m, r);
	free(m.user_of);
	free(m.first);
	free(m.order);
	free(m.scratch);
	id_index_clear(&m.tracks);
	listens_reader_clear(r);
	return status < 0 ? errmsg_nomem(e) : 0;
}
