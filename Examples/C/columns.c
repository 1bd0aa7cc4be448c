// A C program that loads a tape from text, gives it one column of an array of structs and a matrix
// of any number of rows, and prints what it computes; and what a wrong call says.
#include <stdio.h>
#include <stdlib.h>

#include <tensorjit.h>

static const char *const text =
    "; Weighs rows, and adds them up; N is known when the program runs.\n"
    "(tape weigh [(weights f32[N]) (rows f64[N,3])]\n"
    "  (w (reshape (convert weights :to f64) :shape [N 1]))\n"
    "  (weighted (mul rows w))\n"
    "  (total (reduce-sum weighted :axes [0]))\n"
    "  (return weighted total))\n";

/// One of the caller's own structs.
struct particle {
  int32_t number;
  float weight;
};

static void fail(const char *what, const tj_error *error) {
  fprintf(stderr, "%s: %s: %s\n", what, tj_status_name(tj_error_status(error)),
          tj_error_message(error));
  exit(EXIT_FAILURE);
}

static void print_values(
    const char *kind, size_t count, const tj_program *program,
    tj_status (*get)(const tj_program *, size_t, tj_value *, tj_error *), tj_error *error) {
  for (size_t index = 0; index < count; index++) {
    tj_value value = TJ_VALUE_INIT;
    if (get(program, index, &value, error) != TJ_OK) fail(kind, error);
    printf("%s %s %s\n", kind, value.name, value.type);
  }
}

static void print_buffer(const char *name, const tj_buffer *buffer, tj_error *error) {
  char line[256];
  if (tj_buffer_text(buffer, line, sizeof line, NULL, error) != TJ_OK) fail(name, error);
  printf("%s = %s\n", name, line);
}

int main(void) {
  if (tj_version() < TJ_VERSION) {
    fprintf(stderr, "the library is older than the header: %s\n", tj_version_string());
    return EXIT_FAILURE;
  }
  tj_error *error = tj_error_create();
  tj_program *program = NULL;
  tj_load_options load = TJ_LOAD_OPTIONS_INIT;
  load.file = "weigh.tape";
  if (tj_program_load(text, TJ_WHOLE_STRING, &load, &program, error) != TJ_OK) fail("load", error);
  print_values(
      "parameter", tj_program_parameter_count(program), program, tj_program_parameter, error);
  print_values("result", tj_program_result_count(program), program, tj_program_result, error);

  // The weights lie in the structs; the rows are the columns of a matrix of columns.
  enum { count = 4 };
  struct particle particles[count] = {{1, 0.5f}, {2, 1.0f}, {3, 2.0f}, {4, -1.0f}};
  double columns[3][count] = {{1, 2, 3, 4}, {10, 20, 30, 40}, {100, 200, 300, 400}};
  const int64_t vector_sizes[] = {count};
  const int64_t vector_strides[] = {sizeof(struct particle)};
  const int64_t matrix_sizes[] = {count, 3};
  const int64_t transposed_strides[] = {sizeof(double), count * sizeof(double)};

  tj_buffer parameters[2] = {TJ_BUFFER_INIT, TJ_BUFFER_INIT};
  parameters[0].data = particles;
  parameters[0].byte_count = sizeof particles;
  parameters[0].offset = offsetof(struct particle, weight);
  parameters[0].dtype = TJ_F32;
  parameters[0].rank = 1;
  parameters[0].sizes = vector_sizes;
  parameters[0].strides = vector_strides;
  parameters[1].data = columns;
  parameters[1].byte_count = sizeof columns;
  parameters[1].dtype = TJ_F64;
  parameters[1].rank = 2;
  parameters[1].sizes = matrix_sizes;
  parameters[1].strides = transposed_strides;

  int64_t total_sizes[1];
  if (tj_program_result_sizes(program, parameters, 2, 1, total_sizes, 1, error) != TJ_OK)
    fail("result sizes", error);
  double *total = malloc((size_t)total_sizes[0] * sizeof *total);
  if (total == NULL) return EXIT_FAILURE;

  // The weighted rows go where the rows were.
  tj_buffer results[2] = {parameters[1], TJ_BUFFER_INIT};
  results[1].data = total;
  results[1].byte_count = (size_t)total_sizes[0] * sizeof *total;
  results[1].dtype = TJ_F64;
  results[1].rank = 1;
  results[1].sizes = total_sizes;
  if (tj_program_run(program, parameters, 2, results, 2, NULL, error) != TJ_OK) fail("run", error);
  print_buffer("weighted", &results[0], error);
  print_buffer("total", &results[1], error);

  // What is wrong is said, and nothing is computed.
  parameters[0].dtype = TJ_I32;
  tj_status status = tj_program_run(program, parameters, 2, results, 2, NULL, error);
  printf("%s: %s\n", tj_status_name(status), tj_error_message(error));
  tj_program *broken = NULL;
  status = tj_program_load("(tape t [(x f32[2])]\n  (y (exq x))\n  (return y))", TJ_WHOLE_STRING,
                           &load, &broken, error);
  printf("%s: %s\n", tj_status_name(status), tj_error_message(error));

  free(total);
  tj_program_destroy(program);
  tj_error_destroy(error);
  return EXIT_SUCCESS;
}
