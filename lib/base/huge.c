#include "base/huge.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { LINE = 64, PAGE = 1 << 21 };

void *huge_new(size_t bytes)
{
	void *memory;

	if (posix_memalign(&memory, bytes < PAGE ? LINE : PAGE, bytes > 0 ? bytes : 1) != 0)
		return NULL;
#ifdef MADV_HUGEPAGE
	if (bytes >= PAGE)
		madvise(memory, bytes / PAGE * PAGE, MADV_HUGEPAGE); /* a wish: it may fail */
#endif
	return memory;
}
