#!/usr/bin/env bats
# lib/npy against NumPy itself, both ways. The C side is the unit test, called with two file names.

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	for python in python3 /usr/bin/python3; do
		"$python" -c 'import numpy' 2>/dev/null && break
		python=
	done
	[ -n "$python" ] || skip "no NumPy"
	test_npy=$bin/tests/unit/text/test_npy
	[ -x "$test_npy" ] || skip "no unit tests in $bin (make unit)"
	cd "$BATS_TEST_TMPDIR" || exit
}

make_array() { # expression [version]
	"$python" - "$@" >in.npy <<'PYTHON'
import sys
import numpy as np

x = np.random.default_rng(1).normal(size=(7, 5))
version = eval(sys.argv[2]) if len(sys.argv) > 2 else None
np.lib.format.write_array(sys.stdout.buffer, eval(sys.argv[1]), version=version)
PYTHON
}

same_to_numpy() {
	"$python" -c '
import numpy as np
a, b = np.load("in.npy"), np.load("out.npy")
assert a.dtype == b.dtype and a.shape == b.shape and (a == b).all()'
}

@test "NumPy's files are read and written again, byte for byte" {
	for array in x 'x.astype("f4")' 'np.arange(12345.0 * 3).reshape(12345, 3)' 'np.ones((1, 1), "f4")'; do
		make_array "$array"
		"$test_npy" in.npy out.npy
		cmp in.npy out.npy
	done
}

@test "half floats are read, and are what NumPy makes floats of" {
	"$python" -c '
import numpy as np
every = np.arange(1 << 16, dtype="<u2").view("<f2")
np.save("in.npy", every[np.isfinite(every)].reshape(-1, 8))'
	"$test_npy" in.npy out.npy
	"$python" -c '
import numpy as np
a, b = np.load("in.npy").astype("f4"), np.load("out.npy")
assert b.dtype == "<f4" and a.shape == b.shape and (a.view("<u4") == b.view("<u4")).all()'
}

@test "the later versions of the format are read" {
	for version in '(2, 0)' '(3, 0)'; do
		make_array x "$version"
		"$test_npy" in.npy out.npy
		same_to_numpy
	done
}

refused() { # array reason
	make_array "$1"
	run "$test_npy" in.npy out.npy
	[ "$status" -eq 1 ]
	[[ $output == "in.npy: "*"$2"* ]]
}

@test "other arrays of NumPy are refused for what they are" {
	refused 'x.astype(">f4")' "big-endian byte order"
	refused 'x.astype(">f2")' "big-endian byte order"
	refused 'x.astype(int)' "type '<i8'"
	refused 'x.astype(complex)' "type '<c16'"
	refused 'x > 0' "type '|b1'"
	refused 'np.zeros((3, 2), [("a", "f4")])' "no simple type"
	refused 'np.asfortranarray(x)' "Fortran order"
	refused 'x[0]' "1 dimension"
	refused 'x[None]' "3 dimensions"
	refused 'x[:0]' "empty"
	refused 'np.where(x == x[3, 2], np.nan, x)' "row 3, column 2"
}
