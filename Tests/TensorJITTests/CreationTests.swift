import TensorJIT
import Testing

@Suite struct CreationTests {
  @Test func typedArraysKeepTheirType() throws {
    let matrix = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    #expect(try matrix.shape == [2, 3])
    #expect(try matrix.elementType == .f32)
    #expect(try floats(matrix) == [1, 2, 3, 4, 5, 6])
    let numbers = [1, 2]
    #expect(try Tensor(numbers).elementType == .i64)
    #expect(try Tensor(numbers).scalars(as: Int.self) == [1, 2])
    #expect(try Tensor([1, 2] as [Double]).scalars(as: Double.self) == [1, 2])
    #expect(try Tensor([1, 2] as [Float16]).scalars(as: Float16.self) == [1, 2])
    #expect(try Tensor([1, 2] as [UInt8]).scalars(as: UInt8.self) == [1, 2])
    #expect(try Tensor([-1, 2] as [Int8]).scalars(as: Int8.self) == [-1, 2])
    #expect(try Tensor([[[true]], [[false]]] as [[[Bool]]]).shape == [2, 1, 1])
  }

  @Test func bareLiteralsHaveTheirOwnTypes() throws {
    #expect(try ints(Tensor([1, -2, 3])) == [1, -2, 3])
    #expect(try floats(Tensor([[1.5, 2], [3, -4]])) == [1.5, 2, 3, -4])
    #expect(try Tensor([[1.5, 2], [3, 4]]).shape == [2, 2])
    #expect(try bools(Tensor([true, false])) == [true, false])
    #expect(try Tensor([[1], [2]]).shape == [2, 1])
    #expect(try Tensor(3).elementType == .i32)
    #expect(try Tensor(3.5).elementType == .f32)
    #expect(try Tensor(true).scalar(as: Bool.self))
    #expect(try Tensor([]).shape == [0])
  }

  @Test func variablesMakeScalars() throws {
    let rate: Float = 0.5
    let count = 3
    #expect(try Tensor(rate).scalar(as: Float.self) == 0.5)
    #expect(try Tensor(rate).rank == 0)
    #expect(try Tensor(count).elementType == .i64)
    #expect(try Tensor([rate, 1]).elementType == .f32)
  }

  @Test func scalarsFillAShape() throws {
    let values: [Float] = [1, 2, 3, 4, 5, 6]
    #expect(try Tensor(values, shape: [2, 3]).shape == [2, 3])
    #expect(try Tensor([1, 2, 3, 4], shape: [2, 2]).elementType == .i32)
    #expect(try Tensor(values, shape: [2, 3]).elementCount == 6)
    #expect(failure(Tensor(values, shape: [4, 2])) == "f32[4,2] needs 8 scalars, found 6")
    #expect(failure(Tensor([1.5], shape: [2])) == "f32[2] needs 2 scalars, found 1")
    #expect(failure(Tensor(values, shape: [-2, -3])) == "sizes are not negative, found f32[-2,-3]")
  }

  @Test func emptyArrays() throws {
    #expect(try Tensor([] as [Float]).shape == [0])
    #expect(try Tensor([] as [[Float]]).shape == [0, 0])
    #expect(try Tensor([[], []] as [[Float]]).shape == [2, 0])
    #expect(try floats(Tensor([] as [Float])).isEmpty)
  }

  @Test func raggedArraysCarryTheError() {
    #expect(
      failure(Tensor([[1, 2], [3]] as [[Float]]))
        == "nested arrays need one length along axis 1, found 2 and 1")
    #expect(
      failure(Tensor([[1, 2], [3]]))
        == "nested arrays need one length along axis 1, found 2 and 1")
    #expect(
      failure(Tensor([1, [2]]))
        == "nested lists need scalars at one depth, found a scalar beside a list")
    #expect(
      failure(Tensor([[1], 2]))
        == "nested lists need scalars at one depth, found a scalar beside a list")
    #expect(
      failure(Tensor([[], 2]))
        == "nested lists need scalars at one depth, found a scalar beside a list")
    #expect(
      failure(Tensor([1, true])) == "values of type i32 were asked for, found the literal true")
    #expect(
      failure(Tensor([3_000_000_000]))
        == "values of type i32 were asked for, found the literal 3000000000")
  }

  @Test func valuesHaveTheirTypeOnly() throws {
    let x = Tensor([1, 2])
    #expect(throws: TensorError.elementType(expected: "f32", found: "i32")) {
      try x.scalars(as: Float.self)
    }
    #expect(throws: TensorError.self) { try x.scalar(as: Int32.self) }
    #expect(try Tensor([[7]]).scalar(as: Int32.self) == 7)
  }
}
