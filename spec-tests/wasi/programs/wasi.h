/*
 * The 46 functions of WASI preview 1 as they are: addresses and lengths are numbers, so that a program can pass any.
 * wasi-libc's <wasi/api.h> has the types and constants.
 */
#ifndef WASI_H
#define WASI_H

#include <stdint.h>
#include <wasi/api.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* An address in the memory: of something in it, or of nothing at all. */
typedef u32 address;

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) u32 name

WASI(args_get)(address pointers, address buffer);
WASI(args_sizes_get)(address count, address size);
WASI(environ_get)(address pointers, address buffer);
WASI(environ_sizes_get)(address count, address size);
WASI(clock_res_get)(u32 id, address result);
WASI(clock_time_get)(u32 id, u64 precision, address result);
WASI(fd_advise)(u32 fd, u64 offset, u64 length, u32 advice);
WASI(fd_allocate)(u32 fd, u64 offset, u64 length);
WASI(fd_close)(u32 fd);
WASI(fd_datasync)(u32 fd);
WASI(fd_fdstat_get)(u32 fd, address result);
WASI(fd_fdstat_set_flags)(u32 fd, u32 flags);
WASI(fd_fdstat_set_rights)(u32 fd, u64 base, u64 inheriting);
WASI(fd_filestat_get)(u32 fd, address result);
WASI(fd_filestat_set_size)(u32 fd, u64 size);
WASI(fd_filestat_set_times)(u32 fd, u64 atim, u64 mtim, u32 flags);
WASI(fd_pread)(u32 fd, address vectors, u32 count, u64 offset, address result);
WASI(fd_prestat_get)(u32 fd, address result);
WASI(fd_prestat_dir_name)(u32 fd, address buffer, u32 length);
WASI(fd_pwrite)(u32 fd, address vectors, u32 count, u64 offset, address result);
WASI(fd_read)(u32 fd, address vectors, u32 count, address result);
WASI(fd_readdir)(u32 fd, address buffer, u32 length, u64 cookie, address result);
WASI(fd_renumber)(u32 fd, u32 to);
WASI(fd_seek)(u32 fd, u64 offset, u32 whence, address result);
WASI(fd_sync)(u32 fd);
WASI(fd_tell)(u32 fd, address result);
WASI(fd_write)(u32 fd, address vectors, u32 count, address result);
WASI(path_create_directory)(u32 fd, address path, u32 length);
WASI(path_filestat_get)(u32 fd, u32 lookup, address path, u32 length, address result);
WASI(path_filestat_set_times)(u32 fd, u32 lookup, address path, u32 length, u64 atim, u64 mtim, u32 flags);
WASI(path_link)(u32 fd, u32 lookup, address path, u32 length, u32 newFd, address newPath, u32 newLength);
WASI(path_open)(u32 fd, u32 lookup, address path, u32 length, u32 oflags, u64 base, u64 inheriting, u32 fdflags,
                address result);
WASI(path_readlink)(u32 fd, address path, u32 length, address buffer, u32 room, address result);
WASI(path_remove_directory)(u32 fd, address path, u32 length);
WASI(path_rename)(u32 fd, address path, u32 length, u32 newFd, address newPath, u32 newLength);
WASI(path_symlink)(address target, u32 targetLength, u32 fd, address path, u32 length);
WASI(path_unlink_file)(u32 fd, address path, u32 length);
WASI(poll_oneoff)(address subscriptions, address events, u32 count, address result);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"), noreturn)) void proc_exit(u32 code);
WASI(proc_raise)(u32 signal);
WASI(random_get)(address buffer, u32 length);
WASI(sched_yield)(void);
WASI(sock_accept)(u32 fd, u32 flags, address result);
WASI(sock_recv)(u32 fd, address vectors, u32 count, u32 flags, address result, address outFlags);
WASI(sock_send)(u32 fd, address vectors, u32 count, u32 flags, address result);
WASI(sock_shutdown)(u32 fd, u32 how);

/* The address of something; and of a text with its length, the arguments that functions take for a path. */
#define AT(thing) ((address)(uintptr_t)(thing))
#define PATH(text) AT(text), (u32)(sizeof(text) - 1)

/* Beyond the memory of any of these programs, which has a few pages. */
#define OUTSIDE 0xfffffff0u

#define RIGHT(name) ((u64)__WASI_RIGHTS_##name)

/* The directories that the programs find open. */
enum { ROOT = 3, READONLY = 4, ELSEWHERE = 5, UNUSED = 60, STRANGE = 0xffffffff };

/* All rights of files; of directories. Later standards have SOCK_ACCEPT among both. */
#define FILE_RIGHTS                                                                                                    \
  (RIGHT(FD_DATASYNC) | RIGHT(FD_READ) | RIGHT(FD_SEEK) | RIGHT(FD_FDSTAT_SET_FLAGS) | RIGHT(FD_SYNC) |                \
   RIGHT(FD_TELL) | RIGHT(FD_WRITE) | RIGHT(FD_ADVISE) | RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_GET) |                 \
   RIGHT(FD_FILESTAT_SET_SIZE) | RIGHT(FD_FILESTAT_SET_TIMES) | RIGHT(POLL_FD_READWRITE))
#define DIRECTORY_RIGHTS                                                                                               \
  (RIGHT(PATH_CREATE_DIRECTORY) | RIGHT(PATH_CREATE_FILE) | RIGHT(PATH_LINK_SOURCE) | RIGHT(PATH_LINK_TARGET) |        \
   RIGHT(PATH_OPEN) | RIGHT(FD_READDIR) | RIGHT(PATH_READLINK) | RIGHT(PATH_RENAME_SOURCE) |                           \
   RIGHT(PATH_RENAME_TARGET) | RIGHT(PATH_FILESTAT_GET) | RIGHT(PATH_FILESTAT_SET_SIZE) |                              \
   RIGHT(PATH_FILESTAT_SET_TIMES) | RIGHT(FD_FILESTAT_GET) | RIGHT(FD_FILESTAT_SET_TIMES) | RIGHT(PATH_SYMLINK) |      \
   RIGHT(PATH_REMOVE_DIRECTORY) | RIGHT(PATH_UNLINK_FILE))

enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8 };
enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };
enum { FOLLOW = 1 };

#endif
