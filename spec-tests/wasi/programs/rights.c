/*
 * Rights: each function that wants one, on a descriptor that has all others; and a directory in which nothing may be changed. What
 * fails so has changed nothing.
 */
#include "check.h"

static u8 room[512];
static u32 count;
static struct { address buffer; u32 length; } one = {AT(room), 1};

/* Opens the file with all rights but these. */
static u32 fileWithout(u64 missing) { return openWith(ROOT, "file", 0, 0, FILE_RIGHTS & ~missing, 0); }

/* Opens the directory with all rights but these; what is opened from there may have all. */
static u32 directoryWithout(u64 missing) {
  return openWith(ROOT, "dir", 0, DIRECTORY, DIRECTORY_RIGHTS & ~missing, DIRECTORY_RIGHTS | FILE_RIGHTS);
}

/* The call gives NOTCAPABLE without the right and SUCCESS with it; `with` makes the descriptor `fd`. */
#define NEEDS(with, right, function, ...)                                                                              \
  do {                                                                                                                 \
    u32 fd = with(RIGHT(right));                                                                                       \
    CALL(NOTCAPABLE, "without " #right, function, __VA_ARGS__);                                                        \
    MUST(fd_close(fd));                                                                                                \
    fd = with(0);                                                                                                      \
    CALL(SUCCESS, "with " #right, function, __VA_ARGS__);                                                              \
    MUST(fd_close(fd));                                                                                                \
  } while (0)

static void files(void) {
  NEEDS(fileWithout, FD_READ, fd_read, fd, AT(&one), 1, AT(&count));
  NEEDS(fileWithout, FD_READ, fd_pread, fd, AT(&one), 1, 0, AT(&count));
  NEEDS(fileWithout, FD_SEEK, fd_pread, fd, AT(&one), 1, 0, AT(&count));
  NEEDS(fileWithout, FD_WRITE, fd_write, fd, AT(&one), 1, AT(&count));
  NEEDS(fileWithout, FD_WRITE, fd_pwrite, fd, AT(&one), 1, 0, AT(&count));
  NEEDS(fileWithout, FD_SEEK, fd_pwrite, fd, AT(&one), 1, 0, AT(&count));
  NEEDS(fileWithout, FD_SEEK, fd_seek, fd, 0, 0, AT(room));
  NEEDS(fileWithout, FD_TELL, fd_tell, fd, AT(room));
  NEEDS(fileWithout, FD_SYNC, fd_sync, fd);
  NEEDS(fileWithout, FD_DATASYNC, fd_datasync, fd);
  NEEDS(fileWithout, FD_ADVISE, fd_advise, fd, 0, 0, 0);
  NEEDS(fileWithout, FD_ALLOCATE, fd_allocate, fd, 0, 1);
  NEEDS(fileWithout, FD_FILESTAT_GET, fd_filestat_get, fd, AT(room));
  NEEDS(fileWithout, FD_FILESTAT_SET_SIZE, fd_filestat_set_size, fd, 4);
  NEEDS(fileWithout, FD_FILESTAT_SET_TIMES, fd_filestat_set_times, fd, 0, 0, 0);
  NEEDS(fileWithout, FD_FDSTAT_SET_FLAGS, fd_fdstat_set_flags, fd, APPEND);
  NEEDS(fileWithout, FD_DATASYNC, fd_fdstat_set_flags, fd, DSYNC);
  NEEDS(fileWithout, FD_SYNC, fd_fdstat_set_flags, fd, SYNC);
  NEEDS(fileWithout, FD_SYNC, fd_fdstat_set_flags, fd, RSYNC);
}

static void directories(void) {
  NEEDS(directoryWithout, FD_READDIR, fd_readdir, fd, AT(room), sizeof room, 0, AT(&count));
  NEEDS(directoryWithout, FD_FILESTAT_GET, fd_filestat_get, fd, AT(room));
  NEEDS(directoryWithout, FD_FILESTAT_SET_TIMES, fd_filestat_set_times, fd, 0, 0, 0);
  NEEDS(directoryWithout, PATH_CREATE_DIRECTORY, path_create_directory, fd, PATH("new"));
  NEEDS(directoryWithout, PATH_REMOVE_DIRECTORY, path_remove_directory, fd, PATH("new"));
  NEEDS(directoryWithout, PATH_FILESTAT_GET, path_filestat_get, fd, 0, PATH("in"), AT(room));
  NEEDS(directoryWithout, PATH_FILESTAT_SET_TIMES, path_filestat_set_times, fd, 0, PATH("in"), 0, 0, 0);
  NEEDS(directoryWithout, PATH_LINK_SOURCE, path_link, fd, 0, PATH("in"), ROOT, PATH("out1"));
  NEEDS(directoryWithout, PATH_LINK_TARGET, path_link, ROOT, 0, PATH("file"), fd, PATH("in1"));
  NEEDS(directoryWithout, PATH_SYMLINK, path_symlink, PATH("in"), fd, PATH("link"));
  NEEDS(directoryWithout, PATH_READLINK, path_readlink, fd, PATH("link"), AT(room), sizeof room, AT(&count));
  NEEDS(directoryWithout, PATH_RENAME_SOURCE, path_rename, fd, PATH("in1"), ROOT, PATH("out2"));
  NEEDS(directoryWithout, PATH_RENAME_TARGET, path_rename, ROOT, PATH("out2"), fd, PATH("in2"));
  NEEDS(directoryWithout, PATH_UNLINK_FILE, path_unlink_file, fd, PATH("in2"));
  NEEDS(directoryWithout, PATH_OPEN, path_open, fd, 0, PATH("in"), 0, RIGHT(FD_READ), 0, 0, AT(&count));
  MUST(fd_close(count));
  NEEDS(directoryWithout, PATH_CREATE_FILE, path_open, fd, 0, PATH("in"), CREAT, RIGHT(FD_READ), 0, 0, AT(&count));
  MUST(fd_close(count));
  NEEDS(directoryWithout, PATH_FILESTAT_SET_SIZE, path_open, fd, 0, PATH("in"), TRUNC, RIGHT(FD_READ), 0, 0, AT(&count));
  MUST(fd_close(count));
}

/* What is opened from a directory has no more than that one hands down. */
static void inheriting(void) {
  u32 fd = openWith(ROOT, "dir", 0, DIRECTORY, DIRECTORY_RIGHTS, RIGHT(FD_READ) | RIGHT(PATH_OPEN) | RIGHT(FD_READDIR));
  CALL(SUCCESS, "a right that is handed down", path_open, fd, 0, PATH("in"), 0, RIGHT(FD_READ), 0, 0, AT(&count));
  MUST(fd_close(count));
  CALL(NOTCAPABLE, "one that is not", path_open, fd, 0, PATH("in"), 0, RIGHT(FD_WRITE), 0, 0, AT(&count));
  CALL(NOTCAPABLE, "one that is not, to hand down", path_open, fd, 0, PATH("."), DIRECTORY, RIGHT(FD_READDIR),
       RIGHT(FD_WRITE), 0, AT(&count));
  CALL(NOTCAPABLE, "writing through", path_open, fd, 0, PATH("in"), 0, RIGHT(FD_READ), 0, SYNC, AT(&count));
  CALL(NOTCAPABLE, "writing data through", path_open, fd, 0, PATH("in"), 0, RIGHT(FD_READ), 0, DSYNC, AT(&count));
  MUST(fd_close(fd));
}

/* The same tree by another descriptor, through which nothing may be changed. */
static void readonly(void) {
  const u64 all = DIRECTORY_RIGHTS | FILE_RIGHTS;
  __wasi_fdstat_t fdstat;

  CALL(SUCCESS, "to read", path_open, READONLY, 0, PATH("file"), 0, RIGHT(FD_READ), 0, 0, AT(&count));
  MUST(fd_close(count));
  CALL(NOTCAPABLE, "to write", path_open, READONLY, 0, PATH("file"), 0, RIGHT(FD_WRITE), 0, 0, AT(&count));
  CALL(NOTCAPABLE, "to make room", path_open, READONLY, 0, PATH("file"), 0, RIGHT(FD_ALLOCATE), 0, 0, AT(&count));
  CALL(NOTCAPABLE, "to change the size", path_open, READONLY, 0, PATH("file"), 0, RIGHT(FD_FILESTAT_SET_SIZE), 0, 0,
       AT(&count));
  CALL(NOTCAPABLE, "to change times", path_open, READONLY, 0, PATH("file"), 0, RIGHT(FD_FILESTAT_SET_TIMES), 0, 0,
       AT(&count));
  CALL(NOTCAPABLE, "to make a file", path_open, READONLY, 0, PATH("new"), CREAT, RIGHT(FD_READ), 0, 0, AT(&count));
  CALL(NOTCAPABLE, "to empty a file", path_open, READONLY, 0, PATH("file"), TRUNC, RIGHT(FD_READ), 0, 0, AT(&count));
  CALL(NOTCAPABLE, "to change times by path", path_filestat_set_times, READONLY, 0, PATH("file"), 0, 0, 0);
  CALL(NOTCAPABLE, "to change its own times", fd_filestat_set_times, READONLY, 0, 0, 0);
  /* Another way in: the directory itself, opened once more with each right that changes something. */
  for (u64 right = 1; right < (u64)1 << 29; right <<= 1) {
    if ((right & all) == 0) continue;
    u32 base = path_open(READONLY, 0, PATH("dir"), DIRECTORY, right, 0, 0, AT(&count));
    if (base == 0) MUST(fd_close(count));
    u32 handedDown = path_open(READONLY, 0, PATH("dir"), DIRECTORY, 0, right, 0, AT(&count));
    if (handedDown == 0) MUST(fd_close(count));
    const u64 harmless = RIGHT(FD_READ) | RIGHT(FD_SEEK) | RIGHT(FD_TELL) | RIGHT(FD_ADVISE) | RIGHT(FD_SYNC) |
                         RIGHT(FD_DATASYNC) | RIGHT(FD_FDSTAT_SET_FLAGS) | RIGHT(FD_FILESTAT_GET) |
                         RIGHT(POLL_FD_READWRITE) | RIGHT(PATH_OPEN) | RIGHT(FD_READDIR) | RIGHT(PATH_READLINK) |
                         RIGHT(PATH_FILESTAT_GET);
    u32 expected = (right & harmless) != 0 ? 0 : __WASI_ERRNO_NOTCAPABLE;
    checkCall("path_open", base, expected, "a directory with each right");
    checkCall("path_open", handedDown, expected, "a directory with each right to hand down");
  }
  MUST(fd_fdstat_get(READONLY, AT(&fdstat)));
  CALL(NOTCAPABLE, "a right more", fd_fdstat_set_rights, READONLY, fdstat.fs_rights_base | RIGHT(PATH_UNLINK_FILE), 0);
  /* A link that is made elsewhere leads to the same file, and reading is all that it is good for here. */
  CALL(NOTCAPABLE, "to write by way of a link", path_open, READONLY, FOLLOW, PATH("link"), 0, RIGHT(FD_WRITE), 0, 0,
       AT(&count));
  THAT("nothing has changed", !exists("new") && statAt("file").size == 4);
}

int main(void) {
  makeFile("file", "text");
  makeDirectory("dir");
  makeFile("dir/in", "inner");
  makeLink("file", "link");
  files();
  MUST(fd_close(openFile("file")));
  makeFile("file", "text");
  directories();
  inheriting();
  readonly();
  unlinkFile("link");
  unlinkFile("out1");
  unlinkFile("dir/in");
  unlinkFile("dir/link");
  removeDirectory("dir");
  unlinkFile("file");
  return done();
}
