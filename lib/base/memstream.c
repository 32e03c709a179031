#include "base/memstream.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

static ssize_t append_bytes(void *cookie, const char *bytes, size_t n)
{
	struct memstream *m = cookie;
	char *text = grow(m->text, &m->cap, m->len + n + 1, 1);

	if (!text)
		return 0;
	m->text = text;
	memcpy(text + m->len, bytes, n);
	m->len += n;
	text[m->len] = '\0';
	return (ssize_t)n;
}

FILE *memstream_open(struct memstream *m)
{
	*m = (struct memstream){.text = calloc(1, 1), .cap = 1};
	if (m->text)
		m->file = fopencookie(m, "w", (cookie_io_functions_t){.write = append_bytes});
	if (!m->file)
		free(m->text);
	return m->file;
}

char *memstream_close(struct memstream *m)
{
	/* fclose tells only of what it writes itself */
	int failed = ferror(m->file);

	if (fclose(m->file) == 0 && !failed)
		return m->text;
	free(m->text);
	return NULL;
}
