#include "text/npy.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"

/* A file that the test makes, in the directory of its own that main has made. */
#define FILE_NAME "m.npy"

static void write_bytes(const void *bytes, size_t n)
{
	FILE *f = fopen(FILE_NAME, "w");

	CHECK(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

/* A file with this version, header text and values. */
static void write_npy(int version, const char *header, const void *values, size_t size)
{
	size_t len = strlen(header), at = 8;
	static unsigned char file[1 << 17] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

	file[6] = (unsigned char)version;
	file[7] = 0;
	CHECK(12 + len + size <= sizeof file);
	for (int i = 0; i < (version == 1 ? 2 : 4); i++)
		file[at++] = (unsigned char)(len >> 8 * i);
	memcpy(file + at, header, len);
	if (size > 0)
		memcpy(file + at + len, values, size);
	write_bytes(file, at + len + size);
}

static const float six[] = {1, -2.5f, 3, 4, 5, 6};

static void check_six(int version, const char *header)
{
	struct npy m;
	struct errmsg e = {0};

	write_npy(version, header, six, sizeof six);
	CHECK(npy_load(&m, FILE_NAME, &e) == 0);
	CHECK_STR(e.text, "");
	CHECK(m.type == NPY_FLOAT32 && m.rows == 2 && m.columns == 3);
	CHECK(m.data && memcmp(m.data, six, sizeof six) == 0);
	npy_clear(&m);
}

static void check_refused(const char *why)
{
	struct npy m;
	struct errmsg e = {0};

	CHECK(npy_load(&m, FILE_NAME, &e) < 0);
	CHECK_STR(e.text, why);
	CHECK(m.data == NULL);
}

static void check_header_refused(const char *header, const char *why)
{
	write_npy(1, header, six, sizeof six);
	check_refused(why);
}

static void versions_and_spellings_are_read(void)
{
	check_six(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n");
	check_six(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n");
	check_six(3, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n");
	check_six(1, "{'shape':(2,3,),'fortran_order':False,'descr':'<f4'}");
	check_six(1, " { \"shape\" : ( 2L , 3L ) ,\n\"descr\" : \"<f4\" ,\t\"fortran_order\" : False } ");
}

static void what_is_no_npy_file_is_refused(void)
{
	check_refused(FILE_NAME ": No such file or directory");
	write_bytes("", 0);
	check_refused(FILE_NAME ": no .npy file (it does not begin with \\x93NUMPY)");
	write_bytes("{\"track\":0,\"artist\":\"\"}\n", 24);
	check_refused(FILE_NAME ": no .npy file (it does not begin with \\x93NUMPY)");
	write_bytes("\x93NUMPY\4\0\0\0\0\0", 12);
	check_refused(FILE_NAME ": version 4.0 of the .npy format is not known");
	write_bytes("\x93NUMPY\1\0\x40", 9);
	check_refused(FILE_NAME ": file ends within the header");
	write_bytes("\x93NUMPY\1\0\x40\0{'descr'", 18);
	check_refused(FILE_NAME ": file ends within the header");
	write_bytes("\x93NUMPY\2\0\0\0\0\x40", 12);
	check_refused(FILE_NAME ": the header is too long (1073741824 bytes)");
}

static void a_directory_is_refused(void)
{
	struct npy m;
	struct errmsg e;

	CHECK(npy_load(&m, ".", &e) < 0);
	CHECK_STR(e.text, ".: Is a directory");
}

static void broken_headers_are_refused(void)
{
	static const char *const no_dictionary[] = {
		"", "[]", "{", "{'descr': '<f4'", "{'descr' '<f4'}", "{'descr: 1", "{descr: '<f4'}", "{'de\\scr': 1}",
		"{'de\033[2Jscr': 1}", "{,}",
		"{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}",
	};
	static const char *const no_shape[] = {
		"{'shape': 6}", "{'shape': (2, 3}", "{'shape': (-2, 3)}", "{'shape': (2 3)}", "{'shape': (,)}",
		"{'shape': (2.0, 3)}", "{'shape': (2, 99999999999999999999)}",
	};

	for (size_t i = 0; i < sizeof no_dictionary / sizeof *no_dictionary; i++)
		check_header_refused(no_dictionary[i], FILE_NAME ": the header is not a dictionary");
	for (size_t i = 0; i < sizeof no_shape / sizeof *no_shape; i++)
		check_header_refused(no_shape[i], FILE_NAME ": 'shape' is not a tuple of sizes");
	check_header_refused("{}", FILE_NAME ": the header lacks 'descr'");
	check_header_refused("{'descr': '<f4', 'shape': (2, 3)}", FILE_NAME ": the header lacks 'fortran_order'");
	check_header_refused("{'descr': '<f4', 'fortran_order': False}", FILE_NAME ": the header lacks 'shape'");
	check_header_refused("{'fortran_order': 0}", FILE_NAME ": 'fortran_order' is neither True nor False");
	check_header_refused("{'colour': 1}", FILE_NAME ": key 'colour' in the header is unknown or comes twice");
	check_header_refused("{'shape': (2, 3), 'shape': (2, 3)}",
			     FILE_NAME ": key 'shape' in the header is unknown or comes twice");
	check_header_refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} x",
			     FILE_NAME ": something follows the dictionary in the header");
}

static void check_array_refused(const char *type, const char *order, const char *shape, const char *why)
{
	char header[256];

	snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", type, order, shape);
	check_header_refused(header, why);
}

static void other_arrays_are_refused(void)
{
	static const char *const types[] = {"<i8", "<i2", "<c8", "|b1", "<U7", "|O", "<f16"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		char why[256];

		snprintf(why, sizeof why, FILE_NAME ": the values are of type '%s'; "
			 "float16 ('<f2'), float32 ('<f4') or float64 ('<f8') is wanted",
			 types[i]);
		check_array_refused(types[i], "False", "(2, 3)", why);
	}
	check_array_refused(">f4", "False", "(2, 3)",
			    FILE_NAME ": the values are in big-endian byte order ('>f4'); '<f2', '<f4' or '<f8' is "
				      "wanted");
	check_array_refused(">f2", "False", "(2, 3)",
			    FILE_NAME ": the values are in big-endian byte order ('>f2'); '<f2', '<f4' or '<f8' is "
				      "wanted");
	check_array_refused("<f4", "True", "(2, 3)",
			    FILE_NAME ": the array is in Fortran order; C order, row after row, is wanted");
	check_array_refused("<f4", "False", "()",
			    FILE_NAME ": the array has 0 dimensions; 2 are wanted, a row for each track");
	check_array_refused("<f4", "False", "(6,)",
			    FILE_NAME ": the array has 1 dimension; 2 are wanted, a row for each track");
	check_array_refused("<f4", "False", "(1, 2, 3)",
			    FILE_NAME ": the array has 3 dimensions; 2 are wanted, a row for each track");
	check_array_refused("<f4", "False", "(0, 3)", FILE_NAME ": the array is empty (0 x 3)");
	check_array_refused("<f4", "False", "(3, 0)", FILE_NAME ": the array is empty (3 x 0)");
	check_array_refused("<f4", "False", "(4611686018427387904, 4)",
			    FILE_NAME ": the array is too large (4611686018427387904 x 4)");
	check_header_refused("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2, 3)}",
			     FILE_NAME ": the values have no simple type; '<f2', '<f4' or '<f8' is wanted");
	check_header_refused("{'descr': '', 'fortran_order': False, 'shape': (2, 3)}",
			     FILE_NAME ": the values have no simple type; '<f2', '<f4' or '<f8' is wanted");
}

static void a_wrong_length_is_refused(void)
{
	check_array_refused("<f4", "False", "(2, 4)", FILE_NAME ": file ends after 94 of 102 bytes");
	check_array_refused("<f8", "False", "(2, 3)", FILE_NAME ": file ends after 94 of 118 bytes");
	check_array_refused("<f4", "False", "(1, 3)",
			    FILE_NAME ": file goes on after the 82 bytes that its header announces");
}

/* Nothing tells how long a pipe is before it ends. */
static void a_truncated_pipe_is_refused(void)
{
	static const char header[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}";
	struct npy m;
	struct errmsg e;
	char name[32];
	int ends[2];

	CHECK(pipe(ends) == 0);
	CHECK(write(ends[1], "\x93NUMPY\1\0\x39\0", 10) == 10);
	CHECK(write(ends[1], header, strlen(header)) == 0x39);
	CHECK(write(ends[1], six, 8) == 8);
	close(ends[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
	CHECK(npy_load(&m, name, &e) < 0);
	CHECK(strstr(e.text, ": file ends after 75 of 91 bytes") != NULL);
	close(ends[0]);
}

static void values_that_are_not_finite_are_refused(void)
{
	double values[] = {1, 2, 3, 4, (double)INFINITY, 6};
	float floats[] = {1, 2, 3, NAN, 5, 6};

	write_npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}", values, sizeof values);
	check_refused(FILE_NAME ": row 1, column 1: the value is not finite");
	write_npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}", floats, sizeof floats);
	check_refused(FILE_NAME ": row 1, column 1: the value is not finite");
}

/* What sixteen bits stand for (IEEE 754-2008, binary16). */
static double half_value(unsigned bits)
{
	double sign = bits >> 15 ? -1 : 1, fraction = bits & 0x3ff;
	int exponent = bits >> 10 & 0x1f;

	if (exponent == 0x1f)
		return fraction > 0 ? (double)NAN : sign * (double)INFINITY;
	return sign * (exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25));
}

/* All that are finite, in one array; and that the others are refused as ever. */
static void half_floats_are_read_exactly(void)
{
	enum { FINITE = 65536 - 2 * 1024 };
	static const uint16_t others[] = {0x7c00, 0xfc00, 0x7c01, 0x7fff, 0xfe00, 0xffff};
	static uint16_t values[FINITE];
	struct npy m;
	struct errmsg e;
	size_t n = 0;

	for (unsigned bits = 0; bits <= UINT16_MAX; bits++)
		if (isfinite(half_value(bits)))
			values[n++] = (uint16_t)bits;
	CHECK(n == FINITE);
	write_npy(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (31744, 2)}", values, sizeof values);
	CHECK(npy_load(&m, FILE_NAME, &e) == 0 && m.type == NPY_FLOAT32 && m.rows == FINITE / 2 && m.columns == 2);
	for (size_t i = 0; m.data && i < FINITE; i++) {
		float got = ((const float *)m.data)[i];

		CHECK(got == half_value(values[i]) && !signbit(got) == (values[i] >> 15 == 0));
	}
	npy_clear(&m);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		uint16_t array[] = {0x3c00, 0xc000, 0, 1, others[i], 0x7bff};

		write_npy(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3)}", array, sizeof array);
		check_refused(FILE_NAME ": row 1, column 1: the value is not finite");
	}
	check_array_refused("<f2", "False", "(2, 4)",
			    FILE_NAME ": file goes on after the 86 bytes that its header announces");
	check_array_refused("<f2", "False", "(5, 4)", FILE_NAME ": file ends after 94 of 110 bytes");
}

static void check_round_trip(enum npy_type type, size_t rows, size_t columns, void *data, size_t size)
{
	struct npy written = {.type = type, .rows = rows, .columns = columns, .data = data}, read;
	struct errmsg e = {0};
	FILE *f = fopen(FILE_NAME, "w");

	CHECK(f != NULL);
	if (!f)
		return;
	npy_write(f, &written);
	CHECK(ftell(f) == (long)(128 + size));
	CHECK(!ferror(f) && fclose(f) == 0);
	CHECK(npy_load(&read, FILE_NAME, &e) == 0);
	CHECK_STR(e.text, "");
	CHECK(read.type == type && read.rows == rows && read.columns == columns);
	CHECK(read.data && memcmp(read.data, data, size) == 0);
	npy_clear(&read);
}

static void what_is_written_is_read(void)
{
	float floats[] = {0, -0.0f, 1e-45f, 3.4e38f, 1, 2};
	double doubles[] = {0.1, -1e308, 5e-324, 4, 5, 6};
	double *many = malloc(200000 * sizeof *many);

	check_round_trip(NPY_FLOAT32, 2, 3, floats, sizeof floats);
	check_round_trip(NPY_FLOAT64, 3, 2, doubles, sizeof doubles);
	check_round_trip(NPY_FLOAT64, 1, 1, doubles, sizeof *doubles);
	CHECK(many != NULL);
	for (int i = 0; many && i < 200000; i++)
		many[i] = i;
	if (many)
		check_round_trip(NPY_FLOAT64, 1000, 200, many, 200000 * sizeof *many);
	free(many);
}

/* For tests/npy.bats, which has files made by NumPy: reads one and writes it again. */
static int copy(const char *from, const char *to)
{
	struct npy m;
	struct errmsg e;
	FILE *f;

	if (npy_load(&m, from, &e) < 0) {
		puts(e.text);
		return 1;
	}
	f = fopen(to, "w");
	if (!f)
		return 1;
	npy_write(f, &m);
	npy_clear(&m);
	return fclose(f) != 0;
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/test_npy.XXXXXX";

	if (argc == 3)
		return copy(argv[1], argv[2]);
	if (!mkdtemp(directory) || chdir(directory) < 0)
		return 1;
	RUN(what_is_no_npy_file_is_refused);
	RUN(versions_and_spellings_are_read);
	RUN(a_directory_is_refused);
	RUN(broken_headers_are_refused);
	RUN(other_arrays_are_refused);
	RUN(a_wrong_length_is_refused);
	RUN(a_truncated_pipe_is_refused);
	RUN(values_that_are_not_finite_are_refused);
	RUN(half_floats_are_read_exactly);
	RUN(what_is_written_is_read);
	if (unlink(FILE_NAME) < 0 || rmdir(directory) < 0)
		return 1;
	return DONE();
}
