/* A matrix: what is loaded is finite and as large as it says. */
#include <math.h>

#include "memory_file.h"
#include "text/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[MEMORY_FILE_PATH];
	int fd = memory_file(data, size, path);
	struct npy m;
	struct errmsg e;

	if (npy_load(&m, path, &e) == 0) {
		for (size_t i = 0; i < m.rows * m.columns; i++)
			if (!isfinite(m.type == NPY_FLOAT32 ? ((float *)m.data)[i] : ((double *)m.data)[i]))
				abort();
		npy_clear(&m);
	}
	close(fd);
	return 0;
}
