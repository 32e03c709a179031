/*
 * What the fuzzers of parts (text/part.h) share: what is read is written, and that is read as the same. Their input is
 * a part without its checksum, and without the count of its bytes: the first line up to that, a newline, and numbers.
 */
#ifndef PART_FILE_H
#define PART_FILE_H

#include <stdbool.h>
#include <string.h>

#include "memory_file.h"
#include "text/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How parts of a kind are read and written. Each returns 0, or -1. */
struct part_format {
	int (*read)(void *parts, char *path);
	int (*write)(void *parts, FILE *f);
};

/* A file of the part that the input is, with a right checksum. Returns as memory_file. */
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

static char *write_parts(const struct part_format *format, void *parts, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f || format->write(parts, f) < 0)
		abort();
	fclose(f);
	return text;
}

/* Reads the input into `parts`, and what that is written as into `again`. Returns whether the input is a good part. */
static bool part_round_trip(const struct part_format *format, const uint8_t *data, size_t size, void *parts,
			    void *again)
{
	static char path[MEMORY_FILE_PATH]; /* borrowed by what is read */
	int fd = make_part(data, size, path), written_fd;
	bool good = format->read(parts, path) == 0;
	size_t first_size, second_size;
	char *first, *second;

	close(fd);
	if (!good)
		return false;
	first = write_parts(format, parts, &first_size);
	written_fd = memory_file((const uint8_t *)first, first_size, path);
	if (format->read(again, path) < 0)
		abort();
	close(written_fd);
	second = write_parts(format, again, &second_size);
	if (first_size != second_size || memcmp(first, second, first_size) != 0)
		abort();
	free(first);
	free(second);
	return true;
}

#endif
