#include <llvm-c-19/llvm-c/LLJIT.h>
