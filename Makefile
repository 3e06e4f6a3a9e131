# SPDX-License-Identifier: MIT
# int80: one non-recursive makefile.
#
#   make            build/int80
#   make demo       install what is missing, build, audit a real 32-bit program
#   make check      install what is missing, build, run the tests (check-corpus, check-all: longer)
#   make lint format fuzz bench install
#
# Variables:
#   CC              gcc (default) or clang
#   MODE            empty, asan, ubsan or tsan: sanitizer builds, in build/MODE
#   WERROR          set to 1 for -Werror (CI does)
#   DESTDIR PREFIX  where install puts things (PREFIX=/usr/local)

CC ?= gcc
MODE ?=
PREFIX ?= /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
B = build$(if $(MODE),/$(MODE))

PACKAGES = libseccomp sqlite3 jansson
CPPFLAGS += -D_GNU_SOURCE -Isupervisor $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 -Wall -Wextra $(if $(WERROR),-Werror) -MMD -MP
LDLIBS += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null || echo -lseccomp -lsqlite3 -ljansson)
SANITIZE_asan = -fsanitize=address -fno-omit-frame-pointer
SANITIZE_ubsan = -fsanitize=undefined -fno-sanitize-recover=all
SANITIZE_tsan = -fsanitize=thread
override CFLAGS += $(SANITIZE_$(MODE))
override LDFLAGS += $(SANITIZE_$(MODE))

SOURCES = $(wildcard supervisor/*.c supervisor/abi/*.c)
OBJECTS = $(SOURCES:%.c=$B/%.o)
# All but main: what unit programs and fuzz harnesses link with.
PARTS = $(filter-out $B/supervisor/main.o,$(OBJECTS))
MANPAGES = $(wildcard supervisor/*.[1-8])

# Guests: 32-bit programs, one subject each; NAME_64.c are 64-bit ones. A first line
# "/* build: FLAGS */" adds compiler flags.
GUESTS = $(patsubst tests/guests/%,$B/guests/%,$(basename $(wildcard tests/guests/*.[cS])))
UNITS = $(patsubst tests/unit/%.c,$B/unit/%,$(wildcard tests/unit/*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,$B/fuzz/%,$(wildcard tests/fuzz/*.c))
flags_of = $(shell sed -n '1s,^/\* build: \(.*\) \*/.*,\1,p' $(1))

all: $B/int80

$B/int80: $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

-include $(OBJECTS:.o=.d)

# Tests

guests: $(GUESTS)
units: $(UNITS)

$B/guests/%_64: tests/guests/%_64.c tests/guests/guest.h
	@mkdir -p $(@D)
	$(CC) -O1 -w -D_GNU_SOURCE $(call flags_of,$<) -o $@ $<

$B/guests/%: tests/guests/%.c tests/guests/guest.h
	@mkdir -p $(@D)
	$(CC) -m32 -O1 -w -D_GNU_SOURCE $(call flags_of,$<) -o $@ $<

$B/guests/%: tests/guests/%.S
	@mkdir -p $(@D)
	$(CC) -m32 $(call flags_of,$<) -o $@ $<

$B/unit/%: tests/unit/%.c $(PARTS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

check:
	scripts/deps check
	$(MAKE) all guests units
	tests/run $B

check-corpus:
	scripts/deps corpus
	$(MAKE) all
	tests/corpus all

check-all: check check-corpus

demo:
	scripts/deps demo
	$(MAKE) all
	scripts/demo

lint:
	scripts/lint

format:
	find supervisor tests -name '*.[ch]' -exec clang-format -i {} +

BENCHES = $B/bench/floor $B/bench/calls

$B/bench/floor: tests/bench/floor.c
	@mkdir -p $(@D)
	$(CC) -O2 -D_GNU_SOURCE -o $@ $<

$B/bench/calls: tests/bench/calls.c
	@mkdir -p $(@D)
	$(CC) -m32 -O2 -pthread -D_GNU_SOURCE -o $@ $<

bench: all $(BENCHES)
	scripts/bench

fuzz: all guests $(FUZZERS)
	scripts/fuzz

$B/fuzz/%: tests/fuzz/%.c $(SOURCES)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined \
		-o $@ $< $(filter-out supervisor/main.c supervisor/cmd_%,$(SOURCES)) $(LDLIBS)

install: all
	install -D -m 755 $B/int80 $(DESTDIR)$(BINDIR)/int80
	$(foreach page,$(MANPAGES),install -D -m 644 $(page) \
		$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page));)

clean:
	rm -rf build

.PHONY: all guests units check check-corpus check-all demo lint format bench fuzz install clean
