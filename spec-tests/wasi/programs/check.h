/*
 * Checks, each a line on standard output: `FUNCTION ERRNO what it was` for a call that gave what it has to give, `FAILED …` for
 * one that gave something else. What may differ between file systems (times, numbers of files) is never written.
 */
#ifndef CHECK_H
#define CHECK_H

#include "wasi.h"
#include <stdbool.h>
#include <string.h>

static u32 failures = 0;

/* Lines are collected: a call a line would be slow. */
static char output[4096];
static u32 outputLength = 0;

static void flush(void) {
  struct { address buffer; u32 length; } vector = {AT(output), outputLength};
  u32 written;
  while (vector.length > 0) {
    if (fd_write(1, AT(&vector), 1, AT(&written)) != 0) __builtin_trap();
    vector.buffer += written;
    vector.length -= written;
  }
  outputLength = 0;
}

static void print(const char *text) {
  for (; *text != 0; text++) {
    if (outputLength == sizeof output) flush();
    output[outputLength++] = *text;
  }
}

static void printNumber(u64 number) {
  char digits[21];
  char *at = digits + 20;
  *at = 0;
  do *--at = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  print(at);
}

static const char *const errnoNames[] = {
    "SUCCESS", "2BIG", "ACCES", "ADDRINUSE", "ADDRNOTAVAIL", "AFNOSUPPORT", "AGAIN", "ALREADY", "BADF", "BADMSG", "BUSY",
    "CANCELED", "CHILD", "CONNABORTED", "CONNREFUSED", "CONNRESET", "DEADLK", "DESTADDRREQ", "DOM", "DQUOT", "EXIST",
    "FAULT", "FBIG", "HOSTUNREACH", "IDRM", "ILSEQ", "INPROGRESS", "INTR", "INVAL", "IO", "ISCONN", "ISDIR", "LOOP",
    "MFILE", "MLINK", "MSGSIZE", "MULTIHOP", "NAMETOOLONG", "NETDOWN", "NETRESET", "NETUNREACH", "NFILE", "NOBUFS",
    "NODEV", "NOENT", "NOEXEC", "NOLCK", "NOLINK", "NOMEM", "NOMSG", "NOPROTOOPT", "NOSPC", "NOSYS", "NOTCONN",
    "NOTDIR", "NOTEMPTY", "NOTRECOVERABLE", "NOTSOCK", "NOTSUP", "NOTTY", "NXIO", "OVERFLOW", "OWNERDEAD", "PERM",
    "PIPE", "PROTO", "PROTONOSUPPORT", "PROTOTYPE", "RANGE", "ROFS", "SPIPE", "SRCH", "STALE", "TIMEDOUT", "TXTBSY",
    "XDEV", "NOTCAPABLE"};

static void printErrno(u32 number) {
  if (number < sizeof errnoNames / sizeof *errnoNames) print(errnoNames[number]);
  else printNumber(number);
}

static void checkCall(const char *function, u32 actual, u32 expected, const char *what) {
  if (actual != expected) {
    failures++;
    print("FAILED ");
  }
  print(function);
  print(" ");
  printErrno(actual);
  print(" ");
  print(what);
  if (actual != expected) {
    print(": it should be ");
    printErrno(expected);
  }
  print("\n");
}

/* Calls a function, which has to give this errno. */
#define CALL(expected, what, function, ...)                                                                            \
  checkCall(#function, function(__VA_ARGS__), __WASI_ERRNO_##expected, what)

static void checkThat(bool holds, const char *what, int line) {
  if (!holds) {
    failures++;
    print("FAILED line ");
    printNumber((u64)line);
    print(" ");
  } else print("- ");
  print(what);
  print("\n");
}

/* Something else that has to hold. */
#define THAT(what, condition) checkThat(condition, what, __LINE__)

static int done(void) {
  flush();
  return failures > 0 ? 1 : 0;
}

/* --- What the checks need done on the way; it has to work, or there is nothing to check. --- */

static void must(u32 number, const char *what) {
  if (number == 0) return;
  print("FAILED on the way: ");
  print(what);
  print(" ");
  printErrno(number);
  print("\n");
  flush();
  __builtin_trap();
}

#define MUST(call) must(call, #call)

static u32 openWith(u32 directory, const char *path, u32 lookup, u32 oflags, u64 base, u64 inheriting) {
  u32 fd;
  must(path_open(directory, lookup, AT(path), strlen(path), oflags, base, inheriting, 0, AT(&fd)), path);
  return fd;
}

static u32 openFile(const char *path) { return openWith(ROOT, path, 0, CREAT, FILE_RIGHTS, 0); }

static u32 openDirectory(const char *path) {
  return openWith(ROOT, path, 0, DIRECTORY, DIRECTORY_RIGHTS, DIRECTORY_RIGHTS | FILE_RIGHTS);
}

static u32 writeText(u32 fd, const char *text) {
  struct { address buffer; u32 length; } vector = {AT(text), strlen(text)};
  u32 written;
  must(fd_write(fd, AT(&vector), 1, AT(&written)), "writing");
  return written;
}

static void makeFile(const char *path, const char *text) {
  u32 fd = openWith(ROOT, path, 0, CREAT | TRUNC, FILE_RIGHTS, 0);
  writeText(fd, text);
  MUST(fd_close(fd));
}

static void makeDirectory(const char *path) { MUST(path_create_directory(ROOT, AT(path), strlen(path))); }

static void makeLink(const char *target, const char *path) {
  MUST(path_symlink(AT(target), strlen(target), ROOT, AT(path), strlen(path)));
}

static void unlinkFile(const char *path) { MUST(path_unlink_file(ROOT, AT(path), strlen(path))); }

static void removeDirectory(const char *path) { MUST(path_remove_directory(ROOT, AT(path), strlen(path))); }

/* What a file holds from its start, as a text. */
static const char *contentOf(u32 fd) {
  static char content[256];
  struct { address buffer; u32 length; } vector = {AT(content), sizeof content - 1};
  u32 count;
  must(fd_pread(fd, AT(&vector), 1, 0, AT(&count)), "reading");
  content[count] = 0;
  return content;
}

static const char *contentAt(const char *path) {
  u32 fd = openWith(ROOT, path, FOLLOW, 0, FILE_RIGHTS, 0);
  const char *content = contentOf(fd);
  MUST(fd_close(fd));
  return content;
}

static __wasi_filestat_t statOf(u32 fd) {
  __wasi_filestat_t stat;
  must(fd_filestat_get(fd, AT(&stat)), "stat");
  return stat;
}

static __wasi_filestat_t statAt(const char *path) {
  __wasi_filestat_t stat;
  must(path_filestat_get(ROOT, 0, AT(path), strlen(path), AT(&stat)), path);
  return stat;
}

/* Whether there is something of that name, a link included. */
static bool exists(const char *path) {
  __wasi_filestat_t stat;
  return path_filestat_get(ROOT, 0, AT(path), strlen(path), AT(&stat)) == 0;
}

#endif
