#define _GNU_SOURCE
#include "floors.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef struct job job;

/// One thread's share of a job.
typedef void (*share)(floor_team *team, const job *job, int thread);

struct job {
  share run;
  int threads;
  int reads;
  bool streamed;
  size_t read_bytes, write_bytes, count;
  long rounds;
};

typedef struct {
  floor_team *team;
  int index;
  pthread_t thread;
  double start, end;
  float result;
} member;

struct floor_team {
  int threads;
  size_t array_bytes;
  /// Those that are read, and the one that is written.
  float *arrays[floor_most_reads + 1];
  const floor_loops *loops;
  member *members;
  job job;
  pthread_barrier_t begin, end;
  /// Threads that have arrived where the clock starts.
  atomic_int arrived;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/// Keeps the calling thread on the `index`-th of the CPUs that it may use.
static void pin(int index) {
  cpu_set_t allowed, one;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &allowed) || index-- > 0) continue;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

void floor_pin_current_thread(void) { pin(0); }

static void *live(void *argument) {
  member *self = argument;
  floor_team *team = self->team;
  pin(self->index);
  while (true) {
    pthread_barrier_wait(&team->begin);
    if (!team->job.run) return NULL;
    if (self->index < team->job.threads) {
      atomic_fetch_add(&team->arrived, 1);
      while (atomic_load(&team->arrived) < team->job.threads) {}
      self->start = now();
      team->job.run(team, &team->job, self->index);
      self->end = now();
    }
    pthread_barrier_wait(&team->end);
  }
}

/// Runs a job on its threads: the seconds from the first start to the last end.
static double run(floor_team *team, job job) {
  if (job.threads > team->threads) job.threads = team->threads;
  team->job = job;
  atomic_store(&team->arrived, 0);
  pthread_barrier_wait(&team->begin);
  if (!job.run) return 0;
  pthread_barrier_wait(&team->end);
  double start = team->members[0].start, end = team->members[0].end;
  for (int index = 1; index < job.threads; index++) {
    if (team->members[index].start < start) start = team->members[index].start;
    if (team->members[index].end > end) end = team->members[index].end;
  }
  return end - start;
}

static void run_stream(floor_team *team, const job *job, int thread) {
  size_t count = (job->write_bytes ? job->write_bytes : job->read_bytes) / sizeof(float);
  size_t grains = count / stream_grain;
  size_t begin = grains * (size_t)thread / (size_t)job->threads * stream_grain;
  size_t end = grains * (size_t)(thread + 1) / (size_t)job->threads * stream_grain;
  stream_part part = {.count = end - begin, .reads = job->reads, .streamed = job->streamed};
  for (int index = 0; index < job->reads; index++) part.in[index] = team->arrays[index] + begin;
  if (job->write_bytes) part.out = team->arrays[floor_most_reads] + begin;
  if (part.count > 0) team->members[thread].result = team->loops->stream(&part);
}

static void run_arithmetic(floor_team *team, const job *job, int thread) {
  team->members[thread].result = team->loops->multiply_add(job->rounds);
}

__attribute__((noinline)) static void add(float *restrict a, const float *restrict b, size_t n) {
  for (size_t i = 0; i < n; i++) a[i] += b[i];
}

static void run_calls(floor_team *team, const job *job, int thread) {
  for (long round = 0; round < job->rounds; round++)
    add(team->arrays[floor_most_reads], team->arrays[0], job->count);
}

double floor_stream(
  floor_team *team, int threads, int reads, size_t read_bytes, size_t write_bytes, bool streamed
) {
  if (read_bytes > team->array_bytes) read_bytes = team->array_bytes;
  if (write_bytes > team->array_bytes) write_bytes = team->array_bytes;
  return run(
    team, (job){
            .run = run_stream,
            .threads = threads,
            .reads = reads,
            .read_bytes = read_bytes,
            .write_bytes = write_bytes,
            .streamed = streamed});
}

double floor_arithmetic(floor_team *team, int threads, double operations) {
  double width = 2.0 * team->loops->multiply_add_width * threads;
  return run(
    team,
    (job){.run = run_arithmetic, .threads = threads, .rounds = (long)(operations / width) + 1});
}

double floor_calls(floor_team *team, long calls, size_t count) {
  return run(team, (job){.run = run_calls, .threads = 1, .rounds = calls, .count = count});
}

/// Memory on huge pages, each touched.
static float *map(size_t bytes) {
  void *block =
    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return NULL;
  madvise(block, bytes, MADV_HUGEPAGE);
  memset(block, 0, bytes);
  return block;
}

floor_team *floor_team_create(int threads, size_t array_bytes) {
  floor_team *team = calloc(1, sizeof *team);
  if (!team) return NULL;
  team->threads = threads;
  team->array_bytes = array_bytes;
  team->loops = floor_loops_of_this_cpu();
  team->members = calloc((size_t)threads, sizeof *team->members);
  pthread_barrier_init(&team->begin, NULL, (unsigned)threads + 1);
  pthread_barrier_init(&team->end, NULL, (unsigned)threads + 1);
  bool complete = team->members != NULL;
  for (int index = 0; index <= floor_most_reads; index++) {
    team->arrays[index] = map(array_bytes);
    complete = complete && team->arrays[index];
  }
  if (!complete) return NULL;
  for (int index = 0; index < threads; index++) {
    member *self = &team->members[index];
    self->team = team;
    self->index = index;
    if (pthread_create(&self->thread, NULL, live, self) != 0) return NULL;
  }
  return team;
}

void floor_team_destroy(floor_team *team) {
  run(team, (job){.run = NULL});
  for (int index = 0; index < team->threads; index++)
    pthread_join(team->members[index].thread, NULL);
  for (int index = 0; index <= floor_most_reads; index++)
    munmap(team->arrays[index], team->array_bytes);
  pthread_barrier_destroy(&team->begin);
  pthread_barrier_destroy(&team->end);
  free(team->members);
  free(team);
}
