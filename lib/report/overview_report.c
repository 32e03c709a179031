#include "report/overview_report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "render/html.h"
#include "render/svg.h"
#include "report/overview_words.h"
#include "text/humanize.h"

static const struct section_column log_columns[] = {
	{"events", "events", SECTION_COUNT},
	{"users", "users", SECTION_COUNT},
	{"tracks", "tracks", SECTION_COUNT},
	{"sessions", "sessions", SECTION_COUNT},
	{"open_sessions", "open", SECTION_COUNT},
	{"from", NULL, SECTION_PLAIN},
	{"until", NULL, SECTION_PLAIN},
	{"longest_gap_hours", "longest\ngap, h", SECTION_PLAIN},
	{"plays_per_session", "plays a\nsession", SECTION_NUMBER},
	{"time_per_session", "time a\nsession", SECTION_NUMBER},
	{"mean_time", "time", SECTION_NUMBER},
	{"skipped", "% skipped", SECTION_SHARE},
	{"liked", "% liked", SECTION_SHARE},
	{"repeated_tracks", "% heard\nbefore", SECTION_SHARE},
	{"repeated_artists", "% artist\nheard", SECTION_SHARE},
	{"followed", "% followed", SECTION_SHARE},
	{"without_timestamp", NULL, SECTION_COUNT},
	{"backwards", NULL, SECTION_COUNT},
	{"without_source", NULL, SECTION_COUNT},
	{"without_propensity", NULL, SECTION_COUNT},
	{"without_latency", NULL, SECTION_COUNT},
	{"without_experiments", NULL, SECTION_COUNT},
	{"unknown_tracks", NULL, SECTION_COUNT},
};

static const struct section_column plays_columns[] = {
	{"of", "", SECTION_TEXT},
	{"answers", "answers", SECTION_WHOLE},
	{"plays", "plays", SECTION_COUNT},
	{"share", "% of plays", SECTION_SHARE},
	{"mean_time", "time", SECTION_NUMBER},
	{"skipped", "% skipped", SECTION_SHARE},
	{"liked", "% liked", SECTION_SHARE},
};

static double followed(const struct overview *o)
{
	uint64_t n = o->counts[OVERVIEW_FOLLOWED];

	return overview_share(n, n + o->counts[OVERVIEW_NOT_FOLLOWED]);
}

static void make_log(struct section *s, const struct overview *o)
{
	int64_t from, gap = overview_longest_gap(o, &from);
	const uint64_t *n = o->counts;

	section_init(s, "log", "What is in the log", "", log_columns, sizeof log_columns / sizeof *log_columns);
	section_count(s, n[OVERVIEW_EVENTS]);
	section_count(s, o->n_users);
	section_count(s, o->tracks.n);
	section_count(s, n[OVERVIEW_SESSIONS]);
	section_count(s, n[OVERVIEW_OPEN]);
	section_number(s, o->from == EVENT_NO_TIMESTAMP ? NAN : (double)o->from);
	section_number(s, o->until == EVENT_NO_TIMESTAMP ? NAN : (double)o->until);
	section_number(s, o->from == EVENT_NO_TIMESTAMP ? NAN : (double)gap);
	section_number(s, overview_per_session(o, (double)o->all.plays));
	section_number(s, overview_per_session(o, (double)o->all.billionths / 1e9));
	section_number(s, overview_mean_time(&o->all));
	section_number(s, overview_share(o->all.skipped, o->all.plays));
	section_number(s, overview_share(o->all.liked, o->all.plays));
	section_number(s, overview_share(n[OVERVIEW_REPEATED_TRACKS], o->all.plays));
	section_number(s, overview_repeated_artists(o));
	section_number(s, followed(o));
	section_count(s, n[OVERVIEW_NO_TIMESTAMP]);
	section_count(s, n[OVERVIEW_BACKWARDS]);
	section_count(s, n[OVERVIEW_NO_SOURCE]);
	section_count(s, n[OVERVIEW_NO_PROPENSITY]);
	section_count(s, n[OVERVIEW_NO_LATENCY]);
	section_count(s, n[OVERVIEW_NO_EXPERIMENTS]);
	section_count(s, n[OVERVIEW_UNKNOWN]);
}

static void add_plays(struct section *s, const struct overview *o, const char *of, double answers,
		      const struct overview_plays *p)
{
	section_text(s, of);
	section_number(s, answers);
	section_count(s, p->plays);
	section_number(s, overview_share(p->plays, o->all.plays));
	section_number(s, overview_mean_time(p));
	section_number(s, overview_share(p->skipped, p->plays));
	section_number(s, overview_share(p->liked, p->plays));
}

static void begin_plays(struct section *s, const char *key, const char *title, const char *note)
{
	section_init(s, key, title, note, plays_columns, sizeof plays_columns / sizeof *plays_columns);
}

static int make_sources(struct section *s, const struct overview *o)
{
	uint32_t *order = overview_sources_in_order(o);

	begin_plays(s, "sources", "Where plays came from", "");
	if (!order)
		return -1;
	add_plays(s, o, "(first track)", NAN, &o->first);
	for (size_t i = 0; i < o->sources.n; i++)
		add_plays(s, o, overview_source_name(o, order[i]), (double)o->answers[order[i]],
			  &o->by_source[order[i]]);
	free(order);
	return 0;
}

static void make_places(struct section *s, const struct overview *o)
{
	begin_plays(s, "places", "By place in the session", "");
	for (size_t i = 0; i < OVERVIEW_PLACES; i++)
		if (o->places[i].plays > 0)
			add_plays(s, o, overview_places[i], NAN, &o->places[i]);
}

static void make_hours(struct section *s, const struct overview *o)
{
	char name[16];

	begin_plays(s, "hours", "By hour of the day (UTC)", "");
	for (int i = 0; i < OVERVIEW_HOURS && o->from != EVENT_NO_TIMESTAMP; i++) {
		snprintf(name, sizeof name, "%02d", i);
		add_plays(s, o, name, NAN, &o->hours[i]);
	}
}

__attribute__((format(printf, 2, 3))) static int remark(struct overview_report *r, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&r->remarks[r->document.n_remarks], format, ap);
	va_end(ap);
	if (n < 0)
		r->remarks[r->document.n_remarks] = NULL;
	else
		r->document.n_remarks++;
	return n < 0 ? -1 : 0;
}

/* "12.3 %", or "no" where it is none of all */
static struct humanized part_of(uint64_t part, uint64_t whole)
{
	double percent = overview_share(part, whole);

	return part < whole && percent < 99.95 ? humanize("%.*f %%", percent < 1 ? 3 : 1, percent) : humanize("100 %%");
}

static int make_remarks(struct overview_report *r)
{
	const struct overview *o = r->overview;
	const uint64_t *n = o->counts;
	uint64_t events = n[OVERVIEW_EVENTS], answers = n[OVERVIEW_ANSWERS];
	int status = 0;

	if (events > 0 && answers == 0)
		status |= remark(r, "No event recommends a track: there is nothing here but what was played.");
	if (n[OVERVIEW_NO_PROPENSITY] > 0)
		status |= remark(r,
				 "%s of answers have neither pool nor propensity: no off-policy estimate counts them.",
				 part_of(n[OVERVIEW_NO_PROPENSITY], answers).text);
	if (n[OVERVIEW_NO_EXPERIMENTS] > 0)
		status |= remark(r, "%s of events are in no experiment: botify-abtest leaves them out.",
				 part_of(n[OVERVIEW_NO_EXPERIMENTS], events).text);
	if (n[OVERVIEW_NO_TIMESTAMP] > 0)
		status |= remark(r, "%s of events have no timestamp: nothing can be said by day, nor merged by time.",
				 part_of(n[OVERVIEW_NO_TIMESTAMP], events).text);
	if (n[OVERVIEW_BACKWARDS] > 0)
		status |= remark(r, "%s of events are earlier than their user's event before: the log is not in order.",
				 part_of(n[OVERVIEW_BACKWARDS], events).text);
	if (n[OVERVIEW_NO_SOURCE] > 0)
		status |= remark(r, "%s of answers have no source.", part_of(n[OVERVIEW_NO_SOURCE], answers).text);
	if (n[OVERVIEW_NOT_FOLLOWED] > 0)
		status |= remark(
			r, "After %s of answers the session went on with another track than was recommended.",
			part_of(n[OVERVIEW_NOT_FOLLOWED], n[OVERVIEW_NOT_FOLLOWED] + n[OVERVIEW_FOLLOWED]).text);
	if (n[OVERVIEW_UNKNOWN] > 0)
		status |= remark(r, "%s of plays are of tracks that are not in the catalog.",
				 part_of(n[OVERVIEW_UNKNOWN], events).text);
	return status;
}

/* The same as running text. NULL where there is no memory. */
static char *make_lead(const struct overview *o)
{
	struct memstream m;
	FILE *f = memstream_open(&m);
	char *text;

	if (!f)
		return NULL;
	overview_put_lines(o, f);
	text = memstream_close(&m);
	if (!text)
		return NULL;
	for (char *end = text; (end = strchr(end, '\n')) != NULL;)
		*end = end[1] ? ' ' : '\0';
	return text;
}

static int draw(const void *report, FILE *f, struct errmsg *e)
{
	const struct overview_report *r = report;
	double x[OVERVIEW_HOURS + 1], plays[OVERVIEW_HOURS];
	struct svg_series series = {0};
	struct svg_chart chart = {.title = "Plays by hour of the day", .description = "Plays by hour of the day, UTC",
				  .x_label = "hour (UTC)", .y_label = "plays", .n = OVERVIEW_HOURS,
				  .series = &series, .n_series = 1, .first = 1, .whole = true, .zero = true};

	(void)e;
	for (int i = 0; i <= OVERVIEW_HOURS; i++)
		x[i] = i;
	for (int i = 0; i < OVERVIEW_HOURS; i++)
		plays[i] = (double)r->overview->hours[i].plays;
	chart.x = x;
	series.y = plays;
	if (r->overview->from == EVENT_NO_TIMESTAMP)
		return 0;
	html_figures(f);
	html_figure(f, "Plays by hour of the day");
	svg_steps(&chart, f);
	html_figure_end(f);
	html_figures_end(f);
	return 0;
}

int overview_report_make(struct overview_report *r, const struct overview *o, struct errmsg *e)
{
	*r = (struct overview_report){.overview = o};
	make_log(&r->sections[0], o);
	make_places(&r->sections[2], o);
	make_hours(&r->sections[3], o);
	if (make_sources(&r->sections[1], o) < 0 || make_remarks(r) < 0)
		return errmsg_nomem(e);
	r->document.title = "What is in the log";
	r->lead = make_lead(o);
	if (!r->lead)
		return errmsg_nomem(e);
	r->document.lead = r->lead;
	r->document.remarks = (const char *const *)r->remarks;
	r->document.sections = r->sections;
	r->document.n_sections = OVERVIEW_SECTIONS;
	r->document.draw = draw;
	r->document.ctx = r;
	return 0;
}

void overview_report_clear(struct overview_report *r)
{
	for (size_t i = 0; i < OVERVIEW_SECTIONS; i++)
		section_clear(&r->sections[i]);
	for (size_t i = 0; i < r->document.n_remarks; i++)
		free(r->remarks[i]);
	free(r->lead);
	*r = (struct overview_report){0};
}
