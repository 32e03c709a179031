#!/usr/bin/env bats
# Sizes that nobody means: an id that is written as the name of an arm or of an experiment, a name as long as a book. What takes
# time takes it in proportion, or there is a limit that is told.
#
# shellcheck disable=SC2030,SC2031

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	PATH=$bin:$PATH
	cd "$BATS_TEST_TMPDIR" || exit
}

# A log of $1 users, each on an arm of its own; of $2 sources, if given.
many_arms() {
	awk -v n="$1" -v sources="${2:-1}" 'BEGIN {
		for (user = 0; user < n; user++) {
			tail = sprintf("\"source\":\"s%d\",\"pool\":3,\"experiments\":{\"E\":\"arm%d\"}}", user % sources, user)
			printf "{\"message\":\"next\",\"timestamp\":%d,\"user\":%d,\"track\":1,\"time\":0.5,\"recommendation\":2,%s\n",
				1704067200000 + user, user, tail
			printf "{\"message\":\"last\",\"timestamp\":%d,\"user\":%d,\"track\":2,\"time\":0.5,\"recommendation\":null,%s\n",
				1704067300000 + user, user, tail
		}
	}'
}

# The processor's time that "$@" takes, in milliseconds.
milliseconds() {
	local TIMEFORMAT=%U seconds
	seconds=$({ time "$@" >out 2>err || cat err >&2; } 2>&1 | tail -n 1)
	echo $((10#${seconds/./}))
}

# Wants "$@" to take no more than ten times as long for the file `many`, of eight times the size, as for `few`; a product of both
# would take 64 times as long.
in_proportion() {
	local few many
	few=$(milliseconds "$@" few)
	many=$(milliseconds "$@" many)
	echo "$*: $few ms, $many ms"
	[ "$many" -le $((10 * few + 400)) ]
}

@test "size: arms by mistake take time in proportion" {
	many_arms 3000 3000 >few
	many_arms 24000 24000 >many
	in_proportion botify-toppop --threads 1 --experiment E --by-arm
	in_proportion botify-toppop --threads 1 --experiment E --recommended --partial
	in_proportion botify-abtest --threads 1 --format table
	in_proportion botify-abtest --threads 1 --format json --quantiles 0.5 --sources --split A=1
	in_proportion botify-abtest --threads 1 --partial --days --sources
	in_proportion botify-abtest --threads 1 --format html
}

@test "size: experiments by mistake are told" {
	awk 'BEGIN {
		printf "{\"message\":\"last\",\"timestamp\":1,\"user\":1,\"track\":3,\"time\":0.5,\"experiments\":{\"E\":\"C\""
		for (i = 0; i < 100000; i++) printf ",\"%d\":\"C\"", i
		print "}}"
	}' >log
	[ "$(timeout 60 botify-toppop --experiment E log)" = "[3]" ]
	local got=0
	timeout 60 botify-abtest -o report log 2>err || got=$?
	[ $got = 1 ]
	[ ! -e report ]
	diff - err <<<"botify-abtest: more than 1000 experiments to report on; is an id taken for a name? --experiment names those that are wanted"
	timeout 60 botify-abtest --experiment E --partial -o part log
	timeout 60 botify-abtest --experiment E --merge part | grep -q '^E: C (control) 1 user$'
	for first in 0 600; do
		awk -v first=$first 'BEGIN {
			printf "{\"message\":\"last\",\"timestamp\":%d,\"user\":1,\"track\":3,\"time\":0.5,\"experiments\":{\"E\":\"C\"", first
			for (i = first; i < first + 600; i++) printf ",\"%d\":\"C\"", i
			print "}}"
		}' | timeout 60 botify-abtest --partial -o many.$first
	done
	got=0
	timeout 60 botify-abtest --merge many.0 many.600 2>err || got=$?
	[ $got = 1 ]
	grep -q '^botify-abtest: many.600: more than 1000 experiments to report on' err
}

@test "size: an experiments file of many arms and many experiments is read in proportion" {
	echo '{"track":1,"artist":"a"}' >tracks
	for n in 5000 40000; do
		jq -cn "{experiments: [{name: \"E\", arms: [range($n) | tostring]}, (range($n) | {name: tostring, arms: [\"a\"]})]}" \
			>"$([ $n = 5000 ] && echo few || echo many)"
	done
	in_proportion botify-recommend --tracks tracks /dev/null --experiments
}

@test "size: long names are cut in tables for people, and stay apart" {
	local long
	long=$(printf '%65536s' '' | tr ' ' x)
	for user in 1 2 3 4 5 6; do
		echo "{\"message\":\"last\",\"timestamp\":$user,\"user\":$user,\"track\":$user,\"time\":0.$user,
			\"experiments\":{\"E\":\"$([ $((user % 2)) = 0 ] && echo C || echo "${long}T${long}")\",\"$long\":\"${long}U${long}\"}}" | tr -d '\n\t'
		echo
	done >log
	botify-abtest log >shown 2>err
	[ "$(wc -L <shown)" -lt 400 ]
	[ "$(wc -c <shown)" -lt 20000 ]
	# the same name is always the same, and another one is another
	[ "$(grep -o 'xxx…[0-9a-f]\{8\}…xxx' shown | sort -u | wc -l)" = 3 ]
	botify-toppop --experiment E --by-arm --format table log >shown
	[ "$(wc -L <shown)" -lt 130 ]
	# machines get the names
	botify-abtest --format ndjson log | jq -es 'any(.treatment | length == 131073)'
}
