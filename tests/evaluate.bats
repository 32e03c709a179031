#!/usr/bin/env bats
# botify-evaluate: what tables would be worth. Metrics are held against another implementation (reference/ranking.py).
#
# shellcheck disable=SC2016 # programs of jq have variables of their own
#
# The log is half a day of two policies over the demo's small world, and the tables are learned from another half.

bats_require_minimum_version 1.5.0

setup_file() {
	here=$BATS_TEST_DIRNAME
	bin=${BOTIFY_BIN:-$here/../build}
	PATH=$bin:$PATH
	cd "$BATS_FILE_TMPDIR" || exit
	botify-world --n-tracks 300 --n-users 60 --dim 8 --seed 3 world
	cp world/tracks.ndjson world/users.ndjson .
	for seed in 1 2; do
		botify-sim --tracks tracks.ndjson --users users.ndjson --embeddings world/tracks.npy --sessions 700 --seed $seed \
			--in-flight 8 -- botify-recommend --tracks tracks.ndjson --policy artist@0.5,random --no-latency >log$seed 2>sim
	done
	botify-toppop -n 50 -o top.json log1
	botify-train user-tracks --model userknn --neighbours 10 --shrinkage 5 -n 20 -o knn.ndjson log1
	botify-train similar --model itemknn --shrinkage 5 -k 8 -o near.ndjson log1
}

setup() {
	here=$BATS_TEST_DIRNAME
	bin=${BOTIFY_BIN:-$here/../build}
	PATH=$bin:$PATH
	cp -r "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || exit
}

# A python that has numpy and scipy, in $python; or the test is skipped.
find_python() {
	for python in python3 /usr/bin/python3; do
		"$python" -c 'import numpy, scipy.stats' 2>/dev/null && return
	done
	skip "numpy and scipy are not installed"
}

rank() {
	botify-evaluate ranking --format ndjson "$@"
}

# Whether each number that the reference has is that of ours to 1e-9; how many there are is printed.
agrees() {
	jq -n --slurpfile got got --slurpfile want want '
		($got | map({key: "\(.table) \(.metric)", value: .}) | from_entries) as $by
		| [$want[] as $w | $w | to_entries[] | select(.value | type == "number") | . as $x
		| $by["\($w.table) \($w.metric)"][$x.key] as $ours
		| if $ours == null or (($ours - $x.value) | fabs) > 1e-9 * ([1, ($x.value | fabs)] | max)
		  then error("\($w.table) \($w.metric) \($x.key): \($ours) instead of \($x.value)") else 1 end] | length'
}

@test "evaluate: rankings for users are what another implementation says, comparisons too" {
	find_python
	rank --tracks tracks.ndjson --liked 0.6 --at 1,5,10,all top.json knn.ndjson log2 >got
	"$python" "$here/reference/ranking.py" user 0.6 tracks.ndjson top.json knn.ndjson - log2 >want
	[ "$(agrees)" -gt 150 ]
}

@test "evaluate: rankings for sessions are what another implementation says" {
	find_python
	rank --tracks tracks.ndjson --liked 0.6 --at 1,5,10,all top.json knn.ndjson near.ndjson log2 >got
	"$python" "$here/reference/ranking.py" session 0.6 tracks.ndjson top.json knn.ndjson near.ndjson log2 >want
	[ "$(agrees)" -gt 100 ]
}

@test "evaluate: rankings for listens are what another implementation says" {
	find_python
	rank --query listen --tracks tracks.ndjson --liked 0.6 --at 1,5,10,all top.json near.ndjson log2 >got
	"$python" "$here/reference/ranking.py" listen 0.6 tracks.ndjson top.json - near.ndjson log2 >want
	[ "$(agrees)" -gt 80 ]
}

@test "evaluate: the notebook's numbers: hits and reciprocal ranks over a random half's rows" {
	find_python
	botify-split --holdout 7:0.5 --by event -o half. log2
	botify-toppop -o all.json half.train
	rank --query listen --liked 0.75 --holdout 7:0.5 --holdout-by event --at 10,all all.json log2 >got
	"$python" - >want <<-'END'
		import json
		place = {t: i for i, t in enumerate(json.load(open("all.json")))}
		rows = [r for r in map(json.loads, open("half.test")) if r["time"] >= 0.75]
		hit = sum(place.get(r["track"], 10**9) < 10 for r in rows) / len(rows)
		mrr = sum(1 / (1 + place[r["track"]]) if r["track"] in place else 0 for r in rows) / len(rows)
		print(json.dumps({"table": "all", "metric": "hit_rate@10", "value": hit, "queries": len(rows)}))
		print(json.dumps({"table": "all", "metric": "mrr", "value": mrr}))
	END
	[ "$(agrees)" = 3 ]
}

@test "evaluate: parts by user merge to the whole, byte for byte, in every format" {
	local format tables=(--tracks tracks.ndjson --at "1,10,all" --shuffle 10 top.json near.ndjson)

	botify-split -n 3 -o shard. log2
	for shard in 0 1 2; do
		botify-evaluate ranking --partial -o part.$shard "${tables[@]}" shard.$shard
	done
	for format in table json ndjson csv markdown html; do
		botify-evaluate ranking --format $format "${tables[@]}" log2 >whole
		botify-evaluate ranking --format $format --merge --parts 3 part.2 part.0 part.1 >merged
		cmp whole merged
		cat part.0 part.1 part.2 | botify-evaluate ranking --format $format --merge >merged
		cmp whole merged
	done
	for threads in 1 3; do
		rank --threads $threads "${tables[@]}" log2 >got.$threads
	done
	cmp got.1 got.3
}

@test "evaluate: parts that do not belong together are refused" {
	botify-evaluate ranking --partial -o a top.json log1
	botify-evaluate ranking --partial -o b top.json log2
	botify-evaluate ranking --partial -o c --at 5 top.json log2
	run -1 botify-evaluate ranking --merge a b
	[[ $output == *"b: user "*" is in another part too: logs have to be split by user"* ]]
	run -1 botify-evaluate ranking --merge a c
	[[ $output == *"c: made with other options than a"* ]]
	run -1 botify-evaluate ranking --merge --parts 2 a
	[[ $output == *"1 parts instead of 2"* ]]
	head -c 300 a >short
	run -1 botify-evaluate ranking --merge short
	[[ $output == *"short: "* ]]
}

@test "evaluate: what is held out is what botify-split parts" {
	for by in event session user; do
		botify-split --holdout 3:0.3 --by $by -o side. log2
		# of users alone nothing is lost where the others are missing
		[ $by = user ] || continue
		rank top.json side.test >got
		rank --holdout 3:0.3 --holdout-by $by top.json log2 >want
		diff <(grep -v novelty got) <(grep -v novelty want)
		[ "$(jq -r 'select(.of == "novelty").value' got)" != "$(jq -r 'select(.of == "novelty").value' want)" ]
	done
	# a session that is held out is judged by in the midst of others
	botify-split --holdout 3:0.3 --by session -o side. log2
	rank --query session top.json side.test >got
	rank --query session --holdout 3:0.3 --holdout-by session top.json log2 >want
	diff <(grep -v novelty got) <(grep -v novelty want)
}

@test "evaluate: a table that ranks by what was liked is better than one at random, and is said to be" {
	jq -c 'sort_by(. * 7919 % 300)' <(jq -c '[range(300)]' -n) >random.json
	jq -s 'map(select(.message != "x" and .time > 0.6).track) | group_by(.) | sort_by(-length) | map(.[0])' log2 >liked.json
	rank random.json liked.json log2 >got
	jq -se 'map(select(.metric == "ndcg@10" and .table == "liked"))[0] | .significant and .difference > 0
		and .versus == "random" and .difference_lower > 0 and .p < 0.001' got
	jq -se 'all(.[]; .lower == null or (.lower <= .value and .value <= .upper))' got
}

@test "evaluate: trec files hold what was ranked and what was relevant" {
	rank --query session --at 5 --trec-run run --trec-qrels qrels near.ndjson log2 >got
	[ "$(awk '{ print NF }' run | sort -u)" = 6 ] && [ "$(awk '{ print NF }' qrels | sort -u)" = 4 ]
	# recall at 5 from these files alone, of the queries that have something relevant
	awk 'NR == FNR { relevant[$1, $3]; n[$1]++; next }
		$4 <= 5 && ($1, $3) in relevant { hits[$1]++ }
		END { for (q in n) { sum += hits[q] / n[q]; all++ } printf "%.9f\n", sum / all }' qrels run >want
	jq -r 'select(.metric == "recall@5").value' got | awk '{ printf "%.9f\n", $1 }' | diff want -
}

@test "evaluate: tables are told from logs, and from each other" {
	rank top.json near.ndjson knn.ndjson log2 >one
	rank --top top.json --similar near.ndjson --user-tracks knn.ndjson log2 >two
	cmp one two
	rank other=top.json log2 | jq -e '.table == "other"' >/dev/null
	rank --tracks tracks.ndjson --top <(cat top.json) <(cat log2) >three
	rank --tracks tracks.ndjson --top 63=top.json log2 >/dev/null
	gzip -k top.json log2
	rank top.json.gz log2.gz | cmp - <(rank top.json log2)
	run -2 botify-evaluate ranking log2
	[[ ${lines[0]} == "botify-evaluate: no table given: "* ]]
	mkdir -p other && cp top.json other/
	run -2 botify-evaluate ranking top.json other/top.json log2
	[ "${lines[0]}" = "botify-evaluate: top.json and other/top.json are both called 'top'; name one, as in other=other/top.json" ]
}

@test "evaluate: what leaves nothing to judge by is told" {
	run -1 botify-evaluate ranking --holdout 1:0 top.json log2
	[ "$output" = "botify-evaluate: --holdout leaves no listen to judge by: take a larger share" ]
	jq -c '.time = 0.2' log2 >dull
	run -1 botify-evaluate ranking top.json dull
	[[ $output == "botify-evaluate: none of "*" listens lasted 0.8 or longer: nothing is relevant (--liked)" ]]
	echo '{"track":7,"artist":"a"}' >small
	run -1 botify-evaluate ranking --tracks small top.json log2
	[[ $output == "botify-evaluate: top.json: "*"is not in the catalog" ]]
	run -1 botify-evaluate ranking --top - log2 <top.json
	[ "$output" = "botify-evaluate: standard input can be read but once, and needs the catalog too (--tracks FILE)" ]
	for wrong in "--at 0" "--at 1,,2" "--shuffle all" "--query album" "--log-base 1" "--holdout 5" "--missing one"; do
		# shellcheck disable=SC2086
		run -2 botify-evaluate ranking $wrong top.json log2
	done
	run -2 botify-evaluate ranking --query user near.ndjson log2
	[ "${lines[0]}" = "botify-evaluate: near.ndjson ranks by the tracks of a session: --query user is not for it" ]
	run -2 botify-evaluate ranking --min-time 0.5 top.json log2
	[ "${lines[0]}" = "botify-evaluate: --min-time is about the listen before: give --query listen" ]
}

@test "evaluate: a sweep over the time of the listen before is a run over those listens" {
	rank --query listen --liked 0.2 --min-time 0.1,0.9 near.ndjson log2 >got
	jq -se '[.[] | select(.of == "recall") | .queries] | .[0] > .[1] and .[1] > .[2] and .[2] > 0' got
	# hits after listens of at least 0.9, counted by hand
	jq -n '[inputs] | group_by(.user) | map(. as $l | [range(1; length) as $i | select($l[$i - 1].message == "next"
		and $l[$i - 1].time >= 0.9 and $l[$i].time >= 0.2) | [$l[$i - 1].track, $l[$i].track]]) | add | length' log2 >want
	[ "$(jq -r 'select(.of == "recall" and .min_time == 0.9).queries' got)" = "$(cat want)" ]
}

@test "evaluate: a session model ranks sessions by its plans" {
	botify-train session --tracks tracks.ndjson -o model log1 2>said
	rank --tracks tracks.ndjson --query session top.json model log2 >got
	jq -se 'map(select(.metric == "recall@10")) | .[1].table == "model" and .[1].value > .[0].value' got
	run -1 botify-evaluate ranking model log2
	[ "$output" = "botify-evaluate: model is a session model, which needs the catalog too (--tracks FILE)" ]
}

# ---- log ----

look() {
	botify-evaluate log --format json "$@"
}

# What jq counts.
same() {
	[ "$(jq -c "$1" got)" = "$(jq -nc "$2" "${3:-log2}")" ] || { jq -c "$1" got; jq -nc "$2" "${3:-log2}"; return 1; }
}

@test "evaluate: the first look counts what jq counts" {
	look log2 >got
	same '.log[0].events' '[inputs] | length'
	same '.log[0].users' '[inputs.user] | unique | length'
	same '.log[0].tracks' '[inputs.track] | unique | length'
	same '.log[0].sessions' '[inputs | select(.message == "last")] | length'
	same '[.log[0].from, .log[0].until]' '[inputs.timestamp] | [min, max]'
	same '(.log[0].skipped * 1e6 | round)' '[inputs.time] | ([.[] | select(. < 0.1)] | length) / length * 1e8 | round'
	same '(.log[0].mean_time * 1e9 | round)' '[inputs.time] | add / length * 1e9 | round'
	same '[.sources[1:][] | [.of, .answers]] | sort' '[inputs | select(.source).source] | group_by(.) | map([.[0], length])'
	same '[.places[].plays]' '[inputs] | group_by(.user) | map([foreach .[] as $e (0;
		if . < 0 then 1 else . + 1 end | if $e.message == "last" then -. else . end; fabs)]) | add |
		[(.[] | if . <= 5 then . elif . <= 10 then 6 elif . <= 20 then 7 elif . <= 50 then 8 elif . <= 100 then 9 else 10 end)]
		| group_by(.) | map(length)'
	same '[.hours[].plays] | add' '[inputs] | length'
}

@test "evaluate: the first look tells what is missing, and of a strange log" {
	jq -c 'del(.experiments, .pool) | if .user % 2 == 0 then del(.timestamp) else . end' log2 >strange
	tac strange | head -n 2000 >backwards
	look backwards >got
	for said in "neither pool nor propensity" "in no experiment" "have no timestamp" "earlier than"; do
		jq -e --arg said "$said" 'any(.remarks[]; contains($said))' got
	done
	echo '{"message":"next","user":1,"track":2,"time":0.5}' | look >got
	jq -e '.log[0].open_sessions == 1 and .log[0].from == null and .remarks[0] ==
		"No event recommends a track: there is nothing here but what was played."' got
	: >nothing
	look nothing | jq -e '.log[0].events == 0 and .log[0].mean_time == null'
	echo '{"track":1,"artist":"a"}' >few
	look --tracks few log2 | jq -e 'any(.remarks[]; contains("not in the catalog"))'
}

@test "evaluate: the first look fits on one screen" {
	botify-evaluate log --tracks tracks.ndjson log2 >screen
	[ "$(wc -l <screen)" -le 24 ]
	[ "$(LC_ALL=C.UTF-8 wc -L <screen)" -le 80 ]
}

@test "evaluate: looks at parts merge to that at the whole, byte for byte" {
	botify-split -n 3 -o shard. log2
	for shard in 0 1 2; do
		botify-evaluate log --partial --tracks tracks.ndjson -o part.$shard shard.$shard
	done
	for format in table json html; do
		botify-evaluate log --format $format --tracks tracks.ndjson log2 >whole
		botify-evaluate log --format $format --merge --parts 3 part.1 part.0 part.2 >merged
		cmp whole merged
	done
	run -1 botify-evaluate log --merge part.1 part.1
	[[ $output == *"part.1: user "*" is in another part too: logs have to be split by user" ]]
	botify-evaluate log --partial -o other --skipped 0.2 shard.0
	run -1 botify-evaluate log --merge part.1 other
	[[ $output == *"other: counted with other options than the part before" ]]
}
