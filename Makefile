# botify: see README. The targets that people use stand first.
#
#   make            build the commands into build/
#   make pgo        build into build-pgo/ by a profile from the demo: quicker (with gcc; make install BUILD=build-pgo)
#   make demo       an experiment from end to end, with its report
#   make test       all tests; `make test-asan` runs the same suite under ASan and UBSan
#   make test-failing the same commands with each call for memory and each system call failing in turn (some minutes)
#   make mutants    which small mistakes no test would notice: MUTANTS=20 of them, by MUTANTS_SEED=1
#   make test-stats how often each statistical method, and each report, cries wolf (a minute and a half)
#   make test-signals SIGNALS=1000 at random moments, to the simulator, the recommender or both (a quarter of an hour)
#   make train-quality  how well botify-train ranks real listening (PLAYS=FILE)
#   make train-speed    how fast, beside numpy and scipy
#   make ope-truth      how near botify-evaluate policy comes to what the simulator knows (OPE_LOGS, OPE_SESSIONS)
#   make bench      speed, as ratios
#   make world      an invented world of full size in build/world
#   make install    PREFIX=/usr/local, DESTDIR as usual
#   make deps       install the Debian packages that are missing, or say which
#   make lint       what compilers, cppcheck, shellcheck and mandoc have to say
#   make fuzz       FUZZ_SECONDS=60 for each parser
#
# It prints a line for each file; with V=1, the commands.

PREFIX ?= /usr/local
CC ?= cc
CFLAGS ?= -O3 -g
LDFLAGS ?=
BUILD ?= build

VERSION = 0.1.0
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
# -ffp-contract=off: the same seed gives the same bytes on every machine. -fno-math-errno: nobody asks, and rounding is one
# instruction then.
OUR_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DBOTIFY_VERSION='"$(VERSION)"' $(INCLUDES) $(WARNINGS) -ffp-contract=off -fno-math-errno -MMD -MP
INCLUDES = -Ilib -Itests
LIBS = -ljansson -lgsl $(BLAS) -lz -lzstd -lm
BLAS = -lopenblas

# The commands, not the tests, are optimized as a whole where CFLAGS ask for speed (-O2, -O3) and the compiler can; LTO= is
# for without. Objects hold both forms, so that any linker and archiver will do.
ifneq ($(filter -O2 -O3,$(CFLAGS)),)
LTO_TRY = -flto=auto -ffat-lto-objects
LTO ?= $(shell echo 'int main(void) { return 0; }' | $(CC) $(LTO_TRY) -Werror -o /dev/null -x c - 2>/dev/null && echo '$(LTO_TRY)')
LTO := $(LTO)
endif
NO_LTO = $(if $(LTO),-fno-lto)

COMMANDS = $(patsubst cmd/%.c,$(BUILD)/%,$(wildcard cmd/botify-*.c))
LIB = $(BUILD)/libbotify.a
LIB_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard lib/*.c lib/*/*.c)))
UNIT_TESTS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c tests/unit/*/*.c))
STATS_TESTS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/stats/*.c))
SHIM = $(BUILD)/tests/shim/fail_nth.so $(BUILD)/tests/shim/fail_each
LISTENERS = $(patsubst tests/listener/%.c,$(BUILD)/tests/listener/botify-sim-%,$(wildcard tests/listener/*.c))
FUZZERS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))

# Before a command: what is printed instead of it, unless nothing is (make -s).
silent = $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V),,@$(if $(silent),,printf '  %-7s %s\n' $1 $2;))
MAKEFLAGS += --no-print-directory

all: $(COMMANDS)

# An object lies where its source does, below $(BUILD).
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(OUR_CFLAGS) $(CFLAGS) $(LTO) -c -o $@ $<

$(LIB): $(LIB_OBJECTS)
	@rm -f $@
	$(call say,AR,$@)$(AR) rcs $@ $^

$(BUILD)/botify-%: $(BUILD)/cmd/botify-%.o $(BUILD)/cmd/command.o $(BUILD)/cmd/options.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LTO) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LIBS)

# Their modes, or their options, are files of their own.
$(BUILD)/botify-abtest: $(BUILD)/cmd/abtest-options.o
$(BUILD)/botify-toppop: $(BUILD)/cmd/toppop-options.o
$(BUILD)/botify-evaluate: $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/evaluate*.c))
$(BUILD)/botify-train: $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/train-*.c))

# A person's lines are edited by libedit.
$(BUILD)/botify-sim $(UNIT_TESTS) $(LISTENERS): LIBS += -ledit

# What GSL refers to but botify-abtest never calls need not be quick; OpenBLAS starts a thread for each processor.
$(BUILD)/botify-abtest: BLAS = -lgslcblas

$(UNIT_TESTS) $(STATS_TESTS): %: %.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LIBS)

unit: $(UNIT_TESTS) $(SHIM) $(LISTENERS)

# botify-sim with another listener than that of the library, which is not linked then.
$(BUILD)/tests/listener/botify-sim-%: $(BUILD)/tests/listener/%.o $(BUILD)/cmd/botify-sim.o $(BUILD)/cmd/command.o $(BUILD)/cmd/options.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/shim/%.so: tests/shim/%.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(OUR_CFLAGS) $(CFLAGS) -fPIC -shared $(LDFLAGS) -o $@ $<

$(BUILD)/tests/shim/fail_each: tests/shim/fail_each.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(OUR_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

test-stats: $(STATS_TESTS)
	for program in $^; do $$program || exit 1; done

# The same words for every tool that looks for mistakes.
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_SECONDS ?= 60
EXAMPLES = $(wildcard examples/*/*)
SCRIPTS = $(foreach name,nightly published tops course days,examples/$(name)/$(name)) examples/lib/story.sh .ci/run tests/run tests/deps tests/lint-man tests/lint-rooms tests/mutants tests/run-examples tests/signals tests/ope-truth data/demo $(wildcard tests/bench tests/*.bats)
MAN = $(wildcard man/*.[157])

# What is missing is installed, or told, before the compiler stumbles over it.
test:
	tests/deps build test
	$(MAKE) all unit
	BOTIFY_BIN='$(abspath $(BUILD))' tests/run

SIGNALS ?= 1000

test-signals: all
	BOTIFY_BIN='$(abspath $(BUILD))' tests/signals '$(SIGNALS)'

test-asan:
	$(MAKE) test BUILD=build-asan CFLAGS='-O1 -g $(SANITIZE)'

# The tests let some calls fail; this lets all.
test-failing:
	$(MAKE) all unit
	BOTIFY_BIN='$(abspath $(BUILD))' FAIL_SAMPLE=0 TEST_TIMEOUT=3600 tests/run failing

# Not part of the tests: each mistake takes a build and, where it is hard to notice, a run of them all.
MUTANTS ?= 20
MUTANTS_SEED ?= 1
mutants:
	tests/mutants $(MUTANTS) $(MUTANTS_SEED)

deps:
	tests/deps build test

lint:
	tests/deps --check build lint
	$(MAKE) all unit BUILD=build-lint/cc CFLAGS='-O3 -Werror'
	if command -v clang >/dev/null; then $(MAKE) all unit BUILD=build-lint/clang CC=clang CFLAGS='-O2 -Werror'; fi
	for header in $(wildcard lib/*.h lib/*/*.h) cmd/*.h; do $(CC) $(OUR_CFLAGS) -MF /dev/null -Werror -fsyntax-only -x c $$header || exit 1; done
	cppcheck -q --enable=warning,style,performance,portability --inline-suppr --suppressions-list=tests/cppcheck \
		--error-exitcode=1 -j2 $(INCLUDES) -D_GNU_SOURCE lib cmd tests/unit tests/shim tests/stats tests/fuzz
	shellcheck -x -e SC2030,SC2031 $(SCRIPTS) # which take what bats' own `run` sets for lost
	tests/lint-man $(MAN)
	tests/lint-rooms

# A short look for inputs that crash a parser: each of tests/fuzz for FUZZ_SECONDS. What it finds is left in build-fuzz/.
fuzz:
	$(MAKE) fuzzers BUILD=build-fuzz CC=clang CFLAGS='-O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link'
	for f in $(patsubst $(BUILD)/%,build-fuzz/%,$(FUZZERS)); do \
		seeds=tests/fuzz/seeds/$$(basename $$f); mkdir -p $$f.corpus; \
		$$f -max_total_time=$(FUZZ_SECONDS) -max_len=8192 -timeout=10 -verbosity=0 -print_final_stats=1 \
			-artifact_prefix=$$f- $$f.corpus $$([ -d $$seeds ] && echo $$seeds) || exit 1; \
	done

fuzzers: $(FUZZERS)

$(FUZZERS): %: %.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

demo:
	tests/deps build
	$(MAKE) all
	BOTIFY_BIN='$(abspath $(BUILD))' data/demo '$(BUILD)/demo'

pgo:
	rm -rf build-pgo
	$(MAKE) all BUILD=build-pgo CFLAGS='$(CFLAGS) -fprofile-generate -fprofile-update=prefer-atomic'
	BOTIFY_BIN='$(abspath build-pgo)' data/demo build-pgo/demo >/dev/null
	find build-pgo -name '*.o' -exec rm {} + && rm -f build-pgo/libbotify.a build-pgo/botify-*
	$(MAKE) all BUILD=build-pgo CFLAGS='$(CFLAGS) -fprofile-use -fprofile-partial-training -Wno-missing-profile'

bench: all $(BUILD)/tests/measure
	PATH='$(abspath $(BUILD))/tests':"$$PATH" BOTIFY_BIN='$(abspath $(BUILD))' tests/bench

$(BUILD)/tests/measure: tests/measure.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(OUR_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

PLAYS ?= ../shared/world/plays.tsv

train-quality: $(BUILD)/tests/train-quality
	$< '$(PLAYS)'

train-speed: $(BUILD)/tests/train-speed
	tests/train-speed $<

OPE_LOGS ?= 200
OPE_SESSIONS ?= 10000

ope-truth: all $(BUILD)/tests/ope-truth
	BOTIFY_BIN='$(abspath $(BUILD))' tests/ope-truth '$(BUILD)/tests/ope-truth' '$(OPE_LOGS)' '$(OPE_SESSIONS)'

$(BUILD)/tests/train-quality $(BUILD)/tests/train-speed $(BUILD)/tests/ope-truth: %: %.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(NO_LTO) $(LDFLAGS) -o $@ $^ $(LIBS)

world: $(BUILD)/botify-world
	$(BUILD)/botify-world $(BUILD)/world

install: all
	install -d '$(DESTDIR)$(PREFIX)/bin' $(foreach n,1 5 7,'$(DESTDIR)$(PREFIX)/share/man/man$(n)')
	install $(COMMANDS) '$(DESTDIR)$(PREFIX)/bin'
	for page in $(MAN); do install -m 644 $$page '$(DESTDIR)$(PREFIX)/share/man/man'$${page##*.} || exit 1; done
	for file in $(EXAMPLES); do \
		install -d '$(DESTDIR)$(PREFIX)/share/doc/botify/'$${file%/*} || exit 1; \
		install -m $$(test -x $$file && echo 755 || echo 644) $$file '$(DESTDIR)$(PREFIX)/share/doc/botify/'$$file || exit 1; \
	done

uninstall:
	rm -f $(foreach c,$(notdir $(COMMANDS)),'$(DESTDIR)$(PREFIX)/bin/$(c)')
	for page in $(MAN); do rm -f '$(DESTDIR)$(PREFIX)/share/man/man'$${page##*.}/$${page##*/}; done
	rm -rf '$(DESTDIR)$(PREFIX)/share/doc/botify'

clean:
	rm -rf build build-asan build-fuzz build-lint build-pgo

.PHONY: all unit test ope-truth mutants test-failing test-stats test-signals test-asan deps lint fuzz fuzzers demo pgo bench train-quality train-speed world install uninstall clean
.SECONDARY:

-include $(wildcard $(addprefix $(BUILD)/,*/*.d */*/*.d */*/*/*.d))
