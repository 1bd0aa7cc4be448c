#include <llvm-19/llvm/Config/llvm-config.h>
