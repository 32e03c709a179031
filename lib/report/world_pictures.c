#include "report/world_pictures.h"

#include <stdbool.h>
#include <stdlib.h>

#include "render/html.h"
#include "render/svg.h"
#include "world/embeddings.h"

/* Tracks whose products are drawn, points of a line, its nearest tracks that have a chart of their own, and artists. */
enum { LINES = 30, POINTS = 200, NEAR = 100, ARTISTS = 100 };

static int compare_falling(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

/* The rank of a point, of n: most points are where lines are steep, at both ends. */
static size_t rank_of(size_t point, size_t points, size_t n)
{
	double t = points > 1 ? (double)point / (double)(points - 1) : 0;

	return (size_t)(t * t * (3 - 2 * t) * (double)(n - 1) + 0.5);
}

/* Lines for a chart: at x, `points` ranks from 0, LINES of them one after the other. */
struct products {
	double x[POINTS];
	double *y;
	size_t points, lines;
	bool spread; /* over all ranks; else the first ones */
};

/* The products of a track with all others, largest first, at the ranks of both charts. `all` is room for n_tracks. */
static void sort_products(const struct npy *m, size_t track, double *all, struct products charts[2], size_t line)
{
	size_t n = 0;

	for (size_t t = 0; t < m->rows; t++)
		if (t != track)
			all[n++] = embeddings_dot(m, track, t);
	qsort(all, n, sizeof *all, compare_falling);
	for (struct products *p = charts; p < charts + 2; p++)
		for (size_t i = 0; i < p->points; i++) {
			size_t rank = p->spread ? rank_of(i, p->points, n) : i;

			p->x[i] = (double)rank + 1;
			p->y[line * p->points + i] = all[rank];
		}
}

static void draw_products(const struct products *p, FILE *f)
{
	struct svg_series series[LINES] = {0};
	struct svg_chart chart = {
		.title = "Sorted inner products",
		.description = "A line for each of some tracks: its inner products with other tracks, largest first",
		.x_label = "other tracks, the nearest first",
		.y_label = "inner product",
		.x = p->x,
		.n = p->points,
		.n_series = p->lines,
		.first = SVG_SERIES_MAX,
		.whole = true,
		.zero = true,
	};

	for (size_t i = 0; i < p->lines; i++)
		series[i].y = p->y + i * p->points;
	chart.series = series;
	html_figure(f, p->spread ? "Inner products of single tracks with all others, sorted: a line a track"
				 : "The same with the nearest tracks only");
	svg_lines(&chart, f);
	html_figure_end(f);
}

/* Tracks at equal distances in the catalog, so that the same world has the same picture. */
static int picture_products(const struct world *w, FILE *f)
{
	const struct npy m = {NPY_FLOAT32, w->options.n_tracks, w->options.dim, w->embeddings};
	size_t n = m.rows, lines = n < LINES ? n : LINES;
	struct products charts[2] = {{.points = n - 1 < POINTS ? n - 1 : POINTS, .lines = lines, .spread = true},
				     {.points = n - 1 < NEAR ? n - 1 : NEAR, .lines = lines}};
	double *all = calloc(n, sizeof *all);
	int status;

	for (size_t i = 0; i < 2; i++)
		charts[i].y = calloc(LINES * POINTS, sizeof *charts[i].y);
	status = all && charts[0].y && charts[1].y ? 0 : -1;
	for (size_t i = 0; status == 0 && i < lines; i++)
		sort_products(&m, i * n / lines, all, charts, i);
	for (size_t i = 0; i < 2; i++) {
		if (status == 0)
			draw_products(&charts[i], f);
		free(charts[i].y);
	}
	free(all);
	return status;
}

static size_t artist_of(const struct world *w, uint32_t track)
{
	return w->catalog ? w->catalog->tracks[track].artist : w->artist_of[track];
}

/* Per cent of the total, largest first. */
static void sort_shares(double *counts, size_t n)
{
	double total = 0;

	for (size_t i = 0; i < n; i++)
		total += counts[i];
	for (size_t i = 0; i < n && total > 0; i++)
		counts[i] *= 100 / total;
	qsort(counts, n, sizeof *counts, compare_falling);
}

static void draw_shares(const double *tracks, const double *interests, size_t n, FILE *f)
{
	double ranks[ARTISTS];
	const struct svg_series series[] = {{.name = "of the tracks", .y = tracks},
					    {.name = "of users' interests", .y = interests}};
	struct svg_chart chart = {
		.title = "Shares of artists",
		.description = "Per cent of all tracks, and of all interests of users, that the artists have, largest "
			       "first",
		.x_label = "artists, the largest first",
		.y_label = "% of all",
		.n = n < ARTISTS ? n : ARTISTS,
		.series = series,
		.n_series = 2,
		.first = 1,
		.whole = true,
		.zero = true,
	};

	for (size_t i = 0; i < ARTISTS; i++)
		ranks[i] = (double)i + 1;
	chart.x = ranks;
	html_figure(f, n > ARTISTS ? "Shares of the 100 largest artists, sorted" : "Shares of artists, sorted");
	svg_lines(&chart, f);
	html_figure_end(f);
}

static int picture_shares(const struct world *w, FILE *f)
{
	size_t n = w->catalog ? w->catalog->n_artists : w->n_artists;
	double *tracks = calloc(n, sizeof *tracks), *interests = calloc(n, sizeof *interests);
	int status = tracks && interests ? 0 : -1;

	for (uint32_t t = 0; status == 0 && t < w->options.n_tracks; t++)
		tracks[artist_of(w, t)]++;
	for (uint32_t u = 0; status == 0 && u < w->options.n_users; u++)
		for (uint32_t i = 0; i < w->users[u].n_interests; i++)
			interests[artist_of(w, w->users[u].interests[i])]++;
	if (status == 0) {
		sort_shares(tracks, n);
		sort_shares(interests, n);
		draw_shares(tracks, interests, n, f);
	}
	free(tracks);
	free(interests);
	return status;
}

int world_pictures(const struct world *w, FILE *f, struct errmsg *e)
{
	char text[200];
	int status;

	snprintf(text, sizeof text, "%u tracks of %zu artists, embeddings of %u dimensions, %u users",
		 w->options.n_tracks, w->catalog ? w->catalog->n_artists : w->n_artists, w->options.dim,
		 w->options.n_users);
	html_begin(f, "A world", svg_css);
	html_paragraph(f, HTML_MUTED, text);
	html_figures(f);
	status = picture_products(w, f) < 0 || picture_shares(w, f) < 0 ? errmsg_nomem(e) : 0;
	html_figures_end(f);
	html_end(f);
	return status;
}
