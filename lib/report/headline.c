#include "report/headline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "study/samples.h"
#include "text/shown.h"

int headline_verdict(const struct effect *x)
{
	if (!x->significant || x->difference == 0)
		return 0;
	return x->difference * x->better > 0 ? 1 : -1;
}

const char *headline_word(const struct effect *x)
{
	int verdict = headline_verdict(x);

	return verdict > 0 ? "better" : verdict < 0 ? "worse" : "";
}

/* The words for more and for less of a metric; the first row serves metrics that are not here. */
static const struct phrase {
	const char *metric, *verb, *more, *less;
} phrases[] = {
	{"", "had", "more", "less"},
	{"time", "listened", "longer", "less"},
	{"sessions", "came back", "more often", "less often"},
	{"mean_request_latency", "waited", "longer", "less"},
	{"mean_tracks_per_session", "heard", "more tracks per session", "fewer tracks per session"},
	{"mean_time_per_session", "listened", "longer per session", "less per session"},
	{"time_per_session", "listened", "longer per session", "less per session"},
	{"time_per_track", "heard", "more of a track", "less of a track"},
};

static const struct phrase *phrase_of(const char *metric)
{
	for (size_t i = 1; i < sizeof phrases / sizeof *phrases; i++)
		if (strcmp(phrases[i].metric, metric) == 0)
			return &phrases[i];
	return &phrases[0];
}

struct shown headline_label(const char *metric)
{
	size_t number = samples_find(metric);
	const char *unit = number < SAMPLES_N ? samples_unit(number) : "";

	return *unit ? shown("%s, %s", shown_words(metric).text, unit) : shown_words(metric);
}

/* "listened 49.4 % longer than C", "had 3.1 % more mean time per session than C" */
static void put_difference(FILE *f, const struct effect *x)
{
	const struct phrase *p = phrase_of(x->metric);
	const char *how = x->difference > 0 ? p->more : p->less;
	const char *metric = p == phrases ? x->metric : "";

	if (isfinite(x->effect))
		fprintf(f, "%s %s %s", p->verb, shown_typeset(shown_magnitude(x->effect, x->lower, x->upper)).text, how);
	else
		fprintf(f, "%s %s", p->verb, how);
	fprintf(f, "%s%s than %s%s", *metric ? " " : "", shown_words(metric).text, shown_name(x->control), shown_after(x->control));
}

/* The interval of a significant effect lies on one side of 0, and the words have told which. */
static void put_bounds(FILE *f, const struct effect *x)
{
	double near = fmin(fabs(x->lower), fabs(x->upper)), far = fmax(fabs(x->lower), fabs(x->upper));

	if (isfinite(near) && isfinite(far))
		fprintf(f, " (%s to %s)", shown_typeset(shown_magnitude(near, x->lower, x->upper)).text,
			shown_typeset(shown_magnitude(far, x->lower, x->upper)).text);
}

static void put_unsure(FILE *f, const struct effect *x)
{
	fprintf(f, "did not differ significantly from %s in %s", shown_name(x->control), shown_words(x->metric).text);
	if (isfinite(x->effect))
		fprintf(f, ": %s", shown_typeset(shown_effect(x->effect, x->lower, x->upper)).text);
}

static void put_headline(FILE *f, const struct effect *x)
{
	if (!isfinite(x->difference)) {
		fprintf(f, "cannot be compared with %s: one of them has no value of %s", shown_name(x->control),
			shown_words(x->metric).text);
		return;
	}
	if (headline_verdict(x) != 0) {
		put_difference(f, x);
		put_bounds(f, x);
	} else if (isfinite(x->p)) {
		put_unsure(f, x);
	} else if (x->difference == 0) {
		fprintf(f, "had the same %s as %s", shown_words(x->metric).text, shown_name(x->control));
	} else {
		put_difference(f, x);
		fputs(", but there is not enough data to tell that from chance", f);
	}
}

const struct effect *headline_effect(const struct effect *list, size_t n, const char *primary)
{
	for (size_t i = 0; primary && i < n && list[i].treatment == list[0].treatment; i++)
		if (strcmp(list[i].metric, primary) == 0)
			return &list[i];
	return list;
}

char *headline_of(const struct effect *x)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	put_headline(f, x);
	return memstream_close(&m);
}
