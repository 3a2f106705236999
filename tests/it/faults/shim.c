// A disk that fails when it is told to. Preloaded into the program, it stands between it and the C
// library for every call that changes something in the folder SHIM_ROOT, and counts those calls.
//
//   SHIM_MODE=count   SHIM_OUT gets the number of calls so far, after each of them
//   SHIM_MODE=fail    call number SHIM_AT fails with SHIM_ERRNO (EIO, ENOSPC); all after it do too
//                     if SHIM_HOW=persistent, and then the first, if it writes, writes half
//   SHIM_MODE=die     the process is gone instead of call number SHIM_AT; a write writes half
//   SHIM_MODE=record  SHIM_OUT gets every call in order, and what the program shows on stdout and
//                     stderr; call number SHIM_AT fails with EIO, if there is such a number
//
// In the modes `fail` and `die`, SHIM_OUT gets a line about the call that was hit. No call waits for
// the real disk: what would survive a power cut is worked out from the record.
//
// The real calls are made with syscall(), so that nothing here meets itself.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

enum mode { OFF, COUNT, FAIL, DIE, RECORD };
enum action { GO, REFUSE, HALF_THEN_REFUSE, HALF_THEN_DIE };

static enum mode mode = OFF;
static char root[PATH_MAX];
static size_t root_length;
static int out = -1;
static unsigned long at, calls;
static int persistent, error_number;

// The sixth argument of a system call that takes fewer tells our own calls from those that the
// program makes past the C library.
#define OURS 0x0D005EEDUL

static void note(const void *bytes, size_t n) { syscall(SYS_write, out, bytes, n); }

static int inside(const char *path) {
  return mode != OFF && strncmp(path, root, root_length) == 0 && path[root_length] == '/';
}

// The path of an open file, if it is in the folder (or is the folder itself).
static int path_of(int fd, char *path) {
  char link[64];
  if (mode == OFF || fd < 0) return 0;
  int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PATH_MAX - 1);
  errno = before;
  if (n <= 0) return 0;
  path[n] = 0;
  return inside(path) || strcmp(path, root) == 0;
}

// The full path of a name, if it is in the folder. The last part need not exist.
static int resolve(int folder, const char *name, char *path) {
  char full[2 * PATH_MAX], parent[PATH_MAX];
  if (mode == OFF) return 0;
  int before = errno, is_inside = 0;
  if (name[0] == '/') {
    snprintf(full, sizeof full, "%s", name);
  } else {
    char from[PATH_MAX];
    if (folder == AT_FDCWD) {
      if (!getcwd(from, sizeof from)) goto end;
    } else if (!path_of(folder, from)) {
      goto end;
    }
    snprintf(full, sizeof full, "%s/%s", from, name);
  }
  char *last = strrchr(full, '/');
  *last = 0;
  if (!realpath(full[0] ? full : "/", parent)) goto end;
  is_inside = snprintf(path, PATH_MAX, "%s/%s", parent, last + 1) < PATH_MAX && inside(path);
end:
  errno = before;
  return is_inside;
}

// Counts a call, and says what is to become of it.
static enum action next(const char *kind, const char *path) {
  char line[PATH_MAX + 64];
  unsigned long n = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  if (mode == COUNT) {
    int length = snprintf(line, sizeof line, "%lu", n);
    syscall(SYS_pwrite64, out, line, length, 0);
  }
  if (mode == RECORD) return n == at ? REFUSE : GO;
  if ((mode != FAIL && mode != DIE) || n < at || (n > at && !persistent)) return GO;
  if (n == at) {
    int length = snprintf(line, sizeof line, "%s %s\n", kind, path);
    note(line, length);
  }
  if (mode == DIE) return HALF_THEN_DIE;
  return n == at && persistent ? HALF_THEN_REFUSE : REFUSE;
}

// For calls that cannot be done by halves: whether to go on.
static int may(const char *kind, const char *path) {
  enum action action = next(kind, path);
  if (action == GO) return 1;
  if (action == HALF_THEN_DIE) syscall(SYS_exit_group, 137);
  errno = error_number;
  return 0;
}

// One entry of the record: kind, number of the file, a number, two paths or a path and bytes.
static void record(char kind, uint64_t file, uint64_t number, const char *path, const void *bytes, size_t n) {
  if (mode != RECORD) return;
  int before = errno;
  char head[1 + 8 + 8 + 4 + 4];
  uint32_t lengths[2] = {(uint32_t)strlen(path), (uint32_t)n};
  head[0] = kind;
  memcpy(head + 1, &file, 8);
  memcpy(head + 9, &number, 8);
  memcpy(head + 17, lengths, 8);
  struct iovec all[3] = {{head, sizeof head}, {(void *)path, lengths[0]}, {(void *)bytes, n}};
  syscall(SYS_writev, out, all, 3);
  errno = before;
}

static uint64_t number_of(int fd) {
  struct stat s;
  return fstat(fd, &s) == 0 ? s.st_ino : 0;
}

static ssize_t written(int fd, const void *bytes, size_t n, off_t offset, int is_placed) {
  char path[PATH_MAX];
  if (mode == RECORD && (fd == 1 || fd == 2)) record('o', (uint64_t)fd, 0, "", bytes, n);
  enum action action = n > 0 && path_of(fd, path) ? next("write", path) : GO;
  if (action == REFUSE || (action == HALF_THEN_REFUSE && n < 2)) {
    errno = error_number;
    return -1;
  }
  size_t most = action == GO ? n : n / 2;
  off_t place = offset;
  if (!is_placed && mode == RECORD) {
    place = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
  }
  ssize_t done = is_placed ? syscall(SYS_pwrite64, fd, bytes, most, offset) : syscall(SYS_write, fd, bytes, most);
  if (action == HALF_THEN_DIE) syscall(SYS_exit_group, 137);
  if (done > 0 && mode == RECORD && path_of(fd, path)) {
    record('w', number_of(fd), (uint64_t)place, path, bytes, (size_t)done);
  }
  return done;
}

ssize_t write(int fd, const void *bytes, size_t n) { return written(fd, bytes, n, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset) { return written(fd, bytes, n, offset, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t offset) { return written(fd, bytes, n, offset, 1); }

// Writing less than was asked for is allowed: the first piece that is not empty.
ssize_t writev(int fd, const struct iovec *pieces, int n) {
  for (int i = 0; i < n; i++) {
    if (pieces[i].iov_len > 0) return written(fd, pieces[i].iov_base, pieces[i].iov_len, 0, 0);
  }
  return 0;
}

// Copies within the kernel would pass unseen: the program then copies with read and write.
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t n, unsigned flags) {
  char path[PATH_MAX];
  if (path_of(to, path)) {
    errno = ENOSYS;
    return -1;
  }
  return syscall(SYS_copy_file_range, from, a, to, b, n, flags);
}

static ssize_t sent(int to, int from, off_t *offset, size_t n) {
  char path[PATH_MAX];
  if (path_of(to, path)) {
    errno = EINVAL;
    return -1;
  }
  return syscall(SYS_sendfile, to, from, offset, n);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t n) { return sent(to, from, offset, n); }
ssize_t sendfile64(int to, int from, off64_t *offset, size_t n) { return sent(to, from, offset, n); }

static int synced(int fd, long call) {
  char path[PATH_MAX];
  struct stat s;
  if (!path_of(fd, path)) return (int)syscall(call, fd);
  int is_folder = fstat(fd, &s) == 0 && S_ISDIR(s.st_mode);
  if (!may(is_folder ? "sync folder" : "sync", path)) {
    record('f', s.st_ino, 0, path, "", 0);
    return -1;
  }
  record(is_folder ? 'd' : 's', s.st_ino, 0, path, "", 0);
  return 0;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int cut(int fd, off_t length) {
  char path[PATH_MAX];
  int is_inside = path_of(fd, path);
  if (is_inside && !may("truncate", path)) return -1;
  int done = (int)syscall(SYS_ftruncate, fd, length);
  if (done == 0 && is_inside) record('t', number_of(fd), (uint64_t)length, path, "", 0);
  return done;
}
int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

static int opened(int folder, const char *name, int flags, mode_t permissions) {
  char path[PATH_MAX];
  struct stat s;
  char kind = 0;
  if ((flags & (O_CREAT | O_TRUNC)) && resolve(folder, name, path)) {
    int before = errno, is_there = stat(path, &s) == 0;
    errno = before;
    if (!is_there && (flags & O_CREAT)) kind = 'c';
    if (is_there && (flags & O_TRUNC) && !(flags & O_EXCL) && s.st_size > 0) kind = 't';
    if (kind && !may(kind == 'c' ? "create" : "truncate", path)) return -1;
  }
  int fd = (int)syscall(SYS_openat, folder, name, flags, permissions);
  if (fd >= 0 && kind) record(kind, number_of(fd), 0, path, "", 0);
  return fd;
}

#define PERMISSIONS(flags)                             \
  mode_t permissions = 0;                              \
  if ((flags) & (O_CREAT | O_TMPFILE)) {               \
    va_list rest;                                      \
    va_start(rest, flags);                             \
    permissions = (mode_t)va_arg(rest, unsigned);      \
    va_end(rest);                                      \
  }
int open(const char *name, int flags, ...) { PERMISSIONS(flags) return opened(AT_FDCWD, name, flags, permissions); }
int open64(const char *name, int flags, ...) { PERMISSIONS(flags) return opened(AT_FDCWD, name, flags, permissions); }
int openat(int folder, const char *name, int flags, ...) { PERMISSIONS(flags) return opened(folder, name, flags, permissions); }
int openat64(int folder, const char *name, int flags, ...) { PERMISSIONS(flags) return opened(folder, name, flags, permissions); }

static int renamed(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  char a[PATH_MAX], b[PATH_MAX];
  struct stat s = {0};
  int is_inside = resolve(from_folder, from, a) & resolve(to_folder, to, b);
  if (is_inside && !may("rename", b)) return -1;
  int done = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags, OURS);
  if (done == 0 && is_inside) {
    stat(b, &s);
    record('r', s.st_ino, 0, a, b, strlen(b));
  }
  return done;
}
int rename(const char *from, const char *to) { return renamed(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int f, const char *from, int t, const char *to) { return renamed(f, from, t, to, 0); }
int renameat2(int f, const char *from, int t, const char *to, unsigned flags) { return renamed(f, from, t, to, flags); }

static int removed(int folder, const char *name, int flags) {
  char path[PATH_MAX];
  int is_inside = resolve(folder, name, path);
  struct stat s;
  // A file that is not there changes nothing.
  int before = errno;
  is_inside = is_inside && lstat(path, &s) == 0;
  errno = before;
  if (is_inside && !may("remove", path)) return -1;
  int done = (int)syscall(SYS_unlinkat, folder, name, flags, 0, 0, OURS);
  if (done == 0 && is_inside) record('u', 0, 0, path, "", 0);
  return done;
}
int unlink(const char *name) { return removed(AT_FDCWD, name, 0); }
int unlinkat(int folder, const char *name, int flags) { return removed(folder, name, flags); }
int rmdir(const char *name) { return removed(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdir(const char *name, mode_t permissions) {
  char path[PATH_MAX];
  struct stat s;
  int before = errno, is_inside = resolve(AT_FDCWD, name, path) && stat(path, &s) != 0;
  errno = before;
  if (is_inside && !may("make folder", path)) return -1;
  int done = (int)syscall(SYS_mkdirat, AT_FDCWD, name, permissions);
  if (done == 0 && is_inside) record('m', 0, 0, path, "", 0);
  return done;
}

// Some of the program renames and removes without the C library. The kernel gives us these calls.
static void past_the_library(int signal, siginfo_t *about, void *context) {
  (void)signal;
  ucontext_t *c = context;
  int before = errno;
#if defined(__x86_64__)
  greg_t *r = c->uc_mcontext.gregs;
  long a[5] = {r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8]};
#else
  unsigned long long *r = c->uc_mcontext.regs;
  long a[5] = {(long)r[0], (long)r[1], (long)r[2], (long)r[3], (long)r[4]};
#endif
  long done = -ENOSYS;
  switch (about->si_syscall) {
  case SYS_renameat2: done = renamed((int)a[0], (char *)a[1], (int)a[2], (char *)a[3], (unsigned)a[4]); break;
  case SYS_renameat: done = renamed((int)a[0], (char *)a[1], (int)a[2], (char *)a[3], 0); break;
  case SYS_unlinkat: done = removed((int)a[0], (char *)a[1], (int)a[2]); break;
#if defined(__x86_64__)
  case SYS_rename: done = renamed(AT_FDCWD, (char *)a[0], AT_FDCWD, (char *)a[1], 0); break;
  case SYS_unlink: done = removed(AT_FDCWD, (char *)a[0], 0); break;
#endif
  }
  if (done == -1) done = -errno;
  errno = before;
#if defined(__x86_64__)
  r[REG_RAX] = done;
#else
  r[0] = (unsigned long long)done;
#endif
}

static void watch_the_kernel(void) {
#define CATCH(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3), \
  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])), \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OURS, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP), \
  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
  struct sock_filter rules[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    CATCH(SYS_renameat2), CATCH(SYS_renameat), CATCH(SYS_unlinkat),
#if defined(__x86_64__)
    CATCH(SYS_rename), CATCH(SYS_unlink),
#endif
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  struct sigaction caught = {.sa_sigaction = past_the_library, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSYS, &caught, NULL);
  // Where this is not allowed, such calls pass unseen, which makes the tests weaker and nothing else.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

__attribute__((constructor)) static void begin(void) {
  const char *name = getenv("SHIM_MODE"), *folder = getenv("SHIM_ROOT"), *to = getenv("SHIM_OUT");
  if (!name || !folder || !to || !realpath(folder, root)) return;
  root_length = strlen(root);
  int low = (int)syscall(SYS_openat, AT_FDCWD, to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  // Out of the way: the program must get the file numbers that it would get without us.
  out = fcntl(low, F_DUPFD_CLOEXEC, 200);
  close(low);
  const char *number = getenv("SHIM_AT"), *how = getenv("SHIM_HOW"), *why = getenv("SHIM_ERRNO");
  at = number ? strtoul(number, NULL, 10) : 0;
  persistent = how && strcmp(how, "persistent") == 0;
  error_number = why && strcmp(why, "ENOSPC") == 0 ? ENOSPC : EIO;
  watch_the_kernel();
  mode = !strcmp(name, "count") ? COUNT : !strcmp(name, "fail") ? FAIL : !strcmp(name, "die") ? DIE : RECORD;
}
