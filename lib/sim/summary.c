#include "sim/summary.h"

#include <math.h>
#include <stdbool.h>

#include "render/table.h"
#include "text/day.h"
#include "text/number.h"

void summary_add(struct summary *s, uint32_t steps, uint64_t reward, int cut)
{
	s->sessions++;
	s->events += steps + (uint64_t)1;
	s->cut += cut != 0;
	s->reward += reward;
	s->reward_squares += (__int128)reward * reward;
	s->steps += steps;
	s->steps_squares += (__int128)steps * steps;
}

void summary_merge(struct summary *s, const struct summary *other)
{
	s->sessions += other->sessions;
	s->events += other->events;
	s->cut += other->cut;
	s->reward += other->reward;
	s->reward_squares += other->reward_squares;
	s->steps += other->steps;
	s->steps_squares += other->steps_squares;
}

/*
 * The sum of squares less the square of the sum is exact here, because the numbers are integers: there is no
 * cancellation to fear.
 */
static struct summary_mean mean_of(uint64_t n, __int128 sum, __int128 squares, double unit)
{
	double error = NAN;

	if (n > 1)
		error = sqrt((double)(n * squares - sum * sum) / ((double)n * (double)n * (double)(n - 1)));
	return (struct summary_mean){.mean = unit * (double)sum / (double)n, .error = unit * error};
}

struct summary_mean summary_reward(const struct summary *s)
{
	return mean_of(s->sessions, s->reward, s->reward_squares, 0.01);
}

struct summary_mean summary_steps(const struct summary *s)
{
	return mean_of(s->sessions, s->steps, s->steps_squares, 1);
}

static struct summary sum_days(const struct summary *days, uint32_t n_days)
{
	struct summary all = {0};

	for (uint32_t i = 0; i < n_days; i++)
		summary_merge(&all, &days[i]);
	return all;
}

static void add_mean(struct table *t, struct summary_mean m)
{
	if (isnan(m.mean))
		table_add(t, TABLE_PLAIN, "-");
	else if (isnan(m.error))
		table_add(t, TABLE_PLAIN, "%.3f", m.mean);
	else
		table_add(t, TABLE_PLAIN, "%.3f ± %.3f", m.mean, m.error);
}

static void add_row(struct table *t, const char *name, const struct summary *s)
{
	table_add(t, TABLE_PLAIN, "%s", name);
	table_add(t, TABLE_PLAIN, "%llu", (unsigned long long)s->sessions);
	add_mean(t, summary_reward(s));
	add_mean(t, summary_steps(s));
	table_add(t, TABLE_PLAIN, "%llu", (unsigned long long)s->events);
}

int summary_print_table(FILE *f, const struct summary *days, uint32_t n_days, int64_t start, double seconds)
{
	static const char *const heads[] = {"day", "sessions", "reward", "steps", "events"};
	struct summary all = sum_days(days, n_days);
	struct table t;
	char text[DAY_SIZE];
	int status;

	table_init(&t, "lrrrr");
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		table_add(&t, TABLE_BOLD, "%s", heads[i]);
	for (uint32_t i = 0; i < n_days; i++)
		add_row(&t, day_format(text, start + i * (int64_t)DAY_MS), &days[i]);
	if (n_days > 1)
		add_row(&t, "all", &all);
	status = table_print(&t, f, table_wants_colour(f));
	table_clear(&t);
	if (all.cut > 0)
		fprintf(f, "%llu %s ended by --max-tracks\n", (unsigned long long)all.cut,
			all.cut == 1 ? "session was" : "sessions were");
	fprintf(f, "%.0f sessions/s, %.0f events/s\n", (double)all.sessions / seconds, (double)all.events / seconds);
	return status;
}

static void print_key(FILE *f, const char *key, double x)
{
	char text[NUMBER_SIZE];
	int len = (int)number_write(text, x);

	fprintf(f, ",\"%s\":%.*s", key, len, text);
}

static void print_numbers(FILE *f, const struct summary *s)
{
	struct summary_mean reward = summary_reward(s), steps = summary_steps(s);

	fprintf(f, "\"sessions\":%llu,\"events\":%llu,\"cut\":%llu", (unsigned long long)s->sessions,
		(unsigned long long)s->events, (unsigned long long)s->cut);
	print_key(f, "reward_mean", reward.mean);
	print_key(f, "reward_error", reward.error);
	print_key(f, "steps_mean", steps.mean);
	print_key(f, "steps_error", steps.error);
}

int summary_print_json(FILE *f, const struct summary *days, uint32_t n_days, int64_t start, double seconds)
{
	struct summary all = sum_days(days, n_days);
	char text[DAY_SIZE];

	fputs("{\"days\":[", f);
	for (uint32_t i = 0; i < n_days; i++) {
		fprintf(f, "%s{\"day\":\"%s\",", i > 0 ? "," : "", day_format(text, start + i * (int64_t)DAY_MS));
		print_numbers(f, &days[i]);
		fputc('}', f);
	}
	fputs("],\"total\":{", f);
	print_numbers(f, &all);
	print_key(f, "seconds", seconds);
	print_key(f, "sessions_per_second", (double)all.sessions / seconds);
	print_key(f, "events_per_second", (double)all.events / seconds);
	fputs("}}\n", f);
	return 0;
}
