/* Every function that takes a path, in every place where it takes one, with every path that is wrong for all of them. */
#include "check.h"

typedef u32 pathFunction(address path, u32 length);

static u32 result;
static u8 room[64];

static u32 createDirectory(address path, u32 length) { return path_create_directory(ROOT, path, length); }
static u32 removeDirectory_(address path, u32 length) { return path_remove_directory(ROOT, path, length); }
static u32 unlink_(address path, u32 length) { return path_unlink_file(ROOT, path, length); }
static u32 statGet(address path, u32 length) { return path_filestat_get(ROOT, 0, path, length, AT(room)); }
static u32 statGetFollowing(address path, u32 length) { return path_filestat_get(ROOT, FOLLOW, path, length, AT(room)); }
static u32 setTimes(address path, u32 length) { return path_filestat_set_times(ROOT, 0, path, length, 1, 1, 5); }
static u32 open_(address path, u32 length) {
  return path_open(ROOT, 0, path, length, 0, RIGHT(FD_READ), 0, 0, AT(&result));
}
static u32 openCreating(address path, u32 length) {
  return path_open(ROOT, FOLLOW, path, length, CREAT, RIGHT(FD_READ), 0, 0, AT(&result));
}
static u32 openDirectory_(address path, u32 length) {
  return path_open(ROOT, 0, path, length, DIRECTORY, RIGHT(FD_READDIR), 0, 0, AT(&result));
}
static u32 readlink_(address path, u32 length) {
  return path_readlink(ROOT, path, length, AT(room), sizeof room, AT(&result));
}
static u32 linkFrom(address path, u32 length) { return path_link(ROOT, 0, path, length, ROOT, PATH("new")); }
static u32 linkTo(address path, u32 length) { return path_link(ROOT, 0, PATH("file"), ROOT, path, length); }
static u32 renameFrom(address path, u32 length) { return path_rename(ROOT, path, length, ROOT, PATH("new")); }
static u32 renameTo(address path, u32 length) { return path_rename(ROOT, PATH("file"), ROOT, path, length); }
static u32 symlinkAt(address path, u32 length) { return path_symlink(PATH("file"), ROOT, path, length); }

static const struct {
  const char *name;
  const char *what;
  pathFunction *call;
} functions[] = {
    {"path_create_directory", "", createDirectory},
    {"path_remove_directory", "", removeDirectory_},
    {"path_unlink_file", "", unlink_},
    {"path_filestat_get", "", statGet},
    {"path_filestat_get", "following, ", statGetFollowing},
    {"path_filestat_set_times", "", setTimes},
    {"path_open", "", open_},
    {"path_open", "creating, ", openCreating},
    {"path_open", "a directory, ", openDirectory_},
    {"path_readlink", "", readlink_},
    {"path_link", "from ", linkFrom},
    {"path_link", "to ", linkTo},
    {"path_rename", "from ", renameFrom},
    {"path_rename", "to ", renameTo},
    {"path_symlink", "at ", symlinkAt},
};

static char longPath[4097];
static char longName[264];

static void check(const char *what, address path, u32 length, u32 expected) {
  for (u32 i = 0; i < sizeof functions / sizeof *functions; i++) {
    char text[64];
    strcpy(text, functions[i].what);
    strcat(text, what);
    checkCall(functions[i].name, functions[i].call(path, length), expected, text);
  }
}

int main(void) {
  makeFile("file", "text");
  makeDirectory("dir");
  makeLink("loop", "loop");
  makeLink("file", "link");
  makeLink("none", "dangling");
  makeLink("..", "dir/above");
  for (u32 i = 0; i < 4096; i++) longPath[i] = i % 2 == 0 ? '.' : '/';
  memset(longName, 'n', 260);
  memcpy(longName + 260, "/x", 2);

  check("no path", PATH(""), __WASI_ERRNO_NOENT);
  check("a path that begins outside", OUTSIDE, 4, __WASI_ERRNO_FAULT);
  check("a path that ends outside", AT("file"), 0x7fffffff, __WASI_ERRNO_FAULT);
  check("a path as long as there are numbers", AT("file"), 0xffffffff, __WASI_ERRNO_FAULT);
  check("a path of 4096 bytes", AT(longPath), 4096, __WASI_ERRNO_NAMETOOLONG);
  check("a name of 260 bytes on the way", AT(longName), 262, __WASI_ERRNO_NAMETOOLONG);
  check("a NUL inside", PATH("fi\0le"), __WASI_ERRNO_INVAL);
  check("a NUL at the end", AT("file"), 5, __WASI_ERRNO_INVAL);
  check("a byte that UTF-8 has not", PATH("\xff"), __WASI_ERRNO_ILSEQ);
  check("a character that is cut off", PATH("fil\xc3"), __WASI_ERRNO_ILSEQ);
  check("a slash in more bytes than it takes", PATH("..\xc0\xaf" "file"), __WASI_ERRNO_ILSEQ);
  check("an absolute path", PATH("/file"), __WASI_ERRNO_PERM);
  check("a path of slashes", PATH("//"), __WASI_ERRNO_PERM);
  check("above the root", PATH(".."), __WASI_ERRNO_PERM);
  check("above the root and back", PATH("../file"), __WASI_ERRNO_PERM);
  check("above the root by way of a directory", PATH("dir/../../file"), __WASI_ERRNO_PERM);
  check("above the root by way of a link", PATH("dir/above/../x"), __WASI_ERRNO_PERM);
  check("below what is not there", PATH("none/x"), __WASI_ERRNO_NOENT);
  check("below a link to nothing", PATH("dangling/x"), __WASI_ERRNO_NOENT);
  check("below a file", PATH("file/x"), __WASI_ERRNO_NOTDIR);
  check("above a file", PATH("file/../dir/x"), __WASI_ERRNO_NOTDIR);
  check("below a link to a file", PATH("link/x"), __WASI_ERRNO_NOTDIR);
  check("below a link to itself", PATH("loop/x"), __WASI_ERRNO_LOOP);

  THAT("nothing was made", !exists("new") && !exists("none") && !exists("dir/x"));
  THAT("nothing is gone or changed", strcmp(contentAt("file"), "text") == 0 && exists("dir") && exists("loop"));
  THAT("no descriptor has stayed open", openFile("file") == 6);
  MUST(fd_close(6));
  unlinkFile("dangling");
  unlinkFile("dir/above");
  unlinkFile("loop");
  unlinkFile("link");
  unlinkFile("file");
  removeDirectory("dir");
  return done();
}
