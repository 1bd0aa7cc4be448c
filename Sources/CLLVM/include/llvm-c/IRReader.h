#include <llvm-c-19/llvm-c/IRReader.h>
