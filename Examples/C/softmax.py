#!/usr/bin/env python3
"""Calls the C interface from Python with nothing but ctypes and NumPy.

usage: softmax.py [LIBRARY]
"""

import ctypes
import sys

import numpy

library = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libtensorjit.so.0")
TJ_OK = 0
DTYPES = {"float64": 1, "float32": 2, "int64": 5, "int32": 6, "bool": 13}


class Buffer(ctypes.Structure):
    """tj_buffer"""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("data", ctypes.c_void_p),
        ("byte_count", ctypes.c_size_t),
        ("offset", ctypes.c_size_t),
        ("dtype", ctypes.c_int32),
        ("rank", ctypes.c_uint32),
        ("sizes", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
    ]

    def __init__(self, array):
        low, high = numpy.lib.array_utils.byte_bounds(array) if hasattr(
            numpy.lib, "array_utils") else numpy.byte_bounds(array)
        axes = ctypes.c_int64 * max(1, array.ndim)
        super().__init__(
            ctypes.sizeof(Buffer), low, high - low, array.ctypes.data - low,
            DTYPES[array.dtype.name], array.ndim, axes(*array.shape), axes(*array.strides))


for name, result, *arguments in [
    ("tj_error_create", ctypes.c_void_p),
    ("tj_error_destroy", None, ctypes.c_void_p),
    ("tj_error_message", ctypes.c_char_p, ctypes.c_void_p),
    ("tj_program_load", ctypes.c_int32, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p,
     ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p),
    ("tj_program_destroy", None, ctypes.c_void_p),
    ("tj_program_run", ctypes.c_int32, ctypes.c_void_p, ctypes.POINTER(Buffer), ctypes.c_size_t,
     ctypes.POINTER(Buffer), ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p),
]:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments


class Program:
    """A tape that takes and fills NumPy arrays of any strides."""

    def __init__(self, text):
        self.handle = ctypes.c_void_p()
        text = text.encode()
        self._check(library.tj_program_load, text, len(text), None, ctypes.byref(self.handle))

    def run(self, parameters, results):
        inputs = (Buffer * len(parameters))(*map(Buffer, parameters))
        outputs = (Buffer * len(results))(*map(Buffer, results))
        self._check(
            library.tj_program_run, self.handle, inputs, len(inputs), outputs, len(outputs), None)

    def __del__(self):
        library.tj_program_destroy(self.handle)

    @staticmethod
    def _check(function, *arguments):
        error = library.tj_error_create()
        try:
            if function(*arguments, error) != TJ_OK:
                raise ValueError(library.tj_error_message(error).decode())
        finally:
            library.tj_error_destroy(error)


softmax = Program("""
(tape softmax [(x f32[N,M])]
  (e (exp (sub x (reduce-max x :axes [1] :keep true))))
  (y (div e (reduce-sum e :axes [1] :keep true)))
  (return y))
""")
x = numpy.arange(12, dtype=numpy.float32).reshape(3, 4).T[::-1]
y = numpy.empty_like(x)
softmax.run([x], [y])
e = numpy.exp(x - x.max(axis=1, keepdims=True))
assert numpy.allclose(y, e / e.sum(axis=1, keepdims=True), rtol=1e-5)
try:
    softmax.run([x.astype(numpy.int32)], [y])
except ValueError as error:
    print(error)
print("softmax.py: ok")
