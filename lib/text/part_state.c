#include "text/part_state.h"

#include <sys/stat.h>

#include "base/save.h"
#include "base/unfinished.h"

int part_state_open(struct part_state *s, const char *path, struct errmsg *e)
{
	struct stat st;

	*s = (struct part_state){.path = path, .lock = {.fd = -1}};
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return errmsg_set(e, "%s: a state has to be a file", path);
	if (lock_take(&s->lock, path, e) < 0)
		return -1;
	s->was_empty = !s->lock.made && stat(path, &st) == 0 && st.st_size == 0;
	return part_file_load(&s->file, path, e);
}

json_t *part_state_head(struct part_state *s, const struct part_kind *kind, struct errmsg *e)
{
	struct part_file copy = s->file;
	struct part part;
	json_t *head;

	if (part_next(&copy, kind, &part, e) <= 0)
		return NULL;
	head = json_incref(part.head);
	s->file.checked = copy.checked;
	part_clear(&part);
	return head;
}

int part_state_save(struct part_state *s, int (*write)(void *ctx, FILE *f, struct errmsg *e), void *ctx,
		    struct errmsg *e)
{
	struct save save;
	sigset_t before;
	int status;

	if (save_open(&save, s->path, e) < 0)
		return -1;
	if (write(ctx, save.file, e) < 0) {
		save_abandon(&save);
		return -1;
	}
	unfinished_hold(&before);
	status = save_commit(&save, e);
	if (status == 0)
		lock_keep(&s->lock);
	unfinished_let_go(&before);
	return status;
}

void part_state_close(struct part_state *s)
{
	lock_release(&s->lock);
	part_file_clear(&s->file);
}
