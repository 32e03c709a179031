# botify: see README. The targets that people use stand first.
#
#   make            build the commands into build/
#   make demo       an experiment from end to end, with its report
#   make test       all tests; `make test-asan` runs the same suite under ASan and UBSan
#   make bench      speed, as ratios
#   make world      an invented world of full size in build/world
#   make install    PREFIX=/usr/local, DESTDIR as usual

PREFIX ?= /usr/local
CC ?= cc
CFLAGS ?= -O2 -g
LDFLAGS ?=
BUILD ?= build

VERSION = 0.1.0
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
# -ffp-contract=off: the same seed gives the same bytes on every machine
OUR_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DBOTIFY_VERSION='"$(VERSION)"' -Ilib $(WARNINGS) -ffp-contract=off -MMD -MP
LIBS = -ljansson -lgsl -lopenblas -lm

COMMANDS = $(patsubst cmd/%.c,$(BUILD)/%,$(wildcard cmd/botify-*.c))
LIB = $(BUILD)/libbotify.a
LIB_OBJECTS = $(patsubst lib/%.c,$(BUILD)/lib/%.o,$(wildcard lib/*.c))
UNIT_TESTS = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))

all: $(COMMANDS)

$(BUILD)/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/cmd/%.o: cmd/%.c
	@mkdir -p $(@D)
	$(CC) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CC) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

$(LIB): $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/botify-%: $(BUILD)/cmd/botify-%.o $(BUILD)/cmd/command.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(UNIT_TESTS): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

unit: $(UNIT_TESTS)

world: $(BUILD)/botify-world
	$(BUILD)/botify-world $(BUILD)/world

clean:
	rm -rf build build-asan build-fuzz

.PHONY: all unit world clean
.SECONDARY:

-include $(wildcard $(BUILD)/*/*.d)
