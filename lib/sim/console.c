#include "sim/console.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "text/number.h"
#include "text/sanitize.h"

enum { SHOWN = 10, WORDS = 8 };

/* What a line of the person's comes to. */
enum choice { CHOICE_TRACK, CHOICE_AGAIN, CHOICE_QUIT, CHOICE_STOP, CHOICE_FAILED };

static void show_track(const struct console *c, const struct catalog *catalog, uint32_t track)
{
	const struct track *t = &catalog->tracks[track];

	fprintf(c->dialogue, "%" PRIu32 "  ", t->id);
	sanitize_put(c->dialogue, catalog->artists[t->artist].name);
	fputs(" – ", c->dialogue);
	sanitize_put(c->dialogue, t->title);
}

/* strcasestr, but for a word that is not NUL-terminated. */
static bool contains_word(const char *text, struct slice word)
{
	for (; *text; text++)
		if (strncasecmp(text, word.text, word.len) == 0)
			return true;
	return false;
}

static bool track_matches(const struct catalog *catalog, uint32_t track, const struct slice *words, size_t n)
{
	const struct track *t = &catalog->tracks[track];

	for (size_t i = 0; i < n; i++)
		if (!contains_word(t->title, words[i]) && !contains_word(catalog->artists[t->artist].name, words[i]))
			return false;
	return true;
}

static size_t split_words(struct slice line, struct slice *words)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len && n < WORDS;) {
		size_t start = i;

		while (i < line.len && !isspace((unsigned char)line.text[i]))
			i++;
		if (i > start)
			words[n++] = (struct slice){.text = line.text + start, .len = i - start};
		while (i < line.len && isspace((unsigned char)line.text[i]))
			i++;
	}
	return n;
}

/* Lists what the words match; one match alone is the choice. */
static enum choice search_tracks(const struct console *c, const struct catalog *catalog, struct slice line,
				 uint32_t *track)
{
	struct slice words[WORDS];
	size_t n = split_words(line, words), found = 0;

	for (uint32_t i = 0; i < catalog->n_tracks; i++) {
		if (!track_matches(catalog, i, words, n))
			continue;
		*track = i;
		if (found++ >= SHOWN)
			continue;
		fputs("  ", c->dialogue);
		show_track(c, catalog, i);
		fputc('\n', c->dialogue);
	}
	if (found > SHOWN)
		fprintf(c->dialogue, "  … and %zu more\n", found - SHOWN);
	if (found == 0)
		fputs("  nothing found\n", c->dialogue);
	return found == 1 ? CHOICE_TRACK : CHOICE_AGAIN;
}

static struct slice trim_spaces(struct slice line)
{
	for (; line.len > 0 && isspace((unsigned char)*line.text); line.len--)
		line.text++;
	while (line.len > 0 && isspace((unsigned char)line.text[line.len - 1]))
		line.len--;
	return line;
}

static enum choice interpret_line(const struct console *c, const struct catalog *catalog, struct slice line,
				  uint32_t *track)
{
	char text[16];
	struct errmsg ignored;
	int64_t id;

	if (line.len == 0)
		return CHOICE_AGAIN;
	if (line.len == 1 && line.text[0] == 'q')
		return CHOICE_QUIT;
	snprintf(text, sizeof text, "%.*s", (int)(line.len < sizeof text ? line.len : sizeof text - 1), line.text);
	if (line.len >= sizeof text || number_parse_int("track", text, 0, INT32_MAX, &id, &ignored) < 0)
		return search_tracks(c, catalog, line, track);
	*track = catalog_find(catalog, (uint32_t)id);
	if (*track != CATALOG_NONE)
		return CHOICE_TRACK;
	return search_tracks(c, catalog, line, track);
}

static enum choice ask_for_track(const struct console *c, const struct catalog *catalog, uint32_t *track,
				 struct errmsg *e)
{
	enum choice choice = CHOICE_AGAIN;

	while (choice == CHOICE_AGAIN) {
		enum lines_status status;

		fputs("next track (id, or words to search; q quits)? ", c->dialogue);
		fflush(c->dialogue);
		status = lines_next(c->in, e);
		if (status == LINES_FAILED)
			return CHOICE_FAILED;
		if (status == LINES_END || status == LINES_STOP) {
			fputc('\n', c->dialogue);
			return status == LINES_STOP ? CHOICE_STOP : CHOICE_QUIT;
		}
		if (status == LINES_LINE) {
			struct slice line = {.text = c->in->text, .len = c->in->len};

			choice = interpret_line(c, catalog, trim_spaces(line), track);
		}
	}
	return choice;
}

static void log_event(const struct simulation *s, const struct console *c, const struct sim_session *session,
		      uint32_t track)
{
	struct event ev = simulation_request(s, session);

	if (!c->log)
		return;
	ev.latency = 0; /* how long a person thought says nothing about a recommender */
	if (track != CATALOG_NONE) {
		ev.recommendation = s->catalog->tracks[track].id;
		ev.source = slice_of("console");
	}
	event_write(c->log, &ev, true);
}

static void show_beginning(const struct simulation *s, const struct console *c, const struct sim_session *session)
{
	fprintf(c->dialogue, "\nsession %" PRIu64 " of %" PRIu64 ": user %" PRIu32 " comes and picks\n  ", s->ended + 1,
		s->options.sessions, s->users->list[session->user].id);
	show_track(c, s->catalog, session->track);
	fputc('\n', c->dialogue);
}

static void show_listening(const struct simulation *s, const struct console *c, const struct sim_session *session)
{
	fputs("  ", c->dialogue);
	show_track(c, s->catalog, session->track);
	fprintf(c->dialogue, ": listened to %.0f %%", 100 * session->time);
	if (session->leaving)
		fprintf(c->dialogue, ", and left after %zu track%s, %.2f of listening", session->history.n - 1,
			session->history.n == 2 ? "" : "s", (double)session->reward / 100);
	fputc('\n', c->dialogue);
}

/* SIMULATION_DONE: the session has ended. */
static enum simulation_outcome play_session(struct simulation *s, const struct console *c, struct sim_session *session,
					    struct errmsg *e)
{
	uint32_t track = CATALOG_NONE;
	int flushed;

	show_beginning(s, c, session);
	while (!session->leaving) {
		enum choice choice = ask_for_track(c, s->catalog, &track, e);

		if (choice == CHOICE_QUIT || choice == CHOICE_STOP)
			return choice == CHOICE_QUIT ? SIMULATION_QUIT : SIMULATION_STOPPED;
		if (choice == CHOICE_FAILED)
			return SIMULATION_FAILED;
		log_event(s, c, session, track);
		if (simulation_listen(s, session, track) < 0)
			return errmsg_nomem(e), SIMULATION_FAILED;
		show_listening(s, c, session);
	}
	log_event(s, c, session, CATALOG_NONE);
	simulation_end(s, session);
	flushed = c->log ? out_flush(c->log, e) : 0;
	return flushed == 0 ? SIMULATION_DONE : flushed == OUT_STOPPED ? SIMULATION_STOPPED : SIMULATION_FAILED;
}

enum simulation_outcome console_play(struct simulation *s, const struct console *c, struct errmsg *e)
{
	struct sim_session *session;
	enum simulation_outcome status = SIMULATION_DONE;
	int begun = 1;

	while (status == SIMULATION_DONE && (begun = simulation_begin(s, &session)) > 0)
		status = play_session(s, c, session, e);
	return begun < 0 ? (errmsg_nomem(e), SIMULATION_FAILED) : status;
}
