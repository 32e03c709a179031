#include "sim/prompt.h"

#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { REMEMBERED = 100 };

struct prompt_editor {
	EditLine *line;
	History *history;
	const char *question;
	int stop_fd;
	bool stopped;
	mbstate_t state; /* of a character that has come in part */
};

static char *show_question(EditLine *line)
{
	struct prompt_editor *editor;

	el_get(line, EL_CLIENTDATA, &editor);
	return (char *)editor->question;
}

/* Waits for a byte. Returns 1; 0 at the end or where it is told to stop. */
static int next_byte(struct prompt_editor *editor, char *byte)
{
	struct pollfd p[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = editor->stop_fd, .events = POLLIN}};

	while (poll(p, 2, -1) < 0)
		; /* a signal tells its reason by the descriptor */
	editor->stopped = p[1].revents != 0;
	return !editor->stopped && read(STDIN_FILENO, byte, 1) == 1;
}

/* The next character: for libedit, whose own function would not look at the stop descriptor. */
static int next_character(EditLine *line, wchar_t *character)
{
	struct prompt_editor *editor;
	char byte;

	el_get(line, EL_CLIENTDATA, &editor);
	while (next_byte(editor, &byte)) {
		size_t used = mbrtowc(character, &byte, 1, &editor->state);

		if (used == 1 || used == 0)
			return 1;
		if (used == (size_t)-1) /* is no character, and is passed over */
			editor->state = (mbstate_t){0};
	}
	return 0;
}

static struct prompt_editor *make_editor(FILE *dialogue, int stop_fd)
{
	struct prompt_editor *editor = calloc(1, sizeof *editor);
	HistEvent ignored;

	if (!editor)
		return NULL;
	setlocale(LC_CTYPE, ""); /* what is typed is in it */
	editor->stop_fd = stop_fd;
	editor->line = el_init("botify-sim", stdin, dialogue, stderr);
	editor->history = history_init();
	if (!editor->line || !editor->history) {
		if (editor->line)
			el_end(editor->line);
		free(editor);
		return NULL;
	}
	history(editor->history, &ignored, H_SETSIZE, REMEMBERED);
	history(editor->history, &ignored, H_SETUNIQUE, 1);
	el_set(editor->line, EL_CLIENTDATA, editor);
	el_set(editor->line, EL_PROMPT, show_question);
	el_set(editor->line, EL_EDITOR, "emacs");
	el_set(editor->line, EL_HIST, history, editor->history);
	el_set(editor->line, EL_GETCFN, next_character);
	return editor;
}

int prompt_open(struct prompt *p, struct lines *in, FILE *dialogue, bool terminal, int stop_fd)
{
	*p = (struct prompt){.in = in, .dialogue = dialogue};
	if (terminal)
		p->editor = make_editor(dialogue, stop_fd);
	return terminal && !p->editor ? -1 : 0;
}

void prompt_close(struct prompt *p)
{
	if (p->editor) {
		el_end(p->editor->line);
		history_end(p->editor->history);
		free(p->editor);
	}
	*p = (struct prompt){0};
}

static enum prompt_status ask_at_terminal(struct prompt *p, const char *question, struct slice *line)
{
	struct prompt_editor *editor = p->editor;
	HistEvent ignored;
	const char *text;
	int n = 0;

	editor->question = question;
	editor->state = (mbstate_t){0};
	text = el_gets(editor->line, &n);
	if (!text || n <= 0) {
		fputc('\n', p->dialogue);
		return editor->stopped ? PROMPT_STOP : PROMPT_END;
	}
	*line = (struct slice){text, strcspn(text, "\n")};
	if (line->len > 0)
		history(editor->history, &ignored, H_ENTER, text);
	return PROMPT_LINE;
}

enum prompt_status prompt_ask(struct prompt *p, const char *question, struct slice *line, struct errmsg *e)
{
	if (p->editor)
		return ask_at_terminal(p, question, line);
	for (;;) {
		fputs(question, p->dialogue);
		fflush(p->dialogue);
		switch (lines_next(p->in, e)) {
		case LINES_LINE: *line = (struct slice){p->in->text, p->in->len}; return PROMPT_LINE;
		case LINES_END: fputc('\n', p->dialogue); return PROMPT_END;
		case LINES_STOP: fputc('\n', p->dialogue); return PROMPT_STOP;
		case LINES_FAILED: return PROMPT_FAILED;
		default: break; /* a line that was too long is asked for again */
		}
	}
}
