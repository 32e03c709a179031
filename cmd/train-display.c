#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/now.h"
#include "base/unfinished.h"
#include "text/json_put.h"
#include "text/number.h"
#include "train.h"

#define NAME "botify-train"

int train_take_hyper(struct hypers *given, const struct option_row *row, const char *text, struct errmsg *e)
{
	const struct hyper_kind *k = &hyper_kinds[row->choice];
	double *value = &given->value[row->choice];
	char name[32];
	int64_t whole = 0;

	snprintf(name, sizeof name, "--%s", row->name);
	if (!k->whole)
		return number_parse(name, text, k->least, k->most, value, e);
	if (number_parse_int(name, text, (int64_t)k->least, (int64_t)k->most, &whole, e) < 0)
		return -1;
	*value = (double)whole;
	return 0;
}

/* Nothing has been written, and says so; the signal then does what it would have done. */
static void end_interrupted(int number)
{
	static const char text[] = "\nbotify-train: interrupted; nothing was written\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

	(void)ignored;
	unfinished_remove();
	signal(number, SIG_DFL);
	raise(number);
}

void train_tell_of_interruption(bool on)
{
	static const int numbers[] = {SIGINT, SIGTERM};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		void (*before)(int) = signal(numbers[i], on ? end_interrupted : SIG_DFL);

		if (before == SIG_IGN)
			signal(numbers[i], SIG_IGN);
	}
}

static void write_metrics(const struct train_display *s, const struct watch_epoch *now)
{
	FILE *f = s->metrics->file;

	fprintf(f, "{\"stage\":\"%s\",\"model\":\"%s\",\"epoch\":%u,\"loss\":", now->stage, now->model,
		now->epoch);
	json_put_number(f, now->loss);
	fputs(",\"metric\":", f);
	json_put_number(f, now->metric);
	fputs(",\"seconds\":", f);
	json_put_number(f, round(1e3 * (now_seconds() - s->begun)) / 1e3);
	fputs("}\n", f);
	save_flush(s->metrics);
}

void train_show_epoch(void *ctx, const struct watch_epoch *now)
{
	struct train_display *s = ctx;

	if (s->metrics)
		write_metrics(s, now);
	if (!s->terminal)
		return;
	if (now->epoch == 1 || !isnan(now->metric))
		s->fit_begun = now_seconds();
	fprintf(stderr, "\r\033[K%s %s: epoch %u of %u", now->stage, now->model, now->epoch, now->epochs);
	if (!isnan(now->loss))
		fprintf(stderr, ", loss %.5f", now->loss);
	if (!isnan(now->metric))
		fprintf(stderr, ", nDCG %.4f", now->metric);
	if (now->epoch > 1 && isnan(now->metric))
		fprintf(stderr, ", %.0f s left",
			(now_seconds() - s->fit_begun) / (now->epoch - 1) * (now->epochs - now->epoch));
}

void train_print_hypers(FILE *f, const struct model_kind *k, const struct hypers *h)
{
	for (size_t i = 0; i < k->n_hypers; i++)
		fprintf(f, " --%s %.4g", hyper_kinds[k->hypers[i].which].name, h->value[k->hypers[i].which]);
}

void train_print_tried(void *ctx, const struct model_kind *k, const struct hypers *h, double metric)
{
	const struct train_display *s = ctx;

	fprintf(stderr, "%s%s: tried %s", s->terminal ? "\r\033[K" : "", NAME, k->name);
	train_print_hypers(stderr, k, h);
	fprintf(stderr, ": nDCG %.5f\n", metric);
}
