// A stand-in for NVIDIA's driver, libcuda.so.1, for machines without a GPU.
//
// It keeps what the real one promises and no more: copies and launches only enter a stream's queue and
// happen when somebody waits, the memory of the device cannot be read by its addresses, every call
// needs a current context, and what a kernel does wrong is told by a later call. Kernels are carried
// out by a function that the test sets. Calls fail on request.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100,
  INVALID_DEVICE = 101, INVALID_PTX = 218, INVALID_CONTEXT = 201, NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719
};

typedef int Status;
typedef uint64_t Address;
typedef struct { char name[64]; int parameters; int shared; } Function;
typedef struct { char *text; Function functions[64]; int count; } Module;
typedef struct Event { long position; } Event;
typedef void (*Kernel)(const char *name, const unsigned *blocks, const unsigned *threads,
                       unsigned shared, const uint64_t *parameters, int count);

typedef enum { TO_DEVICE, TO_HOST, ON_DEVICE, LAUNCH } Kind;
typedef struct {
  Kind kind;
  Address target, source;
  size_t bytes;
  char name[64];
  unsigned blocks[3], threads[3], shared;
  int count;
  uint64_t parameters[64];
} Operation;

// What tests set and read.
int fake_devices = 1, fake_major = 9, fake_minor = 0;
size_t fake_memory = 256 << 20;
Kernel fake_kernel;
long fake_live_blocks, fake_live_pinned, fake_live_modules, fake_live_streams, fake_live_events,
    fake_live_contexts, fake_unpinned_copies, fake_launches, fake_modules_loaded, fake_waits;
size_t fake_bytes;
static char failing[64];
static int failing_status, failing_after;

// Lets the call after so many more of a function fail with a status; a kernel's failure is "kernel".
void fake_fail(const char *function, int status, int after) {
  snprintf(failing, sizeof failing, "%s", function);
  failing_status = status;
  failing_after = after;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int initialized;
static __thread int depth;  // contexts pushed on this thread
static Operation *queue;
static long queued, done, capacity;
static Status sticky;  // once a kernel has failed, so does everything

typedef struct { char *start; size_t bytes; } Block;
static Block blocks[4096];
static Block pinned[256];
static const Address bias = 0x7000000000000000;  // no address of the process

static Status fails(const char *function) {
  if (strcmp(failing, function) != 0 || failing_after-- > 0) return OK;
  failing[0] = 0;
  return failing_status;
}

#define BEGIN(function)                             \
  pthread_mutex_lock(&lock);                        \
  Status status = fails(function);                  \
  if (status == OK && !initialized) status = NOT_INITIALIZED; \
  if (status == OK && sticky) status = sticky;      \
  if (status == OK) status = depth > 0 ? OK : INVALID_CONTEXT; \
  if (status != OK) { pthread_mutex_unlock(&lock); return status; }
#define END(result)            \
  pthread_mutex_unlock(&lock); \
  return (result)

static char *resolve(Address address, size_t bytes) {
  char *pointer = (char *)(uintptr_t)(address - bias);
  for (int i = 0; i < 4096; i++)
    if (blocks[i].start && pointer >= blocks[i].start &&
        pointer + bytes <= blocks[i].start + blocks[i].bytes)
      return pointer;
  return NULL;
}

// The block of memory that a device address is in: where it lies in this process, its size, and the
// device address of its start; 0 where there is none.
uint64_t fake_region(uint64_t address, void **start, size_t *bytes) {
  char *pointer = (char *)(uintptr_t)(address - bias);
  for (int i = 0; i < 4096; i++) {
    if (!blocks[i].start || pointer < blocks[i].start ||
        pointer >= blocks[i].start + blocks[i].bytes)
      continue;
    *start = blocks[i].start;
    *bytes = blocks[i].bytes;
    return bias + (uintptr_t)blocks[i].start;
  }
  return 0;
}

static int is_pinned(const void *pointer, size_t bytes) {
  for (int i = 0; i < 256; i++)
    if (pinned[i].start && (char *)pointer >= pinned[i].start &&
        (char *)pointer + bytes <= pinned[i].start + pinned[i].bytes)
      return 1;
  return 0;
}

static Status carry_out(const Operation *o) {
  char *to = NULL, *from = NULL;
  switch (o->kind) {
    case TO_DEVICE:
      to = resolve(o->target, o->bytes);
      from = (char *)(uintptr_t)o->source;
      break;
    case TO_HOST:
      from = resolve(o->source, o->bytes);
      to = (char *)(uintptr_t)o->target;
      break;
    case ON_DEVICE:
      to = resolve(o->target, o->bytes);
      from = resolve(o->source, o->bytes);
      break;
    case LAUNCH: {
      Status status = fails("kernel");
      if (status != OK) return status;
      if (fake_kernel)
        fake_kernel(o->name, o->blocks, o->threads, o->shared, o->parameters, o->count);
      return OK;
    }
  }
  if (!to || !from) return ILLEGAL_ADDRESS;
  memcpy(to, from, o->bytes);
  return OK;
}

static Status run_until(long position) {
  fake_waits++;
  while (done < position) {
    Status status = carry_out(&queue[done++]);
    if (status != OK) return sticky = status;
  }
  return OK;
}

static void enqueue(Operation operation) {
  if (queued == capacity) {
    capacity = capacity ? 2 * capacity : 64;
    queue = realloc(queue, capacity * sizeof *queue);
  }
  queue[queued++] = operation;
}

Status cuInit(unsigned flags) {
  Status status = fails("cuInit");
  if (status != OK) return status;
  if (fake_devices == 0) return NO_DEVICE;
  initialized = 1;
  return flags == 0 ? OK : INVALID_VALUE;
}
Status cuDriverGetVersion(int *version) { *version = 12040; return OK; }
Status cuDeviceGetCount(int *count) { *count = fake_devices; return OK; }
Status cuDeviceGet(int *device, int number) {
  *device = number;
  return number < fake_devices ? OK : INVALID_DEVICE;
}
Status cuDeviceGetName(char *name, int length, int device) {
  (void)device;
  snprintf(name, length, "Fake GPU");
  return OK;
}
Status cuDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  *value = attribute == 75 ? fake_major : attribute == 76 ? fake_minor : 0;
  return OK;
}
Status cuDeviceTotalMem_v2(size_t *bytes, int device) { (void)device; *bytes = fake_memory; return OK; }
Status cuDevicePrimaryCtxRetain(void **context, int device) {
  Status status = fails("cuDevicePrimaryCtxRetain");
  if (status != OK) return status;
  (void)device;
  fake_live_contexts++;
  *context = &initialized;
  return OK;
}
Status cuDevicePrimaryCtxRelease_v2(int device) { (void)device; fake_live_contexts--; return OK; }
Status cuCtxPushCurrent_v2(void *context) { if (!context) return INVALID_CONTEXT; depth++; return OK; }
Status cuCtxPopCurrent_v2(void **context) {
  if (depth == 0) return INVALID_CONTEXT;
  depth--;
  *context = &initialized;
  return OK;
}
Status cuStreamCreate(void **stream, unsigned flags) {
  BEGIN("cuStreamCreate")
  (void)flags;
  fake_live_streams++;
  *stream = &queue;
  END(OK);
}
Status cuStreamDestroy_v2(void *stream) { (void)stream; fake_live_streams--; return OK; }
Status cuStreamSynchronize(void *stream) {
  BEGIN("cuStreamSynchronize")
  (void)stream;
  END(run_until(queued));
}
Status cuEventCreate(Event **event, unsigned flags) {
  BEGIN("cuEventCreate")
  (void)flags;
  *event = calloc(1, sizeof **event);
  fake_live_events++;
  END(OK);
}
Status cuEventDestroy_v2(Event *event) { free(event); fake_live_events--; return OK; }
Status cuEventRecord(Event *event, void *stream) {
  BEGIN("cuEventRecord")
  (void)stream;
  event->position = queued;
  END(OK);
}
Status cuEventSynchronize(Event *event) {
  BEGIN("cuEventSynchronize")
  END(run_until(event->position));
}
Status cuMemAlloc_v2(Address *address, size_t bytes) {
  BEGIN("cuMemAlloc")
  if (fake_bytes + bytes > fake_memory) { END(OUT_OF_MEMORY); }
  for (int i = 0; i < 4096; i++) {
    if (blocks[i].start) continue;
    blocks[i].start = aligned_alloc(256, (bytes + 255) / 256 * 256);
    blocks[i].bytes = bytes;
    memset(blocks[i].start, 0xA5, bytes);
    fake_bytes += bytes;
    fake_live_blocks++;
    *address = bias + (uintptr_t)blocks[i].start;
    END(OK);
  }
  END(OUT_OF_MEMORY);
}
Status cuMemFree_v2(Address address) {
  BEGIN("cuMemFree")
  run_until(queued);  // as the real one does
  for (int i = 0; i < 4096; i++) {
    if (!blocks[i].start || bias + (uintptr_t)blocks[i].start != address) continue;
    free(blocks[i].start);
    fake_bytes -= blocks[i].bytes;
    blocks[i].start = NULL;
    fake_live_blocks--;
    END(OK);
  }
  END(INVALID_VALUE);
}
Status cuMemAllocHost_v2(void **pointer, size_t bytes) {
  BEGIN("cuMemAllocHost")
  for (int i = 0; i < 256; i++) {
    if (pinned[i].start) continue;
    *pointer = pinned[i].start = malloc(bytes);
    pinned[i].bytes = bytes;
    fake_live_pinned++;
    END(OK);
  }
  END(OUT_OF_MEMORY);
}
Status cuMemFreeHost(void *pointer) {
  for (int i = 0; i < 256; i++)
    if (pinned[i].start == pointer) {
      free(pointer);
      pinned[i].start = NULL;
      fake_live_pinned--;
    }
  return OK;
}
Status cuMemcpyHtoDAsync_v2(Address target, const void *source, size_t bytes, void *stream) {
  BEGIN("cuMemcpyHtoDAsync")
  (void)stream;
  if (!is_pinned(source, bytes)) fake_unpinned_copies++;
  enqueue((Operation){.kind = TO_DEVICE, .target = target, .source = (uintptr_t)source, .bytes = bytes});
  END(OK);
}
Status cuMemcpyDtoHAsync_v2(void *target, Address source, size_t bytes, void *stream) {
  BEGIN("cuMemcpyDtoHAsync")
  (void)stream;
  if (!is_pinned(target, bytes)) fake_unpinned_copies++;
  enqueue((Operation){.kind = TO_HOST, .target = (uintptr_t)target, .source = source, .bytes = bytes});
  END(OK);
}
Status cuMemcpyDtoDAsync_v2(Address target, Address source, size_t bytes, void *stream) {
  BEGIN("cuMemcpyDtoDAsync")
  (void)stream;
  enqueue((Operation){.kind = ON_DEVICE, .target = target, .source = source, .bytes = bytes});
  END(OK);
}

static int count_parameters(const char *text, const char *name) {
  char pattern[96];
  snprintf(pattern, sizeof pattern, ".entry %s(", name);
  const char *start = strstr(text, pattern);
  if (!start) return -1;
  const char *end = strstr(start, "{");
  int count = 0;
  for (const char *p = start; (p = strstr(p, ".param")) && p < end; p++) count++;
  return count;
}

Status cuModuleLoadDataEx(Module **module, const void *image, unsigned count, int *options,
                          void **values) {
  BEGIN("cuModuleLoadDataEx")
  if (!strstr(image, ".version") || !strstr(image, ".target")) {
    for (unsigned i = 0; i < count; i++)
      if (options[i] == 5) strcpy(values[i], "ptxas fatal: Missing .version directive");
    END(INVALID_PTX);
  }
  *module = calloc(1, sizeof **module);
  (*module)->text = strdup(image);
  fake_live_modules++;
  fake_modules_loaded++;
  END(OK);
}
Status cuModuleUnload(Module *module) {
  free(module->text);
  free(module);
  fake_live_modules--;
  return OK;
}
Status cuModuleGetFunction(Function **function, Module *module, const char *name) {
  BEGIN("cuModuleGetFunction")
  int count = count_parameters(module->text, name);
  if (count < 0 || module->count == 64) { END(NOT_FOUND); }
  Function *f = &module->functions[module->count++];
  snprintf(f->name, sizeof f->name, "%s", name);
  f->parameters = count;
  *function = f;
  END(OK);
}
Status cuFuncSetAttribute(Function *function, int attribute, int value) {
  BEGIN("cuFuncSetAttribute")
  if (attribute == 8) function->shared = value;
  END(OK);
}
Status cuLaunchKernel(Function *function, unsigned bx, unsigned by, unsigned bz, unsigned tx,
                      unsigned ty, unsigned tz, unsigned shared, void *stream, void **parameters,
                      void **extra) {
  BEGIN("cuLaunchKernel")
  (void)stream; (void)extra;
  if (bx == 0 || by == 0 || bz == 0 || by > 65535 || bz > 65535 || tx * ty * tz > 1024 ||
      tx * ty * tz == 0 || shared > 48u << 10 && (int)shared > function->shared) {
    END(INVALID_VALUE);
  }
  Operation o = {.kind = LAUNCH, .blocks = {bx, by, bz}, .threads = {tx, ty, tz}, .shared = shared,
                 .count = function->parameters};
  snprintf(o.name, sizeof o.name, "%s", function->name);
  // Parameters are read now: the caller may change them after the call.
  for (int i = 0; i < o.count; i++) memcpy(&o.parameters[i], parameters[i], 8);
  fake_launches++;
  enqueue(o);
  END(OK);
}
Status cuGetErrorName(Status status, const char **name) {
  switch (status) {
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; return OK;
    case NO_DEVICE: *name = "CUDA_ERROR_NO_DEVICE"; return OK;
    case INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; return OK;
    case INVALID_PTX: *name = "CUDA_ERROR_INVALID_PTX"; return OK;
    case ILLEGAL_ADDRESS: *name = "CUDA_ERROR_ILLEGAL_ADDRESS"; return OK;
    case LAUNCH_FAILED: *name = "CUDA_ERROR_LAUNCH_FAILED"; return OK;
    default: return INVALID_VALUE;
  }
}
Status cuGetErrorString(Status status, const char **text) {
  switch (status) {
    case OUT_OF_MEMORY: *text = "out of memory"; return OK;
    case INVALID_PTX: *text = "a PTX JIT compilation failed"; return OK;
    case ILLEGAL_ADDRESS: *text = "an illegal memory access was encountered"; return OK;
    case LAUNCH_FAILED: *text = "unspecified launch failure"; return OK;
    default: return INVALID_VALUE;
  }
}
