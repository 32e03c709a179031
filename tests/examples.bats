#!/usr/bin/env bats
# What README and the man pages show is what happens: their examples are run (see tests/run-examples for how they are
# marked), and their lists of options are those of the commands.
#
# Each page has a directory of its own, in which there are
#
#   tracks.ndjson, users.ndjson, tracks.npy   the small world of data/world
#   log.ndjson                                a day in it, with the experiments AA and FILTERS, of the arms C and T1
#   data, build                               for README, which is read beside them

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
		ln -s "$(cd "$root/data" && pwd)" "${page##*/}.d/data"
		ln -s "$bin" "${page##*/}.d/build"
		(cd "${page##*/}.d" && "$root/tests/run-examples" "../$page") || failed=1
	done
	return $failed
}

@test "examples: README" {
	cp "$root/README" .
	run_pages README
}

@test "examples: the man pages" {
	cp "$root"/man/*.[1-9] .
	run_pages ./*.[1-9]
}

# A test that cannot fail proves nothing.
@test "examples: a page that is wrong is found out" {
	printf '%s\n' 'A page.' '    $ echo one' '    two' >wrong
	run "$root/tests/run-examples" wrong
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "wrong: it does not print what the page says:" ]
	printf '%s\n' '    $ false' >fails
	run "$root/tests/run-examples" fails
	[ "$status" -eq 1 ]
	printf '%s\n' 'No example.' >none
	run "$root/tests/run-examples" none
	[ "$status" -eq 1 ]
	printf '%s\n' '    $ printf "a.b  c\n" |' '      cat' '    a...c' '    $ false' '    $ echo $?' '    1' >right
	run "$root/tests/run-examples" right
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# The long options of a command, as three places tell them.
options_of_help() {
	"$1" --help | sed -nE 's/^ +(-[[:alnum:]], )?--([[:alnum:]-]+).*/\2/p' | sort
}

options_of_source() {
	{
		sed -nE 's/^.*\{"([[:alnum:]-]+)", (no|required|optional)_argument.*/\1/p' "$root/cmd/$1.c"
		grep -q COMMAND_OPTIONS, "$root/cmd/$1.c" && printf '%s\n' help version
	} | sort
}

options_of_page() {
	sed -nE 's/^     (-[[:alnum:]][^,]*, )?--([[:alnum:]-]+).*/\2/p' page | sort
}

# Whether the synopsis shows each option that the page explains, by its short or its long name.
check_synopsis() {
	local short long synopsis

	synopsis=$(sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' page)
	while read -r short long; do
		case $long in help | version) continue ;; esac
		[[ $synopsis =~ [^[:alnum:]-](--$long|$short)[^[:alnum:]-] ]] || { echo "not in the synopsis: --$long"; return 1; }
	done < <(sed -nE 's/^     (-[[:alnum:]])[^,]*, --([[:alnum:]-]+).*/\1 \2/p; s/^     --([[:alnum:]-]+).*/--\1 \1/p' page)
}

@test "options: --help, man page, synopsis and source list the same" {
	local path command

	for path in "$root"/cmd/botify-*.c; do
		command=${path##*/}
		command=${command%.c}
		echo "$command"
		mandoc -T utf8 "$root/man/$command.1" | sed $'s/.\b//g' >page
		options_of_source "$command" >options
		[ -s options ]
		options_of_help "$command" | diff options -
		options_of_page | diff options -
		check_synopsis
	done
}
