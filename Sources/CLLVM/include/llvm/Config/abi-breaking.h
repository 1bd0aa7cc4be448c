#include <llvm-19/llvm/Config/abi-breaking.h>
