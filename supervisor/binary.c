/* SPDX-License-Identifier: MIT */
/* Walks the headers of an ELF file. Foreign bytes: every offset and size is checked. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "binary.h"

/* More of any of these is a damaged file. */
enum {
	PHDRS_MAX = 256,
	SHDRS_MAX = 4096,
	NOTES_MAX = 65536,
	DYNAMIC_MAX = 4096,
	IMPORTS_MAX = 65536
};

/* True if all n bytes are there. */
static bool read_at(int fd, uint64_t offset, void *to, size_t n)
{
	return offset <= INT64_MAX && pread(fd, to, n, (off_t)offset) == (ssize_t)n;
}

static bool read_header(int fd, bool is64, Elf64_Ehdr *header)
{
	Elf32_Ehdr narrow;

	if (is64)
		return read_at(fd, 0, header, sizeof(*header));
	if (!read_at(fd, 0, &narrow, sizeof(narrow)))
		return false;
	header->e_type = narrow.e_type;
	header->e_machine = narrow.e_machine;
	header->e_phoff = narrow.e_phoff;
	header->e_phentsize = narrow.e_phentsize;
	header->e_phnum = narrow.e_phnum;
	header->e_shoff = narrow.e_shoff;
	header->e_shentsize = narrow.e_shentsize;
	header->e_shnum = narrow.e_shnum;
	return true;
}

static bool read_phdr(int fd, bool is64, uint64_t offset, Elf64_Phdr *phdr)
{
	Elf32_Phdr narrow;

	if (is64)
		return read_at(fd, offset, phdr, sizeof(*phdr));
	if (!read_at(fd, offset, &narrow, sizeof(narrow)))
		return false;
	phdr->p_type = narrow.p_type;
	phdr->p_flags = narrow.p_flags;
	phdr->p_offset = narrow.p_offset;
	phdr->p_filesz = narrow.p_filesz;
	return true;
}

static void keep_build_id(struct binary *binary, const unsigned char *id, uint32_t n)
{
	if (n > (sizeof(binary->build_id) - 1) / 2)
		n = (sizeof(binary->build_id) - 1) / 2;
	for (uint32_t i = 0; i < n; i++)
		snprintf(binary->build_id + 2 * i, 3, "%02x", id[i]);
}

/* Notes are aligned to 4 bytes in both classes, but for GNU property notes of 64-bit files, whose
 * alignment of 8 shows only between their own segment's notes. */
static void read_notes(int fd, const Elf64_Phdr *phdr, struct binary *binary)
{
	uint64_t at = 0, size = phdr->p_filesz < NOTES_MAX ? phdr->p_filesz : NOTES_MAX;

	while (!binary->build_id[0] && at + sizeof(Elf32_Nhdr) <= size) {
		Elf32_Nhdr note;
		unsigned char bytes[4 + 32];
		uint64_t body = phdr->p_offset + at + sizeof(note);

		if (!read_at(fd, phdr->p_offset + at, &note, sizeof(note)))
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz &&
			note.n_descsz <= 32 && read_at(fd, body, bytes, 4 + note.n_descsz) &&
			!memcmp(bytes, "GNU", 4))
			keep_build_id(binary, bytes + 4, note.n_descsz);
		at += sizeof(note) + (((uint64_t)note.n_namesz + 3) & ~3ull) +
		      (((uint64_t)note.n_descsz + 3) & ~3ull);
	}
}

static void read_interp(int fd, const Elf64_Phdr *phdr, struct binary *binary)
{
	size_t n = sizeof(binary->interp) - 1;

	if (phdr->p_filesz < n)
		n = phdr->p_filesz;
	if (!read_at(fd, phdr->p_offset, binary->interp, n))
		n = 0;
	binary->interp[n] = '\0';
}

/* Returns DT_FLAGS_1. */
static uint64_t read_dynamic(int fd, const Elf64_Phdr *phdr, struct binary *binary)
{
	uint64_t step = binary->is64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn), flags_1 = 0;

	for (unsigned i = 0; i < DYNAMIC_MAX && (i + 1) * step <= phdr->p_filesz; i++) {
		Elf64_Dyn wide;
		Elf32_Dyn narrow;

		if (!read_at(fd, phdr->p_offset + i * step, binary->is64 ? (void *)&wide : &narrow,
			    step))
			break;
		if (!binary->is64) {
			wide.d_tag = narrow.d_tag;
			wide.d_un.d_val = narrow.d_un.d_val;
		}
		if (wide.d_tag == DT_NULL)
			break;
		if (wide.d_tag == DT_TEXTREL ||
			(wide.d_tag == DT_FLAGS && wide.d_un.d_val & DF_TEXTREL))
			binary->textrel = true;
		if (wide.d_tag == DT_FLAGS_1)
			flags_1 = wide.d_un.d_val;
	}
	return flags_1;
}

static const char *linkage(const struct binary *binary, uint64_t flags_1)
{
	if (binary->interp[0])
		return "dynamic";
	if (binary->type != ET_DYN)
		return "static";
	return flags_1 & DF_1_PIE ? "static-pie" : "shared library";
}

static void read_phdrs(int fd, const Elf64_Ehdr *header, struct binary *binary)
{
	unsigned n = header->e_phnum < PHDRS_MAX ? header->e_phnum : PHDRS_MAX;
	uint64_t flags_1 = 0;

	for (unsigned i = 0; i < n; i++) {
		Elf64_Phdr phdr;

		if (!read_phdr(fd, binary->is64,
			    header->e_phoff + (uint64_t)i * header->e_phentsize, &phdr))
			break;
		if (phdr.p_type == PT_INTERP)
			read_interp(fd, &phdr, binary);
		else if (phdr.p_type == PT_NOTE)
			read_notes(fd, &phdr, binary);
		else if (phdr.p_type == PT_DYNAMIC)
			flags_1 = read_dynamic(fd, &phdr, binary);
		else if (phdr.p_type == PT_GNU_STACK)
			binary->stack = phdr.p_flags & PF_X ? STACK_EXECUTABLE : STACK_NOT_EXEC;
	}
	binary->linkage = linkage(binary, flags_1);
}

/* Imports of 32-bit programs. A libc with two sizes of time_t has two of each of these functions.
 */

static bool takes_time32(const char *name)
{
	static const char *const functions[] = {"adjtime", "clock_gettime", "clock_settime",
		"ctime", "ctime_r", "difftime", "futimens", "futimes", "gettimeofday", "gmtime",
		"gmtime_r", "localtime", "localtime_r", "lutimes", "mktime", "settimeofday",
		"stime", "time", "timegm", "timelocal", "timespec_get", "utime", "utimensat",
		"utimes"};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (!strcmp(name, functions[i]))
			return true;
	return false;
}

static void keep_import(struct binary *binary, const char *name)
{
	size_t n = strlen(binary->time32);

	snprintf(binary->time32 + n, sizeof(binary->time32) - n, "%s%s", n ? ", " : "", name);
}

static void look_at_import(int fd, uint64_t name_at, struct binary *binary)
{
	char name[16] = "";

	if (pread(fd, name, sizeof(name), (off_t)name_at) > 0 && memchr(name, '\0', sizeof(name)) &&
		takes_time32(name))
		keep_import(binary, name);
}

static void read_imports(
	int fd, const Elf32_Shdr *symbols, const Elf32_Shdr *names, struct binary *binary)
{
	unsigned left = symbols->sh_size / sizeof(Elf32_Sym), imports = 0;
	uint64_t at = symbols->sh_offset;
	Elf32_Sym some[64];

	while (left && imports < IMPORTS_MAX) {
		unsigned n = left < 64 ? left : 64;

		if (!read_at(fd, at, some, n * sizeof(some[0])))
			return;
		for (unsigned i = 0; i < n; i++) {
			if (some[i].st_shndx != SHN_UNDEF || !some[i].st_name)
				continue;
			imports++;
			look_at_import(fd, (uint64_t)names->sh_offset + some[i].st_name, binary);
		}
		at += n * sizeof(some[0]);
		left -= n;
	}
}

static bool read_shdr(int fd, const Elf64_Ehdr *header, unsigned i, Elf32_Shdr *section)
{
	return read_at(
		fd, header->e_shoff + (uint64_t)i * header->e_shentsize, section, sizeof(*section));
}

static void read_shdrs(int fd, const Elf64_Ehdr *header, struct binary *binary)
{
	unsigned n = header->e_shnum < SHDRS_MAX ? header->e_shnum : SHDRS_MAX;
	Elf32_Shdr section, names;

	for (unsigned i = 0; i < n && read_shdr(fd, header, i, &section); i++) {
		if (section.sh_type != SHT_DYNSYM)
			continue;
		if (section.sh_link < n && read_shdr(fd, header, section.sh_link, &names))
			read_imports(fd, &section, &names, binary);
		return;
	}
}

int binary_inspect(int fd, struct binary *binary)
{
	unsigned char ident[EI_NIDENT];
	Elf64_Ehdr header;
	ssize_t got;

	memset(binary, 0, sizeof(*binary));
	binary->linkage = "";
	got = pread(fd, ident, sizeof(ident), 0);
	if (got < 0)
		return -errno;
	if (got != sizeof(ident) || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return 0;
	binary->is_elf = true;
	binary->is64 = ident[EI_CLASS] == ELFCLASS64;
	if (ident[EI_DATA] != ELFDATA2LSB || !read_header(fd, binary->is64, &header))
		return 0;
	binary->type = header.e_type;
	binary->machine = header.e_machine;
	read_phdrs(fd, &header, binary);
	if (header.e_machine == EM_386 && !binary->is64)
		read_shdrs(fd, &header, binary);
	return 0;
}
