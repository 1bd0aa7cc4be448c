#include <llvm-c-19/llvm-c/ExecutionEngine.h>
