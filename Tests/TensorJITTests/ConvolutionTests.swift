import TensorJIT
import Testing

/// Convolutions against values of `jax.lax.conv_general_dilated`.
@Suite struct ConvolutionTests {
  private let x = Tensor((0..<40).map { Float(($0 + 1) % 7) }, shape: [1, 2, 5, 4])
  private let kernel = Tensor((0..<36).map { Float($0 % 5 - 2) }, shape: [3, 2, 3, 2])

  @Test func sameSizes() throws {
    let y = x.convolution(with: kernel, stride: [2, 1], padding: .same)
    #expect(try y.shape == [1, 3, 3, 4])
    #expect(
      try floats(y) == [
        -11, 4, -2, 5, -16, -19, 6, 4, -5, 9, 16, 0, -3, -6, -9, 1, 14, 8, -5, 0, 8, -5, -11, 3, 15,
        4, 14, -3, -11, 10, -11, 1, -4, -14, -3, -4,
      ])
  }

  @Test func channelsLast() throws {
    let y = x.transposed(axes: 0, 2, 3, 1).convolution(
      with: kernel.transposed(axes: 2, 3, 1, 0), padding: .sizes(low: [1, 0], high: [0, 1]),
      dilation: [2, 1], layout: .channelsLast)
    #expect(try y.shape == [1, 2, 4, 3])
    #expect(
      try floats(y) == [
        16, -15, 4, 3, -4, 14, 4, -14, 3, 2, 0, 3, -5, -2, 6, -8, -1, 6, -11, 0, 6, -5, -1, 13,
      ])
  }

  @Test func oneAxis() throws {
    let line = Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 4])
    let difference = Tensor([1, 0, -1] as [Float], shape: [1, 1, 3])
    #expect(try floats(line.convolution(with: difference)) == [-2, -2])
    #expect(try floats(line.convolution(with: difference, reversingKernel: true)) == [2, 2])
    #expect(
      try floats(line.convolution(with: difference, padding: .symmetric([1]))) == [-2, -2, -2, 3])
    #expect(
      try floats(line.convolution(with: difference, padding: .symmetric([-1]))).isEmpty)
    #expect(
      try floats(line.convolution(with: difference, operandDilation: [2])) == [-1, 0, -1, 0, -1])
    let named = line.reshaped(to: 4, 1, 1).convolution(
      with: difference.reshaped(to: 1, 3, 1),
      layout: .named(operand: "WNC", kernel: "OWI", result: "CWN"))
    #expect(try named.shape == [1, 2, 1])
    #expect(try floats(named) == [-2, -2])
  }

  @Test func biasIsAddedToFeatures() throws {
    let two = Tensor([1, 2, 10, 20] as [Float], shape: [1, 2, 2])
    let kernel = Tensor([1, 0, 0, 1, 1, 1] as [Float], shape: [3, 2, 1])
    let bias = Tensor([100, 200, 300] as [Float])
    #expect(
      try floats(two.convolution(with: kernel, bias: bias)) == [101, 102, 210, 220, 311, 322])
    let last = two.transposed(axes: 0, 2, 1).convolution(
      with: kernel.transposed(axes: 2, 1, 0), bias: bias, layout: .channelsLast)
    #expect(try floats(last) == [101, 210, 311, 102, 220, 322])
    #expect(failure(two.convolution(with: kernel, bias: Tensor([1, 2] as [Float]))) != nil)
  }

  @Test func groupsSeeTheirFeatures() throws {
    let two = Tensor([1, 2, 10, 20] as [Float], shape: [1, 2, 2])
    let each = Tensor([1, -1] as [Float], shape: [2, 1, 1])
    #expect(try floats(two.convolution(with: each, groups: 2)) == [1, 2, -10, -20])
  }

  @Test func gradients() throws {
    let loss = { (pair: Pair<Tensor, Tensor>) in
      pair.first.convolution(with: pair.second, stride: [2], padding: .same).square().sum()
    }
    let g = try grad(of: loss)(
      Pair(
        Tensor([1, 2, 3] as [Double], shape: [1, 1, 3]),
        Tensor([1, -1, 2] as [Double], shape: [1, 1, 3])))
    // Padded: 0 1 2 3 0; places at 0 and 2: y = [−1·1 + 2·2, 2 − 3] = [3, −1].
    #expect(try g.first.scalars(as: Double.self) == [-6, 10, 2])
    #expect(try g.second.scalars(as: Double.self) == [-4, 0, 12])
  }

  @Test func whatDoesNotFit() {
    let odd = x.convolution(with: kernel, stride: [1, 2, 3])
    #expect(failure(odd)?.contains("C4: conv needs 2 entries in :stride, found 3") == true)
    #expect(
      failure(x.convolution(with: kernel, groups: 2))?.contains("C5: conv needs x's C") == true)
    #expect(failure(x.convolution(with: kernel, stride: [0], padding: .same)) != nil)
    #expect(failure(Tensor([1, 2] as [Float]).convolution(with: kernel))?.contains("C2") == true)
    #expect(failure(x.convolution(with: kernel.converted(to: .f64)))?.contains("C1") == true)
    #expect(
      failure(x.convolution(with: kernel, layout: .named(operand: "", kernel: "", result: "")))
        != nil)
  }
}
