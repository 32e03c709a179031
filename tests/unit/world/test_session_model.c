#include "world/session_math.h"
#include "world/session_model.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/fixture.h"

static struct catalog catalog;
static struct session_model model;

static void make_model(void)
{
	static float vectors[4 * SESSION_DIM], variances[4] = {.1F, .2F, .3F, .4F};
	static struct session_user users[] = {{3, 1.5F, 4, .01F, .1F, 0}, {2147483647, .5F, -1, .02F, .2F, 2},
					      {0, 0, 0, 0, 0, 3}};
	static struct session_start openings[] = {{0, 1}, {2, 0}, {1, 1}};
	struct errmsg e;

	fixture_file("catalog", "{\"track\":5,\"artist\":\"a\"}\n{\"track\":7,\"artist\":\"b\"}\n"
				"{\"track\":9,\"artist\":\"a\"}\n");
	CHECK(catalog_load(&catalog, "catalog", &e) == 0);
	for (int i = 0; i < 4 * SESSION_DIM; i++)
		vectors[i] = (float)i / 7;
	model = (struct session_model){
		.n_tracks = 3, .n_users = 2, .n_rows = 2, .n_openings = 3, .tracks = vectors, .tracks_var = variances,
		.rows = vectors + SESSION_DIM, .rows_var = variances + 1, .users = users,
		.openings = openings, .gamma = .8, .noise = 1.25,
		.near = .1, .s = 1, .b = 5, .b_var = 8,
	};
	session_factors_fill(model.factors, .8);
	for (int i = 0; i < SESSION_DIM; i++)
		model.first[i] = model.artist[i] = model.track[i] = .5;
}

static void what_is_saved_is_loaded(void)
{
	struct session_model m;
	struct errmsg e = {.text = ""};
	const char *path = "model";

	CHECK(session_model_save(&model, path, &catalog, &e) == 0);
	CHECK(session_model_save(&model, path, &catalog, &e) == 0); /* over the one that is there */
	CHECK(session_model_load(&m, path, &catalog, &e) == 0);
	CHECK_STR(e.text, "");
	CHECK(m.n_users == 2 && m.n_rows == 2 && m.n_openings == 3 && m.gamma == .8 && m.noise == 1.25);
	CHECK(memcmp(m.factors, model.factors, sizeof m.factors) == 0);
	CHECK(memcmp(m.tracks, model.tracks, 3 * SESSION_DIM * sizeof(float)) == 0);
	CHECK(memcmp(m.rows_var, model.rows_var, 2 * sizeof(float)) == 0);
	CHECK(session_model_user(&m, 2147483647) == 1 && session_model_user(&m, 4) == 2);
	CHECK(m.users[1].first_opening == 2 && m.users[2].first_opening == 3 && m.users[0].s == 1.5F);
	CHECK(m.openings[1].track == 2 && m.openings[1].row == 0 && m.openings[2].track == 1);
	session_model_clear(&m);
}

/* Loads what stands in `name`, and expects a reason that ends with `reason`. */
static void refused(const char *name, const char *reason)
{
	struct session_model m;
	struct errmsg e = {.text = ""};

	CHECK(session_model_load(&m, name, &catalog, &e) < 0);
	CHECK(strstr(e.text, reason) != NULL);
	if (!strstr(e.text, reason))
		fprintf(stderr, "got: %s\n", e.text);
	CHECK(!m.tracks && !m.users);
	session_model_clear(&m);
}

static void what_is_damaged_is_refused(void)
{
	struct session_model other = model;
	struct errmsg e;
	const char *path = "model", *file = "model/rows.npy";
	float *nan_row = (float *)model.rows, before = nan_row[0];

	CHECK(truncate(file, 300) == 0);
	refused("model", "rows.npy: file ends after 300 of");
	CHECK(unlink(file) == 0);
	refused("model", "rows.npy: No such file");
	CHECK(session_model_save(&model, path, &catalog, &e) == 0);
	fixture_file("model/rows.npy", "hello");
	refused("model", "rows.npy: no .npy file");
	other.n_rows = 1;
	CHECK(session_model_save(&other, path, &catalog, &e) == 0);
	refused("model", "openings.npy: row 0: a user, a track and a row");
	nan_row[0] = NAN;
	CHECK(session_model_save(&model, path, &catalog, &e) == 0);
	refused("model", "not finite");
	nan_row[0] = before;
	fixture_file("model/model.json", "{}");
	refused("model", "model.json: this is not a session model");
	refused("no-such-model", "No such file");
}

static void a_model_of_another_catalog_is_refused(void)
{
	struct catalog other;
	struct session_model m;
	struct errmsg e;
	const char *path = "model";

	CHECK(session_model_save(&model, path, &catalog, &e) == 0);
	fixture_file("other", "{\"track\":5,\"artist\":\"a\"}\n{\"track\":7,\"artist\":\"a\"}\n"
			      "{\"track\":9,\"artist\":\"a\"}\n");
	CHECK(catalog_load(&other, "other", &e) == 0);
	CHECK(session_model_load(&m, path, &other, &e) < 0);
	CHECK(strstr(e.text, "another catalog") != NULL);
	catalog_clear(&other);
}

static void what_is_no_model_is_not_replaced(void)
{
	struct errmsg e;
	const char *path = "home", *file = "home/letter";

	CHECK(mkdir(path, 0777) == 0);
	CHECK(session_model_save(&model, path, &catalog, &e) == 0); /* empty */
	fixture_file("home/letter", "dear");
	CHECK(session_model_save(&model, path, &catalog, &e) < 0);
	CHECK(strstr(e.text, "holds letter") != NULL);
	CHECK(access(file, F_OK) == 0);
	fixture_file("file", "x");
	CHECK(session_model_save(&model, "file", &catalog, &e) < 0);
	CHECK(session_model_save(&model, "nowhere/model", &catalog, &e) < 0);
}

static void tidy(void)
{
	static const char *const files[] = {"model.json", "tracks.npy", "tracks_var.npy", "rows.npy", "rows_var.npy",
					    "users.npy", "openings.npy", "letter"};
	static const char *const directories[] = {"model", "home"};

	for (size_t d = 0; d < 2; d++) {
		for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
			char path[64];

			snprintf(path, sizeof path, "%s/%s", directories[d], files[i]);
			unlink(path);
		}
		rmdir(directories[d]);
	}
	unlink("other");
}

static int temporary_entries(void)
{
	DIR *d = opendir(".");
	const struct dirent *entry;
	int n = 0;

	while (d && (entry = readdir(d)))
		n += strstr(entry->d_name, ".tmp") != NULL;
	if (d)
		closedir(d);
	return n;
}

/* Saves again and again, for ever. */
static void save_for_ever(void)
{
	struct errmsg e;

	signal(SIGTERM, SIG_DFL);
	while (session_model_save(&model, "model", &catalog, &e) == 0)
		;
	_exit(1);
}

static void a_signal_leaves_a_whole_model_and_nothing_else(void)
{
	int left = 0, damaged = 0;

	srand(1);
	for (int i = 0; i < 40; i++) {
		struct session_model m;
		struct errmsg e;
		int status = 0;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid == 0)
			save_for_ever();
		while (access("model/model.json", F_OK) < 0)
			usleep(100);
		usleep((useconds_t)(rand() % 10000));
		kill(pid, SIGTERM);
		CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
		left += temporary_entries();
		damaged += session_model_load(&m, "model", &catalog, &e) < 0;
		session_model_clear(&m);
	}
	CHECK(left == 0 && damaged == 0);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	make_model();
	RUN(what_is_saved_is_loaded);
	RUN(what_is_damaged_is_refused);
	RUN(a_model_of_another_catalog_is_refused);
	RUN(what_is_no_model_is_not_replaced);
	RUN(a_signal_leaves_a_whole_model_and_nothing_else);
	catalog_clear(&catalog);
	tidy();
	fixture_leave(directory);
	return DONE();
}
