import TensorJIT
import Testing

// Tensors and the device that they are on.

/// The processor, its stand-in for a GPU, and a GPU where there is one.
let testedDevices = [Device.cpu, .grid] + (Device.cuda.isAvailable ? [.cuda] : [])

extension FeatureTests {
  @Test("N1 zeros by shape, data with a shape", arguments: testedDevices)
  func creation(_ device: Device) throws {
    try withDefaultDevice(device) { () throws in
      #expect(try floats(Tensor.zeros([2, 2])) == [0, 0, 0, 0])
      #expect(try floats(Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])[1]) == [3, 4])
      #expect(failure(Tensor([1, 2, 3] as [Float], shape: [2, 2])) != nil)
    }
  }

  @Test("N2 sums, products and quotients with gradients", arguments: testedDevices)
  func arithmetic(_ device: Device) throws {
    try withDefaultDevice(device) { () throws in
      let a = Tensor([1, 2] as [Float])
      let b = Tensor([4, 8] as [Float])
      let y = a + a * b + a / b
      #expect(try floats(y) == [5.25, 18.25])
      let found = try y.gradients(withRespectTo: [a, b])
      #expect(try floats(found[0]) == [5.25, 9.125])
      #expect(try floats(found[1]) == [0.9375, 1.96875])
    }
  }

  @Test("N3 reading a tensor just works, wherever it was computed", arguments: testedDevices)
  func reading(_ device: Device) throws {
    try withDefaultDevice(device) { () throws in
      let a = Tensor([1, 2] as [Float])
      let y = a * 3
      #expect(try floats(y) == [3, 6])
      #expect(try floats(y.gradient(withRespectTo: a)) == [3, 3])
      #expect(try y[1].scalar(as: Float.self) == 6)
      #expect("\(y)" == "[3. 6.]")
    }
  }

  @Test(
    "N4 number of elements, which is 1 for rank 0; shape, data, gradient", arguments: testedDevices)
  func properties(_ device: Device) throws {
    try withDefaultDevice(device) { () throws in
      let scalar = Tensor(2.5)
      #expect(try scalar.elementCount == 1)
      #expect(try scalar.shape == [])
      #expect(try scalar.scalar(as: Float.self) == 2.5)
      #expect(try Tensor.zeros([0, 3]).elementCount == 0)
      let x = Tensor(2 as Float)
      #expect(try (x * x).gradient(withRespectTo: x).scalar(as: Float.self) == 4)
    }
  }

  @Test("N5 sums along each axis of every shape", arguments: testedDevices)
  func sums(_ device: Device) throws {
    try withDefaultDevice(device) { () throws in
      let sizes = [0, 1, 3]
      var shapes = sizes.map { [$0] }
      shapes += sizes.flatMap { a in sizes.map { [a, $0] } }
      shapes += sizes.flatMap { a in sizes.flatMap { b in [[a, b, 2], [a, 2, b], [2, a, b]] } }
      for shape in shapes {
        let count = shape.reduce(1, *)
        let x = Tensor((0..<count).map { Float($0) }, shape: shape)
        for axis in shape.indices {
          let inner = shape[(axis + 1)...].reduce(1, *)
          var expected = [Float](repeating: 0, count: shape[..<axis].reduce(1, *) * inner)
          for position in 0..<count {
            expected[position / (inner * shape[axis]) * inner + position % inner] += Float(position)
          }
          #expect(try floats(x.sum(axis: axis)) == expected, "\(shape) along \(axis)")
        }
      }
      #expect(try floats(Tensor(5 as Float).sum()) == [5])
    }
  }

  @Test(
    "N6 gradients with a seed, added up over several results, and set to zero",
    arguments: testedDevices)
  func accumulation(_ device: Device) throws {
    try withDefaultDevice(device) { () throws in
      let x = Tensor([1, 2] as [Float])
      let y = (x * x).sum()
      var gradient = try y.gradient(withRespectTo: x)
      gradient += try y.gradient(withRespectTo: x)
      #expect(try floats(gradient) == [4, 8])
      gradient = .zeros([2])
      gradient += try y.gradient(withRespectTo: x, seed: Tensor(10 as Float))
      #expect(try floats(gradient) == [20, 40])
    }
  }

  @Test(
    "N7 sine, cosine, products, batches of products, views, transpose", arguments: testedDevices)
  func functions(_ device: Device) throws {
    try withDefaultDevice(device) { () throws in
      let angles = Tensor([0, .pi / 2] as [Double])
      #expect(try angles.sin().isClose(to: Tensor([0, 1] as [Double]), absoluteTolerance: 1e-15))
      #expect(try angles.cos().isClose(to: Tensor([1, 0] as [Double]), absoluteTolerance: 1e-15))
      let a = Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [Float], shape: [2, 2, 2])
      #expect(try floats(a[0].matmul(a[1])) == [19, 22, 43, 50])
      #expect(try floats(a.matmul(a)) == [7, 10, 15, 22, 67, 78, 91, 106])
      let view = a.reshaped(to: 4, 2).transposed()
      let gradient = try (view * view).gradient(withRespectTo: a)
      #expect(try floats(view) == [1, 3, 5, 7, 2, 4, 6, 8])
      #expect(try floats(gradient) == [2, 4, 6, 8, 10, 12, 14, 16])
    }
  }
}
