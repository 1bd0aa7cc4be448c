#include <llvm-c-19/llvm-c/Target.h>
