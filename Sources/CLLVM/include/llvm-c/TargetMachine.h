#include <llvm-c-19/llvm-c/TargetMachine.h>
