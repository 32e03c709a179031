#include "sim/console.h"

#include <fcntl.h>

#include "unit/small_world.h"

/* What a dialogue came to. */
struct played {
	enum simulation_outcome status;
	struct errmsg e;
	char shown[8192], logged[4096];
	uint64_t ended;
};

static struct world world;

static void world_set_budget(struct world *w, uint32_t budget)
{
	for (size_t i = 0; i < w->users.n; i++)
		w->users.list[i].session_budget = budget;
}

static void read_all(FILE *f, char *text, size_t size)
{
	rewind(f);
	text[fread(text, 1, size - 1, f)] = 0;
	fclose(f);
}

/* Lets somebody type some lines. `stop_fd` is watched. */
static struct played play_watched(const char *typed, uint64_t sessions, int stop_fd)
{
	struct played p = {.e = {.text = ""}};
	struct simulation s;
	struct lines in;
	struct out log;
	FILE *dialogue = tmpfile(), *events = tmpfile();
	struct console c = {.in = &in, .dialogue = dialogue, .log = &log, .stop_fd = stop_fd};
	struct errmsg e;

	fixture_file("file", typed);
	CHECK(lines_open(&in, "file", &e) == 0);
	lines_watch(&in, stop_fd);
	out_init(&log, fileno(events), "log");
	world_simulate(&s, &world, world_options(sessions, 4));
	p.status = console_play(&s, &c, &p.e);
	CHECK(out_flush(&log, &e) == 0);
	p.ended = s.ended;
	lines_clear(&in);
	out_clear(&log);
	simulation_clear(&s);
	read_all(dialogue, p.shown, sizeof p.shown);
	read_all(events, p.logged, sizeof p.logged);
	return p;
}

static struct played play(const char *typed, uint64_t sessions)
{
	return play_watched(typed, sessions, -1);
}

#define PROMPT "patience 1, score 0.00; next track (? helps)? "

/* Nobody likes anything, and the one user there is leaves at once. */
static void a_session_is_shown_and_logged(void)
{
	struct played p = play("title 39\n", 1);
	char want[1024];
	unsigned track = 0;

	CHECK(p.status == SIMULATION_DONE && p.ended == 1);
	CHECK(sscanf(p.shown, "\nsession 1 of 1: user 0 comes and picks\n  %u  artist", &track) == 1);
	snprintf(want, sizeof want,
		 "\nsession 1 of 1: user 0 comes and picks\n  %u  artist %u – title %u\n" PROMPT
		 "  117  artist 7 – title 39\n"
		 "  117  artist 7 – title 39: listened to 1 %%, and left after 1 track, 0.01 of listening\n"
		 "\nthis session, by  tracks  time\nyou                    1  0.01\n",
		 track, track / WORLD_STEP % WORLD_ARTISTS, track / WORLD_STEP);
	CHECK(strncmp(p.shown, want, strlen(want)) == 0);
	CHECK(strstr(p.shown, "\nrandom                 1  0.01\noracle                 1  0.01\n"));
	CHECK(strncmp(p.logged, "{\"message\":\"next\",\"timestamp\":", 30) == 0);
	CHECK(strstr(p.logged, ",\"time\":1,\"latency\":0,\"recommendation\":117,\"source\":\"console\","
			       "\"experiments\":{}}\n{\"message\":\"last\""));
	CHECK(strstr(p.logged,
		     "\"track\":117,\"time\":0.01,\"latency\":0,\"recommendation\":null,\"experiments\":{}}\n"));
}

static void check_choice(const char *typed, const char *shown)
{
	struct played p = play(typed, 1);
	const char *from = strstr(p.shown, PROMPT);

	CHECK(from != NULL);
	CHECK(from && strncmp(from + strlen(PROMPT), shown, strlen(shown)) == 0);
}

static void a_track_is_chosen_by_id_or_words(void)
{
#define HEARD ": listened to 1 %, and left after 1 track, 0.01 of listening\n"
	check_choice("117\n", "  117  artist 7 – title 39" HEARD);
	check_choice("  117 \t\n", "  117  artist 7 – title 39" HEARD);
	check_choice("117\r\n", "  117  artist 7 – title 39" HEARD);
	check_choice("117", "  117  artist 7 – title 39" HEARD);
	check_choice("TITLE 39\n", "  117  artist 7 – title 39\n  117  artist 7 – title 39" HEARD);
	check_choice("39   tist\n", "  117  artist 7 – title 39\n  117  artist 7 – title 39" HEARD);
	check_choice("le 39\n", "  117  artist 7 – title 39\n  117  artist 7 – title 39" HEARD);
	check_choice("\n \n117\n", PROMPT PROMPT "  117  artist 7 – title 39" HEARD);
	/* what is an id is one, and no word: there is a title 39, too */
	check_choice("39\n", "  39  artist 5 – title 13" HEARD);
	/* what is none is a word: it may stand in a title */
	check_choice("118\n117\n", "  nothing found\n" PROMPT "  117  artist 7 – title 39" HEARD);
	check_choice("no such\n117\n", "  nothing found\n" PROMPT "  117  artist 7 – title 39" HEARD);
	check_choice("99999999999999999999\n117\n", "  nothing found\n" PROMPT "  117  artist 7 – title 39" HEARD);
	check_choice("-1\n117\n", "  nothing found\n" PROMPT "  117  artist 7 – title 39" HEARD);
}

static void what_is_found_is_cut_at_ten(void)
{
	struct played p = play("artist\nq\n", 1);
	size_t lines = 0;

	for (const char *at = p.shown; (at = strstr(at, "\n  ")) != NULL; at++)
		lines++;
	/* the first track, those found but for the one after the prompt, and how many more */
	CHECK(lines == 1 + 9 + 1);
	CHECK(strstr(p.shown, "\n  … and 30 more (more shows them)\n") != NULL);
	p = play("artist 7 \nq\n", 1); /* titles 7, 15, 23, 31, 39; and those of others with a 7: 17, 27, 37 */
	CHECK(strstr(p.shown, "and") == strstr(p.shown, "and picks"));
}

static void the_rest_is_shown_on_request(void)
{
	struct played p = play("more\nartist\nmore\nmore\nmore\nmore\nq\n", 1);

	CHECK(strncmp(strstr(p.shown, PROMPT) + strlen(PROMPT), "  nothing more\n", 15) == 0);
	CHECK(strstr(p.shown, "  … and 30 more (more shows them)\n") < strstr(p.shown, "  … and 20 more (more shows them)\n"));
	CHECK(strstr(p.shown, "  … and 20 more (more shows them)\n") < strstr(p.shown, "  … and 10 more (more shows them)\n"));
	/* the last ten, and then nothing */
	CHECK(strstr(p.shown, "  117  artist 7 – title 39\n" PROMPT "  nothing more\n") != NULL);
	/* a word that means something else is looked for behind a slash */
	p = play("/more\n/title 39\n", 1);
	CHECK(strstr(p.shown, PROMPT "  nothing found\n") != NULL);
	CHECK(strstr(p.shown, "  117  artist 7 – title 39: listened to 1 %") != NULL);
}

static void what_was_liked_is_told_best_first(void)
{
	struct played p = play("liked\n117\n", 1);

	CHECK(strstr(p.shown, PROMPT "  nothing yet but the first track\n") != NULL);
	world_set_budget(&world, 3);
	p = play("117\n117\nliked\n?\nq\n", 1);
	world_set_budget(&world, 1);
	CHECK(strstr(p.shown, "patience 1, score 0.01; next track (? helps)?     1 %  117  artist 7 – title 39\n"
			      "    0 %  117  artist 7 – title 39\n") != NULL);
	CHECK(strstr(p.shown, "  WORDS  search artists and titles") != NULL);
}

static void the_end_of_the_input_quits(void)
{
	struct played p = play("", 5);

	CHECK(p.status == SIMULATION_QUIT && p.ended == 0);
	CHECK_STR(p.logged, "");
	CHECK(p.shown[strlen(p.shown) - 1] == '\n');
	p = play("q\n117\n", 5);
	CHECK(p.status == SIMULATION_QUIT && p.ended == 0);
	p = play(" q \n117\n", 5);
	CHECK(p.status == SIMULATION_QUIT && p.ended == 0);
	p = play("117\n117\nq\n", 5);
	CHECK(p.status == SIMULATION_QUIT && p.ended == 2);
	CHECK(strstr(p.shown, "\nsession 3 of 5: user ") != NULL);
}

static void a_stop_is_no_quitting(void)
{
	int stop[2];
	struct played p;

	CHECK(pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
	p = play_watched("117\n", 5, stop[0]);
	CHECK(p.status == SIMULATION_STOPPED && p.ended == 0);
	close(stop[0]);
	close(stop[1]);
}

/* A title cannot command the terminal. */
static void control_characters_are_shown_as_such(void)
{
	struct world odd = {0};
	struct world usual = world;
	struct played p;
	struct errmsg e;

	CHECK(catalog_load(&odd.catalog,
			   fixture_file("catalog", "{\"track\":0,\"artist\":\"B\\u001b[2Jj\\u00f6rk\","
						   "\"title\":\"a\\u009b1m\\u007f\\n\"}\n"),
			   &e) == 0);
	CHECK(users_load(&odd.users, fixture_file("users", "{\"user\":1,\"interests\":[0]}\n"), &odd.catalog, &e) == 0);
	odd.embeddings = (struct npy){.type = NPY_FLOAT32, .rows = 1, .columns = 1, .data = calloc(1, sizeof(float))};
	world = odd;
	p = play("q\n", 1);
	CHECK(strstr(p.shown, "  0  B?[2Jj\u00f6rk – a?1m??\n") != NULL);
	world_clear(&world);
	world = usual;
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	world_make(&world, 1, ",\"session_budget\":1");
	world_flatten(&world, 0); /* sigmoid(-5) is 0.01 */
	RUN(a_session_is_shown_and_logged);
	RUN(a_track_is_chosen_by_id_or_words);
	RUN(what_is_found_is_cut_at_ten);
	RUN(the_rest_is_shown_on_request);
	RUN(what_was_liked_is_told_best_first);
	RUN(the_end_of_the_input_quits);
	RUN(a_stop_is_no_quitting);
	RUN(control_characters_are_shown_as_such);
	world_clear(&world);
	fixture_leave(directory);
	return DONE();
}
