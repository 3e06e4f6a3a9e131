/* SPDX-License-Identifier: MIT */
/* Looks at a program file before anything is started, and refuses in plain words. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "image.h"

#define MAX_PHDRS 64

/* Reads exactly n bytes at offset; -ENOEXEC when the file is shorter. */
static int read_at(int fd, void *to, size_t n, off_t offset)
{
	ssize_t got = pread(fd, to, n, offset);

	return got < 0 ? -errno : got == (ssize_t)n ? 0 : -ENOEXEC;
}

static int read_script(const char *line, struct image *image)
{
	size_t n;

	image->kind = IMAGE_SCRIPT;
	line += 2 + strspn(line + 2, " \t");
	n = strcspn(line, " \t\n");
	if (n >= sizeof(image->interpreter))
		return -ENOEXEC;
	memcpy(image->interpreter, line, n);
	return 0;
}

static int read_i386(int fd, struct image *image)
{
	Elf32_Ehdr head;
	Elf32_Phdr ph;
	int err = read_at(fd, &head, sizeof(head), 0);

	if (err)
		return err;
	if (head.e_phentsize != sizeof(ph) || head.e_phnum > MAX_PHDRS)
		return -ENOEXEC;
	image->is_static = true;
	for (unsigned i = 0; i < head.e_phnum; i++) {
		err = read_at(fd, &ph, sizeof(ph), (off_t)head.e_phoff + i * sizeof(ph));
		if (err)
			return err;
		if (ph.p_type != PT_INTERP)
			continue;
		image->is_static = false;
		if (ph.p_filesz < 2 || ph.p_filesz > sizeof(image->interpreter))
			return -ENOEXEC;
		err = read_at(fd, image->interpreter, ph.p_filesz, ph.p_offset);
		if (!err && image->interpreter[ph.p_filesz - 1])
			err = -ENOEXEC;
		return err;
	}
	return 0;
}

int image_read(const char *path, struct image *image)
{
	unsigned char start[4096] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	ssize_t n;

	*image = (struct image){.kind = IMAGE_UNKNOWN};
	if (fd < 0)
		return -errno;
	n = read(fd, start, sizeof(start) - 1);
	if (n < 0) {
		err = -errno;
	} else if (n > 2 && start[0] == '#' && start[1] == '!') {
		err = read_script((char *)start, image);
	} else if (n >= 4 && !memcmp(start, ELFMAG, SELFMAG)) {
		if (n < (ssize_t)sizeof(Elf32_Ehdr))
			err = -ENOEXEC;
		image->kind = IMAGE_OTHER_ELF;
		image->machine = start[18] | start[19] << 8;
		if (image->machine == EM_X86_64 && start[EI_CLASS] == ELFCLASS64)
			image->kind = IMAGE_X86_64;
		else if (image->machine == EM_386 && start[EI_CLASS] == ELFCLASS32)
			image->kind = IMAGE_I386;
		if (!err && image->kind == IMAGE_I386)
			err = read_i386(fd, image);
	}
	close(fd);
	return err;
}

static int executable(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return access(path, X_OK) ? -errno : 0;
}

/* Finds what execvp would execute; 0 or -errno (-ENOENT, -EACCES, -EISDIR). */
static int find(const char *program, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH") ?: "/usr/local/bin:/usr/bin:/bin";
	int err = -ENOENT;

	if (strchr(program, '/')) {
		snprintf(path, PATH_MAX, "%s", program);
		return strlen(program) < PATH_MAX ? executable(path) : -ENAMETOOLONG;
	}
	if (!*program)
		return -ENOENT;
	for (;;) {
		int n = strcspn(dirs, ":"), found;

		if (snprintf(path, PATH_MAX, "%.*s%s%s", n, dirs, n ? "/" : "", program) <
			PATH_MAX) {
			found = executable(path);
			if (!found)
				return 0;
			if (found == -EACCES)
				err = found;
		}
		if (!dirs[n])
			return err;
		dirs += n + 1;
	}
}

static const char *machine_name(unsigned machine)
{
	static const struct {
		unsigned machine;
		const char *name;
	} names[] = {
		{EM_ARM, "ARM"},
		{EM_AARCH64, "64-bit ARM"},
		{EM_RISCV, "RISC-V"},
		{EM_PPC, "PowerPC"},
		{EM_PPC64, "64-bit PowerPC"},
		{EM_MIPS, "MIPS"},
		{EM_S390, "S/390"},
		{EM_SPARC, "SPARC"},
		{EM_IA_64, "Itanium"},
		{EM_X86_64, "x32"},
		{EM_68K, "m68k"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another machine";
}

/* What #! or PT_INTERP names must be there too, or execve answers ENOENT for a file that exists. */
static void require_interpreter(const char *path, const struct image *image)
{
	bool loader = image->kind == IMAGE_I386;

	if (!access(image->interpreter, X_OK))
		return;
	if (loader && strstr(image->interpreter, "ld-linux"))
		die(EXIT_NOT_EXECUTABLE,
			"%s needs %s: %s: apt-get install libc6:i386 (after "
			"dpkg --add-architecture i386)",
			path, image->interpreter, strerror(errno));
	if (loader && strstr(image->interpreter, "ld-musl"))
		die(EXIT_NOT_EXECUTABLE,
			"%s needs %s: %s: apt-get install musl:i386 (after "
			"dpkg --add-architecture i386)",
			path, image->interpreter, strerror(errno));
	die(EXIT_NOT_EXECUTABLE, "%s needs %s: %s: install it, or mend the %s of the program", path,
		image->interpreter, strerror(errno), loader ? "loader" : "first line");
}

void image_require(const char *program, bool launcher, char path[PATH_MAX])
{
	static struct image image;
	int err = find(program, path);

	if (err == -EISDIR)
		die(EXIT_NOT_EXECUTABLE, "%s is a directory: name the program in it", program);
	if (err == -EACCES)
		die(EXIT_NOT_EXECUTABLE,
			"%s may not be executed: %s: chmod +x it, or run as its owner", path,
			strerror(-err));
	if (err && strchr(program, '/'))
		die(EXIT_NOT_FOUND, "%s: %s", program, strerror(-err));
	if (err)
		die(EXIT_NOT_FOUND, "%s: not found in PATH: give its path, as ./%s", program,
			program);
	err = image_read(path, &image);
	if (err == -EACCES)
		return; /* executable but not readable: the kernel shall say */
	if (err == -ENOEXEC)
		die(EXIT_NOT_EXECUTABLE, "%s is a damaged or truncated ELF file: get a fresh copy",
			path);
	if (err)
		die(EXIT_NOT_EXECUTABLE, "%s: cannot read: %s", path, strerror(-err));
	switch (image.kind) {
	case IMAGE_I386:
		if (!image.is_static)
			require_interpreter(path, &image);
		return;
	case IMAGE_SCRIPT:
		require_interpreter(path, &image);
		return;
	case IMAGE_X86_64:
		if (!launcher)
			die(EXIT_NOT_EXECUTABLE,
				"%s is a 64-bit program: int80 is for 32-bit ones; if it "
				"starts some, add --launcher",
				path);
		return;
	case IMAGE_OTHER_ELF:
		die(EXIT_NOT_EXECUTABLE,
			"%s is a program for %s, not for 32-bit x86: run it under "
			"qemu-user",
			path, machine_name(image.machine));
	default:
		die(EXIT_NOT_EXECUTABLE,
			"%s is neither an ELF program nor a script with #!: "
			"name its interpreter, as in: --launcher -- /bin/sh %s",
			path, path);
	}
}

/* libfoo.so.2 is most often in Debian's libfoo2, libfoo-1.0.so.2 in libfoo-1.0-2. */
static void debian_package(const char *library, char *package, size_t n)
{
	const char *so = strstr(library, ".so.");
	int stem = so ? (int)(so - library) : 0;
	bool digit = stem && library[stem - 1] >= '0' && library[stem - 1] <= '9';

	package[0] = '\0';
	if (so && !strchr(so + 4, '.'))
		snprintf(package, n, " (on Debian perhaps: apt-get install %.*s%s%s:i386)", stem,
			library, digit ? "-" : "", so + 4);
}

static void say_missing(const char *path, FILE *list)
{
	char line[4096], library[256], package[400];

	while (fgets(line, sizeof(line), list)) {
		if (!strstr(line, "=> not found") || sscanf(line, " %255s", library) != 1)
			continue;
		debian_package(library, package, sizeof(package));
		warn("%s needs %s, which its loader does not find: install the 32-bit package that "
		     "has it%s, or name its directory in LD_LIBRARY_PATH",
			path, library, package);
	}
}

void image_explain_missing(const char *path)
{
	static struct image image;
	FILE *list;
	int out[2];
	pid_t pid;

	if (image_read(path, &image) || image.kind != IMAGE_I386 || image.is_static ||
		!strstr(image.interpreter, "ld-linux") || pipe2(out, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		setenv("LD_TRACE_LOADED_OBJECTS", "1", 1); /* what ldd does */
		execl(image.interpreter, image.interpreter, path, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	list = fdopen(out[0], "r");
	if (list && pid > 0)
		say_missing(path, list);
	if (list)
		fclose(list);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}
