#include "study/study_log.h"

#include <fcntl.h>
#include <stdlib.h>

#include "study/partial.h"
#include "unit/fixture.h"

static struct errmsg e;
static int complaints;

static void complain(void *ctx, const struct errmsg *reason)
{
	CHECK(strstr(reason->text, ctx) != NULL);
	complaints++;
}

#define EVENT(message, timestamp) \
	"{\"message\":\"" message "\",\"timestamp\":" timestamp ",\"user\":1,\"track\":1,\"time\":0.5," \
	"\"experiments\":{\"X\":\"C\"}}\n"

static int take(struct study *s, char *const *paths, size_t n)
{
	static char words[] = "";
	const struct study_log log = {.paths = paths, .n_paths = n, .complain = complain, .ctx = words};

	complaints = 0;
	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, &(struct study_keep){.days = true});
	CHECK(study_log_read(s, &log, &e) == 0);
	CHECK(study_end(s, &e) == 0);
	return complaints;
}

static char path[] = "file", *paths[] = {path};

static void a_log_in_order_is_streamed(void)
{
	struct study s;

	fixture_file("file", EVENT("next", "1") "\n" EVENT("last", "2") "nonsense\n");
	CHECK(take(&s, paths, 1) == 1);
	CHECK(s.events == 2 && s.malformed == 1 && s.unread == 0 && !s.sorted && s.unfinished == 0);
	study_clear(&s);
}

/* Wishes survive, and nothing is told or counted twice. */
static void a_log_out_of_order_is_read_again(void)
{
	struct study s;

	fixture_file("file", "nonsense\n" EVENT("last", "2") EVENT("next", "1") "more\n");
	CHECK(take(&s, paths, 1) == 2);
	CHECK(s.events == 2 && s.malformed == 2 && s.sorted && s.out_of_order == 1 && s.unfinished == 0);
	CHECK(s.keep.days && s.days.n == 1 && s.days.list[0].did.events == 2);
	study_clear(&s);
}

static void a_file_that_is_not_there_is_counted(void)
{
	char missing[] = "missing", *both[] = {missing, path};
	struct study s;

	fixture_file("file", EVENT("last", "2"));
	CHECK(take(&s, both, 2) == 1);
	CHECK(s.events == 1 && s.unread == 1);
	study_clear(&s);
}

/* A pipe cannot be read again: what comes is taken as it comes. */
static void a_pipe_is_taken_as_it_comes(void)
{
	static const char text[] = EVENT("last", "2") EVENT("next", "1");
	int ends[2], was = dup(STDIN_FILENO);
	struct study s;

	CHECK(pipe(ends) == 0 && write(ends[1], text, sizeof text - 1) == (ssize_t)(sizeof text - 1));
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	CHECK(take(&s, NULL, 0) == 0);
	CHECK(s.events == 2 && !s.sorted && s.out_of_order == 1 && s.unfinished == 1);
	study_clear(&s);
	close(ends[0]);
	dup2(was, STDIN_FILENO);
	close(was);
}

/* From where it stood, which need not be its beginning. */
static void standard_input_is_wound_back(void)
{
	int was = dup(STDIN_FILENO), fd;
	struct study s;

	fixture_file("file", "skip\n" EVENT("last", "2") EVENT("next", "1"));
	fd = open("file", O_RDONLY);
	CHECK(fd >= 0 && lseek(fd, 5, SEEK_SET) == 5);
	dup2(fd, STDIN_FILENO);
	CHECK(take(&s, NULL, 0) == 0);
	CHECK(s.events == 2 && s.sorted && s.unfinished == 0);
	study_clear(&s);
	close(fd);
	dup2(was, STDIN_FILENO);
	close(was);
}

static void watch_rises(void *seen, uint64_t bytes)
{
	uint64_t *last = seen;

	CHECK(bytes >= *last);
	*last = bytes;
}

/* Of a joinable study each file is read apart, but who watches sees one sum. */
static void bytes_are_those_of_all_files(void)
{
	static char other[] = "other", *both[] = {path, other};
	uint64_t seen = 0;
	const struct study_log log = {.paths = both, .n_paths = 2, .watch = {.read = watch_rises, .ctx = &seen}};
	struct study s;

	fixture_file("file", EVENT("next", "1"));
	fixture_file("other", EVENT("last", "2"));
	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.joinable = true});
	CHECK(study_log_read(&s, &log, &e) == 0);
	CHECK(s.logs.n == 2 && s.logs.parts == 1);
	CHECK(seen == sizeof EVENT("next", "1") EVENT("last", "2") - 1);
	study_clear(&s);
}

/* The state of a log, to be cleared. */
static struct part_file state_of(const char *text)
{
	static const char *const name = "state";
	const struct study_log log = {.paths = paths, .n_paths = 1};
	struct part_file state;
	struct study s;

	fixture_file("file", text);
	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.joinable = true});
	CHECK(study_log_read(&s, &log, &e) == 0 && study_settle(&s, &e) == 0);
	CHECK(partial_pack(&s, name, &state, &e) == 0);
	study_clear(&s);
	return state;
}

/* Reads a log onto the state of another; whether it could be counted on top of it. */
static bool resumes(const char *before, const char *text)
{
	struct part_file state = state_of(before);
	static char words[] = "";
	const struct study_log log = {.paths = paths, .n_paths = 1, .complain = complain, .ctx = words, .state = &state};
	struct study s;
	bool resumed;

	complaints = 0;
	fixture_file("file", text);
	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.joinable = true});
	CHECK(study_log_read(&s, &log, &e) == 0);
	CHECK(s.logs.parts == (s.resumed ? 2 : 1) && s.malformed == 1 && complaints == 1);
	CHECK(s.events - s.base.events == 2);
	resumed = s.resumed;
	study_clear(&s);
	part_file_clear(&state);
	return resumed;
}

static void a_log_goes_on_with_a_state(void)
{
	CHECK(resumes(EVENT("next", "1"), EVENT("next", "1") EVENT("last", "2") "nonsense\n"));
}

/* Then the study is that of the log alone, and nothing is told or counted twice. */
static void a_log_that_does_not_is_read_alone(void)
{
	static const char undated[] = "{\"message\":\"next\",\"user\":2,\"track\":1,\"time\":0.5}\n";

	CHECK(!resumes(EVENT("next", "3"), "nonsense\n" EVENT("next", "2") EVENT("last", "4")));
	CHECK(!resumes(EVENT("next", "1"), "nonsense\n" EVENT("next", "4") EVENT("last", "3")));
	CHECK(!resumes(EVENT("next", "2") EVENT("next", "1"), "nonsense\n" EVENT("next", "3") EVENT("last", "4")));
	CHECK(!resumes(undated, "nonsense\n" EVENT("next", "3") EVENT("last", "4")));
	CHECK(!resumes(EVENT("next", "1"), "nonsense\n" EVENT("next", "3")
		       "{\"message\":\"next\",\"user\":2,\"track\":1,\"time\":0.5}\n"));
	CHECK(!resumes(EVENT("next", "1") EVENT("next", "1"), "nonsense\n" EVENT("next", "1") EVENT("next", "1")));
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(a_log_in_order_is_streamed);
	RUN(a_log_out_of_order_is_read_again);
	RUN(a_file_that_is_not_there_is_counted);
	RUN(a_pipe_is_taken_as_it_comes);
	RUN(standard_input_is_wound_back);
	RUN(bytes_are_those_of_all_files);
	RUN(a_log_goes_on_with_a_state);
	RUN(a_log_that_does_not_is_read_alone);
	fixture_leave(directory);
	return DONE();
}
