#!/usr/bin/env bats
# What every command has to do. Commands are found by themselves ($bin/botify-*); what each needs to run stands here, once.
# Work is done in a directory with these files: tracks.ndjson, users.ndjson, tracks.npy, top.json, log.ndjson.
#
# shellcheck disable=SC2030,SC2031,SC2015 # tests are functions of their own; `fail` fails

# A minimal run that works, in `args`.
minimal() {
	case $1 in
	botify-world) args=(--n-tracks 50 --n-users 20 --dim 4 world) ;;
	botify-toppop) args=(log.ndjson) ;;
	botify-abtest) args=(log.ndjson) ;;
	botify-train) args=(user-tracks --model userknn --neighbours 5 --shrinkage 1 log.ndjson) ;;
	botify-recommend) args=(--tracks tracks.ndjson --policy random log.ndjson) ;;
	botify-sim) args=(--tracks tracks.ndjson --embeddings tracks.npy --users users.ndjson --agent random --sessions 3) ;;
	botify-split) args=(-n 2 -o shard. log.ndjson) ;;
	botify-evaluate) args=(ranking top.json log.ndjson) ;;
	*) return 1 ;;
	esac
}

# Commands that read events, and the options with which equal events give equal output; the log goes behind.
reading() {
	case $1 in
	botify-toppop) args=() ;;
	botify-abtest) args=(--format ndjson) ;;
	botify-train) args=(user-tracks --model als) ;;
	botify-recommend) args=(--tracks tracks.ndjson --no-latency) ;;
	botify-evaluate) args=(ranking --top top.json --format ndjson) ;;
	*) return 1 ;;
	esac
}

# Each way to name a file that is read, a line each.
files() {
	case $1 in
	botify-toppop)
		echo "FILE"
		echo "--merge FILE"
		echo "--tracks FILE log.ndjson"
		;;
	botify-abtest)
		echo "FILE"
		echo "--merge FILE"
		echo "--tracks FILE log.ndjson"
		echo "--covariate FILE log.ndjson"
		echo "--split FILE log.ndjson"
		;;
	botify-train)
		echo "similar --model itemknn FILE"
		echo "user-tracks --model userknn --tracks FILE log.ndjson"
		echo "embed FILE -o embeddings"
		echo "embed plays.tsv --names FILE -o embeddings"
		echo "project --tracks FILE -o projector tracks.npy"
		;;
	botify-world)
		echo "--from-embeddings tracks.npy --tracks tracks.ndjson --plays FILE world"
		echo "--from-embeddings tracks.npy --tracks FILE --plays plays.tsv world"
		echo "--from-embeddings FILE --tracks tracks.ndjson --plays plays.tsv world"
		;;
	botify-recommend)
		echo "--tracks FILE log.ndjson"
		echo "--tracks tracks.ndjson FILE"
		echo "--tracks tracks.ndjson --similar FILE log.ndjson"
		echo "--tracks tracks.ndjson --user-tracks FILE log.ndjson"
		echo "--tracks tracks.ndjson --top FILE log.ndjson"
		echo "--tracks tracks.ndjson --top NAME=FILE log.ndjson"
		echo "--tracks tracks.ndjson --experiments FILE log.ndjson"
		;;
	botify-split)
		echo "-n 2 -o shard. FILE"
		;;
	botify-evaluate)
		echo "ranking top.json FILE"
		echo "ranking --merge FILE"
		echo "ranking --tracks tracks.ndjson --top FILE log.ndjson"
		echo "ranking --tracks tracks.ndjson --similar NAME=FILE log.ndjson"
		echo "ranking --tracks tracks.ndjson --user-tracks FILE log.ndjson"
		echo "ranking --tracks FILE top.json log.ndjson"
		;;
	botify-sim)
		echo "--tracks FILE --embeddings tracks.npy --users users.ndjson --agent random"
		echo "--tracks tracks.ndjson --embeddings FILE --users users.ndjson --agent random"
		echo "--tracks tracks.ndjson --embeddings tracks.npy --users FILE --agent random"
		;;
	esac
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit
	for track in 0 1 2 3 4; do
		echo "{\"track\":$track,\"artist\":\"artist $((track / 2))\",\"title\":\"title $track\"}"
	done >tracks.ndjson
	for user in 0 1 2; do
		echo "{\"user\":$user,\"interests\":[$user,4],\"interest_neighbours\":2}"
	done >users.ndjson
	matrix >tracks.npy
	echo '[0,1,2]' >top.json
	printf '1\t0\t3\n1\t1\t2\n2\t1\t1\n2\t4\t5\n' >plays.tsv
	for user in 1 2 3 4 5 6 7 8; do
		arm=$([ $((user % 2)) = 0 ] && echo C || echo T1)
		head="\"timestamp\":170406720${user}000,\"user\":$user,\"track\":$((user % 5))"
		tail="\"latency\":0.00000$user,\"recommendation\":3,\"experiments\":{\"E\":\"$arm\"}"
		echo "{\"message\":\"next\",$head,\"time\":1,$tail}"
		echo "{\"message\":\"last\",$head,\"time\":0.$user$user,$tail}"
	done >log.ndjson
}

# Five rows of two floats, as NumPy writes them.
matrix() {
	printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 2), }"
	for _ in 1 2 3 4 5; do printf '\000\000\200\077\000\000\000\077'; done
}

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	man=$BATS_TEST_DIRNAME/../man
	PATH=$bin:$PATH
	cp -r "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || exit
}

# Calls "$@" with each command's name, and fails if it failed for one of them; the others still have their turn.
for_each() {
	local bad=0 path command
	for path in "$bin"/botify-*; do
		command=${path##*/}
		"$@" "$command" || { echo "^ $command"; bad=1; }
	done
	return $bad
}

# The first words of a command whose modes have options of their own.
modes() {
	case $1 in
	botify-evaluate) echo ranking policy log ;;
	botify-train) echo similar embed project ;;
	esac
}

# The same for each list of options that a command has: "$@" is called with its name and, of a mode, its first word.
for_each_mode() {
	for_each of_modes "$@"
}

of_modes() {
	local mode modes

	modes=$(modes "${*: -1}")
	[ -n "$modes" ] || "$@" || return
	for mode in $modes; do
		"$@" "$mode" || return
	done
}

for_each_reading() {
	for_each if_reading "$@"
}

if_reading() {
	local args command=${*: -1}
	! reading "$command" || "$@"
}

# The lines of the log, 2^$1 times, in the file `big`.
double_log() {
	cp log.ndjson big
	for _ in $(seq "$1"); do
		cat big big >twice
		mv twice big
	done
}

# Runs a command: exit status in $status, output in the files out and err. What hangs fails.
try() {
	status=0
	timeout -k 1 60 "$@" >out 2>err || status=$?
}

# Fails with a look at what happened.
fail() {
	echo "$1: exit status $status"
	head -c 500 out
	head -c 500 err
	return 1
}

@test "contract: every command has its line in this file" {
	known() { minimal "$1"; }
	for_each known
}

@test "contract: a minimal run works" {
	works() {
		minimal "$1" || return
		try "$1" "${args[@]}"
		[ "$status" = 0 ] || fail "${args[*]}"
	}
	for_each works
}

@test "contract: --help and --version" {
	informs() {
		for option in --help -h; do
			try "$1" $option
			[ "$status" = 0 ] && [ ! -s err ] && [[ $(head -n 1 out) == "Usage: $1 "* ]] || fail $option || return
		done
		for option in --version -V; do
			try "$1" $option
			[ "$status" = 0 ] && [ ! -s err ] && [[ $(cat out) =~ ^$1\ \(botify\)\ [0-9]+\.[0-9]+\.[0-9]+$ ]] ||
				fail $option || return
		done
	}
	for_each informs
}

@test "contract: a mistake on the command line is told, with status 2" {
	refuses() {
		for wrong in --no-such-option -@ --help=yes; do
			try "$1" "$wrong"
			[ "$status" = 2 ] && [ ! -s out ] && [[ $(head -n 1 err) == "$1: "*"${wrong%=yes}"* || $wrong = -@ ]] ||
				fail "$wrong" || return
			[[ $(head -n 1 err) == "$1: "* ]] || fail "$wrong" || return
		done
	}
	for_each refuses
}

# Options that have no effect beside others: the command line, and what is said of it.
without_effect() {
	local option
	case $1 in
	botify-abtest)
		for option in --control=C --split=C=1 --alpha=0.1 --lift=fieller --adjust=holm --primary=time --cap=99% --covariate=users \
			--sequential --tune=5 --power --mde=1 --aa=10 --format=json --spreadsheet; do
			echo "--partial $option log.ndjson: ${option%%=*} has no effect on a part; give it to the run that merges"
		done
		echo "--merge --partial --alpha=0.1 log.ndjson: --alpha has no effect on a part; give it to the run that merges"
		echo "--merge --threads 1 log.ndjson: --threads has no effect with --merge"
		for option in ndjson csv prometheus; do
			for what in --power --mde=1 --quantiles=0.5 --days --sources --tracks=tracks.ndjson --aa=10; do
				echo "--format $option $what log.ndjson: ${what%%=*} has no effect on --format $option, which has effects only"
			done
		done
		echo "--tune 10000 log.ndjson: --tune is for --sequential"
		echo "--spreadsheet log.ndjson: --spreadsheet is for --format csv"
		;;
	botify-toppop)
		for option in --format=json --format=table --limit=3 -n3 --tracks=tracks.ndjson; do
			case $option in -n3) what=--limit ;; *) what=${option%%=*} ;; esac
			echo "--partial $option log.ndjson: $what has no effect on a part; give it to the run that merges"
		done
		echo "--partial --experiment E --by-arm log.ndjson: --by-arm has no effect on a part; give it to the run that merges"
		echo "--merge --threads 1 log.ndjson: --threads has no effect with --merge"
		;;
	botify-world)
		echo "--plays plays.tsv world: --plays is for --from-embeddings"
		echo "--tracks tracks.ndjson world: --tracks is for --from-embeddings"
		for what in --n-tracks=5 --dim=2; do
			echo "--from-embeddings tracks.npy --tracks tracks.ndjson --plays plays.tsv $what world: ${what%%=*} has no effect with --from-embeddings, which are given"
		done
		;;
	botify-sim)
		for option in random oracle console; do
			for what in --timeout=5 --in-flight=256; do
				echo "$world --agent $option $what: ${what%%=*} has no effect with --agent, which plays one session at a time"
			done
		done
		;;
	botify-train)
		for what in --liked=0.5 --per-artist=2 --model=ease --limit=3 --unheard --tune --factors=3; do
			echo "session --tracks tracks.ndjson -o model $what log.ndjson: ${what%%=*} is not for session"
		done
		for with in "similar --model ease" "user-tracks --model ease --tracks tracks.ndjson"; do
			echo "$with --per-artist 2 log.ndjson: --per-artist is for similar, with --tracks, which tells artists"
		done
		echo "user-tracks --model ease --regularisation 5 --holdout 0.2 log.ndjson: --holdout has no effect where nothing is left to choose"
		echo "similar --model ease --unheard log.ndjson: --unheard is for user-tracks"
		echo "similar --model ease --factors 3 log.ndjson: --factors is not for ease"
		echo "embed -o made --noise 1 plays.tsv: --noise has no effect where an item is one track"
		echo "embed -o made --holdout 0.2 --epochs 1 --regularisation 1 --unobserved 1 plays.tsv: --holdout has no effect where nothing is left to choose"
		;;
	esac
}

@test "contract: an option without effect beside the others is refused" {
	world="--tracks tracks.ndjson --embeddings tracks.npy --users users.ndjson"
	refuses_vain() {
		without_effect "$1" | while IFS=: read -r arguments reason; do
			# shellcheck disable=SC2086
			try "$1" $arguments
			[ "$status" = 2 ] && [ ! -s out ] && [ "$(head -n 1 err)" = "$1:$reason" ] || fail "$arguments" || return
		done
	}
	for_each refuses_vain
}

# What a mistake is called: the words of getopt_long, and what was meant.
@test "contract: a long option with a typo is told with the nearest name" {
	suggests() {
		local name
		for name in $(in_table "$@"); do
			# one letter that is not in any name, at the end, and in place of another
			for wrong in "--${name}Q=5" "--${name:0:1}Q${name:2}"; do
				[ ${#name} -ge 4 ] || continue
				try "$@" "$wrong"
				[ "$status" = 2 ] && [ ! -s out ] && [ "$(wc -l <err)" = 2 ] &&
					[ "$(head -n 1 err)" = "$1: unrecognized option '$wrong'; did you mean '--$name'?" ] || fail "$wrong" || return
			done
		done
		try "$@" --zzzzzzzzzz
		[ "$(cat err)" = "$1: unrecognized option '--zzzzzzzzzz'"$'\n'"Try '$1 --help'." ] || fail nonsense
	}
	for_each_mode suggests
}

@test "contract: mistakes with options are told in the words of getopt_long" {
	tells() {
		local name
		try "$@" --version=5
		[ "$status" = 2 ] && [ "$(head -n 1 err)" = "$1: option '--version' doesn't allow an argument" ] || fail --version=5 || return
		try "$@" --vers=5
		[ "$status" = 2 ] && [ "$(head -n 1 err)" = "$1: option '--version' doesn't allow an argument" ] || fail --vers=5 || return
		try "$@" -@h
		[ "$status" = 2 ] && [ "$(head -n 1 err)" = "$1: invalid option -- '@'" ] || fail -@h || return
		name=$("$@" --help | sed -En 's/^ +(-[a-zA-Z], )?--([a-z-]+) [[A-Z].*/\2/p' | head -n 1)
		try "$@" "--$name"
		[ "$status" = 2 ] && [ "$(head -n 1 err)" = "$1: option '--$name' requires an argument" ] || fail "--$name"
	}
	for_each_mode tells
}

@test "contract: an abbreviation works where it stands for one option, and is refused where for several" {
	abbreviates() {
		local name n
		try "$@" --vers
		[ "$status" = 0 ] && [[ $(cat out) == "$1 (botify) "* ]] || fail --vers || return
		in_table "$@" >names
		for name in $(in_table "$@" | cut -c 1 | sort -u); do
			n=$(grep -c "^$name" names)
			[ "$n" -gt 1 ] && ! grep -qx "$name" names || continue
			try "$@" "--$name=0"
			[ "$status" = 2 ] && [[ $(head -n 1 err) == "$1: option '--$name=0' is ambiguous; possibilities: '--$name"* ]] &&
				[ "$(head -n 1 err | grep -o "'--" | wc -l)" = $((n + 1)) ] || fail "--$name=0" || return
			try "$@" "--$name"
			[ "$status" = 2 ] && [[ $(head -n 1 err) == "$1: option '--$name' is ambiguous; possibilities: '--$name"* ]] ||
				fail "--$name" || return
			try "$@" "--$name" 0
			[ "$status" = 2 ] && [[ $(head -n 1 err) == "$1: option '--$name' is ambiguous; possibilities: '--$name"* ]] ||
				fail "--$name 0" || return
		done
	}
	for_each_mode abbreviates
}

# The long options that --help explains.
in_help() {
	"$@" --help | sed -En 's/^ +(-[a-zA-Z], )?--([a-z-]+).*/\2/p' | sort
}

# Those that the man page explains, written `Fl Fl name` or `Fl -name`.
in_man() {
	sed -n '/^\.It/{ s/Fl Fl /Fl -/g; p; }' "$man/$1.1" | grep -o 'Fl -[a-z][a-z-]*' | sed 's/Fl -//' | sort -u
}

# Those that getopt_long knows: it lists them where "--=" is ambiguous.
in_table() {
	"$@" --= 2>&1 | grep -o "'--[a-z-]*'" | tr -d "'" | sed 's/^--//' | sort
}

@test "contract: --help lists the options that there are" {
	helps() {
		[ -n "$(in_table "$@")" ] || return
		diff <(in_help "$@") <(in_table "$@")
	}
	for_each_mode helps
}

@test "contract: the man page lists the options that there are" {
	agrees() {
		if [ ! -e "$man/$1.1" ]; then
			echo "there is no man/$1.1"
			return 1
		fi
		diff <(in_man "$1") <(of_modes in_table "$1" | sort -u)
	}
	for_each agrees
}

@test "contract: a missing file is named" {
	names_missing() {
		files "$1" | while read -r pattern; do
			# shellcheck disable=SC2086
			try "$1" ${pattern//FILE/nowhere/it}
			[ "$status" = 1 ] && [ ! -s out ] && [ "$(head -n 1 err)" = "$1: nowhere/it: No such file or directory" ] ||
				fail "$pattern" || return
		done
	}
	for_each names_missing
}

@test "contract: names do not command the terminal that messages are read on" {
	local hostile=$'no\e[2Jwhere\u009b\u202e\r\nbotify: all is well'
	local want="no?[2Jwhere????botify: all is well: No such file or directory"
	stays_tame() {
		files "$1" | while read -ra words; do
			try "$1" "${words[@]//FILE/$hostile}"
			[ "$status" = 1 ] && [ ! -s out ] && [ "$(head -n 1 err)" = "$1: $want" ] || fail "${words[*]}" || return
		done
	}
	for_each stays_tame
}

@test "contract: a directory is not a file" {
	mkdir directory
	refuses_directory() {
		files "$1" | while read -r pattern; do
			# shellcheck disable=SC2086
			try "$1" ${pattern//FILE/directory}
			[ "$status" = 1 ] && [ ! -s out ] && [ "$(head -n 1 err)" = "$1: directory: Is a directory" ] ||
				fail "$pattern" || return
		done
	}
	for_each refuses_directory
}

@test "contract: an empty input is no crash" {
	survives() {
		reading "$1"
		try "$1" "${args[@]}" /dev/null
		[ "$status" = 0 ] && [ ! -s err ] || { [ "$status" = 1 ] && [[ $(cat err) == "$1: "* ]]; } || fail empty
	}
	for_each_reading survives
}

# Whether the command in $1 makes of file $2 what it makes of the good log.
same_as_good() {
	reading "$1"
	"$1" "${args[@]}" log.ndjson >want
	try "$1" "${args[@]}" "$2"
	[ -s want ] && [ "$status" = 0 ] && [ ! -s err ] && diff want out || fail "$2"
}

@test "contract: no last newline, CRLF and blank lines are accepted" {
	head -c -1 log.ndjson >no-newline
	sed 's/$/\r/' log.ndjson >crlf
	sed 's/$/\n\n \t\r/' log.ndjson >blank
	printf '\r' | cat log.ndjson - >last-cr
	accepts() {
		for file in no-newline crlf blank last-cr; do
			same_as_good "$1" "$file" || return
		done
	}
	for_each_reading accepts
}

# Commands with the files that they read, a line each. FILE: one that an editor put a byte-order mark before.
marked() {
	case $1 in
	botify-toppop)
		echo "FILE.log"
		echo "--tracks FILE.tracks --format table log.ndjson"
		;;
	botify-abtest)
		echo "FILE.log"
		echo "--tracks FILE.tracks log.ndjson"
		echo "--covariate FILE.covariates log.ndjson"
		echo "--split FILE.split log.ndjson"
		;;
	botify-train)
		echo "user-tracks --model als FILE.log"
		echo "user-tracks --model userknn --neighbours 5 --shrinkage 1 --tracks FILE.tracks log.ndjson"
		;;
	botify-recommend)
		set -- "--no-latency --tracks tracks.ndjson"
		echo "$1 FILE.log"
		echo "--no-latency --tracks FILE.tracks log.ndjson"
		echo "$1 --policy similar --similar FILE.similar log.ndjson"
		echo "$1 --policy collaborative --user-tracks FILE.user-tracks log.ndjson"
		echo "$1 --policy toppop:1 --top FILE.top log.ndjson"
		echo "$1 --experiments FILE.experiments log.ndjson"
		echo "$1 --state FILE.state log.ndjson"
		;;
	botify-sim)
		echo "--tracks FILE.tracks --embeddings tracks.npy --users users.ndjson --sessions 3 --agent random"
		echo "--tracks tracks.ndjson --embeddings tracks.npy --users FILE.users --sessions 3 --agent random"
		;;
	esac
}

# Makes files plain.*, one for each ending in what `marked` lists.
make_plain() {
	cp log.ndjson plain.log
	cp tracks.ndjson plain.tracks
	cp users.ndjson plain.users
	echo '{"user":1,"value":2}' >plain.covariates
	echo '{"track":1,"recommendations":[2]}' >plain.similar
	echo '{"user":1,"tracks":[2]}' >plain.user-tracks
	echo '[2]' >plain.top
	echo '{"experiments":[{"name":"F","arms":["A","B"]}]}' >plain.experiments
	echo '{"experiments":[{"name":"E","arms":["C","T1"],"weights":{"C":2,"T1":1}}]}' >plain.split
	printf '{"botify-state":1}\n{"user":1,"sessions":7}\n' >plain.state
}

# Whether the command $2 makes of the files $1.* what it makes of plain.*
reads_as_plain() {
	marked "$2" | while read -r pattern; do
		make_plain
		# shellcheck disable=SC2086
		"$2" ${pattern//FILE/plain} >want 2>/dev/null
		# shellcheck disable=SC2086
		try "$2" ${pattern//FILE/$1}
		[ -s want ] && [ "$status" = 0 ] && diff want out || fail "$pattern" || return
	done
}

@test "contract: a byte-order mark is passed over" {
	local file
	make_plain
	for file in plain.*; do
		printf '\357\273\277' | cat - "$file" >"bom.${file#plain.}"
	done
	for_each reads_as_plain bom
}

@test "contract: what is compressed is read as what it was, whatever its name" {
	local file
	make_plain
	for file in plain.*; do
		# two members, and two frames
		{ head -n 1 "$file" | gzip; tail -n +2 "$file" | gzip; } >"first.${file#plain.}"
		{ head -n 1 "$file" | zstd; tail -n +2 "$file" | zstd; } >"second.${file#plain.}"
	done
	for_each reads_as_plain first
	for_each reads_as_plain second
}

@test "contract: what is compressed comes through pipes too" {
	reads_packed() {
		reading "$1"
		"$1" "${args[@]}" log.ndjson >want
		for tool in gzip zstd; do
			"$tool" -c log.ndjson | "$1" "${args[@]}" | diff want - && "$1" "${args[@]}" - < <("$tool" -c log.ndjson) | diff want - &&
				"$1" "${args[@]}" <("$tool" -c log.ndjson) | diff want - || fail "$tool" || return
		done
	}
	for_each_reading reads_packed
}

@test "contract: what is compressed and cut off is told with the line, and so is what cannot be unpacked" {
	gzip -c log.ndjson | head -c 40 >log.gz
	zstd -c log.ndjson | head -c 40 >log.zst
	gzip -c log.ndjson | zstd >twice
	echo 'botify-recommend --tracks tracks.ndjson --state FILE log.ndjson' >further
	tells_damage() {
		{ files "$1"; sed -n "s/^$1 //p" further; } | while read -r pattern; do
			for file in log.gz log.zst twice; do
				case $pattern,$file in
				*embeddings\ FILE*,log.gz) want="compressed by gzip; give the output of zcat" ;;
				*embeddings\ FILE*) want="compressed by zstd; give the output of zstdcat" ;;
				*,twice) want="compressed twice: compressed by gzip; give the output of zcat" ;;
				*) want="the (gzip|zstd) data is cut off: its end is missing" ;;
				esac
				# shellcheck disable=SC2086
				try "$1" ${pattern//FILE/$file}
				[ "$status" = 1 ] && [ ! -s out ] && head -n 1 err | grep -qxE "$1: $file(:1)?: $want" ||
					fail "$pattern, $file" || return
			done
		done
	}
	for_each tells_damage
}

@test "contract: of a log that is compressed and cut off, the events before are read" {
	{ gzip -c log.ndjson; gzip -c log.ndjson | head -c 100; } >cut.gz
	{ zstd -c log.ndjson; zstd -c log.ndjson | head -c 100; } >cut.zst
	for file in cut.gz cut.zst; do
		try botify-toppop "$file"
		[ "$status" = 1 ]
		botify-toppop log.ndjson | diff - out
		grep -qxE "botify-toppop: $file:17: the (gzip|zstd) data is cut off: its end is missing" err
	done
}

@test "contract: standard input, - and several files" {
	head -n 5 log.ndjson >one
	tail -n +6 log.ndjson >two
	reads() {
		reading "$1"
		"$1" "${args[@]}" log.ndjson >want
		[ -s want ] && "$1" "${args[@]}" <log.ndjson | diff want - && "$1" "${args[@]}" - <log.ndjson | diff want - &&
			"$1" "${args[@]}" one two | diff want - && "$1" "${args[@]}" one - <two | diff want - &&
			"$1" "${args[@]}" -- one two | diff want -
	}
	for_each_reading reads
}

# What was said of each line on standard error, without what a report on few of them begins with.
of_lines() {
	grep -v ': Do not trust this yet: ' err
}

# Puts a bad line third into the log, and wants it named, the others kept, and exit status 1.
keeps_good_lines() {
	local bad=$1 command=$2
	reading "$command"
	"$command" "${args[@]}" log.ndjson >want
	{ head -n 2 log.ndjson; cat "$bad"; echo; tail -n +3 log.ndjson; } >mixed
	try "$command" "${args[@]}" mixed
	[ -s want ] && grep -v '^{"error":' out | diff want - && [ "$status" = 1 ] && [[ $(cat err) == "$command: mixed:3: "* ]] ||
		fail "$bad" || return
	[ "$(of_lines | grep -c .)" = 1 ] || fail "$bad"
}

@test "contract: a malformed line is named, and the others are kept" {
	echo -n 'junk' >junk
	echo -n '{"message":"next","user":1}' >missing
	echo -n '[]' >array
	echo -n '{"message":"next","user":1,"track":1,"time":0.5}{}' >two-objects
	echo -n '{"message":"next","user":1,"user":1,"track":1,"time":0.5}' >duplicate
	printf '{"message":"next","user":1,"track":1,"time":0.5\0}' >nul
	printf '{"message":"next","user":1,"track":1,"time":0.5}\0' >nul-behind
	printf '{"message":"next","user":1,"track":1,"time":0.5,"source":"\377"}' >not-utf8
	head -c 100000 /dev/zero | tr '\0' '[' >deep
	for bad in junk missing array two-objects duplicate nul nul-behind not-utf8 deep; do
		for_each_reading keeps_good_lines $bad
	done
}

@test "contract: a line that is too long is named, and the others are kept" {
	head -c 17000000 /dev/zero | tr '\0' x >long
	for_each_reading keeps_good_lines long
}

@test "contract: a line that was cut off at the end is named" {
	head -c -20 log.ndjson >"cut"
	names() {
		reading "$1"
		try "$1" "${args[@]}" <"cut"
		[ "$status" = 1 ] && [[ $(cat err) == "$1: standard input:16: cut off before its end: "* ]] || fail cut
		# and so where another run went on in a new line
		{ head -c -20 log.ndjson; echo; head -n 2 log.ndjson; } >again
		try "$1" "${args[@]}" again
		[ "$status" = 1 ] && [[ $(cat err) == "$1: again:16: cut off before its end: "* ]] || fail again || return
		[ "$(of_lines | wc -l)" = 1 ]
	}
	for_each_reading names
	names_in_tables() {
		files "$1" | grep -vE -e '--(embeddings|from-embeddings|names|top|experiments|split|merge) ([A-Z]*=)?FILE' | while read -r pattern; do
			for text in '{"track":1,"artist":"b' '{"track":1,"artist":{"c":2}'; do
				echo "$text" >table
				# shellcheck disable=SC2086
				try "$1" ${pattern//FILE/table}
				[ "$status" = 1 ] && grep -q "^$1: table:1: cut off before its end: " err || fail "$pattern" || return
			done
		done
	}
	for_each names_in_tables
}

@test "contract: of many malformed lines the first ten are shown, then a count" {
	{ cat log.ndjson; for _ in $(seq 30); do echo junk; done; } >many
	shows() {
		reading "$1"
		try "$1" "${args[@]}" many
		[ "$status" = 1 ] && [ "$(grep -c "^$1: many:[0-9]*: " err)" = 10 ] || fail many || return
		[ "$(of_lines | wc -l)" = 11 ] && of_lines | tail -n 1 | grep -Eq '\b(20|30)\b' || fail many
	}
	for_each_reading shows
}

# Commands that read logs, and may be told that some lines are bad.
for_each_tolerant() {
	for_each_reading if_tolerant "$@"
}

if_tolerant() {
	[ "${*: -1}" = botify-recommend ] || "$@"
}

@test "contract: as many bad lines as are allowed do not fail" {
	{ head -n 3 log.ndjson; echo junk; tail -n +4 log.ndjson; echo junk; } >bad
	tolerates() {
		reading "$1"
		"$1" "${args[@]}" bad >want 2>said || true
		for allowed in 2 3 11.2% 100%; do
			try "$1" "${args[@]}" --bad-lines $allowed bad
			[ "$status" = 0 ] && diff want out && diff <(head -n 2 said) <(head -n 2 err) || fail $allowed || return
			# what else is said, is said as well
			diff <(tail -n +3 said) <(tail -n +4 err) || fail $allowed || return
			[ "$(sed -n 3p err)" = "$1: 2 of 18 lines are not events and were left out, as --bad-lines allows" ] ||
				fail "$allowed" || return
		done
		for allowed in 1 11.1%; do
			try "$1" "${args[@]}" --bad-lines $allowed bad
			[ "$status" = 1 ] && diff want out || fail $allowed || return
			[ "$(sed -n 3p err)" = "$1: 2 of 18 lines are not events and were left out, more than --bad-lines allows" ] ||
				fail "$allowed" || return
		done
		try "$1" "${args[@]}" --bad-lines 0 bad
		[ "$status" = 1 ] && diff want out && diff said err || fail 0 || return
		# a file that is missing is not a line
		try "$1" "${args[@]}" --bad-lines 100% bad nowhere
		[ "$status" = 1 ] && diff want out || fail nowhere || return
		# where all is bad there is nothing to tell of
		echo junk >junk
		try "$1" "${args[@]}" --bad-lines 100% junk
		[ "$status" = 1 ] && [ ! -s out ] || fail junk || return
		try "$1" "${args[@]}" --bad-lines many bad
		[ "$status" = 2 ] && [ "$(head -n 1 err)" = \
			"$1: --bad-lines takes a number of lines or a share of them, as 7 or 0.1%, not 'many'" ] || fail many
	}
	for_each_tolerant tolerates
}

@test "contract: a full disk is an error" {
	[ -c /dev/full ] || skip "no /dev/full"
	notices() {
		for option in --help --version; do
			status=0
			"$1" $option >/dev/full 2>err || status=$?
			[ "$status" = 1 ] && [[ $(cat err) == "$1: "*"No space left on device" ]] || fail $option || return
		done
		minimal "$1"
		"$1" "${args[@]}" >out 2>/dev/null
		[ -s out ] || return 0
		status=0
		timeout -k 1 60 "$1" "${args[@]}" >/dev/full 2>err || status=$?
		[ "$status" = 1 ] && grep -q "^$1: .*No space left on device" err || fail "${args[*]}"
	}
	for_each notices
}

# Runs a command with some of the standard descriptors closed, given as "0 1 2"; the others as in `try`. A shell closes
# them one by one, and bats holds some open, so Perl does it.
try_without() {
	local closed=$1
	shift
	status=0
	# shellcheck disable=SC2016 # it is Perl
	timeout -k 1 20 perl -MPOSIX -e 'POSIX::close($_) for split / /, shift; exec @ARGV' "$closed" "$@" \
		<log.ndjson >out 2>err || status=$?
}

@test "contract: a closed standard input is told where it is read" {
	reads_nothing() {
		reading "$1"
		try_without 0 "$1" "${args[@]}"
		[ "$status" = 1 ] && [ ! -s out ] || fail "<&-" || return
		[ "$(head -n 1 err)" = "$1: standard input: Bad file descriptor" ] || fail "<&-" || return
		"$1" "${args[@]}" log.ndjson >want
		try_without 0 "$1" "${args[@]}" log.ndjson
		[ "$status" = 0 ] && cmp out want || fail "log.ndjson <&-"
	}
	for_each_reading reads_nothing
}

@test "contract: a closed standard output is told where it is written" {
	writes_nothing() {
		minimal "$1"
		"$1" "${args[@]}" >want 2>/dev/null
		for closed in 1 "0 1"; do
			try_without "$closed" "$1" "${args[@]}"
			if [ -s want ]; then
				[ "$status" = 1 ] && grep -q "^$1: standard output: Bad file descriptor$" err ||
					fail "$closed closed" || return
			else
				[ "$status" = 0 ] || fail "$closed closed" || return
			fi
		done
		try_without 1 "$1" --help
		[ "$status" = 1 ] && [ "$(cat err)" = "$1: standard output: Bad file descriptor" ] || fail "--help >&-"
	}
	for_each writes_nothing
}

@test "contract: with closed standard descriptors nothing lands in a file, and what could not be told is a failure" {
	{ cat log.ndjson; echo junk; } >mixed
	cannot_tell() {
		reading "$1"
		"$1" "${args[@]}" log.ndjson >want
		for closed in 2 "0 2"; do
			try_without "$closed" "$1" "${args[@]}" mixed
			[ "$status" = 1 ] && [ ! -s err ] && diff want <(grep -v '^{"error' out) ||
				fail "$closed closed" || return
		done
		try_without "0 1 2" "$1" "${args[@]}" mixed
		[ "$status" = 1 ] && [ ! -s out ] && [ ! -s err ] || fail "all closed"
	}
	for_each_reading cannot_tell
	keeps_notes_out() {
		"$@" -o want log.ndjson
		for closed in 0 1 2 "0 1" "0 2" "1 2" "0 1 2"; do
			try_without "$closed" "$@" -o got mixed
			[ "$status" = 1 ] && diff want got || fail "$closed closed" || return
			rm got
			try_without "$closed" "$@" -o got log.ndjson
			[ "$status" = 0 ] && diff want got || fail "$closed closed, $*" || return
		done
	}
	keeps_notes_out botify-toppop
	keeps_notes_out botify-abtest --format csv
	# a note alone is no failure of the data, but one of its telling
	sed 's/"E":/"F":/' log.ndjson | head -n 4 | cat log.ndjson - >outside
	try botify-toppop --experiment E -o want outside
	[ "$status" = 0 ] && [ -s err ] || fail "a note"
	try_without 2 botify-toppop --experiment E -o got outside
	[ "$status" = 1 ] && cmp want got || fail "a note that nobody hears"
	# the summary of a simulation
	minimal botify-sim
	try_without 2 botify-sim "${args[@]}"
	[ "$status" = 1 ] || fail "a summary that nobody hears"
}

@test "contract: with closed standard descriptors a recommender does not mistake its own for them" {
	# <&- >&-: answers went into the pipe that signals are told through, half a state was saved
	try_without "0 1" botify-recommend --tracks tracks.ndjson --state state log.ndjson
	[ "$status" = 1 ] && [ "$(cat err)" = "botify-recommend: standard output: Bad file descriptor" ] || fail "0 1"
	[ "$(cat state)" = '{"botify-state":1}' ]
	minimal botify-sim
	world=(--tracks tracks.ndjson --embeddings tracks.npy --users users.ndjson)
	for closed in 0 1 "0 1"; do
		try_without "$closed" botify-sim "${args[@]/--agent/--in-flight}" # neither an agent nor a command
		[ "$status" = 2 ] || fail "$closed"
		try_without "$closed" botify-sim "${world[@]}"
		[ "$status" = 1 ] && grep -q "^botify-sim: standard .*put: Bad file descriptor$" err ||
			fail "wired, $closed closed"
		try_without "$closed" botify-sim "${world[@]}" --sessions 3 -- botify-recommend --tracks tracks.ndjson
		[ "$status" = "${closed/0 1/1}" ] || fail "with a command, $closed closed"
	done
}

@test "contract: a reader that goes away ends the run" {
	double_log 10
	ends() {
		minimal "$1"
		args=("${args[@]/%log.ndjson/big}")
		args=("${args[@]/#3/5000}")
		for n in 0 1; do
			timeout -k 1 60 "$1" "${args[@]}" 2>err | head -n $n >out
			status=${PIPESTATUS[0]}
			case $status in 0 | 1 | 141) ;; *) fail "| head -n $n" || return ;; esac
		done
	}
	for_each ends
}

@test "contract: an option behind the files is an option, behind -- it is a file" {
	takes() {
		reading "$1"
		try "$1" "${args[@]}" log.ndjson --version
		[ "$status" = 0 ] && [[ $(cat out) == "$1 (botify) "* ]] || fail "log.ndjson --version" || return
		try "$1" "${args[@]}" -- --version
		[ "$status" = 1 ] && [ "$(head -n 1 err)" = "$1: --version: No such file or directory" ] || fail "-- --version"
	}
	for_each_reading takes
}

@test "contract: botify-recommend answers each request before the next comes" {
	[ -x "$bin/botify-recommend" ] || skip "botify-recommend is not built"
	coproc pong { exec botify-recommend --tracks tracks.ndjson; }
	in=${pong[0]} out=${pong[1]} pid=$!
	for n in 1 2 3; do
		echo "{\"message\":\"next\",\"user\":$n,\"track\":1,\"time\":1}" >&"$out"
		read -r -t 20 reply <&"$in"
		[[ $reply == *"\"user\":$n,"*'"recommendation":'* ]]
	done
	echo "junk" >&"$out"
	read -r -t 20 reply <&"$in"
	[[ $reply == '{"error":'*'"line":4}' ]]
	# half a request is no request, until its end comes
	printf '{"message":"last","user":1,' >&"$out"
	if read -r -t 0.2 reply <&"$in"; then false; fi
	echo '"track":2,"time":0.5}' >&"$out"
	read -r -t 20 reply <&"$in"
	[[ $reply == *'"recommendation":null'* ]]
	exec {out}>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 1 ]
}

# Runs a command at a terminal where nothing but the end of the input is typed, after what is to be read from standard
# input here: exit status in $status, output in the files out and err. What hangs fails.
try_at_terminal() {
	local line
	printf -v line '%q ' "$@"
	status=0
	timeout -k 1 60 script -qec "$line >out 2>err" /dev/null >/dev/null || status=$?
}

@test "contract: a command that waits for the input of a terminal says so, once" {
	command -v script >/dev/null || skip "script is not installed"
	waits() {
		reading "$1"
		try_at_terminal "$1" "${args[@]}" </dev/null
		[ "$(head -n 1 err)" = "$1: reading from the terminal; Ctrl-D ends the input" ] || fail "${args[*]}" || return
		# also where it waits twice, and the end is typed twice
		try_at_terminal "$1" "${args[@]}" - log.ndjson - < <(printf '\004\004')
		[ "$status" -lt 124 ] && [ "$(grep -c 'from the terminal' err)" = 1 ] || fail "- log.ndjson -" || return
		# nothing is waited for
		try_at_terminal "$1" "${args[@]}" log.ndjson </dev/null
		[ ! -s err ] || fail log.ndjson
		try "$1" "${args[@]}" </dev/null
		! grep 'from the terminal' err || fail /dev/null
	}
	for_each_reading waits
	tables() {
		files "$1" | grep -v -e 'embeddings FILE' | while read -r pattern; do
			# shellcheck disable=SC2086
			try_at_terminal "$1" ${pattern//FILE/-} </dev/null
			[ "$(grep -c "^$1: reading from the terminal; Ctrl-D ends the input$" err)" = 1 ] || fail "$pattern" || return
		done
	}
	for_each tables
}

@test "contract: make install brings commands and man pages, make uninstall takes them away" {
	root=$BATS_TEST_DIRNAME/..
	# make knows no path with a space in it, so this one is seen from there
	make=(make -s -C "$root" "BUILD=$(realpath --relative-to="$root" "$bin")" "DESTDIR=$PWD/root" PREFIX=/usr)
	"${make[@]}" -q all || skip "the commands are not up to date"
	"${make[@]}" install
	installed() { [ -x "root/usr/bin/$1" ]; }
	for_each installed
	for page in "$root"/man/*.[157]; do
		cmp "$page" "root/usr/share/man/man${page##*.}/${page##*/}"
	done
	"${make[@]}" uninstall
	[ -z "$(find root -type f)" ]
}

@test "contract: make prints a line for each file, or the commands with V=1" {
	root=$BATS_TEST_DIRNAME/..
	made=$(realpath --relative-to="$root" "$PWD")/made
	object=$made/lib/base/slice.o
	[ "$(make -C "$root" --no-print-directory "BUILD=$made" "$object")" = "  CC      lib/base/slice.c" ]
	rm made/lib/base/slice.o
	make -C "$root" --no-print-directory "BUILD=$made" "$object" V=1 CFLAGS=-DSHOWN | grep -q -e '-DSHOWN .*-c -o '
	rm made/lib/base/slice.o
	[ -z "$(make -s -C "$root" "BUILD=$made" "$object")" ]
	[ -e made/lib/base/slice.o ]
}

# As bytes come late through a pipe, it is not known how many there will be.
@test "contract: who waits at a terminal sees how far reading has come" {
	command -v script >/dev/null || skip "script is not there"
	double_log 11
	cat >slow <<-'END'
		"$@" < <(cat log.ndjson; sleep 1.2; cat log.ndjson; sleep 0.4; cat big)
	END
	shows_progress() {
		reading "$1" || [ "$1" = botify-split ] || return 0
		[ "$1" = botify-recommend ] && return
		[ "$1" = botify-split ] && args=(-n 1 -o slow.)
		mkdir -p file
		(cd file && ln -sf ../log.ndjson ../big ../top.json . && bash ../slow "$1" "${args[@]}" 2>err >out) &
		script -qec "bash slow $1 ${args[*]} >out" /dev/null </dev/null >seen
		status=$?
		wait $!
		[ "$status" = 0 ] && grep -qE $'\r[0-9]+ MB read, [0-9]+ MB/s\033\\[K.*\r\033\\[K' seen || fail "$(cat -v seen)" || return
		# and not where that is a file
		[ ! -s file/err ] && cmp out file/out || fail file
	}
	for_each shows_progress
}

# Where each log is read apart, for a part or a state, it is still one wait.
@test "contract: progress is of all logs, also where they are told apart" {
	command -v script >/dev/null || skip "script is not there"
	double_log 12
	mkfifo one two
	for command in botify-abtest botify-toppop; do
		cat >slow <<-'END'
			(cat big; sleep 1.2; cat log.ndjson) >one && (cat log.ndjson; sleep 1.3; cat big) >two &
			$1 --partial one two >part
		END
		script -qec "bash slow $command" /dev/null </dev/null >seen
		grep -oE '[0-9]+ MB read' seen | cut -d ' ' -f 1 >megabytes
		[ "$(wc -l <megabytes)" -ge 2 ]
		sort -n -c megabytes || { cat -v seen; return 1; }
	done
}
