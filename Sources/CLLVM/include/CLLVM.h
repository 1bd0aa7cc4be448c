// The part of LLVM's C interface that code generation uses, found through forwarding headers so
// that no compiler flag, environment variable or pkg-config file is needed.
#ifndef CLLVM_H
#define CLLVM_H
#include "llvm-c/Analysis.h"
#include "llvm-c/Core.h"
#include "llvm-c/Error.h"
#include "llvm-c/LLJIT.h"
#include "llvm-c/Orc.h"
#include "llvm-c/Support.h"
#include "llvm-c/Target.h"
#include "llvm-c/TargetMachine.h"
#include "llvm-c/Transforms/PassBuilder.h"
#endif
