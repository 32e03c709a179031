#include "text/part.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/lines.h"
#include "base/unpack.h"
#include "text/ndjson.h"

enum { LOW = 0x7f, MORE = 0x80, WORD = 8, LONGEST = 10, TRAILER = 17, LINE_END = 64, READ_AT_ONCE = 1 << 18 };

static const char mark[] = "{\"partial\":\"";

void part_bytes_clear(struct part_bytes *b)
{
	free(b->bytes);
	*b = (struct part_bytes){0};
}

/* Room for a number. NULL where there is no memory. */
static unsigned char *room_in(struct part_bytes *b)
{
	unsigned char *bytes;

	if (b->cap - b->n >= LONGEST)
		return b->bytes + b->n;
	bytes = grow(b->bytes, &b->cap, b->n + LONGEST, 1);
	b->no_memory = b->no_memory || !bytes;
	if (!bytes)
		return NULL;
	b->bytes = bytes;
	return bytes + b->n;
}

void part_put(struct part_bytes *b, uint64_t number)
{
	unsigned char *to = room_in(b);

	if (!to)
		return;
	for (; number > LOW; number >>= 7)
		*to++ = (unsigned char)(number | MORE);
	*to++ = (unsigned char)number;
	b->n = (size_t)(to - b->bytes);
}

void part_put_signed(struct part_bytes *b, int64_t number)
{
	part_put(b, (uint64_t)number << 1 ^ -(uint64_t)(number < 0));
}

void part_put_word(struct part_bytes *b, uint64_t word)
{
	unsigned char *to = room_in(b);

	if (!to)
		return;
	for (int i = 0; i < WORD; i++)
		to[i] = (unsigned char)(word >> 8 * i);
	b->n += WORD;
}

void part_put_multiple(struct part_bytes *b, int64_t number, uint32_t unit)
{
	uint64_t whole = (uint64_t)number;

	part_put(b, whole % unit == 0 ? whole / unit << 1 : whole << 1 | 1);
}

void part_put_id(struct part_bytes *b, uint32_t id, uint32_t *before)
{
	part_put(b, id - *before);
	*before = id;
}

void part_put_real(struct part_bytes *b, double x)
{
	uint64_t word;

	memcpy(&word, &x, sizeof word);
	part_put_word(b, word);
}

static uint64_t refuse_number(struct part_numbers *n)
{
	n->wrong = true;
	n->at = n->end;
	return 0;
}

uint64_t part_take(struct part_numbers *n)
{
	uint64_t number = 0;

	for (int shift = 0; n->at < n->end && shift < 64; shift += 7) {
		unsigned char byte = *n->at++;

		if (shift == 63 && byte > 1)
			break;
		number |= (uint64_t)(byte & LOW) << shift;
		if (!(byte & MORE))
			return number;
	}
	return refuse_number(n);
}

int64_t part_take_signed(struct part_numbers *n)
{
	uint64_t number = part_take(n);

	return (int64_t)(number >> 1 ^ -(number & 1));
}

uint64_t part_take_word(struct part_numbers *n)
{
	uint64_t word = 0;

	if (n->end - n->at < WORD)
		return refuse_number(n);
	for (int i = 0; i < WORD; i++)
		word |= (uint64_t)*n->at++ << 8 * i;
	return word;
}

double part_take_real(struct part_numbers *n)
{
	uint64_t word = part_take_word(n);
	double x;

	memcpy(&x, &word, sizeof x);
	return x;
}

int64_t part_take_multiple(struct part_numbers *n, uint32_t unit)
{
	uint64_t number = part_take(n), whole = number >> 1;

	if (!(number & 1)) {
		if (whole > INT64_MAX / unit)
			return (int64_t)refuse_number(n);
		whole *= unit;
	}
	return (int64_t)whole;
}

uint64_t part_take_up_to(struct part_numbers *n, uint64_t max)
{
	uint64_t number = part_take(n);

	return number <= max ? number : refuse_number(n);
}

uint32_t part_take_id(struct part_numbers *n, uint32_t *before)
{
	return *before += (uint32_t)part_take_up_to(n, INT32_MAX - *before);
}

size_t part_take_length(struct part_numbers *n, size_t size)
{
	uint64_t length = part_take(n);

	return length <= (size_t)(n->end - n->at) / size ? (size_t)length : refuse_number(n);
}

/* Each bit of the result depends on all bits of both numbers: the product, its halves folded. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static const uint64_t key_0 = UINT64_C(0x9e3779b97f4a7c15), key_1 = UINT64_C(0xbb67ae8584caa73b);

enum { LANES = 4 };

/* Four at a time, so that no product waits for the one before; whole lanes only. Moves in->at on. */
static uint64_t checksum_lanes(uint64_t sum, struct part_numbers *in)
{
	uint64_t lanes[LANES] = {sum, sum + key_0, sum ^ key_1, ~sum};

	while (in->end - in->at >= LANES * WORD)
		for (int i = 0; i < LANES; i++)
			lanes[i] = fold(lanes[i] ^ part_take_word(in) ^ key_0, lanes[i] ^ key_1) + key_0;
	for (int i = 1; i < LANES; i++)
		lanes[0] = fold(lanes[0] ^ lanes[i], key_1) + key_0;
	return lanes[0];
}

static uint64_t checksum(uint64_t sum, const void *bytes, size_t n)
{
	struct part_numbers in = {.at = bytes, .end = (const unsigned char *)bytes + n};
	uint64_t tail = 0;

	sum = checksum_lanes(fold(sum ^ n ^ key_0, key_1), &in);
	while (in.end - in.at >= WORD)
		sum = fold(sum ^ part_take_word(&in) ^ key_0, sum ^ key_1) + key_0;
	while (in.at < in.end)
		tail = tail << 8 | *in.at++;
	return fold(sum ^ tail ^ key_0, key_1 ^ n);
}

/* Packs the first line with the count of the bytes that follow. Returns its length; *line is new, NULL: no memory. */
static size_t make_line(const char *head, size_t len, const struct part_bytes *numbers, char **line)
{
	*line = numbers->no_memory ? NULL : malloc(len + LINE_END);
	if (!*line)
		return 0;
	memcpy(*line, head, len);
	return len + (size_t)snprintf(*line + len, LINE_END, ",\"bytes\":%zu}\n", numbers->n);
}

static uint64_t checksum_of(const char *line, size_t len, const struct part_bytes *numbers)
{
	return checksum(checksum(0, line, len), numbers->bytes, numbers->n);
}

int part_write(const char *head, size_t len, const struct part_bytes *numbers, FILE *f)
{
	char *line;

	len = make_line(head, len, numbers, &line);
	if (!line)
		return -1;
	fwrite(line, 1, len, f);
	if (numbers->n > 0)
		fwrite(numbers->bytes, 1, numbers->n, f);
	fprintf(f, "%016" PRIx64 "\n", checksum_of(line, len, numbers));
	free(line);
	return 0;
}

bool part_file_is(const struct part_file *f, const struct part_kind *kind)
{
	const char *of = (const char *)f->bytes + sizeof mark - 1;
	const size_t len = strlen(kind->of);

	return f->n > sizeof mark + len && part_begins((const char *)f->bytes, f->n) &&
	       memcmp(of, kind->of, len) == 0 && of[len] == '"';
}

int part_file_pack(struct part_file *f, const char *name, const char *head, size_t len,
		   const struct part_bytes *numbers)
{
	char *line, end[TRAILER + 1];

	len = make_line(head, len, numbers, &line);
	*f = (struct part_file){.name = name, .bytes = line ? malloc(len + numbers->n + TRAILER) : NULL};
	if (!f->bytes) {
		free(line);
		return -1;
	}
	f->n = len + numbers->n + TRAILER;
	snprintf(end, sizeof end, "%016" PRIx64 "\n", checksum_of(line, len, numbers));
	memcpy(f->bytes, line, len);
	if (numbers->n > 0)
		memcpy(f->bytes + len, numbers->bytes, numbers->n);
	memcpy(f->bytes + len + numbers->n, end, TRAILER);
	free(line);
	return 0;
}

/* Makes room for what is to be read. Returns -1 where there is no memory. */
static int make_room(struct part_file *f, size_t *cap, int fd)
{
	struct stat st;
	size_t need = f->n + READ_AT_ONCE;
	unsigned char *bytes;

	/* of a file all, and a byte more to see its end */
	if (f->n == 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size < PTRDIFF_MAX)
		need = (size_t)st.st_size + 1;
	if (*cap - f->n >= READ_AT_ONCE || (f->n > 0 && *cap > f->n))
		return 0;
	bytes = grow(f->bytes, cap, need, 1);
	if (!bytes)
		return -1;
	f->bytes = bytes;
	return 0;
}

static int read_all(struct part_file *f, int fd, struct errmsg *e)
{
	size_t cap = 0;
	ssize_t got;

	do {
		if (make_room(f, &cap, fd) < 0)
			return errmsg_nomem(e);
		got = read(fd, f->bytes + f->n, cap - f->n);
		if (got > 0)
			f->n += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got < 0 ? errmsg_set(e, "%s: %s", f->name, strerror(errno)) : 0;
}

/* Takes all that is unpacked. Returns 0, or -1 with the reason. */
static int take_unpacked(struct part_file *f, struct unpack *u, struct errmsg *e)
{
	struct pollfd ready = {.fd = unpack_fd(u), .events = POLLIN};
	size_t cap = 0;

	for (;;) {
		unsigned char *bytes = grow(f->bytes, &cap, f->n + READ_AT_ONCE, 1);
		size_t n = 0;

		if (!bytes)
			return errmsg_nomem(e);
		f->bytes = bytes;
		switch (unpack_read(u, (char *)bytes + f->n, cap - f->n, &n, e)) {
		case UNPACK_TEXT:
			f->n += n;
			break;
		case UNPACK_WAIT:
			poll(&ready, 1, -1);
			break;
		case UNPACK_END:
			return 0;
		case UNPACK_FAILED:
		case UNPACK_DAMAGED:
			return -1;
		}
	}
}

/* Unpacks what has been read of a descriptor, to its end, where it is compressed: once. */
static int unpack_all(struct part_file *f, int fd, struct errmsg *e)
{
	unsigned char *packed = f->bytes;
	struct unpack *u;
	int status;

	if (f->n == 0 || !unpack_format((const char *)packed, f->n))
		return 0;
	u = unpack_start(fd, (const char *)packed, f->n, e);
	f->bytes = NULL;
	f->n = 0;
	status = u ? take_unpacked(f, u, e) : -1;
	unpack_end(u);
	free(packed);
	if (status == 0 && f->n > 0 && lines_refuse_compressed((const char *)f->bytes, f->n, e) < 0)
		status = errmsg_prefix(e, "compressed twice");
	return status < 0 ? errmsg_prefix(e, "%s", f->name) : 0;
}

int part_file_load(struct part_file *f, const char *path, struct errmsg *e)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), status;

	*f = (struct part_file){.name = ndjson_name(path)};
	if (fd < 0)
		return errmsg_set(e, "%s: %s", f->name, strerror(errno));
	status = read_all(f, fd, e);
	if (status == 0)
		status = unpack_all(f, fd, e);
	if (!standard)
		close(fd);
	return status;
}

bool part_begins(const char *text, size_t len)
{
	return len >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0;
}

bool part_is(const char *path)
{
	struct lines l;
	struct errmsg e;
	struct stat st;
	char *buf = NULL;
	size_t cap = 0;
	bool is = false;

	if (strcmp(path, "-") == 0 || stat(path, &st) < 0 || !S_ISREG(st.st_mode) || lines_open(&l, path, &e) < 0)
		return false;
	if (lines_next_many(&l, 1, &buf, &cap, &e) == LINES_LINE)
		is = part_begins(l.text, l.len);
	lines_clear(&l);
	free(buf);
	return is;
}

void part_file_clear(struct part_file *f)
{
	free(f->bytes);
	*f = (struct part_file){0};
}

int part_refuse(struct errmsg *e)
{
	return errmsg_set(e, "not a part of a log: its numbers are not right");
}

int part_refuse_user(uint32_t user, struct errmsg *e)
{
	return errmsg_set(e, "user %" PRIu32 " is in another part too: logs have to be split by user", user);
}

static int check_kind(const json_t *head, const struct part_kind *kind, struct errmsg *e)
{
	const char *of = json_string_value(json_object_get(head, "partial"));
	uint64_t version = 1; /* before it was said */

	if (!json_object_get(head, "partial"))
		return errmsg_set(e, "not a part of a log: it does not begin as what --partial writes");
	if (!of || strcmp(of, kind->of) != 0)
		return errmsg_set(e, "a part of something else than %s", kind->of);
	if (json_object_get(head, "version") && ndjson_count(head, "version", INT64_MAX, &version, e) < 0)
		return errmsg_prefix(e, "not a part of a log");
	if (version != (uint64_t)kind->version)
		return errmsg_set(e, "was written in version %" PRIu64 " of the format; this is %d: make it again from "
				  "its logs", version, kind->version);
	return 0;
}

/* Whether a part, its first line and the n bytes after it, ends with the checksum of them. */
static bool has_checksum(const unsigned char *begin, size_t line, size_t n)
{
	char want[TRAILER + 1];

	snprintf(want, sizeof want, "%016" PRIx64 "\n", checksum(checksum(0, begin, line), begin + line, n));
	return memcmp(begin + line + n, want, TRAILER) == 0;
}

/* Checks what follows the first line, which is `line` bytes long. */
static int take_numbers(struct part_file *f, struct part *p, size_t line, struct errmsg *e)
{
	const unsigned char *begin = f->bytes + f->at;
	size_t left = f->n - f->at - line;
	uint64_t n = 0;

	if (ndjson_count(p->head, "bytes", INT64_MAX, &n, e) < 0)
		return errmsg_prefix(e, "not a part of a log");
	if (left < TRAILER || n > left - TRAILER)
		return errmsg_set(e, "cut off: %zu bytes are left of %" PRIu64 "; copy it again, or make it again from "
				  "its logs", left, n + TRAILER);
	if (f->at >= f->checked && !has_checksum(begin, line, n))
		return errmsg_set(e, "damaged: its checksum is not that of what it holds; take it from a copy, or make "
				  "it again from its logs");
	p->numbers = (struct part_numbers){.at = begin + line, .end = begin + line + n};
	f->at += line + n + TRAILER;
	if (f->checked < f->at)
		f->checked = f->at;
	return 0;
}

static int read_part(struct part_file *f, const struct part_kind *kind, struct part *p, struct errmsg *e)
{
	const char *begin = (const char *)f->bytes + f->at;
	const char *end = memchr(begin, '\n', f->n - f->at);

	if (!end || *begin != '{')
		return errmsg_set(e, "not a part of a log: it does not begin as what --partial writes");
	p->head = ndjson_parse(begin, (size_t)(end - begin), e);
	if (!p->head || check_kind(p->head, kind, e) < 0)
		return -1;
	return take_numbers(f, p, (size_t)(end - begin) + 1, e);
}

int part_next(struct part_file *f, const struct part_kind *kind, struct part *p, struct errmsg *e)
{
	*p = (struct part){0};
	if (f->n == 0)
		return errmsg_set(e, "%s: empty: not written by --partial, or cut", f->name);
	if (f->at == f->n)
		return 0;
	if (read_part(f, kind, p, e) < 0) {
		part_clear(p);
		return errmsg_prefix(e, "%s", f->name);
	}
	return 1;
}

void part_clear(struct part *p)
{
	json_decref(p->head);
	*p = (struct part){0};
}

int part_file_each(struct part_file *f, const struct part_kind *kind, part_add *add, void *ctx, struct errmsg *e)
{
	struct part part;
	int got;

	while ((got = part_next(f, kind, &part, e)) > 0) {
		int status = add(ctx, f, &part, e);

		part_clear(&part);
		if (status < 0)
			return errmsg_prefix(e, "%s", f->name);
	}
	return got;
}

int part_file_read(const char *path, const struct part_kind *kind, part_add *add, void *ctx, struct errmsg *e)
{
	struct part_file f = {0};
	int status = part_file_load(&f, path, e) < 0 ? -1 : part_file_each(&f, kind, add, ctx, e);

	part_file_clear(&f);
	return status;
}
