#ifndef TENSORJIT_CLIBFUZZER_H
#define TENSORJIT_CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

// What libFuzzer has for programs with a `main` of their own:
// https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
int LLVMFuzzerRunDriver(int *argc, char ***argv,
                        int (*callback)(const uint8_t *bytes, size_t count));

#endif
