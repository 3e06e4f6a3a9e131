/* SPDX-License-Identifier: MIT */
/* Ends with the number of the descriptor that it gets: for tests with closed standard streams. */
#include <fcntl.h>

#include "guest.h"

int main(void)
{
	return open("/dev/null", O_RDWR);
}
