/* A file system that is full: the test says 10,000 bytes and 8 names. What has no room changes nothing, and room is given back. */
#include "check.h"

static char bytes[12000];
static struct { address buffer; u32 length; } all = {AT(bytes), sizeof bytes}, some = {AT(bytes), 10};

static void ofBytes(void) {
  u32 fd = openFile("file"), other = openFile("other"), count = 0;
  u64 place;

  CALL(SUCCESS, "more than there is room for", fd_write, fd, AT(&all), 1, AT(&count));
  THAT("as much is written as there is room for", count == 10000 && statOf(fd).size == 10000);
  count = 77;
  CALL(NOSPC, "without any room", fd_write, fd, AT(&some), 1, AT(&count));
  CALL(NOSPC, "without any room, elsewhere", fd_write, other, AT(&some), 1, AT(&count));
  CALL(NOSPC, "behind the end", fd_pwrite, fd, AT(&some), 1, 10000, AT(&count));
  CALL(NOSPC, "far behind the end", fd_pwrite, other, AT(&some), 1, 100000, AT(&count));
  THAT("no count is told", count == 77);
  CALL(NOSPC, "longer", fd_filestat_set_size, fd, 10001);
  CALL(NOSPC, "room behind the end", fd_allocate, fd, 10000, 1);
  CALL(SUCCESS, "room that there is", fd_allocate, fd, 0, 10000);
  CALL(SUCCESS, "over what there is", fd_pwrite, fd, AT(&some), 1, 9990, AT(&count));
  CALL(SUCCESS, "across the end", fd_pwrite, fd, AT(&some), 1, 9995, AT(&count));
  THAT("what is before it is written", count == 5);
  THAT("what failed has changed nothing", statOf(fd).size == 10000 && statOf(other).size == 0);

  CALL(SUCCESS, "shorter", fd_filestat_set_size, fd, 9980);
  CALL(SUCCESS, "what there is room for again", fd_write, other, AT(&some), 1, AT(&count));
  THAT("all is written", count == 10);
  MUST(fd_seek(other, 0, 0, AT(&place)));
  CALL(SUCCESS, "what is partly there", fd_write, other, AT(&all), 1, AT(&count));
  THAT("it is written as far as there is room", count == 20 && statOf(other).size == 20);
  unlinkFile("file");
  CALL(NOSPC, "without any room: what was removed is open", fd_write, other, AT(&some), 1, AT(&count));
  MUST(fd_close(fd));
  CALL(SUCCESS, "what there is room for when it is closed", fd_write, other, AT(&all), 1, AT(&count));
  THAT("as much is written as there is room for", count == 9980);
  MUST(fd_close(other));
  unlinkFile("other");
}

static void ofNames(void) {
  u32 fd;
  makeFile("file", "text");
  makeDirectory("dir");
  char name[] = "0";
  for (; name[0] < '6'; name[0]++) makeFile(name, "");

  CALL(NOSPC, "a file that would be made", path_open, ROOT, 0, PATH("new"), CREAT, FILE_RIGHTS, 0, 0, AT(&fd));
  CALL(NOSPC, "a file that would be made below", path_open, ROOT, 0, PATH("dir/new"), CREAT, FILE_RIGHTS, 0, 0, AT(&fd));
  CALL(NOSPC, "one more", path_create_directory, ROOT, PATH("new"));
  CALL(NOSPC, "one more", path_symlink, PATH("file"), ROOT, PATH("new"));
  CALL(NOSPC, "one more", path_link, ROOT, 0, PATH("file"), ROOT, PATH("new"));
  CALL(EXIST, "a name that there is", path_create_directory, ROOT, PATH("dir"));
  THAT("nothing was made", !exists("new") && !exists("dir/new") && statAt("file").nlink == 1);
  CALL(SUCCESS, "a file that there is", path_open, ROOT, 0, PATH("file"), CREAT, FILE_RIGHTS, 0, 0, AT(&fd));
  THAT("its descriptor is the next one", fd == 6);
  MUST(fd_close(fd));
  CALL(SUCCESS, "to a name that there is not", path_rename, ROOT, PATH("file"), ROOT, PATH("dir/moved"));
  CALL(SUCCESS, "over a name that there is", path_rename, ROOT, PATH("0"), ROOT, PATH("1"));
  CALL(SUCCESS, "what there is room for now", path_create_directory, ROOT, PATH("0"));
  CALL(NOSPC, "one more", path_create_directory, ROOT, PATH("new"));
  CALL(SUCCESS, "one fewer", path_remove_directory, ROOT, PATH("0"));
  CALL(SUCCESS, "what there is room for now", path_symlink, PATH("1"), ROOT, PATH("0"));
  CALL(SUCCESS, "one fewer", path_unlink_file, ROOT, PATH("0"));

  for (name[0] = '1'; name[0] < '6'; name[0]++) unlinkFile(name);
  unlinkFile("dir/moved");
  removeDirectory("dir");
}

int main(void) {
  memset(bytes, 'x', sizeof bytes);
  ofBytes();
  ofNames();
  return done();
}
