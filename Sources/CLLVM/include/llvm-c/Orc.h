#include <llvm-c-19/llvm-c/Orc.h>
