#include <llvm-c-19/llvm-c/ErrorHandling.h>
