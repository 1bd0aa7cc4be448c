// tensorjit.h: TensorJIT for C and everything that can call C.
//
// A program is loaded from the text of a tape, takes arrays that the caller owns, and writes its
// results into arrays that the caller owns:
//
//     const char *text = "(tape double [(x f32[N])] (y (add x x)) (return y))";
//     tj_error *error = tj_error_create();
//     tj_program *program = NULL;
//     if (tj_program_load(text, TJ_WHOLE_STRING, NULL, &program, error) != TJ_OK) …
//     if (tj_program_run(program, &x, 1, &y, 1, NULL, error) != TJ_OK)
//       fprintf(stderr, "%s\n", tj_error_message(error));
//     tj_program_destroy(program);
//     tj_error_destroy(error);
//
// Ownership. What a function makes and hands out through a `**` is the caller's, and so is what one
// ending in `_create` makes, until the function ending in `_destroy` takes it. Nothing else changes
// hands: the library copies or only borrows what it is given, for the time of the call, and strings
// and arrays that it returns are its own; each says how long they stay.
//
// Threads. Every function may be called from any thread at any time. Any number of threads may run
// one program at once, and a program may be destroyed while it runs elsewhere: those runs end in
// peace. Use one `tj_error` a thread.
//
// Errors. Functions that can fail return a status and, where `error` is not NULL, write it and a
// message there. No argument ends the process: null pointers, destroyed handles, unknown numbers and
// sizes that do not fit are errors. What cannot be checked is that `byte_count` bytes are there.
//
// Structs begin with `struct_size`; the macros `TJ_…_INIT` set it and make every other member zero,
// which always stands for the default. A later version may add members at the end: a program built
// against an older header goes on working, and one built against a newer header is understood as
// long as the members that the library does not know are zero.
//
// Versions. See TJ_VERSION below, and Documentation/CInterface.md.
#ifndef TENSORJIT_H
#define TENSORJIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Version

/// The version of this header. What was built against one version runs with each later one of the same
/// MAJOR, which is also the number in the library's name, `libtensorjit.so.0`.
#define TJ_VERSION_MAJOR 0
#define TJ_VERSION_MINOR 1
#define TJ_VERSION_PATCH 0

/// A version as one number that grows with it.
#define TJ_MAKE_VERSION(major, minor, patch) ((major) * 1000000 + (minor) * 1000 + (patch))
#define TJ_VERSION TJ_MAKE_VERSION(TJ_VERSION_MAJOR, TJ_VERSION_MINOR, TJ_VERSION_PATCH)

/// The library's version, to be compared with TJ_VERSION.
int32_t tj_version(void);

/// The library's version as text, such as "0.1.0"; it stays forever.
const char *tj_version_string(void);

// MARK: Errors

/// How a call ended.
typedef int32_t tj_status;
enum {
  /// It did what it says.
  TJ_OK = 0,
  /// A null pointer, a handle that is none or was destroyed, an index, name, flag or struct size
  /// that does not exist.
  TJ_INVALID_ARGUMENT = 1,
  /// The text is no program; the message begins with FILE:LINE:COLUMN.
  TJ_INVALID_TEXT = 2,
  /// A buffer does not fit what the program takes or returns, or its elements do not lie within its
  /// bytes.
  TJ_INVALID_DATA = 3,
  /// An op met an index that its operand does not have.
  TJ_INDEX_OUT_OF_BOUNDS = 4,
  /// There is no such gradient, and why.
  TJ_NO_GRADIENT = 5,
  /// Memory was not to be had.
  TJ_OUT_OF_MEMORY = 6,
  /// This version or this machine lacks what was asked for, such as an engine.
  TJ_UNAVAILABLE = 7,
  /// A bug of the library, or a library that it needs is missing.
  TJ_FAILURE = 8
};

/// The name of a status, such as "TJ_OK"; NULL for a number that is none. It stays forever.
const char *tj_status_name(tj_status status);

/// Where functions write what went wrong. One can be used again and again: each call that it is
/// given to sets it anew. Only one thread may use it at a time.
typedef struct tj_error tj_error;

/// Makes one, of status TJ_OK.
tj_error *tj_error_create(void);

/// Takes one back; NULL is fine.
void tj_error_destroy(tj_error *error);

/// The status of the last call that it was given to; TJ_INVALID_ARGUMENT for what is no error object.
tj_status tj_error_status(const tj_error *error);

/// What went wrong in that call, in one or more lines without the last line's end; "" where nothing
/// did. It stays until the next call that the object is given to.
const char *tj_error_message(const tj_error *error);

// MARK: Element types

/// The type of an element. In memory numbers are in the machine's byte order, `f16` is IEEE 754's
/// binary16, `bf16` the upper half of a binary32, and a `bool` is a byte: results have 0 or 1, and of
/// parameters anything but 0 is true.
typedef int32_t tj_dtype;
enum {
  TJ_F64 = 1,
  TJ_F32 = 2,
  TJ_F16 = 3,
  TJ_BF16 = 4,
  TJ_I64 = 5,
  TJ_I32 = 6,
  TJ_I16 = 7,
  TJ_I8 = 8,
  TJ_U64 = 9,
  TJ_U32 = 10,
  TJ_U16 = 11,
  TJ_U8 = 12,
  TJ_BOOL = 13
};

/// The name of a type in the text form, such as "f32"; NULL for a number that is none. It stays
/// forever.
const char *tj_dtype_name(tj_dtype dtype);

/// The bytes of an element; 0 for a number that is no type.
size_t tj_dtype_size(tj_dtype dtype);

// MARK: Buffers

/// An array in memory of the caller's.
///
/// The element at position (i, j, …) begins at `data + offset + i * strides[0] + j * strides[1] + …`.
/// It may have any alignment. Memory is used where it lies, without a copy, where the elements are in
/// row-major order without gaps and the first one's address is a multiple of TJ_ALIGNMENT; other
/// layouts are copied on the way in or out.
typedef struct tj_buffer {
  /// sizeof(tj_buffer); all buffers of one array have the same.
  size_t struct_size;
  /// The memory. NULL is fine where there is no element, and where only sizes are asked for.
  void *data;
  /// The bytes at `data` that belong to the array; no other byte is read or written.
  size_t byte_count;
  /// Where in them the first element begins.
  size_t offset;
  tj_dtype dtype;
  /// The number of axes; 0 for a scalar.
  uint32_t rank;
  /// The size of each axis; may be NULL for a scalar.
  const int64_t *sizes;
  /// For each axis the bytes from one element to the next, which may be negative, and in parameters
  /// 0; NULL where they are in row-major order without gaps.
  const int64_t *strides;
} tj_buffer;

#define TJ_BUFFER_INIT {sizeof(tj_buffer), NULL, 0, 0, 0, 0, NULL, NULL}

/// The alignment, in bytes, from which on memory is used without a copy.
#define TJ_ALIGNMENT 64

/// Writes the elements as the text form does, such as "[[1 2] [3 4]]", into `text`, at most
/// `capacity` bytes with the final NUL; what does not fit is cut off.
///
/// - text: may be NULL where `capacity` is 0.
/// - length: where not NULL, becomes the bytes of the whole text, without the NUL.
tj_status tj_buffer_text(
    const tj_buffer *buffer, char *text, size_t capacity, size_t *length, tj_error *error);

// MARK: Engines and devices

/// The number of engines that this version has. All of them give the same answers.
size_t tj_engine_count(void);

/// The name of an engine, such as "interpreter" (the reference: slow, plain) and "cpu" (machine code
/// of this computer); NULL for a number that is none. It stays forever.
const char *tj_engine_name(size_t index);

/// What programs run on.
typedef struct tj_device {
  /// sizeof(tj_device), set by the caller.
  size_t struct_size;
  /// Such as "cpu" or "cuda:0"; it stays forever.
  const char *name;
  /// The maker's or LLVM's name of the model, such as "znver4"; it stays forever.
  const char *model;
  /// The bytes that programs may use.
  uint64_t memory_bytes;
  /// The most threads that a program may use; 0 for a GPU.
  uint32_t thread_count;
  /// The width of the vectors that code is made for; 0 for a GPU.
  uint32_t vector_bits;
} tj_device;

#define TJ_DEVICE_INIT {sizeof(tj_device), NULL, NULL, 0, 0, 0}

/// The number of devices: device 0 is the CPU, those after it are NVIDIA's GPUs, of which the engine
/// "cuda" runs programs on the first.
size_t tj_device_count(void);

/// Describes a device. A GPU that the driver knows of and that cannot be used is TJ_UNAVAILABLE.
tj_status tj_device_get(size_t index, tj_device *device, tj_error *error);

// MARK: Programs

/// A tape, ready to run on an engine. It never changes.
typedef struct tj_program tj_program;

/// For `length`: the text ends at its first NUL.
#define TJ_WHOLE_STRING ((size_t)-1)

/// Append the gradient of the sum of the first result, as further results named `grad-PARAMETER`.
#define TJ_LOAD_GRADIENT 1u

/// How a program is loaded.
typedef struct tj_load_options {
  /// sizeof(tj_load_options).
  size_t struct_size;
  /// What messages call the text; "<text>" where NULL.
  const char *file;
  /// The tape or model of the text; where NULL, the only tape, else the one named `main`, else the
  /// last, and the same of the models where there is no tape.
  const char *entry;
  /// The engine by its name; "cpu" where NULL.
  const char *engine;
  /// TJ_LOAD_GRADIENT or 0.
  uint32_t flags;
  /// Must be 0.
  uint32_t reserved;
  /// The parameters to differentiate by; all floating ones where there are none.
  const char *const *gradient_names;
  size_t gradient_name_count;
  /// For a model, the type of each parameter, such as "f32[N,4]". Its one result has the model's
  /// name.
  const char *const *model_types;
  size_t model_type_count;
} tj_load_options;

#define TJ_LOAD_OPTIONS_INIT {sizeof(tj_load_options), NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0}

/// Loads a tape, or a model with types for its parameters, from text.
///
/// Machine code is made when the program first meets sizes that it has no code for yet
/// (tj_program_prepare), and kept for TJ_PREPARED_LIMIT different sizes.
///
/// - text: UTF-8; copied.
/// - length: the bytes of the text, or TJ_WHOLE_STRING.
/// - options: may be NULL.
/// - program: becomes the program, or NULL on failure.
tj_status tj_program_load(
    const char *text, size_t length, const tj_load_options *options, tj_program **program,
    tj_error *error);

/// The most different sizes that a program keeps machine code for; beyond it, it starts afresh.
#define TJ_PREPARED_LIMIT 256

/// Takes a program back; NULL is fine.
void tj_program_destroy(tj_program *program);

/// A parameter or a result of a program. Strings and arrays stay as long as the program.
typedef struct tj_value {
  /// sizeof(tj_value), set by the caller.
  size_t struct_size;
  const char *name;
  /// The type in the text form, such as "f32[N,4]".
  const char *type;
  tj_dtype dtype;
  uint32_t rank;
  /// The size of each axis; −1 where it is symbolic.
  const int64_t *sizes;
  /// The size of each axis as text, such as "4", "N" or "2*N+1".
  const char *const *size_texts;
} tj_value;

#define TJ_VALUE_INIT {sizeof(tj_value), NULL, NULL, 0, 0, NULL, NULL}

/// The number of parameters; 0 for what is no program.
size_t tj_program_parameter_count(const tj_program *program);

/// The number of results; 0 for what is no program.
size_t tj_program_result_count(const tj_program *program);

/// Describes a parameter.
tj_status tj_program_parameter(
    const tj_program *program, size_t index, tj_value *value, tj_error *error);

/// Describes a result.
tj_status tj_program_result(
    const tj_program *program, size_t index, tj_value *value, tj_error *error);

/// Finds the parameter of a name.
tj_status tj_program_find_parameter(
    const tj_program *program, const char *name, size_t *index, tj_error *error);

/// Finds the result of a name.
tj_status tj_program_find_result(
    const tj_program *program, const char *name, size_t *index, tj_error *error);

/// The sizes of a result for parameters of given sizes. `data` of the parameters may be NULL.
///
/// - sizes: takes as many sizes as the result has axes, at most `capacity`; fewer are an error.
tj_status tj_program_result_sizes(
    const tj_program *program, const tj_buffer *parameters, size_t parameter_count, size_t result,
    int64_t *sizes, size_t capacity, tj_error *error);

/// Makes the code for parameters of given sizes, so that running is quick from the first time on.
/// `data` of the parameters may be NULL.
tj_status tj_program_prepare(
    const tj_program *program, const tj_buffer *parameters, size_t parameter_count,
    tj_error *error);

/// How a program is run.
typedef struct tj_run_options {
  /// sizeof(tj_run_options).
  size_t struct_size;
  /// The most threads to use; as many as the device has where 0.
  uint32_t threads;
  /// Must be 0.
  uint32_t reserved;
} tj_run_options;

#define TJ_RUN_OPTIONS_INIT {sizeof(tj_run_options), 0, 0}

/// Runs a program and returns when the results are written.
///
/// Symbolic sizes take their values from the parameters. A result may have the memory of a parameter,
/// in whole or in part; where it has exactly the same and the program allows, it is computed in
/// place. On failure the contents of the results are arbitrary, and so are those of parameters that
/// share memory with them.
///
/// - parameters: one buffer for each parameter, in order; their memory is only read, but where it is
///   a result's too.
/// - results: one buffer for each result, in order, of its type and sizes, no two elements of which
///   lie on each other. One with neither `data` nor `dtype` (TJ_BUFFER_INIT) is not wanted.
/// - options: may be NULL.
tj_status tj_program_run(
    const tj_program *program, const tj_buffer *parameters, size_t parameter_count,
    const tj_buffer *results, size_t result_count, const tj_run_options *options,
    tj_error *error);

/// Writes the program after a stage of the compiler, as `tensorjit dump-ir --after` does, into
/// `text`, at most `capacity` bytes with the final NUL; what does not fit is cut off.
///
/// - stage: such as "capture", "fuse", "plan" or "asm"; the message of an error lists them.
/// - text: may be NULL where `capacity` is 0.
/// - length: where not NULL, becomes the bytes of the whole text, without the NUL.
tj_status tj_program_text(
    const tj_program *program, const char *stage, char *text, size_t capacity, size_t *length,
    tj_error *error);

// MARK: Arrays on devices

/// An array in the memory of a device. It never changes. One that is destroyed while a run uses it
/// lives until that run ends.
typedef struct tj_array tj_array;

/// Copies the elements of a buffer to a device.
///
/// - device: its number, as tj_device_get takes it.
/// - array: becomes the array, or NULL on failure.
tj_status tj_array_create(
    const tj_buffer *buffer, size_t device, tj_array **array, tj_error *error);

/// Takes an array back; NULL is fine.
void tj_array_destroy(tj_array *array);

/// Describes an array in a buffer without `data`: type, sizes, and the bytes of the elements. The sizes
/// stay as long as the array.
///
/// - device: where not NULL, becomes the number of the device that it is on.
tj_status tj_array_get(
    const tj_array *array, tj_buffer *buffer, size_t *device, tj_error *error);

/// Copies an array to a device; where it is there already, the new one shares its memory.
///
/// - moved: becomes another array, or NULL on failure.
tj_status tj_array_move(
    const tj_array *array, size_t device, tj_array **moved, tj_error *error);

/// Waits until the array is computed and copies its elements into a buffer of its type and sizes, no
/// two elements of which lie on each other. What went wrong on a GPU meanwhile is told here.
tj_status tj_array_read(const tj_array *array, const tj_buffer *buffer, tj_error *error);

/// Runs a program on arrays on its engine's device, device 0 for "cpu" and 1 for "cuda". Returns when a
/// GPU has been given its work; who reads a result waits.
///
/// - parameters: one array for each parameter, in order.
/// - results: become new arrays, one for each result, in order; on failure they stay what they are.
/// - options: may be NULL.
tj_status tj_program_run_arrays(
    const tj_program *program, const tj_array *const *parameters, size_t parameter_count,
    tj_array **results, size_t result_count, const tj_run_options *options, tj_error *error);

// MARK: Counters

/// What has happened in the process so far.
typedef struct tj_counters {
  /// sizeof(tj_counters), set by the caller.
  size_t struct_size;
  /// Programs run.
  uint64_t runs;
  /// Programs compiled, their kernels, and the time that took.
  uint64_t compiles;
  uint64_t kernels;
  double compile_seconds;
  /// Runs that found their code made.
  uint64_t cache_hits;
  /// Bytes of arrays that the library holds, their maximum, and bytes that it keeps for reuse.
  uint64_t bytes_in_use;
  uint64_t peak_bytes;
  uint64_t bytes_cached;
  /// Bytes of parameters and results that were copied because of their layout, alignment or engine.
  uint64_t bytes_copied;
  /// Programs and error objects that have not been destroyed.
  uint64_t live_programs;
  uint64_t live_errors;
  /// Arrays that have not been destroyed.
  uint64_t live_arrays;
} tj_counters;

#define TJ_COUNTERS_INIT {sizeof(tj_counters), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/// Reads the counters.
tj_status tj_counters_get(tj_counters *counters, tj_error *error);

/// Sets the counts of events back to zero; bytes and live objects go on.
void tj_counters_reset(void);

/// Returns memory that is kept for reuse to the system.
void tj_trim(void);

#ifdef __cplusplus
}
#endif
#endif
