#include "base/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

int descriptors_fill(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/", O_PATH) < 0)
			return -1;
	return 0;
}
