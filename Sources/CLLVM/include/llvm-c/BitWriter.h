#include <llvm-c-19/llvm-c/BitWriter.h>
