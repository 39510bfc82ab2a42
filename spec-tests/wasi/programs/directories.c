/* Preopens; making, listing and removing directories. */
#include "check.h"

static u8 buffer[8192];

static void preopens(void) {
  __wasi_prestat_t prestat;
  u32 file = openFile("file");
  u32 opened = openDirectory(".");

  CALL(SUCCESS, "the root", fd_prestat_get, ROOT, AT(&prestat));
  THAT("its name has one byte", prestat.tag == 0 && prestat.u.dir.pr_name_len == 1);
  CALL(SUCCESS, "the root", fd_prestat_dir_name, ROOT, AT(buffer), 1);
  THAT("it is a slash", buffer[0] == '/');
  CALL(SUCCESS, "another", fd_prestat_get, ELSEWHERE, AT(&prestat));
  THAT("its name has nine bytes", prestat.u.dir.pr_name_len == 9);
  buffer[9] = 'x';
  CALL(SUCCESS, "another, with more room", fd_prestat_dir_name, ELSEWHERE, AT(buffer), 64);
  THAT("nothing stands behind it", memcmp(buffer, "elsewherex", 10) == 0);
  CALL(NAMETOOLONG, "too little room", fd_prestat_dir_name, ELSEWHERE, AT(buffer), 8);
  CALL(BADF, "a number that nothing has", fd_prestat_get, UNUSED, AT(&prestat));
  CALL(BADF, "a number that nothing has", fd_prestat_dir_name, UNUSED, AT(buffer), 64);
  CALL(INVAL, "a file", fd_prestat_get, file, AT(&prestat));
  CALL(INVAL, "a file", fd_prestat_dir_name, file, AT(buffer), 64);
  CALL(INVAL, "a directory that was opened later", fd_prestat_get, opened, AT(&prestat));
  CALL(INVAL, "a directory that was opened later", fd_prestat_dir_name, opened, AT(buffer), 64);
  CALL(FAULT, "the result outside", fd_prestat_get, ROOT, OUTSIDE);
  CALL(FAULT, "the room outside", fd_prestat_dir_name, ROOT, OUTSIDE, 1);

  MUST(fd_close(file));
  MUST(fd_close(opened));
  unlinkFile("file");
}

static char longName[257];
static char longPath[4097];

/* Paths that are wrong for any function; each is tried with the one that makes directories. */
static void paths(void) {
  makeFile("file", "");
  makeLink("loop", "loop");
  makeLink("file", "link");
  memset(longName, 'n', 256);
  for (u32 i = 0; i < 4096; i++) longPath[i] = i % 2 == 0 ? '.' : '/';

  CALL(SUCCESS, "a name", path_create_directory, ROOT, PATH("dir"));
  CALL(EXIST, "a name that a directory has", path_create_directory, ROOT, PATH("dir"));
  CALL(EXIST, "a name that a file has", path_create_directory, ROOT, PATH("file"));
  CALL(EXIST, "a name that a link has", path_create_directory, ROOT, PATH("link"));
  CALL(EXIST, "a name that a link to itself has", path_create_directory, ROOT, PATH("loop"));
  CALL(EXIST, "the directory itself", path_create_directory, ROOT, PATH("."));
  CALL(EXIST, "the directory itself by way of another", path_create_directory, ROOT, PATH("dir/.."));
  CALL(SUCCESS, "with a slash at the end", path_create_directory, ROOT, PATH("dir/below/"));
  CALL(SUCCESS, "with slashes and dots between", path_create_directory, ROOT, PATH("dir//./below/../again"));
  THAT("it is there", statAt("dir/again").filetype == __WASI_FILETYPE_DIRECTORY);
  CALL(NOENT, "no name", path_create_directory, ROOT, PATH(""));
  CALL(NOENT, "no name, at an address outside", path_create_directory, ROOT, OUTSIDE, 0);
  CALL(NOENT, "below what is not there", path_create_directory, ROOT, PATH("none/dir"));
  CALL(NOTDIR, "below a file", path_create_directory, ROOT, PATH("file/dir"));
  CALL(NOTDIR, "below a link to a file", path_create_directory, ROOT, PATH("link/dir"));
  CALL(LOOP, "below a link to itself", path_create_directory, ROOT, PATH("loop/dir"));
  CALL(PERM, "an absolute path", path_create_directory, ROOT, PATH("/dir2"));
  CALL(PERM, "above the root", path_create_directory, ROOT, PATH("../dir2"));
  CALL(PERM, "above the root by way of a directory", path_create_directory, ROOT, PATH("dir/../../dir2"));
  CALL(INVAL, "a NUL inside", path_create_directory, ROOT, PATH("a\0b"));
  CALL(ILSEQ, "what is not UTF-8", path_create_directory, ROOT, PATH("a\xff"));
  CALL(ILSEQ, "half of a surrogate pair", path_create_directory, ROOT, PATH("\xed\xa0\x80"));
  CALL(SUCCESS, "beyond ASCII", path_create_directory, ROOT, PATH("größe ✓ 😀"));
  CALL(NAMETOOLONG, "a name of 256 bytes", path_create_directory, ROOT, AT(longName), 256);
  CALL(SUCCESS, "a name of 255 bytes", path_create_directory, ROOT, AT(longName), 255);
  CALL(NAMETOOLONG, "a path of 4096 bytes", path_create_directory, ROOT, AT(longPath), 4096);
  CALL(EXIST, "a path of 4095 bytes", path_create_directory, ROOT, AT(longPath), 4095);
  CALL(BADF, "from a number that nothing has", path_create_directory, UNUSED, PATH("dir2"));
  CALL(NOTDIR, "from standard input", path_create_directory, 0, PATH("dir2"));
  CALL(NOTCAPABLE, "where nothing may be changed", path_create_directory, READONLY, PATH("dir2"));
  CALL(FAULT, "the path outside", path_create_directory, ROOT, OUTSIDE, 4);
  CALL(FAULT, "a path that begins inside", path_create_directory, ROOT, AT("dir2"), 0x7fffffff);
  THAT("what failed has made nothing", !exists("dir2"));

  CALL(NOTEMPTY, "one that is not empty", path_remove_directory, ROOT, PATH("dir"));
  CALL(SUCCESS, "with a slash at the end", path_remove_directory, ROOT, PATH("dir/below/"));
  CALL(SUCCESS, "below another", path_remove_directory, ROOT, PATH("dir/again"));
  CALL(SUCCESS, "one that is empty now", path_remove_directory, ROOT, PATH("dir"));
  CALL(NOENT, "one that is gone", path_remove_directory, ROOT, PATH("dir"));
  CALL(NOENT, "no name", path_remove_directory, ROOT, PATH(""));
  CALL(INVAL, "the directory itself", path_remove_directory, ROOT, PATH("."));
  CALL(NOTDIR, "a file", path_remove_directory, ROOT, PATH("file"));
  CALL(NOTDIR, "a file with a slash", path_remove_directory, ROOT, PATH("file/"));
  CALL(NOTDIR, "a link", path_remove_directory, ROOT, PATH("link"));
  CALL(PERM, "above the root", path_remove_directory, ROOT, PATH(".."));
  CALL(BADF, "from a number that nothing has", path_remove_directory, UNUSED, PATH("x"));
  CALL(NOTDIR, "from standard input", path_remove_directory, 0, PATH("x"));
  CALL(FAULT, "the path outside", path_remove_directory, ROOT, OUTSIDE, 4);
  CALL(SUCCESS, "beyond ASCII", path_remove_directory, ROOT, PATH("größe ✓ 😀"));
  CALL(NOTCAPABLE, "where nothing may be changed", path_remove_directory, READONLY, AT(longName), 255);
  CALL(SUCCESS, "a name of 255 bytes", path_remove_directory, ROOT, AT(longName), 255);
  unlinkFile("link");
  unlinkFile("loop");
  unlinkFile("file");
}

/* The names in a directory as fd_readdir gives them, with commas between; the room that each call gives. */
static const char *namesIn(u32 fd, u32 room) {
  static char names[2048];
  u64 cookie = 0;
  u32 length = 0, used;
  do {
    must(fd_readdir(fd, AT(buffer), room, cookie, AT(&used)), "listing");
    u32 at = 0;
    while (at + 24 <= used) {
      __wasi_dirent_t entry;
      memcpy(&entry, buffer + at, 24);
      if (at + 24 + entry.d_namlen > used) break;
      memcpy(names + length, buffer + at + 24, entry.d_namlen);
      length += entry.d_namlen;
      names[length++] = entry.d_type == __WASI_FILETYPE_DIRECTORY ? '/' : entry.d_type == __WASI_FILETYPE_SYMBOLIC_LINK ? '@' : ',';
      at += 24 + entry.d_namlen;
      cookie = entry.d_next;
    }
    if (at == 0 && used == room) __builtin_trap();
  } while (used == room);
  names[length] = 0;
  return names;
}

static void listing(void) {
  makeDirectory("dir");
  makeDirectory("dir/empty");
  makeFile("dir/b", "");
  makeFile("dir/a", "");
  makeLink("b", "dir/link");
  u32 fd = openDirectory("dir");
  u32 used;

  CALL(SUCCESS, "all at once", fd_readdir, fd, AT(buffer), sizeof buffer, 0, AT(&used));
  THAT("less than the room is used", used < sizeof buffer);
  __wasi_dirent_t first;
  memcpy(&first, buffer, 24);
  THAT("the first number is that of the directory", first.d_ino == statOf(fd).ino);
  THAT("all are there, in order", strcmp(namesIn(fd, sizeof buffer), "./../a,b,empty/link@") == 0);
  THAT("also where there is little room", strcmp(namesIn(fd, 40), "./../a,b,empty/link@") == 0);
  CALL(SUCCESS, "no room", fd_readdir, fd, OUTSIDE, 0, 0, AT(&used));
  THAT("nothing is used", used == 0);
  CALL(SUCCESS, "less room than an entry takes", fd_readdir, fd, AT(buffer), 10, 0, AT(&used));
  THAT("all is used", used == 10);
  CALL(SUCCESS, "from the end on", fd_readdir, fd, AT(buffer), sizeof buffer, 6, AT(&used));
  THAT("nothing comes", used == 0);
  CALL(SUCCESS, "from far behind the end on", fd_readdir, fd, AT(buffer), sizeof buffer, (u64)-1, AT(&used));
  THAT("nothing comes from there", used == 0);

  /* Removing what has been listed does not make the listing skip anything. */
  CALL(SUCCESS, "the first three", fd_readdir, fd, AT(buffer), 24 * 3 + 4, 0, AT(&used));
  __wasi_dirent_t third;
  memcpy(&third, buffer + 24 + 1 + 24 + 2, 24);
  unlinkFile("dir/a");
  CALL(SUCCESS, "what follows them", fd_readdir, fd, AT(buffer), sizeof buffer, third.d_next, AT(&used));
  THAT("the next one comes", used > 24 && buffer[24] == 'b');
  THAT("a new listing is without what is gone", strcmp(namesIn(fd, 1000), "./../b,empty/link@") == 0);

  u32 file = openWith(ROOT, "dir/b", 0, 0, RIGHT(FD_READ) | RIGHT(FD_READDIR), 0);
  CALL(NOTDIR, "a file", fd_readdir, file, AT(buffer), sizeof buffer, 0, AT(&used));
  CALL(NOTDIR, "standard input", fd_readdir, 0, AT(buffer), sizeof buffer, 0, AT(&used));
  CALL(BADF, "a number that nothing has", fd_readdir, UNUSED, AT(buffer), sizeof buffer, 0, AT(&used));
  CALL(FAULT, "the room outside", fd_readdir, fd, OUTSIDE, 100, 0, AT(&used));
  CALL(FAULT, "the count outside", fd_readdir, fd, AT(buffer), sizeof buffer, 0, OUTSIDE);
  MUST(fd_close(file));
  u32 blind = openWith(ROOT, "dir", 0, DIRECTORY, RIGHT(PATH_OPEN), RIGHT(FD_READ));
  CALL(NOTCAPABLE, "one that was not opened for it", fd_readdir, blind, AT(buffer), sizeof buffer, 0, AT(&used));
  MUST(fd_close(blind));

  unlinkFile("dir/b");
  unlinkFile("dir/link");
  removeDirectory("dir/empty");
  THAT("at the end it is empty", strcmp(namesIn(fd, 1000), "./../") == 0);
  removeDirectory("dir");
  CALL(SUCCESS, "a directory that was removed", fd_close, fd);

  /* More than fit into any buffer at once. */
  makeDirectory("many");
  char name[] = "many/000";
  for (u32 i = 0; i < 300; i++) {
    name[5] = (char)('0' + i / 100);
    name[6] = (char)('0' + i / 10 % 10);
    name[7] = (char)('0' + i % 10);
    makeFile(name, "");
  }
  fd = openDirectory("many");
  const char *names = namesIn(fd, 512);
  bool all = strlen(names) == 5 + 300 * 4;
  for (u32 i = 0; i < 300; i++) {
    const char *at = names + 5 + i * 4;
    all = all && (u32)((at[0] - '0') * 100 + (at[1] - '0') * 10 + at[2] - '0') == i && at[3] == ',';
  }
  THAT("three hundred files are listed, each once", all);
  MUST(fd_close(fd));
  for (u32 i = 0; i < 300; i++) {
    name[5] = (char)('0' + i / 100);
    name[6] = (char)('0' + i / 10 % 10);
    name[7] = (char)('0' + i % 10);
    unlinkFile(name);
  }
  removeDirectory("many");
}

int main(void) {
  preopens();
  paths();
  listing();
  return done();
}
