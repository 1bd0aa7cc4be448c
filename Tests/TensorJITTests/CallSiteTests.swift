import TensorJIT
import Testing

/// Errors name the line of the user's source that made them.
@Suite struct CallSiteTests {
  @Test func operatorsNameTheirLine() {
    let x = Tensor([1, 2] as [Float])
    let wrong = x + Tensor([1, 2, 3] as [Float])
    let line = #line - 1
    #expect(place(of: wrong) == "CallSiteTests.swift:\(line)")
  }

  @Test func methodsAndFunctionsNameTheirLine() {
    let x = Tensor([1, 2] as [Float])
    let method = x.matmul(Tensor.zeros([3, 3]))
    let methodLine = #line - 1
    #expect(place(of: method) == "CallSiteTests.swift:\(methodLine)")
    let function = exp(Tensor([1, 2]))
    let functionLine = #line - 1
    #expect(place(of: function) == "CallSiteTests.swift:\(functionLine)")
    let part = x[5]
    let partLine = #line - 1
    #expect(place(of: part) == "CallSiteTests.swift:\(partLine)")
  }

  @Test func theFirstWrongOpIsNamed() {
    let x = Tensor([1, 2] as [Float])
    let wrong = x + Tensor([1, 2, 3] as [Float])
    let line = #line - 1
    let later = (wrong * 2).sum()
    #expect(place(of: later) == "CallSiteTests.swift:\(line)")
  }

  /// The file and line that the error of a tensor names.
  private func place(of tensor: Tensor) -> String {
    do {
      try eval(tensor)
      return "no error"
    } catch {
      guard case .invalidOperands(_, _, _, _, let location?) = error else { return "nowhere" }
      return location.split(separator: "/").last.map(String.init) ?? location
    }
  }
}
