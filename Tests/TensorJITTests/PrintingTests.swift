import TensorJIT
import Testing

/// A tensor and what NumPy 2.4 prints for it.
struct PrintedArray: Sendable {
  let tensor: Tensor
  let text: String

  init<Scalar: TensorScalar>(_ scalars: [Scalar], _ shape: [Int], _ text: String) {
    tensor = Tensor(scalars, shape: shape)
    self.text = text
  }
}

@Suite struct PrintingTests {
  @Test(arguments: scalars + rows + arrays + integers)
  func printsLikeNumPy(_ array: PrintedArray) {
    #expect(array.tensor.description == array.text)
  }

  static let scalars: [PrintedArray] = [
    PrintedArray([1.0] as [Float], [], "1.0"),
    PrintedArray([0.1] as [Float], [], "0.1"),
    PrintedArray([0.33333334] as [Float], [], "0.33333334"),
    PrintedArray([-0.0] as [Float], [], "-0.0"),
    PrintedArray([0.0001] as [Float], [], "1e-04"),
    PrintedArray([999.0] as [Float], [], "999.0"),
    PrintedArray([1000.0] as [Float], [], "1000.0"),
    PrintedArray([1.0] as [Double], [], "1.0"),
    PrintedArray([0.1] as [Double], [], "0.1"),
    PrintedArray([0.3333333333333333] as [Double], [], "0.3333333333333333"),
    PrintedArray([-0.0] as [Double], [], "-0.0"),
    PrintedArray([0.0001] as [Double], [], "0.0001"),
    PrintedArray([999.0] as [Double], [], "999.0"),
    PrintedArray([1000.0] as [Double], [], "1000.0"),
    PrintedArray([1.0] as [Float16], [], "1.0"),
    PrintedArray([0.0999755859375] as [Float16], [], "0.1"),
    PrintedArray([0.333251953125] as [Float16], [], "0.3333"),
    PrintedArray([-0.0] as [Float16], [], "-0.0"),
    PrintedArray([0.00010001659393310547] as [Float16], [], "0.0001"),
    PrintedArray([999.0] as [Float16], [], "999.0"),
    PrintedArray([1000.0] as [Float16], [], "1e+03"),
    PrintedArray([1000000.0] as [Float], [], "1e+06"),
    PrintedArray([123456790.0] as [Float], [], "1.2345679e+08"),
    PrintedArray([1e-05] as [Float], [], "1e-05"),
    PrintedArray([2.5e+20] as [Float], [], "2.5e+20"),
    PrintedArray([.nan] as [Float], [], "nan"),
    PrintedArray([-.infinity] as [Float], [], "-inf"),
    PrintedArray([999999.0] as [Float], [], "999999.0"),
    PrintedArray([.leastNonzeroMagnitude] as [Float], [], "1e-45"),
    PrintedArray([1000000000000000.0] as [Double], [], "1000000000000000.0"),
    PrintedArray([1e+16] as [Double], [], "1e+16"),
    PrintedArray([1e-300] as [Double], [], "1e-300"),
    PrintedArray([1.5e+300] as [Double], [], "1.5e+300"),
    PrintedArray([0.30000000000000004] as [Double], [], "0.30000000000000004"),
    PrintedArray([123456789.0] as [Double], [], "123456789.0"),
  ]

  static let rows: [PrintedArray] = [
    PrintedArray([1.0, 2.0, 3.0] as [Float], [3], "[1. 2. 3.]"),
    PrintedArray([0.5, 1.0, -2.25] as [Float], [3], "[ 0.5   1.   -2.25]"),
    PrintedArray(
      [0.33333334, 0.6666667, 1.0] as [Float], [3], "[0.33333334 0.6666667  1.        ]"),
    PrintedArray(
      [0.3333333333333333, 0.6666666666666666, 1.0] as [Double], [3],
      "[0.33333333 0.66666667 1.        ]"),
    PrintedArray(
      [3.141592653589793, -271.8281828459045] as [Double], [2], "[   3.14159265 -271.82818285]"),
    PrintedArray([1000000.0, 1.0] as [Float], [2], "[1.e+06 1.e+00]"),
    PrintedArray([999999.0, 1000.0] as [Float], [2], "[999999.   1000.]"),
    PrintedArray([0.0001, 0.1] as [Float], [2], "[1.e-04 1.e-01]"),
    PrintedArray([0.0001, 0.01] as [Float], [2], "[0.0001 0.01  ]"),
    PrintedArray([1e-05, 1.0] as [Float], [2], "[1.e-05 1.e+00]"),
    PrintedArray([1000.0, 1.0] as [Float], [2], "[1000.    1.]"),
    PrintedArray([1001.0, 1.0] as [Float], [2], "[1.001e+03 1.000e+00]"),
    PrintedArray([100.1, 0.1] as [Float], [2], "[1.001e+02 1.000e-01]"),
    PrintedArray([100000000.0, 1.0] as [Double], [2], "[1.e+08 1.e+00]"),
    PrintedArray([99999999.0, 1000000.0] as [Double], [2], "[99999999.  1000000.]"),
    PrintedArray([0.0001, 0.05] as [Double], [2], "[0.0001 0.05  ]"),
    PrintedArray([1e+300, 1e-300, 0.0] as [Double], [3], "[1.e+300 1.e-300 0.e+000]"),
    PrintedArray([10000000000.0, -2.5e-07] as [Double], [2], "[ 1.0e+10 -2.5e-07]"),
    PrintedArray([0.123456785, 0.5] as [Double], [2], "[0.12345678 0.5       ]"),
    PrintedArray([0.123456775, 0.5] as [Double], [2], "[0.12345678 0.5       ]"),
    PrintedArray([1.000000005, 2.0] as [Double], [2], "[1. 2.]"),
    PrintedArray([9.9999999996, 1.0] as [Double], [2], "[10.  1.]"),
    PrintedArray([0.30000000000000004, 0.7] as [Double], [2], "[0.3 0.7]"),
    PrintedArray([123456.123456789] as [Double], [1], "[123456.12345679]"),
    PrintedArray([12345678950.0] as [Double], [1], "[1.2345679e+10]"),
    PrintedArray([1.0000000049e-05, 3.0] as [Double], [2], "[1.e-05 3.e+00]"),
    PrintedArray([9999999999500.0, 1.0] as [Double], [2], "[1.e+13 1.e+00]"),
    PrintedArray([.nan, 1.0, 2.5] as [Float], [3], "[nan 1.  2.5]"),
    PrintedArray([.infinity, -.infinity, 1.0] as [Float], [3], "[ inf -inf   1.]"),
    PrintedArray([.nan, .nan] as [Float], [2], "[nan nan]"),
    PrintedArray([.nan, -.infinity] as [Float], [2], "[ nan -inf]"),
    PrintedArray([.nan, 1e-08] as [Float], [2], "[   nan 1.e-08]"),
    PrintedArray([-.infinity, 10000000000.0] as [Float], [2], "[  -inf 1.e+10]"),
    PrintedArray([-.infinity, -1.5] as [Float], [2], "[-inf -1.5]"),
    PrintedArray([0.0, 0.0] as [Float], [2], "[0. 0.]"),
    PrintedArray([-0.0, 0.0] as [Float], [2], "[-0.  0.]"),
    PrintedArray([0.0, 1e-10] as [Float], [2], "[0.e+00 1.e-10]"),
    PrintedArray([0.333251953125, 2.0] as [Float16], [2], "[0.3333 2.    ]"),
    PrintedArray([999.0, 1.0] as [Float16], [2], "[999.   1.]"),
    PrintedArray([1000.0, 1.0] as [Float16], [2], "[1.e+03 1.e+00]"),
    PrintedArray([5.960464477539063e-08] as [Float16], [1], "[6.e-08]"),
    PrintedArray(
      [0.00010001659393310547, 0.01000213623046875] as [Float16], [2], "[0.0001 0.01  ]"),
    PrintedArray([] as [Float], [0], "[]"),
  ]

  static let arrays: [PrintedArray] = [
    PrintedArray(
      [1.0, 2.0, 3.0, 4.0] as [Float], [2, 2],
      """
      [[1. 2.]
       [3. 4.]]
      """),
    PrintedArray(
      [0.1, 22.25, -3.0, 4.0] as [Float], [2, 2],
      """
      [[ 0.1  22.25]
       [-3.    4.  ]]
      """),
    PrintedArray(
      [
        0.0, 0.14285714285714285, 0.2857142857142857, 0.42857142857142855, 0.5714285714285714,
        0.7142857142857143, 0.8571428571428571, 1.0,
      ] as [Double], [2, 2, 2],
      """
      [[[0.         0.14285714]
        [0.28571429 0.42857143]]

       [[0.57142857 0.71428571]
        [0.85714286 1.        ]]]
      """),
    PrintedArray(
      [0.0, 1.0, 2.0, 3.0] as [Float], [1, 2, 1, 2],
      """
      [[[[0. 1.]]

        [[2. 3.]]]]
      """),
    PrintedArray([] as [Float], [0, 3], "[]"),
    PrintedArray([] as [Float], [2, 0], "[]"),
  ]

  static let integers: [PrintedArray] = [
    PrintedArray([5] as [Int32], [], "5"),
    PrintedArray([1, -20, 300] as [Int32], [3], "[  1 -20 300]"),
    PrintedArray(
      [1, 2, 30, -4] as [Int32], [2, 2],
      """
      [[ 1  2]
       [30 -4]]
      """),
    PrintedArray([] as [Int32], [0], "[]"),
    PrintedArray([-2_147_483_648, 2_147_483_647] as [Int32], [2], "[-2147483648  2147483647]"),
    PrintedArray(
      [9_223_372_036_854_775_807, -9_223_372_036_854_775_808] as [Int64], [2],
      "[ 9223372036854775807 -9223372036854775808]"),
  ]

  static let largeArrays: [PrintedArray] = [
    PrintedArray(
      (0..<30).map { Float(Double($0) * 0.37) }, [30],
      """
      [ 0.    0.37  0.74  1.11  1.48  1.85  2.22  2.59  2.96  3.33  3.7   4.07
        4.44  4.81  5.18  5.55  5.92  6.29  6.66  7.03  7.4   7.77  8.14  8.51
        8.88  9.25  9.62  9.99 10.36 10.73]
      """),
    PrintedArray(
      (0..<40).map { Double($0) - 20.5 }, [2, 20],
      """
      [[-20.5 -19.5 -18.5 -17.5 -16.5 -15.5 -14.5 -13.5 -12.5 -11.5 -10.5  -9.5
         -8.5  -7.5  -6.5  -5.5  -4.5  -3.5  -2.5  -1.5]
       [ -0.5   0.5   1.5   2.5   3.5   4.5   5.5   6.5   7.5   8.5   9.5  10.5
         11.5  12.5  13.5  14.5  15.5  16.5  17.5  18.5]]
      """),
    PrintedArray(
      (0..<36).map { Double($0) * 1e7 / 3 }, [2, 1, 18],
      """
      [[[0.00000000e+00 3.33333333e+06 6.66666667e+06 1.00000000e+07
         1.33333333e+07 1.66666667e+07 2.00000000e+07 2.33333333e+07
         2.66666667e+07 3.00000000e+07 3.33333333e+07 3.66666667e+07
         4.00000000e+07 4.33333333e+07 4.66666667e+07 5.00000000e+07
         5.33333333e+07 5.66666667e+07]]

       [[6.00000000e+07 6.33333333e+07 6.66666667e+07 7.00000000e+07
         7.33333333e+07 7.66666667e+07 8.00000000e+07 8.33333333e+07
         8.66666667e+07 9.00000000e+07 9.33333333e+07 9.66666667e+07
         1.00000000e+08 1.03333333e+08 1.06666667e+08 1.10000000e+08
         1.13333333e+08 1.16666667e+08]]]
      """),
    PrintedArray((0..<1001).map { Float($0) }, [1001], "[   0.    1.    2. ...  998.  999. 1000.]"),
    PrintedArray(
      (0..<1200).map { Double($0) * 0.25 }, [30, 40],
      """
      [[0.0000e+00 2.5000e-01 5.0000e-01 ... 9.2500e+00 9.5000e+00 9.7500e+00]
       [1.0000e+01 1.0250e+01 1.0500e+01 ... 1.9250e+01 1.9500e+01 1.9750e+01]
       [2.0000e+01 2.0250e+01 2.0500e+01 ... 2.9250e+01 2.9500e+01 2.9750e+01]
       ...
       [2.7000e+02 2.7025e+02 2.7050e+02 ... 2.7925e+02 2.7950e+02 2.7975e+02]
       [2.8000e+02 2.8025e+02 2.8050e+02 ... 2.8925e+02 2.8950e+02 2.8975e+02]
       [2.9000e+02 2.9025e+02 2.9050e+02 ... 2.9925e+02 2.9950e+02 2.9975e+02]]
      """),
    PrintedArray(
      (0..<2000).map { Float($0) }, [10, 10, 20],
      """
      [[[0.000e+00 1.000e+00 2.000e+00 ... 1.700e+01 1.800e+01 1.900e+01]
        [2.000e+01 2.100e+01 2.200e+01 ... 3.700e+01 3.800e+01 3.900e+01]
        [4.000e+01 4.100e+01 4.200e+01 ... 5.700e+01 5.800e+01 5.900e+01]
        ...
        [1.400e+02 1.410e+02 1.420e+02 ... 1.570e+02 1.580e+02 1.590e+02]
        [1.600e+02 1.610e+02 1.620e+02 ... 1.770e+02 1.780e+02 1.790e+02]
        [1.800e+02 1.810e+02 1.820e+02 ... 1.970e+02 1.980e+02 1.990e+02]]

       [[2.000e+02 2.010e+02 2.020e+02 ... 2.170e+02 2.180e+02 2.190e+02]
        [2.200e+02 2.210e+02 2.220e+02 ... 2.370e+02 2.380e+02 2.390e+02]
        [2.400e+02 2.410e+02 2.420e+02 ... 2.570e+02 2.580e+02 2.590e+02]
        ...
        [3.400e+02 3.410e+02 3.420e+02 ... 3.570e+02 3.580e+02 3.590e+02]
        [3.600e+02 3.610e+02 3.620e+02 ... 3.770e+02 3.780e+02 3.790e+02]
        [3.800e+02 3.810e+02 3.820e+02 ... 3.970e+02 3.980e+02 3.990e+02]]

       [[4.000e+02 4.010e+02 4.020e+02 ... 4.170e+02 4.180e+02 4.190e+02]
        [4.200e+02 4.210e+02 4.220e+02 ... 4.370e+02 4.380e+02 4.390e+02]
        [4.400e+02 4.410e+02 4.420e+02 ... 4.570e+02 4.580e+02 4.590e+02]
        ...
        [5.400e+02 5.410e+02 5.420e+02 ... 5.570e+02 5.580e+02 5.590e+02]
        [5.600e+02 5.610e+02 5.620e+02 ... 5.770e+02 5.780e+02 5.790e+02]
        [5.800e+02 5.810e+02 5.820e+02 ... 5.970e+02 5.980e+02 5.990e+02]]

       ...

       [[1.400e+03 1.401e+03 1.402e+03 ... 1.417e+03 1.418e+03 1.419e+03]
        [1.420e+03 1.421e+03 1.422e+03 ... 1.437e+03 1.438e+03 1.439e+03]
        [1.440e+03 1.441e+03 1.442e+03 ... 1.457e+03 1.458e+03 1.459e+03]
        ...
        [1.540e+03 1.541e+03 1.542e+03 ... 1.557e+03 1.558e+03 1.559e+03]
        [1.560e+03 1.561e+03 1.562e+03 ... 1.577e+03 1.578e+03 1.579e+03]
        [1.580e+03 1.581e+03 1.582e+03 ... 1.597e+03 1.598e+03 1.599e+03]]

       [[1.600e+03 1.601e+03 1.602e+03 ... 1.617e+03 1.618e+03 1.619e+03]
        [1.620e+03 1.621e+03 1.622e+03 ... 1.637e+03 1.638e+03 1.639e+03]
        [1.640e+03 1.641e+03 1.642e+03 ... 1.657e+03 1.658e+03 1.659e+03]
        ...
        [1.740e+03 1.741e+03 1.742e+03 ... 1.757e+03 1.758e+03 1.759e+03]
        [1.760e+03 1.761e+03 1.762e+03 ... 1.777e+03 1.778e+03 1.779e+03]
        [1.780e+03 1.781e+03 1.782e+03 ... 1.797e+03 1.798e+03 1.799e+03]]

       [[1.800e+03 1.801e+03 1.802e+03 ... 1.817e+03 1.818e+03 1.819e+03]
        [1.820e+03 1.821e+03 1.822e+03 ... 1.837e+03 1.838e+03 1.839e+03]
        [1.840e+03 1.841e+03 1.842e+03 ... 1.857e+03 1.858e+03 1.859e+03]
        ...
        [1.940e+03 1.941e+03 1.942e+03 ... 1.957e+03 1.958e+03 1.959e+03]
        [1.960e+03 1.961e+03 1.962e+03 ... 1.977e+03 1.978e+03 1.979e+03]
        [1.980e+03 1.981e+03 1.982e+03 ... 1.997e+03 1.998e+03 1.999e+03]]]
      """),
    PrintedArray(
      (0..<1100).map { Float($0) }, [1100, 1],
      """
      [[0.000e+00]
       [1.000e+00]
       [2.000e+00]
       ...
       [1.097e+03]
       [1.098e+03]
       [1.099e+03]]
      """),
    PrintedArray(
      (0..<1100).map { Float($0) }, [2, 550],
      """
      [[0.000e+00 1.000e+00 2.000e+00 ... 5.470e+02 5.480e+02 5.490e+02]
       [5.500e+02 5.510e+02 5.520e+02 ... 1.097e+03 1.098e+03 1.099e+03]]
      """),
    PrintedArray(
      (0..<1500).map { Double($0) / 1499 }, [1500],
      """
      [0.00000000e+00 6.67111408e-04 1.33422282e-03 ... 9.98665777e-01
       9.99332889e-01 1.00000000e+00]
      """),
    PrintedArray((0..<1500).map { $0 == 700 ? 1e9 : 1.5 }, [1500], "[1.5 1.5 1.5 ... 1.5 1.5 1.5]"),
    PrintedArray(
      (0..<100).map { Int32($0) }, [100],
      """
      [ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23
       24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47
       48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71
       72 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95
       96 97 98 99]
      """),
    PrintedArray(
      (0..<3000).map { Int32($0) }, [3, 1000],
      """
      [[   0    1    2 ...  997  998  999]
       [1000 1001 1002 ... 1997 1998 1999]
       [2000 2001 2002 ... 2997 2998 2999]]
      """),
    PrintedArray(
      (0..<24).map { Int32($0) }, [2, 3, 4],
      """
      [[[ 0  1  2  3]
        [ 4  5  6  7]
        [ 8  9 10 11]]

       [[12 13 14 15]
        [16 17 18 19]
        [20 21 22 23]]]
      """),
  ]

  @Test(arguments: largeArrays) func wrapsAndElidesLikeNumPy(_ array: PrintedArray) {
    #expect(array.tensor.description == array.text)
  }

  @Test func truthValues() {
    #expect("\(Tensor([true, false]))" == "[ true false]")
    #expect("\(Tensor([[true, true]]))" == "[[ true  true]]")
    #expect("\(Tensor(true))" == "true")
  }

  @Test func halfPrecisionOfTheOtherKind() {
    let x = Tensor([0.1, 1.5, -3, 0.33333]).converted(to: .bf16)
    #expect("\(x)" == "[ 0.1    1.5   -3.     0.334]")
  }

  @Test func errorsPrintTheirMessage() {
    let wrong = Tensor([1.5, 2]) + Tensor([1.5, 2, 3])
    let text = "\(wrong)"
    #expect(text.hasPrefix("error: "))
    #expect(
      text.hasSuffix(
        "C2: add needs operands whose shapes broadcast, found f32[2] and f32[3] "
          + "(add of f32[2], f32[3])"))
  }
}
