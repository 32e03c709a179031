# What recommend.bats and sim.bats share: the commands, and a small world to run them in.
# shellcheck shell=bash disable=SC2034 # the tests read what is set here

# To be called by setup: the commands that are tested, a directory of their own, the small world in it.
setup_loop() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	bin=$(cd "$bin" && pwd)
	PATH=$bin:$PATH
	cd "$BATS_TEST_TMPDIR" || return
	make_world
}

# tracks.ndjson, users.ndjson and tracks.npy: 60 tracks with the ids 0, 10 … 590 by 12 artists, 40 users with the ids 0, 3
# … 117, 5 columns. And tables for the policies: similar.ndjson, user-tracks.ndjson, top.json.
make_world() {
	awk 'BEGIN {
		for (i = 0; i < 60; i++)
			printf "{\"track\":%d,\"artist\":\"Artist %d\",\"title\":\"Title %d\"}\n", 10 * i, i % 12, i >"tracks.ndjson"
		for (i = 0; i < 40; i++)
			printf "{\"user\":%d,\"interests\":[%d,%d]}\n", 3 * i, i * 10, i * 10 + 150 >"users.ndjson"
		for (i = 0; i < 60; i += 2)
			printf "{\"track\":%d,\"recommendations\":[%d,%d,%d]}\n", 10 * i, (i + 1) % 60 * 10, (i + 7) % 60 * 10, \
				(i + 12) % 60 * 10 >"similar.ndjson"
		for (i = 0; i < 40; i += 3)
			printf "{\"user\":%d,\"tracks\":[%d,%d]}\n", 3 * i, i * 10, i * 10 + 50 >"user-tracks.ndjson"
		for (i = 0; i < 30; i++)
			printf "%s%d", i ? "," : "[", (i * 7) % 60 * 10 >"top.json"
		print "]" >"top.json"
	}'
	make_matrix 60 5 >tracks.npy
	world=(--tracks tracks.ndjson --embeddings tracks.npy --users users.ndjson)
	tables=(--tracks tracks.ndjson --similar similar.ndjson --user-tracks user-tracks.ndjson --top top.json)
}

# make_matrix ROWS COLUMNS [DESCR [ORDER]]: an .npy file of numbers between 0 and 3.
make_matrix() {
	perl -e '
		my ($rows, $columns, $descr, $order) = @ARGV;
		my %letter = ("<f4" => "f<", "<f8" => "d<", ">f4" => "f>", "<i4" => "l<");
		my $header = sprintf("{\"descr\": \"%s\", \"fortran_order\": %s, \"shape\": (%d, %d), }", $descr, $order, $rows, $columns);
		my $x = 1;
		binmode(STDOUT);
		print "\x93NUMPY\x01\x00", pack("v", 117 + 1), $header, " " x (117 - length($header)), "\n";
		for (1 .. $rows * $columns) {
			$x = ($x * 1103515245 + 12345) % 2147483648;
			print pack($letter{$descr}, 3 * $x / 2147483648);
		}' "$1" "$2" "${3-<f4}" "${4-False}"
}

# Runs a command and wants this exit status. Leaves its output in the files out and err, and standard error in $stderr.
expect() {
	local want=$1 got=0
	shift
	"$@" >out 2>err || got=$?
	stderr=$(cat err)
	[ "$got" = "$want" ] || { echo "exit $got instead of $want: $*"; head -c 2000 err; return 1; }
}

# Every line of a file is whole: JSON objects, and a newline at the end.
whole_lines() {
	[ ! -s "$1" ] || [ -z "$(tail -c 1 "$1")" ] || { echo "$1 does not end with a newline"; return 1; }
	jq -e -n 'reduce inputs as $x (true; . and ($x | type == "object"))' "$1" >/dev/null
}

# Whether a command fails; a bare "! command" would not fail a test.
not() {
	if "$@"; then
		echo "did not fail: $*"
		return 1
	fi
}

# Writes standard input N times over.
times() {
	perl -0777 -ne "print \$_ x $1"
}

# Whether a process is still there (a zombie is not).
alive() {
	local state
	state=$(grep '^State:' "/proc/$1/status" 2>/dev/null) && [[ $state != *Z* ]]
}

# Waits up to ten seconds for a command to become true.
wait_until() {
	local end=$((SECONDS + 10))
	while ((SECONDS < end)); do
		"$@" 2>/dev/null && return
		sleep 0.02
	done
	echo "not within 10 s: $*"
	return 1
}
