#include "report/overview_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "text/day.h"
#include "text/humanize.h"

double overview_share(uint64_t part, uint64_t whole)
{
	return whole > 0 ? 100 * (double)part / (double)whole : NAN;
}

double overview_mean_time(const struct overview_plays *p)
{
	return p->plays > 0 ? (double)p->billionths / 1e9 / (double)p->plays : NAN;
}

double overview_per_session(const struct overview *o, double sum)
{
	return o->first.plays > 0 ? sum / (double)o->first.plays : NAN;
}

double overview_repeated_artists(const struct overview *o)
{
	return overview_share(o->counts[OVERVIEW_REPEATED_ARTISTS], o->counts[OVERVIEW_KNOWN]);
}

static int by_answers(const void *a, const void *b, void *overview)
{
	const struct overview *o = overview;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (o->answers[x] != o->answers[y])
		return o->answers[x] < o->answers[y] ? 1 : -1;
	return intern_compare(&o->sources.list[x], &o->sources.list[y]);
}

uint32_t *overview_sources_in_order(const struct overview *o)
{
	uint32_t *order = malloc((o->sources.n + 1) * sizeof *order);

	for (uint32_t i = 0; order && i < o->sources.n; i++)
		order[i] = i;
	if (order)
		qsort_r(order, o->sources.n, sizeof *order, by_answers, (void *)o);
	return order;
}

const char *overview_source_name(const struct overview *o, uint32_t source)
{
	const char *name = intern_text(&o->sources, source);

	return *name ? name : "(none)";
}

/* "2024-01-01 05:00" */
static struct humanized moment(int64_t ms)
{
	char day[DAY_SIZE];
	int64_t minute = (ms % DAY_MS + DAY_MS) % DAY_MS / 60000;

	day_format(day, ms);
	return humanize("%s %02d:%02d", day, (int)(minute / 60), (int)(minute % 60));
}

void overview_put_lines(const struct overview *o, FILE *f)
{
	int64_t from, gap = overview_longest_gap(o, &from);

	fprintf(f, "%s events of %s users, %s tracks; %s sessions", humanize_count(o->counts[OVERVIEW_EVENTS]).text,
		humanize_count(o->n_users).text, humanize_count(o->tracks.n).text, humanize_count(o->first.plays).text);
	if (o->counts[OVERVIEW_OPEN] > 0)
		fprintf(f, ", %s without an end", humanize_count(o->counts[OVERVIEW_OPEN]).text);
	fputs(".\n", f);
	if (o->from != EVENT_NO_TIMESTAMP)
		fprintf(f, "%s to %s (UTC)", moment(o->from).text, moment(o->until).text);
	if (gap > 0)
		fprintf(f, "; nothing for %" PRId64 " h from %s", gap, moment(from).text);
	if (o->from != EVENT_NO_TIMESTAMP)
		fputs(".\n", f);
	fprintf(f, "A session: %s plays, time %s.\n", humanize_mean(overview_per_session(o, (double)o->all.plays)).text,
		humanize_mean(overview_per_session(o, (double)o->all.billionths / 1e9)).text);
	fprintf(f, "A play: time %s, %.1f %% skipped (under %g), %.1f %% liked (%g or more).\n",
		humanize_mean(overview_mean_time(&o->all)).text, overview_share(o->all.skipped, o->all.plays),
		o->choice.skipped, overview_share(o->all.liked, o->all.plays), o->choice.liked);
	fprintf(f, "Heard before in the session: %.1f %% of tracks",
		overview_share(o->counts[OVERVIEW_REPEATED_TRACKS], o->all.plays));
	if (o->with_catalog)
		fprintf(f, ", %.1f %% of artists", overview_repeated_artists(o));
	fputs(".\n", f);
}
