#!/usr/bin/env bats
# From plays to a world: botify-train embed, botify-world --from-embeddings, botify-train project. What is computed is
# tested in tests/unit; here are the commands, and what they say of bad input.
#
# shellcheck disable=SC2154 # loop.bash sets what is read

load loop

setup() {
	setup_loop
	rm -f tracks.npy users.ndjson
	make_plays >plays.tsv
}

# 60 users of three kinds, 30 items, of which ten are of each kind, and the first ones are played most.
make_plays() {
	awk 'BEGIN {
		OFS = "\t"
		for (u = 0; u < 60; u++)
			for (i = 0; i < 10; i++)
				if ((u * 7 + i * 3) % 10 < 6)
					print 1000 + u, 10 * (3 * i + u % 3), int(40 / (1 + i)) + u % 5
	}'
}

embed() {
	botify-train embed plays.tsv --factors 6 --epochs 4 --regularisation 0.01 --unobserved 0.4 "$@"
}

@test "plays: embeddings, a catalog and a world, in which policies can be compared" {
	expect 0 embed --tracks-per-item 4 -o embeddings
	[ ! -s err ]
	[ "$(ls embeddings)" = "$(printf '%s\n' tracks.ndjson tracks.npy)" ]
	[ "$(sed -n 6p embeddings/tracks.ndjson)" = '{"track":5,"artist":"item 10","title":"Track 2","item":10}' ]
	[ "$(wc -l <embeddings/tracks.ndjson)" = 120 ]
	[ "$(wc -c <embeddings/tracks.npy)" = $((128 + 120 * 6 * 4)) ]
	expect 0 botify-world --from-embeddings embeddings/tracks.npy --tracks embeddings/tracks.ndjson --plays plays.tsv \
		--n-users 2000 --pictures world.html world
	[ ! -s err ]
	[ "$(wc -l <world/users.ndjson)" = 2000 ]
	[ "$(grep -c '<svg' world.html)" = 3 ]
	# random tracks are worth 1.1, within four standard errors, and what repeats cost in so small a world
	expect 0 botify-sim --tracks world/tracks.ndjson --embeddings world/tracks.npy --users world/users.ndjson \
		--agent random --sessions 20000 --seed 1 --summary json
	jq -e '.total.reward_mean > 0.9 and .total.reward_mean < 1.2' err >/dev/null || { cat err; false; }
}

@test "plays: without item, the catalog's ids are the items" {
	expect 0 embed -o embeddings
	[ "$(sed -n 2p embeddings/tracks.ndjson)" = '{"track":10,"artist":"item 10","title":"item 10","item":10}' ]
	sed 's/,"item":[0-9]*//' embeddings/tracks.ndjson >bare.ndjson
	for catalog in embeddings/tracks.ndjson bare.ndjson; do
		expect 0 botify-world --from-embeddings embeddings/tracks.npy --tracks $catalog --plays plays.tsv --n-users 50 \
			"world-${catalog%%[/.]*}"
	done
	diff -r world-embeddings world-bare
	# and without --tracks, the catalog is the one beside the embeddings
	expect 0 botify-world --from-embeddings embeddings/tracks.npy --plays plays.tsv --n-users 50 world-beside
	diff -r world-embeddings world-beside
	cd embeddings
	expect 0 botify-world --from-embeddings tracks.npy --plays ../plays.tsv --n-users 50 ../world-here
	diff -r ../world-embeddings ../world-here
}

@test "plays: the same seed gives the same bytes, for any threads and format" {
	expect 0 embed --tracks-per-item 2 --threads 1 -o one
	(echo user,item,count; tr '\t' , <plays.tsv) >plays.csv
	mv plays.tsv plays
	awk '{ printf "{\"user\":%d,\"artist\":\"%d\",\"plays\":%d}\n", $1, $2, $3 }' plays >plays.ndjson
	for file in plays.csv plays.ndjson; do
		mv $file plays.tsv
		expect 0 embed --tracks-per-item 2 --threads 3 -o two
		diff -r one two
	done
	expect 0 embed --tracks-per-item 2 --seed 1 -o two
	run cmp -s one/tracks.npy two/tracks.npy
	[ "$status" = 1 ]
}

@test "plays: what is not given is chosen" {
	expect 0 botify-train embed plays.tsv --factors 4 --tune -o embeddings
	grep -q "^botify-train: chose als --factors 4 --epochs " err
	expect 0 botify-train embed plays.tsv --dry-run
	[[ $(cat out) == "embed: 60 users, 30 items, "*" plays; 30 tracks; about 0.00 GiB beside the plays" ]]
}

@test "plays: names, text and lines that come twice" {
	printf '0\tThe "Cure"\turl\n10\tAbba\n' >names
	expect 0 embed --names names -o embeddings
	[ "$stderr" = "botify-train: names: 28 items have no name there" ]
	[ "$(head -n 1 embeddings/tracks.ndjson)" = '{"track":0,"artist":"The \"Cure\"","title":"The \"Cure\"","item":0}' ]
	sed 's/\t20\t/\tAbba\t/; 1p' plays.tsv >text
	mv text plays.tsv
	expect 0 embed -o embeddings
	[ "${#stderr}" -gt 0 ]
	[ "$(sed -n 1p err)" = "botify-train: plays.tsv: 1 line is of a user and an item that were there before; the counts are added" ]
	[ "$(sed -n 2p err)" = "botify-train: plays.tsv: items are text; tracks are numbered from 0, as items first appear" ]
}

refused() {
	local reason=$1
	shift
	expect 1 "$@"
	[ "$stderr" = "$reason" ] || { echo "$stderr"; return 1; }
	[ ! -e embeddings ] && [ -z "$(ls -d -- *.tmp 2>/dev/null)" ]
}

@test "plays: bad input is told with file and line, and nothing is written" {
	local why="botify-train: plays.tsv"
	printf '1\t1\t1\n1\t2\t1\n' >plays.tsv
	refused "$why: there is only one user; embeddings are learned from what several have in common" embed -o embeddings
	printf '1\t1\t1\n2\t1\t1\n' >plays.tsv
	refused "$why: there is only one item; embeddings tell items apart" embed -o embeddings
	: >plays.tsv
	refused "$why: there are no plays in it" embed -o embeddings
	printf '1\t1\t1\n2\t2\t-1\n' >plays.tsv
	refused "$why:2: the count -1 is negative" embed -o embeddings
	refused "botify-world: plays.tsv:2: the count -1 is negative" botify-world --from-embeddings x --tracks tracks.ndjson \
		--plays plays.tsv world
	printf '1\t1\t1\n2\t2\n' >plays.tsv
	refused "$why:2: 2 columns; three are wanted, separated by tabs or commas: user, item, count" embed -o embeddings
	printf '1\t1\t1\n2\t2\tmany\n' >plays.tsv
	refused "$why:2: the count 'many' is not a number" embed -o embeddings
	[ ! -e world ]
}

@test "plays: a million items by mistake: how much memory, or why not" {
	awk 'BEGIN { OFS = "\t"; for (i = 0; i < 1000000; i++) print i % 2, i, 1 }' >plays.tsv
	expect 0 botify-train embed plays.tsv --dry-run
	[ "$(cat out)" = "embed: 2 users, 1000000 items, 1000000 plays; 1000000 tracks; about 1.02 GiB beside the plays" ]
	expect 1 botify-train embed plays.tsv --factors 1024 --tracks-per-item 1000 -o embeddings
	[[ $stderr == "botify-train: 2 users and 1000000 items would take about "*" GiB, and this machine has "* ]]
	[ ! -e embeddings ]
}

@test "plays: a directory that holds something else is left alone" {
	mkdir embeddings
	echo dear >embeddings/letter
	expect 1 embed -o embeddings
	[ "$stderr" = "botify-train: embeddings: it holds letter, which is not of embeddings; it is not replaced" ]
	expect 1 botify-train project --tracks tracks.ndjson -o embeddings tracks.npy
	[ "$stderr" = "botify-train: embeddings: it holds letter, which is not of the projector; it is not replaced" ]
	[ "$(ls embeddings)" = letter ]
	expect 1 embed -o plays.tsv
	[ "$stderr" = "botify-train: plays.tsv: Not a directory" ]
}

@test "plays: an interruption leaves what was there" {
	expect 0 embed -o embeddings
	cp -r embeddings old
	botify-train embed plays.tsv --factors 64 --epochs 10000 --regularisation 0.01 --unobserved 0.4 -o embeddings 2>err &
	pid=$!
	wait_until grep -q '^SigCgt.*[0-9a-f]*4[0-9a-f]\{3\}$' /proc/$pid/status
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" = 143 ]
	grep -q "botify-train: interrupted; nothing was written" err
	diff -r old embeddings
	[ -z "$(ls -d -- *.tmp 2>/dev/null)" ]
}

@test "plays: mistakes on the command line" {
	expect 2 botify-train embed -o x
	[[ $stderr == "botify-train: embed: which plays? (a file of user, item and count)"* ]]
	expect 2 botify-train embed plays.tsv
	[[ $stderr == "botify-train: embed: where shall the embeddings go? (--output DIRECTORY)"* ]]
	expect 2 botify-train --seed 1 embed plays.tsv -o x
	[[ $stderr == "botify-train: embed comes before its options: botify-train embed ..."* ]]
	expect 2 botify-train embde plays.tsv
	[[ $stderr == *"(did you mean embed?)"* ]]
	expect 2 botify-train project -o x tracks.npy
	[[ $stderr == "botify-train: project: no catalog given (--tracks FILE)"* ]]
	expect 2 botify-world --from-embeddings x/tracks.npy world
	[[ $stderr == "botify-world: --from-embeddings: whose are they? (--tracks FILE, the catalog; there is no x/tracks.ndjson)"* ]]
	expect 2 botify-world --from-embeddings tracks.npy --tracks tracks.ndjson world
	[[ $stderr == "botify-world: --from-embeddings: from whom shall users be drawn? (--plays FILE)"* ]]
	expect 2 botify-world --from-embeddings tracks.npy --tracks tracks.ndjson --plays plays.tsv --pictures plays.tsv world
	[ ! -e world ]
}

@test "plays: items that the catalog does not have are told" {
	expect 0 embed -o embeddings
	printf '1000\t7\t3\n' >>plays.tsv
	expect 0 botify-world --from-embeddings embeddings/tracks.npy --tracks embeddings/tracks.ndjson --plays plays.tsv world
	[ "$stderr" = "botify-world: items of plays.tsv that are not in embeddings/tracks.ndjson are left out: 1, the first of them 7" ]
	printf '1000\t7\t3\n' >plays.tsv
	expect 1 botify-world --from-embeddings embeddings/tracks.npy --tracks embeddings/tracks.ndjson --plays plays.tsv other
	[ "$stderr" = "botify-world: nobody played a track of the catalog" ]
	[ ! -e other ]
}

@test "plays: the projector reads vectors of a matrix, of a directory and of a session model" {
	expect 0 embed -o embeddings
	for from in embeddings embeddings/tracks.npy; do
		expect 0 botify-train project --tracks embeddings/tracks.ndjson -o projector $from
		[ "$(wc -l <projector/tensors.tsv)" = 30 ]
		[ "$(head -n 1 projector/tensors.tsv | tr '\t' '\n' | wc -l)" = 6 ]
		[ "$(sed -n 3p projector/metadata.tsv)" = $'item 10\titem 10\t10' ]
	done
	make_world
	botify-sim "${world[@]}" --sessions 300 --seed 3 -- \
		botify-recommend --tracks tracks.ndjson --policy random >day.ndjson 2>/dev/null
	botify-train session --tracks tracks.ndjson -o model day.ndjson 2>/dev/null
	expect 0 botify-train project --tracks tracks.ndjson -o projector model
	[ "$(head -n 2 projector/metadata.tsv | tail -n 1)" = $'Title 0\tArtist 0\t0' ]
	[ "$(wc -l <projector/tensors.tsv)" = 60 ]
	expect 1 botify-train project --tracks tracks.ndjson -o elsewhere similar.ndjson
	[[ $stderr == "botify-train: similar.ndjson: no .npy file"* ]]
	[ ! -e elsewhere ]
}

@test "plays: real listening" {
	shared=$BATS_TEST_DIRNAME/../../shared/world
	[ -e "$shared/plays.tsv" ] || skip "there is no ../shared/world"
	expect 0 botify-train embed "$shared/plays.tsv" --names "$shared/artists.tsv" --tracks-per-item 2 --factors 32 --epochs 5 \
		--regularisation 0.01 --unobserved 0.4 -o embeddings
	[ ! -s err ]
	[ "$(wc -l <embeddings/tracks.ndjson)" = 35264 ]
	expect 0 botify-world --from-embeddings embeddings/tracks.npy --tracks embeddings/tracks.ndjson \
		--plays "$shared/plays.tsv" world
	expect 0 botify-sim --tracks world/tracks.ndjson --embeddings world/tracks.npy --users world/users.ndjson \
		--agent random --sessions 20000 --seed 1 --summary json
	jq -e '.total.reward_mean > 1 and .total.reward_mean < 1.2' err >/dev/null || { cat err; false; }
}
