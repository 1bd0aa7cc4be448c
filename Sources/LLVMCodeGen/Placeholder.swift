import CLLVM
func llvmVersion() -> UInt32 { var a: UInt32 = 0; var b: UInt32 = 0; var c: UInt32 = 0; LLVMGetVersion(&a, &b, &c); return a }
