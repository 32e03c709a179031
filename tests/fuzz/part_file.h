/* A file in memory that holds a part of a log (text/part.h), with a right checksum. */
#ifndef PART_FILE_H
#define PART_FILE_H

#include <string.h>

#include "memory_file.h"
#include "text/part.h"

/* Of the part that the input is: a first line, and numbers. Returns as memory_file. */
static int make_part(const uint8_t *data, size_t size, char *path)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t head = end ? (size_t)(end - data) : size, n = end ? size - head - 1 : 0;
	const struct part_bytes numbers = {.bytes = (unsigned char *)data + size - n, .n = n};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int fd;

	if (!f || part_write((const char *)data, head, &numbers, f) < 0)
		abort();
	fclose(f);
	fd = memory_file((const uint8_t *)text, len, path);
	free(text);
	return fd;
}

#endif
