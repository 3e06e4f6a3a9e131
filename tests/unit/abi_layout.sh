#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compares every struct of supervisor/abi/structs.def with the C type it names: its size, and the
# offset and width of each field, as gcc -m32 lays them out. TAP on stdout; status 1 on a difference.
#
#   tests/unit/abi_layout.sh [BUILD]      from the top of the tree; writes BUILD/unit/ (build)
#   KERNEL_HEADERS=DIR                    headers of another kernel: DIR holds linux/ and asm/
set -eu

here=$(dirname "$0")
abi=$here/../../supervisor/abi
out=${1:-build}/unit
mkdir -p "$out"

# A row is STRUCT, END, or a field with an optional "= member" comment; anything else inside a
# struct is a mistake that would go unchecked.
awk -v q='"' '
BEGIN { print "#include " q "abi_layout.h" q "\n\nstatic const struct check checks[] = {" }
/^STRUCT\(/ {
	split($0, part, q)
	id = $1; sub(/STRUCT\(/, "", id); sub(/,$/, "", id)
	size = part[3]; gsub(/[, )]/, "", size)
	type = part[2]
	print "\tSIZE(" q id q ", " type ", " size ")"
	structs++; inside = 1; next
}
/^END$/ { inside = 0; next }
/^\t(F|DETAIL)\(/ && inside {
	row = $0; member = ""; low = "false"
	if (match(row, /\/\* = .* \*\/$/)) {
		member = substr(row, RSTART + 5, RLENGTH - 8)
		row = substr(row, 1, RSTART - 1)
		if (sub(/, low half$/, "", member)) low = "true"
	}
	sub(/^\t(F|DETAIL)\( */, "", row); sub(/\)[ \t]*$/, "", row)
	offset = row; sub(/,.*/, "", offset)
	slot = row; sub(/^[0-9]+, */, "", slot)
	if (member == "-") { skipped++; next }
	if (member == "") { member = slot; sub(/^[A-Z]+\(/, "", member); sub(/[,)].*/, "", member) }
	print "\tFIELD(" q id q ", " type ", " member ", " offset ", " low ", " slot ")"
	next
}
inside && !/^[ \t]*(\/\*.*\*\/)?$/ { print "#error structs.def:" NR ": not a row: " $0 }
END {
	print "};\n\nint main(void)\n{\n\tprintf(" q "# %d fields without a C member\\n" q ", " skipped + 0 ");"
	print "\treturn run(checks, sizeof(checks) / sizeof(checks[0]), " structs ");\n}"
}' "$abi/structs.def" >"$out/abi_layout.c"

# -w: the kernel headers warn among themselves
# shellcheck disable=SC2086
${CC:-gcc} -m32 -std=gnu11 -w -D_GNU_SOURCE -I"$here" -I"$abi" \
	${KERNEL_HEADERS:+-isystem "$KERNEL_HEADERS" -isystem "$KERNEL_HEADERS/i386-linux-gnu"} \
	-o "$out/abi_layout" "$out/abi_layout.c"
"$out/abi_layout"
