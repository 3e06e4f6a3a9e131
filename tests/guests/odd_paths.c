/* SPDX-License-Identifier: MIT */
/*
 * Paths of every sort below the directory argv[1]: relative to the working directory, to a
 * descriptor, after chdir and fchdir, with bytes that no terminal should get, and what is done to
 * them.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "guest.h"

int main(int argc, char **argv)
{
	int dir, fd;

	must(chdir(argv[1]));
	must(mkdir("sub", 0700));
	close(must(open("written", O_WRONLY | O_CREAT | O_TRUNC, 0600)));
	close(must(open("./written", O_RDONLY)));
	dir = must(open("sub", O_RDONLY | O_DIRECTORY));
	close(must(openat(dir, "below", O_RDWR | O_CREAT, 0600)));
	must(fchdir(dir));
	must(chmod(".//below", 0644));
	must(rename("below", "renamed"));
	must(chdir(".."));
	must(unlink("sub/renamed"));
	fd = must(open("red\033[31m\n", O_RDWR | O_CREAT, 0600));
	close(fd);
	must(unlink("red\033[31m\n"));
	close(must(open("latin-\xe9", O_RDWR | O_CREAT, 0600)));
	must(unlink("latin-\xe9"));
	close(must(open("utf8-\xc3\xa9", O_RDWR | O_CREAT, 0600)));
	must(unlink("utf8-\xc3\xa9"));
	check(access("missing", R_OK) == -1, "missing is missing");
	check(open("sub", O_WRONLY) == -1, "a directory cannot be written");
	must(unlink("written"));
	must(rmdir("sub"));
	return guest_end();
}
