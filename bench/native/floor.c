/* The least that any program does which turns a tree into an image: it walks the tree, reads every file and writes
 * its bytes at the next multiple of 4096 of one output, in calls of 128 KiB at multiples of 128 KiB.
 *
 *     cc -O2 -o floor floor.c && ./floor DIRECTORY OUTPUT
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALL = 128 * 1024, BLOCK = 4096 };

static char *staging;
static size_t staged;
static off_t position;
static int output;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void flush(void) {
  for (size_t done = 0; done < staged;) {
    ssize_t count = pwrite(output, staging + done, staged - done, position + done);
    if (count < 0)
      fail("pwrite");
    done += count;
  }
  position += staged;
  staged = 0;
}

static void copy(int file, off_t size) {
  while (size > 0) {
    size_t room = CALL - staged;
    ssize_t count = read(file, staging + staged, size < (off_t)room ? (size_t)size : room);
    if (count <= 0)
      fail("read");
    staged += count;
    size -= count;
    if (staged == CALL)
      flush();
  }
  size_t padding = -staged & (BLOCK - 1);
  memset(staging + staged, 0, padding);
  staged += padding;
  if (staged == CALL)
    flush();
}

static void walk(int parent, const char *name) {
  int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
  if (!directory)
    fail(name);
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
      continue;
    struct stat status;
    if (fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
      fail(entry->d_name);
    if (S_ISDIR(status.st_mode)) {
      walk(descriptor, entry->d_name);
    } else if (S_ISREG(status.st_mode) && status.st_size > 0) {
      int file = openat(descriptor, entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
      if (file < 0)
        fail(entry->d_name);
      copy(file, status.st_size);
      close(file);
    }
  }
  closedir(directory);
}

int main(int count, char **arguments) {
  if (count != 3)
    return 2;
  output = open(arguments[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  staging = aligned_alloc(BLOCK, CALL);
  if (output < 0 || !staging)
    fail(arguments[2]);
  walk(AT_FDCWD, arguments[1]);
  flush();
  return 0;
}
