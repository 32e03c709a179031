#!/usr/bin/env bats
# botify-split: every line in one shard, in its order, with its bytes.

bats_require_minimum_version 1.5.0

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	bin=$(cd "$bin" && pwd)
	PATH=$bin:$PATH
	cd "$BATS_TEST_TMPDIR" || exit
	# 60 users, three days, sessions of three events, over midnight
	awk 'BEGIN {
		for (i = 0; i < 1800; i++) {
			user = i * 7 % 60
			printf "{\"message\":\"%s\",\"timestamp\":%.0f,\"user\":%d,\"track\":%d,\"time\":0.%d,\"experiments\":{\"E\":\"%s\"}}\n",
				++n[user] % 3 ? "next" : "last", 1704067200000 + 144000 * i, user, i % 9, i % 10, user % 2 ? "C" : "T1"
		}
	}' >log
}

# The lines of the log whose user is one of those in the file, in their order.
of_users_in() {
	grep -o '"user":[0-9]*,' "$1" | sort -u >users
	grep -F -f users log
}

@test "split: users are kept whole, in the order of the log, and nothing is lost" {
	botify-split -n 7 -o shard. log
	[ "$(echo shard.*)" = "shard.0 shard.1 shard.2 shard.3 shard.4 shard.5 shard.6" ]
	cat shard.* | sort | diff <(sort log) -
	for shard in shard.*; do
		[ -s "$shard" ]
		of_users_in "$shard" | cmp "$shard" -
	done
}

@test "split: where a user goes does not depend on what else is in the log, nor on files and compression" {
	botify-split -n 12 -o whole. log
	[ -e whole.00 ] && [ -e whole.11 ]
	head -n 700 log >one
	tail -n +701 log | zstd -q >two
	botify-split -n 12 -o parts. one two
	zstd -qc log | botify-split -n 12 -o piped. -
	for i in 00 01 02 03 04 05 06 07 08 09 10 11; do
		cmp whole.$i parts.$i
		cmp whole.$i piped.$i
	done
	# known for ever: m("42", m("botify-split", 0)) mod 12
	grep -l '"user":42,' whole.* | diff - <(echo whole.08)
}

@test "split: parts by user merge to the report of the whole" {
	botify-split -n 3 -o shard. log
	for i in 0 1 2; do
		botify-abtest --partial shard.$i >part.$i
		botify-toppop --partial --recommended shard.$i >counts.$i
	done
	botify-abtest --merge --format json part.* >merged
	botify-abtest --format json log | cmp - merged
	botify-toppop --merge --recommended counts.* >merged
	botify-toppop --recommended log | cmp - merged
}

@test "split: by day and hour, each with its own file, or dealt out" {
	botify-split --by day -o day. log
	[ "$(echo day.*)" = "day.2024-01-01 day.2024-01-02 day.2024-01-03" ]
	cat day.* | cmp log -
	head -n 600 log | cmp - day.2024-01-01
	botify-split --by hour -o hour. log
	[ "$(find . -name 'hour.*' | wc -l)" = 72 ]
	cat hour.* | cmp log -
	[ "$(wc -l <hour.2024-01-02T07)" = 25 ]
	botify-split --by day -n 2 -o two. log
	cat day.2024-01-01 day.2024-01-03 >odd
	cmp odd two.1 || cmp odd two.0
	cat two.0 two.1 | sort | diff <(sort log) -
}

@test "split: by lines, to each in turn" {
	botify-split --by lines -n 4 -o line. log
	for i in 0 1 2 3; do
		awk "NR % 4 == ($i + 1) % 4" log | cmp - line.$i
	done
}

@test "split: bytes are kept, blank lines, carriage returns and a missing newline too" {
	{ printf '\357\273\277'; head -n 5 log | sed 's/$/\r/'; printf '\n \n'; tail -n +6 log | head -n 20; printf '{"user" : 5, "more":[1,"x"]}'; } >odd
	botify-split -n 1 -o same. odd
	cmp odd same.0
	# the newline that is missing comes where more follows
	botify-split -n 1 -o joined. odd log
	{ cat odd; echo; cat log; } | cmp - joined.0
	# what comes after the user is for others to judge
	head -c 60 log >torn
	botify-split -n 1 -o torn. torn
	cmp torn torn.0
}

@test "split: a line that does not say where is named, and the others are kept" {
	{ head -n 2 log; echo junk; sed -n 3p log; echo '{"message":"next","track":1,"time":1}'; sed -n '4,$p' log; } >bad
	botify-split -n 3 -o good. log
	run -1 --separate-stderr botify-split -n 3 -o shard. bad
	# shellcheck disable=SC2154 # bats sets it
	[ "$stderr" = "botify-split: bad:3: not a JSON object: '[' or '{' expected near 'junk' (column 4)
botify-split: bad:5: \"user\" is missing" ]
	for i in 0 1 2; do cmp good.$i shard.$i; done
	run -0 --separate-stderr botify-split -n 3 --bad-lines 2 -o shard. bad
	[[ $stderr == *"botify-split: 2 of 1802 lines are not events and were left out, as --bad-lines allows" ]]
	run -1 --separate-stderr botify-split --by day -o day. <(echo '{"user":1,"time":1}'; cat log)
	[[ $stderr == *':1: "timestamp" is missing' ]]
	cat day.* | cmp log -
	run -1 --separate-stderr botify-split -n 2 -o shard. nowhere log
	[ "$stderr" = "botify-split: nowhere: No such file or directory" ]
	cat shard.0 shard.1 | sort | diff <(sort log) -
}

@test "split: where nothing could be read, no file is replaced" {
	echo old >x.0
	run -1 botify-split -n 1 -o x. nowhere
	[ "$(cat x.0)" = old ]
	echo junk >bad
	run -1 botify-split -n 1 -o x. bad
	[ "$(cat x.0)" = old ]
	botify-split -n 1 -o x. /dev/null
	[ ! -s x.0 ]
}

@test "split: a state of botify-recommend is cut too, each shard with its head" {
	printf '%s\n' '{"track":1,"artist":"a"}' '{"track":2,"artist":"b"}' >tracks
	sed 's/"track":[0-9]/"track":1/' log | head -n 50 >requests
	botify-recommend --tracks tracks --state state requests >/dev/null
	botify-split -n 2 -o state. state
	head -n 1 state | cmp - <(head -n 1 state.0)
	head -n 1 state | cmp - <(head -n 1 state.1)
	cat state.0 state.1 | sort -u | diff <(sort state) -
	botify-recommend --tracks tracks --state state.1 </dev/null
}

# What three nights of the log give with some options of botify-abtest or botify-toppop: the report from the state of the whole,
# and from shards of the state of the first night, each of which went on with its shards of the others.
shards_of_a_state() {
	local command=$1 n=$2 night i want
	shift 2
	rm -f night.* state* whole*
	botify-split --by day -o night. log
	for night in night.*; do
		"$command" --state whole "$@" "$night" >want 2>err || { cat err; return 1; }
		if [ ! -e state.0 ]; then
			botify-split -n "$n" -o state. whole
			[ "$(echo state.*)" = "$(seq -s ' ' -f state.%g 0 $((n - 1)))" ] || return
			[ "$n" != 1 ] || cmp whole state.0 || return
		else
			botify-split -n "$n" -o shard. "$night"
			for ((i = 0; i < n; i++)); do
				"$command" --state state.$i "$@" shard.$i >got 2>err || { cat err; return 1; }
			done
		fi
		"$command" --merge "$@" state.* | cmp - want || return
	done
	# as if each log had been split before it was counted
	"$command" --merge --parts $((n * 3)) "$@" state.* | cmp - want || return
	# and the parts can be cut again, in another way
	cat state.* | zstd -q >together
	botify-split -n 3 -o again. together
	"$command" --merge "$@" again.2 again.0 again.1 | cmp - want || return
	botify-split --holdout 3:0.4 --by user -o held. state.*
	"$command" --merge "$@" held.test held.train | cmp - want
}

@test "split: shards of a state go on with shards of the logs, and merge to the whole" {
	# every third track is the one that was recommended
	awk '{ match($0, /"track":[0-9]/); t = substr($0, RSTART + 8, 1)
		sub(/"track":[0-9]/, "&,\"recommendation\":" (NR % 3 ? t : (t + 6) % 9)); print }' log >with
	mv with log
	for n in 1 2 5; do
		shards_of_a_state botify-abtest $n --format json
		shards_of_a_state botify-abtest $n --format json --days --quantiles 0.1,0.5 --sources
		shards_of_a_state botify-abtest $n --format json --experiment E --covariate-before 2024-01-02
		shards_of_a_state botify-toppop $n --format ndjson
		shards_of_a_state botify-toppop $n --format ndjson --recommended --experiment E --by-arm
		shards_of_a_state botify-toppop $n --format ndjson --recommended --experiment E --arm T1
	done
}

@test "split: a state that knows artists is cut without the catalog" {
	for i in 0 1 2 3 4 5 6 7 8; do echo "{\"track\":$i,\"artist\":\"a$((i % 4))\"}"; done >tracks
	sed -i 's/"track":\([0-9]\)/&,"recommendation":\1,"source":"s\1"/' log
	shards_of_a_state botify-abtest 3 --format json --tracks tracks
}

@test "split: parts are cut into commands too" {
	botify-abtest --partial -o part log
	botify-abtest --format json log >want
	# shellcheck disable=SC2016
	botify-split -n 3 part -- sh -c 'cat >"shard.$BOTIFY_SHARD"'
	botify-abtest --merge --format json shard.* | cmp - want
	# with all that it counts
	for how in "--half-life 1d" "--rank-by users" "--rank-by wins --since 2024-01-02"; do
		# shellcheck disable=SC2086 # words
		botify-toppop --partial $how -o counts log
		by=${how#--half-life 1d}
		by=${by% --since*}
		# shellcheck disable=SC2086 # words
		botify-toppop --merge $by --format ndjson counts >want
		botify-split -n 3 -o count. counts
		# shellcheck disable=SC2086 # words
		botify-toppop --merge $by --format ndjson count.2 count.0 count.1 | cmp - want
	done
}

@test "split: what cannot be cut is refused with the reason" {
	wrong() {
		local want=$1
		shift
		run --separate-stderr botify-split "$@"
		[ "$status" -gt 0 ]
		# shellcheck disable=SC2053 # a pattern
		[[ ${stderr%%$'\n'*} == "botify-split: "$want ]] || { echo "$stderr"; return 1; }
		[ -z "$(find . -name 'x.*')" ]
	}
	botify-abtest --partial -o part log
	for by in day hour lines; do
		wrong "part: what --partial and --state write can be cut by user only: it has sums over time, and no events" \
			-n 2 --by $by -o x. part
	done
	wrong "part: what --partial and --state write is cut without logs" -n 2 -o x. log part
	wrong "part: what --partial and --state write is cut without logs" -n 2 -o x. part log
	wrong "--bad-lines has no effect on what --partial and --state write" -n 2 --bad-lines 3 -o x. part
	wrong "standard input:1: what --partial and --state write has to be given as a file, and without logs" -n 2 -o x. - <part
	head -c -3 part >shorter
	wrong "shorter: cut off: *" -n 2 -o x. shorter
	sed 's/"users":60/"users":59/' part >damaged
	wrong "damaged: damaged: *" -n 2 -o x. damaged
	botify-toppop --partial -o counts log
	cat part counts >mixed
	wrong "mixed: a part of something else than botify-abtest" -n 2 -o x. mixed
	sed 's/botify-toppop/botify-nothing/' counts >unknown
	wrong "unknown: a part of something else than botify-abtest" -n 2 -o x. unknown
	# taken as it came, out of order
	{ tail -n 100 log; head -n 100 log; } | botify-abtest --partial -o part
	wrong "part: cannot be cut, as events were out of order and taken as they came: read its log from a file" -n 2 -o x. part
	# one shard given twice counts once
	botify-abtest --partial -o part log
	botify-split -n 2 -o half. part
	run -1 --separate-stderr botify-abtest --merge half.0 half.1 half.1
	[ "$stderr" = "botify-abtest: half.1: a part of the same log as half.1: it would count twice" ]
}

@test "split: a holdout has its share, whole sessions or users, and the same by the same seed" {
	for by in event session user; do
		botify-split --holdout 7:0.25 --by $by -o $by. log
		cat $by.train $by.test | sort | diff <(sort log) -
		n=$(wc -l <$by.test)
		[ "$n" -gt 200 ] && [ "$n" -lt 700 ]
		botify-split --holdout 7:0.25 --by $by -o again. log
		cmp $by.test again.test
		botify-split --holdout 8:0.25 --by $by -o other. log
		run ! cmp -s $by.test other.test
	done
	of_users_in user.test | cmp user.test -
	# each session has its `last`, and what is before it
	awk '{ match($0, /"user":[0-9]+/); user = substr($0, RSTART, RLENGTH); n[user]++ }
		/"last"/ { if (n[user] % 3) exit 1 }
		END { for (user in n) if (n[user] % 3) exit 1 }' session.test
	# an event that was delivered twice is on one side
	{ cat log; cat log; } >twice
	botify-split --holdout 7:0.25 --by event -o twice. twice
	{ cat event.test; cat event.test; } | cmp - twice.test
}

@test "split: of a log that cannot be read to its end, all whole lines that were read are kept" {
	for _ in 1 2 3; do cat log; done >long
	LD_PRELOAD=$bin/tests/shim/fail_nth.so botify-split --version >version || skip "no library can be loaded before this build's own"
	run -1 --separate-stderr env LD_PRELOAD="$bin/tests/shim/fail_nth.so" FAIL_IN=botify-split FAIL_KIND=read FAIL_AT=3 FAIL_ON=1 \
		botify-split -n 1 -o x. long
	[ "$stderr" = "botify-split: long: Input/output error" ]
	n=$(wc -l <x.0)
	[ "$n" -gt 400 ]
	head -n "$n" long | cmp - x.0
	# as much as one read brings; the first was to look what it is
	[ "$(head -n $((n + 1)) long | wc -c)" -gt 65536 ]
	for command in botify-abtest botify-toppop; do
		env LD_PRELOAD="$bin/tests/shim/fail_nth.so" FAIL_IN=$command FAIL_KIND=read FAIL_AT=2 FAIL_ON=1 \
			"$command" --partial long >part 2>err && false
		[ "$(cat err)" = "$command: long: Input/output error" ]
		head -n 1 part | jq -e --argjson n "$n" '.events == $n'
	done
}

@test "split: N commands get what N files would, and know which they are" {
	botify-split -n 3 -o file. log
	# shellcheck disable=SC2016 # for the shell below
	botify-split -n 3 log -- sh -c 'cat >"command.$BOTIFY_SHARD"'
	for i in 0 1 2; do cmp file.$i command.$i; done
	# their output is that of the command
	botify-split -n 3 log -- wc -l | awk '{ n += $1 } END { exit n != 1800 }'
	botify-split -n 3 -- wc -l <log | awk '{ n += $1 } END { exit n != 1800 }'
}

@test "split: a command that fails, or reads no longer, is told, and the others go on" {
	for _ in $(seq 40); do cat log; done >long
	# shellcheck disable=SC2016
	run -1 --separate-stderr botify-split -n 3 long -- sh -c '[ $BOTIFY_SHARD = 1 ] && exec head -n 1 >/dev/null; cat >"c.$BOTIFY_SHARD"'
	[ "$stderr" = "botify-split: shard 1: the command closed its input before the end" ]
	botify-split -n 3 -o file. long
	cmp file.0 c.0
	cmp file.2 c.2
	# shellcheck disable=SC2016
	run -1 --separate-stderr botify-split -n 2 log -- sh -c 'cat >/dev/null; exit $((BOTIFY_SHARD + 3))'
	[ "$stderr" = "botify-split: shard 0: the command exited with status 3
botify-split: shard 1: the command exited with status 4" ]
	run -1 --separate-stderr botify-split -n 2 log -- no-such-command
	[ "$stderr" = "botify-split: no-such-command: No such file or directory" ]
	# the status is that of a failure, also where all lines were good
	run -1 botify-split -n 2 --bad-lines 100% long -- true
}

@test "split: told to stop, it leaves the files and ends the commands" {
	echo old >x.0
	mkfifo fifo
	exec 9<>fifo
	head -n 100 log >&9
	botify-split -n 1 -o x. fifo 9>&- &
	sleep 0.3
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" = 143 ]
	[ "$(cat x.0)" = old ]
	# a command must not take what it has got for the whole
	head -n 100 log >&9
	botify-split -n 2 fifo -- sh -c 'cat >/dev/null; echo whole >whole' 9>&- &
	sleep 0.3
	kill -TERM $!
	status=0
	wait $! || status=$?
	exec 9>&-
	[ "$status" = 143 ]
	sleep 0.2
	[ ! -e whole ]
}

@test "split: mistakes are told" {
	wrong() {
		local want=$1
		shift
		run -2 --separate-stderr botify-split "$@"
		[ "${stderr%%$'\n'*}" = "botify-split: $want" ] || { echo "$stderr"; return 1; }
	}
	wrong "where shall the shards go? (-o PREFIX, or -- COMMAND)" -n 2 log
	wrong "how many shards? (-n N)" -o x. log
	wrong "how many shards? (-n N)" --by lines -o x. log
	wrong "how many shards? (-n N)" --by day log -- cat
	wrong "--holdout makes two shards, and -n is not for it" --holdout 1:0.5 -n 2 -o x. log
	wrong "--holdout goes by event, session or user" --holdout 1:0.5 --by day -o x. log
	wrong "--by event and session are for --holdout" -n 2 --by event -o x. log
	wrong "--holdout takes a seed and a share from 0 to 1, as 7:0.1, not '7'" --holdout 7 -o x. log
	wrong "--by takes user, day, hour or lines; event, session or user with --holdout; not 'users'" --by users -n 2 -o x. log
	cp log x.1
	wrong "-o x.1 would replace what is read: x.1" -n 2 -o x. x.1
	cmp log x.1
	cp log x.2024-01-02
	run -1 --separate-stderr botify-split --by day -o x. x.2024-01-02
	[ "$stderr" = "botify-split: -o x.2024-01-02 would replace what is read: x.2024-01-02" ]
	cmp log x.2024-01-02
	# after -- stand files where there is -o, as in all commands
	cp log ./--log
	botify-split -n 1 -o y. -- --log
	cmp log y.0
}
