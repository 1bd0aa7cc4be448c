import TensorJIT
import Testing

@Suite struct FillTests {
  @Test func constants() throws {
    #expect(try floats(Tensor.zeros([2, 1])) == [0, 0])
    #expect(try Tensor.ones([2], elementType: .i64).scalars(as: Int.self) == [1, 1])
    #expect(try bools(Tensor.ones([2], elementType: .bool)) == [true, true])
    #expect(try ints(Tensor.full([2], 7)) == [7, 7])
    #expect(try Tensor.full([2], 7, elementType: .f64).scalars(as: Double.self) == [7, 7])
    let value: Float = 0.5
    #expect(try floats(Tensor.full([2, 2], value)) == [0.5, 0.5, 0.5, 0.5])
    #expect(try floats(Tensor.full([], value)) == [0.5])
    #expect(failure(Tensor.zeros([-1])) != nil)
    #expect(failure(Tensor.zeros([.max, .max])) != nil)
    #expect(failure(Tensor.full([1 << 60], value)) != nil)
  }

  @Test func identityMatrices() throws {
    #expect(try floats(Tensor.eye(2)) == [1, 0, 0, 1])
    #expect(try Tensor.eye(2, 3, elementType: .i32).scalars(as: Int32.self) == [1, 0, 0, 0, 1, 0])
  }

  @Test func sequences() throws {
    #expect(try ints(Tensor.arange(4)) == [0, 1, 2, 3])
    #expect(try ints(Tensor.arange(from: 2, to: 9, by: 3)) == [2, 5, 8])
    #expect(try ints(Tensor.arange(from: 5, to: 0, by: -2)) == [5, 3, 1])
    #expect(try ints(Tensor.arange(from: 5, to: 0)).isEmpty)
    #expect(try ints(Tensor.arange(-3)).isEmpty)
    #expect(try floats(Tensor.arange(3, elementType: .f32)) == [0, 1, 2])
    #expect(try floats(Tensor.arange(from: 0, to: 1, by: 0.25)) == [0, 0.25, 0.5, 0.75])
    #expect(try floats(Tensor.linspace(from: 0, to: 1, count: 5)) == [0, 0.25, 0.5, 0.75, 1])
    #expect(try floats(Tensor.linspace(from: 3, to: 4, count: 1)) == [3])
    #expect(failure(Tensor.arange(from: 0, to: 3, by: 0)) != nil)
    #expect(failure(Tensor.arange(from: 0, to: 3, by: 0.0)) != nil)
    #expect(failure(Tensor.arange(from: -1, to: 3, elementType: .u8)) != nil)
    #expect(failure(Tensor.arange(300, elementType: .u8)) != nil)
    #expect(failure(Tensor.arange(from: .min, to: .max)) != nil)
    #expect(failure(Tensor.arange(from: 0, to: .infinity, by: 1.0)) != nil)
    #expect(failure(Tensor.linspace(from: 0, to: 1, count: -1)) != nil)
    #expect(failure(Tensor.linspace(from: 0, to: 1, count: 3, elementType: .i32)) != nil)
  }

  @Test func equality() throws {
    let x = Tensor([1, 2] as [Float])
    #expect(try x.allEqual(Tensor([1, 2] as [Float])))
    #expect(try !x.allEqual(x + 1))
    #expect(try !x.allEqual(Tensor([1, 2])))
    #expect(try !x.allEqual(Tensor([[1, 2]] as [[Float]])))
    #expect(try Tensor.zeros([0]).allEqual(.zeros([0])))
    #expect(try x.isClose(to: x + 1e-6))
    #expect(try !x.isClose(to: x + 1e-3))
    #expect(try x.isClose(to: x + 1e-3, absoluteTolerance: 0.01))
    let special = Tensor([Float.infinity, -.infinity])
    #expect(try special.isClose(to: special))
    #expect(try !special.isClose(to: -special))
    #expect(try !Tensor([Float.infinity, 1]).isClose(to: Tensor([1, Float.infinity])))
    #expect(try !Tensor([Float.nan]).isClose(to: Tensor([Float.nan])))
    #expect(throws: TensorError.self) { try x.isClose(to: Tensor([1, 2])) }
  }
}
