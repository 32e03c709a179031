#include "sim/console.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/prompt.h"
#include "sim/track_search.h"
#include "text/number.h"
#include "text/sanitize.h"

enum { LIKED_SHOWN = 10 };

/* What a line of the person's comes to. */
enum choice { CHOICE_TRACK, CHOICE_AGAIN, CHOICE_QUIT, CHOICE_STOP, CHOICE_FAILED };

/* A session as it is being played. */
struct game {
	const struct console *c;
	const struct simulation *s;
	const struct sim_session *session;
	struct prompt prompt;
	struct track_search search;
	uint32_t track; /* that was chosen */
};

static void show_track(const struct game *g, uint32_t track)
{
	const struct catalog *catalog = g->s->catalog;
	const struct track *t = &catalog->tracks[track];
	FILE *f = g->c->dialogue;

	fprintf(f, "%" PRIu32 "  ", t->id);
	sanitize_put(f, catalog->artists[t->artist].name);
	fputs(" – ", f);
	sanitize_put(f, t->title);
}

/* Lists what was found. One match alone, of a new search, is the choice. */
static enum choice show_found(struct game *g, bool is_new)
{
	const struct track_search *search = &g->search;
	FILE *f = g->c->dialogue;

	for (size_t i = 0; i < search->n_found; i++) {
		fputs("  ", f);
		show_track(g, search->found[i]);
		fputc('\n', f);
	}
	if (search->more > 0)
		fprintf(f, "  … and %zu more (more shows them)\n", search->more);
	if (search->n_found == 0)
		fputs(is_new ? "  nothing found\n" : "  nothing more\n", f);
	g->track = search->n_found > 0 ? search->found[0] : CATALOG_NONE;
	return is_new && search->n_found == 1 ? CHOICE_TRACK : CHOICE_AGAIN;
}

static enum choice search_tracks(struct game *g, struct slice words, struct errmsg *e)
{
	if (track_search_begin(&g->search, g->s->catalog, words) < 0)
		return errmsg_nomem(e), CHOICE_FAILED;
	return show_found(g, true);
}

static enum choice show_more(struct game *g, struct errmsg *e)
{
	(void)e;
	track_search_go_on(&g->search, g->s->catalog);
	return show_found(g, false);
}

static int by_time(const void *a, const void *b)
{
	const struct play *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time ? 1 : -1) : (x->track > y->track) - (x->track < y->track);
}

/* What this listener liked best of what they were recommended. */
static enum choice show_liked(struct game *g, struct errmsg *e)
{
	const struct history *h = &g->session->history;
	size_t n = h->n - 1;
	struct play *plays = malloc((n + 1) * sizeof *plays);

	if (!plays)
		return errmsg_nomem(e), CHOICE_FAILED;
	memcpy(plays, h->plays + 1, n * sizeof *plays);
	qsort(plays, n, sizeof *plays, by_time);
	for (size_t i = 0; i < n && i < LIKED_SHOWN; i++) {
		fprintf(g->c->dialogue, "  %3.0f %%  ", 100 * plays[i].time);
		show_track(g, plays[i].track);
		fputc('\n', g->c->dialogue);
	}
	if (n == 0)
		fputs("  nothing yet but the first track\n", g->c->dialogue);
	free(plays);
	return CHOICE_AGAIN;
}

static enum choice show_help(struct game *g, struct errmsg *e);

static enum choice quit(struct game *g, struct errmsg *e)
{
	(void)g, (void)e;
	return CHOICE_QUIT;
}

static const struct {
	const char *word, *help;
	enum choice (*run)(struct game *g, struct errmsg *e);
} commands[] = {
	{"more", "the next ten of the last search", show_more},
	{"liked", "what this listener liked best so far", show_liked},
	{"?", "this help", show_help},
	{"q", "quit", quit},
};

static enum choice show_help(struct game *g, struct errmsg *e)
{
	FILE *f = g->c->dialogue;

	(void)e;
	fputs("  Play what the listener likes. Being bored costs patience. Nobody likes a track\n"
	      "  twice in a session, and an artist less each time. The score is time listened.\n"
	      "  ID     play the track of this id\n"
	      "  WORDS  search artists and titles, and play what is found if it is one alone;\n"
	      "         /WORDS does so for words that mean something else here\n", f);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(f, "  %-6s %s\n", commands[i].word, commands[i].help);
	return CHOICE_AGAIN;
}

static struct slice trim_spaces(struct slice line)
{
	for (; line.len > 0 && isspace((unsigned char)*line.text); line.len--)
		line.text++;
	while (line.len > 0 && isspace((unsigned char)line.text[line.len - 1]))
		line.len--;
	return line;
}

/* The track of an id that a line is, or CATALOG_NONE. */
static uint32_t track_of(const struct game *g, struct slice line)
{
	char text[16];
	struct errmsg ignored;
	int64_t id;

	if (line.len >= sizeof text)
		return CATALOG_NONE;
	snprintf(text, sizeof text, "%.*s", (int)line.len, line.text);
	if (number_parse_int("track", text, 0, INT32_MAX, &id, &ignored) < 0)
		return CATALOG_NONE;
	return catalog_find(g->s->catalog, (uint32_t)id);
}

static enum choice interpret_line(struct game *g, struct slice line, struct errmsg *e)
{
	if (line.len == 0)
		return CHOICE_AGAIN;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (slice_equal(line, slice_of(commands[i].word)))
			return commands[i].run(g, e);
	if (*line.text == '/')
		return search_tracks(g, (struct slice){line.text + 1, line.len - 1}, e);
	g->track = track_of(g, line);
	return g->track != CATALOG_NONE ? CHOICE_TRACK : search_tracks(g, line, e);
}

/* "patience 4, score 1.62; next track (? helps)? " */
static const char *question_of(const struct game *g, char text[96])
{
	snprintf(text, 96, "patience %" PRIu32 ", score %.2f; next track (? helps)? ", g->session->budget,
		 (double)g->session->reward / 100);
	return text;
}

static enum choice ask_for_track(struct game *g, struct errmsg *e)
{
	enum choice choice = CHOICE_AGAIN;
	char question[96];

	while (choice == CHOICE_AGAIN) {
		struct slice line;

		switch (prompt_ask(&g->prompt, question_of(g, question), &line, e)) {
		case PROMPT_LINE: choice = interpret_line(g, trim_spaces(line), e); break;
		case PROMPT_END: return CHOICE_QUIT;
		case PROMPT_STOP: return CHOICE_STOP;
		case PROMPT_FAILED: return CHOICE_FAILED;
		}
	}
	return choice;
}

static void log_event(const struct game *g, uint32_t track)
{
	struct event ev = simulation_request(g->s, g->session);

	if (!g->c->log)
		return;
	ev.latency = 0; /* how long a person thought says nothing about a recommender */
	if (track != CATALOG_NONE) {
		ev.recommendation = g->s->catalog->tracks[track].id;
		ev.source = slice_of("console");
	}
	event_write(g->c->log, &ev, true);
}

static void show_beginning(const struct game *g)
{
	const struct simulation *s = g->s;
	FILE *f = g->c->dialogue;

	fprintf(f, "\nsession %" PRIu64, s->ended + 1);
	if (s->options.returns.days == 0)
		fprintf(f, " of %" PRIu64, s->options.sessions);
	fprintf(f, ": user %" PRIu32 " comes and picks\n  ", s->users->list[g->session->user].id);
	show_track(g, g->session->track);
	fputc('\n', f);
}

static void show_listening(const struct game *g)
{
	const struct sim_session *session = g->session;
	FILE *f = g->c->dialogue;

	fputs("  ", f);
	show_track(g, session->track);
	fprintf(f, ": listened to %.0f %%", 100 * session->time);
	if (session->leaving)
		fprintf(f, ", and left after %zu track%s, %.2f of listening", session->history.n - 1,
			session->history.n == 2 ? "" : "s", (double)session->reward / 100);
	fputc('\n', f);
}

/* SIMULATION_DONE: the session has ended. */
static enum simulation_outcome play_session(struct game *g, struct simulation *s, struct sim_session *session,
					    struct errmsg *e)
{
	const struct console *c = g->c;
	int flushed, compared;

	g->session = session;
	show_beginning(g);
	while (!session->leaving) {
		enum choice choice = ask_for_track(g, e);

		if (choice == CHOICE_QUIT || choice == CHOICE_STOP)
			return choice == CHOICE_QUIT ? SIMULATION_QUIT : SIMULATION_STOPPED;
		if (choice == CHOICE_FAILED)
			return SIMULATION_FAILED;
		log_event(g, g->track);
		if (simulation_listen(s, session, g->track) < 0)
			return errmsg_nomem(e), SIMULATION_FAILED;
		show_listening(g);
	}
	log_event(g, CATALOG_NONE);
	simulation_end(s, session);
	flushed = c->log ? out_flush(c->log, e) : 0;
	if (flushed != 0)
		return flushed == OUT_STOPPED ? SIMULATION_STOPPED : SIMULATION_FAILED;
	fputc('\n', c->dialogue);
	compared = rivals_play(&c->rivals, s, session, c->stop_fd, c->dialogue, e);
	return compared == 0 ? SIMULATION_DONE : compared > 0 ? SIMULATION_STOPPED : SIMULATION_FAILED;
}

enum simulation_outcome console_play(struct simulation *s, const struct console *c, struct errmsg *e)
{
	struct game g = {.c = c, .s = s};
	struct sim_session *session;
	enum simulation_outcome status = SIMULATION_DONE;
	int begun = 1;

	if (prompt_open(&g.prompt, c->in, c->dialogue, c->terminal, c->stop_fd) < 0)
		return errmsg_nomem(e), SIMULATION_FAILED;
	while (status == SIMULATION_DONE && (begun = simulation_begin(s, &session)) > 0)
		status = play_session(&g, s, session, e);
	prompt_close(&g.prompt);
	track_search_clear(&g.search);
	return begun < 0 ? (errmsg_nomem(e), SIMULATION_FAILED) : status;
}
