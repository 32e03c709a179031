#include "report/headline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "study/metrics.h"
#include "text/humanize.h"

int headline_verdict(const struct effect *x)
{
	if (!x->significant || x->difference == 0)
		return 0;
	return x->difference * x->better > 0 ? 1 : -1;
}

bool headline_too_far(const struct effect *x)
{
	bool several = x->control_users >= 2 && x->treatment_users >= 2;

	return several && !(isfinite(x->control_sd) && isfinite(x->treatment_sd));
}

const char *headline_word(const struct effect *x)
{
	int verdict = headline_verdict(x);

	return verdict > 0 ? "better" : verdict < 0 ? "worse" : "";
}

/*
 * The words for more, for less and for so many times as much of a metric; the first row serves metrics that are not
 * here.
 */
static const struct phrase {
	const char *metric, *verb, *more, *less, *as;
} phrases[] = {
	{"", "had", "more", "less", "as much"},
	{"time", "listened", "longer", "less", "as long"},
	{"sessions", "came back", "more often", "less often", "as often"},
	{"mean_request_latency", "waited", "longer", "less", "as long"},
	{"mean_tracks_per_session", "heard", "more tracks per session", "fewer tracks per session",
	 "as many tracks per session"},
	{"mean_time_per_session", "listened", "longer per session", "less per session", "as long per session"},
	{"time_per_session", "listened", "longer per session", "less per session", "as long per session"},
	{"time_per_track", "heard", "more of a track", "less of a track", "as much of a track"},
};

static const struct phrase *phrase_of(const char *metric)
{
	for (size_t i = 1; i < sizeof phrases / sizeof *phrases; i++)
		if (strcmp(phrases[i].metric, metric) == 0)
			return &phrases[i];
	return &phrases[0];
}

struct humanized headline_label(const char *metric)
{
	size_t number = metrics_find(metric);
	const char *unit = number < METRICS_ALL_N ? metrics_unit(number) : "";

	return *unit ? humanize("%s, %s", humanize_words(metric).text, unit) : humanize_words(metric);
}

/* A sentence as it is written. */
struct sentence {
	FILE *f;
	bool typeset;
};

static void put(const struct sentence *s, struct humanized text)
{
	fputs(s->typeset ? humanize_typeset(text).text : text.text, s->f);
}

/* A direction mark is for a page: terminals show one, or turn nothing. */
static void put_control(const struct sentence *s, const struct effect *x)
{
	fprintf(s->f, "%s%s", humanize_name(x->control), s->typeset ? humanize_after(x->control) : "");
}

/* "listened 49.4 % longer than C", "had 3.1 % more mean time per session than C" */
static void put_difference(const struct sentence *s, const struct effect *x)
{
	const struct phrase *p = phrase_of(x->metric);
	const char *how = x->difference > 0 ? p->more : p->less;
	const char *metric = p == phrases ? x->metric : "";

	fprintf(s->f, "%s ", p->verb);
	if (isfinite(x->effect)) {
		put(s, humanize_magnitude(x->effect, x->lower, x->upper));
		fputc(' ', s->f);
	}
	fprintf(s->f, "%s%s%s than ", how, *metric ? " " : "", humanize_words(metric).text);
	put_control(s, x);
}

/* Where it is at least twice as much: "listened 8.6 times as long per session as C" */
static bool is_multiple(const struct effect *x)
{
	return x->effect >= 100 && x->effect < 1e6;
}

/* What is left of a percent effect in times; its interval is two digits wide. */
static struct humanized times_of(const struct effect *x, double percent)
{
	double width = (x->upper - x->lower) / 100;

	return humanize("%.*f", !isfinite(width) ? 1 : width < 0.3 ? 2 : width < 3 ? 1 : 0, 1 + percent / 100);
}

static void put_multiple(const struct sentence *s, const struct effect *x)
{
	const struct phrase *p = phrase_of(x->metric);
	const char *metric = p == phrases ? x->metric : "";

	fprintf(s->f, "%s ", p->verb);
	put(s, times_of(x, x->effect));
	fprintf(s->f, " times %s%s%s as ", p->as, *metric ? " " : "", humanize_words(metric).text);
	put_control(s, x);
	if (isfinite(x->lower) && isfinite(x->upper)) {
		fputs(" (", s->f);
		put(s, times_of(x, x->lower));
		fputs(" to ", s->f);
		put(s, times_of(x, x->upper));
		fputc(')', s->f);
	}
}

/* The interval of a significant effect lies on one side of 0, and the words have told which. */
static void put_bounds(const struct sentence *s, const struct effect *x)
{
	double near = fmin(fabs(x->lower), fabs(x->upper)), far = fmax(fabs(x->lower), fabs(x->upper));

	if (!isfinite(near) || !isfinite(far))
		return;
	fputs(" (", s->f);
	put(s, humanize_magnitude(near, x->lower, x->upper));
	fputs(" to ", s->f);
	put(s, humanize_magnitude(far, x->lower, x->upper));
	fputc(')', s->f);
}

static void put_unsure(const struct sentence *s, const struct effect *x)
{
	fprintf(s->f, "did not differ significantly from %s in %s", humanize_name(x->control),
		humanize_words(x->metric).text);
	if (isfinite(x->effect)) {
		fputs(": ", s->f);
		put(s, humanize_effect(x->effect, x->lower, x->upper));
	}
}

static void put_headline(const struct sentence *s, const struct effect *x)
{
	if (!isfinite(x->difference)) {
		fprintf(s->f, headline_too_far(x) ? "cannot be compared with %s: some values of %s are too large"
						  : "cannot be compared with %s: one of them has no value of %s",
			humanize_name(x->control), humanize_words(x->metric).text);
		return;
	}
	if (headline_verdict(x) != 0 && is_multiple(x)) {
		put_multiple(s, x);
	} else if (headline_verdict(x) != 0) {
		put_difference(s, x);
		put_bounds(s, x);
	} else if (isfinite(x->p)) {
		put_unsure(s, x);
	} else if (x->difference == 0) {
		fprintf(s->f, "had the same %s as %s", humanize_words(x->metric).text, humanize_name(x->control));
	} else {
		put_difference(s, x);
		fprintf(s->f, ", but %s to tell that from chance",
			headline_too_far(x) ? "its values are too far apart" : "there is not enough data");
	}
}

const struct effect *headline_effect(const struct effect *list, size_t n, const char *primary)
{
	for (size_t i = 0; primary && i < n && list[i].treatment == list[0].treatment; i++)
		if (strcmp(list[i].metric, primary) == 0)
			return &list[i];
	return list;
}

/*
 * Adds the arms of the list that are to be told of: those that changed something, or those that did not, or (-1) both.
 */
static size_t add_arms(const struct effect *list, size_t n, const char *primary, int changed,
		       size_t first[HEADLINES_MAX], size_t told)
{
	for (size_t i = 0; i < n && told < HEADLINES_MAX; i++) {
		if (i > 0 && list[i - 1].treatment == list[i].treatment)
			continue;
		if (changed < 0 || (headline_verdict(headline_effect(&list[i], n - i, primary)) != 0) == changed)
			first[told++] = i;
	}
	return told;
}

size_t headline_choose(const struct effect *list, size_t n, const char *primary, size_t first[HEADLINES_MAX],
		       size_t *arms)
{
	*arms = 0;
	for (size_t i = 0; i < n; i++)
		*arms += i == 0 || list[i - 1].treatment != list[i].treatment;
	if (*arms <= HEADLINES_MAX)
		return add_arms(list, n, primary, -1, first, 0);
	return add_arms(list, n, primary, 0, first, add_arms(list, n, primary, 1, first, 0));
}

char *headline_of(const struct effect *x, bool typeset)
{
	struct memstream m;
	struct sentence s = {.f = memstream_open(&m), .typeset = typeset};

	if (!s.f)
		return NULL;
	put_headline(&s, x);
	return memstream_close(&m);
}
