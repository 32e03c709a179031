#include "base/huge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit/check.h"

static void it_begins_at_a_line_or_at_a_huge_page(void)
{
	const size_t sizes[] = {0, 1, 100, (1 << 21) - 1, 1 << 21, (5 << 20) + 3};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *memory = huge_new(sizes[i]);

		CHECK(memory && (uintptr_t)memory % (sizes[i] < 1 << 21 ? 64 : 1 << 21) == 0);
		if (memory)
			memset(memory, 1, sizes[i]);
		free(memory);
	}
}

int main(void)
{
	RUN(it_begins_at_a_line_or_at_a_huge_page);
	return DONE();
}
