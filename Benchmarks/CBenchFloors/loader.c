#define _GNU_SOURCE
#include "floors.h"

#include <dlfcn.h>
#include <time.h>

double floor_load_library(const char *name) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  void *library = dlmopen(LM_ID_NEWLM, name, RTLD_LAZY | RTLD_LOCAL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  if (!library) return -1;
  return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}
