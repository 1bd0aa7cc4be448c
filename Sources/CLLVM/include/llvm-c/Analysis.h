#include <llvm-c-19/llvm-c/Analysis.h>
