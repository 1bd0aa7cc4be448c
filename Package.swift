// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

/// A library target of this package; tests of the same name plus `Tests` live in `Tests/`.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "TensorJIT",
  products: [
    .library(name: "TensorJIT", targets: ["TensorJIT"]),
    .library(name: "TensorJITStatic", type: .static, targets: ["TensorJIT"]),
    .library(name: "TensorJITC", targets: ["TensorJITC", "CTensorJIT"]),
    .library(name: "TensorJITCStatic", type: .static, targets: ["TensorJITC"]),
    .executable(name: "tensorjit", targets: ["TensorJITTool"]),
    .executable(name: "tensorjit-bench", targets: ["TensorJITBench"]),
    .executable(name: "tensorjit-demo", targets: ["DigitsDemo"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    module("SExpression"),
    .target(
      name: "ScalarIR", dependencies: ["SExpression"], swiftSettings: strict,
      linkerSettings: [.linkedLibrary("m")]),
    module("TapeIR", ["ScalarIR", "SExpression"]),
    module("TapePasses", ["TapeIR", "ScalarIR", "SExpression"]),
    module("LoopIR", ["ScalarIR", "SExpression"]),
    module("TapeLowering", ["TapeIR", "TapePasses", "LoopIR", "ScalarIR"]),
    .target(
      name: "CLLVM", cSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.linkedLibrary("LLVM-19")]),
    module("LLVMCodeGen", ["LoopIR", "ScalarIR", "Locking", "CLLVM"]),
    .target(name: "CLinux", cSettings: [.treatAllWarnings(as: .error)]),
    module("Locking"),
    module("DeviceRuntime", ["LoopIR", "ScalarIR", "Locking", "CLinux"]),
    module(
      "TensorJIT",
      [
        "SExpression", "ScalarIR", "TapeIR", "TapePasses", "LoopIR", "TapeLowering", "LLVMCodeGen",
        "DeviceRuntime", "Locking", "CLinux",
      ]),
    .target(name: "CTensorJIT", cSettings: [.treatAllWarnings(as: .error)]),
    module(
      "TensorJITC",
      [
        "CTensorJIT", "TensorJIT", "TapeIR", "ScalarIR", "SExpression", "LLVMCodeGen",
        "DeviceRuntime", "Locking",
      ]),
    module(
      "IRSpecRunner",
      [
        "TensorJIT", "TapeLowering", "LoopIR", "TapePasses", "TapeIR", "ScalarIR", "SExpression",
        "DeviceRuntime",
      ]),
    .executableTarget(
      name: "TensorJITTool",
      dependencies: [
        "TensorJIT", "IRSpecRunner", "DeviceRuntime", "TapePasses", "TapeIR", "ScalarIR",
        "SExpression",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "CBenchFloors", path: "Benchmarks/CBenchFloors",
      cSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "TensorJITBench",
      dependencies: [
        "TensorJIT", "LLVMCodeGen", "LoopIR", "TapeIR", "ScalarIR", "CBenchFloors",
      ],
      path: "Benchmarks/TensorJITBench", swiftSettings: strict),
    .executableTarget(
      name: "MathFunctionsInC", dependencies: ["ScalarIR"],
      path: "Benchmarks/MathAccuracy/Functions", swiftSettings: strict),
    .executableTarget(
      name: "DigitsDemo", dependencies: ["TensorJIT"], path: "Benchmarks/DigitsDemo",
      exclude: ["Data"], swiftSettings: strict),
    tests("SExpressionTests", ["SExpression"]),
    tests("ScalarIRTests", ["ScalarIR"]),
    .target(
      name: "TensorJITTestSupport",
      dependencies: ["TapeIR", "LoopIR", "ScalarIR", "SExpression", "DeviceRuntime"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "TensorJITFuzzTargets",
      dependencies: [
        "IRSpecRunner", "TapeLowering", "LoopIR", "TapePasses", "TapeIR", "ScalarIR", "SExpression",
        "TensorJITTestSupport",
      ],
      path: "Tests/Fuzz/Targets", swiftSettings: strict),
    tests("FuzzTests", ["TensorJITFuzzTargets"]),
    tests("TapeIRTests", ["TapeIR", "TensorJITTestSupport"]),
    tests("TapePassesTests", ["TapePasses", "TensorJITTestSupport"]),
    tests("LoopIRTests", ["LoopIR", "TensorJITTestSupport"]),
    tests("TapeLoweringTests", ["TapeLowering", "SExpression"]),
    tests(
      "LLVMCodeGenTests", ["LLVMCodeGen", "DeviceRuntime", "Locking", "TensorJITTestSupport"]),
    tests(
      "DeviceRuntimeTests",
      ["DeviceRuntime", "LoopIR", "Locking", "SExpression", "TensorJITTestSupport"]),
    tests("TensorJITTests", ["TensorJIT", "IRSpecRunner", "TensorJITTestSupport"]),
    tests("TensorJITCTests", ["TensorJITC", "CTensorJIT"]),
    tests(
      "IRSpecTests",
      [
        "IRSpecRunner", "TensorJIT", "LLVMCodeGen", "LoopIR", "TapeIR", "SExpression",
        "TensorJITTestSupport",
      ]),
    tests(
      "ToolTests",
      [
        "TensorJITTool", "IRSpecRunner", "TensorJIT", "TapePasses", "TapeIR", "LoopIR", "ScalarIR",
        "SExpression",
      ]),
    tests("DigitsDemoTests", ["DigitsDemo", "TensorJIT"]),
  ]
)

// The fuzzer is linked by scripts/fuzz.sh, because its `main` is libFuzzer's.
if Context.environment["TENSORJIT_FUZZERS"] != nil {
  package.products.append(
    .library(name: "TensorJITFuzz", type: .static, targets: ["TensorJITFuzz"]))
  package.targets.append(
    .target(
      name: "TensorJITFuzz", dependencies: ["TensorJITFuzzTargets"], path: "Tests/Fuzz/Driver",
      swiftSettings: strict))
}
