#include <llvm-c-19/llvm-c/BitReader.h>
