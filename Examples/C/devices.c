// The devices of this machine, and an array that goes to the last of them and comes back. Where that is
// a GPU, a program of the engine "cuda" takes the array where it is.
#include <stdio.h>
#include <stdlib.h>
#include <tensorjit.h>

static tj_error *error;

static void check(tj_status status) {
  if (status == TJ_OK) return;
  fprintf(stderr, "%s: %s\n", tj_status_name(status), tj_error_message(error));
  exit(1);
}

int main(void) {
  error = tj_error_create();
  size_t count = tj_device_count();
  for (size_t index = 0; index < count; index++) {
    tj_device device = TJ_DEVICE_INIT;
    check(tj_device_get(index, &device, error));
    printf("device %zu is %s\n", index, device.name);
  }

  float elements[3] = {1, 2, 3};
  int64_t sizes[1] = {3};
  tj_buffer buffer = {sizeof buffer, elements, sizeof elements, 0, TJ_F32, 1, sizes, NULL};
  tj_array *array = NULL;
  check(tj_array_create(&buffer, count - 1, &array, error));

  // The buffer may be used for something else: the array is a copy.
  elements[0] = elements[1] = elements[2] = 0;
  check(tj_array_read(array, &buffer, error));
  char text[64];
  check(tj_buffer_text(&buffer, text, sizeof text, NULL, error));
  printf("the last one holds %s\n", text);

  const char *source = "(tape twice [(x f32[N])] (y (add x x)) (return y))";
  tj_load_options options = TJ_LOAD_OPTIONS_INIT;
  options.engine = count > 1 ? "cuda" : "cpu";
  tj_program *program = NULL;
  check(tj_program_load(source, TJ_WHOLE_STRING, &options, &program, error));
  tj_array *operand = NULL;
  tj_array *result = NULL;
  check(tj_array_move(array, count > 1 ? 1 : 0, &operand, error));
  check(tj_program_run_arrays(
      program, (const tj_array *const[]){operand}, 1, &result, 1, NULL, error));
  check(tj_array_read(result, &buffer, error));
  check(tj_buffer_text(&buffer, text, sizeof text, NULL, error));
  printf("twice that is %s\n", text);

  tj_array_destroy(array);
  tj_array_destroy(operand);
  tj_array_destroy(result);
  tj_program_destroy(program);
  tj_error_destroy(error);
}
