#include "text/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MB = 1000000, GB = 1000 * MB };

/* The larger of two numbers decides the unit of both. */
static const char *unit_of(double bytes, double *scale)
{
	*scale = bytes < 10.0 * GB ? MB : GB;
	return *scale == MB ? "MB" : "GB";
}

const char *progress_text(char text[PROGRESS_SIZE], uint64_t done, uint64_t total, double seconds)
{
	double speed = seconds > 0 ? (double)done / seconds : 0, scale;
	uint64_t most = total > done ? total : done;
	const char *unit = unit_of((double)most, &scale);
	int digits = scale == GB, n;

	if (total < done || total == 0)
		n = snprintf(text, PROGRESS_SIZE, "%.*f %s read", digits, (double)done / scale, unit);
	else
		n = snprintf(text, PROGRESS_SIZE, "%.*f of %.*f %s read", digits, (double)done / scale, digits,
			     (double)total / scale, unit);
	n += snprintf(text + n, (size_t)(PROGRESS_SIZE - n), ", %.0f MB/s", speed / MB);
	if (total >= done && total > 0 && speed > 0)
		snprintf(text + n, (size_t)(PROGRESS_SIZE - n), ", %.0f s left", (double)(total - done) / speed);
	return text;
}

/* What a path has yet to give; -1: not known. */
static off_t bytes_of(const char *path)
{
	bool standard_input = strcmp(path, "-") == 0;
	struct stat st;
	off_t at = 0;

	if ((standard_input ? fstat(STDIN_FILENO, &st) : stat(path, &st)) < 0 || !S_ISREG(st.st_mode))
		return -1;
	if (standard_input)
		at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	return at >= 0 && at <= st.st_size ? st.st_size - at : -1;
}

uint64_t progress_total(char *const *paths, size_t n)
{
	static char standard_input[] = "-";
	uint64_t total = 0;

	for (size_t i = 0; i < (n > 0 ? n : 1); i++) {
		off_t bytes = bytes_of(n > 0 ? paths[i] : standard_input);

		if (bytes < 0)
			return 0;
		total += (uint64_t)bytes;
	}
	return total;
}
