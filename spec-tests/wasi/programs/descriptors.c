/* The functions on descriptors, but for directories' own: each success, each errno, each pointer bad. */
#include "check.h"

typedef struct { address buffer; u32 length; } vector;

static vector vectors[1025];
static char bytes[64];

static void reading(void) {
  makeFile("reading", "0123456789");
  u32 fd = openFile("reading");
  u32 directory = openWith(ROOT, ".", 0, DIRECTORY, RIGHT(FD_READ) | RIGHT(FD_READDIR), 0);
  u32 count;
  vector two[] = {{AT(bytes), 3}, {AT(bytes + 3), 4}};

  CALL(SUCCESS, "into two buffers", fd_read, fd, AT(two), 2, AT(&count));
  THAT("both are filled", count == 7 && memcmp(bytes, "0123456", 7) == 0);
  CALL(SUCCESS, "up to the end", fd_read, fd, AT(two), 2, AT(&count));
  THAT("what there is comes", count == 3 && memcmp(bytes, "789", 3) == 0);
  CALL(SUCCESS, "at the end", fd_read, fd, AT(two), 2, AT(&count));
  THAT("nothing comes", count == 0);
  CALL(SUCCESS, "into no buffers", fd_read, fd, AT(two), 0, AT(&count));
  CALL(SUCCESS, "into an empty buffer at any address", fd_read, fd, AT(&((vector){OUTSIDE, 0})), 1, AT(&count));
  CALL(BADF, "a number that nothing has", fd_read, UNUSED, AT(two), 2, AT(&count));
  CALL(BADF, "a number that nothing can have", fd_read, STRANGE, AT(two), 2, AT(&count));
  CALL(ISDIR, "a directory", fd_read, directory, AT(two), 2, AT(&count));
  CALL(NOTCAPABLE, "standard output", fd_read, 1, AT(two), 2, AT(&count));
  CALL(INVAL, "1025 buffers", fd_read, fd, AT(vectors), 1025, AT(&count));
  CALL(SUCCESS, "1024 buffers", fd_read, fd, AT(vectors), 1024, AT(&count));
  CALL(FAULT, "buffers outside", fd_read, fd, OUTSIDE, 2, AT(&count));
  CALL(FAULT, "a buffer outside", fd_read, fd, AT(&((vector){OUTSIDE, 1})), 1, AT(&count));
  CALL(FAULT, "a buffer that begins inside", fd_read, fd, AT(&((vector){AT(bytes), 0x7fffffff})), 1, AT(&count));
  CALL(FAULT, "the count outside", fd_read, fd, AT(two), 2, OUTSIDE);

  CALL(SUCCESS, "from the middle", fd_pread, fd, AT(two), 2, 4, AT(&count));
  THAT("what is there comes", count == 6 && memcmp(bytes, "456789", 6) == 0);
  CALL(SUCCESS, "beyond the end", fd_pread, fd, AT(two), 2, 100, AT(&count));
  THAT("nothing comes", count == 0);
  CALL(SUCCESS, "far beyond the end", fd_pread, fd, AT(two), 2, INT64_MAX, AT(&count));
  THAT("nothing comes from there", count == 0);
  CALL(INVAL, "a negative offset", fd_pread, fd, AT(two), 2, (u64)-1, AT(&count));
  CALL(INVAL, "1025 buffers", fd_pread, fd, AT(vectors), 1025, 0, AT(&count));
  CALL(BADF, "a number that nothing has", fd_pread, UNUSED, AT(two), 2, 0, AT(&count));
  CALL(NOTCAPABLE, "a directory, which has no places", fd_pread, directory, AT(two), 2, 0, AT(&count));
  CALL(NOTCAPABLE, "standard input", fd_pread, 0, AT(two), 2, 0, AT(&count));
  CALL(FAULT, "buffers outside", fd_pread, fd, OUTSIDE, 2, 0, AT(&count));
  CALL(FAULT, "a buffer outside", fd_pread, fd, AT(&((vector){OUTSIDE, 1})), 1, 0, AT(&count));
  CALL(FAULT, "the count outside", fd_pread, fd, AT(two), 2, 0, OUTSIDE);

  MUST(fd_close(fd));
  MUST(fd_close(directory));
  unlinkFile("reading");
}

static void writing(void) {
  u32 fd = openFile("writing");
  u32 count;
  vector two[] = {{AT("abc"), 3}, {AT("defg"), 4}};

  CALL(SUCCESS, "from two buffers", fd_write, fd, AT(two), 2, AT(&count));
  THAT("both are written", count == 7 && strcmp(contentOf(fd), "abcdefg") == 0);
  CALL(SUCCESS, "from no buffers", fd_write, fd, AT(two), 0, AT(&count));
  THAT("nothing is written", count == 0 && statOf(fd).size == 7);
  CALL(BADF, "a number that nothing has", fd_write, UNUSED, AT(two), 2, AT(&count));
  CALL(NOTCAPABLE, "a directory", fd_write, ROOT, AT(two), 2, AT(&count));
  CALL(NOTCAPABLE, "standard input", fd_write, 0, AT(two), 2, AT(&count));
  CALL(INVAL, "1025 buffers", fd_write, fd, AT(vectors), 1025, AT(&count));
  CALL(FAULT, "buffers outside", fd_write, fd, OUTSIDE, 2, AT(&count));
  CALL(FAULT, "a good buffer and one outside", fd_write, fd, AT(((vector[]){{AT("x"), 1}, {OUTSIDE, 1}})), 2, AT(&count));
  CALL(FAULT, "the count outside", fd_write, fd, AT(two), 2, OUTSIDE);
  THAT("what failed has written nothing", strcmp(contentOf(fd), "abcdefg") == 0);

  CALL(SUCCESS, "over what there is", fd_pwrite, fd, AT(two), 1, 2, AT(&count));
  THAT("it is replaced", count == 3 && strcmp(contentOf(fd), "ababcfg") == 0);
  CALL(SUCCESS, "behind the end", fd_pwrite, fd, AT(two), 1, 9, AT(&count));
  contentOf(fd);
  THAT("zeros are between", statOf(fd).size == 12 && memcmp(contentOf(fd), "ababcfg\0\0abc", 12) == 0);
  CALL(FBIG, "where no file reaches", fd_pwrite, fd, AT(two), 1, INT64_MAX, AT(&count));
  CALL(INVAL, "a negative offset", fd_pwrite, fd, AT(two), 1, (u64)-1, AT(&count));
  CALL(INVAL, "1025 buffers", fd_pwrite, fd, AT(vectors), 1025, 0, AT(&count));
  CALL(BADF, "a number that nothing has", fd_pwrite, UNUSED, AT(two), 1, 0, AT(&count));
  CALL(NOTCAPABLE, "standard output, which has no places", fd_pwrite, 1, AT(two), 1, 0, AT(&count));
  CALL(FAULT, "buffers outside", fd_pwrite, fd, OUTSIDE, 1, 0, AT(&count));
  CALL(FAULT, "a buffer outside", fd_pwrite, fd, AT(&((vector){OUTSIDE, 1})), 1, 0, AT(&count));
  CALL(FAULT, "the count outside", fd_pwrite, fd, AT(two), 1, 0, OUTSIDE);

  u64 place;
  MUST(fd_seek(fd, ((u64)1 << 53) - 2, 0, AT(&place)));
  CALL(FBIG, "where no file reaches", fd_write, fd, AT(two), 1, AT(&count));
  THAT("what failed has written nothing", statOf(fd).size == 12);
  MUST(fd_close(fd));

  u32 appending;
  MUST(path_open(ROOT, 0, PATH("writing"), 0, FILE_RIGHTS, 0, APPEND, AT(&appending)));
  MUST(fd_seek(appending, 0, 0, AT(&place)));
  CALL(SUCCESS, "appending", fd_write, appending, AT(two), 1, AT(&count));
  MUST(fd_tell(appending, AT(&place)));
  THAT("it is written at the end, where the offset is then", statOf(appending).size == 15 && place == 15);
  CALL(SUCCESS, "at a place while appending", fd_pwrite, appending, AT(two), 1, 0, AT(&count));
  THAT("it is written at that place", statOf(appending).size == 15 && memcmp(contentOf(appending), "abcbc", 5) == 0);
  MUST(fd_close(appending));
  unlinkFile("writing");
}

static void places(void) {
  makeFile("places", "0123456789");
  u32 fd = openFile("places");
  u32 directory = openWith(ROOT, ".", 0, DIRECTORY, RIGHT(FD_READDIR) | RIGHT(FD_TELL), 0);
  u64 place = 0;

  CALL(SUCCESS, "from the start", fd_seek, fd, 4, 0, AT(&place));
  THAT("the place is told", place == 4);
  CALL(SUCCESS, "from here backwards", fd_seek, fd, (u64)-1, 1, AT(&place));
  THAT("the place is told", place == 3);
  CALL(SUCCESS, "from the end", fd_seek, fd, (u64)-4, 2, AT(&place));
  THAT("the place is told", place == 6);
  CALL(SUCCESS, "beyond the end", fd_seek, fd, 1000, 2, AT(&place));
  THAT("the place is told, and the file no longer", place == 1010 && statOf(fd).size == 10);
  CALL(INVAL, "before the start", fd_seek, fd, (u64)-1, 0, AT(&place));
  CALL(INVAL, "before the start, from here", fd_seek, fd, (u64)-1011, 1, AT(&place));
  CALL(INVAL, "beyond what can be counted", fd_seek, fd, INT64_MAX, 1, AT(&place));
  CALL(INVAL, "from nowhere", fd_seek, fd, 0, 3, AT(&place));
  CALL(BADF, "a number that nothing has", fd_seek, UNUSED, 0, 0, AT(&place));
  CALL(NOTCAPABLE, "a directory", fd_seek, directory, 0, 0, AT(&place));
  CALL(NOTCAPABLE, "standard input", fd_seek, 0, 0, 0, AT(&place));
  CALL(FAULT, "the result outside", fd_seek, fd, 1, 0, OUTSIDE);
  CALL(SUCCESS, "after what failed", fd_tell, fd, AT(&place));
  THAT("the place is still the same", place == 1010);
  CALL(BADF, "a number that nothing has", fd_tell, UNUSED, AT(&place));
  CALL(BADF, "a directory, which has no places", fd_tell, directory, AT(&place));
  CALL(NOTCAPABLE, "standard output", fd_tell, 1, AT(&place));
  CALL(FAULT, "the result outside", fd_tell, fd, OUTSIDE);

  MUST(fd_close(fd));
  MUST(fd_close(directory));
  unlinkFile("places");
}

static void sizes(void) {
  makeFile("sizes", "0123456789");
  u32 fd = openFile("sizes");

  CALL(SUCCESS, "shorter", fd_filestat_set_size, fd, 4);
  THAT("the rest is gone", statOf(fd).size == 4 && strcmp(contentOf(fd), "0123") == 0);
  CALL(SUCCESS, "longer", fd_filestat_set_size, fd, 6);
  THAT("it ends with zeros", statOf(fd).size == 6 && memcmp(contentOf(fd), "0123\0\0", 6) == 0);
  CALL(INVAL, "negative", fd_filestat_set_size, fd, (u64)-1);
  CALL(FBIG, "larger than any file", fd_filestat_set_size, fd, INT64_MAX);
  CALL(BADF, "a number that nothing has", fd_filestat_set_size, UNUSED, 0);
  CALL(NOTCAPABLE, "a directory", fd_filestat_set_size, ROOT, 0);

  CALL(SUCCESS, "room that there is", fd_allocate, fd, 1, 3);
  THAT("the file is as long", statOf(fd).size == 6);
  CALL(SUCCESS, "room behind the end", fd_allocate, fd, 4, 10);
  THAT("the file is longer, by zeros", statOf(fd).size == 14 && memcmp(contentOf(fd), "0123\0\0\0\0\0\0\0\0\0\0", 14) == 0);
  CALL(INVAL, "no room at all", fd_allocate, fd, 0, 0);
  CALL(INVAL, "a negative offset", fd_allocate, fd, (u64)-1, 1);
  CALL(INVAL, "a negative length", fd_allocate, fd, 0, (u64)-1);
  CALL(FBIG, "where no file reaches", fd_allocate, fd, INT64_MAX, 1);
  CALL(FBIG, "beyond where any file reaches", fd_allocate, fd, ((u64)1 << 53) - 1, ((u64)1 << 53) - 1);
  CALL(BADF, "a number that nothing has", fd_allocate, UNUSED, 0, 1);
  CALL(NOTCAPABLE, "standard output", fd_allocate, 1, 0, 1);
  THAT("what failed has changed nothing", statOf(fd).size == 14);

  for (u32 advice = 0; advice < 6; advice++) CALL(SUCCESS, "each advice", fd_advise, fd, 0, 100, advice);
  CALL(SUCCESS, "of all that follows", fd_advise, fd, 7, 0, 0);
  CALL(INVAL, "an advice that there is not", fd_advise, fd, 0, 0, 6);
  CALL(INVAL, "a negative length", fd_advise, fd, 0, (u64)-1, 0);
  CALL(BADF, "a number that nothing has", fd_advise, UNUSED, 0, 0, 0);
  CALL(SPIPE, "standard output, which has no places", fd_advise, 1, 0, 0, 0);
  CALL(NOTCAPABLE, "a directory", fd_advise, ROOT, 0, 0, 0);

  MUST(fd_close(fd));
  unlinkFile("sizes");
}

static void status(void) {
  makeFile("status", "12345");
  u32 fd = openFile("status");
  __wasi_filestat_t stat;
  __wasi_fdstat_t fdstat;

  memset(&stat, 0xee, sizeof stat);
  CALL(SUCCESS, "a file", fd_filestat_get, fd, AT(&stat));
  THAT("it is a file of five bytes with one name",
       stat.filetype == __WASI_FILETYPE_REGULAR_FILE && stat.size == 5 && stat.nlink == 1);
  THAT("it has a number and times", stat.ino != 0 && stat.atim > 0 && stat.mtim > 0 && stat.ctim > 0);
  CALL(SUCCESS, "a directory", fd_filestat_get, ROOT, AT(&stat));
  THAT("it is a directory", stat.filetype == __WASI_FILETYPE_DIRECTORY);
  CALL(SUCCESS, "standard output", fd_filestat_get, 1, AT(&stat));
  THAT("of which nothing is told", stat.size == 0 && stat.ino == 0 && stat.mtim == 0);
  CALL(BADF, "a number that nothing has", fd_filestat_get, UNUSED, AT(&stat));
  CALL(FAULT, "the result outside", fd_filestat_get, fd, OUTSIDE);
  u32 pages = __builtin_wasm_memory_size(0);
  CALL(FAULT, "the result half outside", fd_filestat_get, fd, pages * 65536 - 32);

  CALL(SUCCESS, "both times", fd_filestat_set_times, fd, 1000000000, 2000000123, 1 | 4);
  stat = statOf(fd);
  THAT("they are told to the nanosecond", stat.atim == 1000000000 && stat.mtim == 2000000123);
  CALL(SUCCESS, "one time", fd_filestat_set_times, fd, 7, 3000000000, 4);
  stat = statOf(fd);
  THAT("the other one stays", stat.atim == 1000000000 && stat.mtim == 3000000000);
  CALL(SUCCESS, "the present time", fd_filestat_set_times, fd, 0, 0, 2 | 8);
  u64 now;
  MUST(clock_time_get(0, 0, AT(&now)));
  stat = statOf(fd);
  THAT("they are of the last minute",
       stat.atim + 60000000000 > now && stat.mtim + 60000000000 > now && stat.mtim <= now + 1000000000);
  CALL(SUCCESS, "no time", fd_filestat_set_times, fd, 0, 0, 0);
  CALL(SUCCESS, "a directory's times", fd_filestat_set_times, ROOT, 5000000000, 6000000000, 1 | 4);
  THAT("they are told", statOf(ROOT).mtim == 6000000000);
  CALL(INVAL, "a time and the present one", fd_filestat_set_times, fd, 0, 0, 1 | 2);
  CALL(INVAL, "the other time and the present one", fd_filestat_set_times, fd, 0, 0, 4 | 8);
  CALL(INVAL, "a flag that there is not", fd_filestat_set_times, fd, 0, 0, 16);
  CALL(BADF, "a number that nothing has", fd_filestat_set_times, UNUSED, 0, 0, 0);
  CALL(NOTCAPABLE, "standard output", fd_filestat_set_times, 1, 0, 0, 0);

  memset(&fdstat, 0xee, sizeof fdstat);
  CALL(SUCCESS, "a file", fd_fdstat_get, fd, AT(&fdstat));
  THAT("it has the rights that it was opened with", fdstat.fs_filetype == __WASI_FILETYPE_REGULAR_FILE &&
       fdstat.fs_flags == 0 && fdstat.fs_rights_base == FILE_RIGHTS && fdstat.fs_rights_inheriting == 0);
  CALL(SUCCESS, "a preopened directory", fd_fdstat_get, ROOT, AT(&fdstat));
  THAT("it is one, and may not be read as a file", fdstat.fs_filetype == __WASI_FILETYPE_DIRECTORY &&
       (fdstat.fs_rights_base & (RIGHT(FD_READ) | RIGHT(PATH_OPEN))) == RIGHT(PATH_OPEN) &&
       (fdstat.fs_rights_inheriting & RIGHT(FD_READ)) != 0);
  CALL(BADF, "a number that nothing has", fd_fdstat_get, UNUSED, AT(&fdstat));
  CALL(FAULT, "the result outside", fd_fdstat_get, fd, OUTSIDE);

  CALL(SUCCESS, "all flags", fd_fdstat_set_flags, fd, APPEND | DSYNC | NONBLOCK | RSYNC | SYNC);
  MUST(fd_fdstat_get(fd, AT(&fdstat)));
  THAT("they are told", fdstat.fs_flags == (APPEND | DSYNC | NONBLOCK | RSYNC | SYNC));
  writeText(fd, "678");
  THAT("they hold", strcmp(contentOf(fd), "12345678") == 0);
  CALL(SUCCESS, "no flags", fd_fdstat_set_flags, fd, 0);
  writeText(fd, "9");
  u64 place;
  MUST(fd_seek(fd, 0, 0, AT(&place)));
  writeText(fd, "x");
  THAT("they hold no longer", strcmp(contentOf(fd), "x23456789") == 0);
  CALL(INVAL, "a flag that there is not", fd_fdstat_set_flags, fd, 32);
  CALL(BADF, "a number that nothing has", fd_fdstat_set_flags, UNUSED, 0);
  CALL(NOTCAPABLE, "standard output", fd_fdstat_set_flags, 1, 0);

  CALL(INVAL, "a right that there is not", fd_fdstat_set_rights, fd, (u64)1 << 36, 0);
  CALL(INVAL, "one that there is not, to inherit", fd_fdstat_set_rights, fd, 0, (u64)1 << 63);
  CALL(NOTCAPABLE, "a right more", fd_fdstat_set_rights, fd, FILE_RIGHTS | RIGHT(PATH_OPEN), 0);
  CALL(NOTCAPABLE, "a right more to inherit", fd_fdstat_set_rights, fd, FILE_RIGHTS, RIGHT(FD_READ));
  CALL(SUCCESS, "fewer rights", fd_fdstat_set_rights, fd, RIGHT(FD_READ), 0);
  MUST(fd_fdstat_get(fd, AT(&fdstat)));
  THAT("the others are gone", fdstat.fs_rights_base == RIGHT(FD_READ));
  CALL(NOTCAPABLE, "one of those that are gone", fd_fdstat_set_rights, fd, RIGHT(FD_READ) | RIGHT(FD_WRITE), 0);
  CALL(BADF, "a number that nothing has", fd_fdstat_set_rights, UNUSED, 0, 0);

  MUST(fd_close(fd));
  unlinkFile("status");
}

static void numbers(void) {
  u32 a = openFile("a"), b = openFile("b"), c = openFile("c");
  THAT("descriptors are the lowest free numbers", a == 6 && b == 7 && c == 8);
  writeText(a, "of a");
  writeText(b, "of b");

  CALL(SUCCESS, "to another that is open", fd_renumber, a, b);
  THAT("it has that number", strcmp(contentOf(b), "of a") == 0);
  CALL(BADF, "the number that it had", fd_close, a);
  CALL(BADF, "from a number that nothing has", fd_renumber, a, b);
  CALL(BADF, "to a number that nothing has", fd_renumber, b, a);
  CALL(BADF, "to a number that nothing can have", fd_renumber, b, STRANGE);
  CALL(SUCCESS, "to itself", fd_renumber, b, b);
  THAT("it is still there", strcmp(contentOf(b), "of a") == 0);
  u32 d = openFile("d");
  THAT("a free number is used again", d == a);

  CALL(SUCCESS, "a file", fd_close, c);
  CALL(BADF, "what is closed", fd_close, c);
  CALL(BADF, "a number that nothing can have", fd_close, STRANGE);
  CALL(SUCCESS, "a file whose name is gone", path_unlink_file, ROOT, PATH("d"));
  writeText(d, "still open");
  THAT("it can be used", strcmp(contentOf(d), "still open") == 0);
  MUST(fd_close(d));

  CALL(SUCCESS, "a file", fd_sync, b);
  CALL(SUCCESS, "a file", fd_datasync, b);
  CALL(SUCCESS, "standard output", fd_sync, 1);
  CALL(SUCCESS, "standard output", fd_datasync, 1);
  u32 directory = openWith(ROOT, ".", 0, DIRECTORY, RIGHT(FD_SYNC) | RIGHT(FD_DATASYNC), 0);
  CALL(BADF, "a directory", fd_sync, directory);
  CALL(BADF, "a directory", fd_datasync, directory);
  CALL(BADF, "a number that nothing has", fd_sync, UNUSED);
  CALL(BADF, "a number that nothing has", fd_datasync, UNUSED);
  CALL(NOTCAPABLE, "standard input", fd_sync, 0);
  CALL(NOTCAPABLE, "standard input", fd_datasync, 0);
  MUST(fd_close(directory));
  MUST(fd_close(b));
  unlinkFile("a");
  unlinkFile("b");
  unlinkFile("c");
}

/* As many as there may be: the test says 64. */
static void limit(void) {
  u32 last = 0, fd, errno;
  while ((errno = path_open(ROOT, 0, PATH("many"), CREAT, FILE_RIGHTS, 0, 0, AT(&fd))) == 0) last = fd;
  THAT("there are as many descriptors as there may be", last == 63);
  checkCall("path_open", errno, __WASI_ERRNO_MFILE, "one more than there may be");
  CALL(MFILE, "a file that would be made", path_open, ROOT, 0, PATH("another"), CREAT, FILE_RIGHTS, 0, 0, AT(&fd));
  THAT("it is not made", !exists("another"));
  for (fd = 6; fd <= last; fd++) MUST(fd_close(fd));
  unlinkFile("many");
}

int main(void) {
  for (u32 i = 0; i < 1025; i++) vectors[i] = (vector){AT(bytes), 0};
  reading();
  writing();
  places();
  sizes();
  status();
  numbers();
  limit();
  return done();
}
