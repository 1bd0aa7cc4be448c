#include <llvm-c-19/llvm-c/Core.h>
