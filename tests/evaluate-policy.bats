#!/usr/bin/env bats
# botify-evaluate policy: what another policy would have earned, by a log. Weights and estimates are held against a few lines
# of Python; whether intervals cover the truth is for `make ope-truth`.

bats_require_minimum_version 1.5.0

setup_file() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	PATH=$bin:$PATH
	cd "$BATS_FILE_TMPDIR" || exit
	botify-world --n-tracks 40 --n-users 600 --dim 8 --seed 3 world
	cp world/tracks.ndjson .
	botify-sim --tracks tracks.ndjson --users world/users.ndjson --embeddings world/tracks.npy --sessions 6000 --in-flight 8 -- \
		botify-recommend --tracks tracks.ndjson --policy random --no-latency >log 2>said
	head -n 6000 log | botify-train session --tracks tracks.ndjson -o model 2>said
}

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	PATH=$bin:$PATH
	cp -r "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || exit
}

estimate() {
	botify-evaluate policy --tracks tracks.ndjson --format json "$@"
}

# number KEY ESTIMATOR
number() {
	jq ".estimates[] | select(.estimator == \"$2\") | .$1" got
}

@test "evaluate policy: estimates by weights are what a few lines of Python say" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	estimate --policy artist:other,random log >got
	python3 - >want <<-'END'
		import json
		artist, of = {}, {}
		for t in map(json.loads, open("tracks.ndjson")):
		    artist[t["track"]] = t["artist"]
		    of.setdefault(t["artist"], set()).add(t["track"])
		sessions, done = {}, []
		for e in map(json.loads, open("log")):
		    sessions.setdefault(e["user"], []).append(e)
		    if e["message"] == "last":
		        done.append(sessions.pop(e["user"]))
		n = w_sum = wr = r_sum = 0
		top, bottom = [0] * 5, [0] * 5
		for s in done:
		    weight, product = [], 1.0
		    for e, after in zip(s, s[1:]):
		        others = of[artist[e["track"]]] - {e["track"]}
		        pool = others or set(artist)
		        w = (1 / len(pool) if e["recommendation"] in pool else 0) * e["pool"]
		        n, w_sum, wr, r_sum = n + 1, w_sum + w, wr + w * after["time"], r_sum + after["time"]
		        product *= w
		        weight.append((product, after["time"]))
		    for t in range(5):
		        p, r = weight[t] if t < len(weight) else (product, 0)
		        top[t] += p * r
		        bottom[t] += p
		pdwis = sum(a / b for a, b in zip(top, bottom))
		print(json.dumps({"logged": r_sum / n, "ips": wr / n, "snips": wr / w_sum, "pdwis": pdwis}))
	END
	for estimator in logged ips snips pdwis; do
		jq -e --argjson got "$(number value $estimator)" --arg of $estimator '(.[$of] - $got) | fabs < 1e-6' want
	done
}

@test "evaluate policy: of its own log every estimate is what was logged" {
	estimate --policy random --logging random log >got
	logged=$(number value logged)
	for estimator in ips snips clipped dr switch-dr mips; do
		jq -ne --argjson a "$(number value $estimator)" --argjson b "$logged" '($a - $b) | fabs < 0.01'
	done
	[ "$(number value ips)" = "$logged" ]
	jq -ne --argjson a "$(number value pdwis)" --argjson b "$(number value logged-session)" '($a - $b) | fabs < 1e-9'
	[ "$(number verdict ips)" = '"usable"' ]
}

@test "evaluate policy: estimates meet what the policy earned when it was played" {
	# with a uniform draw in each answer the situations are those of the log, but for the track that is finished
	botify-sim --tracks tracks.ndjson --users world/users.ndjson --embeddings world/tracks.npy --sessions 20000 --seed 9 -- \
		botify-recommend --tracks tracks.ndjson --policy artist:other,random --epsilon 0.8 >played 2>said
	estimate --policy artist:other,random --epsilon 0.8 log >got
	truth=$(jq -n '[inputs] | group_by(.user) | map([foreach .[] as $e ({n: 0};
		if .last then {n: 1} else {n: (.n + 1)} end | .last = ($e.message == "last") | .time = $e.time;
		select(.n > 1 and .n <= 6).time)]) | (map(add) | add)' played)
	truth=$(jq -n "$truth / 20000")
	jq -ne --argjson from "$(number lower pdwis)" --argjson to "$(number upper pdwis)" --argjson truth "$truth" \
		'$from - 0.02 < $truth and $truth < $to + 0.02'
}

@test "evaluate policy: what a log has no chance for is said to be unusable" {
	botify-sim --tracks tracks.ndjson --users world/users.ndjson --embeddings world/tracks.npy --sessions 300 --seed 9 -- \
		botify-recommend --tracks tracks.ndjson --policy artist >narrow 2>said
	estimate --policy session:20 --session model narrow >got
	jq -e 'all(.estimates[] | select(.estimator | startswith("logged") | not); .verdict != "usable")' got
	jq -e '.remarks[0] | startswith("Not usable for session:20: ")' got
}

@test "evaluate policy: parts by user merge to the whole, byte for byte, whatever the threads" {
	local format what=(--tracks tracks.ndjson --policy "artist:other,random" --logging random)

	botify-split -n 3 -o shard. log
	for shard in 0 1 2; do
		botify-evaluate policy "${what[@]}" --partial -o part.$shard shard.$shard
	done
	for format in table json ndjson csv markdown html; do
		botify-evaluate policy "${what[@]}" --threads 1 --format $format log >whole
		botify-evaluate policy --merge --parts 3 --format $format part.2 part.0 part.1 >merged
		cmp whole merged
	done
	run -1 botify-evaluate policy --merge part.0 part.0
	[[ $output == *"user "* ]]
	botify-evaluate policy "${what[@]}" --horizon 3 --partial -o other shard.1
	run -1 botify-evaluate policy --merge part.0 other
}

@test "evaluate policy: sums are the same, to the last bit, for any number of threads" {
	local policy threads

	botify-toppop log >top
	# some requests exclude tracks, and some do not know how likely their answer was
	jq -c 'if .user % 3 == 0 then .exclude = [.track, 1, 2] else . end |
		if .user % 5 == 0 then del(.pool) else . end' log >mixed
	echo '{"experiments":[{"name":"E","arms":{"C":"random","T1":"session:10,random"}}]}' >experiments
	for policy in artist:other,random toppop:20,random+unseen+artist:2 session session:live:20,random; do
		what=(--tracks tracks.ndjson --session model --top top --experiments experiments)
		what+=(--policy "$policy" --partial)
		botify-evaluate policy "${what[@]}" --threads 1 mixed >one
		for threads in 2 3 7; do
			botify-evaluate policy "${what[@]}" --threads $threads mixed | cmp one -
		done
	done
}

@test "evaluate policy: what cannot be done is told, with what to do" {
	jq -c 'del(.pool)' log >bare
	run -1 botify-evaluate policy --tracks tracks.ndjson --policy artist bare
	[[ $output == *propensity* && $output == *--logging* ]]
	estimate --policy artist:other,random --logging random bare >got
	[ "$(number value snips)" = "$(estimate --policy artist:other,random log | jq '.estimates[] | select(.estimator == "snips").value')" ]
	run botify-evaluate policy --tracks tracks.ndjson --policy similar log
	[ "$status" -gt 0 ]
	[[ $output == *"--similar"* ]]
	run botify-evaluate policy --tracks tracks.ndjson --policy artis log
	[ "$status" -gt 0 ]
	[[ $output == *"artist"* ]]
	echo '{"track":999,"artist":"a"}' >other
	run -1 botify-evaluate policy --tracks other --policy random log
	run -2 botify-evaluate policy --policy random log
	[ "${lines[0]}" = "botify-evaluate: no catalog given (--tracks FILE)" ]
	run -2 botify-evaluate policy --tracks tracks.ndjson --policy random --horizon 0 log
}
