#include "base/slice.h"

#include <string.h>

bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.text, b.text, a.len) == 0);
}

struct slice slice_of(const char *text)
{
	return (struct slice){.text = text, .len = strlen(text)};
}
