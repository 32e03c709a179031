#include "stats/adjust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A p of the family, where they are put in order. */
struct family_p {
	double p, adjusted;
	size_t place; /* in the family as it was given */
};

static const char *const names[] = {
	[ADJUST_NONE] = "none", [ADJUST_HOLM] = "holm", [ADJUST_BH] = "bh", [ADJUST_BY] = "by",
};

int adjust_by_name(const char *name)
{
	for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
		if (strcmp(name, names[i]) == 0)
			return i;
	}
	return -1;
}

static int by_p(const void *a, const void *b)
{
	const struct family_p *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* What m p-values count for: m, or with BY m times the harmonic number. */
static double family_size(enum adjust_method method, size_t m)
{
	double c = 0;

	if (method != ADJUST_BY)
		return (double)m;
	for (size_t i = m; i > 0; i--)
		c += 1 / (double)i;
	return c * (double)m;
}

static void step_down(struct family_p *s, size_t m)
{
	double most = 0;

	for (size_t i = 0; i < m; i++) {
		most = fmax(most, (double)(m - i) * s[i].p);
		s[i].adjusted = fmin(1, most);
	}
}

static void step_up(struct family_p *s, size_t m, double size)
{
	double least = 1;

	for (size_t i = m; i > 0; i--) {
		least = fmin(least, size / (double)i * s[i - 1].p);
		s[i - 1].adjusted = least;
	}
}

/* R, as the adjusted p, which do not fall, have it. */
static size_t count_significant(const struct family_p *s, size_t m, double alpha)
{
	size_t r = 0;

	while (r < m && s[r].adjusted < alpha)
		r++;
	return r;
}

/* The level of the p at place i of the sorted ones, which has the same p as the one at `first`. */
static double level_of(enum adjust_method method, size_t m, double size, size_t significant, size_t i, size_t first,
		       double alpha)
{
	switch (method) {
	case ADJUST_HOLM:
		return alpha / (double)(m - (i < significant ? first : significant));
	case ADJUST_BH:
	case ADJUST_BY:
		return alpha * ((double)(i < significant ? significant : significant + 1) / size);
	case ADJUST_NONE:
		break;
	}
	return alpha;
}

/* Rounding may put p on the other side of a level computed in another order: then the level yields. */
static double agreeing_level(double level, double p, bool significant)
{
	if (significant == (p < level))
		return level;
	return significant ? nextafter(p, 1) : p;
}

static void set_levels(enum adjust_method method, const struct family_p *s, size_t m, double size, double alpha,
		       struct adjusted *out)
{
	size_t significant = count_significant(s, m, alpha), first = 0;

	for (size_t i = 0; i < m; i++) {
		if (s[i].p != s[first].p)
			first = i;
		out[s[i].place].p = s[i].adjusted;
		out[s[i].place].level = agreeing_level(level_of(method, m, size, significant, i, first, alpha), s[i].p,
					      i < significant);
	}
}

int adjust(enum adjust_method method, const double *p, size_t n, double alpha, struct adjusted *out, struct errmsg *e)
{
	struct family_p *s = calloc(n > 0 ? n : 1, sizeof *s);
	size_t m = 0;
	double size;

	if (s == NULL)
		return errmsg_nomem(e);
	for (size_t i = 0; i < n; i++) {
		out[i] = (struct adjusted){.p = NAN, .level = NAN};
		if (!isnan(p[i]))
			s[m++] = (struct family_p){.p = p[i], .adjusted = p[i], .place = i};
	}
	size = family_size(method, m);
	qsort(s, m, sizeof *s, by_p);
	if (method == ADJUST_HOLM)
		step_down(s, m);
	else if (method != ADJUST_NONE)
		step_up(s, m, size);
	set_levels(method, s, m, size, alpha, out);
	free(s);
	return 0;
}

void adjust_welch(struct comparison *w, const struct adjusted *a, double alpha)
{
	if (!isnan(a->level))
		comparison_rejudge(w, comparison_t_critical(a->level, w->df) * w->error, a->p < alpha);
}
