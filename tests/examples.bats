#!/usr/bin/env bats
# What README and the man pages show is what happens: their examples are run. See tests/run-examples for how they are
# marked.
#
# Each page has a directory of its own, in which there are
#
#   tracks.ndjson, users.ndjson, tracks.npy   the small world of data/world
#   log.ndjson                                a day in it, with the experiments AA and FILTERS, of the arms C and T1
#
# README is read where data is, and build/demo, which the demo has filled.

bats_require_minimum_version 1.5.0

setup() {
	root=$BATS_TEST_DIRNAME/..
	bin=$(cd "${BOTIFY_BIN:-$root/build}" && pwd)
	PATH=$bin:$PATH
	LC_ALL=C.UTF-8
	cd "$BATS_TEST_TMPDIR" || exit
}

make_log() {
	cat >experiments.json <<-'END'
		{"experiments":[{"name":"AA","arms":["C","T1"]},
		                {"name":"FILTERS","arms":{"C":"random","T1":"artist,random+unseen"}}]}
	END
	botify-sim --tracks tracks.ndjson --users users.ndjson --embeddings tracks.npy --sessions 2000 -- \
		botify-recommend --tracks tracks.ndjson --experiments experiments.json >log.ndjson 2>/dev/null
	rm experiments.json
}

# Runs the examples of each page in a directory of its own.
run_pages() {
	local page failed=0

	mkdir samples
	cp "$root"/data/world/tracks.* "$root"/data/world/users.ndjson samples
	(cd samples && make_log)
	for page; do
		cp -r samples "${page##*/}.d"
		(cd "${page##*/}.d" && "$root/tests/run-examples" "../$page") || failed=1
	done
	return $failed
}

# Runs the demo, once for all tests. In $demo is what it printed, `shown`, and what it left, `build/demo`.
run_demo() {
	demo=$BATS_FILE_TMPDIR/demo
	(
		flock 9
		[ ! -e "$demo/shown" ] || exit 0
		mkdir -p "$demo"
		cd "$demo" || exit
		BOTIFY_BIN=$bin "$root/data/demo" build/demo >printed 2>&1 || { cat printed; exit 1; }
		mv printed shown
	) 9>"$BATS_FILE_TMPDIR/demo.lock"
}

@test "examples: README" {
	ln -s "$(cd "$root/data" && pwd)" data
	run_demo
	cp -r "$demo/build" .
	"$root/tests/run-examples" "$root/README"
}

# What is pasted is taken as it stands.
@test "examples: no command of README has a prompt" {
	run ! grep -nE '^ *[$%>] ' "$root/README"
}

@test "examples: the man pages" {
	cp "$root"/man/*.[1-9] .
	run_pages ./*.[1-9]
}

@test "examples: man shows the pages of the tree as README says" {
	command -v man >/dev/null || skip "man is not installed"
	local commands=()
	mapfile -t commands < <(grep -E '^ +man ' "$root/README")
	[ "${#commands[@]}" = "$(find "$root/man" -name '*.[1-9]' | wc -l)" ]
	cd "$root" || return
	for command in "${commands[@]}"; do
		env MANPAGER=cat bash -c "$command" | grep -q '^NAME' || { echo "$command"; return 1; }
	done
}

# Of a page as it is read, the lines from the one that matches to the next blank one, without what they are indented by.
block_of() {
	mandoc -T utf8 "$root/man/$1" | sed $'s/.\b//g' | sed -n "/$2/,/^\$/{ s/^ *\$//; /./p; }" |
		awk 'NR == 1 { match($0, /^ */); n = RLENGTH } { print substr($0, n + 1) }'
}

# With nothing but what cron gives to a command. What is installed in /usr/local/bin stands in a directory here, with a mail(1)
# that keeps its input.
@test "examples: the crontab of botify-abtest(1) runs as it is printed" {
	local line
	mkdir samples local
	ln -s "$bin"/botify-* "$(command -v jq)" local
	printf '%s\n' '#!/bin/sh' 'echo "$*" >mail.arguments' 'cat >mail.text' >local/mail
	chmod +x local/mail
	cp "$root"/data/world/tracks.* "$root"/data/world/users.ndjson samples
	(cd samples && make_log)
	line=$(block_of botify-abtest.1 '^ *0 3 \* \* \* ')
	[ "$(wc -l <<<"$line")" = 1 ]
	[[ $line == "0 3 * * * "* && $line != *%* ]]
	line=${line#0 3 \* \* \* }
	line=${line//\/srv\/botify/$PWD/samples}
	block_of botify-abtest.1 '^ *#!\/bin\/sh$' | sed "s|/usr/local/bin|$PWD/local|" >samples/nightly
	grep -q 'mail -s' samples/nightly
	cron() {
		env -i HOME="$PWD" LOGNAME=nobody SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c "$line" >out 2>&1 </dev/null
	}
	cron || { cat out; return 1; }
	[ ! -s out ]
	grep -q '</html>' samples/report.html
	grep -q '^-s botify: time has changed team@example.org$' samples/mail.arguments
	[ "$(jq -s -c 'map(.metric) | unique' samples/mail.text)" = '["time"]' ]
	# where nothing has changed, no mail is sent
	rm samples/mail.* samples/report.html
	grep -o '^.*"AA":"[^"]*"' samples/log.ndjson | sed 's/$/}}/' >quiet
	mv quiet samples/log.ndjson
	cron || { cat out; return 1; }
	[ ! -s out ]
	grep -q '</html>' samples/report.html
	[ ! -e samples/mail.text ]
}

@test "examples: the demo fits on two screens and shows that learning pays" {
	local effect='select(.metric == "time") | [.experiment, .treatment, .significant]'

	run_demo
	cd "$demo" || return
	[ "$(wc -l <shown)" -le 66 ]
	# the width of the report is the business of abtest.bats
	run ! grep -E ".{81}" <(sed "/botify-abtest/,\$d" shown)
	# more than five times as long, on whatever machine: the model's numbers end in other digits there
	botify-abtest --experiment POLICY --format ndjson build/demo/day2.ndjson |
		jq -es 'any(.[]; .treatment == "T1" and .metric == "time_per_session" and .lower > 400)'
	botify-abtest --format ndjson build/demo/day2.ndjson | jq -c "$effect" | diff - <(
		echo '["AA","T1",false]'
		echo '["POLICY","T1",true]'
		echo '["POLICY","T2",true]'
		echo '["POLICY","T3",true]'
	)
}

# A test that cannot fail proves nothing.
@test "examples: a page that is wrong is found out" {
	printf '%s\n' 'A page.' '  echo one' '    two' >wrong
	run "$root/tests/run-examples" wrong
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "wrong: it does not print what the page says:" ]
	printf '%s\n' '  false' >fails
	run "$root/tests/run-examples" fails
	[ "$status" -eq 1 ]
	printf '%s\n' 'No example.' '    echo' >none
	run "$root/tests/run-examples" none
	[ "$status" -eq 1 ]
	printf '%s\n' '  printf "a.b  c\n" |' '    cat' '    a...c' '  false' '  echo $?' '    1' >right
	run "$root/tests/run-examples" right
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	# a man page has prompts
	printf '%s\n' .Dd '.Dt X 1' .Os '.Sh NAME' '.Nm x' '.Nd y' '.Bd -literal -offset indent' '$ echo one' two .Ed >wrong.1
	run "$root/tests/run-examples" wrong.1
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "wrong.1: it does not print what the page says:" ]
	sed -i 's/two/one/' wrong.1
	"$root/tests/run-examples" wrong.1
}

# Its options and those of the command are held against each other by contract.bats.
@test "examples: the synopsis of a man page shows the options that it explains" {
	local path short long synopsis

	for path in "$root"/man/*.1; do
		mandoc -T utf8 "$path" | sed $'s/.\b//g' >page
		synopsis=$(sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' page)
		sed -nE 's/^     (-[[:alnum:]])[^,]*, --([[:alnum:]-]+).*/\1 \2/p; s/^     --([[:alnum:]-]+).*/--\1 \1/p' page >options
		[ -s options ]
		while read -r short long; do
			case $long in help | version) continue ;; esac
			[[ $synopsis =~ [^[:alnum:]-](--$long|$short)[^[:alnum:]-] ]] || { echo "$path: --$long"; return 1; }
		done <options
	done
}
