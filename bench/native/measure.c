/* Runs a command and writes what it cost, with all of its children, to a file, as one line: wall seconds, processor
 * seconds of the user and of the kernel, peak memory of the largest process in KiB.
 *
 *     cc -O2 -o measure measure.c && ./measure REPORT COMMAND [ARGUMENT...]
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count < 3)
    return 2;
  double start = now();
  pid_t child = fork();
  if (child < 0)
    return 2;
  if (child == 0) {
    execvp(arguments[2], arguments + 2);
    perror(arguments[2]);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) < 0)
    return 2;
  double wall = now() - start;
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  FILE *report = fopen(arguments[1], "w");
  if (!report)
    return 2;
  fprintf(report, "%.4f %ld.%06ld %ld.%06ld %ld\n", wall, (long)usage.ru_utime.tv_sec, (long)usage.ru_utime.tv_usec,
          (long)usage.ru_stime.tv_sec, (long)usage.ru_stime.tv_usec, usage.ru_maxrss);
  fclose(report);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
