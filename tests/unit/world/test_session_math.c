#include "world/session_math.h"

#include "unit/check.h"

static void log_sigmoid_is_that_of_the_c_library(void)
{
	for (double z = -80; z < 80; z += 0.37)
		CHECK_NEAR(session_log_sigmoid((float)z), fmin((float)z, 0) - log1p(exp(-fabs((float)z))), 5e-7);
	CHECK(session_log_sigmoid(-1000) == -1000);
	CHECK(session_log_sigmoid(1000) <= 0 && session_log_sigmoid(1000) > -1e-30f);
}

int main(void)
{
	RUN(log_sigmoid_is_that_of_the_c_library);
	return DONE();
}
