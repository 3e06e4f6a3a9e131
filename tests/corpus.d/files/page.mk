all: one two
	cat one two
one:
	echo first >$@
two:
	echo second >$@
