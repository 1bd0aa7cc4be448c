print("TensorJITBench")
