// Runs several commands in turn, ROUNDS times each, and prints one line for each command:
//   median, fastest and slowest run in microseconds, peak memory in KiB, runs that failed, most page faults of a run
//
//   launcher ROUNDS -- COMMAND ARG... -- COMMAND ARG...
//
// Turns, because a machine's speed drifts. Static and small, because the kernel counts the memory of the process that
// starts a command into the peak of that command.
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { max_rounds = 1000, max_commands = 8 };

extern char** environ;

struct command {
  char** argv;
  long times[max_rounds];
  long peak_kib;
  long faults;
  int failed;
};

static struct command commands[max_commands];

static long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_value(void const* a, void const* b) {
  long const left = *(long const*)a, right = *(long const*)b;
  return (left > right) - (left < right);
}

// Cuts argv at each "--". Returns how many commands there are.
static int split(char** argv) {
  int count = 0;
  for (; *argv != NULL; ++argv) {
    if (strcmp(*argv, "--") != 0) continue;
    *argv = NULL;
    if (count == max_commands || argv[1] == NULL) return 0;
    commands[count++].argv = argv + 1;
  }
  return count;
}

static void run_once(struct command* what, int round, posix_spawn_file_actions_t const* quiet) {
  pid_t child;
  int status = 1;
  struct rusage usage = {0};
  long const start = now_us();
  if (posix_spawnp(&child, what->argv[0], quiet, NULL, what->argv, environ) == 0) wait4(child, &status, 0, &usage);
  what->times[round] = now_us() - start;
  if (status != 0) ++what->failed;
  if (usage.ru_maxrss > what->peak_kib) what->peak_kib = usage.ru_maxrss;
  if (usage.ru_minflt > what->faults) what->faults = usage.ru_minflt;
}

int main(int argc, char* argv[]) {
  int const rounds = argc > 1 ? atoi(argv[1]) : 0;
  int const count = split(argv);
  if (rounds < 1 || rounds > max_rounds || count == 0) {
    fputs("usage: launcher ROUNDS -- COMMAND ARG... -- COMMAND ARG...\n", stderr);
    return 2;
  }
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < count; ++i) run_once(&commands[i], round, &quiet);
  }
  for (int i = 0; i < count; ++i) {
    struct command* c = &commands[i];
    qsort(c->times, (size_t)rounds, sizeof c->times[0], by_value);
    printf("%ld %ld %ld %ld %d %ld\n", c->times[rounds / 2], c->times[0], c->times[rounds - 1], c->peak_kib, c->failed,
           c->faults);
  }
  return 0;
}
