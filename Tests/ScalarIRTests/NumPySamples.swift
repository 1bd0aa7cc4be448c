import ScalarIR
import Testing

/// A file as `numpy.lib.format.write_array` of NumPy 2.4.6 wrote it, and what it holds.
struct NumPySample: Sendable, CustomTestStringConvertible {
  let name: String
  let version: UInt8
  /// The header's text up to the spaces that pad it.
  let header: String
  /// How many spaces pad it.
  let padding: Int
  /// The elements as hexadecimal digits.
  let data: String
  let dtype: DType
  let sizes: [Int]
  let bits: [UInt64]

  var testDescription: String { name }

  var file: [UInt8] {
    let text = Array(header.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    return numPyFile(version: version, header: text, data: bytes(hexadecimal: data))
  }

  static let all: [NumPySample] = [
    NumPySample(
      name: "f8 little", version: 1,
      header: "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", padding: 60,
      data: "000000000000f83f0000000000000080000000000000f07f",
      dtype: .f64, sizes: [3],
      bits: [0x3FF8_0000_0000_0000, 0x8000_0000_0000_0000, 0x7FF0_0000_0000_0000]),
    NumPySample(
      name: "f8 big, 3.0, rank 0", version: 3,
      header: "{'descr': '>f8', 'fortran_order': False, 'shape': (), }", padding: 60,
      data: "400c000000000000",
      dtype: .f64, sizes: [], bits: [0x400C_0000_0000_0000]),
    NumPySample(
      name: "f4", version: 1,
      header: "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", padding: 58,
      data: "000000000000803f0000004000004040000080400000a040",
      dtype: .f32, sizes: [2, 3],
      bits: [0, 0x3F80_0000, 0x4000_0000, 0x4040_0000, 0x4080_0000, 0x40A0_0000]),
    NumPySample(
      name: "f4 Fortran", version: 1,
      header: "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", padding: 59,
      data: "00000000000040400000803f00008040000000400000a040",
      dtype: .f32, sizes: [2, 3],
      bits: [0, 0x3F80_0000, 0x4000_0000, 0x4040_0000, 0x4080_0000, 0x40A0_0000]),
    NumPySample(
      name: "f4 big Fortran", version: 1,
      header: "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }", padding: 59,
      data: "00000000404000003f800000408000004000000040a00000",
      dtype: .f32, sizes: [2, 3],
      bits: [0, 0x3F80_0000, 0x4000_0000, 0x4040_0000, 0x4080_0000, 0x40A0_0000]),
    NumPySample(
      name: "f2", version: 1,
      header: "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1), }", padding: 58,
      data: "003cff7b",
      dtype: .f16, sizes: [2, 1], bits: [0x3C00, 0x7BFF]),
    NumPySample(
      name: "V2", version: 1,
      header: "{'descr': '|V2', 'fortran_order': False, 'shape': (2,), }", padding: 60,
      data: "803f00bf",
      dtype: .bf16, sizes: [2], bits: [0x3F80, 0xBF00]),
    NumPySample(
      name: "i8 big, 2.0", version: 2,
      header: "{'descr': '>i8', 'fortran_order': False, 'shape': (2,), }", padding: 58,
      data: "0000000000000001fffffffffffffffe",
      dtype: .i64, sizes: [2], bits: [1, 0xFFFF_FFFF_FFFF_FFFE]),
    NumPySample(
      name: "i4", version: 1,
      header: "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", padding: 60,
      data: "ffffffffffffff7f",
      dtype: .i32, sizes: [2], bits: [0xFFFF_FFFF, 0x7FFF_FFFF]),
    NumPySample(
      name: "i2 big", version: 1,
      header: "{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }", padding: 60,
      data: "fffe0102",
      dtype: .i16, sizes: [2], bits: [0xFFFE, 0x102]),
    NumPySample(
      name: "i1", version: 1,
      header: "{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }", padding: 60,
      data: "807f",
      dtype: .i8, sizes: [2], bits: [0x80, 0x7F]),
    NumPySample(
      name: "u8", version: 1,
      header: "{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }", padding: 60,
      data: "ffffffffffffffff",
      dtype: .u64, sizes: [1], bits: [0xFFFF_FFFF_FFFF_FFFF]),
    NumPySample(
      name: "u4 big", version: 1,
      header: "{'descr': '>u4', 'fortran_order': False, 'shape': (2, 2), }", padding: 58,
      data: "00000001000000020000000300000004",
      dtype: .u32, sizes: [2, 2], bits: [1, 2, 3, 4]),
    NumPySample(
      name: "u2", version: 1,
      header: "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }", padding: 60,
      data: "ffff0100",
      dtype: .u16, sizes: [2], bits: [0xFFFF, 1]),
    NumPySample(
      name: "u1 empty", version: 1,
      header: "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 4), }", padding: 58,
      data: "",
      dtype: .u8, sizes: [0, 4], bits: []),
    NumPySample(
      name: "b1", version: 1,
      header: "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", padding: 60,
      data: "010001",
      dtype: .bool, sizes: [3], bits: [1, 0, 1]),
    NumPySample(
      name: "u2 Fortran rank 3", version: 1,
      header: "{'descr': '<u2', 'fortran_order': True, 'shape': (2, 3, 4), }", padding: 56,
      data: "00000c00040010000800140001000d00050011000900150002000e00060012000a001600"
        + "03000f00070013000b001700",
      dtype: .u16, sizes: [2, 3, 4],
      bits: [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF, 0x10, 0x11, 0x12, 0x13, 0x14,
        0x15, 0x16, 0x17,
      ]),
  ]
}

/// A file of the given parts, with the right length of the header.
func numPyFile(version: UInt8, header: [UInt8], data: [UInt8]) -> [UInt8] {
  let count = header.count
  var file: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0]
  for byte in 0..<(version == 1 ? 2 : 4) {
    file.append(UInt8(truncatingIfNeeded: count >> (8 * byte)))
  }
  return file + header + data
}

private func bytes(hexadecimal text: String) -> [UInt8] {
  let digits = Array(text.utf8)
  return stride(from: 0, to: digits.count, by: 2).compactMap {
    UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
  }
}
