#!/usr/bin/env bats
# botify-train session, and the sources session and session:live: from a log to a model, and how well it plays.

# shellcheck disable=SC2154 # loop.bash sets them

load loop

setup_file() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	PATH=$(cd "$bin" && pwd):$PATH
	cd "$BATS_FILE_TMPDIR" || return
	botify-world --n-tracks 400 --n-users 100 --dim 16 --seed 5 world
	play random+unseen 1000 1 >log.ndjson
	# where the truth is not: trainers and policies shall not miss it
	mkdir bare
	cp world/tracks.ndjson bare
	(cd bare && botify-train session --tracks tracks.ndjson --threads 1 -o model ../log.ndjson)
}

# play POLICY SESSIONS SEED [OPTION]...: a log of sessions
play() {
	local policy=$1 sessions=$2 seed=$3
	shift 3
	botify-sim --tracks world/tracks.ndjson --embeddings world/tracks.npy --users world/users.ndjson --sessions "$sessions" --seed "$seed" \
		-- botify-recommend --tracks world/tracks.ndjson --policy "$policy" --no-latency "$@" 2>/dev/null
}

setup() {
	setup_loop
	cd "$BATS_FILE_TMPDIR" || return
}

mean_time() {
	jq -n '[inputs | {time, last: (.message == "last")}] | (map(.time) | add) / (map(select(.last)) | length)' "$1"
}

@test "session: the same model for any number of threads, and however the log is split" {
	botify-train session --tracks bare/tracks.ndjson --threads 3 -o "$BATS_TEST_TMPDIR/three" log.ndjson
	diff -r bare/model "$BATS_TEST_TMPDIR/three"
	jq -c 'select(.user % 2 == 0)' log.ndjson >"$BATS_TEST_TMPDIR/even"
	jq -c 'select(.user % 2 == 1)' log.ndjson >"$BATS_TEST_TMPDIR/odd"
	botify-train session --tracks bare/tracks.ndjson --threads 2 -o "$BATS_TEST_TMPDIR/split" "$BATS_TEST_TMPDIR/odd" "$BATS_TEST_TMPDIR/even"
	diff -r bare/model "$BATS_TEST_TMPDIR/split"
}

@test "session: what it learns wins, and with no pool" {
	play session+unseen 400 9 --session bare/model >"$BATS_TEST_TMPDIR/planned"
	play session:live:300+unseen 400 9 --session m=bare/model >"$BATS_TEST_TMPDIR/live"
	play random+unseen 400 9 >"$BATS_TEST_TMPDIR/random"
	[ "$(jq -c 'select(.source == "session") | has("pool")' "$BATS_TEST_TMPDIR/planned" | sort -u)" = false ]
	random=$(mean_time "$BATS_TEST_TMPDIR/random")
	jq -ne "$(mean_time "$BATS_TEST_TMPDIR/planned") > 2 * $random and $(mean_time "$BATS_TEST_TMPDIR/live") > 2 * $random"
}

@test "session: --epsilon says how likely an answer was that nobody drew" {
	play session+unseen 60 9 --session bare/model --epsilon 0.25 >"$BATS_TEST_TMPDIR/explored"
	# 400 tracks; the plan's own choice comes with 3/4 and as one of all
	[ "$(jq -c 'select(.source == "session") | [.propensity, .pool]' "$BATS_TEST_TMPDIR/explored" | sort -u)" = '[0.750625,null]' ]
	[ "$(jq -c 'select(.source == "explore") | .propensity' "$BATS_TEST_TMPDIR/explored" | sort -u | head -1)" = 0.000625 ]
	# also where a draw gave the same: users whom the model does not know are all answered alike
	seq 5000 8999 | jq -c '{message: "next", user: ., track: 7, time: 1}' | botify-recommend --tracks bare/tracks.ndjson --session bare/model \
		--policy session+unseen --epsilon 0.9 >"$BATS_TEST_TMPDIR/alike"
	choice=$(jq 'select(.source == "session") | .recommendation' "$BATS_TEST_TMPDIR/alike" | sort -u)
	[ "$(jq -c "select(.recommendation == $choice) | [.source, (.propensity * 1e6 | round)]" "$BATS_TEST_TMPDIR/alike" | sort -u)" = \
		'["explore",102250]
["session",102250]' ]
	[ "$(jq "select(.recommendation != $choice) | .propensity * 1e6 | round" "$BATS_TEST_TMPDIR/alike" | sort -u)" = 2250 ]
}

@test "session: the answers do not depend on what else is going on" {
	for policy in session+unseen session:live+unseen; do
		play "$policy" 100 3 --session bare/model | jq -c '[.user, .track, .time, .recommendation]' >"$BATS_TEST_TMPDIR/many"
		# a user at a time, and a restart in the middle
		for user in $(jq -s 'map(.user) | unique[:5][]' "$BATS_TEST_TMPDIR/many" 2>/dev/null || jq -r '.[0]' "$BATS_TEST_TMPDIR/many" | sort -nu | head -5); do
			jq -c "select(.[0] == $user)" "$BATS_TEST_TMPDIR/many" >"$BATS_TEST_TMPDIR/want"
			jq -c "select(.[0] == $user) | {message: (if .[3] == null then \"last\" else \"next\" end), user: .[0], track: .[1], time: .[2]}" \
				"$BATS_TEST_TMPDIR/many" >"$BATS_TEST_TMPDIR/asked"
			half=$(($(wc -l <"$BATS_TEST_TMPDIR/asked") / 2))
			rm -f "$BATS_TEST_TMPDIR/state"
			{
				head -n "$half" "$BATS_TEST_TMPDIR/asked" | botify-recommend --tracks bare/tracks.ndjson --session bare/model --policy "$policy" \
					--state "$BATS_TEST_TMPDIR/state"
				tail -n +$((half + 1)) "$BATS_TEST_TMPDIR/asked" | botify-recommend --tracks bare/tracks.ndjson --session bare/model \
					--policy "$policy" --state "$BATS_TEST_TMPDIR/state"
			} | jq -c '[.user, .track, .time, .recommendation]' >"$BATS_TEST_TMPDIR/got"
			diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
		done
	done
}

@test "session: --explain tells the expected times, the best first" {
	echo '{"message":"next","user":3,"track":7,"time":1}' | botify-recommend --tracks bare/tracks.ndjson --session bare/model \
		--policy session+unseen --explain 3 >"$BATS_TEST_TMPDIR/told"
	jq -e '.candidates | length == 3 and .[0].score >= .[1].score and .[0].score <= 1' "$BATS_TEST_TMPDIR/told"
	jq -e '.recommendation == .candidates[0].track' "$BATS_TEST_TMPDIR/told"
}

@test "session: a model before says nothing that the log tells" {
	botify-train session --tracks bare/tracks.ndjson --previous bare/model -o "$BATS_TEST_TMPDIR/next" log.ndjson
	diff -r bare/model "$BATS_TEST_TMPDIR/next"
}

@test "session: bad input is told, and the old model stays" {
	cp -r bare/model "$BATS_TEST_TMPDIR/model"
	cp bare/tracks.ndjson "$BATS_TEST_TMPDIR"
	cp log.ndjson "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	: >empty
	expect 1 botify-train session --tracks tracks.ndjson -o model empty
	[[ $stderr == *"no listens to learn from"* ]]
	jq -c 'select(.time == 1) | .message = "last" | .recommendation = null' log.ndjson | head -50 >first
	expect 1 botify-train session --tracks tracks.ndjson -o model first
	[[ $stderr == *"nothing to learn from but first tracks"* ]]
	expect 2 botify-train session -o model log.ndjson
	expect 2 botify-train session --tracks tracks.ndjson log.ndjson
	expect 2 botify-train session --tracks tracks.ndjson --model ease -o model log.ndjson
	expect 2 botify-train similar --model itemknn --previous model log.ndjson
	echo letter >plain
	expect 1 botify-train session --tracks tracks.ndjson -o plain log.ndjson
	[ "$(cat plain)" = letter ]
	mkdir letters
	echo dear >letters/letter
	expect 1 botify-train session --tracks tracks.ndjson -o letters log.ndjson
	[[ $stderr == *"letters: it holds letter"* ]]
	diff -r model "$BATS_FILE_TMPDIR/bare/model"
	sed 's/"artist":"/&x/' tracks.ndjson >other.ndjson
	expect 1 botify-recommend --tracks other.ndjson --session model --policy session </dev/null
	[[ $stderr == *"model/model.json: the model was learned with another catalog"* ]]
	truncate -s -1 model/tracks.npy
	expect 1 botify-recommend --tracks tracks.ndjson --session model --policy session </dev/null
	[[ $stderr == *"model/tracks.npy: file ends after"* ]]
	expect 1 botify-train session --tracks tracks.ndjson --previous model -o new log.ndjson
	[ ! -e new ]
	expect 2 botify-recommend --tracks tracks.ndjson --policy session </dev/null
	[[ $stderr == *"it needs a session model (--session)"* ]]
}

@test "session: listeners who are not logistic are learned too, and better played than by similar tracks" {
	# shellcheck disable=SC2317 # play calls it
	botify-sim() { "$bin/tests/listener/botify-sim-steps" "$@"; }
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR/world" world
	play random+unseen 2000 1 >random
	botify-train session --tracks world/tracks.ndjson -o model random
	botify-train similar --model itemknn -o similar random
	play similar,random+unseen 1000 2 --similar similar >contextual
	play session+unseen 1000 2 --session model >planned
	jq -ne "$(mean_time planned) > 2 * $(mean_time contextual)"
	# they have had enough of an artist after two tracks
	jq -e '.factors[1] > 0.9 and .factors[2] < 0.1' model/model.json
}

@test "session: plans made beforehand are those made when they are needed" {
	jq -c '{message, timestamp, user, track, time}' log.ndjson | head -3000 >asked
	botify-recommend --tracks bare/tracks.ndjson --session bare/model --policy session:50 --no-latency <asked >at-once
	{
		sleep 1
		cat asked
	} | botify-recommend --tracks bare/tracks.ndjson --session bare/model --policy session:50 --no-latency >later
	cmp at-once later
}

@test "session: a signal in training leaves the old model as it was" {
	cp -r bare/model kept
	before=$(cat kept/* | md5sum)
	mkfifo metrics
	# eight times the log, so that much is left to do after the first epoch
	# shellcheck disable=SC2046
	botify-train session --tracks world/tracks.ndjson --metrics metrics -o kept $(yes log.ndjson | head -8) 2>said 3>&- &
	trainer=$!
	exec 4<metrics
	read -r first <&4
	kill -TERM $trainer
	status=0
	wait $trainer || status=$?
	exec 4<&-
	[[ $first == *'"epoch":1,'* ]]
	((status == 143))
	[[ $(<said) == *"interrupted; nothing was written"* ]]
	[[ $(cat kept/* | md5sum) == "$before" ]]
	shopt -s nullglob
	left=(kept.*)
	((${#left[@]} == 0))
}

@test "session: a log without uniform draws says so, and goes on" {
	jq -c '.source = "similar"' log.ndjson >"$BATS_TEST_TMPDIR/log"
	botify-train session --tracks bare/tracks.ndjson -o "$BATS_TEST_TMPDIR/model" "$BATS_TEST_TMPDIR/log" 2>"$BATS_TEST_TMPDIR/err"
	grep 'no listen came of a uniform draw' "$BATS_TEST_TMPDIR/err"
}
