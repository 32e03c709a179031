#!/usr/bin/env bats
# botify-world: what it writes, and what it says where it cannot.

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	data=$BATS_TEST_DIRNAME/../data
	bin=$(cd "$bin" && pwd)
	cd "$BATS_TEST_TMPDIR" || exit
}

small() {
	"$bin/botify-world" --n-tracks 50 --n-users 10 --dim 4 "$@"
}

@test "data/world is what the command in data/README makes" {
	command=$(sed -n 's/^    \(botify-world .*\)/\1/p' "$data/README")
	[ -n "$command" ]
	mkdir data
	PATH=$bin:$PATH sh -c "$command"
	diff -r data/world "$data/world"
}

@test "the default is a world of full size" {
	"$bin/botify-world" world
	[ "$(wc -l <world/tracks.ndjson)" -eq 50000 ]
	[ "$(wc -l <world/users.ndjson)" -eq 10000 ]
	[ "$(wc -c <world/tracks.npy)" -eq $((128 + 4 * 50000 * 100)) ]
}

@test "the seed decides" {
	small --seed 7 a
	small --seed 7 b
	small --seed 8 c
	small d
	small --seed 0 e
	diff -r a b
	diff -r d e
	for file in tracks.ndjson users.ndjson tracks.npy; do
		run cmp -s a/$file c/$file
		[ "$status" -eq 1 ]
	done
}

@test "lines are objects with the keys of the formats" {
	small world
	[ "$(head -n 1 world/tracks.ndjson | sed 's/:"[^"]*"/:""/g')" = '{"track":0,"artist":"","title":""}' ]
	[ "$(head -n 1 world/users.ndjson | sed 's/[0-9.][0-9.]*/0/g')" = \
		'{"user":0,"interests":[0,0,0],"consume_bias":0,"consume_sharpness":0}' ]
}

@test "what is in the directory is replaced, other files stay" {
	mkdir world
	echo old >world/tracks.ndjson
	echo mine >world/notes
	small world
	[ "$(wc -l <world/tracks.ndjson)" -eq 50 ]
	[ "$(ls world)" = "$(printf '%s\n' notes tracks.ndjson tracks.npy users.ndjson)" ]
}

misused() {
	run "$bin/botify-world" "$@"
	[ "$status" -eq 2 ]
	[[ ${lines[0]} == "botify-world: "* ]]
	[ "${lines[1]}" = "Try 'botify-world --help'." ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a mistake on the command line is exit 2" {
	misused
	misused a b
	misused --n-tracks 0 world
	misused --n-tracks 2147483648 world
	misused --n-tracks 1e3 world
	misused --n-tracks '' world
	misused --n-users 0 world
	misused --n-users -1 world
	misused --dim 0 world
	misused --dim 65537 world
	misused --seed -1 world
	misused --seed x world
	misused --no-such-option world
	misused --dim
	[ ! -e world ]
	run "$bin/botify-world" --dim 0 world
	[ "${lines[0]}" = "botify-world: --dim takes a whole number from 1 to 65536, not '0'" ]
}

@test "a directory that cannot be made is exit 1" {
	run small absent/world
	[ "$status" -eq 1 ]
	[ "$output" = "botify-world: absent/world: No such file or directory" ]
	echo mine >file
	run small file
	[ "$status" -eq 1 ]
	[ "$output" = "botify-world: file/tracks.ndjson: Not a directory" ]
	[ "$(cat file)" = mine ]
}

@test "on a full disk nothing is left, and what was there stays" {
	mkdir world
	echo old >world/tracks.ndjson
	# a limit on the size of files shows the same error, and hits nobody else
	run sh -c 'trap "" XFSZ; ulimit -f 1; exec "$0" --n-tracks 1000 world' "$bin/botify-world"
	[ "$status" -eq 1 ]
	[ "$output" = "botify-world: world/tracks.ndjson: File too large" ]
	[ "$(ls world)" = tracks.ndjson ]
	[ "$(cat world/tracks.ndjson)" = old ]
}

@test "a name may begin with a dash, behind --" {
	small -- -world
	[ -e ./-world/tracks.npy ]
}

@test "the least world" {
	"$bin/botify-world" --n-tracks 1 --n-users 1 --dim 1 world
	[[ $(cat world/users.ndjson) == '{"user":0,"interests":[0],'* ]]
}

@test "NumPy reads the embeddings" {
	for python in python3 /usr/bin/python3; do
		"$python" -c 'import numpy' 2>/dev/null && break
		python=
	done
	[ -n "$python" ] || skip "no NumPy"
	small world
	"$python" -c '
import numpy as np
e = np.load("world/tracks.npy")
assert e.shape == (50, 4) and e.dtype == "<f4" and np.isfinite(e).all()'
}
