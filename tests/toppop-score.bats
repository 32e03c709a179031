#!/usr/bin/env bats
# botify-toppop --rank-by, --since, --until, --half-life, --debias and --holdout: the scores against those of jq
# (reference/toppop.jq), and the same bytes for any split of the work.

# shellcheck disable=SC2154 # loop.bash sets them
# shellcheck disable=SC2086,SC2046 # options are words
# shellcheck disable=SC2094 # what is called as a format is none of the files read

load loop

setup_file() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	PATH=$(cd "$bin" && pwd):$PATH
	cd "$BATS_FILE_TMPDIR" || return
	make_log >log
}

setup() {
	setup_loop
	cp "$BATS_FILE_TMPDIR/log" log
	here=$BATS_TEST_DIRNAME
}

# expect STATUS OUTPUT COMMAND...
expect() {
	local status=$1 want=$2 got=0
	shift 2
	"$@" >out 2>err || got=$?
	printf '%s' "$want" | diff - out
	stderr=$(cat err)
	[ "$got" = "$status" ] || { echo "exit $got, standard error: $stderr"; return 1; }
}

# 3000 events of 60 users over 40 days from 2024-01-01 on, in order of time: of what they are recommended, they hear most. Some
# recommendations say their pool, some their propensity, some neither.
make_log() {
	awk 'function below(n) { state = (state * 1103515245 + 12345) % 2147483648; return int(state / 2147483648 * n) }
	BEGIN {
		state = 7
		for (i = 0; i < 3000; i++) {
			user = below(60)
			track = user in next_track && below(10) > 0 ? next_track[user] : below(30)
			last = below(6) == 0
			new = int(below(900) ^ 0.5)
			kind = below(3)
			printf "{\"message\":\"%s\",\"timestamp\":%.0f,\"user\":%d,\"track\":%d,\"time\":%s", last ? "last" : "next",
				1704067200000 + i * 1152000 + below(1000), user, track, below(101) / 100
			if (!last)
				printf ",\"recommendation\":%d,\"source\":\"x\"%s", new,
					kind == 0 ? ",\"pool\":" 1 + below(9) : kind == 1 ? ",\"propensity\":" (1 + below(99)) / 100 : ""
			printf ",\"experiments\":{\"E\":\"%s\"}}\n", user % 3 ? "C" : "T"
			if (last)
				delete next_track[user]
			else
				next_track[user] = new
		}
	}'
}

# like_jq HOW OPTION...: whether toppop gives the tracks and scores that jq does, best first and ties by lower id
like_jq() {
	local how=$1
	shift
	jq -n -c -f "$here/reference/toppop.jq" --argjson how "$how" log >want
	botify-toppop --format ndjson "$@" log 2>/dev/null >got
	jq -n -e --slurpfile got got --slurpfile want want '
		def near($x; $y): ($x - $y | fabs) <= 1e-7 * ($y | fabs) + 1e-7;
		($got | map(.arm //= null | .score //= .time)) as $got
		| ($got | length) > 20 and ($got | length) == ($want | length)
		and ([$got | sort_by(.arm, .track), ($want | sort_by(.arm, .track))] | transpose
			| all(.[]; .[0].track == .[1].track and .[0].arm == .[1].arm and near(.[0].score; .[1].score)
				and near(.[0].time; .[1].time) and .[0].plays == .[1].plays))
		and $got == ($got | sort_by(.arm, -.score, .track))' >/dev/null
}

@test "toppop: scores are those of jq" {
	like_jq '{"by":"time"}'
	like_jq '{"by":"plays"}' --rank-by plays
	like_jq '{"by":"mean","prior":10}' --rank-by mean
	like_jq '{"by":"mean","prior":0}' --rank-by mean --prior 0
	like_jq '{"by":"mean","prior":2.5,"by_arm":true}' --rank-by mean --prior 2.5 --experiment E --by-arm
	like_jq '{"by":"users"}' --rank-by users
	like_jq '{"by":"users","by_arm":true}' --rank-by users --experiment E --by-arm
	like_jq '{"by":"wins","liked":0.8}' --rank-by wins
	like_jq '{"by":"wins","liked":0.31}' --rank-by wins --liked 0.31
	like_jq '{"by":"wins","liked":0.8,"recommended":true}' --rank-by wins --recommended
}

@test "toppop: a window of time, and weights of age, are those of jq" {
	# 2024-01-08 and 2024-02-01
	like_jq '{"by":"time","since":1704672000000}' --since 2024-01-08
	like_jq '{"by":"users","since":1704672000000,"until":1706745600000}' --rank-by users --since 2024-01-08 --until 1706745600000
	like_jq '{"by":"time","half_life":604800000}' --half-life 7d
	like_jq '{"by":"plays","half_life":129600000,"by_arm":true}' --rank-by plays --half-life 36h --experiment E --by-arm
	like_jq '{"by":"mean","prior":3,"half_life":604800000,"until":1706745600000}' --rank-by mean --prior 3 --half-life 7d --until 2024-02-01
	like_jq '{"by":"wins","liked":0.8,"half_life":604800000,"until":1709251200000}' --rank-by wins --half-life 7d --until 2024-03-01
}

@test "toppop: --debias weighs by the inverse propensity, as jq does" {
	like_jq '{"by":"time","debias":true}' --debias
	like_jq '{"by":"plays","debias":true,"by_arm":true}' --rank-by plays --debias --experiment E --by-arm
	like_jq '{"by":"mean","prior":10,"debias":true,"half_life":604800000}' --rank-by mean --debias --half-life 7d
	like_jq '{"by":"wins","liked":0.5,"debias":true,"since":1704672000000}' --rank-by wins --liked 0.5 --debias --since 2024-01-08
	# what is left out is told
	botify-toppop --debias log 2>&1 >/dev/null | grep -E '^botify-toppop: [0-9]+ plays of tracks that were not recommended are left out, and [0-9]+ that were, with a probability that is not known$'
}

# The ways to count that the tests of splits go through.
ways() {
	cat <<-'END'
		--rank-by plays
		--rank-by mean --prior 3
		--rank-by users --experiment E --by-arm
		--rank-by users --since 2024-01-08
		--rank-by wins --liked 0.4
		--half-life 7d
		--half-life 36h --rank-by mean --until 2024-02-01
		--half-life 25h --debias --rank-by wins --experiment E --by-arm
		--debias --recommended
		--debias --holdout 3:0.4 --holdout-by event
		--holdout 3:0.4
		--holdout 3:0.4 --rank-by users
	END
}

# The options of the run that counts, or else of the one that merges.
counts() { sed -E 's/ *--(by-arm|prior [0-9.]+)//g' <<<"$1"; }
merges() { sed -E 's/ *--(since|until|half-life|holdout|holdout-by|liked) [^ ]+//g; s/ *--(debias|recommended)//g' <<<"$1"; }

@test "toppop: any split, in parts, in a state or over threads, gives the same bytes" {
	ways | while read -r way; do
		echo "# $way"
		botify-toppop --format ndjson $way log 2>want.err >want
		[ "$(wc -l <want)" -gt 20 ]
		botify-toppop --format ndjson $way --threads 1 log 2>/dev/null | cmp - want
		botify-toppop --format ndjson $way --threads 3 <log 2>/dev/null | cmp - want
		# by user, and by time within sessions
		awk '{ match($0, /"user":[0-9]+/); print >"piece." substr($0, RSTART + 7, RLENGTH - 7) % 3 }' log
		split -n l/4 log piece.time.
		for set in "piece.0 piece.1 piece.2" "piece.time.aa piece.time.ab piece.time.ac piece.time.ad"; do
			for piece in $set; do botify-toppop $(counts "$way") --partial -o "$piece.part" "$piece"; done
			botify-toppop --format ndjson $(merges "$way") --merge $(printf '%s.part ' $set) 2>got.err | cmp - want
			diff want.err got.err
			# merged in two steps, and in another order
			set -- $set
			botify-toppop $(merges "$way" | sed 's/ *--by-arm//; s/ *--prior [0-9.]*//') --merge --partial "$1.part" "$2.part" >two
			shift 2
			botify-toppop --format ndjson $(merges "$way") --merge $(printf '%s.part ' "$@") two 2>/dev/null | cmp - want
		done
		rm -f state
		for piece in piece.time.a?; do botify-toppop --format ndjson $way --state state "$piece" 2>/dev/null >got; done
		cmp got want
		rm -f piece.*
	done
}

@test "toppop: the part that --holdout leaves out is what botify-split puts into test" {
	for by in event session user; do
		rm -f part.*
		botify-split --holdout 5:0.3 --by $by -o part. log 2>/dev/null
		[ "$(wc -l <"$(ls part.*test*)")" -gt 300 ]
		# without --debias each event stands for itself
		botify-toppop --format ndjson --rank-by users part.*train* >want
		botify-toppop --format ndjson --rank-by users --holdout 5:0.3 --holdout-by $by log 2>err | cmp - want
		[ "$(cat err)" = "botify-toppop: $(wc -l <"$(ls part.*test*)") events are held out, or not between --since and --until" ]
	done
	botify-toppop --holdout 5:0.3 log 2>/dev/null | cmp - <(botify-toppop --holdout 5:0.3 --holdout-by user log 2>/dev/null)
}

@test "toppop: parts that count otherwise are refused, and what they do not have" {
	botify-toppop --partial -o plain.part <(head -n 1000 log)
	botify-toppop --partial --half-life 7d -o old.part <(tail -n +1001 log)
	expect 1 '' botify-toppop --merge plain.part old.part
	[ "$stderr" = 'botify-toppop: old.part: counted otherwise than plain.part: see "how" in the first line of both' ]
	expect 1 '' botify-toppop --merge --rank-by users plain.part
	[ "$stderr" = "botify-toppop: counted without --rank-by users, which cannot be made up for here" ]
	expect 1 '' botify-toppop --merge --rank-by wins plain.part
	botify-toppop --partial --half-life 7d --rank-by wins -o wins.part log
	expect 1 '' botify-toppop --merge wins.part
	[ "$stderr" = "botify-toppop: counted with --rank-by wins and weights, which has no time" ]
	# what parts say of themselves
	head -n 1 old.part | jq -e '.how == {since: null, until: null, half_life: 604800000, debias: false, wins: null, users: false, holdout: null}'
	head -n 1 plain.part | jq -e 'has("how") | not'
	# a state goes on as it was begun
	rm -f state
	botify-toppop --half-life 7d --state state <(head -n 1000 log) >/dev/null
	expect 1 '' botify-toppop --state state log
	[ "$stderr" = 'botify-toppop: state: was begun with other options: see "how" in its first line, and give the same' ]
}

@test "toppop: events without a timestamp, and none at all" {
	{ cat log; echo '{"message":"next","user":1,"track":77,"time":1}'; } >undated
	botify-toppop --half-life 7d log >want
	expect 0 "$(cat want)"$'\n' botify-toppop --half-life 7d undated
	[ "$stderr" = "botify-toppop: 1 events without a timestamp are left out" ]
	expect 1 '' botify-toppop --since 2025-01-01 log
	[ "$stderr" = "botify-toppop: no event is left: 3000 are held out or not between --since and --until, and 0 have no timestamp" ]
	expect 1 '' botify-toppop --half-life 1h --until 2030-01-01 log
	[ "$stderr" = "botify-toppop: --until is more than 1000 half-lives after the newest event" ]
	expect 0 $'[]\n' botify-toppop --half-life 7d --debias --rank-by mean /dev/null
	jq -c 'del(.pool, .propensity)' log >unknown
	expect 1 '' botify-toppop --debias unknown
	[ "$stderr" = "botify-toppop: --debias needs to know how likely recommendations were, and none of the log has a pool or a propensity" ]
}

@test "toppop: mistakes of scores and weights" {
	wrong() {
		local message=$1
		shift
		expect 2 '' botify-toppop "$@" log
		[ "$(head -n 1 err)" = "botify-toppop: $message" ]
	}
	wrong "--rank-by takes time, plays, mean, users or wins, not 'fame'" --rank-by fame
	wrong "--prior is for --rank-by mean" --prior 3
	wrong "--liked is for --rank-by wins" --liked 0.5
	wrong "--half-life takes a number of days or hours, as 7d or 36h, not '7'" --half-life 7
	wrong "--half-life takes a number of days or hours, as 7d or 36h, not '0d'" --half-life 0d
	wrong "--debias is not for --rank-by users, where each user counts once" --rank-by users --debias
	wrong "--until is not after --since" --since 2024-01-08 --until 2024-01-08
	wrong "--since takes a day as 2024-01-31, or milliseconds since the epoch, not 'monday'" --since monday
	wrong "--holdout-by has no effect without --holdout" --holdout-by event
	wrong "--holdout-by takes event, session or user, not 'day'" --holdout 1:0.5 --holdout-by day
	wrong "--since has no effect with --merge" --merge --since 2024-01-08
	wrong "--holdout-by session is not for --partial: sessions are numbered over the whole log, and a part does not know how many came before; hold out by event or user" \
		--holdout 1:0.5 --holdout-by session --partial
}

@test "toppop: --curve has the scores of the list, by rank" {
	botify-toppop --format ndjson --experiment E --by-arm --half-life 7d log >list
	botify-toppop --curve --format ndjson --experiment E --by-arm --half-life 7d log >curve
	jq -c '[.arm, .score]' list | diff - <(jq -c '[.arm, .score]' curve)
	jq -n -e '[inputs] | group_by(.arm) | all(.[]; map(.rank) == [range(1; length + 1)])' curve >/dev/null
	botify-toppop --curve log >table
	[ "$(awk '{ print $1 }' table | tr '\n' ' ')" = "rank 1 2 5 10 20 30 " ]
	[ "$(awk '$1 == 20 { print $2 }' table)" = "$(botify-toppop --format table log | awk '$1 == 20 { print $3 }')" ]
	[ "$(botify-toppop --curve --experiment E --by-arm -n 3 log | awk 'NR == 1 || $1 == 3 { print NF }' | tr '\n' ' ')" = "3 3 " ]
	# from parts as from the log
	botify-toppop --partial --experiment E -o part log
	botify-toppop --merge --curve --experiment E --by-arm part | cmp - <(botify-toppop --curve --experiment E --by-arm log)
}

@test "toppop: charts of curves fit, and are whole" {
	botify-toppop --curve --format chart --experiment E --by-arm log >chart
	[ "$(wc -l <chart)" -le 24 ]
	[ "$(wc -L <chart)" -le 80 ]
	grep -q '^          \* C o T$' chart
	[ "$(grep -c '\*' chart)" -gt 3 ]
	botify-toppop --curve --format svg --experiment E --by-arm log >svg
	[ "$(head -c 4 svg)" = "<svg" ]
	[ "$(grep -o '<svg' svg | wc -l)" = "$(grep -o '</svg>' svg | wc -l)" ]
	grep -q '>T</text>' svg
	for format in table ndjson chart svg; do botify-toppop --curve --format $format /dev/null >/dev/null; done
	expect 2 '' botify-toppop --curve --format json log
	[ "$(head -n 1 err)" = "botify-toppop: --format takes table, ndjson, chart or svg with --curve, not 'json'" ]
	expect 2 '' botify-toppop --curve --tracks tracks.ndjson log
	expect 2 '' botify-toppop --curve --partial log
}
