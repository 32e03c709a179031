#include "text/part_state.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save.h"

int part_state_open(struct part_state *s, const char *path, struct errmsg *e)
{
	struct stat st;
	bool there = stat(path, &st) == 0;

	*s = (struct part_state){.path = path, .lock = {.fd = -1}};
	if (there && !S_ISREG(st.st_mode))
		return errmsg_set(e, "%s: a state has to be a file", path);
	if (lock_take(&s->lock, path, e) < 0)
		return -1;
	s->made = !there;
	s->was_empty = there && stat(path, &st) == 0 && st.st_size == 0;
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

	if (save_open(&save, s->path, e) < 0)
		return -1;
	if (write(ctx, save.file, e) < 0) {
		save_abandon(&save);
		return -1;
	}
	if (save_commit(&save, e) < 0)
		return -1;
	s->made = false;
	return 0;
}

void part_state_close(struct part_state *s)
{
	/* one that another run waits for, too, is told from the one that it makes: lock.h */
	if (s->made && s->lock.fd >= 0)
		unlink(s->path);
	lock_release(&s->lock);
	part_file_clear(&s->file);
	s->made = false;
}
