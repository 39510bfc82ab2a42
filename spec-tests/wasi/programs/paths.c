/* Opening, looking at, linking, moving and removing by path. */
#include "check.h"

static u32 fd_;

static u32 tryOpen(u32 directory, const char *path, u32 lookup, u32 oflags) {
  return path_open(directory, lookup, AT(path), strlen(path), oflags, FILE_RIGHTS, 0, 0, AT(&fd_));
}

/* Opens, which has to give this errno; what opens is closed. */
#define OPEN(expected, what, path, lookup, oflags)                                                                     \
  do {                                                                                                                 \
    checkCall("path_open", tryOpen(ROOT, path, lookup, oflags), __WASI_ERRNO_##expected, what);                        \
    if (__WASI_ERRNO_##expected == 0) MUST(fd_close(fd_));                                                             \
  } while (0)

static char longName[257];

/* dir/ with a file in it, files, and links of all kinds. */
static void setUp(void) {
  memset(longName, 'n', 256);
  makeDirectory("dir");
  makeDirectory("dir/sub");
  makeFile("file", "text");
  makeFile("dir/inner", "inner text");
  makeLink("file", "link");
  makeLink("dir", "dirlink");
  makeLink("none", "dangling");
  makeLink("loop", "loop");
  makeLink("../file", "dir/up");
  makeLink("link", "l1");
  makeLink("l1", "l2");
  makeLink("l2", "l3");
  makeLink("l3", "l4");
  makeLink("l4", "l5");
  makeLink("l5", "l6");
  makeLink("l6", "l7");
}

static void tearDown(void) {
  static const char *const files[] = {"dir/inner", "dir/up", "file", "link", "dirlink", "dangling", "loop",
                                      "l1", "l2", "l3", "l4", "l5", "l6", "l7"};
  for (u32 i = 0; i < sizeof files / sizeof *files; i++) unlinkFile(files[i]);
  removeDirectory("dir/sub");
  removeDirectory("dir");
}

static void opening(void) {
  OPEN(SUCCESS, "a file", "file", 0, 0);
  OPEN(SUCCESS, "a file below a directory", "dir/inner", 0, 0);
  OPEN(SUCCESS, "a file below a link to a directory", "dirlink/inner", 0, 0);
  OPEN(SUCCESS, "down and up again", "dir/sub/../../file", 0, 0);
  OPEN(SUCCESS, "a link that is followed", "link", FOLLOW, 0);
  OPEN(SUCCESS, "a link upwards that stays inside", "dir/up", FOLLOW, 0);
  OPEN(LOOP, "a link that is not followed", "link", 0, 0);
  OPEN(SUCCESS, "seven links", "l6", FOLLOW, 0);
  OPEN(LOOP, "eight links", "l7", FOLLOW, 0);
  OPEN(LOOP, "a link to itself", "loop", FOLLOW, 0);
  OPEN(NOENT, "a link to nothing", "dangling", FOLLOW, 0);
  OPEN(NOENT, "what is not there", "none", 0, 0);
  OPEN(NOENT, "below what is not there", "none/file", 0, 0);
  OPEN(NOENT, "no path", "", 0, 0);
  OPEN(NOTDIR, "below a file", "file/x", 0, 0);
  OPEN(NOTDIR, "a file with a slash", "file/", 0, 0);
  OPEN(NOTDIR, "a link to a file with a slash", "link/", FOLLOW, 0);
  OPEN(ISDIR, "a directory to write to", "dir", 0, 0);
  OPEN(ISDIR, "the directory itself to write to", ".", 0, 0);
  OPEN(PERM, "an absolute path", "/file", 0, 0);
  OPEN(PERM, "above the root", "../file", 0, 0);
  OPEN(PERM, "above the root by way of a link", "dirlink/../../file", 0, 0);
  checkCall("path_open", tryOpen(ROOT, longName, 0, CREAT), __WASI_ERRNO_NAMETOOLONG, "a name of 256 bytes");
  CALL(INVAL, "a NUL inside", path_open, ROOT, 0, PATH("fi\0le"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(ILSEQ, "what is not UTF-8", path_open, ROOT, 0, PATH("\x80"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));

  OPEN(SUCCESS, "what is there, or made", "file", 0, CREAT);
  THAT("its content stays", strcmp(contentAt("file"), "text") == 0);
  OPEN(SUCCESS, "a file that is made", "made", 0, CREAT);
  THAT("it is empty", statAt("made").size == 0 && statAt("made").filetype == __WASI_FILETYPE_REGULAR_FILE);
  OPEN(EXIST, "a file that would have to be made", "made", 0, CREAT | EXCL);
  OPEN(EXIST, "a link where a file would have to be made", "dangling", FOLLOW, CREAT | EXCL);
  THAT("the link leads to nothing still", !exists("none"));
  OPEN(EXIST, "a directory where a file would have to be made", "dir", 0, CREAT | EXCL);
  OPEN(SUCCESS, "a file made where a link leads", "dangling", FOLLOW, CREAT);
  THAT("it is there", statAt("none").filetype == __WASI_FILETYPE_REGULAR_FILE);
  OPEN(ISDIR, "a directory where a file may be made", "dir", 0, CREAT);
  OPEN(ISDIR, "a file made where only a directory can be", "new/", 0, CREAT);
  OPEN(INVAL, "a directory that would have to be made", "new", 0, CREAT | DIRECTORY);
  OPEN(NOENT, "a file made below what is not there", "gone/new", 0, CREAT);
  THAT("nothing was made", !exists("new"));
  OPEN(SUCCESS, "a file that is emptied", "file", 0, TRUNC);
  THAT("it is empty", statAt("file").size == 0);
  makeFile("file", "text");
  OPEN(ISDIR, "a directory that would be emptied", "dir", 0, TRUNC);
  unlinkFile("made");
  unlinkFile("none");

  CALL(SUCCESS, "a directory", path_open, ROOT, 0, PATH("dir"), DIRECTORY, DIRECTORY_RIGHTS, FILE_RIGHTS, 0, AT(&fd_));
  u32 directory = fd_;
  CALL(SUCCESS, "a file from there", path_open, directory, 0, PATH("inner"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  MUST(fd_close(fd_));
  CALL(PERM, "a file above it", path_open, directory, 0, PATH("../file"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(PERM, "a link to a file above it", path_open, directory, FOLLOW, PATH("up"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(NOTCAPABLE, "with a right that nothing below has", path_open, directory, 0, PATH("inner"), 0,
       RIGHT(PATH_OPEN), 0, 0, AT(&fd_));
  MUST(fd_close(directory));
  CALL(SUCCESS, "a directory without saying so", path_open, ROOT, 0, PATH("dir"), 0, RIGHT(FD_READDIR), 0, 0, AT(&fd_));
  MUST(fd_close(fd_));
  CALL(SUCCESS, "a directory with a slash", path_open, ROOT, 0, PATH("dir/"), 0, RIGHT(FD_READDIR), 0, 0, AT(&fd_));
  MUST(fd_close(fd_));
  CALL(SUCCESS, "the directory itself", path_open, ROOT, 0, PATH("."), DIRECTORY, RIGHT(FD_READDIR), 0, 0, AT(&fd_));
  MUST(fd_close(fd_));
  CALL(NOTDIR, "a file as a directory", path_open, ROOT, 0, PATH("file"), DIRECTORY, RIGHT(FD_READDIR), 0, 0, AT(&fd_));
  CALL(NOTDIR, "a link as a directory", path_open, ROOT, 0, PATH("dirlink"), DIRECTORY, RIGHT(FD_READDIR), 0, 0,
       AT(&fd_));
  CALL(SUCCESS, "a link to a directory that is followed", path_open, ROOT, FOLLOW, PATH("dirlink"), DIRECTORY,
       RIGHT(FD_READDIR), 0, 0, AT(&fd_));
  MUST(fd_close(fd_));
  CALL(ISDIR, "a directory with the right to write", path_open, ROOT, 0, PATH("dir"), DIRECTORY,
       RIGHT(FD_READDIR) | RIGHT(FD_WRITE), 0, 0, AT(&fd_));

  CALL(INVAL, "an unknown flag of the lookup", path_open, ROOT, 2, PATH("file"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(INVAL, "an unknown flag of opening", path_open, ROOT, 0, PATH("file"), 16, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(INVAL, "an unknown flag of the descriptor", path_open, ROOT, 0, PATH("file"), 0, FILE_RIGHTS, 0, 32, AT(&fd_));
  CALL(INVAL, "an unknown right", path_open, ROOT, 0, PATH("file"), 0, (u64)1 << 36, 0, 0, AT(&fd_));
  CALL(INVAL, "an unknown right to inherit", path_open, ROOT, 0, PATH("file"), 0, 0, (u64)1 << 36, 0, AT(&fd_));
  CALL(BADF, "from a number that nothing has", path_open, UNUSED, 0, PATH("file"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(NOTDIR, "from standard input", path_open, 0, 0, PATH("file"), 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(FAULT, "the path outside", path_open, ROOT, 0, OUTSIDE, 4, 0, FILE_RIGHTS, 0, 0, AT(&fd_));
  CALL(FAULT, "the result outside", path_open, ROOT, 0, PATH("new"), CREAT, FILE_RIGHTS, 0, 0, OUTSIDE);
  THAT("what failed has made nothing", !exists("new"));

  u32 reader = openWith(ROOT, "file", 0, 0, RIGHT(FD_READ), 0);
  u32 count;
  struct { address buffer; u32 length; } one = {AT("x"), 1};
  CALL(NOTCAPABLE, "a file opened to read", fd_write, reader, AT(&one), 1, AT(&count));
  MUST(fd_close(reader));
}

static void looking(void) {
  __wasi_filestat_t stat;

  CALL(SUCCESS, "a file", path_filestat_get, ROOT, 0, PATH("file"), AT(&stat));
  THAT("it is one of four bytes", stat.filetype == __WASI_FILETYPE_REGULAR_FILE && stat.size == 4);
  CALL(SUCCESS, "a directory", path_filestat_get, ROOT, 0, PATH("dir"), AT(&stat));
  THAT("it is one", stat.filetype == __WASI_FILETYPE_DIRECTORY);
  CALL(SUCCESS, "a directory with a slash", path_filestat_get, ROOT, 0, PATH("dir/"), AT(&stat));
  CALL(SUCCESS, "the directory itself", path_filestat_get, ROOT, 0, PATH("."), AT(&stat));
  THAT("it is the root", stat.ino == statOf(ROOT).ino);
  CALL(SUCCESS, "a link", path_filestat_get, ROOT, 0, PATH("link"), AT(&stat));
  THAT("it is one, as long as its text", stat.filetype == __WASI_FILETYPE_SYMBOLIC_LINK && stat.size == 4);
  CALL(SUCCESS, "a link that is followed", path_filestat_get, ROOT, FOLLOW, PATH("link"), AT(&stat));
  THAT("it is the file", stat.ino == statAt("file").ino);
  CALL(SUCCESS, "a link to a directory with a slash", path_filestat_get, ROOT, 0, PATH("dirlink/"), AT(&stat));
  THAT("it is the directory", stat.filetype == __WASI_FILETYPE_DIRECTORY);
  CALL(SUCCESS, "a link to nothing", path_filestat_get, ROOT, 0, PATH("dangling"), AT(&stat));
  CALL(NOENT, "a link to nothing that is followed", path_filestat_get, ROOT, FOLLOW, PATH("dangling"), AT(&stat));
  CALL(NOENT, "what is not there", path_filestat_get, ROOT, 0, PATH("none"), AT(&stat));
  CALL(NOENT, "no path", path_filestat_get, ROOT, 0, PATH(""), AT(&stat));
  CALL(NOTDIR, "a file with a slash", path_filestat_get, ROOT, 0, PATH("file/"), AT(&stat));
  CALL(NOTDIR, "below a file", path_filestat_get, ROOT, 0, PATH("file/x"), AT(&stat));
  CALL(LOOP, "a link to itself", path_filestat_get, ROOT, FOLLOW, PATH("loop"), AT(&stat));
  CALL(PERM, "above the root", path_filestat_get, ROOT, 0, PATH(".."), AT(&stat));
  CALL(INVAL, "an unknown flag", path_filestat_get, ROOT, 2, PATH("file"), AT(&stat));
  CALL(INVAL, "a NUL inside", path_filestat_get, ROOT, 0, PATH("fi\0le"), AT(&stat));
  CALL(ILSEQ, "what is not UTF-8", path_filestat_get, ROOT, 0, PATH("\xc0\x80"), AT(&stat));
  CALL(BADF, "from a number that nothing has", path_filestat_get, UNUSED, 0, PATH("file"), AT(&stat));
  CALL(NOTDIR, "from standard output", path_filestat_get, 1, 0, PATH("file"), AT(&stat));
  CALL(FAULT, "the path outside", path_filestat_get, ROOT, 0, OUTSIDE, 4, AT(&stat));
  CALL(FAULT, "the result outside", path_filestat_get, ROOT, 0, PATH("file"), OUTSIDE);

  CALL(SUCCESS, "a file's times", path_filestat_set_times, ROOT, 0, PATH("file"), 1000000001, 2000000002, 1 | 4);
  THAT("they are told", statAt("file").atim == 1000000001 && statAt("file").mtim == 2000000002);
  CALL(SUCCESS, "those of what a link leads to", path_filestat_set_times, ROOT, FOLLOW, PATH("link"), 3000000003, 0, 1);
  THAT("the file has them", statAt("file").atim == 3000000003 && statAt("file").mtim == 2000000002);
  CALL(SUCCESS, "a link's own", path_filestat_set_times, ROOT, 0, PATH("link"), 4000000000, 5000000000, 1 | 4);
  THAT("the file's stay", statAt("link").mtim == 5000000000 && statAt("file").mtim == 2000000002);
  CALL(SUCCESS, "a directory's, now", path_filestat_set_times, ROOT, 0, PATH("dir"), 0, 0, 2 | 8);
  CALL(SUCCESS, "the directory's own", path_filestat_set_times, ROOT, 0, PATH("."), 0, 6000000000, 4);
  THAT("it is told", statOf(ROOT).mtim == 6000000000);
  CALL(INVAL, "a time and the present one", path_filestat_set_times, ROOT, 0, PATH("file"), 0, 0, 1 | 2);
  CALL(INVAL, "an unknown flag", path_filestat_set_times, ROOT, 0, PATH("file"), 0, 0, 16);
  CALL(INVAL, "an unknown flag of the lookup", path_filestat_set_times, ROOT, 4, PATH("file"), 0, 0, 0);
  CALL(NOENT, "what is not there", path_filestat_set_times, ROOT, 0, PATH("none"), 0, 0, 2);
  CALL(NOTDIR, "a file with a slash", path_filestat_set_times, ROOT, 0, PATH("file/"), 0, 0, 2);
  CALL(LOOP, "a link to itself", path_filestat_set_times, ROOT, FOLLOW, PATH("loop"), 0, 0, 2);
  CALL(PERM, "an absolute path", path_filestat_set_times, ROOT, 0, PATH("/file"), 0, 0, 2);
  CALL(BADF, "from a number that nothing has", path_filestat_set_times, UNUSED, 0, PATH("file"), 0, 0, 2);
  CALL(NOTDIR, "from standard output", path_filestat_set_times, 1, 0, PATH("file"), 0, 0, 2);
  CALL(FAULT, "the path outside", path_filestat_set_times, ROOT, 0, OUTSIDE, 4, 0, 0, 2);
}

static void linking(void) {
  u32 used;
  char text[16];

  CALL(SUCCESS, "a file by another name", path_link, ROOT, 0, PATH("file"), ROOT, PATH("dir/second"));
  THAT("both are one", statAt("file").nlink == 2 && statAt("file").ino == statAt("dir/second").ino);
  makeFile("file", "new text");
  THAT("what is written by one is read by the other", strcmp(contentAt("dir/second"), "new text") == 0);
  CALL(EXIST, "a name that something has", path_link, ROOT, 0, PATH("file"), ROOT, PATH("dir/second"));
  CALL(EXIST, "a name that a link has", path_link, ROOT, 0, PATH("file"), ROOT, PATH("dangling"));
  CALL(PERM, "a directory", path_link, ROOT, 0, PATH("dir"), ROOT, PATH("second"));
  CALL(NOENT, "what is not there", path_link, ROOT, 0, PATH("none"), ROOT, PATH("second"));
  CALL(NOENT, "below what is not there", path_link, ROOT, 0, PATH("file"), ROOT, PATH("none/second"));
  CALL(NOENT, "a name with a slash", path_link, ROOT, 0, PATH("file"), ROOT, PATH("second/"));
  CALL(NOENT, "no path", path_link, ROOT, 0, PATH(""), ROOT, PATH("second"));
  CALL(NOTDIR, "a file with a slash", path_link, ROOT, 0, PATH("file/"), ROOT, PATH("second"));
  CALL(NOTDIR, "a name below a file", path_link, ROOT, 0, PATH("file"), ROOT, PATH("file/second"));
  CALL(PERM, "from above the root", path_link, ROOT, 0, PATH("../file"), ROOT, PATH("second"));
  CALL(PERM, "to above the root", path_link, ROOT, 0, PATH("file"), ROOT, PATH("../second"));
  CALL(XDEV, "to another file system", path_link, ROOT, 0, PATH("file"), ELSEWHERE, PATH("second"));
  CALL(INVAL, "an unknown flag", path_link, ROOT, 2, PATH("file"), ROOT, PATH("second"));
  CALL(BADF, "from a number that nothing has", path_link, UNUSED, 0, PATH("file"), ROOT, PATH("second"));
  CALL(BADF, "to a number that nothing has", path_link, ROOT, 0, PATH("file"), UNUSED, PATH("second"));
  CALL(NOTDIR, "from standard input", path_link, 0, 0, PATH("file"), ROOT, PATH("second"));
  CALL(NOTDIR, "to standard output", path_link, ROOT, 0, PATH("file"), 1, PATH("second"));
  CALL(NOTCAPABLE, "from where nothing may be changed", path_link, READONLY, 0, PATH("file"), ROOT, PATH("second"));
  CALL(NOTCAPABLE, "to where nothing may be changed", path_link, ROOT, 0, PATH("file"), READONLY, PATH("second"));
  CALL(FAULT, "the path outside", path_link, ROOT, 0, OUTSIDE, 4, ROOT, PATH("second"));
  CALL(FAULT, "the new path outside", path_link, ROOT, 0, PATH("file"), ROOT, OUTSIDE, 4);
  CALL(SUCCESS, "what a link leads to", path_link, ROOT, FOLLOW, PATH("link"), ROOT, PATH("second"));
  THAT("it is the file", statAt("second").ino == statAt("file").ino && statAt("file").nlink == 3);
  unlinkFile("second");
  unlinkFile("dir/second");
  THAT("names that are gone do not count", statAt("file").nlink == 1);

  CALL(SUCCESS, "to a file", path_symlink, PATH("file"), ROOT, PATH("s"));
  CALL(EXIST, "a name that something has", path_symlink, PATH("file"), ROOT, PATH("s"));
  CALL(EXIST, "a name that a link to nothing has", path_symlink, PATH("file"), ROOT, PATH("dangling"));
  CALL(EXIST, "the directory itself", path_symlink, PATH("file"), ROOT, PATH("."));
  CALL(PERM, "to an absolute path", path_symlink, PATH("/etc/passwd"), ROOT, PATH("t"));
  CALL(PERM, "to above the root", path_symlink, PATH("../file"), ROOT, PATH("t"));
  CALL(PERM, "to above the root by way of a directory", path_symlink, PATH("dir/../../file"), ROOT, PATH("t"));
  CALL(PERM, "to above the root from below", path_symlink, PATH("../../file"), ROOT, PATH("dir/t"));
  CALL(SUCCESS, "upwards, inside", path_symlink, PATH("../file"), ROOT, PATH("dir/t"));
  CALL(NOENT, "to nowhere", path_symlink, PATH(""), ROOT, PATH("t"));
  CALL(NOENT, "no path", path_symlink, PATH("file"), ROOT, PATH(""));
  CALL(NOENT, "below what is not there", path_symlink, PATH("file"), ROOT, PATH("none/t"));
  CALL(NOENT, "a name with a slash", path_symlink, PATH("file"), ROOT, PATH("t/"));
  CALL(NOTDIR, "below a file", path_symlink, PATH("file"), ROOT, PATH("file/t"));
  CALL(INVAL, "a NUL inside", path_symlink, PATH("fi\0le"), ROOT, PATH("t"));
  CALL(ILSEQ, "what is not UTF-8", path_symlink, PATH("\xff"), ROOT, PATH("t"));
  CALL(PERM, "a path above the root", path_symlink, PATH("file"), ROOT, PATH("../t"));
  CALL(BADF, "at a number that nothing has", path_symlink, PATH("file"), UNUSED, PATH("t"));
  CALL(NOTDIR, "at standard input", path_symlink, PATH("file"), 0, PATH("t"));
  CALL(NOTCAPABLE, "where nothing may be changed", path_symlink, PATH("file"), READONLY, PATH("t"));
  CALL(FAULT, "the text outside", path_symlink, OUTSIDE, 4, ROOT, PATH("t"));
  CALL(FAULT, "the path outside", path_symlink, PATH("file"), ROOT, OUTSIDE, 4);
  THAT("what failed has made nothing", !exists("t"));

  CALL(SUCCESS, "a link", path_readlink, ROOT, PATH("dir/t"), AT(text), sizeof text, AT(&used));
  THAT("its text is told", used == 7 && memcmp(text, "../file", 7) == 0);
  memset(text, 'x', sizeof text);
  CALL(SUCCESS, "with too little room", path_readlink, ROOT, PATH("dir/t"), AT(text), 3, AT(&used));
  THAT("as much is told as there is room for", used == 3 && memcmp(text, "../x", 4) == 0);
  CALL(SUCCESS, "with no room", path_readlink, ROOT, PATH("link"), OUTSIDE, 0, AT(&used));
  CALL(SUCCESS, "a link to nothing", path_readlink, ROOT, PATH("dangling"), AT(text), sizeof text, AT(&used));
  CALL(INVAL, "a file", path_readlink, ROOT, PATH("file"), AT(text), sizeof text, AT(&used));
  CALL(INVAL, "a directory", path_readlink, ROOT, PATH("dir"), AT(text), sizeof text, AT(&used));
  CALL(NOENT, "what is not there", path_readlink, ROOT, PATH("none"), AT(text), sizeof text, AT(&used));
  CALL(NOENT, "no path", path_readlink, ROOT, PATH(""), AT(text), sizeof text, AT(&used));
  CALL(NOTDIR, "below a file", path_readlink, ROOT, PATH("file/x"), AT(text), sizeof text, AT(&used));
  CALL(PERM, "an absolute path", path_readlink, ROOT, PATH("/link"), AT(text), sizeof text, AT(&used));
  CALL(BADF, "from a number that nothing has", path_readlink, UNUSED, PATH("link"), AT(text), sizeof text, AT(&used));
  CALL(NOTDIR, "from standard input", path_readlink, 0, PATH("link"), AT(text), sizeof text, AT(&used));
  CALL(FAULT, "the path outside", path_readlink, ROOT, OUTSIDE, 4, AT(text), sizeof text, AT(&used));
  CALL(FAULT, "the room outside", path_readlink, ROOT, PATH("link"), OUTSIDE, 4, AT(&used));
  CALL(FAULT, "the count outside", path_readlink, ROOT, PATH("link"), AT(text), sizeof text, OUTSIDE);
  unlinkFile("s");
  unlinkFile("dir/t");
}

static void moving(void) {
  makeFile("a", "of a");
  makeFile("b", "of b");
  makeDirectory("d1");
  makeDirectory("d2");
  makeDirectory("full");
  makeFile("full/x", "");

  CALL(SUCCESS, "a file", path_rename, ROOT, PATH("a"), ROOT, PATH("c"));
  THAT("it has the new name alone", !exists("a") && strcmp(contentAt("c"), "of a") == 0);
  CALL(SUCCESS, "over another file", path_rename, ROOT, PATH("c"), ROOT, PATH("b"));
  THAT("the other one is gone", !exists("c") && strcmp(contentAt("b"), "of a") == 0);
  CALL(SUCCESS, "into a directory", path_rename, ROOT, PATH("b"), ROOT, PATH("d1/b"));
  CALL(SUCCESS, "a directory", path_rename, ROOT, PATH("d1"), ROOT, PATH("d3"));
  THAT("what it holds has come along", strcmp(contentAt("d3/b"), "of a") == 0);
  CALL(SUCCESS, "a directory over an empty one", path_rename, ROOT, PATH("d3"), ROOT, PATH("d2"));
  THAT("the empty one is gone", !exists("d3") && strcmp(contentAt("d2/b"), "of a") == 0);
  CALL(SUCCESS, "a directory with slashes", path_rename, ROOT, PATH("d2/"), ROOT, PATH("d3/"));
  CALL(SUCCESS, "to the name that it has", path_rename, ROOT, PATH("d3/b"), ROOT, PATH("d3/b"));
  THAT("it is still there", strcmp(contentAt("d3/b"), "of a") == 0);
  CALL(SUCCESS, "a link itself", path_rename, ROOT, PATH("link"), ROOT, PATH("d3/link"));
  THAT("it is a link still", statAt("d3/link").filetype == __WASI_FILETYPE_SYMBOLIC_LINK);
  CALL(SUCCESS, "over a link", path_rename, ROOT, PATH("d3/b"), ROOT, PATH("d3/link"));
  THAT("it was not followed", strcmp(contentAt("file"), "new text") == 0);
  makeLink("file", "link");

  CALL(NOTEMPTY, "a directory over one that is not empty", path_rename, ROOT, PATH("d3"), ROOT, PATH("full"));
  CALL(NOTDIR, "a directory over a file", path_rename, ROOT, PATH("d3"), ROOT, PATH("file"));
  CALL(ISDIR, "a file over a directory", path_rename, ROOT, PATH("file"), ROOT, PATH("d3"));
  CALL(INVAL, "a directory into itself", path_rename, ROOT, PATH("d3"), ROOT, PATH("d3/d4"));
  CALL(BUSY, "the directory itself", path_rename, ROOT, PATH("."), ROOT, PATH("d4"));
  CALL(BUSY, "onto the directory itself", path_rename, ROOT, PATH("d3"), ROOT, PATH("."));
  CALL(NOENT, "what is not there", path_rename, ROOT, PATH("none"), ROOT, PATH("d4"));
  CALL(NOENT, "below what is not there", path_rename, ROOT, PATH("file"), ROOT, PATH("none/x"));
  CALL(NOENT, "no path", path_rename, ROOT, PATH(""), ROOT, PATH("d4"));
  CALL(NOENT, "no new path", path_rename, ROOT, PATH("file"), ROOT, PATH(""));
  CALL(NOTDIR, "a file with a slash", path_rename, ROOT, PATH("file/"), ROOT, PATH("d4"));
  CALL(NOTDIR, "a file to a name with a slash", path_rename, ROOT, PATH("file"), ROOT, PATH("d4/"));
  CALL(NOTDIR, "below a file", path_rename, ROOT, PATH("d3"), ROOT, PATH("file/x"));
  CALL(LOOP, "below a link to itself", path_rename, ROOT, PATH("file"), ROOT, PATH("loop/x"));
  CALL(PERM, "from above the root", path_rename, ROOT, PATH("../x"), ROOT, PATH("d4"));
  CALL(PERM, "to above the root", path_rename, ROOT, PATH("file"), ROOT, PATH("../x"));
  CALL(PERM, "to an absolute path", path_rename, ROOT, PATH("file"), ROOT, PATH("/x"));
  CALL(XDEV, "to another file system", path_rename, ROOT, PATH("file"), ELSEWHERE, PATH("file"));
  CALL(INVAL, "a NUL inside", path_rename, ROOT, PATH("fi\0le"), ROOT, PATH("d4"));
  CALL(ILSEQ, "what is not UTF-8", path_rename, ROOT, PATH("file"), ROOT, PATH("\xfe"));
  checkCall("path_rename", path_rename(ROOT, PATH("file"), ROOT, AT(longName), 256), __WASI_ERRNO_NAMETOOLONG,
            "to a name of 256 bytes");
  CALL(BADF, "from a number that nothing has", path_rename, UNUSED, PATH("file"), ROOT, PATH("d4"));
  CALL(BADF, "to a number that nothing has", path_rename, ROOT, PATH("file"), UNUSED, PATH("d4"));
  CALL(NOTDIR, "from standard input", path_rename, 0, PATH("file"), ROOT, PATH("d4"));
  CALL(NOTCAPABLE, "from where nothing may be changed", path_rename, READONLY, PATH("file"), ROOT, PATH("d4"));
  CALL(NOTCAPABLE, "to where nothing may be changed", path_rename, ROOT, PATH("file"), READONLY, PATH("d4"));
  CALL(FAULT, "the path outside", path_rename, ROOT, OUTSIDE, 4, ROOT, PATH("d4"));
  CALL(FAULT, "the new path outside", path_rename, ROOT, PATH("file"), ROOT, OUTSIDE, 4);
  THAT("what failed has moved nothing", exists("file") && exists("d3") && !exists("d4"));

  CALL(SUCCESS, "a file", path_unlink_file, ROOT, PATH("full/x"));
  CALL(SUCCESS, "a link to a directory", path_unlink_file, ROOT, PATH("dirlink"));
  THAT("the directory is there", exists("dir"));
  makeLink("dir", "dirlink");
  CALL(ISDIR, "a directory", path_unlink_file, ROOT, PATH("full"));
  CALL(ISDIR, "a directory with a slash", path_unlink_file, ROOT, PATH("full/"));
  CALL(ISDIR, "the directory itself", path_unlink_file, ROOT, PATH("."));
  CALL(NOTDIR, "a file with a slash", path_unlink_file, ROOT, PATH("file/"));
  CALL(NOTDIR, "below a file", path_unlink_file, ROOT, PATH("file/x"));
  CALL(NOENT, "what is not there", path_unlink_file, ROOT, PATH("none"));
  CALL(NOENT, "no path", path_unlink_file, ROOT, PATH(""));
  CALL(PERM, "above the root", path_unlink_file, ROOT, PATH("../x"));
  CALL(INVAL, "a NUL inside", path_unlink_file, ROOT, PATH("fi\0le"));
  CALL(BADF, "from a number that nothing has", path_unlink_file, UNUSED, PATH("file"));
  CALL(NOTDIR, "from standard input", path_unlink_file, 0, PATH("file"));
  CALL(NOTCAPABLE, "where nothing may be changed", path_unlink_file, READONLY, PATH("file"));
  CALL(FAULT, "the path outside", path_unlink_file, ROOT, OUTSIDE, 4);
  THAT("what failed has removed nothing", exists("file") && exists("full"));

  unlinkFile("d3/link");
  removeDirectory("d3");
  removeDirectory("full");
}

int main(void) {
  setUp();
  opening();
  looking();
  linking();
  moving();
  tearDown();
  return done();
}
