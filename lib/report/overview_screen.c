#include <math.h>
#include <stdlib.h>

#include "render/table.h"
#include "report/overview_report.h"
#include "report/overview_words.h"
#include "text/humanize.h"

enum { SOURCES_SHOWN = 6 };

static void add_cells(struct table *t, const char *name, double answers, const struct overview *o,
		      const struct overview_plays *p)
{
	table_add(t, TABLE_PLAIN, "%s", name);
	table_add(t, TABLE_PLAIN, "%s", isnan(answers) ? "-" : humanize_count((uint64_t)answers).text);
	table_add(t, TABLE_PLAIN, "%s", humanize_count(p->plays).text);
	table_add(t, TABLE_PLAIN, "%.2f", overview_share(p->plays, o->all.plays));
	table_add(t, TABLE_PLAIN, "%s", humanize_mean(overview_mean_time(p)).text);
	table_add(t, TABLE_PLAIN, p->plays > 0 ? "%.1f" : "-", overview_share(p->skipped, p->plays));
	table_add(t, TABLE_PLAIN, p->plays > 0 ? "%.1f" : "-", overview_share(p->liked, p->plays));
}

static void add_to(struct overview_plays *sum, const struct overview_plays *p)
{
	sum->plays += p->plays;
	sum->skipped += p->skipped;
	sum->liked += p->liked;
	sum->billionths += p->billionths;
}

static int put_sources(const struct overview *o, FILE *f, bool colour)
{
	static const char *const headings[] = {"source", "answers", "plays", "%", "time", "% skipped", "% liked"};
	uint32_t *order = overview_sources_in_order(o);
	struct overview_plays others = {0};
	double answers = 0;
	struct table t;
	int status;

	table_init(&t, "lrrrrrr");
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		table_add(&t, TABLE_BOLD, "%s", headings[i]);
	add_cells(&t, "(first track)", NAN, o, &o->first);
	for (size_t i = 0; order && i < o->sources.n; i++) {
		if (i < SOURCES_SHOWN) {
			add_cells(&t, overview_source_name(o, order[i]), (double)o->answers[order[i]], o,
				  &o->by_source[order[i]]);
		} else {
			add_to(&others, &o->by_source[order[i]]);
			answers += (double)o->answers[order[i]];
		}
	}
	if (o->sources.n > SOURCES_SHOWN)
		add_cells(&t, "(others)", answers, o, &others);
	status = order ? table_print(&t, f, colour) : -1;
	table_clear(&t);
	free(order);
	fputc('\n', f);
	return status;
}

static int put_places(const struct overview *o, FILE *f, bool colour)
{
	struct table t;
	int status;

	table_init(&t, "lrrrrrrrrrr");
	table_add(&t, TABLE_BOLD, "place");
	for (size_t i = 0; i < OVERVIEW_PLACES; i++)
		table_add(&t, TABLE_BOLD, "%s", overview_places[i]);
	table_add(&t, TABLE_PLAIN, "%% of plays");
	for (size_t i = 0; i < OVERVIEW_PLACES; i++)
		table_add(&t, TABLE_PLAIN, "%.1f", overview_share(o->places[i].plays, o->all.plays));
	table_add(&t, TABLE_PLAIN, "time");
	for (size_t i = 0; i < OVERVIEW_PLACES; i++)
		table_add(&t, TABLE_PLAIN, o->places[i].plays > 0 ? "%.2f" : "-", overview_mean_time(&o->places[i]));
	status = table_print(&t, f, colour);
	table_clear(&t);
	return status;
}

/* A bar for each hour, as high as its part of the highest. */
static void put_hours(const struct overview *o, FILE *f)
{
	static const char *const bars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	uint64_t most = 1;

	for (int i = 0; i < OVERVIEW_HOURS; i++)
		most = o->hours[i].plays > most ? o->hours[i].plays : most;
	fputs("hour, UTC   0 ", f);
	for (int i = 0; i < OVERVIEW_HOURS; i++) {
		uint64_t plays = o->hours[i].plays;

		fputs(bars[plays == 0 ? 0 : 1 + (size_t)(7.0 * (double)plays / (double)most)], f);
	}
	fprintf(f, " 23  (of plays; the highest bar is %s)\n\n", humanize_count(most).text);
}

int overview_report_screen(const struct overview_report *r, FILE *f, bool colour, struct errmsg *e)
{
	const struct overview *o = r->overview;

	overview_put_lines(o, f);
	fputc('\n', f);
	if (put_sources(o, f, colour) < 0 || put_places(o, f, colour) < 0)
		return errmsg_nomem(e);
	if (o->from != EVENT_NO_TIMESTAMP)
		put_hours(o, f);
	for (size_t i = 0; i < r->document.n_remarks; i++)
		if (table_prose(r->remarks[i], TABLE_YELLOW, f, colour) < 0)
			return errmsg_nomem(e);
	return 0;
}
