#!/usr/bin/env bats
# botify-train. What the models compute is held against numpy in tests/unit/train; here are the command and its tables.

load loop

setup() {
	setup_loop
	# three sessions in which 10 goes with 20 twice, 30 with 10 once
	cat >small.ndjson <<-'END'
		{"message":"next","timestamp":1,"user":1,"track":10,"time":1,"recommendation":20,"source":"random","pool":60}
		{"message":"last","timestamp":2,"user":1,"track":20,"time":1,"recommendation":null}
		{"message":"next","timestamp":1,"user":2,"track":10,"time":1,"recommendation":20,"source":"random","pool":60}
		{"message":"next","timestamp":2,"user":2,"track":20,"time":1,"recommendation":30,"source":"random","pool":60}
		{"message":"last","timestamp":3,"user":2,"track":30,"time":0.5,"recommendation":null}
		{"message":"next","timestamp":4,"user":3,"track":40,"time":1,"recommendation":10,"source":"random","pool":60}
		{"message":"last","timestamp":5,"user":3,"track":10,"time":0,"recommendation":null}
	END
}

# A day of random traffic in the small world. Then nobody has its embeddings or users any more.
make_day() {
	botify-sim "${world[@]}" --sessions 600 --seed 3 -- \
		botify-recommend --tracks tracks.ndjson --policy random+unseen >day.ndjson 2>/dev/null
	rm tracks.npy users.ndjson
}

@test "train: itemknn is the cosine of times in sessions" {
	# 10 and 20: 2 / sqrt(2 * 2) = 1; 10 and 30: 0.5 / (sqrt(2) * 0.5) = 0.71, likewise 20 and 30
	expect 0 botify-train similar --model itemknn --shrinkage 0 small.ndjson
	diff - out <<-'END'
		{"track":10,"recommendations":[20,30]}
		{"track":20,"recommendations":[10,30]}
		{"track":30,"recommendations":[10,20]}
	END
	[ -z "$stderr" ]
	expect 0 botify-train similar --model itemknn --shrinkage 0 -k 1 --tracks tracks.ndjson --per-artist 0 small.ndjson
	[ "$(tail -n 1 out)" = '{"track":30,"recommendations":[10]}' ]
}

@test "train: userknn is what similar users liked" {
	expect 0 botify-train user-tracks --model userknn --neighbours 5 --shrinkage 0 --liked 0.4 small.ndjson
	diff - out <<-'END'
		{"user":1,"tracks":[10,20,30]}
		{"user":2,"tracks":[10,20]}
	END
	expect 0 botify-train user-tracks --model userknn --neighbours 5 --shrinkage 0 --liked 0.4 --unheard small.ndjson
	[ "$(cat out)" = '{"user":1,"tracks":[30]}' ]
}

@test "train: tables of every model are the same for any threads and any split, and are read" {
	make_day
	third=$(($(wc -l <day.ndjson) / 3))
	head -n $third day.ndjson >one
	tail -n +$((third + 1)) day.ndjson >two
	for args in "similar itemknn" "similar ease" "similar mf" "similar mf --tracks tracks.ndjson" \
		"user-tracks als" "user-tracks bpr --epochs 5" "user-tracks warp --epochs 5" "user-tracks ease" "user-tracks userknn"; do
		read -r kind model rest <<<"$args"
		# shellcheck disable=SC2206
		train=(botify-train "$kind" --model "$model" $rest --seed 4)
		expect 0 "${train[@]}" --threads 1 day.ndjson
		[ -z "$stderr" ] && [ "$(wc -l <out)" -ge 30 ] && whole_lines out
		cp out want
		expect 0 "${train[@]}" --threads 2 one two
		cmp want out
		expect 0 "${train[@]}" --threads 3 - two <one
		cmp want out
		if [ "$kind" = similar ]; then policy=similar; else policy=collaborative; fi
		expect 0 botify-recommend --tracks tracks.ndjson "--$kind" want --policy $policy,random --no-latency day.ndjson
		grep -q "\"source\":\"$policy\"" out
	done
}

@test "train: what was tried is told, and the epochs are written" {
	make_day
	expect 0 botify-train user-tracks --model als --tune --metrics metrics -o table day.ndjson
	grep -q '^botify-train: tried als --factors 64 ' err
	grep -q '^botify-train: chose als --factors 64 ' err
	jq -e -s 'all(has("loss") and has("seconds")) and any(.stage == "tune") and last.stage == "fit"' metrics >/dev/null
	[ -s table ] && [ ! -s out ]
	expect 0 botify-train user-tracks --model als --dry-run -o table2 day.ndjson
	grep -Eq '^als: [0-9]+ rows, [0-9]+ tracks, [0-9]+ entries; about [0-9.]+ GiB .* [0-9]+ s' out
	[ ! -e table2 ]
}

@test "train: tracks that the catalog does not have are left out" {
	grep -v '"track":30,' tracks.ndjson >less.ndjson
	expect 0 botify-train similar --model itemknn --shrinkage 0 --tracks less.ndjson --per-artist 0 small.ndjson
	not grep -q 30 out
	[ "$stderr" = "botify-train: 1 listens of tracks that are not in less.ndjson are left out, the first of them track 30" ]
}

# Wants a failure with this reason, and the old table as it was.
refuses() {
	local want=$1
	shift
	echo old >table
	expect 1 botify-train "$@" -o table
	[ "$(tail -n 1 err)" = "botify-train: $want" ] || { cat err; return 1; }
	[ "$(cat table)" = old ] && [ ! -s out ] && [ -z "$(find . -name '*.tmp')" ]
}

@test "train: where there is nothing to learn, the old table stays" {
	head -n 1 small.ndjson >first
	jq -c '.time = 0.5' small.ndjson >unloved
	refuses "there are no listens to learn from" similar --model mf /dev/null
	refuses "no session has another track after its first, so there is nothing to learn" similar --model mf first
	refuses "no listen is longer than 0.8 (--liked)" user-tracks --model als unloved
	refuses "no listen is longer than 0.8 (--liked)" similar --model ease unloved
	refuses "--limit 5: there are only 3 other tracks" similar --model itemknn -k 5 small.ndjson
	refuses "nowhere: No such file or directory" similar --model itemknn nowhere
}

@test "train: a loss that grows beyond all bounds is told, and the old table stays" {
	make_day
	refuses "bpr: the loss grows beyond all bounds in epoch 1; a smaller --rate or a larger --regularisation may help" \
		user-tracks --model bpr --rate 1000000 day.ndjson
}

@test "train: a full disk is told" {
	[ -c /dev/full ] || skip "no /dev/full"
	expect 1 botify-train similar --model itemknn --shrinkage 0 -o /dev/full small.ndjson
	[ "$stderr" = "botify-train: /dev/full: No space left on device" ]
	expect 1 botify-train user-tracks --model als --epochs 2 --regularisation 1 --unobserved 1 --metrics /dev/full small.ndjson
	[ "$stderr" = "botify-train: /dev/full: No space left on device" ]
}

@test "train: Ctrl-C keeps nothing half, and says so" {
	make_day
	echo old >table
	botify-train user-tracks --model bpr --epochs 10000 --rate 0.1 --regularisation 0.1 --metrics metrics -o table day.ndjson 2>err &
	pid=$!
	# the file of the metrics is open, perhaps without a name: it has begun
	wait_until sh -c "ls -l /proc/$pid/fd | grep -q '(deleted)\|[.]tmp\$'"
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" = 143 ] && [ "$(cat table)" = old ] && [ -z "$(ls metrics* 2>/dev/null)" ]
	grep -q "botify-train: interrupted; nothing was written" err
}

@test "train: mistakes on the command line" {
	expect 2 botify-train
	[[ $stderr == "botify-train: the first word is similar, user-tracks, session, embed or project: what is to be done"* ]]
	expect 2 botify-train simlar --model mf small.ndjson
	[[ $stderr == "botify-train: the first word is similar, user-tracks, session, embed or project, not 'simlar' (did you mean similar?)"* ]]
	expect 2 botify-train similar small.ndjson
	[[ $stderr == "botify-train: which model? (--model itemknn, ease or mf)"* ]]
	expect 2 botify-train similar --model als small.ndjson
	[[ $stderr == "botify-train: similar: --model takes itemknn, ease or mf, not 'als'"* ]]
	expect 2 botify-train similar --model mf --rate 1 small.ndjson
	[[ $stderr == "botify-train: --rate is not for mf"* ]]
	expect 2 botify-train similar --model mf --unheard small.ndjson
	[[ $stderr == "botify-train: --unheard is for user-tracks"* ]]
	expect 2 botify-train similar --model mf --factors 0 small.ndjson
	[[ $stderr == "botify-train: --factors takes a whole number from 1 to 1024, not '0'"* ]]
}

@test "train: what was learned in an invented world beats chance and popularity" {
	root=$BATS_TEST_DIRNAME/../data/world
	world=(--tracks "$root/tracks.ndjson" --embeddings "$root/tracks.npy" --users "$root/users.ndjson")
	botify-sim "${world[@]}" --sessions 20000 --seed 3 -- \
		botify-recommend --tracks "$root/tracks.ndjson" --policy random+unseen >day 2>/dev/null
	botify-train similar --model mf --tracks "$root/tracks.ndjson" -o similar.ndjson day
	botify-toppop -o top.json day
	reward() {
		botify-sim "${world[@]}" --sessions 5000 --seed 9 --summary json -- \
			botify-recommend --tracks "$root/tracks.ndjson" --similar similar.ndjson --top top.json --policy "$1" 2>&1 >/dev/null |
			jq .total.reward_mean
	}
	learned=$(reward similar,random) popular=$(reward toppop:100,random)
	echo "$learned $popular"
	jq -en "$learned > 1.1 * $popular"
}
